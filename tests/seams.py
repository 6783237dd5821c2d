"""What the tests need to know of the inside: which runtimes there are, and when a task is parked."""

from __future__ import annotations

from typing import Any

from patterns import runtimes, sleep

AVAILABLE = [name for name in runtimes.names() if runtimes.unavailable(name) is None]


async def parked(queue: Any, count: int) -> None:
    """Return when `count` waiters stand in a wait queue."""
    while len(queue) != count:  # sleep(0) is a turn, not a time
        await sleep(0)
