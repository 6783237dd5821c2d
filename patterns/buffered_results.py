"""Best practice: results have room in their channel, so that an early leave leaves no sender behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patterns.channel import Channel
from patterns.demo import Demo, Option, busy
from patterns.traps import sleep
from patterns.wait_group import WaitGroup

if TYPE_CHECKING:
    from patterns.demo import Options


async def _demo(options: Options) -> list[int]:
    """Ask several for the same thing, take the first answer, and go on with something else."""
    answers: Channel[int] = Channel(0 if options.bad else options.workers)

    async def ask(number: int) -> None:
        await busy(number, options.latency)
        await answers.send(number)

    tasks = WaitGroup()
    for number in range(1, options.workers + 1):
        tasks.go(ask, number)
    first = await answers.receive()
    await sleep(options.latency)
    if not options.bad:
        await tasks.wait()  # there is room for every answer, so that this ends
    return [first]


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 5, "tasks that answer, of which one is listened to", least=1, tasks=True),
        Option("latency", 0.5, "how long an answer takes, and what is done after the first"),
        Option("bad", False, "the known-bad twin: a channel without room"),
    ),
    steps=lambda options: options.workers,
    ideal_ns=lambda options: 2 * options.latency_ns,
    leaks=lambda options: options.workers - 1 if options.bad else 0,
)
