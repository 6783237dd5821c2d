"""streamable: lazy operations on a stream, with async functions."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from streamable import stream

from gopatterns_cli.overhead.operations import WAIT_S

NAME = "streamable"
PACKAGE = "streamable"
FAMILY = "asyncio"
LACKS = {
    "pipeline": "no rendezvous: a buffer of one",
    "pool-no-op": "a task for each job",
    "pool-wait": "a task for each job",
    "fan-out": "a task for each job",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def pipeline(count: int) -> list[int]:
    """A background task per stage, by a buffer before the next one."""

    async def square(number: int) -> int:
        return number * number

    async def triple(number: int) -> int:
        return number * 3

    squares = stream(range(count)).buffer(1).map(square).buffer(1)
    output = squares.filter(lambda number: number % 2 == 0).map(triple).buffer(1)
    return [number async for number in output]


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
    return [result async for result in stream(range(count)).map(work, concurrency=workers)]
