"""A cancellable pipeline of asyncio tasks by hand.

The time-out stands outside the group: when it strikes, the group cancels every stage and waits for it, and
only then does the TimeoutError go on. One that a stage raises itself comes in an ExceptionGroup, so the two
cannot be mixed up. `asyncio.Queue(1)` is the nearest to an unbuffered hop that the standard library has.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

END = None


async def cancellable_pipeline(
    source: Iterable[int],
    generate: Callable[[int], Awaitable[int]],
    square: Callable[[int], Awaitable[int]],
    timeout_s: float,
    buffer: int = 0,
) -> tuple[list[int], bool]:
    """Take the numbers through both stages; return what came through, and whether the time was over."""
    numbers: asyncio.Queue[int | None] = asyncio.Queue(max(1, buffer))
    squares: asyncio.Queue[int | None] = asyncio.Queue(max(1, buffer))
    results: list[int] = []

    async def generate_all() -> None:
        for number in source:
            await numbers.put(await generate(number))
        await numbers.put(END)

    async def square_all() -> None:
        while (number := await numbers.get()) is not END:
            await squares.put(await square(number))
        await squares.put(END)

    try:
        async with asyncio.timeout(timeout_s), asyncio.TaskGroup() as group:
            group.create_task(generate_all())
            group.create_task(square_all())
            while (squared := await squares.get()) is not END:
                results.append(squared)
    except TimeoutError:
        return results, True
    return results, False
