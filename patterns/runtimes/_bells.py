"""Alarms that have been set, by time, for a driver that rings them itself."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SWEEP_ABOVE = 64
"""Bells that were disarmed are looked for when there are more than this, and then at every doubling."""


class Bell:
    """
    An armed alarm, ordered by time.

    To disarm it is to forget what to ring, and nothing else: a collector may do that in any thread.
    """

    __slots__ = ("_number", "at", "ring")

    def __init__(self, at: float, number: int, ring: Callable[[], None]) -> None:
        self.at = at
        self.ring: Callable[[], None] | None = ring
        self._number = number

    def cancel(self) -> None:
        """Disarm."""
        self.ring = None

    def fire(self) -> None:
        """Ring, unless it was disarmed or has rung."""
        ring, self.ring = self.ring, None
        if ring is not None:
            ring()

    def __lt__(self, other: Bell) -> bool:
        return (self.at, self._number) < (other.at, other._number)


class Bells(list[Bell]):
    """A heap of bells: the first to ring is at 0."""

    def __init__(self) -> None:
        super().__init__()
        self._sweep_above = SWEEP_ABOVE

    def add(self, bell: Bell) -> None:
        """Take one more, and let go of those that were disarmed when there are many."""
        heapq.heappush(self, bell)
        if len(self) > self._sweep_above:
            self[:] = [bell for bell in self if bell.ring is not None]
            heapq.heapify(self)
            self._sweep_above = max(2 * len(self), SWEEP_ABOVE)

    def ring_until(self, at: float) -> None:
        """Ring, in their order, those whose time is `at` or earlier, and forget the disarmed ones before."""
        while self and (self[0].ring is None or self[0].at <= at):
            heapq.heappop(self).fire()
