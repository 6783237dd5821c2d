"""How the cost of an operation grows: with the number of items, and with the number of parked tasks.

    python tests/patterns/growth.py [--runtime NAME] [--most-items 10_000_000] [--most-parked 100_000]

A flat line is what should come out. Each size is measured three times in turn with the others, smallest
first, then largest first, and printed are medians in nanoseconds, and their ratio to the first size. It is a
command and not a test: no time holds everywhere.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import patterns
from patterns import Channel, TaskGroup

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ROUNDS = 3
PAIRS = 20_000
FIRST_PARKED = 10


async def per_item(count: int) -> float:
    """Send so many values through a buffered channel; return the seconds of one."""
    channel: Channel[int] = Channel(1_000)

    async def send() -> None:
        for number in range(count):
            await channel.send(number)
        channel.close()

    began = time.perf_counter()
    async with TaskGroup() as group:
        group.spawn(send)
        async for _ in channel:
            pass
    return (time.perf_counter() - began) / count


async def beside_parked(parked: int) -> float:
    """Hand values over beside so many parked tasks; return the seconds of one."""
    never: Channel[int] = Channel()
    channel: Channel[int] = Channel()

    async def send() -> None:
        for number in range(PAIRS):
            await channel.send(number)

    async with TaskGroup() as group:
        for _ in range(parked):
            group.spawn(never.receive)
        await patterns.sleep(0)
        group.spawn(send)
        await channel.receive()
        began = time.perf_counter()
        for _ in range(PAIRS - 1):
            await channel.receive()
        taken_s = time.perf_counter() - began
        group.cancel()
    return taken_s / PAIRS


def ladder(first: int, last: int) -> list[int]:
    """Return the powers of ten from `first` to `last`."""
    sizes = [first]
    while sizes[-1] * 10 <= last:
        sizes.append(sizes[-1] * 10)
    return sizes


def show(what: str, measure: Callable[[int], Awaitable[float]], sizes: list[int], runtime: str) -> None:
    """Measure every size in turn, and print a line each."""
    seconds: dict[int, list[float]] = {size: [] for size in sizes}
    for number in range(ROUNDS):
        for size in sizes if number % 2 == 0 else reversed(sizes):
            seconds[size].append(patterns.run(partial(measure, size), runtime=runtime))
    first_s = statistics.median(seconds[sizes[0]])
    for size in sizes:
        median_s = statistics.median(seconds[size])
        print(
            f"| {what} | {runtime} | {size:,} | {median_s * 1e9:,.0f} | {median_s / first_s:.2f} |",
            flush=True,
        )


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runtime", default="fibers,asyncio")
    parser.add_argument("--most-items", type=int, default=10_000_000)
    parser.add_argument("--most-parked", type=int, default=100_000)
    chosen = parser.parse_args()
    version = sys.version.split()[0]
    print(f"# How the cost grows\n\nMade by `python tests/patterns/growth.py` with Python {version}.\n")
    print("| operation | runtime | size | ns each | to the first |\n|---|---|---|---|---|")
    for runtime in chosen.runtime.split(","):
        show("buffered, by items", per_item, ladder(1_000, chosen.most_items), runtime)
        show("handed over, by parked tasks", beside_parked, ladder(FIRST_PARKED, chosen.most_parked), runtime)


if __name__ == "__main__":
    main()
