"""How near an operation is to what Python takes for anything that is written so.

    python tests/patterns/floor_cost.py [ROUNDS]

A table for each of three operations: a peer that takes little, ours, and what no `async def` and no thread
can be without: coroutines that look once and move the value; for a select coroutines that fill a deque and
one that makes the answer; two threads that wake one another through bare locks. All in turn in every round;
printed are medians of the nanoseconds, and of the ratios to the peer in the same round, and how often for
each item the kernel changed the thread: because it waited, and because one was woken that had the better
claim to its core. It is a command and not a test: no time holds everywhere. It needs the extra `peers`.
"""

from __future__ import annotations

import _thread
import resource
import statistics
import sys
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

import by_rounds

import patterns
from gopatterns_cli.overhead import arms
from gopatterns_cli.overhead.operations import CAPACITY, OPERATIONS
from gopatterns_cli.overhead.timing import measure
from patterns import Selected

if TYPE_CHECKING:
    from collections.abc import Callable

Timed = tuple[float, float, float]
"""Nanoseconds for each item, changes of the thread that waited, changes of one that was interrupted."""


class Bare:
    """A deque behind coroutines that look once."""

    def __init__(self) -> None:
        self.values: deque[int] = deque()
        self.limit = CAPACITY

    async def send(self, value: int) -> None:
        """Put one in, if there is room."""
        if len(self.values) < self.limit:
            self.values.append(value)

    def __aiter__(self) -> Bare:
        return self

    async def __anext__(self) -> int:
        if self.values:
            return self.values.popleft()
        raise StopAsyncIteration


async def fill_and_drain(count: int) -> int:
    """As the operation `buffered`, by turns in one task."""
    channel, total = Bare(), 0
    for first in range(0, count, CAPACITY):
        for number in range(first, first + CAPACITY):
            await channel.send(number)
        async for number in channel:
            total += number
    return total


async def only_answer(count: int) -> int:
    """As the operation `select-2-ready`, where nothing is chosen."""
    channel = Bare()
    channel.limit = count
    values = channel.values

    async def answer(*cases: object) -> Selected:
        return Selected(len(cases), values.popleft(), True)

    for number in range(count):
        await channel.send(number)
    seen = total = 0
    for _ in range(count):
        chosen = await answer(1, 2)
        seen += chosen.ok
        total += chosen.value
    return total


def wake_one_another(count: int) -> int:
    """As the operation `unbuffered`, where nothing is passed on: one change of the thread for each value."""
    here, there, over = (_thread.allocate_lock() for _ in range(3))
    for lock in (here, there, over):
        lock.acquire()

    def other() -> None:
        for _ in range(count // 2):
            there.acquire()
            here.release()
        over.release()

    _thread.start_new_thread(other, ())
    for _ in range(count // 2):
        there.release()
        here.acquire()
    over.acquire()
    return count


def timed(work: Callable[[], object], count: int) -> Timed:
    """Time it, and count the changes of the thread meanwhile."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter_ns()
    work()
    took, after = time.perf_counter_ns() - began, resource.getrusage(resource.RUSAGE_SELF)
    waited, interrupted = after.ru_nvcsw - before.ru_nvcsw, after.ru_nivcsw - before.ru_nivcsw
    return took / count, waited / count, interrupted / count


def operation(arm: Any, name: str, count: int) -> Callable[[], object]:
    """An operation of an arm of `gopat bench overhead`."""
    return partial(measure, OPERATIONS[name], arm, count=count, setting=OPERATIONS[name].cases)


def table(title: str, rows: dict[str, Callable[[], object]], count: int, rounds: int) -> None:
    """Time each in every round, forwards and backwards in turn, and print."""
    found: dict[str, list[Timed]] = {name: [] for name in rows}
    for name, work in by_rounds.in_turn(rows, rounds):
        found[name].append(timed(work, count))
    first = next(iter(found.values()))
    print(
        f"\n| {title} | nanoseconds | to the first | waited | interrupted |\n| --- | --- | --- | --- | --- |"
    )
    for name, times in found.items():
        ratio = statistics.median(one[0] / other[0] for one, other in zip(times, first, strict=True))
        took, waited, interrupted = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"| {name} | {took:.0f} | {ratio:.2f}x | {waited:.2f} | {interrupted:.2f} |")


def main() -> None:
    """Print the tables."""
    rounds = by_rounds.asked(__doc__)
    on_fibers = partial(partial, patterns.run, runtime="fibers")
    ours = {name: arms.on(name) for name in ("fibers", "threads")}
    print("# What Python itself takes\n")
    print(f"Made by `python tests/patterns/floor_cost.py` with Python {sys.version.split()[0]}.")
    for title, name, count, peer, mine, least in (
        ("sent and received, with room", "buffered", 50_000, "gevent", "fibers", fill_and_drain),
        ("a select of two that are ready", "select-2-ready", 20_000, "pyroutine", "fibers", only_answer),
        ("from thread to thread", "unbuffered", 20_000, "pyroutine", "threads", wake_one_another),
    ):
        bare = partial(least, count) if least is wake_one_another else on_fibers(least, count)
        rows = {
            peer: operation(arms.peer(peer), name, count),
            f"ours, on {mine}": operation(ours[mine], name, count),
            LEAST[name]: bare,
        }
        table(title, rows, count, rounds)


LEAST = {
    "buffered": "coroutines that look once, and a deque",
    "select-2-ready": "coroutines that fill a deque and make the answer",
    "unbuffered": "two bare locks",
}
"""What each operation cannot be without."""


if __name__ == "__main__":
    main()
