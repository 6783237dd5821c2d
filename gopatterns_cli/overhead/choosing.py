"""The cells of an operation: ours on each runtime, real Go, and every peer that does it and is here."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TypeVar

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import COLD, GO, GO_TICKER, GOPAT, PEER, Cell
from gopatterns_cli.near import did_you_mean
from gopatterns_cli.overhead import peers
from gopatterns_cli.overhead.operations import OPERATIONS
from patterns.pinning import pin_problem
from scenarios.model import OVERHEAD, Scenario

T = TypeVar("T")

QUICK_PEERS = 3

QUICK_S = 0.3
"""For so long a limiter lets requests through in a quick session."""

FEWEST_REQUESTS = 5
"""A rate needs a few gaps to be seen."""


def cells_of(
    scenario: Scenario, *, quick: bool, runtimes: Sequence[str] | None, go: bool
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Return the cells of a scenario whose job is an operation, and why others are not here.

    Quick: of the peers the first three that its file names and that are here; of several workers or rates the
    middle one, for a shorter time; cold.

    Raises:
        Failure: exit code 2, the file names a peer that does not exist.
    """
    wanted = [name for name in scenario.arms.runtimes if runtimes is None or name in runtimes]
    found, not_here = _peers(scenario, quick=quick)
    operation = OPERATIONS[scenario.job.operation or ""]
    in_go = [GO, GO_TICKER] if operation.paced else [GO]
    pools = [COLD] if quick and COLD in scenario.arms.pool else scenario.arms.pool
    if quick:
        shorter_s = min(scenario.job.duration_s, QUICK_S)
        scenario = replace(scenario, job=replace(scenario.job, duration_s=shorter_s))
    cells = []
    workers_ladder = _ladder(scenario.arms.workers, quick=quick)
    for workers, rate in product(workers_ladder, _ladder(scenario.arms.rates, quick=quick)):
        cells += [_cell(scenario, arm, None, COLD, workers, rate) for arm in in_go if go]
        for pool in pools:
            ours = [_cell(scenario, GOPAT, name, pool, workers, rate) for name in wanted]
            pinned = [replace(cell, pin=True) for cell in ours if _can_be_pinned(cell)]
            cells += ours if quick else [*ours, *pinned]
            cells += [_cell(scenario, PEER, name, pool, workers, rate) for name in found]
    return tuple(cells), not_here


def unknown_peers(scenario: Scenario) -> list[str]:
    """What is wrong with the peers that a scenario names: a line for each that does not exist."""
    known = peers.names()
    return [
        f"{scenario.path}: arms.best: found {name!r}, allowed {', '.join(known)}{did_you_mean(name, known)}"
        for name in scenario.arms.best
        if name not in known
    ]


def _ladder(steps: Sequence[T], *, quick: bool) -> Sequence[T | None]:
    return (steps[len(steps) // 2 :][:1] if quick else steps) or (None,)


def _peers(scenario: Scenario, *, quick: bool) -> tuple[list[str], tuple[str, ...]]:
    if problems := unknown_peers(scenario):
        raise Failure(problems[0], 2)
    known = peers.names()
    function = OPERATIONS[scenario.job.operation or ""].function
    able = [name for name in (scenario.arms.best if quick else known) if function in peers.about(name).names]
    why = {name: peers.missing(name) for name in able}
    here = [name for name in able if why[name] is None]
    lacking = tuple(reason for reason in why.values() if reason is not None)
    return here[:QUICK_PEERS] if quick else here, lacking


def _can_be_pinned(cell: Cell) -> bool:
    """Threads that hand over from one to another; memory and a rate are what they are on any core."""
    return pin_problem(cell.runtime or "") is None and not cell.is_memory and cell.rate is None


def _cell(
    scenario: Scenario, arm: str, runtime: str | None, pool: str, workers: int | None, rate: float | None
) -> Cell:
    job = scenario.job
    requests = None if rate is None else max(round(rate * job.duration_s), FEWEST_REQUESTS) + 1
    return Cell(
        scenario=scenario.stem,
        pattern=OVERHEAD,
        arm=arm,
        runtime=runtime,
        pool=pool,
        workers=workers,
        buffer=0,
        job_kind=job.kind,
        duration_s=0.0,
        count=job.count if requests is None else min(requests, job.count),
        rate=rate,
        operation=job.operation,
    )
