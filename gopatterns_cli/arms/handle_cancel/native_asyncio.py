"""Asyncio tasks that wait for an answer and for the cancel, by hand.

Every await waits for the cancel as well. The practice is what follows it: catch CancelledError only to leave
things in order, then raise it again; a task that swallows it has undone the cancel for all above. A task that
is cancelled before it began never gets as far as the `try`.
"""

import asyncio
from collections.abc import Awaitable, Sequence


async def handle_cancel(answers: Sequence[asyncio.Queue[int]], after: Awaitable[object]) -> list[str]:
    """Have a worker listen to each queue until `after` is over, then cancel.

    Returns what became of each, in the order of their end.
    """
    ended: list[str] = []

    async def listen(number: int, answer: asyncio.Queue[int]) -> None:
        try:
            ended.append(f"worker {number} received {await answer.get()}")
        except asyncio.CancelledError:
            ended.append(f"worker {number} was cancelled")
            raise

    async with asyncio.TaskGroup() as group:
        listening = [group.create_task(listen(number, answer)) for number, answer in enumerate(answers, 1)]
        await after
        for task in listening:
            task.cancel()
    return ended
