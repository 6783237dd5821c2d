"""A picture drawn over itself, whatever becomes of its terminal's width."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import nullcontext, suppress
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from rich.text import Text

from gopatterns_cli.live.watch import Watch
from gopatterns_cli.render import demo
from gopatterns_cli.render.demo import Drawer, Moving, Stepped
from gopatterns_cli.render.lanes import WIDE, legend
from gopatterns_cli.render.redrawn import Screen

ROOT = Path(__file__).parents[2]
UP, EMPTY = "\x1b[1A", "\x1b[2K"
CUT_OFF, BREAK = "\x1b[?7l", "\x1b[?7h"


class Picture:
    """Lines of given widths."""

    def __init__(self, *widths):
        self.text = "\n".join("x" * width for width in widths)

    def drawn(self, columns, lines, now_ns, last, *, over):
        return Text(self.text, no_wrap=True)


def frames(picture, sizes):
    """Return what is written for each picture, on a terminal of these sizes one after another."""
    console = Console(
        file=StringIO(), force_terminal=True, color_system=None, legacy_windows=False, _environ={}
    )
    screen = Screen(picture, console, lambda: 0)
    written = []
    for number, size in enumerate(sizes):
        console.size = size
        began = console.file.tell()
        screen.draw() if number else screen.start()
        written.append(console.file.getvalue()[began:])
    return written


def test_it_goes_back_over_the_lines_it_has_drawn():
    first, second = frames(Picture(5, 3, 0), [(20, 10)] * 2)
    assert (first.count(UP), first.count(EMPTY)) == (0, 0)
    assert (second.count(UP), second.count(EMPTY)) == (2, 3)


def test_on_a_terminal_that_became_narrower_it_goes_back_over_the_rows_that_lines_were_broken_into():
    _, second, third = frames(Picture(20, 5, 10, 11), [(20, 10), (10, 10), (20, 10)])
    assert (second.count(UP), second.count(EMPTY)) == (2 + 1 + 1 + 2 - 1, 6)
    assert third.count(UP) == 3


def test_wide_characters_count_for_two_columns():
    picture = Picture()
    picture.text = "任务" * 5
    assert frames(picture, [(20, 10), (10, 10)])[1].count(UP) == 1


def test_lines_are_cut_off_and_not_broken_where_the_terminal_is_narrower_than_it_says():
    for written in frames(Picture(5, 3), [(20, 10)] * 2):
        before, cut = written.split(CUT_OFF)
        assert "x" not in before
        assert cut == f"xxxxx\nxxx{BREAK}"


def test_a_picture_that_is_higher_than_its_terminal_is_cropped():
    assert frames(Picture(*[3] * 9), [(20, 5)])[0].count("xxx") == 5


def test_what_is_told_stays_above_and_may_be_broken():
    console = Console(file=StringIO(), force_terminal=True, color_system=None, legacy_windows=False, width=20)
    screen = Screen(Picture(5), console, lambda: 0)
    screen.start()
    screen.tell("told")
    told, drawn = console.file.getvalue().split(BREAK)[1:]
    assert told.index("told\n") < told.index(CUT_OFF) < told.index("xxxxx")
    assert drawn == ""


@pytest.mark.parametrize(
    "view",
    [lambda screen: Moving(screen, Watch(line_per_job=False)), lambda screen: Stepped(screen, nullcontext())],
)
def test_an_interrupt_that_comes_with_the_first_picture_leaves_the_cursor_where_it_was(view):
    class Interrupted(Picture):
        def drawn(self, *size, **how):
            text, self.drawn = super().drawn(*size, **how), super().drawn
            raise KeyboardInterrupt(text)

    console = Console(file=StringIO(), force_terminal=True, color_system=None, legacy_windows=False, width=20)
    with pytest.raises(KeyboardInterrupt), view(Screen(Interrupted(5), console, lambda: 0)):
        pass
    written = console.file.getvalue()
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l") > -1


class Tmux:
    """A shell in a real terminal, which breaks and joins lines as it is made narrower and wider."""

    def __init__(self, name, columns, lines):
        self._command = ["tmux", "-L", name, "-f", "/dev/null"]
        shell = "env -u COLUMNS -u LINES -u NO_COLOR PS1='$ ' bash --norc --noprofile"
        self("new-session", "-d", "-x", str(columns), "-y", str(lines), "-c", str(ROOT), shell)

    def __call__(self, *arguments):
        return subprocess.run(
            [*self._command, *arguments], capture_output=True, text=True, check=True, timeout=20
        ).stdout

    def lines(self):
        """Return what stands there and what has gone out at the top."""
        return [line.rstrip() for line in self("capture-pane", "-p", "-S", "-200").splitlines()]

    def until(self, holds, seconds=60.0):
        """Wait until the lines are as they should be, and return them."""
        over = time.monotonic() + seconds
        while not holds(lines := self.lines()):
            assert time.monotonic() < over, "\n".join(lines)
            time.sleep(0.05)
        return lines


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_terminal_that_is_made_narrower_and_wider_keeps_one_whole_picture_and_what_stood_above(tmp_path):
    tmux = Tmux(f"gopat-{tmp_path.name}-{time.monotonic_ns()}", 110, 30)
    try:
        run = f"{sys.executable} -m gopatterns_cli run pipeline --jobs 4000 --latency 20ms --buffer 2"
        tmux("send-keys", f"for n in $(seq 40); do echo above $n; done; {run}", "Enter")
        tmux.until(lambda lines: any(line.startswith("jobs ") for line in lines))
        for columns in (70, 50, 90, 45, 110):
            tmux("resize-window", "-x", str(columns), "-y", "30")
            lines = tmux.until(lambda lines, wide=columns: is_one_picture(lines, wide))
            assert [line for line in lines if line.startswith("above ")] == [
                f"above {n}" for n in range(1, 41)
            ]
        tmux("send-keys", "C-c")
        assert sum(line.startswith("jobs ") for line in tmux.until(lambda lines: "$" in lines)) == 1
    finally:
        tmux("kill-server")


def is_one_picture(lines, columns):
    """Whether behind what stood above there is one picture, whole, and for this width."""
    last = max(number for number, line in enumerate(lines) if line.startswith("above "))
    picture = [line for line in lines[last + 1 :] if line]
    starts = [line.split("  ")[0] for line in picture]
    titles, legends = (1 if columns >= WIDE else 2), int(columns >= len(legend()))
    return (
        starts[0].startswith("pipeline on asyncio")
        and starts[titles : titles + 3] == ["stage 1 generate", "stage 2 square", "stage 3 keep_even"]
        and len(picture) == titles + 3 + legends + 3 + 1
        and picture[-1].startswith("jobs ")
        and columns - 12 <= max(map(len, picture)) <= columns
    )


# A terminal that takes nothing


@pytest.fixture
def stopped():
    """A screen on a terminal whose reader reads when it is told to, and what that has read."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 90, 100, 0, 0))
    picture, read = Picture(3), []

    def reader():
        with suppress(OSError):
            while part := os.read(master, 65_536):
                read.append(part)

    thread = threading.Thread(target=reader, daemon=True)
    with os.fdopen(slave, "w") as file:
        console = Console(file=file, force_terminal=True, color_system=None, legacy_windows=False)
        screen = Screen(picture, console, lambda: 0)
        screen.start()
        picture.text = "\n".join("x" * 99 for _ in range(20))
        while stays_free(screen):
            screen.draw()
        yield screen, picture, thread, lambda: b"".join(read).decode()
    if thread.ident is not None:
        thread.join()
    os.close(master)


