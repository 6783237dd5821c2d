"""What watching a demo costs: its time with nobody watching, counted for --json, and shown on a terminal.

    python tests/show/view_cost.py [--waking] [ROUNDS]

In every round each demo runs once in each way, in fresh processes and in a random order. Printed are the
ratios of the demo's own time, paired by round, with their intervals: a share of 1.05 is 5 % slower. It is a
command and not a test, because no time holds on every machine.

With --waking: what it costs demos that never wait if something wakes beside them as often as a view does, and
does nothing, a thread or the system's timer.
"""

from __future__ import annotations

import fcntl
import os
import pty
import random
import struct
import subprocess
import sys
import termios
import threading
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from gopatterns_cli import figures
from gopatterns_cli.demonstration import tasks_of
from gopatterns_cli.live.ticking import Ticks
from gopatterns_cli.live.watch import Watch
from gopatterns_cli.performing import Stage, performed
from gopatterns_cli.render.demo import FRAME_S
from gopatterns_cli.statistics.ratio import paired
from patterns import catalogue
from patterns.launch import launch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ALONE, COUNTED, SMALL, LARGE = "alone", "counted", "shown 80x24", "shown 200x50"
SIZES = {SMALL: (24, 80), LARGE: (50, 200)}
WAYS = (ALONE, COUNTED, SMALL, LARGE)
THREAD, TIMER = "a thread wakes", "the timer rings"
LEVELS = (0.95, 0.90)


@dataclass(frozen=True)
class Example:
    """A demo and its options."""

    pattern: str
    runtime: str
    options: tuple[tuple[str, float], ...]

    @property
    def name(self) -> str:
        """What is printed of it."""
        return (
            f"{self.pattern} on {self.runtime}, {' '.join(f'{key}={value:g}' for key, value in self.options)}"
        )


POOL = (("workers", 10), ("jobs", 2000), ("latency", 0.001))
MANY = (("workers", 100), ("jobs", 10_000), ("latency", 0.005))
STAGES = (("jobs", 500), ("latency", 0.001), ("stages", 3), ("buffer", 2))
BUSY = (("jobs", 40_000), ("latency", 0.0), ("stages", 3), ("buffer", 0))
EXAMPLES = (
    *(Example("worker-pool", runtime, POOL) for runtime in ("asyncio", "threads", "fibers", "processes")),
    *(Example("worker-pool", runtime, MANY) for runtime in ("asyncio", "threads", "fibers")),
    *(Example("pipeline", runtime, STAGES) for runtime in ("asyncio", "threads", "fibers")),
    *(Example("pipeline", runtime, BUSY) for runtime in ("asyncio", "fibers")),
)


def whole(name: str, value: float) -> float:
    """Return a count as a whole number, and a duration as it is."""
    return value if name == "latency" else int(value)


def child(way: str, number: int) -> None:
    """Run one example one way, and write its seconds to stderr."""
    example = EXAMPLES[number]
    demo = catalogue.load(example.pattern).demo
    options = demo.choose(**{name: whole(name, value) for name, value in example.options})
    if way in {THREAD, TIMER}:
        with Ticks(lambda: None, FRAME_S, apart=way == THREAD):
            outcome = launch(demo.main, options, runtime=example.runtime)
    elif way == ALONE:
        outcome = launch(demo.main, options, runtime=example.runtime, workers=tasks_of(options) or 1)
    else:
        title = "" if way == COUNTED else example.name
        outcome, _ = performed(Watch(line_per_job=False), demo, options, Stage(example.runtime), title)
    print(outcome.elapsed_s, file=sys.stderr)


def run(way: str, number: int) -> float:
    """Run one example one way in a process of its own, on a terminal where it is shown."""
    command = [sys.executable, str(Path(__file__)), "--child", way, str(number)]
    size = SIZES.get(way)
    if size is None:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(done.stderr)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    reader = threading.Thread(target=drain, args=(master,), daemon=True)
    reader.start()
    environment = {**os.environ, "TERM": "xterm-256color"}
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        environment.pop(name, None)
    done = subprocess.run(
        command, stdout=slave, stderr=subprocess.PIPE, text=True, check=True, env=environment
    )
    os.close(slave)
    reader.join(2.0)
    os.close(master)
    return float(done.stderr)


def drain(master: int) -> None:
    """Read what a terminal is sent, and draw nothing."""
    try:
        while os.read(master, 65_536):
            pass
    except OSError:
        return


def table(rounds: int, ways: Sequence[str] = WAYS, examples: Sequence[Example] = EXAMPLES) -> Iterator[str]:
    """Measure, and yield the lines of a table: the first way in seconds, the others over it."""
    seconds: dict[tuple[str, int], list[float]] = {}
    drawn = random.Random(1)
    numbers = [EXAMPLES.index(example) for example in examples]
    for _ in range(rounds):
        order = [(way, number) for way in ways for number in numbers]
        for way, number in drawn.sample(order, len(order)):
            seconds.setdefault((way, number), []).append(run(way, number))
    first, *others = ways
    yield f"| demo | {' | '.join(ways)} |"
    yield "|---|" + "---|" * len(ways)
    for number in numbers:
        alone = seconds[first, number]
        ratios = (figures.ratio(paired(seconds[way, number], alone, LEVELS)) for way in others)
        yield f"| {EXAMPLES[number].name} | {figures.seconds(median(alone))} | {' | '.join(ratios)} |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]))
    else:
        *waking, count = sys.argv[1:] if sys.argv[-1].isdecimal() else [*sys.argv[1:], "8"]
        shown = table(int(count), (ALONE, THREAD, TIMER), EXAMPLES[-2:]) if waking else table(int(count))
        print(*shown, sep="\n")
