"""
Making a plan: which cells, how many rounds, in which order, what is out of reach here. Draws from the
seed alone.
"""

import math
import random
from collections.abc import Mapping, Sequence
from itertools import product

from gopatterns_cli.measuring.cells import COLD, GOPAT, NATIVE, SERIAL, Cell
from gopatterns_cli.measuring.machine import cores_at_once
from gopatterns_cli.measuring.plan import LEVELS, Plan
from scenarios.model import Scenario, to_json

Configuration = tuple[str, str, int | None]
"""Runtime, pool, workers."""

ROUNDS, QUICK_ROUNDS = 12, 6
WORKER_S = 0.25
"""What a worker process costs beside what it times: the interpreter, the imports, pyperf's facts."""
VALUE_S = 0.1
"""The least that a value takes."""
LOOPED_S = VALUE_S / math.log(2)
"""What a value of a short run takes on average: its loops are doubled until it takes `VALUE_S`, so it lies
anywhere between that and twice that, evenly in its logarithm."""
SLOW_S = 0.5
"""An arm that takes longer than this gets one value per process, no warm-up."""
VALUES, SLOW_VALUES = 3, 1
HASH_SEEDS = 2**32


def draft(
    scenarios: Sequence[Scenario],
    *,
    quick: bool,
    rounds: int | None,
    seed: int,
    runtimes: Sequence[str] | None,
) -> Plan:
    """Write down what is to be measured; loops and values are settled by the calibration."""
    planned = tuple(
        cell for scenario in scenarios for cell in cells_of(scenario, quick=quick, runtimes=runtimes)
    )
    count = rounds or (QUICK_ROUNDS if quick else ROUNDS)
    drawn = random.Random(seed)
    orders = _orders([cell.name for cell in planned], count, drawn)
    return Plan(
        seed=seed,
        rounds=count,
        levels=LEVELS,
        expected_s=expected_s(planned, count, quick=quick),
        cells=planned,
        orders=orders,
        hash_seeds=tuple(drawn.randrange(1, HASH_SEEDS) for _ in range(count)),
        scenarios={scenario.name: to_json(scenario) for scenario in scenarios},
        out_of_reach=_out_of_reach(scenarios),
    )


def cells_of(scenario: Scenario, *, quick: bool, runtimes: Sequence[str] | None) -> tuple[Cell, ...]:
    """The cells of a scenario, serial arms first.

    Quick: our arm in the configurations that the claims speak about, and the serial one; without claims, on
    the home runtime, cold. A ladder of durations leaves the hand-written arms out: it looks for a break-even
    of ours.
    """
    ladder = len(scenario.arms.durations_s) > 1
    wanted = [name for name in scenario.arms.runtimes if name not in scenario.skip]
    wanted = [name for name in wanted if runtimes is None or name in runtimes]
    arms = (GOPAT,) if quick or ladder else (NATIVE, GOPAT)
    workers: Sequence[int | None] = scenario.arms.workers or (None,)
    configurations = list(product(wanted, scenario.arms.pool, workers))
    if quick:
        homes = [scenario.arms.home] if runtimes is None else wanted
        configurations = _quick(scenario, configurations, homes)
    serial = [
        _cell(scenario, SERIAL, None, None, None, duration_s) for duration_s in scenario.arms.durations_s
    ]
    return (
        *serial,
        *(
            _cell(scenario, arm, runtime, pool, count, duration_s)
            for duration_s in scenario.arms.durations_s
            for runtime, pool, count in configurations
            for arm in arms
        ),
    )


def _quick(
    scenario: Scenario, configurations: Sequence[Configuration], homes: Sequence[str]
) -> list[Configuration]:
    """Keep what a claim speaks about; where that is nothing, the home runtimes, cold if they can be."""
    claimed = {
        (runtime, claim.pool, claim.workers)
        for claim in scenario.claims
        for runtime in [claim.where.get("runtime")] * ("runtime" in claim.where) or homes
    }
    pools = {COLD} if COLD in scenario.arms.pool else set(scenario.arms.pool)
    spoken_of = [one for one in configurations if one in claimed]
    return spoken_of or [one for one in configurations if one[0] in homes and one[1] in pools]


def expected_s(cells: Sequence[Cell], rounds: int, *, quick: bool) -> float:
    """Guess how long a session takes, calibration included: that runs every cell twice."""
    calibration = sum(WORKER_S + 2 * _run_s(cell) for cell in cells)
    return calibration + rounds * sum(WORKER_S + _worker_s(cell, quick=quick) for cell in cells)


def values_of(run_s: float, *, quick: bool) -> int:
    """How many values a process of an arm measures that takes so long for one run."""
    return SLOW_VALUES if quick or run_s > SLOW_S else VALUES


def _worker_s(cell: Cell, *, quick: bool) -> float:
    run_s = _run_s(cell)
    values = values_of(run_s, quick=quick)
    value_s = run_s if run_s >= VALUE_S else LOOPED_S
    return value_s * (values + (0 if values == SLOW_VALUES else 1))


def _run_s(cell: Cell) -> float:
    """Guess one run from the waits alone; those of a pipeline's stages overlap."""
    in_turn = 3 if cell.pattern == "pipeline" and cell.arm == SERIAL else 1
    return cell.duration_s * cell.count / (cell.workers or 1) * in_turn


def _cell(
    scenario: Scenario,
    arm: str,
    runtime: str | None,
    pool: str | None,
    workers: int | None,
    duration_s: float,
) -> Cell:
    return Cell(
        scenario=scenario.stem,
        pattern=scenario.pattern,
        arm=arm,
        runtime=runtime,
        pool=pool,
        workers=workers,
        buffer=scenario.arms.buffer,
        job_kind=scenario.job.kind,
        duration_s=duration_s,
        count=scenario.job.count,
        ladder=len(scenario.arms.durations_s) > 1,
    )


def _orders(names: Sequence[str], rounds: int, drawn: random.Random) -> tuple[tuple[str, ...], ...]:
    """Draw an order per round: balanced, because rounds come in pairs that are each other's reverse."""
    orders: list[tuple[str, ...]] = []
    while len(orders) < rounds:
        shuffled = drawn.sample(names, len(names))
        orders += [tuple(shuffled), tuple(reversed(shuffled))]
    return tuple(orders[:rounds])


def _out_of_reach(scenarios: Sequence[Scenario]) -> Mapping[str, str]:
    """Decide from the cores, the quota and the GIL what this machine cannot show."""
    reasons = {}
    for scenario in scenarios:
        here = cores_at_once(scenario.arms.home)
        for claim in scenario.claims:
            if claim.needs_cores is not None and claim.needs_cores > here:
                home = scenario.arms.home
                reasons[claim.id] = (
                    f"it takes {claim.needs_cores} cores that run Python at once, {home} has {here:g} here"
                )
    return reasons
