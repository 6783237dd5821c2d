"""A pipeline of asyncio tasks by hand.

`asyncio.Queue(1)` is the nearest to an unbuffered hop that the standard library has: it lets a stage run one
item ahead. The last stage is the caller's own loop.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable

END = None


async def pipeline(
    source: AsyncIterable[int],
    square: Callable[[int], Awaitable[int]],
    triple_even: Callable[[int], Awaitable[int | None]],
    buffer: int,
) -> list[int]:
    """Take the numbers through both stages, each at its own pace; a stage drops one by answering None."""
    numbers: asyncio.Queue[int | None] = asyncio.Queue(max(1, buffer))
    squares: asyncio.Queue[int | None] = asyncio.Queue(max(1, buffer))
    results: list[int] = []

    async def feed() -> None:
        async for number in source:
            await numbers.put(number)
        await numbers.put(END)

    async def square_all() -> None:
        while (number := await numbers.get()) is not END:
            await squares.put(await square(number))
        await squares.put(END)

    async with asyncio.TaskGroup() as group:
        group.create_task(feed())
        group.create_task(square_all())
        while (number := await squares.get()) is not END:
            if (tripled := await triple_even(number)) is not None:
                results.append(tripled)
    return results
