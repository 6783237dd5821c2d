"""aiometer: many async calls with at most so many at once, or so many per second."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from time import perf_counter
from typing import Any

import aiometer

from gopatterns_cli.overhead.operations import WAIT_S

NAME = "aiometer"
PACKAGE = "aiometer"
FAMILY = "asyncio"
LACKS = {
    "pool-no-op": "a task for each job; needs a sequence; room for all results",
    "pool-wait": "a task for each job; needs a sequence; room for all results",
    "fan-out": "a task for each job; needs a sequence; room for all results",
    "limiter": "a task for each request; no burst",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


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
    async with aiometer.amap(work, range(count), max_at_once=workers) as results:
        return [result async for result in results]


async def limiter(count: int, per_second: int) -> list[float]:
    """Requests that only look at the clock."""
    stamps: list[float] = []

    async def request(_: int) -> None:
        stamps.append(perf_counter())

    await aiometer.run_on_each(request, range(count), max_per_second=per_second)
    return stamps
