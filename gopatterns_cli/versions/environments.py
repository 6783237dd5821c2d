"""Virtual environments with what versions depend on, in the user's cache: one per set and interpreter.

None of them has the project itself. One is made in a folder of its own and renamed when it is complete, so
that there is no half-made one; of two gopats at once the second waits.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import distributions
from pathlib import Path

from gopatterns_cli.caches import caches
from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import locks
from gopatterns_cli.versions.installer import Installer
from gopatterns_cli.versions.interpreters import Interpreter
from gopatterns_cli.versions.pip import python_in

HARNESS = ("psutil>=5.9", "pyperf>=2.7")
"""What a worker imports besides gopat's own packages and the version's."""

TOOLS = frozenset({"pip", "setuptools", "wheel"})
"""What an environment may have of its own."""


def environment(
    interpreter: Interpreter, requirements: Sequence[str], installer: Installer, say: Callable[[str], None]
) -> Path:
    """Return the environment with these requirements, and a worker's own; it is made unless it is there.

    Raises:
        Failure: exit code 1: it cannot be made.
    """
    wanted = sorted({*HARNESS, *requirements})
    folder = caches() / "environments" / _key(interpreter, wanted)
    if not _is_complete(folder):
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with locks.held(folder.with_suffix(".lock"), lambda: say("waiting for another gopat's pip")):
                if not _is_complete(folder):
                    say(f"installing {', '.join(wanted)} for Python {interpreter.version}, once")
                    _make(folder, interpreter, wanted, installer)
        except OSError as error:
            raise Failure(f"no environment can be made in {folder}: {error.strerror}") from None
    return folder


def packages(folder: Path) -> tuple[str, ...]:
    """Return what is installed in an environment, as `name==version`, in order, without pip itself."""
    places = [*folder.glob("lib/python*/site-packages"), folder / "Lib/site-packages"]
    installed = distributions(path=[str(place) for place in places])
    found = {(one.metadata["Name"].lower(), one.version) for one in installed}
    return tuple(f"{name}=={version}" for name, version in sorted(found) if name not in TOOLS)


def _make(folder: Path, interpreter: Interpreter, wanted: Sequence[str], installer: Installer) -> None:
    if locks.THERE:
        for left in folder.parent.glob(f"{folder.name}-*"):  # of somebody who was killed
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as fresh:
        made = Path(fresh) / "environment"
        installer.environment(interpreter, wanted, made)
        shutil.rmtree(folder, ignore_errors=True)  # one whose Python is gone
        try:
            made.rename(folder)
        except OSError:  # where there are no locks, another gopat may have been quicker
            if not _is_complete(folder):
                raise


def _is_complete(folder: Path) -> bool:
    return python_in(folder).exists()


def _key(interpreter: Interpreter, wanted: Sequence[str]) -> str:
    facts = [os.path.realpath(interpreter.python), interpreter.version, interpreter.build, *wanted]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
