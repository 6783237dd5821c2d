"""GitHub Markdown, piece by piece: what is escaped, tables, lists, and what is left out of a long text."""

import re
from collections.abc import Iterable, Sequence

from gopatterns_cli.render.grid import Column

SPECIAL = re.compile(r"([\\|<*_])")
"""What would be taken for an escape, a table's border, a tag or emphasis. Backquotes are meant as such."""

OPEN, CLOSED = "<details>", "</details>"

LEFT_OUT = 200
"""Bytes kept for saying what is left out."""


def table(columns: Sequence[Column], lines: Iterable[Iterable[str]]) -> str:
    """Write a table."""
    titles = row(column.title for column in columns)
    return "\n".join([titles, row(map(_rule, columns)), *map(row, lines)])


def row(cells: Iterable[str]) -> str:
    """Write a row of a table; a line break in a cell is one there."""
    return f"| {' | '.join('<br>'.join(escaped(cell).splitlines()) for cell in cells)} |"


def bullets(lines: Iterable[str]) -> str:
    """Write a list."""
    return "\n".join(f"- {escaped(' '.join(line.splitlines()))}" for line in lines)


def bold(text: str) -> str:
    """Write a text in bold; nothing where there is none."""
    return f"**{escaped(text)}**" if text else ""


def escaped(text: str) -> str:
    """Return a text as it is to be read, whatever signs of Markdown are in it."""
    return SPECIAL.sub(r"\\\1", text)


def joined(parts: Iterable[str]) -> str:
    """Put parts below each other, an empty line between; what is empty is left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def within(lines: Sequence[str], limit: int) -> tuple[Sequence[str], str]:
    """Return the first lines that take at most `limit` bytes, and `and 7 more`, empty when that is all."""
    size = 0
    for place, line in enumerate(lines):
        size += len(line.encode()) + 1
        if size > limit:
            return lines[:place], f"and {len(lines) - place:,} more"
    return lines, ""


def shortened(text: str, limit: int) -> str:
    """Return as many lines of a Markdown text as take less than `limit` bytes, and say what is left out."""
    if len(text.encode()) < limit:
        return text
    lines = text.splitlines()
    kept, rest = within(lines, limit - LEFT_OUT)
    closing = [CLOSED] if _is_open(kept) else []
    said = f"{rest} lines, left out here: the session file has everything." if rest else ""
    return "\n".join([*kept, *closing, "", said]) + "\n"


def _is_open(lines: Iterable[str]) -> bool:
    last = [line for line in lines if line.startswith((OPEN, CLOSED))][-1:]
    return bool(last) and last[0].startswith(OPEN)


def _rule(column: Column) -> str:
    return "---:" if column.figures else "---"
