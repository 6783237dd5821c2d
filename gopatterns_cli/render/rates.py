"""How many jobs a second were done lately, of a run and of each task."""

from collections import deque

WINDOW_NS = 1_000_000_000
LEAST_NS = 50_000_000
"""A shorter stretch says nothing."""


class Rates:
    """Keeps counts as they were at each look of the last second.

    Times are the run's own, in nanoseconds; `ALL` stands for all tasks together.
    """

    ALL = -1

    def __init__(self) -> None:
        self._looks: deque[tuple[int, dict[int, int]]] = deque()

    @classmethod
    def whole(cls, began_ns: int, now_ns: int, done: dict[int, int]) -> "Rates":
        """Return the rates of a whole run."""
        rates = cls()
        rates.look(began_ns, {})
        rates.look(now_ns, done)
        return rates

    def look(self, now_ns: int, done: dict[int, int]) -> None:
        """Note how many jobs each has done by now."""
        if self._looks and now_ns <= self._looks[-1][0]:
            return
        self._looks.append((now_ns, done))
        while len(self._looks) > 2 and self._looks[1][0] <= now_ns - WINDOW_NS:
            self._looks.popleft()

    def per_s(self, number: int, done: int) -> str:
        """Write the rate of a task, or of all; empty where there is none."""
        if not self._looks:
            return ""
        (then_ns, counts), (now_ns, _) = self._looks[0], self._looks[-1]
        jobs = done - counts.get(number, 0)
        if now_ns - then_ns < LEAST_NS or jobs <= 0:
            return ""
        rate = jobs / ((now_ns - then_ns) / 1e9)
        return f"{rate:,.1f}/s" if rate < 100 else f"{rate:,.0f}/s"
