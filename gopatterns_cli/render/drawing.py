"""Text on a screen: paragraphs that are wrapped, sections, and the whole put into one piece of text."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

INDENT = 2

OPENING = r"\uff08\u300a\u201c"
STOPS = r"\u3001\u3002\u300b\u201d\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f"
IDEOGRAPHS = r"\u2e80-\u9fff"
"""What a line must not end with, what it must not begin with, and what it may be broken between."""

WIDE = re.compile(rf"[{OPENING}]*(?:[{IDEOGRAPHS}]|[^{IDEOGRAPHS}{OPENING}{STOPS}]+)?[{STOPS}]*")
"""A wide character, or what stands between two of them, with the stops behind it."""

PIECES = re.compile(r"[^/]*/|[^/]+")

Part = Text | Padding


def drawn(parts: Iterable[Part], columns: int, color_system: str | None = None) -> str:
    """Return parts as text that ends with a line break.

    Args:
        parts: from top to bottom.
        columns: of the screen.
        color_system: one of Rich's, such as `standard`; None for plain text.
    """
    out = StringIO()
    console = Console(
        file=out,
        width=columns,
        color_system=color_system,  # type: ignore[arg-type]  # Rich's Literal; the value comes from Rich
        force_terminal=color_system is not None,
        highlight=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def colors() -> str | None:
    """Return the color system of the terminal; None for a pipe, NO_COLOR and TERM=dumb."""
    console = Console()
    return None if console.no_color else console.color_system


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return a text in so many columns, of which a wide character takes two."""
    space = " " * (width - cell_len(text))
    return f"{space}{text}" if right else f"{text}{space}"


def section(title: str, lines: Sequence[str], columns: int) -> Iterator[Part]:
    """Yield lines under a title, after an empty one; nothing where there are no lines."""
    if lines:
        yield Text()
        yield Text(title, style="bold")
        yield from paragraphs(lines, columns, indent=INDENT)


def paragraphs(lines: Iterable[str], columns: int, *, indent: int = 0, style: str = "") -> Iterator[Text]:
    """Wrap each line to the screen, what follows the first indented a little more."""
    start, hanging = " " * indent, " " * (indent + INDENT)
    for line in lines:
        wrapped = _Wrapper(
            max(columns, 2 * len(hanging)),
            initial_indent=start,
            subsequent_indent=hanging,
            break_on_hyphens=False,
            break_long_words=False,
        ).wrap(line)
        yield Text("\n".join(wrapped), style=style, no_wrap=True, overflow="ignore")


class _Wrapper(textwrap.TextWrapper):
    """A cell's name that is longer than a line goes on behind one of its slashes.

    Between two wide characters, as Chinese has them, a line may end anywhere; they take two columns each.
    """

    def _split(self, text: str) -> list[str]:
        room = self.width - len(self.subsequent_indent)
        return [
            piece
            for chunk in super()._split(text)  # textwrap's own hook
            for part in _between_wide(chunk)
            for piece in (PIECES.findall(part) if cell_len(part) > room else [part])
        ]

    def _wrap_chunks(self, chunks: list[str]) -> list[str]:
        """Fill lines by columns, where textwrap counts characters; without wide ones it is the same."""
        if all(chunk.isascii() for chunk in chunks):
            return super()._wrap_chunks(chunks)  # textwrap's own
        lines: list[str] = []
        line, taken = "", 0
        for chunk in chunks:
            indent = self.subsequent_indent if lines else self.initial_indent
            if line and taken + cell_len(chunk.rstrip()) > self.width - len(indent):
                lines.append(f"{indent}{line.rstrip()}")
                line, taken = "", 0
            if line or chunk.strip():
                line, taken = line + chunk, taken + cell_len(chunk)
        return [*lines, f"{self.subsequent_indent if lines else self.initial_indent}{line.rstrip()}"]


def _between_wide(chunk: str) -> list[str]:
    """Cut a chunk into pieces between which a line may end: no stop begins a line, no bracket ends one."""
    if chunk.isascii():
        return [chunk]
    return [piece for piece in WIDE.findall(chunk) if piece]
