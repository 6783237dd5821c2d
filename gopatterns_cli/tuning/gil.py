"""How much of a job holds the GIL: a thread counts beside it, and is held up for as long as the job has it."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

ALONE_S = 0.03
"""How long the thread counts by itself first."""

SWITCH_S = 1e-4
"""Threads take turns so often meanwhile, so that short jobs are told from long ones."""


def held_s(function: Callable[[Any], Any], arguments: Sequence[Any]) -> float:
    """
    Return for how long a job holds the GIL, in seconds, on average over the arguments.

    While the job has the GIL the thread does not count; what it counted less than it would have alone is time
    that the job had it. A job that takes turns with the thread lasts longer by that, but holds it no longer.
    On one core it cannot be told from computing without the GIL.
    """
    counted, over = [0], threading.Event()

    def count() -> None:
        done = over.is_set
        while not done():
            counted[0] += 1

    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    thread = threading.Thread(target=count, daemon=True)
    try:
        thread.start()
        per_s, _ = _counted(counted, lambda: time.sleep(ALONE_S))
        beside_per_s, lasted_s = _counted(counted, lambda: _called(function, arguments))
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(before)
    return max(1 - beside_per_s / per_s, 0.0) * lasted_s / len(arguments)


def _counted(counted: list[int], work: Callable[[], None]) -> tuple[float, float]:
    """Return counts per second during the work, and its seconds."""
    start, began_s = counted[0], time.perf_counter()
    work()
    lasted_s = time.perf_counter() - began_s
    return (counted[0] - start) / lasted_s, lasted_s


def _called(function: Callable[[Any], Any], arguments: Sequence[Any]) -> None:
    for argument in arguments:
        try:
            function(argument)
        except (Exception, SystemExit):  # noqa: BLE001, S112 - its failures are known by now
            continue
