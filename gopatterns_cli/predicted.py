"""How far what was predicted lies from what was measured, over the arms of a session."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from gopatterns_cli.measured import Measured


@dataclass(frozen=True, slots=True)
class Prediction:
    """The errors of a session's predictions, as shares of the measured times.

    Args:
        median: of the errors without their signs.
        worst: the largest, with its sign.
        worst_cell: the arm that it belongs to.
        arms: how many were both predicted and measured.
    """

    median: float
    worst: float
    worst_cell: str
    arms: int


def prediction(cells: Iterable[Measured]) -> Prediction | None:
    """Return how good the predictions were; None when nothing was both predicted and measured."""
    errors = {
        found.cell.name: found.prediction_error for found in cells if found.prediction_error is not None
    }
    if not errors:
        return None
    worst = max(errors, key=lambda name: abs(errors[name]))
    return Prediction(median(map(abs, errors.values())), errors[worst], worst, len(errors))
