"""The temporary folder that versions are built in, with the worktrees of the user's repositories in it.

At the end it is removed, and its worktrees with it; no other worktree is touched. What a gopat
that was killed has left is removed by the next one.
"""

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gopatterns_cli import interrupts
from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import git, locks

PREFIX = "gopat-versions-"

LOCK, REPOSITORIES = "lock", "repositories.json"
"""Files in it: the one is locked for as long as its gopat lives."""


@dataclass(frozen=True)
class Workplace:
    """A folder of ours; what is made in it is removed with it."""

    folder: Path

    def note(self, top: Path) -> None:
        """Say that worktrees of this repository will be made here; stale ones of ours are forgotten."""
        known = {str(one) for one in _repositories(self.folder)} | {str(top)}
        (self.folder / REPOSITORIES).write_text(json.dumps(sorted(known)), encoding="utf-8")
        for worktree in git.worktrees(top):
            place = next((one for one in worktree.parents if one.name.startswith(PREFIX)), None)
            if place is not None and not place.exists():  # a temporary folder does not outlive a boot
                with suppress(Failure):
                    git.forget_worktree(top, worktree)


@contextmanager
def workplace() -> Iterator[Workplace]:
    """Give a folder; it is gone after the block, however that is left.

    Raises:
        Failure: exit code 1: there is no place for it.
    """
    _sweep()
    folder, lock = None, None
    try:
        with interrupts.deferred():
            folder, lock = _made()
        yield Workplace(folder)
    finally:
        with interrupts.deferred():
            if folder is not None and lock is not None:
                _remove(folder)
                lock.close()


def _made() -> tuple[Path, IO[str]]:
    """Make the folder and lock it; only then does it get a name by which others see that it is in use."""
    try:
        fresh = Path(tempfile.mkdtemp(prefix="gopat-making-")).resolve()
        lock = locks.taken(fresh / LOCK)
        folder = fresh.with_name(PREFIX + fresh.name.removeprefix("gopat-making-"))
        return fresh.rename(folder), lock
    except OSError as error:
        raise Failure(f"no temporary folder can be made: {error.strerror}") from None


def _sweep() -> None:
    """Remove what gopats that were killed have left."""
    for folder in Path(tempfile.gettempdir()).resolve().glob(f"{PREFIX}*"):
        with suppress(OSError):
            ours = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
            if ours and locks.is_free(folder / LOCK):
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove the folder and its worktrees, the lock last: others see that it is being removed."""
    repositories = _repositories(folder)
    for path in folder.iterdir():
        if path.name not in {LOCK, REPOSITORIES}:
            _erase(path)
    for top in repositories:
        with suppress(Failure):  # the repository may be gone
            for worktree in git.worktrees(top):
                if folder in worktree.parents:
                    git.forget_worktree(top, worktree)
    shutil.rmtree(folder, ignore_errors=True)


def _erase(folder: Path) -> None:
    for here, _, _ in os.walk(folder):  # a build may leave folders that may not be changed
        with suppress(OSError):
            Path(here).chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _repositories(folder: Path) -> list[Path]:
    try:
        return [Path(one) for one in json.loads((folder / REPOSITORIES).read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        return []
