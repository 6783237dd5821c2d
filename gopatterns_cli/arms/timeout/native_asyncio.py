"""Work raced against a time on asyncio, by hand in two ways.

`asyncio.timeout` runs the work in the caller's own task: no task to look after, and the work has ended when
the TimeoutError arrives. The timer is for work that is a task already; notice that `asyncio.wait` leaves it
running, and that ending it is two steps: cancel, then wait until it has ended.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def timeout(work: Callable[[], Coroutine[Any, Any, T]], timeout_s: float) -> T:
    """Return what the work gives in time, or raise TimeoutError when it was cancelled and has ended."""
    async with asyncio.timeout(timeout_s):
        return await work()


async def timeout_by_timer(work: Callable[[], Coroutine[Any, Any, T]], timeout_s: float) -> T:
    """Return or raise the same, with the work in a task of its own."""
    task = asyncio.create_task(work())
    try:
        in_time, _ = await asyncio.wait({task}, timeout=timeout_s)
        if not in_time:
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
