"""A comparison as GitHub Markdown: the whole of it for a step summary, or the results for a README."""

from collections.abc import Iterator
from dataclasses import replace

from gopatterns_cli.comparison import Comparison
from gopatterns_cli.measuring.cells import NATIVE
from gopatterns_cli.render import headlines
from gopatterns_cli.render.cost_grids import brief_grid
from gopatterns_cli.render.grid import Grid
from gopatterns_cli.render.grids import claims_grid, grids, selection_grid, summary_grid
from gopatterns_cli.render.marking import bold, bullets, escaped, joined, table
from gopatterns_cli.render.matrix_grid import matrix_grid
from gopatterns_cli.render.memory_grids import complexity_grid, memory_grid
from gopatterns_cli.words import tr


def render(comparison: Comparison) -> str:
    """Write the whole comparison: the answer and the sentences first, the tables folded away below."""
    return joined(
        [
            f"## {escaped(headlines.answer(comparison))}",
            *map(escaped, headlines.conditions(comparison.session)),
            bold(headlines.ending(comparison)),
            bullets(comparison.sentences),
            bullets(line.sentence for line in comparison.budgets),
            bullets(line.sentence for line in comparison.curves if line.curve.arm != NATIVE),
            bullets(_gains(comparison)),
            *(part for grid in grids(comparison) for part in _folded(grid)),
            bullets(comparison.notes),
            escaped(headlines.prediction(comparison)),
            escaped(headlines.canary(comparison)),
            escaped(headlines.could_hide(comparison)),
        ]
    )


def claims(comparison: Comparison) -> str:
    """Write the figures of the document beside what was measured: when, on what, and one table."""
    return joined(
        [
            bold(headlines.answer(comparison)),
            *map(escaped, headlines.conditions(comparison.session)),
            *_tables(claims_grid(comparison)),
            escaped(headlines.could_hide(comparison)),
        ]
    )


def results(comparison: Comparison) -> str:
    """Write the results in brief: the figures of the document, its summary, the notes."""
    return joined(
        [
            *map(escaped, headlines.conditions(comparison.session)),
            *_tables(claims_grid(comparison)),
            *(_summary(comparison) if comparison.summary else ()),
            bullets(line.sentence for line in comparison.budgets),
            bullets([*(line.sentence for line in comparison.statements if line.leaked is not None)]),
            bullets(comparison.notes),
            escaped(headlines.prediction(comparison)),
            escaped(headlines.canary(comparison)),
            escaped(headlines.could_hide(comparison)),
        ]
    )


def sweeps(comparison: Comparison) -> str:
    """Write sweeps in brief: what was found of each rule, the tables, the sentences about the curves."""
    return joined(
        [
            *map(escaped, headlines.conditions(comparison.session)),
            bullets(comparison.sentences),
            *(part for matrix in comparison.matrices for part in _titled(matrix_grid(matrix))),
            bullets(line.sentence for line in comparison.curves if line.curve.arm != NATIVE),
            bullets(_gains(comparison)),
        ]
    )


def advice(comparison: Comparison) -> str:
    """Write the document's selection table beside what is best here; behind it, folded, the matrix."""
    return joined(
        [
            *map(escaped, headlines.conditions(comparison.session)),
            *(_tables(selection) if any((selection := selection_grid(comparison)).lines) else ()),
            bullets(comparison.sentences),
            *(part for matrix in comparison.matrices for part in _folded(matrix_grid(matrix))),
        ]
    )


def break_evens(comparison: Comparison) -> str:
    """Write one line per arm: from what cost it pays."""
    return joined([*map(escaped, headlines.conditions(comparison.session)), bullets(_gains(comparison))])


def _summary(comparison: Comparison) -> Iterator[str]:
    grid = summary_grid(comparison)
    yield from map(escaped, grid.lead)
    yield from _tables(grid)


def _titled(grid: Grid) -> Iterator[str]:
    yield bold(tr(grid.title))
    yield from map(escaped, grid.lead)
    yield from _tables(grid)


def costs(comparison: Comparison) -> str:
    """Write in brief what operations cost: the answer, a row per operation, the notes."""
    grid = brief_grid(comparison.costs)
    return joined(
        [
            bold(headlines.answer(comparison)),
            *map(escaped, headlines.conditions(comparison.session)),
            *map(escaped, grid.lead),
            *_tables(grid),
            bullets(comparison.notes),
        ]
    )


def memory(comparison: Comparison) -> str:
    """Write in brief what workers and items take, and how complex the patterns are."""
    drawn = (memory_grid(comparison.footprints), complexity_grid(comparison.complexity, comparison.marks))
    return joined(
        [
            bold(headlines.answer(comparison)),
            *map(escaped, headlines.conditions(comparison.session)),
            *(part for grid in drawn for part in (*map(escaped, grid.lead), *_tables(grid))),
            bullets(comparison.notes),
        ]
    )


def _gains(comparison: Comparison) -> Iterator[str]:
    return (line.sentence for line in comparison.break_evens if line.point.arm != NATIVE)


def _folded(grid: Grid) -> Iterator[str]:
    yield f"<details><summary>{escaped(tr(grid.title))}</summary>"
    yield from map(escaped, grid.lead)
    yield from _tables(grid)
    yield "</details>"


def _tables(grid: Grid) -> Iterator[str]:
    """Write one table per block, under its heading."""
    columns = [replace(column, title=tr(column.title)) for column in grid.columns]
    for block in grid.blocks:
        yield bold(block.heading)
        yield table(columns, (line.cells for line in block.lines))
        yield bullets(block.feet)
