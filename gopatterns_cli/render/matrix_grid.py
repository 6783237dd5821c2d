"""A matrix drawn up as a grid: an arm per row, a value of its axis per column, speed-ups in the cells."""

from gopatterns_cli import figures
from gopatterns_cli.axes import Axis
from gopatterns_cli.matrices import Matrix, MatrixRow
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import NATIVE, PATTERN
from gopatterns_cli.render.grid import NOTHING, Block, Column, Grid, Line
from gopatterns_cli.sentences import besides
from gopatterns_cli.words import tr
from scenarios.notation import write_duration

NOUNS = {
    Axis.WORKERS: "workers",
    Axis.STAGES: "stages",
    Axis.BUFFER: "items of buffer",
    Axis.DURATION: "what a job takes",
}


def matrix_grid(matrix: Matrix) -> Grid:
    """Draw up a scenario of many cells."""
    axes = tr(" or ").join(tr(NOUNS[axis]) for axis in matrix.axes)
    lead = tr(
        "speed-up over the plain loop, per job, by {axes}; the intervals stand in the JSON form", axes=axes
    )
    several = len(matrix.axes) > 1
    return Grid(
        title=matrix.scenario,
        lead=(tr(matrix.about), lead),
        columns=(
            Column("arm"),
            *(Column(written(matrix.axes[0], value), figures=True) for value in matrix.values),
        ),
        blocks=(Block("", tuple(_line(matrix, row, several=several) for row in matrix.rows)),),
    )


def written(axis: Axis, value: float) -> str:
    """Write a value of an axis: `1,000` or `20us`."""
    return write_duration(value) if axis is Axis.DURATION else f"{value:,.0f}"


def _line(matrix: Matrix, row: MatrixRow, *, several: bool) -> Line:
    cell = row.cell
    where = "Go" if cell.is_go else f"{cell.runtime}"
    pattern = f"{cell.pattern} " if PATTERN in cell.varied else ""
    arm = f"{pattern}{where}"
    name = f"{tr('{what} by hand', what=arm) if cell.arm == NATIVE else arm}{besides(cell, row.axis)}"
    return Line(
        cells=(
            tr("{name}, by {axis}", name=name, axis=tr(NOUNS[row.axis])) if several else name,
            *(_cell(row.cells.get(value)) for value in matrix.values),
        )
    )


def _cell(found: Measured | None) -> str:
    if found is None or found.speedup is None:
        return NOTHING
    return figures.times(found.speedup.estimate)
