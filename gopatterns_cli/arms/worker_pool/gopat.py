"""Our worker pool: the same text on every runtime."""

from collections.abc import Awaitable, Callable, Iterable

import patterns


async def worker_pool(
    jobs: Iterable[int], work: Callable[[int], Awaitable[int]], workers: int, *, ordered: bool = False
) -> list[int]:
    """Work through the jobs on `workers` tasks; results in the order in which they are ready."""
    async with patterns.worker_pool(jobs, work, workers=workers, ordered=ordered) as results:
        return [result async for result in results]
