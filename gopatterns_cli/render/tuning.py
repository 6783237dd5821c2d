"""How far a tuning has come: one line that is written over on a terminal, a line per part elsewhere.

Written to stderr between two processes and never while one times.
"""

import shutil
import sys


class Progress:
    """Says what is about to be done, and how much time is left."""

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._part = ""

    def __call__(self, words: str, left_s: float) -> None:
        """Take a report."""
        if self._moving:
            line = f"{words}, {max(left_s, 0):.0f} s left"[: shutil.get_terminal_size().columns - 1]
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
            return
        part = words.partition(":")[0]
        if part != self._part:
            print(f"{part}, {max(left_s, 0):.0f} s left", file=sys.stderr, flush=True)
        self._part = part

    def end(self) -> None:
        """Take the line away."""
        if self._moving:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
