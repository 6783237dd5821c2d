"""Times the benchmarks on one runtime, in a process of its own (`python -m`), as all that reads a clock.

It prints one line of JSON: seconds by benchmark, the typical ones of several runs of each, and what the first
run in this process took besides.
"""

import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import patterns
from gopatterns_cli import worker  # noqa: F401 - worker processes import the main module again: that of a session
from gopatterns_cli.measuring.cells import COLD, GOPAT, Cell
from gopatterns_cli.measuring.jobs import Jobs
from gopatterns_cli.measuring.kinds.cpu import spin
from gopatterns_cli.measuring.timing import workload_of
from gopatterns_cli.predicting.benchmarks import Benchmark, benchmarks
from gopatterns_cli.predicting.standing import standing_for
from patterns.launch import launch
from patterns.runtimes import pause

TIMES, FEWEST = 7, 3
REST_S = 5e-3
MOST_S = 0.5
"""A benchmark that takes longer in all is run the fewest times."""

BODIES = 500
SPINS, SPUN = 50_000, 20
"""Of so many spins the lower quartile counts: they all take the same, but for what else a machine does."""


def main() -> int:
    """Print the times on the runtime that the command line names."""
    runtime = sys.argv[1]
    known = benchmarks(standing_for(runtime))
    started = next(one for one in reversed(known) if one.whole)
    first_s, again_s = _timed(runtime, started), _timed(runtime, started)
    seconds = {one.name: one.typical(_times(runtime, one)) for one in known}
    told = {
        "seconds": seconds,
        "first_s": max(first_s - again_s, 0.0),
        "waiting_s": median(_working_s(100e-6) for _ in range(TIMES)),
        "computing_s": median(_working_s(0.0) for _ in range(TIMES)),
        "producing_s": median(_producing_s() for _ in range(TIMES)),
        "operations_per_s": SPINS / quantiles(_clocked(spin, SPINS, number) for number in range(SPUN))[0],
    }
    print(json.dumps(told))
    return 0


def _times(runtime: str, one: Benchmark) -> Iterator[float]:
    """Yield what a benchmark takes, again and again; of one that takes long, fewer times."""
    began = perf_counter()
    for number in range(TIMES):
        if number < FEWEST or perf_counter() - began < MOST_S:
            yield _timed(runtime, one)


def _timed(runtime: str, one: Benchmark) -> float:
    if one.rested:
        pause(REST_S)
    began = perf_counter()
    outcome = launch(one.text, *one.real(), runtime=runtime, workers=one.workers)
    return one.seconds(outcome, perf_counter() - began - outcome.elapsed_s)


def _clocked(fn: Callable[..., Any], *arguments: Any) -> float:
    began = perf_counter()
    fn(*arguments)
    return perf_counter() - began


def _working_s(duration_s: float) -> float:
    """Return what a job takes besides its wait: of one that waits, and of one that does nothing."""
    _, work = _jobs("worker-pool", duration_s)

    async def through() -> None:
        for number in range(BODIES):
            await work(number)

    return _stepped_s(through)


def _producing_s() -> float:
    """Return what an item of a source takes that produces one after the other and does nothing besides."""
    items, *_ = _jobs("pipeline", 0.0)

    async def through() -> None:
        async for _ in items:
            pass

    return _stepped_s(through)


def _jobs(pattern: str, duration_s: float) -> tuple[Any, ...]:
    """Return a source and the stages of a pattern, as a session has them, that wait for nothing."""
    cell = Cell("", pattern, GOPAT, "asyncio", COLD, 1, 0, "wait", duration_s, BODIES)
    return Jobs.of(cell, workload_of(cell)).awaiting(_at_once, patterns.call)()


def _stepped_s(through: Callable[[], Coroutine[Any, Any, None]]) -> float:
    def stepped() -> None:
        with suppress(StopIteration):
            through().send(None)

    return _clocked(stepped) / BODIES


async def _at_once(seconds: float) -> None:
    """Wait for nothing."""


if __name__ == "__main__":
    sys.exit(main())
