"""A table as text: titles, columns and cells, before anyone draws it.

What the terminal and the markdown form have in common. How wide a screen is, and how a line is drawn, is the
renderers' business.
"""

from collections.abc import Iterator
from dataclasses import dataclass

NOTHING = "-"
"""What stands in a cell that has nothing to say."""

DECIDES = "*"
"""Marks the row whose verdict is the claim's."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, and how its cells stand.

    Args:
        title: what stands above it.
        figures: they stand to the right.
        yields: where a screen has no room for the table, this column goes into a line below each block.
    """

    title: str
    figures: bool = False
    yields: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of text cells, which may have line breaks, and the verdict that colours it, if there is one."""

    cells: tuple[str, ...]
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under a heading of their own, lines below them; no heading when they need none."""

    heading: str
    lines: tuple[Line, ...]
    feet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its title, sentences that stand above it, columns and blocks of rows."""

    title: str
    lead: tuple[str, ...]
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> Iterator[Line]:
        """The rows of all blocks."""
        return (line for block in self.blocks for line in block.lines)
