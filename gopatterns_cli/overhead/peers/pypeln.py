"""pypeln on asyncio tasks: stages over an iterable.

Its stages have no bound here: with one, pypeln 0.4.9 lost items on asyncio, in 2 of 300 runs of 41 jobs.
"""

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from gopatterns_cli.overhead.operations import WAIT_S

with warnings.catch_warnings():  # what it stands on imports pkg_resources, which warns
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", UserWarning)
    from pypeln import task

NAME = "pypeln"
PACKAGE = "pypeln"
FAMILY = "asyncio"
HINT = "and 'setuptools<81' from Python 3.12 on, for its pkg_resources"
LACKS = {
    "pipeline": "unbounded; a task for each item, put in order at the end",
    "pool-no-op": "unbounded; a task for each job",
    "pool-wait": "unbounded; a task for each job",
    "fan-out": "unbounded; a task for each job",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def pipeline(count: int) -> list[int]:
    """A stage with one worker each, in order again at the end."""

    async def square(number: int) -> int:
        return number * number

    async def triple_even(number: int) -> list[int]:
        return [number * 3] if number % 2 == 0 else []

    squares = task.map(square, range(count), workers=1)
    results: list[int] = list(await task.ordered(task.flat_map(triple_even, squares, workers=1)))
    return results


async def pool_no_op(count: int, workers: int) -> list[int]:
    """Jobs that only compute."""

    async def double(number: int) -> int:
        return 2 * number

    return await _pooled(count, workers, double)


async def pool_wait(count: int, workers: int) -> list[int]:
    """Jobs that sleep."""
    return await _pooled(count, workers, _waiting(WAIT_S["pool-wait"]))


async def fan_out(count: int, workers: int) -> list[int]:
    """Jobs that sleep a shorter time."""
    return await _pooled(count, workers, _waiting(WAIT_S["fan-out"]))


def _waiting(seconds: float) -> Callable[[int], Awaitable[int]]:
    async def double(number: int) -> int:
        await asyncio.sleep(seconds)
        return 2 * number

    return double


async def _pooled(count: int, workers: int, work: Callable[[int], Awaitable[int]]) -> list[int]:
    return list(await task.map(work, range(count), workers=workers))
