"""What the tests need to know of the inside: which runtimes there are, and when a task is parked."""

from __future__ import annotations

from typing import Any

import pytest

from patterns import Channel, TaskGroup, runtimes, sleep
from patterns.launch import launch

AVAILABLE = [name for name in runtimes.names() if runtimes.unavailable(name) is None]

in_one_process = pytest.mark.parametrize(
    "runtime", [name for name in AVAILABLE if name != "processes"], indirect=True
)
"""For tests whose calls are closures over the test: `processes` can only be handed functions by name."""


async def parked(queue: Any, count: int) -> None:
    """Return when `count` waiters stand in a wait queue."""
    while len(queue) != count:  # sleep(0) is a turn, not a time
        await sleep(0)


async def turns_beside(work: Any) -> int:
    """Return how many turns another task, which is always ready, has while `work` is awaited."""
    turns, over = 0, False

    async def other() -> None:
        nonlocal turns
        while not over:
            turns += 1
            await sleep(0)

    async with TaskGroup() as group:
        group.spawn(other)
        await sleep(0)
        before = turns
        await work()
        during, over = turns - before, True
    return during


def explored(main: Any, *args: Any, seeds: int = 200) -> list[Any]:
    """
    Run `main(*args)` under many schedules of the simulator and return what each gave; a failure names its
    seed.

    At every suspension, no channel may have a value and a parked receiver, or room and a parked sender.
    """
    given = []
    for seed in range(seeds):
        watch = ChannelWatch()
        outcome = launch(main, *args, runtime="simulator", seed=seed, observe=watch)
        if outcome.error is not None:
            outcome.error.add_note(f"on the simulator with seed {seed}")
            raise outcome.error
        assert outcome.leaked == (), f"seed {seed}"
        assert watch.stuck == [], f"seed {seed}"
        given.append(outcome.value)
    return given


class ChannelWatch:
    """An observer of a run that looks at every channel on which anybody has waited."""

    def __init__(self) -> None:
        self.stuck: list[str] = []
        self._channels: dict[int, Channel[Any]] = {}

    def __call__(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        del at_ns, task
        if isinstance(subject, Channel):
            self._channels[id(subject)] = subject
        for channel in self._channels.values():
            if len(channel) > 0 and channel._receivers:
                self.stuck.append(f"{verb}: {channel!r} has values and parked receivers")
            if len(channel) < channel._room and channel._senders:
                self.stuck.append(f"{verb}: {channel!r} has room and parked senders")
