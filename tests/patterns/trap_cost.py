"""What each operation costs on each runtime, beside asyncio's own and a thread's own, on this machine.

    python tests/patterns/trap_cost.py [ROUNDS]

In each round every measurement runs once, in a rotating order; printed are the medians over the rounds, and
how many times the cost of `now()` that is. It is a command and not a test: no time holds everywhere.
"""

from __future__ import annotations

import asyncio
import queue
import statistics
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import patterns
from patterns import Channel, TaskGroup

if TYPE_CHECKING:
    from collections.abc import Callable

RUNTIMES = ("asyncio", "fibers", "threads", "simulator")
COUNT = 2_000


async def buffered() -> None:
    """Send and receive with room: nothing suspends."""
    channel: Channel[int] = Channel(1)
    for number in range(COUNT):
        await channel.send(number)
        await channel.receive()


async def hand_over() -> None:
    """One unbuffered send to another task: a park, an unpark and a turn."""
    channel: Channel[int] = Channel()

    async def send() -> None:
        for number in range(COUNT):
            await channel.send(number)
        channel.close()

    async with TaskGroup() as group:
        group.spawn(send)
        async for _ in channel:
            pass


async def select_ready() -> None:
    """A select over two channels that both have something."""
    first, second = Channel[int](COUNT), Channel[int](COUNT)
    for number in range(COUNT):
        first.try_send(number)
        second.try_send(number)
    for _ in range(COUNT):
        await patterns.select(patterns.receiving(first), patterns.receiving(second))


async def select_parked() -> None:
    """A select over two channels that waits for one of them."""
    channels = [Channel[int](), Channel[int]()]

    async def send(channel: Channel[int]) -> None:
        for number in range(COUNT // 2):
            await channel.send(number)

    async with TaskGroup() as group:
        for channel in channels:
            group.spawn(send, channel)
        for _ in range(COUNT // 2 * 2):
            await patterns.select(*map(patterns.receiving, channels))


async def semaphore() -> None:
    """A permit taken and given back; nobody else wants it."""
    permits = patterns.Semaphore(1)
    for _ in range(COUNT):
        async with permits:
            pass


async def rest() -> None:
    """A sleep of nothing: one turn."""
    for _ in range(COUNT):
        await patterns.sleep(0)


async def now() -> None:
    """Reading the clock."""
    for _ in range(COUNT):
        patterns.now()


async def spawn() -> None:
    """A task that does nothing, started and joined."""

    async def nothing() -> None:
        pass

    async with TaskGroup() as group:
        for _ in range(COUNT):
            group.spawn(nothing)


async def call() -> None:
    """A plain function run beside the tasks."""
    for _ in range(COUNT):
        await patterns.call(int)


async def sleep() -> None:
    """A sleep of 100 us: what is beyond that is overshoot."""
    for _ in range(COUNT // 20):
        await patterns.sleep(100e-6)


async def cancel() -> None:
    """A parked task, cancelled and joined."""
    channel: Channel[int] = Channel()
    async with TaskGroup() as group:
        for _ in range(COUNT):
            group.spawn(channel.receive)
        await patterns.sleep(0)
        group.cancel()


async def asyncio_hand_over() -> None:
    """The nearest that asyncio has: a queue of one place."""
    place: asyncio.Queue[int] = asyncio.Queue(1)

    async def put() -> None:
        for number in range(COUNT):
            await place.put(number)

    async with asyncio.TaskGroup() as group:
        group.create_task(put())
        for _ in range(COUNT):
            await place.get()


async def asyncio_spawn() -> None:
    """Tasks that do nothing."""

    async def nothing() -> None:
        pass

    async with asyncio.TaskGroup() as group:
        for _ in range(COUNT):
            group.create_task(nothing())


def thread_hand_over() -> None:
    """The nearest that threads have: a queue of one place."""
    place: queue.Queue[int] = queue.Queue(1)
    thread = threading.Thread(target=lambda: [place.put(number) for number in range(COUNT)])
    thread.start()
    for _ in range(COUNT):
        place.get()
    thread.join()


def measurements() -> dict[tuple[str, str], tuple[Callable[[], object], int]]:
    """By trap and runtime: what to run, and how many operations that is."""
    found: dict[tuple[str, str], tuple[Callable[[], object], int]] = {
        (trap.__name__, runtime): (partial(patterns.run, trap, runtime=runtime), count)
        for trap, count in (
            (buffered, COUNT), (hand_over, COUNT), (rest, COUNT), (now, COUNT), (spawn, COUNT),
            (select_ready, COUNT), (select_parked, COUNT), (semaphore, COUNT),
            (call, COUNT), (sleep, COUNT // 20), (cancel, COUNT),
        )
        for runtime in RUNTIMES
    }  # fmt: skip
    found["hand_over", "asyncio.Queue(1)"] = (lambda: asyncio.run(asyncio_hand_over()), COUNT)
    found["spawn", "asyncio.TaskGroup"] = (lambda: asyncio.run(asyncio_spawn()), COUNT)
    found["hand_over", "queue.Queue(1)"] = (thread_hand_over, COUNT)
    return found


def main() -> None:
    """Measure, and print a line per trap and runtime."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    todo = measurements()
    names = list(todo)
    costs: dict[tuple[str, str], list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        start = number * 7 % len(names)
        for name in names[start:] + names[:start]:
            run, count = todo[name]
            began = time.perf_counter()
            run()
            if number:  # the first round fills the caches
                costs[name].append((time.perf_counter() - began) / count)
    now_s = statistics.median(costs["now", "asyncio"])
    print("operation     runtime              ns each   x now() on asyncio")
    for (trap, runtime), seconds in sorted(costs.items()):
        each_s = statistics.median(seconds)
        print(f"{trap:13} {runtime:18} {each_s * 1e9:9,.0f}   {each_s / now_s:8,.1f}")


if __name__ == "__main__":
    main()
