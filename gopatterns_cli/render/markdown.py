"""A comparison as GitHub Markdown: the whole of it for a step summary, or the results for a README."""

import re
from collections.abc import Iterable, Iterator

from gopatterns_cli.comparison import Comparison
from gopatterns_cli.measuring.cells import NATIVE
from gopatterns_cli.render import headlines
from gopatterns_cli.render.cost_grids import brief_grid
from gopatterns_cli.render.grid import Block, Column, Grid
from gopatterns_cli.render.grids import claims_grid, grids, selection_grid, summary_grid
from gopatterns_cli.render.matrix_grid import matrix_grid
from gopatterns_cli.render.memory_grids import complexity_grid, memory_grid

SPECIAL = re.compile(r"([|<*_])")
"""What would be taken for a table's border, a tag or emphasis. Backquotes are meant as such."""


def render(comparison: Comparison) -> str:
    """Write the whole comparison: the answer and the sentences first, the tables folded away below."""
    return _joined(
        [
            f"## {_escaped(headlines.answer(comparison))}",
            *map(_escaped, headlines.conditions(comparison.session)),
            _bold(headlines.ending(comparison)),
            _bullets(comparison.sentences),
            _bullets(line.sentence for line in comparison.budgets),
            _bullets(line.sentence for line in comparison.curves if line.curve.arm != NATIVE),
            _bullets(_gains(comparison)),
            *(part for grid in grids(comparison) for part in _folded(grid)),
            _bullets(comparison.notes),
            _escaped(headlines.prediction(comparison)),
            _escaped(headlines.canary(comparison)),
            _escaped(headlines.could_hide(comparison)),
        ]
    )


def results(comparison: Comparison) -> str:
    """Write the results in brief: the figures of the document, its summary, the notes."""
    return _joined(
        [
            *map(_escaped, headlines.conditions(comparison.session)),
            *_tables(claims_grid(comparison)),
            *(_summary(comparison) if comparison.summary else ()),
            _bullets(line.sentence for line in comparison.budgets),
            _bullets([*(line.sentence for line in comparison.statements if line.leaked is not None)]),
            _bullets(comparison.notes),
            _escaped(headlines.prediction(comparison)),
            _escaped(headlines.canary(comparison)),
            _escaped(headlines.could_hide(comparison)),
        ]
    )


def sweeps(comparison: Comparison) -> str:
    """Write sweeps in brief: what was found of each rule, the tables, the sentences about the curves."""
    return _joined(
        [
            *map(_escaped, headlines.conditions(comparison.session)),
            _bullets(comparison.sentences),
            *(part for matrix in comparison.matrices for part in _titled(matrix_grid(matrix))),
            _bullets(line.sentence for line in comparison.curves if line.curve.arm != NATIVE),
            _bullets(_gains(comparison)),
        ]
    )


def advice(comparison: Comparison) -> str:
    """Write the document's selection table beside what is best here; behind it, folded, the matrix."""
    return _joined(
        [
            *map(_escaped, headlines.conditions(comparison.session)),
            *(_tables(selection) if any((selection := selection_grid(comparison)).lines) else ()),
            _bullets(comparison.sentences),
            *(part for matrix in comparison.matrices for part in _folded(matrix_grid(matrix))),
        ]
    )


def break_evens(comparison: Comparison) -> str:
    """Write one line per arm: from what cost it pays."""
    return _joined([*map(_escaped, headlines.conditions(comparison.session)), _bullets(_gains(comparison))])


def _summary(comparison: Comparison) -> Iterator[str]:
    grid = summary_grid(comparison)
    yield from map(_escaped, grid.lead)
    yield from _tables(grid)


def _titled(grid: Grid) -> Iterator[str]:
    yield _bold(grid.title)
    yield from map(_escaped, grid.lead)
    yield from _tables(grid)


def costs(comparison: Comparison) -> str:
    """Write in brief what operations cost: the answer, a row per operation, the notes."""
    grid = brief_grid(comparison.costs)
    return _joined(
        [
            f"**{_escaped(headlines.answer(comparison))}.**",
            *map(_escaped, headlines.conditions(comparison.session)),
            *map(_escaped, grid.lead),
            *_tables(grid),
            _bullets(comparison.notes),
        ]
    )


def memory(comparison: Comparison) -> str:
    """Write in brief what workers and items take, and how complex the patterns are."""
    drawn = (memory_grid(comparison.footprints), complexity_grid(comparison.complexity, comparison.marks))
    return _joined(
        [
            f"**{_escaped(headlines.answer(comparison))}.**",
            *map(_escaped, headlines.conditions(comparison.session)),
            *(part for grid in drawn for part in (*map(_escaped, grid.lead), *_tables(grid))),
            _bullets(comparison.notes),
        ]
    )


def _gains(comparison: Comparison) -> Iterator[str]:
    return (line.sentence for line in comparison.break_evens if line.point.arm != NATIVE)


def _folded(grid: Grid) -> Iterator[str]:
    yield f"<details><summary>{_escaped(grid.title)}</summary>"
    yield from map(_escaped, grid.lead)
    yield from _tables(grid)
    yield "</details>"


def _tables(grid: Grid) -> Iterator[str]:
    """Write one table per block, under its heading."""
    for block in grid.blocks:
        yield _bold(block.heading)
        yield _table(grid, block)
        yield _bullets(block.feet)


def _table(grid: Grid, block: Block) -> str:
    titles = _row(column.title for column in grid.columns)
    return "\n".join([titles, _row(map(_rule, grid.columns)), *(_row(line.cells) for line in block.lines)])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_escaped(cell).replace(chr(10), '<br>') for cell in cells)} |"


def _rule(column: Column) -> str:
    return "---:" if column.figures else "---"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_escaped(line)}" for line in lines)


def _bold(text: str) -> str:
    return f"**{_escaped(text)}**" if text else ""


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
