"""Warm threads for `call`: one per call in flight, never a small fixed pool."""

from __future__ import annotations

import _thread
from collections import deque
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.errors import CancelledError
from patterns.traps import Task, Waiter

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context as Variables

MAX_THREADS = 1_000
"""Calls at once; later ones wait their turn."""

IDLE_S = 5.0
"""How long a thread without work stays."""


class Call:
    """One `fn(*args)` on its way through a thread; `done(call)` is called in that thread at the end."""

    __slots__ = (
        "abandonable", "abandoned", "args", "cancelled", "done", "error", "on_cancel", "over", "task",
        "value", "variables",
    )  # fmt: skip

    def __init__(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        on_cancel: Callable[[], object] | None,
    ) -> None:
        self.task = task
        self.args = (task, fn, args)
        self.variables: Variables = copy_context()
        self.on_cancel = on_cancel
        self.done: Callable[[Call], None] = _ignore
        self.value: Any = None
        self.error: BaseException | None = None
        self.abandoned = False
        self.over = False
        self.abandonable = False
        self.cancelled = False

    def run(self) -> None:
        """Run the function, here and now, and keep what it gives."""
        try:
            self.value = self.variables.run(in_call, *self.args)
        except BaseException as error:  # noqa: BLE001 (raised again in the caller)
            self.error = error

    def cancel(self) -> None:
        """Run the caller's `on_cancel`, once; an error in it is the call's error."""
        if self.on_cancel is not None and not self.cancelled:
            self.cancelled = True
            try:
                self.on_cancel()
            except Exception as error:  # noqa: BLE001 (raised again in the caller)
                self.error = error

    def result(self, task: Task) -> Any:
        """
        Return the function's value, or raise its error: the context's in its place when `on_cancel`
        caused it.
        """
        if self.error is None:
            return self.value
        error, self.error = self.error, None
        stopped = task.context.err if self.cancelled else None
        try:
            if stopped is not None:
                raise stopped from error
            raise error
        finally:
            del error, stopped


class CallThreads:
    """
    Raw threads that run calls. Every method but `_work` is called by one thread at a time: the event
    loop's.
    """

    def __init__(self, limit: int = MAX_THREADS) -> None:
        self._limit = limit
        self._lock = _thread.allocate_lock()
        self._idle: list[tuple[Any, list[Call | None]]] = []
        self._queued: deque[Call] = deque()
        self._count = 0

    def start(self, call: Call) -> None:
        """
        Run `call` in a warm thread, or a new one, or when a thread is free.

        Raises:
            RuntimeError: the machine allows no thread at all.
        """
        with self._lock:
            if self._idle:
                wake, slot = self._idle.pop()
                slot[0] = call
                wake.release()
                return
            if self._count >= self._limit:
                self._queued.append(call)
                return
            self._count += 1
        try:
            _thread.start_new_thread(self._work, (call,))
        except RuntimeError:
            with self._lock:
                self._count -= 1
                if self._count == 0:
                    raise
                self._queued.append(call)

    def close(self) -> None:
        """Let idle threads end; busy ones end after their call."""
        with self._lock:
            self._limit = 0
            for wake, _ in self._idle:
                wake.release()
            self._idle.clear()

    def _work(self, first: Call) -> None:
        wake = _thread.allocate_lock()
        wake.acquire()
        call: Call | None = first
        while call is not None:
            call.run()
            call.done(call)
            call = self._next(wake)

    def _next(self, wake: Any) -> Call | None:
        """Return the next call for this thread, or None when it should end."""
        slot: list[Call | None] = [None]
        with self._lock:
            if self._queued:
                return self._queued.popleft()
            if self._limit == 0:
                self._count -= 1
                return None
            self._idle.append((wake, slot))
        if not wake.acquire(True, IDLE_S):
            with self._lock:
                if (wake, slot) in self._idle:
                    self._idle.remove((wake, slot))
                    self._count -= 1
                    return None
            wake.acquire()
        if slot[0] is None:
            with self._lock:
                self._count -= 1
        return slot[0]


def is_parked(waiter: Waiter) -> bool:
    """Whether its task still waits there: a cancel may have made it ready, and it has not run yet."""
    task = waiter.task
    return task.aborted is None and (task.shielded is waiter or task.waiting is waiter)


def let_go(waiter: Waiter) -> None:
    """Wake a task whose call is over, unless a deadline of the same instant has."""
    if is_parked(waiter):
        traps.unpark(waiter)


def give_up(waiter: Waiter) -> None:
    """Have the task of a call that is not over go on with an error."""
    if is_parked(waiter):
        waiter.task.aborted = waiter.task.context.err or CancelledError("the call was abandoned")
        traps.unpark(waiter)


def in_call(task: Task, fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Run `fn` with the marker that refuses our objects inside a `call`."""
    traps.current.set(inside_call(task))
    return fn(*args)


def inside_call(task: Task) -> Task:
    """
    Return the record that stands for `task` inside a call: its context can be read, every trap is
    refused.
    """
    marker = Task.__new__(Task)
    marker.driver = InsideCall(task)
    marker.context = task.context
    marker.name = task.name
    marker.budget = 0
    return marker


class InsideCall:
    """The driver seen inside a `call`: it has none of the traps, and says so."""

    finished = False
    steps = False
    is_call = True

    def __init__(self, task: Task) -> None:
        self.name = f"a call on {task.driver.name}"
        self._task = task

    def __getattr__(self, trap: str) -> Any:
        raise RuntimeError(
            f"{trap} from inside a call: use from_call(fn, *args), or return the value and use it in the task"
        )

    def from_call(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Have `fn(*args)` called between two turns, and wait for its result."""
        variables = copy_context()
        variables.run(traps.current.set, self._task.seat())
        done = _thread.allocate_lock()
        done.acquire()
        kept: list[Any] = [None, None]

        def between_turns() -> None:
            try:
                kept[0] = variables.run(fn, *args)
            except BaseException as error:  # noqa: BLE001 (raised again in the call)
                kept[1] = error
            finally:
                done.release()

        self._task.driver.post(between_turns)
        done.acquire()
        value, error = kept
        if error is not None:
            raise error
        return value


def _ignore(call: Call) -> None:
    """Wait for nothing."""
