"""Best practice: whoever waits for a result waits for the cancel as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patterns.channel import Channel
from patterns.context import Context
from patterns.demo import Demo, Option
from patterns.errors import CancelledError
from patterns.traps import sleep
from patterns.wait_group import WaitGroup

if TYPE_CHECKING:
    from patterns.demo import Options


async def _demo(options: Options) -> list[str]:
    """Wait for answers that never come, and cancel."""
    context = Context.current().with_cancel()
    ended: list[str] = []

    async def listen(number: int) -> None:
        answer: Channel[int] = Channel()
        patient = context.without_cancel() if options.bad else context
        try:
            with patient:
                await answer.receive()
        except CancelledError:
            ended.append(f"worker {number} was cancelled")

    tasks = WaitGroup()
    for number in range(1, options.workers + 1):
        tasks.go(listen, number)
    await sleep(options.after)
    context.cancel()
    if not options.bad:
        await tasks.wait()
    return list(ended)


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 5, "tasks that wait for an answer", least=1, tasks=True),
        Option("after", 1.0, "when they are cancelled"),
        Option("bad", False, "the known-bad twin: they do not hear of the cancel"),
    ),
    ideal_ns=lambda options: int(options.after_ns),
    leaks=lambda options: options.workers if options.bad else 0,
)
