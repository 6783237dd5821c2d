"""A small program on one of our runtimes, and what its tasks have seen."""

from __future__ import annotations

from contextlib import nullcontext
from random import Random
from typing import TYPE_CHECKING, Any

from patterns import (
    CancelledError,
    Channel,
    ChannelClosedError,
    Context,
    TaskGroup,
    WaitGroup,
    receiving,
    run,
    select,
    sending,
    sleep,
    try_select,
)

if TYPE_CHECKING:
    from programs import Program

QUIET = 30
"""Turns without a step after which every task that has not ended is stuck: nothing here waits for time."""


def outcome(program: Program, runtime: str, seed: int) -> tuple[Any, ...]:
    """Run it once and return what each task has seen; the seed says who is held up for a turn, and where."""
    return run(Run(program, Random(seed), runtime == "simulator").main, runtime=runtime, seed=seed)


class Run:
    """One run of a program."""

    def __init__(self, program: Program, draw: Random, virtual: bool) -> None:
        self.program = program
        self.draw = draw
        self.virtual = virtual
        self.channels = [Channel(capacity) for capacity in program.capacities]
        self.contexts: list[Context] = []
        self.group = WaitGroup()
        self.seen: list[list[Any]] = [[] for _ in program.tasks]
        self.steps = 0
        self.over = False

    async def main(self) -> tuple[Any, ...]:
        async with TaskGroup() as group:
            self.contexts = [Context.current().with_cancel() for _ in range(self.program.contexts)]
            self.group.add(self.program.counts)
            for number in range(len(self.program.tasks)):
                group.spawn(self.task, number)
            await self.quiet()
            self.over = True
            group.cancel()
        return tuple(map(tuple, self.seen))

    async def quiet(self) -> None:
        """Wait until no task goes on any more."""
        if self.virtual:
            await sleep(1)  # time passes when nobody is ready
            return
        turns, steps = 0, -1
        while turns < QUIET:
            turns = turns + 1 if steps == self.steps else 0
            steps = self.steps
            await sleep(0)

    async def task(self, number: int) -> None:
        for word, *rest in self.program.tasks[number]:
            try:
                for _ in range(self.draw.randrange(3)):
                    self.steps += 1
                    await sleep(0)
                seen = await self.operation(word, rest)
            except (ChannelClosedError, ValueError):
                seen = "panic"
            except CancelledError:
                seen = "stuck" if self.over else "cancelled"
            self.steps += 1
            self.seen[number].append(seen)
            if seen in {"panic", "stuck", "cancelled"}:
                return

    async def operation(self, word: str, rest: list[Any]) -> Any:  # noqa: PLR0911 (one per kind)
        if word in {"send", "receive", "select", "wait"}:
            with nullcontext() if rest[-1] is None else self.contexts[rest[-1]]:
                return await self.waiting(word, rest)
        if word == "try_send":
            return "sent" if self.channels[rest[0]].try_send(rest[1]) else "would block"
        if word == "try_receive":
            return self.channels[rest[0]].try_receive() or "would block"
        if word == "try_select":
            found = try_select(*map(self.case, rest[0]))
            return "would block" if found is None else (found.index, found.value, found.ok)
        if word == "close":
            self.channels[rest[0]].close()
            return "closed"
        if word == "cancel":
            self.contexts[rest[0]].cancel()
            return "cancelled it"
        self.group.done()
        return "done"

    async def waiting(self, word: str, rest: list[Any]) -> Any:
        if word == "send":
            await self.channels[rest[0]].send(rest[1])
            return "sent"
        if word == "receive":
            return await self.channels[rest[0]].receive_ok()
        if word == "select":
            found = await select(*map(self.case, rest[0]))
            return found.index, found.value, found.ok
        await self.group.wait()
        return "waited"

    def case(self, case: tuple[Any, ...]) -> Any:
        kind, channel, *value = case
        where = None if channel is None else self.channels[channel]
        return sending(where, value[0]) if kind == "send" else receiving(where)
