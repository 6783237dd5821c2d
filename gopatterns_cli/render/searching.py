"""How far a search for a failing schedule has come, on a terminal."""

import sys
import time


class Progress:
    """Says on a terminal, a few times a second, how far a search has come."""

    EVERY_S = 0.25

    def __init__(self, schedules: int) -> None:
        self._schedules = schedules
        self._began_s = self._said_s = time.monotonic()
        self._moving = sys.stderr.isatty()

    def __call__(self, done: int, distinct: int) -> None:
        """Take a report."""
        now_s = time.monotonic()
        if self._moving and now_s - self._said_s >= self.EVERY_S:
            self._said_s = now_s
            rate = done / (now_s - self._began_s)
            line = f"{done:,} of {self._schedules:,} schedules, {distinct:,} distinct, {rate:,.0f} per second"
            print(f"\r\033[K{line}\r", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._moving:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
