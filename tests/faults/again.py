"""The concurrent tests again and again beside busy cores: `python tests/faults/again.py --times 20`.

One process per core computes all the while. Prints Markdown; the exit code is 1 when a run failed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]

BUSY = "while True: sum(range(1_000_000))"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    chosen = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(cores)]
    print("# The concurrent tests, again and again\n")
    print(f"Made by `python tests/faults/again.py --times {chosen.times}`:")
    print(f"`pytest -m stress` beside {cores} processes that compute.\n")
    print("| run | exit code | passed | seconds |")
    print("|---|---|---|---|")
    failed = 0
    try:
        for number in range(1, chosen.times + 1):
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-m", "stress", "-p", "no:cacheprovider"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            seconds = time.monotonic() - began
            passed = re.search(r"(\d+) passed", done.stdout)
            count = passed[1] if passed else "0"
            print(f"| {number} | {done.returncode} | {count} | {seconds:.0f} |", flush=True)
            if done.returncode:
                failed += 1
                print(done.stdout[-3_000:], file=sys.stderr, flush=True)
    finally:
        for process in busy:
            process.kill()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
