"""Two versions that are alike: the same patterns twice, in two folders.

They are laid out as `versions.building` lays out versions that are built; no project is built, so this works
anywhere.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import harness, trees
from gopatterns_cli.versions.environments import environment, packages
from gopatterns_cli.versions.installer import Installer
from gopatterns_cli.versions.interpreters import interpreter
from gopatterns_cli.versions.making import BASE, NEW
from gopatterns_cli.versions.pip import Pip, python_in
from gopatterns_cli.versions.sources import FOLDER
from gopatterns_cli.versions.version import Version
from gopatterns_cli.versions.workplace import workplace


@dataclass(frozen=True, slots=True)
class Twins:
    """Both, and a folder for what is measured of them; it ends with them.

    Args:
        versions: the base first.
        folder: theirs.
    """

    versions: tuple[Version, Version]
    folder: Path


@contextmanager
def twins(say: Callable[[str], None], *, installer: Installer | None = None) -> Iterator[Twins]:
    """Make them; they are gone after the block, however that is left.

    Args:
        say: tells the user what is being done, a line at a time.
        installer: None for pip.

    Raises:
        Failure: exit code 1: there is no place for them, or no environment.
    """
    runs_in = interpreter()
    with workplace() as place:
        measuring, library = harness.copied(place.folder)
        installed = environment(runs_in, (), installer or Pip(), say)

        def made(label: str, number: int) -> Version:
            own = place.folder / f"{number:02}"
            try:
                shutil.copytree(library, own)
            except (OSError, shutil.Error) as error:
                raise Failure(f"the patterns cannot be copied: {error}") from None
            return Version(
                label=label,
                kind=FOLDER,
                what="the patterns of this gopat",
                commit="",
                dirty=False,
                content=trees.content(own),
                interpreter=runs_in.named,
                python_version=runs_in.version,
                packages=packages(installed),
                python=str(python_in(installed)),
                paths=(str(measuring), str(own), str(library)),
                folder=str(own),
            )

        yield Twins((made(BASE, 0), made(NEW, 1)), place.folder)
