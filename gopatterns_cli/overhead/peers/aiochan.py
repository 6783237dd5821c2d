"""aiochan: channels of Clojure's kind on asyncio."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiochan

from gopatterns_cli.overhead.operations import CAPACITY, WAIT_S, Look, unseen

NAME = "aiochan"
PACKAGE = "aiochan"
FAMILY = "asyncio"
LACKS = {
    "pool-no-op": "no cancel; the jobs are read from an iterable",
    "pool-wait": "no cancel; the jobs are read from an iterable",
    "fan-out": "no cancel; the jobs are read from an iterable",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def buffered(count: int) -> tuple[int, int]:
    """One task puts, one gets until the channel is closed."""
    return await _passed_on(count, aiochan.Chan(CAPACITY))


async def unbuffered(count: int) -> tuple[int, int]:
    """The same by rendezvous."""
    return await _passed_on(count, aiochan.Chan())


async def _passed_on(count: int, channel: Any) -> tuple[int, int]:
    async def consume() -> tuple[int, int]:
        seen = total = 0
        async for number in channel:
            seen += 1
            total += number
        return seen, total

    consumer = aiochan.go(consume())
    await _produce(range(count), channel)
    channel.close()
    found: tuple[int, int] = await consumer
    return found


async def _produce(numbers: range, channel: Any) -> None:
    for number in numbers:
        await channel.put(number)


async def pipeline(count: int) -> list[int]:
    """A task per stage, a channel between two; the last stage is the caller."""
    numbers, squares, output = aiochan.Chan(), aiochan.Chan(), aiochan.Chan()

    async def produce() -> None:
        await _produce(range(count), numbers)
        numbers.close()

    async def square() -> None:
        async for number in numbers:
            await squares.put(number * number)
        squares.close()

    async def triple_even() -> None:
        async for number in squares:
            if number % 2 == 0:
                await output.put(number * 3)
        output.close()

    stages = [aiochan.go(stage()) for stage in (produce, square, triple_even)]
    results = [number async for number in output]
    await asyncio.gather(*stages)
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
    results = aiochan.from_iter(range(count)).async_pipe_unordered(workers, work)
    return [result async for result in results]


async def select_parked(count: int, cases: int) -> tuple[int, int]:
    """A consumer waits at unbuffered channels, each with its producer."""
    channels = [aiochan.Chan() for _ in range(cases)]
    producers = [
        aiochan.go(_produce(range(first, count, cases), channel)) for first, channel in enumerate(channels)
    ]
    found = await _selected(channels, count)
    await asyncio.gather(*producers)
    return found


async def select_ready(count: int, cases: int) -> tuple[int, int]:
    """The producers have filled the channels and ended before the consumer begins."""
    channels = [aiochan.Chan(count // cases + 1) for _ in range(cases)]
    producers = [
        aiochan.go(_produce(range(first, count, cases), channel)) for first, channel in enumerate(channels)
    ]
    await asyncio.gather(*producers)
    return await _selected(channels, count)


async def _selected(channels: list[Any], count: int) -> tuple[int, int]:
    seen = total = 0
    for _ in range(count):
        number, _channel = await aiochan.select(*channels)
        seen += 1
        total += number
    return seen, total


async def channels(count: int, look: Look = unseen) -> int:
    """Channels without room, as long as they are wanted."""
    made: list[Any] = [aiochan.Chan() for _ in range(count)]
    look()
    return len(made)
