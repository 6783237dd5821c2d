"""
Making a plan: which cells, how many rounds, in which order, what is out of reach here. Draws from the
seed alone.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from gopatterns_cli import arms as written
from gopatterns_cli.measuring.cells import (
    BUCKET,
    COLD,
    GO,
    GO_SERIAL,
    GO_TICKER,
    GOPAT,
    NATIVE,
    SERIAL,
    TICKER,
    Cell,
)
from gopatterns_cli.measuring.machine import cores_at_once
from gopatterns_cli.measuring.plan import LEVELS, Plan
from scenarios.model import Job, Scenario, to_json

Configuration = tuple[str, str, int | None]
"""Runtime, pool, workers."""

ROUNDS, QUICK_ROUNDS = 12, 6
WORKER_S = 0.25
"""What a worker process costs beside what it times: the interpreter, the imports, pyperf's facts."""
GO_WORKER_S = 0.01
VALUE_S = 0.1
"""The least that a value takes."""
LOOPED_S = VALUE_S / math.log(2)
"""What a value of a short run takes on average: its loops are doubled until it takes `VALUE_S`, so it lies
anywhere between that and twice that, evenly in its logarithm."""
SLOW_S = 0.5
"""An arm that takes longer than this gets one value per process, no warm-up."""
VALUES, SLOW_VALUES = 3, 1
HASH_SEEDS = 2**32
FEWEST_REQUESTS = 3


def draft(
    scenarios: Sequence[Scenario],
    *,
    quick: bool,
    rounds: int | None,
    seed: int,
    runtimes: Sequence[str] | None,
    no_go: str = "",
    operations_per_s: float = 0.0,
) -> Plan:
    """
    Write down what is to be measured; loops and values are settled by the calibration. `no_go` says why
    there are no arms of Go, and is empty where there are; `operations_per_s` how fast this machine computes,
    for jobs that do.
    """
    out_of_reach = _out_of_reach(scenarios)
    planned = tuple(
        _computing(cell, operations_per_s)
        for scenario in (_short(scenarios, out_of_reach) if quick else scenarios)
        for cell in cells_of(scenario, quick=quick, runtimes=runtimes, go=not no_go)
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
        out_of_reach=out_of_reach,
        no_go=no_go,
    )


def _short(scenarios: Sequence[Scenario], out_of_reach: Mapping[str, str]) -> Sequence[Scenario]:
    """Leave out what answers no claim that can be decided here, unless nothing else was asked for."""
    answering = [
        scenario for scenario in scenarios if any(claim.id not in out_of_reach for claim in scenario.claims)
    ]
    return answering if len(scenarios) > 1 and answering else scenarios


def cells_of(
    scenario: Scenario, *, quick: bool, runtimes: Sequence[str] | None, go: bool = False
) -> tuple[Cell, ...]:
    """The cells of a scenario, serial arms first, then Go's, then Python's.

    Quick: our arm in the configurations that the claims speak about, and the serial one; without claims, on
    the home runtime, cold. A ladder of durations leaves the hand-written arms and Go out: it looks for a
    break-even of ours. A limiter leaves the hand-written ones out: the standard library has none.
    """
    ladder = len(scenario.arms.durations_s) > 1
    wanted = [name for name in scenario.arms.runtimes if name not in scenario.skip]
    wanted = [name for name in wanted if runtimes is None or name in runtimes]
    workers: Sequence[int | None] = scenario.arms.workers or (None,)
    configurations = list(product(wanted, scenario.arms.pool, workers))
    if quick:
        homes = [scenario.arms.home] if runtimes is None else wanted
        configurations = _quick(scenario, configurations, homes)
    return (
        *_serial(scenario, go=go and not ladder),
        *(_go(scenario, configurations, quick=quick) if go and not ladder else ()),
        *(
            _cell(scenario, arm, runtime, pool, count, duration_s, rate)
            for duration_s in scenario.arms.durations_s
            for runtime, pool, count in configurations
            for rate in _rates(scenario, quick=quick)
            for arm in _arms(scenario, runtime, quick=quick)
        ),
    )


def _serial(scenario: Scenario, *, go: bool) -> Iterator[Cell]:
    if scenario.arms.rates:  # what they are compared with is the rate
        return
    for arm in (SERIAL, GO_SERIAL) if go and scenario.job.kind != "python" else (SERIAL,):
        for duration_s in scenario.arms.durations_s:
            yield _cell(scenario, arm, None, None, None, duration_s)


