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

    def __call__(self, part: str, detail: str, left_s: float) -> None:
        """Take a report."""
        line = f"{part}, {max(left_s, 0):.0f} s left"
        if self._moving:
            shown = f"{line}: {detail}"[: shutil.get_terminal_size().columns - 1]
            print(f"\r\033[K{shown}", end="", file=sys.stderr, flush=True)
        elif part != self._part:
            print(line, file=sys.stderr, flush=True)
        self._part = part

    def end(self) -> None:
        """Take the line away."""
        if self._moving:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
