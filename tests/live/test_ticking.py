"""What is done again and again beside a run."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time

import pytest

from gopatterns_cli.live.ticking import Ticks
from patterns import run, sleep

EVERY_S = 0.002


@pytest.fixture(autouse=True)
def _a_timer_that_nobody_uses():
    """Whoever watches over the tests may use it."""
    left_s, every_s = signal.setitimer(signal.ITIMER_REAL, 0.0)
    handler = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, left_s, every_s)


def until(true, at_most_s=20.0):
    """Compute until something is true; what ticks comes in between."""
    end_s = time.monotonic() + at_most_s
    while not true():
        assert time.monotonic() < end_s
    return True


def threads_of(calls):
    return {thread.name for thread in calls}


@pytest.mark.parametrize("apart", [False, True])
def test_it_is_called_again_and_again_until_its_block_is_left(apart):
    calls = []
    with Ticks(lambda: calls.append(threading.current_thread()), EVERY_S, apart=apart):
        until(lambda: len(calls) >= 3)
    after = len(calls)
    time.sleep(10 * EVERY_S)
    assert len(calls) == after
    assert (threads_of(calls) == {threading.main_thread().name}) is not apart


def test_the_timer_is_off_afterwards_and_a_late_signal_ends_nothing():
    calls = []
    with Ticks(lambda: calls.append(1), EVERY_S), Ticks(lambda: None, EVERY_S):
        assert signal.getitimer(signal.ITIMER_REAL)[1] == pytest.approx(EVERY_S)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    before = len(calls)
    signal.raise_signal(signal.SIGALRM)
    assert len(calls) == before
    with Ticks(lambda: calls.append(1), EVERY_S):
        assert signal.getitimer(signal.ITIMER_REAL)[1] == pytest.approx(EVERY_S)


def test_two_share_the_timer_and_the_one_that_stays_goes_on():
    first, second = [], []
    with Ticks(lambda: first.append(1), EVERY_S):
        with Ticks(lambda: second.append(1), EVERY_S):
            until(lambda: first and second)
        before, seen = len(second), len(first)
        until(lambda: len(first) > seen + 2)
    assert len(second) == before


def test_it_is_never_called_inside_itself():
    depths, depth = [], 0

    def slow():
        nonlocal depth
        depth += 1
        depths.append(depth)
        end_s = time.monotonic() + 5 * EVERY_S
        while time.monotonic() < end_s:
            pass
        depth -= 1

    with Ticks(slow, EVERY_S):
        until(lambda: len(depths) >= 3)
    assert set(depths) == {1}


@pytest.mark.parametrize("apart", [False, True])
def test_an_error_of_the_systems_ends_the_calls_and_does_not_reach_what_runs(apart):
    calls = []

    def fail():
        calls.append(1)
        raise OSError("the terminal is gone")

    with Ticks(fail, EVERY_S, apart=apart):
        until(lambda: calls)
        time.sleep(10 * EVERY_S)
    assert calls == [1]


@pytest.mark.parametrize("apart", [False, True])
def test_an_error_that_passes_ends_nothing(apart):
    calls = []

    def fail():
        calls.append(1)
        if len(calls) < 3:
            raise RecursionError

    with Ticks(fail, EVERY_S, apart=apart):
        until(lambda: len(calls) > 4)


def test_where_the_signal_is_blocked_it_has_a_thread():
    calls = []
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        with Ticks(lambda: calls.append(threading.current_thread()), EVERY_S):
            until(lambda: calls)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    assert calls[0] is not threading.main_thread()


class Late(Ticks):
    """The last signal comes while the block is left."""

    came = False

    def __setattr__(self, name, value):
        if name == "_over" and value and not self.came:
            self.came, self._due_s = True, 0.0
            signal.raise_signal(signal.SIGALRM)
        super().__setattr__(name, value)


def test_an_error_as_the_block_is_left_holds_nobody_up():
    calls = []

    def fail():
        calls.append(1)
        raise OSError("the terminal is gone")

    with Late(fail, 1_000.0):
        pass
    assert calls == [1]


def test_in_another_thread_it_has_a_thread():
    calls = []

    def elsewhere():
        with Ticks(lambda: calls.append(threading.current_thread()), EVERY_S):
            until(lambda: calls)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert calls[0] not in (thread, threading.main_thread())


def test_a_program_that_uses_the_signal_itself_keeps_it():
    def own(number, frame):
        del number, frame

    signal.signal(signal.SIGALRM, own)
    try:
        calls = []
        with Ticks(lambda: calls.append(1), EVERY_S):
            assert signal.getsignal(signal.SIGALRM) is own
            until(lambda: calls)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_on_every_runtime_it_comes_while_all_tasks_wait(runtime):
    if runtime == "simulator":
        pytest.skip("nothing waits there")
    calls = []

    async def main():
        while len(calls) < 3:
            await sleep(EVERY_S)
        return len(calls)

    with Ticks(lambda: calls.append(1), EVERY_S):
        assert run(main, runtime=runtime) >= 3


def test_a_signal_that_comes_as_the_block_is_left_ends_nothing():
    program = (
        "from gopatterns_cli.live.ticking import Ticks\n"
        "for _ in range(2_000):\n"
        "    with Ticks(lambda: None, 0.0001):\n"
        "        pass\n"
        "print('whole')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("whole\n", "", 0)