def _go(scenario: Scenario, configurations: Sequence[Configuration], *, quick: bool) -> Iterator[Cell]:
    """Go has one runtime, and starts it in microseconds: its arms are cold."""
    if scenario.job.kind == "python":
        return
    arms = ((GO_TICKER,) if quick else (GO_TICKER, GO)) if scenario.pattern == BUCKET else (GO,)
    for workers in dict.fromkeys(workers for _, pool, workers in configurations if pool == COLD):
        for rate in _rates(scenario, quick=quick):
            for arm in arms:
                yield _cell(scenario, arm, None, COLD, workers, scenario.arms.durations_s[0], rate)


def _rates(scenario: Scenario, *, quick: bool) -> Sequence[float | None]:
    """The rates to measure; of many, quick, the two highest, which are the hardest to hold."""
    rates = scenario.arms.rates
    return (sorted(rates)[-2:] if quick else rates) or (None,)


def _arms(scenario: Scenario, runtime: str, *, quick: bool) -> tuple[str, ...]:
    if scenario.pattern == BUCKET:
        return (TICKER,) if quick else (TICKER, GOPAT)
    by_hand = f"native_{runtime}" in written.names(scenario.pattern)
    alone = quick or not by_hand or scenario.arms.rates or len(scenario.arms.durations_s) > 1
    return (GOPAT,) if alone else (NATIVE, GOPAT)


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
    """Guess how long a session takes, calibration included: that runs every cell twice, or once if quick."""
    calibration = sum(_start_s(cell) + (1 if quick else 2) * _run_s(cell) for cell in cells)
    return calibration + rounds * sum(_start_s(cell) + _worker_s(cell, quick=quick) for cell in cells)


def _start_s(cell: Cell) -> float:
    return GO_WORKER_S if cell.is_go else WORKER_S


def values_of(run_s: float, *, quick: bool) -> int:
    """How many values a process of an arm measures that takes so long for one run."""
    return SLOW_VALUES if quick or run_s > SLOW_S else VALUES


def _worker_s(cell: Cell, *, quick: bool) -> float:
    run_s = _run_s(cell)
    values = values_of(run_s, quick=quick)
    value_s = run_s if run_s >= VALUE_S else LOOPED_S
    return value_s * (values + (0 if values == SLOW_VALUES else 1))


def _run_s(cell: Cell) -> float:
    """Guess one run from the waits alone; those of a pipeline's stages overlap, computing is on one core."""
    if cell.asked_s is not None:
        return cell.asked_s
    in_turn = 3 if cell.pattern == "pipeline" and cell.is_serial else 1
    computing_s = cell.count * (cell.duration_s - cell.sleep_s) * (cell.job_kind in {"cpu", "mixed"})
    return cell.duration_s * cell.count / (cell.workers or 1) * in_turn + computing_s


def _cell(
    scenario: Scenario,
    arm: str,
    runtime: str | None,
    pool: str | None,
    workers: int | None,
    duration_s: float,
    rate: float | None = None,
) -> Cell:
    job = scenario.job
    return Cell(
        scenario=scenario.stem,
        pattern=scenario.pattern,
        arm=arm,
        runtime=runtime,
        pool=pool,
        workers=workers,
        buffer=scenario.arms.buffer,
        job_kind=job.kind,
        duration_s=duration_s,
        count=job.count if scenario.pattern != BUCKET else _requests(rate or 1.0, job),
        ladder=len(scenario.arms.durations_s) > 1,
        share=job.share,
        rate=rate,
        function=job.function,
        inputs=job.inputs,
    )


def _requests(rate: float, job: Job) -> int:
    """How many requests a limiter lets through in the job's time, and the first; enough to see a rate."""
    return max(min(round(rate * job.duration_s), job.count), FEWEST_REQUESTS) + 1


def computes(scenario: Scenario) -> bool:
    """Whether its jobs compute for a time, which takes calibrating."""
    return scenario.job.kind in {"cpu", "mixed"}


def _computing(cell: Cell, operations_per_s: float) -> Cell:
    if cell.job_kind not in {"cpu", "mixed"}:
        return cell
    return replace(cell, operations=max(round(operations_per_s * (cell.duration_s - cell.sleep_s)), 1))


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
