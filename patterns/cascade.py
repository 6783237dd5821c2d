"""One cancel at the root of a tree of contexts ends everything below it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from patterns.context import Context
from patterns.demo import Demo, Option, busy
from patterns.errors import CancelledError
from patterns.group import TaskGroup
from patterns.traps import sleep

if TYPE_CHECKING:
    from patterns.demo import Options

GROUPS = 2
"""Branches of the tree: each has a context of its own, and every worker one below that."""


async def _demo(options: Options) -> list[str]:
    root = Context.current().with_cancel()
    branches = [root.with_cancel() for _ in range(GROUPS)]
    polls = dict.fromkeys(range(1, options.workers + 1), 0)

    async def worker(number: int, context: Context) -> None:
        try:
            with context:
                for poll in count(1):
                    await busy(poll, options.latency)
                    polls[number] = poll
        except CancelledError:
            if context.err is None:
                raise

    async with TaskGroup() as group:
        for number in polls:
            context = branches[number % GROUPS].with_cancel()
            group.spawn(worker, number, context, name=f"worker {number}")
        await sleep(options.after)
        root.cancel()
    return [f"worker {number} stopped after {done} polls" for number, done in polls.items()]


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 5, "tasks that poll, each under a context of its own", least=1, tasks=True),
        Option("latency", 0.5, "how long one poll takes", least=1e-4),
        Option("after", 3.0, "when the root is cancelled"),
    ),
    ideal_ns=lambda options: int(options.after_ns),
)
