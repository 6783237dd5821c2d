"""Our worker pool and our fan-out, one behind the other: the same text on every runtime."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import patterns
from gopatterns_cli.measuring.machine import cores


async def combination(
    jobs: Iterable[int],
    fetch: Callable[[int], Awaitable[Any]],
    compute: Callable[[Any], Awaitable[int]],
    workers: int,
) -> list[int]:
    """Fetch on `workers` tasks, compute what came on as many as there are cores."""
    async with (
        patterns.worker_pool(jobs, fetch, workers=workers) as fetched,
        patterns.fan_out(fetched, compute, workers=cores()) as channels,
        patterns.fan_in(*channels) as results,
    ):
        return [result async for result in results]
