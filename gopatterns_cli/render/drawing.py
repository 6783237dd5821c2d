"""Text on a screen: paragraphs that are wrapped, sections, and the whole put into one piece of text."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

INDENT = 2

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
    """A cell's name that is longer than a line goes on behind one of its slashes."""

    def _split(self, text: str) -> list[str]:
        room = self.width - len(self.subsequent_indent)
        return [
            piece
            for chunk in super()._split(text)  # textwrap's own hook
            for piece in (PIECES.findall(chunk) if len(chunk) > room else [chunk])
        ]
