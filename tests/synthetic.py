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
from gopatterns_cli.measuring.cells import COLD, GOPAT, NATIVE, SERIAL, Cell
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.measuring.suite import Run

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

OVERSLEEP_S = {None: 60e-6, "asyncio": 10e-6, "threads": 65e-6}
"""How much longer than asked a wait lasts, by runtime; None is the serial loop."""

HAND_OVER_S = {"asyncio": 40e-6, "threads": 60e-6}
"""What one item costs a stage of a pipeline beside its wait."""

LOOP_S = 0.1e-6
"""What one item costs the serial loop beside its wait."""

START_S = {"asyncio": 20e-6, "threads": 150e-6}
"""What one worker costs to start."""

DISPATCH_S = {"asyncio": 2.3e-6, "threads": 28e-6}
"""What one job costs a pool, one after the other."""

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
        slower: factor on the time of every cell whose name starts so.
        quick: home runtime only, cold, and no native arms.
        names: shipped scenarios to measure.
        others: scenarios to measure besides.
        out_of_reach: claims decided before measuring.
        lost: (round, cell) that a session is missing.
        machine: facts.
    """

    rounds: int = 12
    planned: int | None = None
    noise: float = 0.02
    seed: int = 1
    slower: Mapping[str, float] = field(default_factory=dict)
    quick: bool = False
    names: tuple[str, ...] = ("worker-pool", "pipeline", "fan-out", "pipeline-break-even")
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
    cells = tuple(cell for scenario in measured for cell in _cells(scenario, quick=truth.quick))
    planned = truth.planned or truth.rounds
    plan = Plan(
        seed=71,
        rounds=planned,
        levels=(0.95, 0.90),
        expected_s=60.0,
        cells=cells,
        orders=tuple(tuple(cell.name for cell in cells) for _ in range(planned)),
        hash_seeds=tuple(range(planned)),
        loops={cell.name: 1 for cell in cells},
        values={cell.name: 1 for cell in cells},
        scenarios={scenario.name: scenarios.to_json(scenario) for scenario in measured},
        out_of_reach=truth.out_of_reach,
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


def _runs(cells: tuple[Cell, ...], truth: Truth) -> Iterator[Run]:
    rng = random.Random(truth.seed)
    for number in range(1, truth.rounds + 1):
        drift = rng.gauss(0, 0.05)
        for position, cell in enumerate(cells):
            seconds = _seconds(cell) * math.exp(drift + rng.gauss(0, truth.noise))
            slower = (factor for name, factor in truth.slower.items() if cell.name.startswith(name))
            facts = {"gopat_cell": cell.name, "name": cell.name, "gopat_round": number, "gopat_pos": position}
            waits = {"gopat_job_s": _wait_s(cell)} if cell.duration_s else {}
            if (number, cell.name) not in truth.lost:
                yield Run((seconds * math.prod(slower),), (), {**facts, **waits})


def _seconds(cell: Cell) -> float:
    """The time of a cell without noise."""
    if cell.arm == SERIAL:
        return cell.count * (3 if cell.pattern == "pipeline" else 1) * (_wait_s(cell) + LOOP_S)
    share = BY_HAND if cell.arm == NATIVE else 1.0
    if cell.pattern == "pipeline":
        return (cell.count + 2) * (_wait_s(cell) + share * 2 * HAND_OVER_S[cell.runtime])
    start_s = START_S[cell.runtime] * cell.workers if cell.pool == COLD else 0.0
    waiting_s = math.ceil(cell.count / cell.workers) * _wait_s(cell)
    return waiting_s + share * (start_s + cell.count * DISPATCH_S[cell.runtime])


def _wait_s(cell: Cell) -> float:
    return cell.duration_s + OVERSLEEP_S[cell.runtime] if cell.duration_s else 0.0


def _cells(scenario: scenarios.Scenario, *, quick: bool) -> Iterator[Cell]:
    arms = scenario.arms
    for duration_s in arms.durations_s:
        serial = Cell(
            scenario=scenario.stem,
            pattern=scenario.pattern,
            arm=SERIAL,
            runtime=None,
            pool=None,
            workers=None,
            buffer=arms.buffer,
            job_kind=scenario.job.kind,
            duration_s=duration_s,
            count=scenario.job.count,
            ladder=len(arms.durations_s) > 1,
        )
        yield serial
        for workers in arms.workers or (None,):
            for runtime in (arms.home,) if quick else arms.runtimes:
                for pool in (COLD,) if quick else arms.pool:
                    for arm in (GOPAT,) if quick else (GOPAT, NATIVE):
                        yield replace(serial, arm=arm, runtime=runtime, pool=pool, workers=workers)
