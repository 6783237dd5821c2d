"""culsans: a queue between threads and loops; here its asynchronous face on both sides."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import culsans

from gopatterns_cli.overhead.operations import CAPACITY, Look, unseen

NAME = "culsans"
PACKAGE = "culsans"
FAMILY = "asyncio"
LACKS = {
    "unbuffered": "no rendezvous: one place",
    "pipeline": "no rendezvous: one place",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def buffered(count: int) -> tuple[int, int]:
    """One task puts, one gets until the queue is shut down and empty."""
    return await _passed_on(count, culsans.Queue(CAPACITY).async_q)


async def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    return await _passed_on(count, culsans.Queue(1).async_q)


async def _passed_on(count: int, queue: Any) -> tuple[int, int]:
    async def consume() -> tuple[int, int]:
        seen = total = 0
        async for number in _items(queue):
            seen += 1
            total += number
        return seen, total

    async with asyncio.TaskGroup() as group:
        group.create_task(_produce(count, queue))
        consumer = group.create_task(consume())
    return consumer.result()


async def _produce(count: int, queue: Any) -> None:
    for number in range(count):
        await queue.put(number)
    queue.shutdown()


async def _items(queue: Any) -> AsyncIterator[int]:
    try:
        while True:
            yield await queue.get()
    except culsans.AsyncQueueShutDown:
        return


async def pipeline(count: int) -> list[int]:
    """A task per stage, a queue between two; the last stage is the caller."""
    numbers, squares, output = (culsans.Queue(1).async_q for _ in range(3))

    async def square() -> None:
        async for number in _items(numbers):
            await squares.put(number * number)
        squares.shutdown()

    async def triple_even() -> None:
        async for number in _items(squares):
            if number % 2 == 0:
                await output.put(number * 3)
        output.shutdown()

    async with asyncio.TaskGroup() as group:
        group.create_task(_produce(count, numbers))
        group.create_task(square())
        group.create_task(triple_even())
        return [number async for number in _items(output)]


async def channels(count: int, look: Look = unseen) -> int:
    """Queues, as long as they are wanted."""
    made: list[Any] = [culsans.Queue(1) for _ in range(count)]
    look()
    return len(made)
