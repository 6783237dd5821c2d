"""A comparison for the terminal: Rich tables where they fit, the same rows as lines where they do not.

Plain text unless asked for colour; colour says proved wrong, proved right or unknown, and nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import compress

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gopatterns_cli.comparison import Comparison
from gopatterns_cli.curves import Curve
from gopatterns_cli.measuring.cells import NATIVE
from gopatterns_cli.render import headlines
from gopatterns_cli.render.chart import chart
from gopatterns_cli.render.drawing import INDENT, Part, drawn, paragraphs, section
from gopatterns_cli.render.grid import NOTHING, Block, Grid, Line
from gopatterns_cli.render.grids import grids
from gopatterns_cli.verdicts import Change, Verdict
from gopatterns_cli.words import tr

STYLES: dict[str, str] = {
    Verdict.REFUTED: "red",
    Verdict.EXCEEDED: "green",
    Verdict.REPRODUCED: "green",
    Verdict.INCONCLUSIVE: "yellow",
    Change.REGRESSION: "bold red",
    Change.IMPROVED: "green",
    Change.SAME: "green",
}

LAYOUTS = ((INDENT, 2), (0, 1))
"""Spaces before a table and between two of its columns: what reads best, and what still does."""


def render(comparison: Comparison, columns: int, color_system: str | None = None) -> str:
    """Draw a comparison as text that ends with a line break.

    Args:
        comparison: what to show.
        columns: how many there are; a table that needs more becomes lines.
        color_system: one of Rich's, such as `standard`; None for plain text.
    """
    return drawn(_parts(comparison, columns), columns, color_system)


def _parts(comparison: Comparison, columns: int) -> Iterator[Part]:
    yield from paragraphs([headlines.answer(comparison)], columns, style="bold")
    yield from paragraphs(headlines.conditions(comparison.session), columns)
    for grid in grids(comparison):
        yield Text()
        yield from _grid(grid, columns)
    for scenario in dict.fromkeys(line.curve.scenario for line in comparison.curves):
        curves = [line.curve for line in comparison.curves if line.curve.scenario == scenario]
        yield from _chart(scenario, curves, columns)
    gains = [line.sentence for line in comparison.break_evens if line.point.arm != NATIVE]
    sections = {
        tr("claim by claim"): comparison.sentences,
        tr("where the missing speed-up went"): [line.sentence for line in comparison.budgets],
        tr("how it scales"): [line.sentence for line in comparison.curves if line.curve.arm != NATIVE],
        tr("from what cost a pattern pays"): gains,
        tr("notes"): comparison.notes,
    }
    for title, lines in sections.items():
        yield from section(title, lines, columns)
    closing = (headlines.prediction, headlines.canary, headlines.could_hide, headlines.ending)
    last = [line for line in (told(comparison) for told in closing) if line]
    if last:
        yield Text()
    yield from paragraphs(last, columns, style="bold")


def _chart(scenario: str, curves: Sequence[Curve], columns: int) -> Iterator[Part]:
    lines = list(chart(curves, columns - INDENT))
    if lines:
        yield Text()
        yield Text(scenario, style="bold")
        yield from paragraphs(lines[:1], columns, indent=INDENT)
        yield Text("\n".join(f"{'':{INDENT}}{line}" for line in lines[1:]), no_wrap=True, overflow="ignore")


def _grid(grid: Grid, columns: int) -> Iterator[Part]:
    yield Text(tr(grid.title), style="bold")
    yield from paragraphs(grid.lead, columns)
    whole = _without_empty_columns(_titled(grid))
    forms = ((form, layout) for form in (whole, _yielding(whole)) for layout in LAYOUTS)
    fitting = (found for found in forms if _needed(_widths(found[0]), *found[1]) <= columns)
    shown, layout = next(fitting, (whole, None))
    widths = _widths(shown)
    for block in shown.blocks:
        if block.heading:
            yield Text()
            yield from paragraphs([block.heading], columns)
        if layout is None:
            yield from _stacked(shown, block.lines, columns)
        else:
            yield _table(shown, block.lines, widths, *layout)
        yield from paragraphs(block.feet, columns, indent=INDENT)


def _titled(grid: Grid) -> Grid:
    """Return a table with the titles of its columns in the language that is spoken."""
    return replace(grid, columns=tuple(replace(column, title=tr(column.title)) for column in grid.columns))


def _without_empty_columns(grid: Grid) -> Grid:
    kept = [any(line.cells[i] != NOTHING for line in grid.lines) for i in range(len(grid.columns))]
    return _compressed(grid, kept)


def _yielding(grid: Grid) -> Grid:
    """Move the columns that yield below the rows: `predicted: gopat asyncio cold 2.94 ms (+8%); ...`."""
    kept = [not column.yields for column in grid.columns]

    def below(block: Block) -> tuple[str, ...]:
        moved = ((place, column.title) for place, column in enumerate(grid.columns) if column.yields)
        told = (
            (
                title,
                [
                    f"{line.cells[0]} {line.cells[place]}"
                    for line in block.lines
                    if line.cells[place] != NOTHING
                ],
            )
            for place, title in moved
        )
        return (*block.feet, *(f"{title}: {tr('; ').join(cells)}" for title, cells in told if cells))

    blocks = tuple(replace(block, feet=below(block)) for block in grid.blocks)
    return _compressed(replace(grid, blocks=blocks), kept)


def _compressed(grid: Grid, kept: Sequence[bool]) -> Grid:
    """Keep only some columns."""
    return replace(
        grid,
        columns=tuple(compress(grid.columns, kept)),
        blocks=tuple(
            replace(
                block,
                lines=tuple(replace(line, cells=tuple(compress(line.cells, kept))) for line in block.lines),
            )
            for block in grid.blocks
        ),
    )


def _widths(grid: Grid) -> list[int]:
    """The width of every column over all blocks, so that they stand under one another."""
    titles = [column.title for column in grid.columns]
    texts = zip(titles, *(line.cells for line in grid.lines), strict=True)
    return [max(cell_len(part) for text in column for part in text.split("\n")) for column in texts]


def _needed(widths: Sequence[int], indent: int, gap: int) -> int:
    return indent + sum(widths) + gap * (len(widths) - 1)


def _table(grid: Grid, lines: Iterable[Line], widths: Sequence[int], indent: int, gap: int) -> Padding:
    table = Table(box=None, padding=(0, gap, 0, 0), header_style="dim", pad_edge=False)
    for column, width in zip(grid.columns, widths, strict=True):
        table.add_column(column.title, width=width, justify="right" if column.figures else "left")
    for line in lines:
        *cells, last = line.cells
        table.add_row(*map(Text, cells), Text(last, style=STYLES.get(line.verdict, "")))
    return Padding(table, (0, 0, 0, indent), expand=False)


def _stacked(grid: Grid, lines: Iterable[Line], columns: int) -> Iterator[Part]:
    """The rows one below another, for a screen that is narrower than the table; first what was found."""
    said = 0 if grid.columns[-1].figures else 1  # a verdict or a ratio comes last, a bare figure is not it
    for line in lines:
        first, *others = (cell.replace("\n", " ") for cell in line.cells)
        cells = list(zip(grid.columns[1:], others, strict=True))
        told = cells[: len(cells) - said]
        figures = [f"{column.title} {cell}" for column, cell in told if cell != NOTHING]
        verdict = f": {others[-1]}" if said and others[-1] != NOTHING else ""
        yield from paragraphs(
            [f"{first}{verdict}"], columns, indent=INDENT, style=STYLES.get(line.verdict, "")
        )
        yield from paragraphs([tr(", ").join(figures)], columns, indent=2 * INDENT)
