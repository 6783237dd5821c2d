"""A pipeline under a context: when it is done, every stage stops."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, Any

from patterns.context import Context
from patterns.demo import Demo, Option, busy
from patterns.errors import DeadlineExceededError
from patterns.pipeline import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from patterns.demo import Options


async def _demo(options: Options) -> list[Any]:
    async def generate(number: int) -> int:
        await busy(number, options.latency)
        return number

    async def square(number: int) -> int:
        await busy(number, options.latency)
        return number * number

    results: list[Any] = []
    try:
        with Context.current().with_timeout(options.timeout):
            async with pipeline(_numbers(options.jobs), generate, square, buffer=options.buffer) as output:
                async for value in output:
                    results.append(value)  # noqa: PERF401 - what came before the timeout is kept
    except DeadlineExceededError:
        results.append("timed out")
    return results


def _numbers(jobs: int) -> Iterator[int]:
    """Count from 1; without an end when no number of jobs is given."""
    return islice(count(1), jobs or None)


def _ideal_ns(options: Options) -> int:
    timeout_ns: int = options.timeout_ns
    return min((options.jobs + 1) * options.latency_ns, timeout_ns) if options.jobs else timeout_ns


demo = Demo(
    main=_demo,
    options=(
        Option("jobs", 5, "numbers, from 1; 0: without an end"),
        Option("latency", 0.0, "how long each of the two stages waits for one number"),
        Option("timeout", 5.0, "when every stage is cancelled"),
        Option("buffer", 0, "capacity of each hop"),
    ),
    ideal_ns=_ideal_ns,
)
