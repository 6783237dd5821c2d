"""How a demo is shown while it runs: live lanes on a terminal, plain lines elsewhere, nothing beside JSON.

A view is a context manager around the run. It draws from a thread of its own, so that the demo never
waits for a terminal or a pipe; and the longer a picture takes to draw, the fewer there are. One that stops
after each event draws between two of them.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from gopatterns_cli import figures
from gopatterns_cli.live.keys import Keys
from gopatterns_cli.live.stepping import KEYS
from gopatterns_cli.live.watch import Cancel, Watch
from gopatterns_cli.render.drawing import paragraphs
from gopatterns_cli.render.gauges import gauges
from gopatterns_cli.render.glyphs import glyphs
from gopatterns_cli.render.lanes import Lanes
from gopatterns_cli.render.rates import Rates

FRAME_S = 0.1
"""At most ten pictures a second."""

SHARE = 0.02
"""How much of the time pictures may take: Python draws and runs the demo in turns."""

LINES = 100
"""Runs of more jobs print one line per tenth of them."""

LINES_AROUND = 4
"""What stands around lanes and gauges: title, bar, an empty line and the prompt."""

SHOWN_CANCELS = 3
FEWEST_LANES = 5


class Picture:
    """The whole of what is shown, drawn again and again.

    Args:
        watch: what the tasks do.
        title: what runs, in a line.
        jobs: how many there will be; None where nobody knows.
        total_ns: how long the run will take; 0 where nobody knows.
    """

    def __init__(self, watch: Watch, title: str, jobs: int | None, total_ns: int) -> None:
        self._watch = watch
        self._title = title
        self._jobs = jobs
        self._lanes = Lanes(watch, total_ns)
        self._rates = Rates()

    def drawn(self, columns: int, lines: int, now_ns: int, last: str = "", *, over: bool = False) -> Text:
        """Draw it once, for a screen of this size; `last` stands below everything.

        Rates are those of the last second; of the whole run when it is `over`.
        """
        watch = self._watch
        done = {number: lane.done for number, lane in list(watch.lanes.items())}
        done[Rates.ALL] = watch.done
        self._rates.look(now_ns, done)
        rates = Rates.whole(watch.began_ns or 0, now_ns, done) if over else self._rates
        levels = watch.things.levels(now_ns)
        cancels = [_cancel(cancel, watch, columns) for cancel in list(watch.cancels)[-SHOWN_CANCELS:]]
        below = [Text(line, style="bold") for line in last.splitlines()]
        title = list(paragraphs([self._title], columns, style="bold"))
        titles = title[0].plain.count("\n") + 1
        room = max(lines - LINES_AROUND - (titles - 1) - len(cancels) - len(below), 2)
        for_gauges = min(len(levels), max(room // 3, room - len(done) - FEWEST_LANES, 0))
        rows = self._lanes.lines(columns, room - for_gauges, now_ns, rates)
        return Text("\n", no_wrap=True).join(
            [
                *title,
                *rows,
                *gauges(levels, columns, min(room - len(rows), len(levels))),
                *cancels,
                self._bar(columns, now_ns, rates),
                *below,
            ]
        )

    def _bar(self, columns: int, now_ns: int, rates: Rates) -> Text:
        """Draw how many jobs are done; a count where nobody knows how many there will be."""
        watch = self._watch
        elapsed = f"{watch.elapsed_ns(now_ns) / 1e9:.2f} s"
        rate = rates.per_s(Rates.ALL, watch.done)
        tail = "  ".join(filter(None, [elapsed, rate]))
        if watch.sampled:
            text = Text(f"at job {watch.top_job:_}  {elapsed}  too fast to show each: some are looked at")
            text.truncate(columns)
            return text
        if self._jobs is None:
            return Text(f"jobs {watch.done:_}  {tail}")
        words = f"jobs {watch.done:_} of {self._jobs:_}  "
        room = max(min(columns - len(words) - len(tail) - 3, 60), 0)
        full = min(room * watch.done // self._jobs, room) if self._jobs else room
        done, left = glyphs("━─", "=-")
        text = Text.assemble(words, (done * full, "green"), (left * (room - full), "dim"), "  ", tail)
        text.truncate(columns)
        return text


class Lines:
    """Jobs as lines, as they are done: for a pipe, and for a terminal that cannot be written over.

    Args:
        watch: what the tasks do.
        title: what runs, in a line.
        jobs: how many there will be; None where nobody knows.
    """

    def __init__(self, watch: Watch, title: str, jobs: int | None) -> None:
        self._watch = watch
        self._title = title
        self._jobs = jobs
        self._done = 0
        self._drawer = Drawer(self._print_new)

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
        watch, jobs = self._watch, self._jobs
        while watch.finished:
            at_ns, name, job = watch.finished.popleft()
            self._done += 1
            if jobs is None or jobs <= LINES:
                print(f"{watch.elapsed_ns(at_ns) / 1e9:8.3f} s  {name}  job {job} done")
            elif self._done * 10 // jobs > (self._done - 1) * 10 // jobs:
                print(f"{watch.elapsed_ns(at_ns) / 1e9:8.3f} s  {self._done:_} of {jobs:_} jobs done")
        sys.stdout.flush()


class Screen:
    """A picture that is drawn over itself; its last state stays.

    Args:
        picture: what is drawn.
        console: where.
        now_ns: the run's time.
    """

    def __init__(self, picture: Picture, console: Console, now_ns: Callable[[], int]) -> None:
        self._picture = picture
        self._console = console
        self._now_ns = now_ns
        self._below = ""
        self._over = False
        self._live = Live(
            get_renderable=self._frame,
            console=console,
            auto_refresh=False,
            transient=False,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )

    def start(self) -> None:
        """Draw it once: the first picture loads what draws, which is not the demo's time."""
        self._live.start()
        self._live.refresh()

    def draw(self, below: str = "") -> None:
        """Draw it as it is now, with lines below it."""
        self._below = below
        self._live.refresh()

    def tell(self, text: str) -> None:
        """Print something that stays, above the picture."""
        self._console.print(text, markup=False, soft_wrap=True)

    def stop(self) -> None:
        """Leave it as it was at the end."""
        self._below, self._over = "", True
        self._live.stop()

    def _frame(self) -> Text:
        columns, lines = self._console.size
        return self._picture.drawn(columns, lines, self._now_ns(), self._below, over=self._over)


