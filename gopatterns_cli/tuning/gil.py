"""How much of a job holds the GIL: a thread takes turns beside it, and gets none while the job has it.

The interpreter is told to take the GIL from nobody meanwhile: the thread has it only where the job lets it
go, and then for a moment, after which it rests. How many turns there would be without the job is counted
first, so that a busy machine, on which both are fewer, does not look like a held GIL.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

ALONE, ALONE_S = 100, 0.5
"""So many turns the thread takes by itself first, or for so long; with fewer than a tenth nothing is told."""

TURN_S, REST_S = 1e-4, 2e-4
"""How long a turn takes, and the rest after it."""

NEVER_S = 60.0
"""Threads are made to let the GIL go so seldom."""


@dataclass(slots=True)
class _Turns:
    """How many turns the thread has had, and whether it is to end."""

    had: int = 0
    over: bool = False

    def take(self) -> None:
        """Take turns until the end."""
        while not self.over:
            until_s = time.perf_counter() + TURN_S
            while time.perf_counter() < until_s:
                pass
            time.sleep(REST_S)
            self.had += 1

    def rest(self) -> None:
        """Do nothing until the thread has had enough turns."""
        over_s = time.monotonic() + ALONE_S
        while self.had < ALONE and time.monotonic() < over_s:
            time.sleep(REST_S)

    def per_s(self, work: Callable[[], None]) -> float:
        """Do some work and return how many turns a second the thread had meanwhile."""
        before, began_s = self.had, time.perf_counter()
        work()
        return (self.had - before) / (time.perf_counter() - began_s)


def held_share(function: Callable[[Any], Any], arguments: Iterable[Any], seconds: float) -> float | None:
    """
    Return for which share of its time a job holds the GIL, from 0 to 1; None where the machine is so busy
    that it cannot be told.

    Args:
        function: the job.
        arguments: of as many jobs as are begun in that time; at least one.
        seconds: to go on with further jobs; one that was begun is waited for.
    """
    turns = _Turns()
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(NEVER_S)
    thread = threading.Thread(target=turns.take, daemon=True)
    try:
        thread.start()
        alone = turns.per_s(turns.rest)
        told = turns.had >= ALONE // 10
        beside = turns.per_s(lambda: _call(function, arguments, seconds))
    finally:
        turns.over = True
        thread.join()
        sys.setswitchinterval(before_s)
    return min(max(1 - beside / alone, 0.0), 1.0) if told else None


def _call(function: Callable[[Any], Any], arguments: Iterable[Any], seconds: float) -> None:
    """Call the function until the time is over."""
    over_s = time.monotonic() + seconds
    for argument in arguments:
        with suppress(Exception, SystemExit):  # its failures are known by now
            function(argument)
        if time.monotonic() >= over_s:
            return
