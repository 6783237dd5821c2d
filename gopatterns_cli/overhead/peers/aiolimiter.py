"""aiolimiter: a leaky bucket; of one place, so that there is no burst."""

import asyncio
from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Any

from aiolimiter import AsyncLimiter

NAME = "aiolimiter"
PACKAGE = "aiolimiter"
FAMILY = "asyncio"
LACKS: dict[str, str] = {}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def limiter(count: int, per_second: int) -> list[float]:
    """Requests one after the other, as fast as they are let through."""
    bucket = AsyncLimiter(1, 1 / per_second)
    stamps = []
    for _ in range(count):
        async with bucket:
            stamps.append(perf_counter())
    return stamps
