"""How many schedules each planted bug takes, and that its twin holds.

`python tests/exploring/planted_table.py` prints Markdown. `--seeds` searches per bug and strategy,
`--schedules` for each twin.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from patterns import Channel, TaskGroup
from patterns.exploring import strategies
from patterns.exploring.director import Program
from patterns.exploring.search import search

from planting import PLANTED, planted

MOST = 1_000


async def three_tasks():
    channel = Channel(1)
    async with TaskGroup() as group:
        group.spawn(channel.send, 1)
        group.spawn(channel.receive)


def made(name, seed=0):
    return strategies.make(name, seed=seed, depth=3, preemptions=2)


def needed(program, strategy, seeds):
    """Return the schedules until the bug was found, by seed; MOST + 1 where it was not."""
    counts = []
    for seed in range(seeds if strategy != "exhaustive" else 1):
        schedules, chosen = 0, made(strategy, seed)
        while schedules < MOST and chosen.begin():
            schedules += 1
            if program.attempt(chosen).error is not None:
                break
        else:
            schedules = MOST + 1
        counts.append(schedules)
    return counts


def said(counts):
    median, worst = statistics.median(counts), max(counts)
    return f"{median:g}, {worst}" if worst <= MOST else f"{median:g}, not found by {counts.count(MOST + 1)}"


def rate(strategy):
    """Return schedules per second of a program with three tasks: the best of five, and the median."""
    rates = []
    for _ in range(5):
        chosen, program, began = made(strategy), Program(three_tasks), time.perf_counter()
        count = 0
        while count < 10_000:
            if not chosen.begin():
                chosen = made(strategy)
                continue
            program.attempt(chosen)
            count += 1
        rates.append(count / (time.perf_counter() - began))
    return max(rates), statistics.median(rates)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--schedules", type=int, default=100_000)
    chosen = parser.parse_args()
    print(f"# Planted bugs\n\nMade by `python tests/exploring/planted_table.py`, seeds: {chosen.seeds}.\n")
    print("Schedules until the bug is found, median and worst of the seeds; `exhaustive` has no seed.")
    print("Then the schedules of the correct twin, `random` with seed 0, and how many of them failed.\n")
    print("| bug | random | pct, depth 3 | exhaustive, 2 preemptions | twin | of those failed |")
    print("|---|---|---|---|---|---|")
    for name in PLANTED:
        bug = Program(planted(name).bad)
        cells = [said(needed(bug, strategy, chosen.seeds)) for strategy in ("random", "pct", "exhaustive")]
        found = search(Program(planted(name).good), made("random"), chosen.schedules)
        failed = 0 if found.finding is None else f"at schedule {found.schedules}"
        print(
            f"| {name.replace('_', '-')} | {' | '.join(cells)} | {found.schedules:,} | {failed} |", flush=True
        )
    print("\nSchedules per second of a program with three tasks, best and median of five times 10,000:\n")
    for strategy in strategies.names():
        best, median = rate(strategy)
        print(f"- {strategy}: {best:,.0f}, {median:,.0f}")


if __name__ == "__main__":
    main()
