"""The cells of a scenario that looks at memory: ours on each runtime, those by hand that have it, real Go."""

from collections.abc import Sequence
from dataclasses import replace

from gopatterns_cli.measuring.cells import COLD, GO, GOPAT, NATIVE, Cell
from gopatterns_cli.memory import arms
from gopatterns_cli.memory.holding import STAGES
from patterns import runtimes
from scenarios.model import Scenario

MOST_THREADS = 1_000
"""Where each has a thread, so many are seen as well as more: one takes as much as several tasks."""

MOST_PROCESSES = 4
"""The same of processes, which take a thousand times as much again."""


def cells_of(
    scenario: Scenario, *, quick: bool, wanted: Sequence[str] | None, go: bool
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Return the cells of a scenario, and why others are not here; quick: without those by hand."""
    cells = [_cell(scenario, GO, None)] if go else []
    names = (name for name in scenario.arms.runtimes if name not in scenario.skip)
    lacking = []
    for name in [name for name in names if wanted is None or name in wanted]:
        if missing := runtimes.unavailable(name):
            lacking.append(missing)
            continue
        by_hand = arms.is_held_by_hand(scenario.pattern, scenario.job.operation or "", name)
        held = [GOPAT, NATIVE] if by_hand and not quick else [GOPAT]
        cells += [_cell(scenario, arm, name) for arm in held]
    return tuple(map(_fewer, cells)), tuple(lacking)


def _fewer(cell: Cell) -> Cell:
    """The cell with no more than are needed, and than a machine may hold twice."""
    most = cell.count
    if arms.has_processes(cell):
        most = min(MOST_PROCESSES, runtimes.load("processes").max_calls() // 2)
    elif cell.runtime == "threads" and (cell.operation == "idle-worker" or cell.pattern == MANAGED):
        most = MOST_THREADS
    count = min(cell.count, most)
    if cell.arm != GOPAT and cell.pattern == "pipeline" and cell.operation == "idle-worker":
        count = max(count // STAGES, 1) * STAGES
    return replace(cell, count=count)


MANAGED = "managed-worker-pool"
"""Its room for jobs goes by its workers: there are as many of them as items of a lot."""


def _cell(scenario: Scenario, arm: str, runtime: str | None) -> Cell:
    job = scenario.job
    return Cell(
        scenario=scenario.stem,
        pattern=scenario.pattern,
        arm=arm,
        runtime=runtime,
        pool=COLD,
        workers=None,
        buffer=0,
        job_kind=job.kind,
        duration_s=0.0,
        count=job.count,
        operation=job.operation,
    )
