"""The canary: one arm that is measured twice in every round, under two names.

Whatever the two seem to differ by is the machine's doing. Where that is much, nothing that this session
says of two versions can be trusted. A session whose canary alarms goes on to its last look.
"""

import math
from dataclasses import dataclass

from gopatterns_cli.measured import whole_ratio
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.ratio import RatioEstimate

LEVELS = (0.99, 0.98)
"""Of its two intervals."""

FEWEST = 8
"""Rounds that have an interval of 99 %."""


@dataclass(frozen=True, slots=True)
class Canary:
    """What the canary shows.

    Args:
        cell: what was measured twice.
        ratio: its second time over its first, with a 99 % interval; without one where rounds are too few.
            None where no round has both.
        alarms: identical code seems to differ.
        blind: so many of its rounds are lost that it could not alarm.
    """

    cell: Cell
    ratio: RatioEstimate | None
    alarms: bool
    blind: bool

    @property
    def is_quiet(self) -> bool:
        """Whether a regression beside it may be believed."""
        return not (self.alarms or self.blind)


def canary(session: Session, tolerance: float | None = None, upto: int | None = None) -> Canary | None:
    """Return what a session's canary shows after all rounds that were measured; None without one.

    Args:
        session: what was measured.
        tolerance: a change beyond it counts, 0.05 is 5 %: the canary may be off by half of it. None is the
            plan's.
        upto: after so many rounds; None for all.
    """
    again = session.plan.canary
    if again is None:
        return None
    allowed = session.plan.tolerance if tolerance is None else tolerance
    rounds = session.rounds_done if upto is None else upto
    found = whole_ratio(session, again, again.twin, LEVELS, rounds)
    blind = (found is None or found.difference is None) and rounds >= FEWEST
    return Canary(again.twin, found, found is not None and _alarms(found, allowed), blind)


def _alarms(ratio: RatioEstimate, tolerance: float) -> bool:
    if ratio.difference is None or ratio.difference.low <= 1 <= ratio.difference.high:
        return False
    return abs(math.log(ratio.estimate)) > math.log1p(tolerance / 2)
