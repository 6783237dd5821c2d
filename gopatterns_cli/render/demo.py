"""How a demo is shown while it runs: live lanes on a terminal, plain lines elsewhere, nothing beside JSON.

A view is a context manager around the run. Lanes are drawn in the demo's own thread, ten times a second,
where the terminal takes them at once; the longer a picture takes to draw, the fewer there are. Lines are
printed from a thread, so that the demo never waits for a pipe. One that stops after each event draws between
two of them.
"""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

from rich.console import Console

from gopatterns_cli.live.keys import Keys
from gopatterns_cli.live.stepping import KEYS
from gopatterns_cli.live.ticking import Ticks
from gopatterns_cli.live.watch import Watch
from gopatterns_cli.render.redrawn import Screen

FRAME_S = 0.1
"""At most ten pictures a second."""

SHARE, BUSY_SHARE = 0.02, 0.005
"""How much of the time pictures may take: Python draws and runs the demo in turns. Less of it where tasks
never wait, so that a picture is the demo's time."""

LINES = 100
"""Runs of more jobs print one line per tenth of them."""


class Lines:
    """Jobs as lines, as they are done: for a pipe, and for a terminal that cannot be written over.

    Args:
        watch: what the tasks do.
        title: what runs, in a line.
        steps: how many there will be, one per job or one per job and stage; None where nobody knows.
    """

    def __init__(self, watch: Watch, title: str, steps: int | None) -> None:
        self._watch = watch
        self._title = title
        self._steps = steps
        self._done = 0
        self._drawer = Drawer(self._print_new, watch, apart=True)

    def __enter__(self) -> Self:
        print(self._title, flush=True)
        self._drawer.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._drawer.stop()
        if self._watch.sampled:
            print("jobs were done too fast to take note of each")

    def _print_new(self) -> None:
        """Print the jobs that were done since the last look."""
        watch, steps = self._watch, self._steps
        while watch.finished:
            at_ns, name, job, jobs = watch.finished.popleft()
            self._done += 1
            at = f"{watch.elapsed_ns(at_ns) / 1e9:8.3f} s"
            if steps is None or steps <= LINES:
                print(f"{at}  {name}  job {job} done")
            elif self._done * 10 // steps > (self._done - 1) * 10 // steps:
                of = f"{self._done:_} of {steps:_}"
                print(f"{at}  {jobs:_} jobs, {of} steps done" if watch.staged else f"{at}  {of} jobs done")
        sys.stdout.flush()


class Moving:
    """A screen that is drawn ten times a second."""

    def __init__(self, screen: Screen, watch: Watch) -> None:
        self._screen = screen
        self._drawer = Drawer(screen.draw, watch, is_free=screen.is_free)
        self._undo = ExitStack()
        self.tell = screen.tell

    def __enter__(self) -> Self:
        with ExitStack() as undo:  # an interrupt may come as soon as there is something to see
            undo.callback(self._screen.stop)
            self._screen.start()
            undo.callback(self._drawer.stop)
            self._drawer.start()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *failure: object) -> None:
        self._undo.close()


class Stepped:
    """A screen that shows each event and waits for a key.

    Args:
        screen: where.
        keys: where they come from.
    """

    def __init__(self, screen: Screen, keys: Keys) -> None:
        self._screen = screen
        self._keys = keys
        self._undo = ExitStack()
        self.tell = screen.tell

    def __enter__(self) -> Self:
        with ExitStack() as undo:  # an interrupt may come as soon as there is something to see
            undo.enter_context(self._keys)
            undo.callback(self._screen.stop)
            self._screen.start()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *failure: object) -> None:
        self._undo.close()

    def show(self, line: str) -> str:
        """Draw what is known now, with a line about the last event; return the key that was pressed."""
        self._screen.draw(f"{line}\n{KEYS}")
        self._screen.wait()
        return self._keys.read()


def is_moving(console: Console) -> bool:
    """Whether what was written can be written over: a pipe is none, whatever FORCE_COLOR says."""
    return console.file.isatty() and console.is_terminal and not console.is_dumb_terminal


class Drawer:
    """Draws ten times a second or as often as `SHARE` allows, and at the end.

    Args:
        draw: draws once.
        watch: what the tasks do.
        is_free: whether a picture would be taken at once; one that would not is left out.
        apart: draw from a thread.
    """

    def __init__(
        self,
        draw: Callable[[], object],
        watch: Watch,
        *,
        is_free: Callable[[], bool] = lambda: True,
        apart: bool = False,
    ) -> None:
        self._draw = draw
        self._watch = watch
        self._is_free = is_free
        self._rests_until_s = 0.0
        self._ticks = Ticks(self._again, FRAME_S, apart=apart)

    def start(self) -> None:
        """Begin."""
        self._ticks.__enter__()

    def stop(self) -> None:
        """Draw what is left, and end."""
        self._ticks.__exit__()
        self._draw()

    def _again(self) -> None:
        if not self._is_free() or time.monotonic() < self._rests_until_s:
            return
        began_s = time.thread_time()
        self._draw()
        share = BUSY_SHARE if self._watch.sampled else SHARE
        self._rests_until_s = time.monotonic() + (time.thread_time() - began_s) / share
