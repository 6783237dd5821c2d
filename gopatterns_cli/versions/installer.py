"""What makes environments, builds wheels and unpacks them: pip, or one of the tests' that needs none."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from gopatterns_cli.versions.interpreters import Interpreter


class Installer(Protocol):
    """Each of its functions does its work or raises Failure."""

    def environment(self, interpreter: Interpreter, requirements: Sequence[str], folder: Path) -> None:
        """Make a virtual environment in `folder`, which is not there yet, and install these in it."""

    def wheel(self, python: Path, project: Path, folder: Path) -> Path:
        """Build the project of a folder into another folder; return the wheel."""

    def unpack(self, python: Path, wheel: Path, folder: Path) -> None:
        """Install a wheel into a folder, without what it depends on."""
