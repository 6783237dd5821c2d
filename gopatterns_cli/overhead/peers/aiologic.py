"""aiologic: queues and semaphores for threads and loops at once; here on asyncio."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import aiologic

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, Look, unseen

NAME = "aiologic"
PACKAGE = "aiologic"
FAMILY = "asyncio"
LACKS = {
    "buffered": "no close: a sentinel",
    "unbuffered": "no rendezvous: one place; no close: a sentinel",
    "pipeline": "no rendezvous: one place; no close: a sentinel",
}

END = None


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def buffered(count: int) -> tuple[int, int]:
    """One task puts, one gets until the sentinel."""
    return await _passed_on(count, aiologic.Queue(CAPACITY))


async def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    return await _passed_on(count, aiologic.Queue(1))


async def _passed_on(count: int, queue: Any) -> tuple[int, int]:
    async def consume() -> tuple[int, int]:
        seen = total = 0
        while (number := await queue.async_get()) is not END:
            seen += 1
            total += number
        return seen, total

    async with asyncio.TaskGroup() as group:
        group.create_task(_produce(count, queue))
        consumer = group.create_task(consume())
    return consumer.result()


async def _produce(count: int, queue: Any) -> None:
    for number in range(count):
        await queue.async_put(number)
    await queue.async_put(END)


async def pipeline(count: int) -> list[int]:
    """A task per stage, a queue between two; the last stage is the caller."""
    numbers, squares, output = aiologic.Queue(1), aiologic.Queue(1), aiologic.Queue(1)

    async def square() -> None:
        while (number := await numbers.async_get()) is not END:
            await squares.async_put(number * number)
        await squares.async_put(END)

    async def triple_even() -> None:
        while (number := await squares.async_get()) is not END:
            if number % 2 == 0:
                await output.async_put(number * 3)
        await output.async_put(END)

    results = []
    async with asyncio.TaskGroup() as group:
        group.create_task(_produce(count, numbers))
        group.create_task(square())
        group.create_task(triple_even())
        while (number := await output.async_get()) is not END:
            results.append(number)
    return results


async def semaphore(count: int) -> tuple[int, int, int]:
    """One task alone with one permit."""
    permits = aiologic.Semaphore(1)
    done = 0
    for _ in range(count):
        async with permits:
            done += 1
    async with permits:
        held: int = permits.value
    return done, held, permits.value


async def semaphore_contended(count: int) -> tuple[int, int]:
    """More tasks than permits."""
    permits = aiologic.Semaphore(PERMITS)
    holders = done = most = 0

    async def take(turns: int) -> None:
        nonlocal holders, done, most
        for _ in range(turns):
            async with permits:
                holders += 1
                most = max(most, holders)
                await asyncio.sleep(0)
                holders -= 1
                done += 1

    async with asyncio.TaskGroup() as group:
        for first in range(TASKS):
            group.create_task(take(len(range(first, count, TASKS))))
    return done, most


async def channels(count: int, look: Look = unseen) -> int:
    """Queues, as long as they are wanted."""
    made: list[Any] = [aiologic.Queue(1) for _ in range(count)]
    look()
    return len(made)
