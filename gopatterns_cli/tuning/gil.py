"""How much of a job holds the GIL: a thread spins beside it, and stands still for as long as the job has it.

Linux tells of each thread how long it ran and how long it waited for a core. What is left of the time the
spinning thread waited for the GIL, however busy the machine is. Elsewhere what it counts is compared with what
it counts alone; there a busy machine, or a single core, looks like a held GIL.
"""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ALONE_S = 0.03
"""How long the thread counts by itself first."""

SWITCH_S = 1e-4
"""Threads take turns so often meanwhile, so that short jobs are told from long ones."""


def held_s(function: Callable[[Any], Any], arguments: Sequence[Any]) -> float:
    """
    Return for how long a job holds the GIL, in seconds, on average over the arguments.

    A job that takes turns with the thread lasts longer by that, but holds the GIL no longer.
    """
    counted, over = [0], threading.Event()

    def spin() -> None:
        done = over.is_set
        while not done():
            counted[0] += 1

    before_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    thread = threading.Thread(target=spin, daemon=True)
    try:
        thread.start()
        alone, _, alone_s = _beside(thread, counted, lambda: time.sleep(ALONE_S))
        beside, running_s, lasted_s = _beside(thread, counted, lambda: _called(function, arguments))
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(before_s)
    if running_s is None:
        running_s = beside / (alone / alone_s)
    return max(lasted_s - running_s, 0.0) / len(arguments)


def _beside(
    thread: threading.Thread, counted: list[int], work: Callable[[], None]
) -> tuple[int, float | None, float]:
    """
    Do some work and return what the thread counted meanwhile, for how many seconds it ran or waited for a
    core (None where the system does not say), and how long all of it took.
    """
    count, ran_s, began_s = counted[0], _ran_s(thread), time.perf_counter()
    work()
    lasted_s, ran_until_s = time.perf_counter() - began_s, _ran_s(thread)
    running_s = None if ran_s is None or ran_until_s is None else ran_until_s - ran_s
    return counted[0] - count, running_s, lasted_s


def _ran_s(thread: threading.Thread) -> float | None:
    """Return for how long a thread has run or waited for a core; None where the system does not say."""
    try:
        text = Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text(encoding="ascii")
        ran_ns, waited_ns, _ = map(int, text.split())
    except (OSError, ValueError):
        return None
    return (ran_ns + waited_ns) / 1e9


def _called(function: Callable[[Any], Any], arguments: Sequence[Any]) -> None:
    for argument in arguments:
        try:
            function(argument)
        except (Exception, SystemExit):  # noqa: BLE001, S112 - its failures are known by now
            continue
