"""Fan-out and fan-in over asyncio tasks by hand.

Out: the workers share one iterator, which needs no lock between tasks. In: each worker returns its own
results, and a chain of them is the merged stream. Queues would only add the price of their own waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import chain


async def fan_out_fan_in(
    source: Iterable[int], work: Callable[[int], Awaitable[int]], workers: int
) -> list[int]:
    """Deal the items to `workers` tasks and merge what they make; no order between the workers."""
    todo = iter(source)

    async def worker() -> list[int]:
        return [await work(item) for item in todo]

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker()) for _ in range(workers)]
    return list(chain.from_iterable(task.result() for task in tasks))
