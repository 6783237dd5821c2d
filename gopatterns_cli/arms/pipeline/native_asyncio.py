"""A pipeline of asyncio tasks by hand.

`asyncio.Queue(1)` is the nearest to an unbuffered hop that the standard library has: it lets a stage run one
item ahead. The last stage is the caller's own loop.
"""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable

Stage = Callable[[int], Awaitable[int | None]]
Hop = asyncio.Queue[int | None]

END = None


async def pipeline(source: AsyncIterable[int], *stages: Stage, buffer: int) -> list[int]:
    """Take the numbers through the stages, each at its own pace; a stage drops one by answering None."""
    hops: list[Hop] = [asyncio.Queue(max(1, buffer)) for _ in stages]
    results: list[int] = []

    async def feed(first: Hop) -> None:
        async for number in source:
            await first.put(number)
        await first.put(END)

    async def work(stage: Stage, numbers: Hop, onward: Hop) -> None:
        while (number := await numbers.get()) is not END:
            if (result := await stage(number)) is not None:
                await onward.put(result)
        await onward.put(END)

    async with asyncio.TaskGroup() as group:
        group.create_task(feed(hops[0]))
        for stage, numbers, onward in zip(stages, hops, hops[1:], strict=False):
            group.create_task(work(stage, numbers, onward))
        last, numbers = stages[-1], hops[-1]
        while (number := await numbers.get()) is not END:
            if (result := await last(number)) is not None:
                results.append(result)
    return results
