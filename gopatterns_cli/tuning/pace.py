"""A user's rate, held: turns that are so many a second at the most."""

import threading
import time


class Pace:
    """Gives turns, from wherever they are asked for.

    Args:
        rate: turns per second at the most; None for no limit.
    """

    def __init__(self, rate: float | None) -> None:
        self.every_s = 0.0 if rate is None else 1 / rate
        self._next_s = 0.0
        self._lock = threading.Lock()

    def wait_s(self) -> float:
        """Take a turn, and return how many seconds there are until then."""
        if not self.every_s:
            return 0.0
        with self._lock:
            now_s = time.monotonic()
            at_s = max(self._next_s, now_s)
            self._next_s = at_s + self.every_s
        return at_s - now_s
