"""How long a session takes, guessed before anything is measured."""

import math
from collections.abc import Sequence

from gopatterns_cli.measuring.cells import Cell

WORKER_S = 0.22
"""What a worker process costs beside what it times: the interpreter, the imports, pyperf's facts."""

GO_WORKER_S = 0.01

VALUE_S = 0.1
"""The least that a value takes."""

MARGIN = 1.05
"""Loops are chosen for so many times `VALUE_S`: runs get a little quicker after the first."""

MOST_LOOPS = 1 << 20

OPERATION_S, QUICK_OPERATION_S = 0.6, 0.2
"""What a value of an operation takes, of all arms on the average; nobody knows before the calibration."""

SLOW_S = 0.2
"""An arm that takes longer than this gets one value per process, no warm-up."""

VALUES, SLOW_VALUES = 2, 1


def expected_s(cells: Sequence[Cell], rounds: int, *, quick: bool) -> float:
    """Guess how long a session takes, calibration included: that runs every cell twice, or once if quick."""
    calibration = sum(_start_s(cell) + (1 if quick else 2) * _run_s(cell, quick=quick) for cell in cells)
    return calibration + rounds * sum(_start_s(cell) + _worker_s(cell, quick=quick) for cell in cells)


def values_of(run_s: float, *, quick: bool) -> int:
    """How many values a process of an arm measures that takes so long for one run."""
    return SLOW_VALUES if quick or run_s > SLOW_S else VALUES


def loops_of(run_s: float, value_s: float = VALUE_S) -> int:
    """How many runs make a value of an arm that takes so long for one, where a value takes `value_s`."""
    if run_s >= value_s:
        return 1
    return MOST_LOOPS if run_s * MOST_LOOPS < value_s else math.ceil(MARGIN * value_s / run_s)


def _start_s(cell: Cell) -> float:
    return GO_WORKER_S if cell.is_go else WORKER_S


def _worker_s(cell: Cell, *, quick: bool) -> float:
    run_s = _run_s(cell, quick=quick)
    values = values_of(run_s, quick=quick)
    value_s = run_s * loops_of(run_s) or VALUE_S
    return value_s * (values + (0 if values == SLOW_VALUES else 1))


def _run_s(cell: Cell, *, quick: bool) -> float:
    """Guess one run from the waits alone; those of a pipeline's stages overlap, computing is on one core."""
    if cell.asked_s is not None:
        return cell.asked_s
    if cell.operation is not None:
        return QUICK_OPERATION_S if quick else OPERATION_S
    in_turn = 3 if cell.pattern == "pipeline" and cell.is_serial else 1
    computing_s = cell.count * (cell.duration_s - cell.sleep_s) * (cell.job_kind in {"cpu", "mixed"})
    lanes = cell.workers or cell.stages or 1
    return cell.duration_s * cell.count / lanes * in_turn + computing_s
