"""Which core a thread runs on."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PINNED = "threads"
"""The runtime that can be pinned: the others have one thread for their tasks."""


def pin_problem(runtime: str) -> str | None:
    """Return why a run on `runtime` cannot be pinned here, or None when it can."""
    if runtime != PINNED:
        return f"pin: found the runtime {runtime}, allowed {PINNED}: the others run their tasks in one thread"
    if sys.platform != "linux":
        return f"pin: found {sys.platform}, allowed Linux, which keeps a thread on a core when asked"
    return None


@contextmanager
def pinned(runtime: str) -> Iterator[None]:
    """
    Keep this thread, and every one that it starts meanwhile, on the core that it is on, as batch work: one
    that is woken waits for the one that woke it to wait, instead of interrupting it for nothing.

    It costs what the other cores could do meanwhile; and where other programs want the same core, a thread
    that is woken has its turn some milliseconds later.

    Raises:
        ValueError: a run on `runtime` cannot be pinned here.

    Source: sched(7), SCHED_BATCH.
    """
    problem = pin_problem(runtime)
    if problem is not None:
        raise ValueError(problem)
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {_here(allowed)})
    try:
        with _as_batch_work():
            yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def _as_batch_work() -> Iterator[None]:
    """Have the kernel treat this thread as batch work, unless it is something else than ordinary already."""
    ordinary = False
    with suppress(OSError):  # a sandbox may forbid it, and musl has neither: it is slower then
        ordinary = os.sched_getscheduler(0) == os.SCHED_OTHER
        if ordinary:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    try:
        yield
    finally:
        if ordinary:
            with suppress(OSError):
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _here(allowed: set[int]) -> int:
    """The core that this thread is on, or else the first that it may be on."""
    try:
        fields = Path("/proc/thread-self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        core = int(fields[PROCESSOR])
    except (OSError, ValueError, IndexError):
        core = -1
    return core if core in allowed else min(allowed)


PROCESSOR = 36
"""Where the core stands among the fields of a thread's `stat` that follow its name.

Source: proc_pid_stat(5), field 39, counted from 1 with two before the name's end.
"""
