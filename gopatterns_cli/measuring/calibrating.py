"""How many operations a job computes to take as long as asked: found once per machine and Python, then kept.

Kept in the user's cache, so that all sessions on a machine have the same work. `python -m` runs the
measurement, in a process of its own, as everything that reads a clock.
"""

import json
import math
import platform
import subprocess
import sys
from contextlib import suppress
from time import perf_counter
from typing import Any

from gopatterns_cli.caches import caches
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.kinds.cpu import spin
from gopatterns_cli.measuring.machine import facts

TRIED = 100_000
"""Operations of one try."""

FEWEST = 1_000
"""Operations per second; no machine does fewer, so whoever says so is wrong."""

TRIES = 9
TIMEOUT_S = 60.0


def operations_per_s() -> float:
    """Return how many operations of `kinds.cpu` one core of this machine does in a second, in this Python.

    Raises:
        Failure: exit code 1: it cannot be measured.
    """
    machine = f"{facts().get('cpu_model', 'unknown')}, {platform.python_implementation()} {sys.version}"
    file = caches() / "operations.json"
    known: Any = {}
    with suppress(OSError, ValueError):
        known = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(known, dict):
        known = {}
    found = known.get(machine)
    if isinstance(found, (int, float)) and FEWEST <= found < math.inf:
        return float(found)
    measured = _measured()
    with suppress(OSError):  # then it is measured again the next time
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({**known, machine: measured}, indent=1), encoding="utf-8")
    return measured


def _measured() -> float:
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        )
        return float(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise Failure(f"how fast this machine computes cannot be measured: {error}") from None


def _tried() -> float:
    seconds = []
    for number in range(TRIES):
        start = perf_counter()
        spin(TRIED, number)
        seconds.append(perf_counter() - start)
    return TRIED / min(seconds)  # the one that was disturbed least


if __name__ == "__main__":
    print(_tried())
