"""How many machine instructions each operation takes, counted by callgrind and not by a clock.

    python tests/patterns/instruction_cost.py [--save FILE] [--against FILE] [--only NAME,NAME]

The same interpreter counts the same again, to a few in a thousand, whatever else the machine does: so a step
back in the waist shows here before a clock can see it. Each operation runs so many and then twice as many
times, in two processes; the difference is what it costs, without the start. With `--against`, a file that
`--save` wrote on the same interpreter, the exit code is 3 when an operation takes over 2 % more. Threads are
left out: what the kernel does for them is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import trap_cost

import patterns

RUNTIMES = ("fibers", "asyncio")
OPERATIONS = (
    "buffered",
    "hand_over",
    "rest",
    "spawn",
    "cancel",
    "select_ready",
    "select_parked",
    "semaphore",
)
COUNT = 1_000
TOLERANCE = 1.02


def instructions(operation: str, runtime: str, count: int) -> int:
    """Run an operation so many times in a process of its own, and return what that took."""
    program = [sys.executable, "-B", __file__, "--run", operation, runtime, str(count)]
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", *program],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if collected is None:
        raise SystemExit(f"error: valgrind said no count:\n{done.stderr}")
    return int(collected[1])


def cost(operation: str, runtime: str) -> float:
    """Return the instructions of one operation."""
    return (instructions(operation, runtime, 2 * COUNT) - instructions(operation, runtime, COUNT)) / COUNT


def run_one(operation: str, runtime: str, count: int) -> None:
    """Do what is counted."""
    trap_cost.COUNT = count
    patterns.run(getattr(trap_cost, operation), runtime=runtime)


def measured(operations: list[str]) -> dict[str, float]:
    """Count every operation on every runtime, one per core at a time."""
    cells = [(operation, runtime) for operation in operations for runtime in RUNTIMES]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        costs = threads.map(lambda cell: cost(*cell), cells)
        return {
            f"{operation} on {runtime}": each for (operation, runtime), each in zip(cells, costs, strict=True)
        }


def main() -> int:
    """Count, print, and compare where that was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--save", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--only", default=",".join(OPERATIONS))
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run:
        run_one(chosen.run[0], chosen.run[1], int(chosen.run[2]))
        return 0
    unknown = set(chosen.only.split(",")) - set(OPERATIONS)
    if unknown:
        parser.error(f"--only: found {', '.join(sorted(unknown))}, allowed {', '.join(OPERATIONS)}")
    if chosen.against and not chosen.against.is_file():
        parser.error(f"--against: there is no file {chosen.against}")
    if shutil.which("valgrind") is None:
        print("error: valgrind is not installed", file=sys.stderr)
        return 1
    before = json.loads(chosen.against.read_text(encoding="utf-8")) if chosen.against else {}
    costs = measured(chosen.only.split(","))
    print(f"instructions per operation, Python {sys.version.split()[0]}")
    for name, each in costs.items():
        ratio = f"   {each / before[name]:.3f} x before" if name in before else ""
        print(f"{name:24} {each:9,.0f}{ratio}")
    if chosen.save:
        chosen.save.write_text(json.dumps(costs, indent=1) + "\n", encoding="utf-8")
    worse = [name for name, each in costs.items() if name in before and each > TOLERANCE * before[name]]
    return 3 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
