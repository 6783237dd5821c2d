"""A cascade of cancels over asyncio tasks by hand.

The tree is one of task groups. Cancelling the task at the root is enough: a group passes the cancel on to its
tasks, waits for them, and only then ends itself. A worker does nothing for it, it is cancelled at whatever
await it stands; and a task that was cancelled is no error to the group above.
"""

import asyncio
from collections.abc import Awaitable, Callable

GROUPS = 2
"""Branches of the tree."""


async def cascade(
    poll: Callable[[int], Awaitable[object]], workers: int, after: Awaitable[object]
) -> dict[int, int]:
    """Have the workers poll until `after` is over; return by worker how many polls it ended."""
    polls = dict.fromkeys(range(1, workers + 1), 0)

    async def worker(number: int) -> None:
        while True:
            await poll(number)
            polls[number] += 1

    async def branch(numbers: list[int]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in numbers:
                group.create_task(worker(number))

    async def tree() -> None:
        async with asyncio.TaskGroup() as group:
            for remainder in range(GROUPS):
                group.create_task(branch([number for number in polls if number % GROUPS == remainder]))

    async with asyncio.TaskGroup() as group:
        root = group.create_task(tree())
        await after
        root.cancel()
    return polls
