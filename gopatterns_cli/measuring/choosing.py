"""Which cells a scenario has: every arm in every configuration, or the few that a quick session needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from gopatterns_cli import arms as written
from gopatterns_cli.makespan import PIPELINE_STAGES
from gopatterns_cli.measuring.cells import (
    BUCKET,
    BUFFER,
    COLD,
    GO,
    GO_SERIAL,
    GO_TICKER,
    GOPAT,
    NATIVE,
    PATTERN,
    PIPELINE,
    SERIAL,
    TICKER,
    Cell,
)
from scenarios.model import COMBINATION, Job, Scenario

FEWEST_REQUESTS = 3

LONGEST_S = 1.0
"""On a ladder of durations a run has so many jobs as take no longer than this, or one for each worker."""

FILLED = 2
"""A pipeline gets at least so many items for each of its stages, or it would never be full."""

LOOP = "worker-pool"
"""Whose serial arm does all of an item, then the next: what a pipeline cut into stages is compared with."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a cell is besides its arm: the axes of a scenario, each None where the pattern has none of it."""

    pattern: str
    runtime: str
    pool: str
    workers: int | None
    stages: int | None
    buffer: int


def cells_of(
    scenario: Scenario, *, quick: bool, runtimes: Sequence[str] | None, go: bool = False
) -> tuple[Cell, ...]:
    """The cells of a scenario, serial arms first, then Go's, then Python's.

    Quick: our arm in the configurations that the claims speak about, and the serial one; without claims, on
    the home runtime, cold. Hand-written arms are left out where a scenario varies more than workers: what it
    looks for is ours. A limiter leaves them out, too: the standard library has none.
    """
    wanted = [name for name in scenario.arms.runtimes if name not in scenario.skip]
    wanted = [name for name in wanted if runtimes is None or name in {*runtimes, scenario.against.what}]
    configurations = list(_configurations(scenario, wanted))
    if quick:
        homes = [scenario.arms.home] if runtimes is None else wanted
        configurations = _quick(scenario, configurations, homes)
    return (
        *_serial(scenario, go=go),
        *(_go(scenario, configurations, quick=quick) if go else ()),
        *(
            _cell(scenario, arm, one, duration_s, rate)
            for duration_s in scenario.arms.durations_s
            for one in configurations
            for rate in _rates(scenario, quick=quick)
            for arm in _arms(scenario, one, quick=quick)
        ),
    )


def _configurations(scenario: Scenario, runtimes: Sequence[str]) -> Iterator[Configuration]:
    arms = scenario.arms
    for pattern in scenario.patterns or (scenario.pattern,):
        is_pipeline = pattern == PIPELINE
        buffers = arms.buffers if is_pipeline and arms.buffers else (arms.buffer,)
        workers: Sequence[int | None] = (None,) if is_pipeline else arms.workers or (None,)
        stages: Sequence[int | None] = arms.stages or (None,) if is_pipeline else (None,)
        for runtime, pool, count, cuts, buffer in product(runtimes, arms.pool, workers, stages, buffers):
            yield Configuration(pattern, runtime, pool, count, cuts, buffer)


def _quick(
    scenario: Scenario, configurations: Sequence[Configuration], homes: Sequence[str]
) -> list[Configuration]:
    """Keep what a claim speaks about; where that is nothing, the home runtimes, cold if they can be."""
    claimed = {
        (runtime, claim.pool, claim.workers)
        for claim in scenario.claims
        for runtime in [claim.where.get("runtime")] * ("runtime" in claim.where) or homes
        if claim.rule is None
    }
    pools = {COLD} if COLD in scenario.arms.pool else set(scenario.arms.pool)
    spoken_of = [one for one in configurations if (one.runtime, one.pool, one.workers) in claimed]
    return spoken_of or [one for one in configurations if one.runtime in homes and one.pool in pools]


def _serial(scenario: Scenario, *, go: bool) -> Iterator[Cell]:
    if scenario.arms.rates:  # what they are compared with is the rate
        return
    has_its_own = not scenario.arms.stages and not scenario.patterns and scenario.pattern != COMBINATION
    pattern = scenario.pattern if has_its_own else LOOP
    loop = Configuration(pattern, "", "", None, None, scenario.arms.buffer)
    for arm in (SERIAL, GO_SERIAL) if go and scenario.job.kind != "python" else (SERIAL,):
        for duration_s in scenario.arms.durations_s:
            yield _cell(scenario, arm, loop, duration_s)


