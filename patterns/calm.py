"""
Whether values may be moved within a channel's buffer without a look at who moves them.

A whole operation asks which task runs, whether the channel is of this run, and whether the task may go on:
that takes longer than to move the value. While one run alone goes on in this process, nothing of it runs in
another thread and no task of it is under a dead context, the answers are known beforehand.

What never belongs here: a queue, a clock, a decision about a task.
"""

from __future__ import annotations

import _thread
from collections import OrderedDict
from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from patterns.context import Context
    from patterns.traps import Driver, Seat


class Calm:
    """
    `now` is the run's seat while all is calm, where the running task sits if its driver tells, and None else.
    The driver calls `begin` when a turn begins and sets `now` to None whenever no task runs; whatever
    disturbs calls `end`. `settled` is what `begin` found, until then. `undisturbed` is what the driver itself
    can tell.
    """

    __slots__ = ("_dead", "_seat", "_undisturbed", "now", "settled")

    def __init__(self, seat: Seat, undisturbed: Callable[[], bool]) -> None:
        self.now: Seat | None = None
        self.settled: Seat | None = None
        self._seat = seat
        self._dead: OrderedDict[ref[Context], None] = OrderedDict()
        self._undisturbed = undisturbed

    def begin(self) -> None:
        """See whether all is calm."""
        dead = self._dead
        while dead:
            link = next(iter(dead))
            context = link()
            if context is not None and context.tasks:
                dead.move_to_end(link)  # those behind it may be over
                return
            del dead[link]
        self.settled = self.now = self._seat if self._undisturbed() else None
        if not alone:  # asked last: another thread may have begun a run meanwhile, and ended this before
            self.end()

    def end(self) -> None:
        """Something disturbs: look again when the next turn begins."""
        self.settled = self.now = None  # in this order

    def disturb(self, context: Context) -> None:
        """A task is under `context`, which is dead: until none is."""
        self.end()
        self._dead[ref(context)] = None


class Never(Calm):
    """What is never calm, and keeps nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        self.now = self.settled = None

    def begin(self) -> None:
        """Do nothing."""

    def disturb(self, context: Context) -> None:
        """Do nothing."""


STRIDE = 64
"""So many operations, at most, go on without a look; they are charged to a task that takes one."""

NEVER = Never()
"""Of a channel that is in no run yet, and of runs where every operation counts."""

alone = True
"""Whether no more than one run goes on in this process."""

_lock = _thread.allocate_lock()


def look_around(drivers: Iterable[Driver]) -> None:
    """See which runs go on, when one has begun and when one is over: several disturb one another."""
    global alone  # noqa: PLW0603 (asked at every turn)
    with _lock:
        going_on = [driver for driver in tuple(drivers) if not driver.finished]
        alone = len(going_on) <= 1
        if not alone:
            for driver in going_on:
                driver.calm.end()
