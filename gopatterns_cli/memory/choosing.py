"""The cells of a scenario that looks at memory: ours on each runtime, those by hand that have it, real Go."""

from collections.abc import Sequence
from dataclasses import replace

from gopatterns_cli.measuring.cells import COLD, GO, GOPAT, NATIVE, PIPELINE, Cell
from gopatterns_cli.memory import arms
from gopatterns_cli.memory.holding import STAGES
from patterns import runtimes
from scenarios.model import IDLE_WORKER, QUEUED_ITEM, Scenario

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
    return tuple(map(_enough, cells)), tuple(lacking)


def _enough(cell: Cell) -> Cell:
    """The cell with as many as are needed, and no more than a machine may hold twice."""
    has_workers = cell.operation == IDLE_WORKER or cell.pattern == MANAGED
    count = cell.count
    if cell.arm == GO and has_workers and cell.operation == QUEUED_ITEM:
        count *= MORE_IN_GO
    if arms.has_processes(cell):
        count = min(count, MOST_PROCESSES, runtimes.load("processes").max_calls() // 2)
    elif cell.runtime is not None and has_workers:
        tasks = runtimes.load(cell.runtime).max_tasks() // 2
        count = min(count, tasks, MOST_THREADS if cell.runtime == "threads" else tasks)
    if cell.arm != GOPAT and cell.pattern == PIPELINE and cell.operation == IDLE_WORKER:
        count = max(count // STAGES, 1) * STAGES
    return replace(cell, count=count)


MORE_IN_GO = 6
"""A job of a managed pool takes so little in Go that so many times as many are needed to be seen."""

MANAGED = "managed-worker-pool"
"""Its room for jobs goes by its workers: there are half as many again as items of a lot (`busy_workers`)."""


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
