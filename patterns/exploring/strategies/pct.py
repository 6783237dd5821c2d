"""
Probabilistic concurrency testing: priorities at random, lowered at a few turns chosen at random.

Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic guarantees of
finding bugs", ASPLOS 2010. A bug of depth d, one that needs d events in a certain order, is found by each
schedule with a chance of at least 1 / (n k^(d - 1)), for n tasks and k turns.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from patterns.exploring.strategies import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from patterns.exploring.director import Attempt


class Strategy:
    """The scheduler of the paper; `depth` is d. How many tasks and turns there are is learnt on the way."""

    def __init__(self, *, seed: int, depth: int, **others: int) -> None:
        del others
        self._random = Random(seed)
        self._depth = depth
        self._tasks = self._turns = 1
        self._priorities: dict[Any, float] = {}
        self._changes: dict[int, int] = {}
        self._turn = 0
        self._lowest = 0

    def begin(self) -> bool:
        """Draw the turns at which the priority of whoever has it is lowered: there is always one more."""
        self._priorities.clear()
        self._turn = self._lowest = 0
        among = range(1, self._turns + 1)
        drawn = self._random.sample(among, min(self._depth - 1, len(among)))
        self._changes = {turn: self._depth - 1 - rank for rank, turn in enumerate(drawn)}
        return True

    def choose(self, ready: Sequence[Any], last: Turn) -> int:
        """Return the index of the highest priority; a task that gave way has the lowest of all."""
        self._turn += 1
        priorities = self._priorities
        if last is Turn.GAVE_WAY:
            self._lowest -= 1
            priorities[ready[-1]] = self._lowest
        for task in ready:
            if task not in priorities:
                priorities[task] = self._depth + self._random.random()
        first = max(ready, key=priorities.__getitem__)
        if self._turn in self._changes:
            priorities[first] = self._changes[self._turn]
            first = max(ready, key=priorities.__getitem__)
        return ready.index(first)

    def pick(self, count: int) -> int:
        """Return any number below `count`."""
        return int(self._random.random() * count)

    def ended(self, attempt: Attempt) -> None:
        """Learn how many tasks there are, and how many turns with more than one ready."""
        self._tasks = max(self._tasks, attempt.tasks)
        self._turns = max(self._turns, self._turn)

    def missed(self, schedules: int) -> str:
        """Return the chance that a bug of this depth was missed, by the paper's bound."""
        found = 1 / (self._tasks * self._turns ** (self._depth - 1))
        plural = "s" * (self._depth != 1)
        return (
            f"a bug that needs {self._depth} event{plural} in a certain order, with a chance of at most "
            f"{(1 - found) ** schedules:.2%} ({self._tasks} tasks, {self._turns} turns)"
        )
