"""`gopat run` on a real terminal, as an emulator sees it: nothing torn, nothing left over, at every size."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

pyte = pytest.importorskip("pyte", reason="pyte is not installed: gopat[test]")

CONTROLLING = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from gopatterns_cli.__main__ import main
raise SystemExit(main())
"""
"""A program that takes the terminal for its own, so that keys can interrupt it."""

COLOUR = re.compile(rb"\x1b\[[0-9;]*3[0-7]m")
POOL = ("run", "worker-pool", "--workers", "4", "--jobs", "8", "--latency", "100ms")


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, arguments, columns, lines, environment):
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.chunks = []
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.before = self.modes()
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            environment.setdefault(name, None)
        whole = {**os.environ, "TERM": "xterm-256color", **environment}
        self.process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLING, *arguments],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={name: value for name, value in whole.items() if value is not None},
        )  # fmt: skip
        os.close(slave)

    def read(self):
        """Take one piece of output; False at its end."""
        try:
            chunk = os.read(self._master, 65_536)
        except OSError:
            return False
        self.chunks.append(chunk)
        self.stream.feed(chunk)
        return bool(chunk)

    def modes(self):
        """What the terminal does with keys: echoes them, keeps them until the end of a line."""
        return termios.tcgetattr(self._master)[3]

    def until(self, text, seconds=20.0):
        """Read until a text stands on the screen."""
        over = time.monotonic() + seconds
        while not any(text in line for line in self.screen.display):
            assert time.monotonic() < over, "\n".join(self.screen.display)
            assert self.read(), "\n".join(self.screen.display)

    def type(self, keys):
        """Press keys."""
        os.write(self._master, keys.encode())

    def ended(self):
        """Read to the end; return the exit code and what stands on the screen."""
        while self.read():
            pass
        return self.process.wait(20), [line.rstrip() for line in self.screen.display]

    def close(self):
        """End what is left."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture
def terminal():
    """Run a command on a terminal; what is left of it ends with the test."""
    started = []

    def start(arguments, columns=80, lines=24, **environment):
        started.append(Terminal(arguments, columns, lines, environment))
        return started[-1]

    yield start
    for one in started:
        one.close()


CASCADE = ("run", "cascade", "--latency", "50ms", "--after", "300ms")


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("arguments", [POOL, CASCADE], ids=lambda arguments: arguments[1])
def test_the_last_picture_stays_once_above_the_summary(terminal, arguments, columns):
    code, lines = terminal(arguments, columns, 40).ended()
    assert code == 0
    titles = [number for number, line in enumerate(lines) if line.startswith(f"{arguments[1]} on asyncio")]
    assert titles == [0]
    assert sum(line.lstrip().startswith("worker 1 ") for line in lines) == 1
    assert sum(line.startswith("jobs ") for line in lines) == 1
    assert any(line.startswith("leaked tasks") for line in lines)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_last_picture_keeps_the_tree_and_what_a_short_demo_used(terminal, columns):
    code, lines = terminal(CASCADE, columns, 40).ended()
    assert code == 0
    assert [line.split()[:3] for line in lines if line.startswith("context ")] == [
        ["context", "1", "cancelled"], ["context", "2", "cancelled"],
    ]  # fmt: skip
    short = ("run", "semaphore", "--latency", "1ms", "--permits", "2", "--jobs", "6")
    code, lines = terminal(short, columns, 40).ended()
    assert code == 0
    (gauge,) = (line for line in lines if line.startswith("semaphore  "))
    assert "0/2" in gauge
    assert gauge.endswith("most 2")


def test_jobs_of_a_pipeline_are_what_the_user_calls_so(terminal):
    code, lines = terminal(("run", "pipeline", "--jobs", "9", "--stages", "5", "--buffer", "1")).ended()
    assert code == 0
    (bar,) = (line for line in lines if line.startswith("jobs "))
    assert bar.startswith("jobs 9  steps 35 of 35  ")


def test_a_picture_is_written_in_one_piece_so_that_nobody_sees_half_of_it(terminal):
    shown = terminal(POOL)
    shown.until("worker 4")
    torn = 0
    while shown.read():
        torn += not shown.screen.display[0].strip()
    assert torn == 0


def test_the_cursor_comes_back(terminal):
    shown = terminal(POOL)
    shown.ended()
    written = b"".join(shown.chunks)
    assert written.count(b"\x1b[?25l") == written.count(b"\x1b[?25h") == 1


def test_without_colour_there_is_none_and_with_it_there_is(terminal):
    plain, coloured = terminal(POOL, NO_COLOR="1"), terminal(POOL)
    assert (plain.ended()[0], coloured.ended()[0]) == (0, 0)
    assert COLOUR.search(b"".join(plain.chunks)) is None
    assert COLOUR.search(b"".join(coloured.chunks)) is not None


def test_a_terminal_that_cannot_be_written_over_gets_lines(terminal):
    code, lines = terminal(POOL, lines=40, TERM="dumb").ended()
    assert code == 0
    assert sum(line.endswith("done") and "job" in line for line in lines) == 8


def test_states_and_channels_are_seen_while_it_runs(terminal):
    shown = terminal(("run", "pipeline", "--jobs", "400", "--latency", "50ms", "--buffer", "2"))
    shown.until("working")
    shown.until("0/2 values")
    shown.until("stage 2 square")
    shown.process.send_signal(signal.SIGINT)
    assert shown.ended()[0] == 130


STEPPED = ("run", "worker-pool", "--runtime", "simulator", "--step")


def test_a_step_is_shown_and_waits_for_a_key(terminal):
    shown = terminal(STEPPED, lines=40)
    shown.until("0.000000 s  main is started")
    shown.type("t")
    shown.until("1.000000 s  worker")
    shown.type("c")
    code, lines = shown.ended()
    assert code == 0
    assert any(line.startswith("elapsed            2.000 s") for line in lines)


@pytest.mark.parametrize("keys", ["q", " q", "\x03", "  \x03"])
def test_a_simulation_can_be_left_at_any_step(terminal, keys):
    shown = terminal(STEPPED)
    shown.until("main is started")
    shown.type(keys)
    code, lines = shown.ended()
    assert code == 130
    assert not any("Warning" in line for line in lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("arguments", [("run", "pipeline", "--jobs", "400", "--latency", "50ms"), STEPPED])
def test_a_terminal_is_as_it_was_however_the_run_is_ended(terminal, number, arguments):
    shown = terminal(arguments)
    shown.until("worker-pool on" if arguments is STEPPED else "stage 2 square")
    shown.process.send_signal(number)
    assert shown.ended()[0] == 130
    written = b"".join(shown.chunks)
    assert written.rfind(b"\x1b[?25h") > written.rfind(b"\x1b[?25l") > -1
    assert shown.modes() == shown.before


def test_what_tasks_wait_for_stays_above_the_picture(terminal):
    shown = terminal(("run", "pipeline", "--jobs", "400", "--latency", "50ms"), 100, 60)
    shown.until("stage 2 square")
    shown.process.send_signal(signal.SIGQUIT)
    shown.until("main waits for")
    shown.until("jobs 3")
    shown.process.send_signal(signal.SIGINT)
    code, lines = shown.ended()
    assert code == 130
    told = [number for number, line in enumerate(lines) if "main waits for" in line]
    (title,) = (number for number, line in enumerate(lines) if line.startswith("pipeline on asyncio"))
    assert len(told) == 1
    assert told[0] < title


def test_a_title_that_is_wider_than_the_screen_goes_on_below(terminal):
    code, lines = terminal((*POOL, "--ordered"), 40, 40).ended()
    assert code == 0
    assert " ".join(line.strip() for line in lines[:3]).startswith(
        "worker-pool on asyncio: 8 jobs of 100ms, 4 workers"
    )


def test_a_small_terminal_sums_up_what_finds_no_room(terminal):
    many = ("run", "worker-pool", "--workers", "50", "--jobs", "100", "--latency", "50ms")
    code, lines = terminal(many, 60, 30).ended()
    assert code == 0
    assert any(line.startswith("ended  50") for line in lines)
    assert not any(line.startswith("worker 1") for line in lines)
