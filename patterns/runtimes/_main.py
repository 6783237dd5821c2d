"""What every runtime does around the main task: start it, see what it leaks, take Ctrl-C, report."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from patterns import traps
from patterns.context import Context
from patterns.errors import CancelledError, DeadlockError
from patterns.runs import enrol
from patterns.runtimes._generators import is_closing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from patterns.runtimes.simulator import Trace
    from patterns.traps import Driver, Task

GRACE_S = 0.5
"""How long calls in flight may go on after Ctrl-C before they are abandoned."""


@dataclass(frozen=True)
class Outcome:
    """
    How a run ended.

    `elapsed_s` is the time from the first step of the main task to its end, on the runtime's clock;
    `leaked` has one line per task that was alive when the main task ended; `abandoned_calls` counts
    calls whose function was still running then; `start_s` is the time that worker processes took to start,
    beforehand, None where there are none.
    """

    value: Any
    error: BaseException | None
    elapsed_s: float
    leaked: tuple[str, ...]
    abandoned_calls: int
    trace: Trace | None = None
    start_s: float | None = None


class Main:
    """The main task of a run and what is known of it when it is over."""

    def __init__(self, driver: Driver, fn: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
        self.context = Context(None)  # no task of a loop around this run derives it
        self.task = driver.record(driver, self.context, "main", ended=self._ended)
        self.leaked: tuple[str, ...] = ()
        self.interrupted = False
        self._fn = fn
        self._args = args
        self._value: Any = None
        self._error: BaseException | None = None
        self._began_s = self._ended_s = 0.0
        enrol(driver)
        driver.live.add(self.task)
        self.context.tasks.add(self.task)

    def begin(self) -> None:
        """Spawn the main task."""
        body = traps.lifetime(self.task, self._call, ())
        try:
            self.task.driver.spawn(self.task, body)
        except BaseException:  # whoever observes was interrupted
            body.close()
            raise

    def interrupt(self) -> None:
        """Cancel everything, as Ctrl-C asks. Called between two turns of tasks."""
        self.interrupted = True
        self.context.cancel(KeyboardInterrupt())

    def outcome(
        self, abandoned_calls: int = 0, trace: Trace | None = None, start_s: float | None = None
    ) -> Outcome:
        """Return how the run ended."""
        error = KeyboardInterrupt() if self.interrupted else self._error
        elapsed_s = self._ended_s - self._began_s
        return Outcome(self._value, error, elapsed_s, self.leaked, abandoned_calls, trace, start_s)

    async def _call(self) -> None:
        self._began_s = self.task.driver.now()
        try:
            self._value = await self._fn(*self._args)
        finally:
            self._ended_s = self.task.driver.now()

    def _ended(self, task: Task, error: BaseException | None) -> None:
        self._error = error
        left = sorted(
            (task for task in task.driver.live if not is_closing(task)), key=lambda task: task.number
        )
        self.leaked = tuple(task.describe() for task in left)
        if left:
            for context in dict.fromkeys([self.context, *(_root(task.context) for task in left)]):
                context.cancel(CancelledError("the main task has ended"))


def _root(context: Context) -> Context:
    """Return the context at the top of a tree: a shielded one is the top of its own."""
    while context.parent is not None:
        context = context.parent
    return context


@contextmanager
def interruptible(interrupt: Callable[[], None], wakeup_fd: int) -> Iterator[None]:
    """
    Let the first Ctrl-C call `interrupt`, and a second one raise KeyboardInterrupt at once.

    Only in the main thread, and only over Python's own handler, which is put back. `interrupt` is
    called by the signal handler: it must only leave word. `wakeup_fd` is a non-blocking file whose other
    end the main thread waits on: a signal that comes just before a wait begins interrupts no system call,
    and without a byte there the handler would not run until something else ended the wait.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return

    def handle(number: int, frame: Any) -> None:
        del number, frame
        signal.signal(signal.SIGINT, signal.default_int_handler)
        interrupt()

    before = signal.set_wakeup_fd(wakeup_fd, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(before)


@contextmanager
def held_back() -> Iterator[None]:
    """Hold Ctrl-C back inside the block, where something is made that cannot be left half made."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    came: list[bool] = []
    signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt


def report_deadlock(driver: Driver, main: Task) -> None:
    """
    Raise a DeadlockError inside the main task, whose groups then cancel the rest.

    Where that does not help, because what is left is shielded or the main task has ended, it is raised
    inside the others, one at a time: first those that wait for more than their own children, the oldest
    first.
    """
    parked = sorted(
        driver.live, key=lambda task: (task in _told, task is not main, _joins(task), task.number)
    )
    victim = parked[0]
    error = DeadlockError([task.describe() for task in sorted(parked, key=lambda task: task.number)])
    if victim.waiting is not None:
        traps.withdraw(victim.waiting)
    victim.waiting = None
    victim.aborted = error
    _told.add(victim)
    driver.unpark(victim)


_told: WeakSet[Task] = WeakSet()
"""Tasks in which a deadlock was raised already."""


def _joins(task: Task) -> bool:
    """Whether a task waits for its own children only."""
    return task.shielded is not None and task.shielded.verb == "join"
