"""A scenario of many cells as one table: a row per arm, a column per value of the axis that it varies.

Where a scenario compares patterns, each stands on its own axis: a pipeline on stages, the others on workers.
Values only: nothing is formatted here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gopatterns_cli.axes import FEWEST_VALUES, Axis, arm_over, swept
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import Cell
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One arm.

    Args:
        cell: one of its cells; what they share is in all of them.
        axis: what its cells differ in.
        cells: what was measured, by the value on that axis.
    """

    cell: Cell
    axis: Axis
    cells: Mapping[float, Measured]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A scenario.

    Args:
        scenario: its stem.
        about: what it measures.
        axes: what its rows differ in, each once.
        values: the values of all axes, rising.
        rows: in the plan's order, Go's last.
    """

    scenario: str
    about: str
    axes: tuple[Axis, ...]
    values: tuple[float, ...]
    rows: tuple[MatrixRow, ...]


def matrix(scenario: Scenario, measured: Iterable[Measured]) -> Matrix | None:
    """Return a scenario as a matrix; None where no axis has three values, or there are no jobs."""
    found = [one for one in measured if not one.cell.is_serial and one.cell.rate is None]
    if scenario.job.operation is not None:
        return None
    groups: dict[object, dict[float, Measured]] = {}
    axes: dict[object, Axis] = {}
    for pattern in dict.fromkeys(one.cell.pattern for one in found):
        cells = [one for one in found if one.cell.pattern == pattern]
        axis = swept([one.cell for one in cells])
        for one in cells:
            key = arm_over(axis, one.cell)
            groups.setdefault(key, {})[axis.of(one.cell) or 0.0] = one
            axes[key] = axis
    if not any(len(cells) >= FEWEST_VALUES for cells in groups.values()):
        return None
    rows = [MatrixRow(next(iter(cells.values())).cell, axes[key], cells) for key, cells in groups.items()]
    rows.sort(key=lambda row: row.cell.is_go)
    return Matrix(
        scenario=scenario.stem,
        about=scenario.about,
        axes=tuple(dict.fromkeys(row.axis for row in rows)),
        values=tuple(sorted({value for row in rows for value in row.cells})),
        rows=tuple(rows),
    )
