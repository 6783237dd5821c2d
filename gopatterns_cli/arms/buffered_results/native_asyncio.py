"""Answers of asyncio tasks of which only the first is taken, by hand.

The queue has room for every answer, so `put_nowait` is enough: no task ever waits for a reader, and the group
ends although nobody reads the others. With `Queue(1)` and a put that waits, the second answer would fill the
queue, the third task would wait for ever, and the group for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

R = TypeVar("R")


async def buffered_results(
    ask: Callable[[int], Awaitable[R]], workers: int, go_on: Callable[[R], Awaitable[object]]
) -> R:
    """Ask all at once, go on with the first answer, and return it when all have ended."""
    answers: asyncio.Queue[R] = asyncio.Queue(workers)

    async def worker(number: int) -> None:
        answers.put_nowait(await ask(number))

    async with asyncio.TaskGroup() as group:
        for number in range(1, workers + 1):
            group.create_task(worker(number))
        first = await answers.get()
        await go_on(first)
    return first
