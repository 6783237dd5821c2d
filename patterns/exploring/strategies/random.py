"""Any ready task may be next, each with the same chance."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from patterns.exploring.director import Attempt
    from patterns.exploring.strategies import Turn

DOUBT = 0.05


class Strategy:
    """A walk at random, from a seed."""

    def __init__(self, *, seed: int, **others: int) -> None:
        del others
        self._draw = Random(seed).random

    def begin(self) -> bool:
        """Start a new schedule: there is always one more."""
        return True

    def choose(self, ready: Sequence[Any], last: Turn) -> int:
        """Return any index."""
        del last
        return int(self._draw() * len(ready))

    def pick(self, count: int) -> int:
        """Return any number below `count`."""
        return int(self._draw() * count)

    def ended(self, attempt: Attempt) -> None:
        """Learn nothing."""

    def missed(self, schedules: int) -> str:
        """Return the share of schedules that may fail all the same: the rule of three, exactly."""
        share = 1 - DOUBT ** (1 / schedules)
        return f"up to {share:.2%} of random schedules may fail ({1 - DOUBT:.0%} confidence)"
