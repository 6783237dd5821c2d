"""What a sweep varies: the axes of cells, which of them a scenario varies, what cells on one curve share."""

from collections.abc import Collection
from enum import StrEnum

from gopatterns_cli.measuring.cells import Cell

FEWEST_VALUES = 3
"""Two points are a line, whatever they are: fewer are no sweep."""


class Axis(StrEnum):
    """What is varied, by the name that it has in a scenario file."""

    WORKERS = "workers"
    STAGES = "stages"
    BUFFER = "buffer"
    DURATION = "duration"

    def of(self, cell: Cell) -> float | None:
        """Return where a cell stands on it; None where its pattern has none of it."""
        found: float | None = cell.duration_s if self is Axis.DURATION else getattr(cell, self.value)
        return found


def swept(cells: Collection[Cell]) -> Axis:
    """Return the axis that cells of one pattern vary: durations where there is a ladder, else the longest."""
    values = {axis: {axis.of(cell) for cell in cells} - {None} for axis in Axis}
    if len(values[Axis.DURATION]) >= FEWEST_VALUES:
        return Axis.DURATION
    return max(Axis, key=lambda axis: len(values[axis]))


def arm_over(axis: Axis, cell: Cell) -> tuple[object, ...]:
    """Return what all cells of one arm share that stand on an axis."""
    others = (other.of(cell) for other in Axis if other is not axis)
    return cell.pattern, cell.arm, cell.runtime, cell.pool, *others
