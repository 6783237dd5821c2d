"""Worker processes for `call`: as many as are asked for, each with a pipe, replaced when one is lost."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from contextlib import contextmanager
from functools import partial
from multiprocessing import resource_tracker
from time import monotonic
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.runtimes import _process_worker
from patterns.runtimes._calls import Call, give_up, let_go
from patterns.traps import Waiter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess

    from patterns.runtimes._real_clock import RealClock
    from patterns.traps import Driver, Task

PER_CORE = 4
"""Worker processes for each core, at the most."""

START_S = 30.0
END_S = 1.0
"""How long a worker may take to start, and to end when its pipe is closed."""


class Worker:
    """One worker process, and the call that it is busy with, if any."""

    __slots__ = ("call", "message", "pipe", "process", "ready", "waiter")

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.ready = False
        self.call: Call | None = None
        self.waiter: Waiter | None = None
        self.message = b""


class ProcessCalls:
    """
    Runs calls in worker processes and wakes their callers; used by one scheduler, in one thread.

    `most` processes at the most; further calls wait their turn. They are started by a fork server where
    there is one, else anew: never forked from a process with threads.
    """

    def __init__(self, clock: RealClock, most: int | None = None) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context: ForkServerContext | SpawnContext = multiprocessing.get_context(  # type: ignore[assignment]
            "forkserver" if "forkserver" in methods else "spawn"
        )
        if "forkserver" in methods:
            self._context.set_forkserver_preload([_process_worker.__name__])
        self._clock = clock
        self._most = most or PER_CORE * cores()
        self._workers: list[Worker] = []
        self._idle: list[Worker] = []
        self._queued: deque[tuple[Call, Waiter, bytes]] = deque()
        self._grace_s: float | None = None

    @property
    def pending(self) -> int:
        """How many calls are under way or wait for a worker."""
        return len(self._queued) + sum(worker.call is not None for worker in self._workers)

    def start(self, count: int) -> float:
        """Start `count` workers, or as many as are allowed; return the seconds until all were ready."""
        began = monotonic()
        for _ in range(min(count, self._most) - len(self._workers)):
            self._start_worker()
        while not all(worker.ready for worker in self._workers):
            if monotonic() - began > START_S:
                raise RuntimeError(f"worker processes did not start within {START_S:.0f} s")
            self._clock.wait_until(self._clock.now_ns() + round(START_S * 1e9))
        return monotonic() - began

    async def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Any:
        """Run `fn` in a worker process. An abandoned call's worker is killed and replaced."""
        message = pickled(fn, args)
        call = task.call = Call(task, fn, args, on_cancel)
        waiter = Waiter(task, "call", fn)
        if self._grace_s is not None:
            task.driver.alarm(task.driver.now() + self._grace_s, partial(give_up, waiter))
        try:
            self._queued.append((call, waiter, message))
            self._hand_out()
            while not call.over:
                await traps.park(waiter, shielded=not abandon)
        except BaseException:
            self._withdraw(call)
            raise
        finally:
            task.call = None
        return call.result(task)

    def abandon_after(self, grace_s: float, driver: Driver) -> None:
        """
        Give up on the calls in flight, and on each that is begun from now on, after `grace_s`: its task
        goes on with an error.
        """
        self._grace_s = grace_s
        waiters = [waiter for _, waiter, _ in self._queued]
        waiters += [worker.waiter for worker in self._workers if worker.waiter is not None]
        for waiter in waiters:
            driver.alarm(driver.now() + grace_s, partial(give_up, waiter))

    def close(self) -> None:
        """End every worker; one that is still busy is killed."""
        for worker in self._workers:
            self._clock.unwatch(worker.pipe)
            worker.pipe.close()
            if worker.call is not None:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join(END_S)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()
        self._workers.clear()
        self._idle.clear()

    def _hand_out(self) -> None:
        while self._queued and (self._idle or len(self._workers) < self._most):
            worker = self._idle.pop() if self._idle else self._start_worker()
            worker.call, worker.waiter, worker.message = self._queued.popleft()
            if worker.ready:
                self._send(worker)

    def _start_worker(self) -> Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_process_worker.serve, args=(theirs,), daemon=True)
        with _keyboard_signals_blocked():  # which a worker inherits, until it ignores them
            process.start()
        theirs.close()
        worker = Worker(process, ours)
        self._workers.append(worker)
        self._clock.watch(ours, lambda: self._read(worker))
        return worker

    def _send(self, worker: Worker) -> None:
        message, worker.message = worker.message, b""
        try:
            worker.pipe.send_bytes(message)
        except OSError:
            self._lost(worker)

    def _read(self, worker: Worker) -> None:
        """Take what a worker says: that it is ready, or what a call gave."""
        try:
            answer = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._lost(worker)
            return
        if not worker.ready:
            worker.ready = True
            if worker.call is not None:
                self._send(worker)
            else:
                self._idle.append(worker)
            self._hand_out()
            return
        self._over(worker, *_read_answer(answer))
        self._idle.append(worker)
        self._hand_out()

    def _over(self, worker: Worker, value: Any, error: BaseException | None) -> None:
        call, waiter = worker.call, worker.waiter
        worker.call = worker.waiter = None
        if call is not None and waiter is not None:
            call.value, call.error, call.over = value, error, True
            let_go(waiter)

    def _lost(self, worker: Worker) -> None:
        """Replace a worker that died; its call, if it had one, fails."""
        self._remove(worker)
        worker.process.join(END_S)
        code = worker.process.exitcode
        how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        name = "" if worker.call is None else f" in {getattr(worker.call.args[1], '__name__', 'a call')}"
        self._over(worker, None, RuntimeError(f"a worker process died{name}: {how}{_hint(worker)}"))
        if not worker.ready and not self._idle:
            self._fail_queued(how)
        self._hand_out()

    def _fail_queued(self, how: str) -> None:
        """Fail what waits, when not even a start succeeds."""
        while self._queued:
            call, waiter, _ = self._queued.popleft()
            call.error = RuntimeError(f"a worker process died while it started: {how}{HINT}")
            call.over = True
            let_go(waiter)

    def _withdraw(self, call: Call) -> None:
        """Take back a call whose caller has left: kill the worker that is busy with it."""
        self._queued = deque(entry for entry in self._queued if entry[0] is not call)
        for worker in self._workers:
            if worker.call is call:
                worker.call = worker.waiter = None
                self._remove(worker)
                worker.process.kill()
                worker.process.join()
                self._hand_out()
                return

    def _remove(self, worker: Worker) -> None:
        self._workers.remove(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        self._clock.unwatch(worker.pipe)
        worker.pipe.close()


@contextmanager
def _keyboard_signals_blocked() -> Iterator[None]:
    """
    Hold Ctrl-C back while a worker is started, in it and here: one that is still being imported would print
    a traceback for it, and so would one whose parent is interrupted before it has said what to run.

    Where other threads live the system gives the signal to one of them, and Python answers in the main
    thread all the same: so its handler steps aside, too.
    """
    resource_tracker.ensure_running()  # which would let them through
    numbers = {getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)}
    came: list[int] = []
    in_main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    aside = in_main and callable(handler)
    if aside:
        signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if aside:
            signal.signal(signal.SIGINT, handler)
            if came:
                signal.raise_signal(signal.SIGINT)


