"""A user's inputs by their name: MODULE:ITERABLE, a file with an input on each line, or a glob of paths.

What is imported, and so run, is only what MODULE:ITERABLE names. Everything is read lazily: an iterable need
not end, a file may be longer than memory.
"""

import re
from collections.abc import Iterator
from glob import glob
from itertools import islice
from pathlib import Path
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.functions import MOST_ITEMS, iterable_named
from gopatterns_cli.near import did_you_mean

ITERABLE, LINES, PATHS = "iterable", "lines", "paths"
"""The three forms."""

ALLOWED = "a file with an input on each line, a glob such as 'images/*.jpg', or MODULE:ITERABLE"

_NAMED = re.compile(r"[^:\s]+:[A-Za-z_]\w*")


def form_of(name: str) -> str:
    """Say which form a name has; a file that is there is a file, whatever it is called."""
    if Path(name).is_file():
        return LINES
    if _NAMED.fullmatch(name):
        return ITERABLE
    return PATHS if any(sign in name for sign in "*?[") else LINES


def items(what: str, name: str, most: int = MOST_ITEMS) -> list[Any]:
    """Return the first `most` inputs of that name; `what` names the argument in errors.

    Raises:
        Failure: as `opened`; exit code 2, too, when there are none.
    """
    found = list(islice(opened(what, name), most))
    if not found:
        raise empty(what, name)
    return found


def opened(what: str, name: str) -> Iterator[Any]:
    """Give the inputs of that name one by one: lines that are not blank, paths in alphabetical order.

    Raises:
        Failure: exit code 2: there is no such thing; 1: the user's code fails when it is iterated over.
    """
    form = form_of(name)
    if form == LINES:
        return _lines(what, Path(name))
    if form == PATHS:
        found = glob(name, recursive=True)  # noqa: PTH207 - absolute ones, too
        return (path for path in sorted(found) if Path(path).is_file())
    return iterable_named(what, name)


def empty(what: str, name: str) -> Failure:
    """Say that there are no inputs."""
    if form_of(name) == PATHS:
        return Failure(f"{what}: found {name}, which no file matches; allowed at least one input", 2)
    return Failure(f"{what}: found {name}, which is empty; allowed at least one input", 2)


def _lines(what: str, path: Path) -> Iterator[str]:
    """Give the lines of a file without their ends; blank ones are no inputs."""
    if not path.exists():
        raise Failure(f"{what}: found {path}, which is not there; allowed {ALLOWED}{_near(path)}", 2)
    if not path.is_file():
        raise Failure(f"{what}: found {path}, which is no file; allowed {ALLOWED}", 2)
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield line.rstrip("\r\n")
    except UnicodeDecodeError:
        raise Failure(f"{what}: found {path}, which is not UTF-8 text; allowed {ALLOWED}", 2) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failure(f"{what}: {path} cannot be read: {reason}", 2) from None


def _near(path: Path) -> str:
    try:
        return did_you_mean(path.name, sorted(sibling.name for sibling in path.parent.iterdir()))
    except OSError:
        return ""