def stays_free(screen):
    """Whether the terminal takes more; a kernel that is busy makes room a while after the last was taken."""
    if not screen.is_free():
        time.sleep(0.1)
    return screen.is_free()


def test_a_terminal_that_takes_nothing_is_drawn_on_no_more_until_it_does(stopped):
    screen, picture, thread, read = stopped
    assert not screen.is_free()
    picture.text = "the end"
    thread.start()
    screen.stop()
    while "\x1b[?25h" not in read():  # the cursor, the last of all
        time.sleep(0.001)
    assert read().count("x" * 99) % 20 == 0  # no half of a picture
    assert read().endswith(f"the end{BREAK}\r\n\x1b[?25h")


def test_what_is_told_on_a_terminal_that_takes_nothing_comes_when_it_does(stopped):
    screen, picture, thread, read = stopped
    screen.tell("what every task waits for")
    picture.text = "the end"
    thread.start()
    screen.stop()
    while "\x1b[?25h" not in read():
        time.sleep(0.001)
    assert read().index("what every task waits for") < read().index("the end")


def test_an_interrupt_ends_the_wait_for_a_terminal_that_takes_nothing(stopped):
    screen, _, thread, _ = stopped
    with pytest.raises(KeyboardInterrupt):
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        screen.stop()
    thread.start()


def test_a_view_that_stops_after_each_event_shows_the_whole_of_it_before_it_waits_for_a_key():
    done = []
    screen = SimpleNamespace(
        start=lambda: None,
        stop=lambda: None,
        tell=None,
        draw=lambda below: done.append("drawn"),
        wait=lambda: done.append("taken"),
    )
    keys = nullcontext()
    keys.read = lambda: done.append("read")
    with Stepped(screen, keys) as view:
        view.show("an event")
    assert done == ["drawn", "taken", "read"]


@pytest.mark.parametrize(("sampled", "rest_s"), [(False, 0.5), (True, 2.0)])
def test_the_longer_a_picture_takes_the_fewer_there_are(monkeypatch, sampled, rest_s):
    """One takes 10 ms, which is 2 % of half a second, and 0.5 % of two."""
    now_s, worked_s, drawn_at = 100.0, 0.0, []

    def draw():
        nonlocal worked_s
        drawn_at.append(now_s - 100.0)
        worked_s += 0.01

    clocks = SimpleNamespace(monotonic=lambda: now_s, thread_time=lambda: worked_s)
    monkeypatch.setattr(demo, "time", clocks)
    watch = Watch(line_per_job=False)
    watch.sampled = sampled
    drawer = Drawer(draw, watch)
    for _ in range(64):
        drawer._again()
        now_s += 0.125
    assert drawn_at == [rest_s * number for number in range(int(8 / rest_s))]


def test_no_picture_is_drawn_on_a_terminal_that_has_not_taken_the_last():
    drawn, free = [], False
    drawer = Drawer(lambda: drawn.append(1), Watch(line_per_job=False), is_free=lambda: free)
    drawer._again()
    assert drawn == []
    free = True
    drawer._again()
    assert drawn == [1]
