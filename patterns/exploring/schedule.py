"""A schedule as a value that can be printed and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Schedule:
    """
    Where a run leaves the plain schedule, in which a task goes on until it stops and the one that is ready
    longest follows.

    `deviations` are pairs: the number of the decision, from 0, and what is taken there in place of 0. A
    decision is a turn with several tasks ready, or a select with several cases ready.

        >>> Schedule.parse("4:1,9:2").deviations
        ((4, 1), (9, 2))
        >>> str(Schedule.of([0, 0, 1, 0]))
        '2:1'
        >>> str(Schedule(()))
        'plain'
    """

    deviations: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, taken: Sequence[int]) -> Self:
        """Return the schedule of a run that took these, decision by decision."""
        return cls(tuple((number, choice) for number, choice in enumerate(taken) if choice))

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read what `str` wrote.

        Raises:
            ValueError: it is no schedule.
        """
        if text.strip() == "plain":
            return cls(())
        pairs = []
        for part in text.split(","):
            number, colon, choice = part.strip().partition(":")
            if not (colon and number.isdecimal() and choice.isdecimal()):
                raise ValueError(f'schedule: found {text!r}, allowed "plain" or pairs like 4:1,9:2')
            pairs.append((int(number), int(choice)))
        return cls(tuple(sorted(dict(pairs).items())))

    def __str__(self) -> str:
        return ",".join(f"{number}:{choice}" for number, choice in self.deviations) or "plain"
