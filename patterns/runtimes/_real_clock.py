"""The scheduler on the machine's clock: waits end at a time, or earlier when something outside happens."""

from __future__ import annotations

import _thread
import os
import selectors
from collections import deque
from contextlib import suppress
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, Protocol

from patterns.runtimes._chance import pick
from patterns.runtimes._main import GRACE_S, Main, interruptible
from patterns.runtimes._precise_selector import new_selector
from patterns.runtimes._scheduler import Calls, Scheduler
from patterns.runtimes._timers import exact_timers
from patterns.traps import BUDGET

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.traps import Driver, Task

LONGEST_WAIT_S = 3_600.0


class RealClock:
    """
    Monotonic time in nanoseconds, and the files whose readiness ends a wait.

    `wake` may be called by a signal handler, `post` by another thread.
    """

    def __init__(self) -> None:
        self._selector = new_selector()
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._posted: deque[Callable[[], None]] = deque()
        self._lock = _thread.allocate_lock()
        self._closed = False
        self._selector.register(self._read, selectors.EVENT_READ, self._drain)
        self._watched = 0  # files besides that one

    @property
    def wakeup_fd(self) -> int:
        """The file that a byte is written to in order to end the wait under way, or the next one."""
        return self._write

    now_ns = staticmethod(monotonic_ns)
    """Return the time."""

    def wait_until(self, at_ns: int | None) -> None:
        """Wait until the time `at_ns`, or for a watched file, and answer that; None: for a file only."""
        timeout_s = LONGEST_WAIT_S if at_ns is None else min((at_ns - monotonic_ns()) / 1e9, LONGEST_WAIT_S)
        self._answer(max(timeout_s, 0.0))

    def look(self, calls: int) -> None:
        """
        Answer the files that are ready now, and call what was posted; while so many `calls` are under way,
        let their threads go on. Without any of these, ask nobody.
        """
        if calls or self._watched or self._posted:
            self._answer(0.0)

    def watch(self, file: Any, ready: Callable[[], None]) -> None:
        """Call `ready` whenever `file` can be read, from `wait_until` or `look`."""
        self._selector.register(file, selectors.EVENT_READ, ready)
        self._watched += 1

    def unwatch(self, file: Any) -> None:
        """Forget `file`."""
        self._selector.unregister(file)
        self._watched -= 1

    def wake(self) -> None:
        """End the wait under way, or the next one."""
        with suppress(BlockingIOError):  # full: there is enough to read
            os.write(self._write, b"!")

    def post(self, fn: Callable[[], None]) -> None:
        """
        Have `fn` called from `wait_until` or `look`.

        Raises:
            RuntimeError: the clock is closed.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the run is over")
            self._posted.append(fn)
            if len(self._posted) == 1:  # else whoever drains has not begun to
                self.wake()

    def close(self) -> None:
        """Give the files back; what was posted and not called yet is called now: somebody waits for it."""
        with self._lock:
            self._closed = True
            self._selector.close()
            os.close(self._read)
            os.close(self._write)
        self._call_posted()

    def _answer(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            key.data()

    def _drain(self) -> None:
        os.read(self._read, 4_096)
        self._call_posted()

    def _call_posted(self) -> None:
        while self._posted:
            self._posted.popleft()()


class OutsideCalls(Calls, Protocol):
    """Calls that run beside the tasks, and can be given up."""

    def abandon_after(self, grace_s: float, driver: Driver) -> None:
        """Give up on the calls in flight, and on each that is begun from now on, after `grace_s`."""


class InTurn:
    """The oldest ready task first; a select chooses at random."""

    operations = BUDGET
    counts_all = False
    pick = staticmethod(pick)

    def __init__(self) -> None:
        self.ready: deque[Task] = deque()
        self.choose: Callable[[deque[Task]], Task] = deque.popleft


def run_on(
    clock: RealClock,
    calls: OutsideCalls,
    name: str,
    main: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...],
    observe: Callable[[int, Task, str, Any], None] | None,
) -> Main:
    """Run `main(*args)` on the scheduler with this clock and kind of calls; Ctrl-C cancels everything."""
    watch = None if observe is None else lambda task, verb, it: observe(clock.now_ns(), task, verb, it)
    driver = Scheduler(name, clock, InTurn(), calls, watch)
    driver.follow = watch
    started = Main(driver, main, args)
    started.begin()

    def interrupt() -> None:
        driver.interrupted = cancel_all
        clock.wake()

    def cancel_all() -> None:
        started.interrupt()
        calls.abandon_after(GRACE_S, driver)

    with exact_timers(), interruptible(interrupt, clock.wakeup_fd):
        driver.run(started)
    return started
