"""Asyncio tasks that end when whoever started them leaves, by hand.

A context manager owns the tasks: they begin with its block and have ended after it, whether it ends, fails or
is cancelled. A bare `asyncio.create_task` would leave them to poll on. The group cancels them by itself only
after an error, hence the `finally`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


@asynccontextmanager
async def clean_up(poll: Callable[[int], Awaitable[object]], workers: int) -> AsyncIterator[None]:
    """Have the workers poll while the block runs; an error of a poll ends it. Errors come as a group."""

    async def worker(number: int) -> None:
        while True:
            await poll(number)

    async with asyncio.TaskGroup() as group:
        polling = [group.create_task(worker(number)) for number in range(1, workers + 1)]
        try:
            yield
        finally:
            for task in polling:
                task.cancel()