class Moving:
    """A screen that is drawn ten times a second."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._drawer = Drawer(screen.draw)
        self.tell = screen.tell

    def __enter__(self) -> Self:
        self._screen.start()
        self._drawer.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._drawer.stop()
        self._screen.stop()


class Stepped:
    """A screen that shows each event and waits for a key.

    Args:
        screen: where.
        keys: where they come from.
    """

    def __init__(self, screen: Screen, keys: Keys) -> None:
        self._screen = screen
        self._keys = keys
        self.tell = screen.tell

    def __enter__(self) -> Self:
        self._keys.__enter__()
        self._screen.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._screen.stop()
        self._keys.__exit__(*failure)

    def show(self, line: str) -> str:
        """Draw what is known now, with a line about the last event; return the key that was pressed."""
        self._screen.draw(f"{line}\n{KEYS}")
        return self._keys.read()


def is_moving(console: Console) -> bool:
    """Whether what was written can be written over: a pipe is none, whatever FORCE_COLOR says."""
    return console.file.isatty() and console.is_terminal and not console.is_dumb_terminal


class Drawer:
    """Draws from a thread of its own, ten times a second or as often as `SHARE` allows, and at the end."""

    def __init__(self, draw: Callable[[], object]) -> None:
        self._draw = draw
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._again, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Draw what is left, and end."""
        self._over.set()
        self._thread.join()

    def _again(self) -> None:
        rest_s = FRAME_S
        while not self._over.wait(rest_s):
            began_s = time.thread_time()
            self._draw()
            rest_s = max(FRAME_S, (time.thread_time() - began_s) / SHARE)
        self._draw()


def _cancel(cancel: Cancel, watch: Watch, columns: int) -> Text:
    """Say when a cancel went down the tree, whom it found, and how long until all of them knew."""
    words = (
        f"cancelled at {watch.elapsed_ns(cancel.at_ns) / 1e9:.3f} s: {figures.plural(cancel.tasks, 'task')}"
    )
    if cancel.reached:
        took = figures.seconds((cancel.last_ns - cancel.at_ns) / 1e9)
        words += f", {cancel.reached:,} went on within {took}"
    text = Text(words, style="red")
    text.truncate(columns, overflow="ellipsis")
    return text
