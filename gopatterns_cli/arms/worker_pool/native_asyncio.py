"""A pool of asyncio tasks by hand.

The workers take their jobs from one shared iterator: tasks take turns only at an await, so it needs no lock,
and a queue would only add the price of its own waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable


async def worker_pool(jobs: Iterable[int], work: Callable[[int], Awaitable[int]], workers: int) -> list[int]:
    """Work through the jobs on `workers` tasks; results in the order in which they are ready."""
    todo, results = iter(jobs), []

    async def worker() -> None:
        for job in todo:
            results.append(await work(job))  # noqa: PERF401 - in the order of their end

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())
    return results
