"""Sources for reading: beside each other where two columns fit, else one after another; never cut off.

Into a pipe a text is exactly that of its file, with nothing wrapped. On a screen a line that is too long goes
on below, indented, and tabs are four columns.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import zip_longest

from pygments.token import (  # type: ignore[import-untyped]  # it ships no types; Rich brings it
    Comment,
    Keyword,
    Name,
    Number,
    String,
)
from rich.console import Console
from rich.style import Style
from rich.syntax import ANSISyntaxTheme, Syntax
from rich.text import Text

from gopatterns_cli.sources import Source

COLUMN = 76
"""The narrowest column that code is read in beside another one."""

BETWEEN = " | "
TAB = 4

THEME = ANSISyntaxTheme(
    {
        Comment: Style(dim=True),
        Keyword: Style(color="blue", bold=True),
        Keyword.Constant: Style(color="magenta"),
        Name.Class: Style(bold=True),
        Name.Function: Style(bold=True),
        Number: Style(color="magenta"),
        String: Style(color="green"),
    }
)
"""The terminal's own colours, no background: it reads on a dark and on a light one."""


def text(
    sources: Sequence[Source], notes: Iterable[str], columns: int | None, color_system: str | None
) -> str:
    """Draw sources, then notes, as text that ends with a line break.

    Args:
        sources: in the order of reading; each under a heading that begins with `== `.
        notes: sentences for the end.
        columns: of the screen; None for a pipe.
        color_system: one of Rich's, such as `standard`; None for plain text.
    """
    if columns is None and color_system is None:
        return _verbatim(sources, notes)
    out = StringIO()
    console = Console(
        file=out,
        color_system=color_system,  # type: ignore[arg-type]  # Rich's Literal; the value comes from Rich
        force_terminal=color_system is not None,
        highlight=False,
        legacy_windows=False,
    )
    for line in _rows(sources, tuple(notes), columns):
        console.print(line, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
    return out.getvalue()


def heading(source: Source) -> str:
    """Say of which arm and runtime a text is, and where it lies."""
    return f"== {source.arm}{f' {source.runtime}' if source.runtime else ''}: {source.path}"


def screen() -> int | None:
    """The columns of the screen; None into a pipe, unless COLUMNS asks for some."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() or os.environ.get("COLUMNS") else None


def _verbatim(sources: Iterable[Source], notes: Iterable[str]) -> str:
    texts = [f"{heading(source)}\n{source.text}" for source in sources]
    return "\n".join([*texts, *(["".join(f"{note}\n" for note in notes)] if notes else [])])


def _rows(sources: Sequence[Source], notes: Sequence[str], columns: int | None) -> Iterator[Text]:
    beside = 1 if columns is None else max((columns + len(BETWEEN)) // (COLUMN + len(BETWEEN)), 1)
    count = min(beside, len(sources))
    width = None if columns is None else (columns - len(BETWEEN) * (count - 1)) // count
    stacks: list[list[Text]] = [[] for _ in range(count)]
    for source in sources:
        shortest = min(stacks, key=len)
        shortest += [Text()] * bool(shortest) + list(_block(source, width))
    for cells in zip_longest(*stacks, fillvalue=Text()):
        yield _joined(cells, width)
    if notes:
        yield Text()
    for note in notes:
        yield from _wrapped(Text(note), columns)


def _block(source: Source, width: int | None) -> Iterator[Text]:
    yield from _wrapped(Text(heading(source), style="bold reverse"), width)
    syntax = Syntax("", source.language, theme=THEME, tab_size=TAB)
    for line in syntax.highlight(source.text.rstrip("\n")).split("\n"):
        yield from _wrapped(line, width)


def _joined(cells: Sequence[Text], width: int | None) -> Text:
    """Put the cells of a row beside each other; no spaces at its end."""
    row = Text()
    for number, cell in enumerate(cells):
        if number:
            row.append(" " * ((width or 0) - cells[number - 1].cell_len))
            row.append(BETWEEN, style="dim")
        row.append_text(cell)
    row.rstrip()
    return row


def _wrapped(line: Text, width: int | None) -> Iterator[Text]:
    """Go on below with what is too long for the width, indented deeper than the line itself."""
    hanging = 0 if width is None else min(_indent(line.plain) + TAB, width // 2)
    first, *others = line.divide(_breaks(line.plain, width, hanging))
    first.rstrip()
    yield first
    for part in others:
        part.rstrip()
        yield Text(" " * hanging) + part


def _breaks(line: str, width: int | None, hanging: int) -> list[int]:
    """Where a line is broken."""
    breaks: list[int] = []
    start, least, room = 0, _indent(line) + 1, width or len(line)
    while len(line) - start > room:
        start = _break(line, least, start + room)
        breaks.append(start)
        least, room = start + 1, max((width or 0) - hanging, 1)
    return breaks


def _break(line: str, least: int, full: int) -> int:
    """Break behind a space if there is one, which may be past the edge; else behind a slash, else full."""
    for mark, past in ((" ", 1), ("/", 0)):
        found = line.rfind(mark, least, full + past)
        if found >= 0:
            return found + 1
    return full


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
