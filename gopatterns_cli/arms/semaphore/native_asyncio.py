"""A semaphore between asyncio tasks by hand.

`asyncio.Semaphore` lets the tasks in as they came. It knows no weights: a task that needs several permits
cannot take them one by one, as two such tasks may each hold what the other waits for. Every job is a task at
once; where the jobs are many, a pool of `permits` workers does with fewer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def semaphore(jobs: Iterable[T], work: Callable[[T], Awaitable[R]], permits: int) -> list[R]:
    """Work on the jobs, `permits` at once; results in the order of their end. An error cancels the rest."""
    free = asyncio.Semaphore(permits)
    results: list[R] = []

    async def task(job: T) -> None:
        async with free:
            results.append(await work(job))

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(task(job))
    return results
