"""
The line for the baton of the `threads` runtime.

First come, first served, with one exception: to start a thread takes longer than a turn, so while many tasks
have none, and none is idle, some that have one may overtake the first of them. One that lets the others run
overtakes nobody. Where jobs are short, they are served by the threads that are there, and a task that finds
nothing left to do never costs one.
"""

from __future__ import annotations

import heapq
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNTIMED, TIMED, EXPIRED = 0, 1, 2
"""A seat's wait: until handed the baton; that or a time; past the time and on its way to the baton."""


class InLine(Protocol):
    """
    Who stands in line: `turn` is its number, `started` whether it has a thread. In the state `TIMED` it
    sleeps to the time `until`.
    """

    started: bool
    turn: int
    state: int
    until: float


S = TypeVar("S", bound=InLine)

SWEEP_ABOVE = 64
"""Sleepers that sleep no longer are looked for when more than this are noted, and then at every doubling."""

CROWD = 100
"""When no more than this wait for a thread, they have it at once: they may be of use together."""

OVERTAKERS = 2
"""So many, at most, overtake before the next thread is started."""


class Line(Generic[S]):
    """
    Who waits for the baton.

    Used under the driver's mutex; but whoever has the baton adds, notes and hands straight to the first of
    `others` without.
    """

    def __init__(self) -> None:
        self.patient: deque[S] = deque()
        self.others: deque[S] = deque()
        self._sleepers: list[tuple[float, int, S]] = []
        self._sweep_above = SWEEP_ABOVE
        self._overtaken = 0
        self._next_turn = count().__next__

    def add(self, seat: S) -> None:
        """Put at the end somebody who goes on."""
        seat.turn = self._next_turn()
        self.others.append(seat)

    def add_patient(self, seat: S) -> None:
        """Put at the end somebody who overtakes nobody: a new task, or one that lets the others run."""
        seat.turn = self._next_turn()
        self.patient.append(seat)

    def put_back(self, seat: S) -> None:
        """Put at the head somebody who was there."""
        self.others.appendleft(seat)

    def note_sleeper(self, seat: S, until: float) -> None:
        """Somebody goes to sleep: he is watched for while a task waits for its thread."""
        seat.until = until
        if len(self.patient) > CROWD and not self.patient[0].started:
            heapq.heappush(self._sleepers, (until, self._next_turn(), seat))
            if len(self._sleepers) > self._sweep_above:
                self._sleepers = [note for note in self._sleepers if note[2] is seat or _is_true(note)]
                heapq.heapify(self._sleepers)
                self._sweep_above = max(2 * len(self._sleepers), SWEEP_ABOVE)

    def next_lets_others_run(self) -> bool:
        """Whether the next is a task that goes on when all who were ready before it have had their turn."""
        if not self.patient or not self.patient[0].started:
            return False
        return not self.others or self.patient[0].turn < self.others[0].turn

    def somebody_comes(self, now: Callable[[], float]) -> bool:
        """
        Whether the next would need a new thread although somebody's sleep is over, who takes a free baton by
        himself, and sooner than one who is woken for it. That is one who overtakes.
        """
        if self.others or not self._sleepers or not self._may_be_overtaken():
            return False
        while self._sleepers and not _is_true(self._sleepers[0]):
            heapq.heappop(self._sleepers)
        if not self._sleepers or self._sleepers[0][0] > now():
            return False
        self._overtaken += 1
        return True

    def take(self, threads_idle: bool) -> S:
        """Take the next, of whom there is one at least."""
        if self.others:
            if not self.patient or self.patient[0].turn > self.others[0].turn:
                return self.others.popleft()
            if not threads_idle and self._may_be_overtaken():
                self._overtaken += 1
                return self.others.popleft()
        self._overtaken = 0
        seat = self.patient.popleft()
        if not self.patient:
            self._sleepers.clear()
        return seat

    def _may_be_overtaken(self) -> bool:
        """Whether the first of the patient is one of a crowd without threads, not overtaken too often yet."""
        return len(self.patient) > CROWD and not self.patient[0].started and self._overtaken < OVERTAKERS

    def __bool__(self) -> bool:
        """Whether somebody waits."""
        return bool(self.others or self.patient)

    def __iter__(self) -> Iterator[S]:
        """Give all of them, in no order."""
        yield from self.others
        yield from self.patient


def _is_true(note: tuple[float, int, InLine]) -> bool:
    """Whether somebody still sleeps as was noted."""
    until, _, seat = note
    return seat.state == TIMED and seat.until == until
