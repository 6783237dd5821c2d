"""Every table of a comparison, folded away one by one."""

from collections.abc import Iterable, Iterator

from gopatterns_cli.render.grid import Block, Grid
from gopatterns_cli.render.report.html import Html, joined, tag
from gopatterns_cli.words import tr


def tables(grids: Iterable[Grid]) -> Html:
    """Write grids as tables."""
    return joined(tag("details", tag("summary", tr(grid.title)), *_table(grid)) for grid in grids)


def _table(grid: Grid) -> Iterator[Html]:
    yield from (tag("p", line) for line in grid.lead)
    head = tag(
        "tr",
        *(
            tag("th", tr(column.title), scope="col", class_="n" if column.figures else None)
            for column in grid.columns
        ),
    )
    yield tag("table", tag("thead", head), *(_body(grid, block) for block in grid.blocks))
    for block in grid.blocks:
        yield from (tag("p", foot) for foot in block.feet)


def _body(grid: Grid, block: Block) -> Html:
    heading = []
    if block.heading:
        across = len(grid.columns)
        heading.append(
            tag("tr", tag("th", block.heading, colspan=across, scope="rowgroup", class_="heading"))
        )
    return tag("tbody", *heading, *(_row(grid, line.cells, line.verdict) for line in block.lines))


def _row(grid: Grid, cells: Iterable[str], verdict: str) -> Html:
    first, *others = cells
    *middle, last = others or [""]
    style = f"verdict {verdict.replace(' ', '-')}" if verdict else None
    figures = [column.figures for column in grid.columns[1:]]
    drawn = [
        tag("td", *_lines(cell), class_="n" if right else None)
        for cell, right in zip(middle, figures, strict=False)
    ]
    if others:
        drawn.append(tag("td", *_lines(last), class_=style or ("n" if figures[-1] else None)))
    return tag("tr", tag("th", *_lines(first), scope="row"), *drawn)


def _lines(cell: str) -> Iterator[str]:
    """A line break in a cell is one there."""
    for number, line in enumerate(cell.split("\n")):
        if number:
            yield tag("br")
        yield line
