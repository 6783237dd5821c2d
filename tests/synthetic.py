"""A measurer that measures nothing: it writes session files whose truth is known, in no time.

Every arm's time follows from the scenario and from the figures below, times noise that a seed decides.
What is above the clock (statistics, claims, verdicts, tables, exit codes) is tested on these.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import scenarios
from gopatterns_cli import session as sessions
from gopatterns_cli.measuring.cells import COLD, GOPAT, NATIVE, PEER, Cell
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.looks import once
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.memory.choosing import cells_of as footprints
from gopatterns_cli.overhead.choosing import cells_of as operations
from scenarios.model import OVERHEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MACHINE = {
    "cpu_model": "Imaginary CPU",
    "cores": 2,
    "implementation": "CPython",
    "python": "3.13.0",
    "gil": True,
}

GO = "go"

OVERSLEEP_S = {None: 60e-6, "fibers": 5e-6, "asyncio": 10e-6, "threads": 65e-6, "processes": 70e-6, GO: 80e-6}
"""How much longer than asked a wait lasts, by runtime; None is the serial loop."""

HAND_OVER_S = {"fibers": 10e-6, "asyncio": 40e-6, "threads": 60e-6, GO: 0.3e-6}
"""What one item costs a stage of a pipeline beside its wait."""

LOOP_S = 0.1e-6
"""What one item costs the serial loop beside its wait."""

START_S = {"fibers": 5e-6, "asyncio": 20e-6, "threads": 150e-6, "processes": 50e-3, GO: 1e-6}
"""What one worker costs to start."""

DISPATCH_S = {"fibers": 1e-6, "asyncio": 2.3e-6, "threads": 28e-6, "processes": 300e-6, GO: 0.5e-6}
"""What one job costs a pool, one after the other."""

ITEM_S = {
    GO: 0.1e-6,
    "fibers": 0.4e-6,
    "asyncio": 0.6e-6,
    "threads": 0.5e-6,
    "asyncio-queue": 0.5e-6,
    "queue-queue": 1.2e-6,
    "thread-pool": 20e-6,
}
"""What an item of any operation costs; of peers there are only these, whichever are here."""

WORKER_BYTES = {GO: 2_700.0, "fibers": 2_200.0, "asyncio": 2_900.0, "threads": 16_500.0, "processes": 8e6}
"""What an idle worker of any pattern takes."""

ITEM_BYTES = {GO: 8.0, "fibers": 40.0, "asyncio": 40.0, "threads": 40.0, "processes": 40.0}
"""What a queued item of any pattern takes."""

BY_HAND = 0.9
"""The hand-written arm needs this share of what we need beside waiting."""


@dataclass(frozen=True)
class Truth:
    """What a synthetic session is made of.

    Args:
        rounds: rounds measured.
        planned: rounds planned; as many as measured when None.
        noise: standard deviation of a process's logarithm of time.
        seed: decides the noise.
        drift: standard deviation of a round's logarithm of time, shared by its cells; waits have none of it.
        slower: factor on the time of every cell whose name starts so.
        quick: home runtime only, cold, and no native arms.
        go: with arms of Go.
        names: shipped scenarios to measure.
        others: scenarios to measure besides.
        out_of_reach: claims decided before measuring.
        lost: (round, cell) that a session is missing.
        machine: facts.
        predicted: by so much of its true time every arm of ours was predicted to take, where they were.
    """

    rounds: int = 12
    planned: int | None = None
    noise: float = 0.02
    drift: float = 0.05
    seed: int = 1
    slower: Mapping[str, float] = field(default_factory=dict)
    quick: bool = False
    go: bool = False
    names: tuple[str, ...] = ("worker-pool", "pipeline", "fan-out", "fan-out-cpu", "pipeline-pays")
    others: tuple[scenarios.Scenario, ...] = ()
    out_of_reach: Mapping[str, str] = field(
        default_factory=lambda: {
            "summary/fan-out": "it takes 4 cores that run Python at once, here there is 1"
        }
    )
    lost: tuple[tuple[int, str], ...] = ()
    machine: Mapping[str, object] = field(default_factory=lambda: dict(MACHINE))
    started: str = "2026-11-24T04:12:33.000001Z"
    group: str = "claims"
    predicted: float | None = None


COSTS = Truth(
    rounds=6,
    go=True,
    names=("buffered", "pool-wait", "limiter"),
    group="overhead",
    out_of_reach={},
)
"""A session of operations."""


MEMORY = Truth(
    rounds=6,
    go=True,
    names=("worker-pool-memory", "pipeline-memory", "pipeline-item-memory", "semaphore-memory"),
    group="memory",
    out_of_reach={},
)
"""A session that looked at memory."""


def named(stem: str) -> scenarios.Scenario:
    """The shipped scenario of that stem."""
    return next(one for one in map(scenarios.load, scenarios.shipped()) if one.stem == stem)


def written(path: Path, truth: Truth | None = None, **changes: object) -> Path:
    """Write a session with this truth to `path`, and return the path."""
    sessions.write(session(path, replace(truth or Truth(), **changes)))
    return path


def session(path: Path, truth: Truth) -> sessions.Session:
    """The session that measuring this truth would give."""
    shipped = [
        scenario for scenario in map(scenarios.load, scenarios.shipped()) if scenario.stem in truth.names
    ]
    measured = [*shipped, *truth.others]
    cells = tuple(cell for scenario in measured for cell in _cells(scenario, truth))
    planned = truth.planned or truth.rounds
    plan = Plan(
        seed=71,
        looks=once(planned),
        expected_s=60.0,
        first_s=60.0,
        cells=cells,
        orders=tuple(tuple(cell.name for cell in cells) for _ in range(planned)),
        hash_seeds=tuple(range(planned)),
        loops={cell.name: 1 for cell in cells},
        values={cell.name: 1 for cell in cells},
        scenarios={scenario.name: scenarios.to_json(scenario) for scenario in measured},
        out_of_reach=truth.out_of_reach,
        predicted={}
        if truth.predicted is None
        else {cell.name: truth.predicted * _seconds(cell) for cell in cells if cell.arm == GOPAT},
    )
    return sessions.Session(
        path=path,
        started=truth.started,
        group=truth.group,
        quick=truth.quick,
        status="complete" if truth.rounds == planned else "interrupted",
        plan=plan,
        machine=truth.machine,
        lost=tuple(sessions.Loss(number, cell, "timed out") for number, cell in truth.lost),
        rounds_done=truth.rounds,
        runs=tuple(_runs(cells, truth)),
        version="0.1.0",
        command="gopat bench all",
    )


def _cells(scenario: scenarios.Scenario, truth: Truth) -> tuple[Cell, ...]:
    if scenario.is_footprint:
        return footprints(scenario, quick=truth.quick, wanted=None, go=truth.go)[0]
    if scenario.pattern != OVERHEAD:
        return cells_of(scenario, quick=truth.quick, runtimes=None, go=truth.go)
    cells, _ = operations(scenario, quick=truth.quick, runtimes=None, go=truth.go)
    return tuple(cell for cell in cells if not cell.pin and (cell.arm != PEER or cell.runtime in ITEM_S))


def _runs(cells: tuple[Cell, ...], truth: Truth) -> Iterator[Run]:
    rng = random.Random(truth.seed)
    lost = frozenset(truth.lost)
    of_its_own = {cell.name: random.Random(f"{truth.seed} {cell.name}") for cell in cells}
    for number in range(1, truth.rounds + 1):
        drift = rng.gauss(0, truth.drift)
        for position, cell in enumerate(cells):
            seconds = _seconds(cell) * math.exp(drift + of_its_own[cell.name].gauss(0, truth.noise))
            slower = (factor for name, factor in truth.slower.items() if cell.name.startswith(name))
            facts = {"gopat_cell": cell.name, "name": cell.name, "gopat_round": number, "gopat_pos": position}
            waits = {"gopat_job_s": _wait_s(cell), **_parts(cell, seconds)} if cell.duration_s else {}
            if cell.is_footprint:
                facts["gopat_memory"] = "pss_own"
            if (number, cell.name) not in lost:
                yield Run((seconds * math.prod(slower),), (), {**facts, **waits})


def _parts(cell: Cell, seconds: float) -> dict[str, float]:
    """Where the time went: it starts, it works, and the rest is hand-offs."""
    start_s = 0.0 if cell.is_serial else START_S[_runtime(cell)] * (cell.workers or 1)
    lanes = 1 if cell.is_serial else cell.workers or cell.stages or 3
    stages = (cell.stages or 3) if cell.pattern == "pipeline" else 1
    work_s = cell.count * stages * _wait_s(cell) / lanes
    rest_s = seconds - start_s - work_s
    parts = {"whole_s": seconds, "start_s": start_s, "work_s": work_s, "hand_offs_s": rest_s}
    return {f"gopat_budget_{part}": part_s for part, part_s in {**parts, "tail_s": 0.0, "end_s": 0.0}.items()}


def _runtime(cell: Cell) -> str | None:
    return GO if cell.is_go else cell.runtime


def _seconds(cell: Cell) -> float:
    """The time of a cell without noise; of one that looks at memory, its bytes."""
    if cell.is_footprint:
        taken = WORKER_BYTES if cell.operation == "idle-worker" else ITEM_BYTES
        return taken[_runtime(cell)] * (BY_HAND if cell.arm == NATIVE else 1.0)
    if cell.operation is not None:
        asked_s = cell.asked_s or 0.0
        return asked_s + cell.count * ITEM_S[GO if cell.is_go else cell.runtime]
    if cell.is_serial:
        return cell.count * (3 if cell.pattern == "pipeline" else 1) * (_wait_s(cell) + LOOP_S)
    share = BY_HAND if cell.arm == NATIVE else 1.0
    if cell.stages is not None:
        return (cell.count + cell.stages - 1) * (_wait_s(cell) + share * HAND_OVER_S[_runtime(cell)])
    if cell.pattern == "pipeline":
        return (cell.count + 2) * (_wait_s(cell) + share * 2 * HAND_OVER_S[_runtime(cell)])
    start_s = START_S[_runtime(cell)] * cell.workers if cell.pool == COLD else 0.0
    waiting_s = math.ceil(cell.count / cell.workers) * _wait_s(cell)
    return waiting_s + share * (start_s + cell.count * DISPATCH_S[_runtime(cell)])


def _wait_s(cell: Cell) -> float:
    return cell.duration_s / (cell.stages or 1) + OVERSLEEP_S[_runtime(cell)] if cell.duration_s else 0.0
