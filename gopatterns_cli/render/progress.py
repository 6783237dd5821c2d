"""How far a session has come: one line that is written over on a terminal, a line per round elsewhere.

Written to stderr between two workers and never while one times.
"""

import sys
import time

from gopatterns_cli.session import Session


class Progress:
    """Counts the workers that are done and guesses the time left from the time taken so far."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._done = 0
        self._moving = sys.stderr.isatty()
        self._round = -1
        self._width = 0

    def __call__(self, session: Session, done: int, cell: str) -> None:
        """Say what is about to run."""
        plan = session.plan
        calibrating = not plan.loops
        number = 0 if calibrating else session.rounds_done + 1
        workers = len(plan.cells) if calibrating else len(session.going)
        look = next(look.rounds for look in plan.looks if look.rounds >= number)
        stage = "calibrating" if calibrating else f"round {number} of {look}"
        rounds_left = look if calibrating else look - number
        left = self._left(workers - done + rounds_left * workers, session)
        line = f"{stage}, {done + 1} of {workers}, {left} left"
        if self._moving:
            self._overwrite(f"{line}: {cell}")
        elif number != self._round:
            print(line, file=sys.stderr, flush=True)
        self._round = number
        self._done += 1

    def end(self) -> None:
        """Take the line away."""
        if self._moving:
            self._overwrite("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _left(self, workers: int, session: Session) -> str:
        """Guess what so many workers take, which is until the next look."""
        planned = (session.plan.rounds + 1) * len(session.plan.measured)
        each_s = (
            (time.monotonic() - self._began_s) / self._done
            if self._done
            else session.plan.expected_s / planned
        )
        left_s = round(each_s * workers)
        return f"{left_s // 60} min {left_s % 60:02} s" if left_s >= 60 else f"{left_s} s"

    def _overwrite(self, line: str) -> None:
        print("\r" + line[: _columns()].ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = min(len(line), _columns())


def _columns() -> int:
    import shutil  # noqa: PLC0415 - only on a terminal

    return shutil.get_terminal_size().columns - 1
