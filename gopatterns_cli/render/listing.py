"""The listing of patterns, runtimes and scenarios as plain text, at any width."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from textwrap import wrap
from typing import Any

_UNWRAPPED = 10_000
_NARROW = 60


def width() -> int:
    """The columns there are; into a pipe an entry is one line, so that `grep` finds the whole of it."""
    piped = not (sys.stdout.isatty() or os.environ.get("COLUMNS"))
    return _UNWRAPPED if piped else shutil.get_terminal_size().columns


def text(listing: Mapping[str, Any], columns: int) -> str:
    """Render what `gopat list --json` prints for that many columns."""
    sections = {
        "Patterns": [(row["name"], [row["about"]]) for row in listing["patterns"]],
        "Runtimes": [(row["name"], [row["about"] or row["missing"]]) for row in listing["runtimes"]],
        "Scenarios": [(row["name"], _scenario(row)) for row in listing["scenarios"]],
    }
    longest = max(len(name) for entries in sections.values() for name, _ in entries)
    render = _stacked if columns < _NARROW else partial(_beside, name_width=longest)
    return "\n\n".join(
        "\n".join([title, *(line for name, texts in entries for line in render(name, texts, columns))])
        for title, entries in sections.items()
    )


def _scenario(row: Mapping[str, Any]) -> list[str]:
    claims = ", ".join(row["claims"])
    return [row["about"], f"claims: {claims}"] if claims else [row["about"]]


def _beside(name: str, texts: list[str], columns: int, *, name_width: int) -> Iterator[str]:
    """The name to the left of its texts, which are aligned over all sections."""
    start = f"  {name:<{name_width}}  "
    for text_ in texts:
        yield from _wrapped(text_, columns, start, " " * len(start))
        start = " " * len(start)


def _stacked(name: str, texts: list[str], columns: int) -> Iterator[str]:
    """The name above its texts, for narrow screens."""
    yield f"  {name}"
    for text_ in texts:
        yield from _wrapped(text_, columns, " " * 4, " " * 4)


def _wrapped(text_: str, columns: int, start: str, indent: str) -> list[str]:
    return wrap(
        text_,
        max(columns, len(indent) + 1),
        initial_indent=start,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