def _go(scenario: Scenario, configurations: Sequence[Configuration], *, quick: bool) -> Iterator[Cell]:
    """Go has one runtime, and starts it in microseconds: its arms are cold."""
    if scenario.job.kind == "python":
        return
    arms = ((GO_TICKER,) if quick else (GO_TICKER, GO)) if scenario.pattern == BUCKET else (GO,)
    cold = (one for one in configurations if one.pool == COLD)
    once = {(one.pattern, one.workers, one.stages, one.buffer): one for one in cold}
    for one, duration_s in product(once.values(), scenario.arms.durations_s):
        for rate in _rates(scenario, quick=quick):
            for arm in arms:
                in_go = Configuration(one.pattern, "", COLD, one.workers, one.stages, one.buffer)
                yield _cell(scenario, arm, in_go, duration_s, rate)


def _rates(scenario: Scenario, *, quick: bool) -> Sequence[float | None]:
    """The rates to measure; of many, quick, the two highest, which are the hardest to hold."""
    rates = scenario.arms.rates
    return (sorted(rates)[-2:] if quick else rates) or (None,)


def _arms(scenario: Scenario, one: Configuration, *, quick: bool) -> tuple[str, ...]:
    if one.pattern == BUCKET:
        return (TICKER,) if quick else (TICKER, GOPAT)
    by_hand = f"native_{one.runtime}" in written.names(one.pattern)
    alone = quick or not by_hand or scenario.arms.rates or _varies(scenario)
    return (GOPAT,) if alone else (NATIVE, GOPAT)


def _varies(scenario: Scenario) -> bool:
    """Whether it has several of what a claim about workers has one of."""
    arms = scenario.arms
    return bool(scenario.patterns or arms.stages or arms.buffers) or len(arms.durations_s) > 1


def _cell(
    scenario: Scenario, arm: str, one: Configuration, duration_s: float, rate: float | None = None
) -> Cell:
    job = scenario.job
    several = {PATTERN: bool(scenario.patterns), BUFFER: len(scenario.arms.buffers) > 1}
    return Cell(
        scenario=scenario.stem,
        pattern=one.pattern,
        arm=arm,
        runtime=one.runtime or None,
        pool=one.pool or None,
        workers=one.workers,
        buffer=one.buffer,
        job_kind=job.kind,
        duration_s=duration_s,
        count=_count(scenario, one, duration_s, rate),
        ladder=len(scenario.arms.durations_s) > 1,
        share=job.share,
        rate=rate,
        function=job.function,
        inputs=job.inputs,
        stages=one.stages,
        varied=tuple(axis for axis, varied in several.items() if varied),
    )


def _count(scenario: Scenario, one: Configuration, duration_s: float, rate: float | None) -> int:
    job = scenario.job
    if one.pattern == BUCKET:
        return _requests(rate or 1.0, job)
    if len(scenario.arms.durations_s) == 1:
        return job.count
    return _fewer(job.count, one, duration_s)


def _fewer(count: int, one: Configuration | Cell, duration_s: float) -> int:
    """Return how many jobs a run has on a ladder of durations, of `count` at most."""
    if not duration_s:
        return count
    stages = one.stages or (PIPELINE_STAGES if one.pattern == PIPELINE else 0)
    lanes = one.workers or one.stages or 1
    return min(count, max(lanes, FILLED * stages, int(LONGEST_S * lanes / duration_s)))


def lasting(cell: Cell, duration_s: float, count: int) -> Cell:
    """Return a cell of a ladder, not one without work, with jobs of another duration, of `count` at most."""
    share = duration_s / cell.duration_s
    operations = max(round(cell.operations * share), 1) if cell.operations else 0
    return replace(cell, duration_s=duration_s, count=_fewer(count, cell, duration_s), operations=operations)


def _requests(rate: float, job: Job) -> int:
    """How many requests a limiter lets through in the job's time, and the first; enough to see a rate."""
    return max(min(round(rate * job.duration_s), job.count), FEWEST_REQUESTS) + 1