def _read_answer(answer: bytes) -> tuple[Any, BaseException | None]:
    text = ""
    try:
        value, error, text = pickle.loads(answer)  # noqa: S301 (from our own worker)
        return value, None if error is None else pickle.loads(error)  # noqa: S301 (the same)
    except BaseException as problem:  # noqa: BLE001 (whatever an `__init__` raises, an exit too)
        was = f"; it was {text}" if text else ""
        return None, TypeError(f"what a worker process gave cannot be unpickled: {problem}{was}")


HINT = " (a script that uses worker processes starts with `if __name__ == '__main__':`)"


def _hint(worker: Worker) -> str:
    return "" if worker.ready else HINT


def pickled(fn: Callable[..., Any], args: tuple[Any, ...]) -> bytes:
    """
    Return a function and its arguments as bytes.

    Raises:
        TypeError: one of them cannot be pickled; the message says which.
    """
    try:
        return pickle.dumps((fn, args))
    except Exception:  # noqa: BLE001 (whatever a `__reduce__` raises)
        name = getattr(fn, "__qualname__", repr(fn))
        if not _can_pickle(fn):
            raise TypeError(
                f"{name} cannot be pickled for a worker process: name a function at the top of a module"
            ) from None
        bad = next((arg for arg in args if not _can_pickle(arg)), args)
        raise TypeError(f"an argument of {name} cannot be pickled for a worker process: {bad!r}") from None


def _can_pickle(thing: Any) -> bool:
    try:
        pickle.dumps(thing)
    except Exception:  # noqa: BLE001 (that is the question)
        return False
    return True


def cores() -> int:
    """Return how many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
