"""How many tasks there may be at once, what each takes, and a cancel of all; what blocking jobs cost.

    python tests/patterns/many_tasks.py

It is a command and not a test: no time holds everywhere. Printed are seconds, and the speed-up over the waits
one after another.
"""

from __future__ import annotations

import gc
import time
import tracemalloc

import patterns
from patterns import Channel, TaskGroup

PARKED = {"asyncio": 100_000, "fibers": 100_000, "threads": 2_000, "simulator": 100_000, "processes": 100_000}
JOBS, WORKERS, JOB_S = 1_000, 100, 0.01


async def cancel_all(count: int) -> float:
    """Park so many tasks and return the seconds from the cancel until all have ended."""
    channel: Channel[int] = Channel()
    async with TaskGroup() as group:
        for _ in range(count):
            group.spawn(channel.receive)
        while len(channel._receivers) < count:
            await patterns.sleep(0)
        began = time.perf_counter()
        group.cancel()
    return time.perf_counter() - began


async def bytes_each(count: int) -> float:
    """Park so many tasks and return the bytes of each that Python allocated, collected first."""
    channel: Channel[int] = Channel()
    tracemalloc.start(1)
    before, _ = tracemalloc.get_traced_memory()
    async with TaskGroup() as group:
        for _ in range(count):
            group.spawn(channel.receive)
        while len(channel._receivers) < count:
            await patterns.sleep(0)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        group.cancel()
    return (after - before) / count


def block(number: int) -> int:
    """Wait as a library that knows no asyncio does."""
    time.sleep(JOB_S)
    return number


async def blocking_jobs() -> float:
    """Return the seconds that plain blocking functions take on a pool."""
    began = time.perf_counter()
    async with patterns.worker_pool(range(JOBS), block, workers=WORKERS) as results:
        assert len([result async for result in results]) == JOBS
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    for runtime, count in PARKED.items():
        taken_s = patterns.run(cancel_all, count, runtime=runtime)
        print(f"cancel of {count:,} parked tasks on {runtime}: {taken_s:.2f} s")
    for runtime in ("fibers", "asyncio"):
        each = patterns.run(bytes_each, PARKED[runtime], runtime=runtime)
        print(f"memory of a parked task on {runtime}: {each:,.0f} bytes")
    for runtime in ("asyncio", "threads"):
        taken_s = patterns.run(blocking_jobs, runtime=runtime)
        speedup = JOBS * JOB_S / taken_s
        what = f"{JOBS:,} blocking jobs of 10 ms, {WORKERS} workers, {runtime}"
        print(f"{what}: {speedup:.1f}x the waits in a row")


if __name__ == "__main__":
    main()
