"""Virtual time at a pace that can be watched: so many virtual seconds in each real one.

The simulator jumps from one event to the next. `Pace.observe` stands in front of whoever watches, and holds
each event back until its time has come; nothing of the schedule changes by that.
"""

import time
from collections.abc import Callable
from typing import Any

GLANCE_S = 0.05
"""How long Ctrl-C waits at the most."""


class Pace:
    """Holds events back.

    Args:
        speed: virtual seconds in a real second, above 0.
        observe: told of each event in its time.
        clock: seconds, always rising.
        rest: sleeps.
    """

    def __init__(
        self,
        speed: float,
        observe: Callable[[int, Any, str, Any], None],
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._speed = speed
        self._observe = observe
        self._clock = clock
        self._rest = rest
        self._began_s: float | None = None
        self._reached_ns = 0
        self._next_ns = 0

    def observe(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        """Wait until an event's time has come, or somebody has interrupted the run; then pass it on."""
        if self._began_s is None:
            self._began_s = self._clock()
        if at_ns > self._reached_ns:
            self._next_ns = at_ns
            self._wait(self._began_s + at_ns / 1e9 / self._speed, task)
            self._reached_ns = at_ns
        self._observe(at_ns, task, verb, subject)

    @property
    def now_ns(self) -> int:
        """The virtual time that is shown now: it passes while an event is held back."""
        if self._began_s is None:
            return 0
        passed_ns = int((self._clock() - self._began_s) * self._speed * 1e9)
        return max(min(passed_ns, self._next_ns), self._reached_ns)

    def _wait(self, until_s: float, task: Any) -> None:
        while (left_s := until_s - self._clock()) > 0 and getattr(task.driver, "interrupted", None) is None:
            self._rest(min(left_s, GLANCE_S))
