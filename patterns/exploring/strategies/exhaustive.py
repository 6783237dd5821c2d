"""
Every schedule with few preemptions: first those with none, then with one, up to the bound.

Source: Musuvathi, Qadeer, "Iterative context bounding for systematic testing of multithreaded programs", PLDI
2007.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from patterns.exploring.strategies import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from patterns.exploring.director import Attempt


class Fork(NamedTuple):
    """A decision: what was taken of how many, what became of the task before, the preemptions until then."""

    taken: int
    among: int
    last: Turn
    spent: int

    def cost(self, taken: int) -> int:
        """Return how many preemptions it is to take that one."""
        if self.last is Turn.COULD_GO_ON:
            return int(taken > 0)
        return int(self.last is Turn.GAVE_WAY and taken == self.among - 1)


class Strategy:
    """Depth first, over the decisions of a program that does the same under the same ones."""

    def __init__(self, *, preemptions: int, **others: int) -> None:
        del others
        self._most = preemptions
        self._bound = 0
        self._path: list[Fork] = []
        self._at = -1
        self._complete = -1
        self._cut = self._over = False

    def begin(self) -> bool:
        """Turn back to the last decision that can be taken otherwise; False when all were."""
        if self._at < 0:
            self._at = 0
            return True
        self._at = 0
        while self._path:
            fork = self._path.pop()
            taken = fork.taken + 1
            while taken < fork.among and fork.spent + fork.cost(taken) > self._bound:
                self._cut = True
                taken += 1
            if taken < fork.among:
                self._path.append(fork._replace(taken=taken))
                return True
        self._complete = self._bound
        self._bound += 1
        more, self._cut = self._cut, False
        self._over = not more
        return more and self._bound <= self._most

    def choose(self, ready: Sequence[Any], last: Turn) -> int:
        """Go the way again, and on from its end without preemptions."""
        taken = self._take(len(ready), last)
        return (taken - 1) % len(ready) if last is Turn.COULD_GO_ON else taken

    def pick(self, count: int) -> int:
        """Take each case of a select in its turn."""
        return self._take(count, Turn.STOPPED)

    def ended(self, attempt: Attempt) -> None:
        """Learn nothing."""

    def missed(self, schedules: int) -> str:
        """Return how far the search came."""
        del schedules
        if self._over:
            return "nothing: every schedule was run"
        if self._complete < 0:
            return "failures without any preemption, too: there are more such schedules"
        more = self._complete + 1
        return f"failures that need {more} preemption{'s' * (more != 1)} or more; none needs fewer"

    def _take(self, count: int, last: Turn) -> int:
        at, self._at = self._at, self._at + 1
        if at == len(self._path):
            before = self._path[-1] if self._path else None
            spent = 0 if before is None else before.spent + before.cost(before.taken)
            self._path.append(Fork(0, count, last, spent))
        fork = self._path[at]
        if (fork.among, fork.last) != (count, last):
            raise NotRepeatableError
        return fork.taken


class NotRepeatableError(Exception):
    """A program did something else under the same decisions."""

    def __init__(self) -> None:
        super().__init__(
            "the program does not do the same under the same schedule: it uses chance, time, an id or the "
            "order of a set, or keeps something from one run to the next"
        )
