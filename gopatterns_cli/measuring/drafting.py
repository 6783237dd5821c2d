"""
Making a plan: which cells, how many rounds, in which order, what is out of reach here. Draws from the
seed alone.
"""

import random
from collections.abc import Mapping, Sequence

from gopatterns_cli.measuring.cells import COLD, GOPAT, NATIVE, SERIAL, Cell
from gopatterns_cli.measuring.machine import cores_at_once
from gopatterns_cli.measuring.plan import LEVELS, Plan
from scenarios.model import Scenario, to_json

ROUNDS, QUICK_ROUNDS = 12, 6
WORKER_S = 0.45
"""What a worker process costs beside what it times: the interpreter, the imports, pyperf's facts."""
VALUE_S = 0.1
"""The least that a value takes."""
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

    Quick: the home runtime, cold, our arm and the serial one. A ladder of durations leaves the
    hand-written arms out: it looks for a break-even of ours.
    """
    ladder = len(scenario.arms.durations_s) > 1
    wanted = [name for name in scenario.arms.runtimes if name not in scenario.skip]
    wanted = [name for name in wanted if runtimes is None or name in runtimes]
    if quick and runtimes is None:
        wanted = [scenario.arms.home]
    arms = (GOPAT,) if quick or ladder else (NATIVE, GOPAT)
    pools = (COLD,) if quick and COLD in scenario.arms.pool else scenario.arms.pool
    workers: Sequence[int | None] = scenario.arms.workers or (None,)
    serial = [
        _cell(scenario, SERIAL, None, None, None, duration_s) for duration_s in scenario.arms.durations_s
    ]
    return (
        *serial,
        *(
            _cell(scenario, arm, runtime, pool, count, duration_s)
            for duration_s in scenario.arms.durations_s
            for runtime in wanted
            for pool in pools
            for count in workers
            for arm in arms
        ),
    )


def expected_s(cells: Sequence[Cell], rounds: int, *, quick: bool) -> float:
    """Guess how long a session takes, calibration included."""
    once = sum(WORKER_S + _worker_s(cell, quick=quick) for cell in cells)
    return once * rounds + once


def values_of(run_s: float, *, quick: bool) -> int:
    """How many values a process of an arm measures that takes so long for one run."""
    return SLOW_VALUES if quick or run_s > SLOW_S else VALUES


def _worker_s(cell: Cell, *, quick: bool) -> float:
    run_s = _run_s(cell)
    values = values_of(run_s, quick=quick)
    return max(run_s, VALUE_S) * (values + (0 if values == SLOW_VALUES else 1))


def _run_s(cell: Cell) -> float:
    """Guess one run from the waits alone."""
    return cell.duration_s * cell.count / (cell.workers or 1) * (3 if cell.pattern == "pipeline" else 1)


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
