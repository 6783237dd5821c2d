"""Files that are whole or not there: put in place in one step, and never over somebody else's."""

import contextlib
import errno
import os
from collections.abc import Iterable
from pathlib import Path


def create(path: Path, text: str) -> None:
    """Make a file that was not there; its folders too.

    Raises:
        FileExistsError: something of that name is there.
        OSError: it cannot be written; then there is no file.
    """
    _make(path.parent)
    with path.open("x", encoding="utf-8"):
        pass
    try:
        replace(path, text)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def replace(path: Path, text: str | Iterable[str]) -> None:
    """Put a file in its place, whole and synchronised, or leave what was there untouched.

    Args:
        path: the place; where it is a link, the file that it leads to.
        text: what is in it, or the pieces of that in turn.

    Raises:
        OSError: it cannot be written; it names the place.
    """
    place, path = path, path.resolve()
    _make(path.parent)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(place), None
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # it is the folder that is taken, not the file's name
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None


def exists(path: Path) -> bool:
    """Whether anything has that name: a file, a folder, a device, a link that leads nowhere."""
    return os.path.lexists(path)


def next_name(path: Path, number: int) -> Path:
    """The name to try when `number` - 1 files have taken a name: `s.json`, `s-2.json`, `s-3.json`."""
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
