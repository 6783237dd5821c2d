"""Locks between processes, which end with their holder however that one ends.

Where the system has none (Windows), nobody waits and nobody counts as gone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

THERE = fcntl is not None


@contextmanager
def held(path: Path, waits: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of that file inside the block; `waits` is called when another process holds it."""
    with path.open("a", encoding="utf-8") as file:
        if not _taken(file):
            waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def taken(path: Path) -> IO[str]:
    """Take the lock of a file that is made here, and return what holds it until it is closed."""
    file = path.open("x", encoding="utf-8")
    _taken(file)
    return file


def is_free(path: Path) -> bool:
    """Whether the lock of a file that is there is held by nobody."""
    if fcntl is None:
        return False
    try:
        with path.open("r+", encoding="utf-8") as file:
            return _taken(file)
    except OSError:
        return False


def _taken(file: IO[str]) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
