"""Best practice: a task that works in a loop ends when whoever started it leaves."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from patterns.demo import Demo, Option, busy
from patterns.group import TaskGroup
from patterns.traps import sleep
from patterns.wait_group import WaitGroup

if TYPE_CHECKING:
    from patterns.demo import Options


async def _demo(options: Options) -> list[str]:
    start = _left_alone if options.bad else _cleaned_up
    return await start(options)


async def _cleaned_up(options: Options) -> list[str]:
    """Give the tasks a group: leaving it ends them."""
    async with TaskGroup() as group:
        for number in range(1, options.workers + 1):
            group.spawn(_poll, options.latency, name=f"worker {number}")
        await sleep(options.after)
        group.cancel()
    return [f"{options.workers} tasks ended with their group"]


async def _left_alone(options: Options) -> list[str]:
    """Start the tasks and never look after them again, as a bare `go` does."""
    tasks = WaitGroup()
    for _ in range(options.workers):
        tasks.go(_poll, options.latency)
    await sleep(options.after)
    return [f"{options.workers} tasks were left behind"]


async def _poll(latency: float) -> None:
    for poll in count(1):
        await busy(poll, latency)


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 5, "tasks that poll in a loop", least=1, tasks=True),
        Option("latency", 0.1, "how long one poll takes", least=1e-4),
        Option("after", 1.0, "when whoever started them leaves"),
        Option("bad", False, "the known-bad twin: nobody ends them"),
    ),
    ideal_ns=lambda options: int(options.after_ns),
    leaks=lambda options: options.workers if options.bad else 0,
)
