"""The measuring code for workers of every version: copies of the running gopat's own packages.

A worker has the same harness whatever it measures, so both versions are told and tell the same. Copies, as
somebody may change a checkout while it is measured.
"""

import shutil
from pathlib import Path

import gopatterns_cli
import patterns
import scenarios
from gopatterns_cli.failure import Failure

NO_CODE = shutil.ignore_patterns("__pycache__")


def copied(folder: Path) -> tuple[Path, Path]:
    """
    Make two folders in `folder` and return them: what measures, and patterns for a version without its own.

    Raises:
        Failure: exit code 1: they cannot be copied.
    """
    measuring, alone = folder / "harness", folder / "alone"
    try:
        for package in (gopatterns_cli, scenarios):
            _copy(Path(package.__path__[0]), measuring)
        _copy(Path(patterns.__path__[0]), alone)
    except (OSError, shutil.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise Failure(f"gopat's own packages cannot be copied: {reason}") from None
    return measuring, alone


def _copy(package: Path, folder: Path) -> None:
    shutil.copytree(package, folder / package.name, ignore=NO_CODE)
