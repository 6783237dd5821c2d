"""How a demo is shown while it runs: live lanes on a terminal, plain lines elsewhere, nothing beside JSON.

A view is a context manager around the run. It draws from a thread of its own, so that the demo never
waits for a terminal or a pipe.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from gopatterns_cli.render.lanes import bar, joined, lanes
from gopatterns_cli.watching import Watch

FRAMES_PER_S = 10
LINES = 100
"""Runs of more jobs print one line per tenth of them."""


def view(
    watch: Watch, console: Console, title: str, jobs: int | None, total_ns: int, now_ns: Callable[[], int]
) -> AbstractContextManager[object]:
    """Return what to run the demo in: lanes that move, or lines as they come."""
    if not is_moving(console):
        print(title, flush=True)
        return _lines(watch, jobs)

    def frame() -> Text:
        return picture(watch, console, title, jobs, total_ns, now_ns())

    return Live(
        get_renderable=frame,
        console=console,
        refresh_per_second=FRAMES_PER_S,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def is_moving(console: Console) -> bool:
    """Whether what was written can be written over: a pipe is none, whatever FORCE_COLOR says."""
    return console.file.isatty() and console.is_terminal and not console.is_dumb_terminal


def picture(watch: Watch, console: Console, title: str, jobs: int | None, total_ns: int, now_ns: int) -> Text:
    """Draw the whole of it once."""
    columns, lines = console.size
    rows = lanes(watch, columns, lines, now_ns, total_ns)
    return joined([Text(title, style="bold", overflow="ellipsis"), *rows, bar(watch, jobs, columns, now_ns)])


@contextmanager
def _lines(watch: Watch, jobs: int | None) -> Iterator[None]:
    """Print jobs as they are done, from a thread that looks ten times a second."""
    over = threading.Event()
    printer = threading.Thread(target=_print_until, args=(watch, jobs, over), daemon=True)
    printer.start()
    try:
        yield
    finally:
        over.set()
        printer.join()


def _print_until(watch: Watch, jobs: int | None, over: threading.Event) -> None:
    shown = 0
    while True:
        last_look = over.wait(1 / FRAMES_PER_S)
        while watch.finished:
            at_ns, name, job = watch.finished.popleft()
            shown += 1
            if jobs is None or jobs <= LINES:
                print(f"{watch.elapsed_ns(at_ns) / 1e9:8.3f} s  {name}  job {job} done")
            elif shown * 10 // jobs > (shown - 1) * 10 // jobs:
                print(f"{watch.elapsed_ns(at_ns) / 1e9:8.3f} s  {shown:_} of {jobs:_} jobs done")
        sys.stdout.flush()
        if last_look:
            return
