"""Ctrl-C at random moments, on every runtime: `python tests/faults/interrupts.py --count 200`.

Each time a demo of work that goes on for long is started in a session of its own and interrupted as a
terminal does it, all its processes at once. It has to end with 130 within a second and a half, say nothing on
stderr and leave no process of its session behind. Prints Markdown; the exit code is 1 when one did not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 1.5
LONGEST_S = 0.6
HUNG_S = 10.0

PROGRAMS = {
    "worker-pool": ("--jobs", "100_000", "--latency", "50ms"),
    "managed-worker-pool": ("--jobs", "100_000", "--latency", "50ms"),
    "fan-out-fan-in": ("--jobs", "100_000", "--latency", "50ms"),
    "semaphore": ("--jobs", "200", "--latency", "50ms"),
    "cascade": ("--after", "1m"),
    "timeout": ("--latency", "1m", "--timeout", "1m"),
    "error-collection": ("--jobs", "100_000", "--latency", "50ms"),
    "token-bucket": ("--jobs", "100_000"),
    "clean-up": ("--after", "1m"),
}

BUSY = {"worker-pool": ("--jobs", "10_000_000"), "error-collection": ("--jobs", "10_000_000")}
"""Work that takes the simulator long, too."""

RUNTIMES = ("asyncio", "fibers", "threads", "processes", "simulator")


@dataclass(frozen=True)
class Ending:
    """
    How one interrupted run ended: its exit code, how long that took, for how long of it others had the cores,
    what it said, what it left.
    """

    runtime: str
    code: int
    seconds: float
    others_s: float
    told: str
    left: tuple[str, ...]

    @property
    def good(self) -> bool:
        return (self.code, self.told, self.left) == (130, "", ()) and self.seconds <= LIMIT_S


def interrupted(runtime: str, pattern: str, pause_s: float) -> Ending:
    """Start a demo, wait until it says that it runs and then for so long, and interrupt it."""
    options = (BUSY if runtime == "simulator" else PROGRAMS)[pattern]
    command = [sys.executable, "-m", "gopatterns_cli", "run", pattern, "--runtime", runtime, *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    process.stdout.readline()
    time.sleep(pause_s)
    began, queued_s = time.monotonic(), _queued_s(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    hung = ""
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if time.monotonic() - began > HUNG_S:
            os.killpg(process.pid, signal.SIGKILL)
            hung = "it hung"
        time.sleep(0.005)
    seconds = time.monotonic() - began
    others_s = _queued_s(process.pid) - queued_s
    _, told = process.communicate()
    return Ending(
        runtime, process.returncode, seconds, others_s, told or hung, tuple(of_session(process.pid))
    )


def _queued_s(process: int) -> float:
    """Return how long its main thread has waited for a core that others had; 0 where nobody counts that."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text(encoding="utf-8").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def of_session(session: int) -> list[str]:
    """Return the processes of a session that live a moment later: multiprocessing's own end by themselves."""
    for _ in range(20):
        left = _living(session)
        if not left:
            return []
        time.sleep(0.05)
    return left


def _living(session: int) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = folder.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            words = folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if int(after_name[3]) == session and after_name[0] not in "ZX":
            found.append(words.strip())
    return found


def endings(count: int, seed: int):
    """Interrupt so many runs, the runtimes in turn, the demo and the moment at random."""
    draw = random.Random(seed)
    for number in range(count):
        runtime = RUNTIMES[number % len(RUNTIMES)]
        pattern = draw.choice(sorted(BUSY if runtime == "simulator" else PROGRAMS))
        yield interrupted(runtime, pattern, draw.uniform(0, LONGEST_S))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    by_runtime = defaultdict(list)
    for ending in endings(chosen.count, chosen.seed):
        by_runtime[ending.runtime].append(ending)
        if not ending.good:
            print(ending, file=sys.stderr, flush=True)
    print(f"# Interrupts\n\nMade by `python tests/faults/interrupts.py --count {chosen.count}`.")
    print("Ctrl-C at a random moment of a random demo.\n")
    print("| runtime | interrupts | exit code 130 | slowest | said something | left something |")
    print("|---|---|---|---|---|---|")
    for runtime, found in by_runtime.items():
        codes = sum(ending.code == 130 for ending in found)
        slowest = max(ending.seconds for ending in found)
        told, left = sum(bool(ending.told) for ending in found), sum(bool(ending.left) for ending in found)
        print(f"| {runtime} | {len(found)} | {codes} | {slowest:.2f} s | {told} | {left} |")
    return int(not all(ending.good for found in by_runtime.values() for ending in found))


if __name__ == "__main__":
    sys.exit(main())
