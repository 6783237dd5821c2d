"""Our pipeline: the same text on every runtime."""

from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any

import patterns


async def pipeline(
    source: AsyncIterable[int],
    square: Callable[[int], Awaitable[int]],
    triple_even: Callable[[int], Awaitable[Any]],
    buffer: int,
) -> list[int]:
    """Take the numbers through both stages, each stage a task; a stage drops one by answering DROP."""
    async with patterns.pipeline(source, square, triple_even, buffer=buffer) as output:
        return [result async for result in output]
