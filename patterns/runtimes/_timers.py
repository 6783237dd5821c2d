"""
How exactly the kernel ends a wait of the thread that a run goes on in.

Linux lets a timer of an ordinary thread fire up to 50 us late, so that it can serve several at once. A run in
one thread asks for 1 ns instead, and puts back what was there: a job of 100 us would else take half as long
again. Threads and processes that are started meanwhile have it as well. It costs a processor that sleeps more
wake-ups; nothing spins.

The `threads` runtime does not ask for it: there those who are woken together pass the baton on the sooner.

Source: Linux, PR_SET_TIMERSLACK(2const), proc_pid_timerslack_ns(5), proc_thread-self(5).
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def exact_timers() -> Iterator[None]:
    """Have the waits of this thread end on time inside the block, where the system lets itself be told."""
    file = _slack()
    if file is None:
        yield
        return
    before, process = b"", os.getpid()
    try:
        with suppress(OSError):
            before = os.read(file, 32)
            os.write(file, b"1")
        yield
    finally:
        if os.getpid() == process:  # a forked child's file is its parent's
            with suppress(OSError):
                os.write(file, before)
        os.close(file)


def _slack() -> int | None:
    """Open the file of this thread's timer slack; None on another system, or one that has it locked."""
    with suppress(OSError):
        place = os.readlink("/proc/thread-self")  # noqa: PTH115 (a Path takes as long as all the rest)
        thread = place.rpartition("/")[2]  # its number for those who mounted /proc
        return os.open(f"/proc/{thread}/timerslack_ns", os.O_RDWR | os.O_CLOEXEC)
    return None
