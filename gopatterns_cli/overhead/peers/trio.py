"""trio: nurseries and memory channels."""

import itertools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import trio
import trio.lowlevel

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, WAIT_S, Look, unseen

NAME = "trio"
PACKAGE = "trio"
FAMILY = "own loop"
LACKS = {
    "pool-no-op": "no pool: workers at a memory channel",
    "pool-wait": "no pool: workers at a memory channel",
    "fan-out": "no pool: workers at a memory channel",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return trio.run(fn, *args)


async def buffered(count: int) -> tuple[int, int]:
    """One task sends, one receives until the channel is closed."""
    return await _passed_on(count, CAPACITY)


async def unbuffered(count: int) -> tuple[int, int]:
    """The same by rendezvous."""
    return await _passed_on(count, 0)


async def _passed_on(count: int, capacity: int) -> tuple[int, int]:
    send, receive = trio.open_memory_channel(capacity)
    seen = total = 0

    async def consume() -> None:
        nonlocal seen, total
        async with receive:
            async for number in receive:
                seen += 1
                total += number

    async with trio.open_nursery() as nursery:
        nursery.start_soon(_produce, count, send)
        nursery.start_soon(consume)
    return seen, total


async def _produce(count: int, send: Any) -> None:
    async with send:
        for number in range(count):
            await send.send(number)


async def pipeline(count: int) -> list[int]:
    """A task per stage, a channel between two."""
    send_number, numbers = trio.open_memory_channel(0)
    send_square, squares = trio.open_memory_channel(0)
    send_output, output = trio.open_memory_channel(0)

    async def square() -> None:
        async with numbers, send_square:
            async for number in numbers:
                await send_square.send(number * number)

    async def triple_even() -> None:
        async with squares, send_output:
            async for number in squares:
                if number % 2 == 0:
                    await send_output.send(number * 3)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(_produce, count, send_number)
        nursery.start_soon(square)
        nursery.start_soon(triple_even)
        async with output:
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
        await trio.sleep(seconds)
        return 2 * number

    return double


async def _pooled(count: int, workers: int, work: Callable[[int], Awaitable[int]]) -> list[int]:
    send, jobs = trio.open_memory_channel(0)
    results: list[int] = []

    async def worker(jobs: Any) -> None:
        async with jobs:
            async for job in jobs:
                results.append(await work(job))  # noqa: PERF401 - in the order of their end

    async with trio.open_nursery() as nursery:
        nursery.start_soon(_produce, count, send)
        async with jobs:
            for _ in range(workers):
                nursery.start_soon(worker, jobs.clone())
    return results


async def semaphore(count: int) -> tuple[int, int, int]:
    """One task alone with one permit."""
    permits = trio.Semaphore(1)
    done = 0
    for _ in range(count):
        async with permits:
            done += 1
    async with permits:
        held: int = permits.value
    return done, held, permits.value


async def semaphore_contended(count: int) -> tuple[int, int]:
    """More tasks than permits."""
    permits = trio.Semaphore(PERMITS)
    holders = done = most = 0

    async def take(turns: int) -> None:
        nonlocal holders, done, most
        for _ in range(turns):
            async with permits:
                holders += 1
                most = max(most, holders)
                await trio.lowlevel.checkpoint()
                holders -= 1
                done += 1

    async with trio.open_nursery() as nursery:
        for first in range(TASKS):
            nursery.start_soon(take, len(range(first, count, TASKS)))
    return done, most


async def spawn(count: int) -> int:
    """Tasks that do nothing but count themselves."""
    ran = itertools.count()

    async def nothing() -> None:
        next(ran)

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(nothing)
    return next(ran)


async def cancel(count: int, look: Look = unseen) -> int:
    """Tasks that wait for ever."""
    ended = 0

    async def wait() -> None:
        nonlocal ended
        try:
            await trio.sleep_forever()
        except trio.Cancelled:
            ended += 1
            raise

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(wait)
        for _ in range(2):  # those of one turn run in any order
            await trio.lowlevel.checkpoint()
        look()
        nursery.cancel_scope.cancel()
    return ended


async def channels(count: int, look: Look = unseen) -> int:
    """Pairs of ends, as long as they are wanted."""
    made: list[Any] = [trio.open_memory_channel[int](0) for _ in range(count)]
    look()
    return len(made)
