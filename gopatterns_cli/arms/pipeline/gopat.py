"""Our pipeline: the same text on every runtime."""

from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any

import patterns


async def pipeline(
    source: AsyncIterable[int], *stages: Callable[[int], Awaitable[Any]], buffer: int
) -> list[int]:
    """Take the numbers through the stages, each stage a task; a stage drops one by answering DROP."""
    async with patterns.pipeline(source, *stages, buffer=buffer) as output:
        return [result async for result in output]
