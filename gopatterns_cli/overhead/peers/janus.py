"""janus: a queue from a thread to a loop, which is what it is for."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import janus

from gopatterns_cli.overhead.operations import CAPACITY

NAME = "janus"
PACKAGE = "janus"
FAMILY = "asyncio and a thread"
LACKS = {
    "buffered": "one side is a thread",
    "unbuffered": "one side is a thread; no rendezvous: one place",
}


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def buffered(count: int) -> tuple[int, int]:
    """A thread puts, a task gets until the queue is shut down and empty."""
    return await _passed_on(count, CAPACITY)


async def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    return await _passed_on(count, 1)


async def _passed_on(count: int, capacity: int) -> tuple[int, int]:
    queue: Any = janus.Queue(maxsize=capacity)

    def produce() -> None:
        for number in range(count):
            queue.sync_q.put(number)
        queue.shutdown()

    producer = asyncio.create_task(asyncio.to_thread(produce))
    seen = total = 0
    try:
        while True:
            total += await queue.async_q.get()
            seen += 1
    except janus.AsyncQueueShutDown:
        pass
    await producer
    await queue.wait_closed()
    return seen, total
