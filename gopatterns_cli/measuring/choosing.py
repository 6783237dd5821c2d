"""Which cells a scenario has: every arm in every configuration, or the few that a quick session needs."""

from collections.abc import Iterator, Sequence
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
from scenarios.model import Job, Scenario

Configuration = tuple[str, str, int | None]
"""Runtime, pool, workers."""

FEWEST_REQUESTS = 3


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
