"""How long a workload that only waits would take at best, and whether two arms had the same work to do.

A sleep of 100 us lasts 190 us in one loop and 106 us in another. A ratio of two such times compares the
sleeps as much as the patterns, so each arm's mean real wait is recorded, and each time is also set
beside the ideal makespan *of its own waits*: what an infinitely fast machine would need.

Source: for equal jobs on identical workers the optimal makespan is the number of jobs that the busiest
worker gets; R. L. Graham, Bounds on Multiprocessing Timing Anomalies, SIAM J. Appl. Math. 17 (1969).
"""

import math

from gopatterns_cli.measuring.cells import PIPELINE, Cell

UNEQUAL_ABOVE = 1.10
"""Two arms whose mean waits differ by more than this factor did not have the same work to do."""

PIPELINE_STAGES = 3
"""The document's pipeline waits in its source, in `square` and in `filter`."""


def stages_of(cell: Cell) -> int:
    """Return how many waits an item has in a cell: those of a pipeline's stages, else one."""
    return (cell.stages or PIPELINE_STAGES) if cell.pattern == PIPELINE else 1


def ideal_s(cell: Cell, wait_s: float) -> float | None:
    """Return the ideal makespan in seconds of the cell's workload, or None where no rule fits.

    Args:
        cell: the arm and its configuration.
        wait_s: mean real duration of one of its waits, in seconds.
    """
    stages = stages_of(cell)
    if cell.is_serial:
        return cell.count * stages * wait_s
    if cell.pattern == PIPELINE:
        return (cell.count + stages - 1) * wait_s
    if cell.workers:
        return math.ceil(cell.count / cell.workers) * wait_s
    return None


def unequal_jobs(wait_s: float | None, other_s: float | None) -> bool:
    """Whether the mean waits of two arms differ by more than 10 %; never where one of them does not wait."""
    if not wait_s or not other_s:
        return False
    return max(wait_s, other_s) > UNEQUAL_ABOVE * min(wait_s, other_s)
