"""
The threads runtime: one OS thread per task.

One baton goes round: the thread that has it runs its task up to the next trap, then hands it straight
to the next ready one. So state above the traps needs no lock, a mass wake-up is no stampede, and code
between two traps never runs in parallel, not even on a free-threaded build: only `call` does, and every
wait. A parked thread blocks in its own lock; a sleeping one waits for that lock with a time-out, so
there is no timer thread and no polling: to cancel it is to hand it the baton. Threads are raw ones
(they start four times faster than `threading.Thread`), kept warm until the run ends.

`call` runs its function in the task's own thread, with the baton given away. One that is abandoned
keeps that thread, and the task goes on in another.
"""

from __future__ import annotations

import _thread
import os
import sys
from collections import deque
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic, monotonic_ns
from types import coroutine
from typing import TYPE_CHECKING, Any, Self

from patterns import traps
from patterns.calm import Calm
from patterns.errors import CancelledError
from patterns.runtimes._bells import Bell, Bells
from patterns.runtimes._calls import Call
from patterns.runtimes._chance import pick
from patterns.runtimes._generators import Generators
from patterns.runtimes._line import EXPIRED, TIMED, UNTIMED, Line
from patterns.runtimes._main import GRACE_S, Main, Outcome, interruptible, report_deadlock
from patterns.runtimes._scheduler import foreign
from patterns.traps import DONE, Seat, Task, Waiter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator
    from types import FrameType


def missing() -> str | None:
    """Return None: threads are everywhere."""
    return None


def max_tasks() -> int:
    """Return how many threads this machine lets one program start, leaving some to everybody else."""
    limits = [_number(place) for place in ("/proc/sys/kernel/threads-max", "/sys/fs/cgroup/pids.max")]
    maps = _number("/proc/sys/vm/max_map_count")
    limits.append(None if maps is None else maps // MAPS)
    with suppress(ImportError):
        import resource  # noqa: PLC0415 (not on every system)

        soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
        limits.append(None if soft == resource.RLIM_INFINITY else soft)
    known = [limit for limit in limits if limit is not None]
    return max(min([MOST_THREADS, *known]) * 9 // 10, 1)


def _number(place: str) -> int | None:
    try:
        return int(Path(place).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def run(
    main: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...] = (),
    *,
    seed: int | None = None,
    observe: Callable[[int, Task, str, Any], None] | None = None,
    keep_trace: bool = False,
    workers: int | None = None,
) -> Outcome:
    """Run `main(*args)` in this thread, and every task that it starts in one of its own."""
    del seed, keep_trace, workers
    driver = ThreadsDriver()
    if observe is not None:
        driver.observe = driver.follow = lambda task, verb, of: observe(monotonic_ns(), task, verb, of)
    started = Main(driver, main, args)
    with driver.gate as gate, interruptible(lambda: driver.interrupt(started), gate.wakeup_fd):
        driver.run(started)
    return started.outcome(abandoned_calls=len(driver.calls))


class Gate:
    """
    Where the thread that started a run waits for its end: a pipe, because a signal can write to it.

    A lock would miss a signal that comes just before the wait begins.
    """

    def __init__(self) -> None:
        self._open = False
        self._read = self.wakeup_fd = -1
        self._lock = _thread.allocate_lock()

    def __enter__(self) -> Self:
        self._read, self.wakeup_fd = os.pipe()
        os.set_blocking(self.wakeup_fd, False)
        return self

    def __exit__(self, *failure: object) -> None:
        with self._lock:
            self._open = True
            os.close(self._read)
            os.close(self.wakeup_fd)
            self.wakeup_fd = -1

    def wait(self) -> None:
        """Return when somebody has opened it; signal handlers run meanwhile."""
        while not self._open:
            os.read(self._read, 64)

    def open(self) -> None:
        """Let the waiting thread go on; once is enough, from any thread."""
        with self._lock:
            self._open = True
            if self.wakeup_fd >= 0:
                with suppress(BlockingIOError):  # full: there is enough to read
                    os.write(self.wakeup_fd, b"!")


class ThreadSeat:
    """A thread of the runtime: the lock it sleeps in, and the task that sits in it, if any."""

    __slots__ = ("has_baton", "ident", "lock", "started", "state", "task", "turn", "until")

    def __init__(self, task: Task | None) -> None:
        self.lock = _thread.allocate_lock()
        self.lock.acquire()
        self.task = task
        self.started = self.has_baton = False
        self.state = UNTIMED
        self.ident = self.turn = 0
        self.until = 0.0


MOST_THREADS = 32_000
MAPS = 3
"""Memory maps that a thread takes: two for its stack, and most of them one more."""

OPERATIONS = 1_000
"""
As `traps.BUDGET`, five times as many: another thread takes as long to wake as a hundred operations take.
"""


INTERCEPTIONS = 200
"""So many sleepers in a row, at most, take a baton that is on its way to somebody who comes later."""


class ThreadsDriver:
    """
    Answers the traps.

    `_mutex` guards `_held`, `_ready`, `_asleep`, `_waking`, `_intercepted`, `_threads`, `finished` and
    `ThreadSeat.state`; everything else is touched only by the thread that has the baton.
    """

    name = "threads"
    record = Task
    steps = is_call = False
    operations = OPERATIONS
    suspended: Awaitable[None] | None = None

    def __init__(self) -> None:
        self.finished = False
        self.live: set[Task] = set()
        self.observe: Callable[[Task, str, Any], None] | None = None
        self.follow: Callable[[Task, str, Any], None] | None = None
        self.pick = pick
        calls = self.calls = set[Call]()
        self.calm = Calm(lambda: not calls)
        self._mutex = _thread.allocate_lock()
        self._held = True
        self._ready = Line[ThreadSeat]()
        self._idle: list[ThreadSeat] = []
        self._asleep = 0
        self._waking = 0
        self._intercepted = 0
        self._leaving: deque[ThreadSeat] = deque()
        self._threads = 0
        self.gate = Gate()
        self._broken: BaseException | None = None
        self._alarms = Bells()
        self._interrupted = False
        self._outside: deque[Callable[[], None]] = deque()
        self._main: Task
        self._generators: Generators
        self.next_number = count(1).__next__

    def run(self, main: Main) -> None:
        """
        Run the main task and wait until no task lives and every thread has gone, but those in abandoned
        calls.
        """
        self._main = main.task
        self._generators = Generators(main.task)
        main.begin()
        self._pass_on()
        if self._threads or self.live:
            self.gate.wait()
        if self._broken is not None:
            raise self._broken

    def interrupt(self, main: Main) -> None:
        """
        Cancel everything, and give up on calls in flight after a moment. Called by a signal handler: it
        only leaves word.
        """
        self._outside.append(main.interrupt)
        self._outside.append(self._give_grace)
        with suppress(RuntimeError):  # no thread left: whoever passes the baton on next sees to it
            _thread.start_new_thread(self._knock, ())

    def spawn(self, task: Task, body: Coroutine[Any, Any, None]) -> None:
        """Put `task` in line for the baton; a thread is found for it when its turn comes."""
        variables = copy_context()
        seat = ThreadSeat(task)
        task.handle = (seat, variables, body)
        self._ready.add_patient(seat)
        if self.observe is not None:
            self.observe(task, "spawn", None)

    def begins(self, task: Task) -> None:
        """Do nothing: it has its thread."""

    def ends(self, task: Task) -> None:
        """Do nothing: its thread sees to it."""

    def park(self, waiter: Waiter, *, shielded: bool = False) -> Awaitable[None]:
        """Give the baton away until the waiter is granted, or its context dies: nothing is left to await."""
        task = waiter.task
        if shielded:
            task.shielded = waiter
        else:
            task.waiting = waiter
            task.budget = OPERATIONS  # as after a turn given away: the others run now, and a turn is dear
        if self.observe is not None:
            self.observe(task, waiter.verb, waiter.subject)
        self._wait(task.handle[0])
        if self.follow is not None:
            self.follow(task, "resume", None)
        task.shielded = None
        if task.aborted is not None:
            traps.raise_aborted(task)
        return DONE  # type: ignore[no-any-return]

    def granted(self, task: Task, error: BaseException) -> bool:
        """Return False: what ends a wait is raised instead of a grant, never beside one."""
        del task, error
        return False

    def unpark(self, task: Task) -> None:
        """Put a parked task's thread in line for the baton."""
        seat = task.handle[0]
        if seat.state == UNTIMED:
            self._ready.add(seat)
            return
        with self._mutex:
            if seat.state == TIMED:
                seat.state = UNTIMED
                self._asleep -= 1
                self._ready.add(seat)

    async def sleep(self, task: Task, seconds: float) -> None:
        """Give the baton away for `seconds`."""
        if seconds <= 0:
            await self.rest(task)
            return
        task.waiting = Waiter(task, "sleep")
        if self.observe is not None:
            self.observe(task, "sleep", None)
        seat = task.handle[0]
        until = monotonic() + min(seconds, FOREVER_S)
        self._ready.note_sleeper(seat, until)
        with self._mutex:  # those whose time is over count down without the baton
            self._asleep += 1
            seat.state = TIMED
        self._wait(seat, until)
        if self.follow is not None:
            self.follow(task, "resume", None)
        task.waiting = None
        if task.aborted is not None:
            traps.raise_aborted(task)

    async def rest(self, task: Task, *, asked: bool = True) -> None:
        """Go to the end of the line for the baton."""
        del asked
        seat = task.handle[0]
        with self._mutex:
            self._ready.add_patient(seat)
        self._wait(seat)

    def now(self) -> float:
        """Return the monotonic clock in seconds."""
        return monotonic()

    def alarm(self, at: float, ring: Callable[[], None]) -> Bell:
        """Call `ring` at `at`, by whichever thread has nobody to hand the baton to."""
        bell = Bell(at, self.next_number(), ring)
        self._alarms.add(bell)
        return bell

    def cancel(self, task: Task) -> None:
        """Interrupt a call."""
        call = task.call
        if call is not None:
            if call.abandonable:
                self._abandon(task, call)
            else:
                call.cancel()

    async def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Any:
        """Run `fn` in the task's thread, with the baton given away."""
        call = task.call = Call(task, fn, args, on_cancel)
        self.calm.end()
        call.abandonable = abandon
        self.calls.add(call)
        if self.observe is not None:
            self.observe(task, "call", fn)
        if self._interrupted:
            self._abandon_soon(call)
        try:
            await _offer(call)
        finally:
            task.call = None
        if self.follow is not None:
            self.follow(task, "resume", None)
        if task.aborted is not None:
            traps.raise_aborted(task)
        return call.result(task)

    def post(self, fn: Callable[[], None]) -> None:
        """Have whoever holds the baton call `fn`."""
        with self._mutex:
            if self.finished:
                raise RuntimeError("the run is over")
            self._outside.append(fn)
        self._knock()

    def frame_of(self, task: Task) -> FrameType | None:
        """Return the innermost frame of the thread that a task runs or waits in."""
        if task.handle is None:
            return None
        return sys._current_frames().get(task.handle[0].ident)  # noqa: SLF001 (no other way)

    def _sit(self, seat: ThreadSeat, generators: Generators) -> None:
        """Live as a thread; when that fails (no memory is left, say), end the run and not the baton alone."""
        seat.ident = _thread.get_ident()
        try:
            with generators:
                self._take_turns(seat, generators)
            with self._mutex:
                self._threads -= 1
                last = self.finished and self._threads == len(self.calls)
        except BaseException as error:  # noqa: BLE001 (raised again by `run`)
            self._broken = error
            self.calm.pause()
            last = True
        with self._mutex:
            following = self._leaving.popleft() if self._leaving else None
        if following is not None:
            following.lock.release()
        if last:
            self.gate.open()

    def _take_turns(self, seat: ThreadSeat, generators: Generators) -> None:
        """Run the task that comes with the baton, again and again, until the baton comes when all is over."""
        self._grab(seat)
        while not self.finished:
            if seat.task is not None:
                self._look_whether_calm()
                _, variables, body = seat.task.handle
                if not variables.run(self._drive, seat, body):
                    break
                del _, variables, body  # an error's traceback holds this frame
                handle = seat.task.handle
                if handle is not None and handle[0] is seat:  # else it goes, or went, on in another thread
                    seat.task.handle = None  # its contextvars refer back
                del handle
            seat.task = None
            while not self.live and not generators.close_left():
                if self._finish():
                    return
                self._serve()
            self._idle.append(seat)
            self._wait(seat)

    def _drive(self, seat: ThreadSeat, body: Coroutine[Any, Any, None]) -> bool:
        """
        Step a task to its end, or until it goes on in another thread. False when this thread should
        end, having no baton.
        """
        traps.current.set(Seat(seat.task))  # not the thread's, which has other tasks afterwards
        try:
            request = body.send(None)
            while True:
                if isinstance(request, Call):
                    self._leave()
                    request.run()
                    if not self._come_back(seat):
                        self.calls.discard(request)
                        return False
                    self.calls.discard(request)
                    if request.abandoned:
                        return True
                    self._look_whether_calm()
                    request = body.send(None)
                else:
                    request = body.throw(foreign(request, self.name))
        except StopIteration:
            return True

    def _hand_straight(self) -> bool:
        """
        Hand the baton to the next in line, who has it from now on, where there is nothing else to see to:
        most of the time, between tasks that wait for one another. It is never free meanwhile, so what comes
        after the look, without the mutex, is for the heir to see.
        """
        line = self._ready
        if self._asleep or self._outside or self._alarms or line.patient or not line.others:
            return False
        heir = line.others.popleft()
        heir.has_baton = True
        heir.lock.release()
        return True

    def _pass_on(self, *, leaving: bool = False) -> float | None:
        """
        Hand the baton to the next ready thread, after seeing to alarms; unless the caller is leaving, it may
        also lie until a sleeper takes it whose time has come.

        Returns:
            None when somebody has it; else, with the baton free, the time of the next alarm, which is
            the caller's to watch.
        """
        while True:
            if self._outside or self._alarms:
                self._serve()
            with self._mutex:
                if self._outside:  # it came since, and whoever brought it saw the baton held
                    continue
                self._held = False
                if self._ready and not (self._ready.patient and self._baton_may_lie(leaving)):
                    seat = self._warm(self._ready.take(bool(self._idle)))
                    self._waking += 1
                elif self._ready or self._may_be_woken():
                    self.calm.pause()
                    return self._alarms[0].at if self._alarms else FOREVER_S * 2
                else:
                    seat = None
                    self._held = True
            if seat is None:
                report_deadlock(self, self._main)
            elif self._hand_over(seat):
                return None

    def _baton_may_lie(self, leaving: bool) -> bool:
        """
        Whether somebody takes the baton without being handed it now, before the next in line: one that is on
        its way to it, before a task that lets the others run; a sleeper whose time has come, before a new
        thread.
        """
        if leaving:
            return False
        if self._waking and self._ready.next_lets_others_run():
            return True
        return not self._idle and self._ready.somebody_comes(monotonic)

    def _may_be_woken(self) -> bool:
        """Whether somebody may still take the baton, or nobody needs it."""
        return bool(self._asleep or self._waking or self._alarms or self.calls or not self.live)

    def _hand_over(self, seat: ThreadSeat) -> bool:
        """
        Wake the thread of a seat, or start it. False when the machine has none left: then its task has
        failed, and the caller has the baton again.
        """
        if seat.started:
            seat.lock.release()
            return True
        seat.started = True
        with self._mutex:
            self._threads += 1
        try:
            _thread.start_new_thread(self._sit, (seat, self._generators))
        except (RuntimeError, MemoryError):
            seat.started = False
        else:
            return True
        fail = None if seat.task is None else partial(self._fail_unstarted, seat.task)
        with self._mutex:
            self._threads -= 1
            self._waking -= 1
            taken, self._held = self._held, True
            if taken and fail is not None:
                self._outside.append(fail)
        if not taken and fail is not None:
            fail()
        return taken

    def _warm(self, seat: ThreadSeat) -> ThreadSeat:
        """Move the task of a seat that has no thread yet to one whose thread is idle, if there is one."""
        if seat.started or not self._idle:
            return seat
        warm, task = self._idle.pop(), seat.task
        warm.task = task
        if task is not None:
            task.handle = (warm, *task.handle[1:])
        return warm

    def _fail_unstarted(self, task: Task) -> None:
        task.handle[2].close()
        message = f"no thread for another task: {self._threads} run, and the machine allows no more"
        traps.finish(task, RuntimeError(message))

    def _wait(self, seat: ThreadSeat, until: float | None = None) -> None:
        """Give the baton away; return with it, handed over or because `until` has come."""
        if until is None and self._hand_straight():
            seat.lock.acquire()
            self._grab(seat)
            self._look_whether_calm()
            return
        while True:
            alarm = self._pass_on()
            if self._doze(seat, until, alarm):
                self._look_whether_calm()
                return

    def _look_whether_calm(self) -> None:
        """A task goes on, with the baton."""
        if not self.calm.now and not self.finished:  # a thread that is sent home has no task
            self.calm.begin()

    def _doze(self, seat: ThreadSeat, until: float | None, alarm: float | None) -> bool:
        """
        Sleep until handed the baton or `until`: True; or, having watched for an alarm, take the free
        baton to see to it: False.
        """
        lock = seat.lock
        while until is not None or alarm is not None:
            end = min(FOREVER_S * 2 if until is None else until, FOREVER_S * 2 if alarm is None else alarm)
            if lock.acquire(True, min(max(end - monotonic(), 0.0), _thread.TIMEOUT_MAX)):
                self._grab(seat)
                return True
            with self._mutex:
                if until is not None:
                    if seat.state != TIMED:
                        break
                    if monotonic() >= until:
                        if self._alarms and self._alarms[0].at <= until and self._may_serve():
                            self._held = True
                            return False
                        self._asleep -= 1
                        if not self._held and (not self._waking or self._intercepted < INTERCEPTIONS):
                            self._intercepted += 1
                            self._held = True
                            seat.state = UNTIMED
                            return True
                        seat.state = EXPIRED
                        self._ready.add(seat)
                        break
                if alarm is not None and monotonic() >= alarm:
                    if self._may_serve():
                        self._held = True
                        return False
                    alarm = None
        lock.acquire()
        self._grab(seat)
        seat.state = UNTIMED
        return True

    def _may_serve(self) -> bool:
        """Whether the baton is free for alarms: when the run is over, none rings any more."""
        return not (self._held or self.finished)

    def _grab(self, seat: ThreadSeat) -> None:
        """Take the baton, having been woken for it; when somebody was quicker, be the next to be woken."""
        while not seat.has_baton:
            with self._mutex:
                self._waking -= 1
                if self.finished:
                    return
                if not self._held:
                    self._held = True
                    self._intercepted = 0
                    return
                self._ready.put_back(seat)
            seat.lock.acquire()
        seat.has_baton = False

    def _leave(self) -> None:
        """Give the baton away for good: an idle thread watches the alarms in our place."""
        while True:
            if self._alarms:
                self._ready.add_patient(ThreadSeat(None))
            if self._pass_on(leaving=True) is None or not self._alarms:
                return
            with self._mutex:  # an alarm was armed while the outside was served
                if self._held or self.finished:
                    return
                self._held = True

    def _come_back(self, seat: ThreadSeat) -> bool:
        """Wait for the baton again; False when the run is over."""
        with self._mutex:
            if self.finished:
                return False
            if not self._held:
                self._held = True
                return True
            self._ready.add(seat)
        seat.lock.acquire()
        self._grab(seat)
        return not self.finished

    def _knock(self) -> None:
        """Have `_outside` served: here, when nobody has the baton."""
        with self._mutex:
            if self._held or self.finished:
                return
            self._held = True
        self._leave()

    def _serve(self) -> None:
        """Call what came from outside, and the alarms that are due, as if the main task had."""
        token = traps.current.set(self._main.seat())
        try:
            while self._outside:
                self._outside.popleft()()
            self._alarms.ring_until(monotonic())
        finally:
            traps.current.reset(token)

    def _abandon(self, task: Task, call: Call) -> None:
        """Let `task` go on in another thread; the one that it has belongs to the call now."""
        call.abandoned = True
        task.aborted = task.context.err or CancelledError("the call was abandoned")
        _, variables, body = task.handle
        seat = ThreadSeat(task)
        task.handle = (seat, variables.copy(), body)
        self._ready.add_patient(seat)

    def _give_grace(self) -> None:
        """Have the calls in flight abandoned after a moment, and each that is begun from now on."""
        self._interrupted = True
        for call in self.calls:
            self._abandon_soon(call)

    def _abandon_soon(self, call: Call) -> None:
        def abandon() -> None:
            if call in self.calls and not call.abandoned:
                self._abandon(call.task, call)

        self.alarm(self.now() + GRACE_S, abandon)

    def _finish(self) -> bool:
        """
        Send every waiting thread home, the next when one has gone: all at once would be in each other's way.
        False when something from outside is to be served first.
        """
        with self._mutex:
            if self._outside:
                return False
            self.finished = True
            self.calm.pause()
            self._held = False
            # those in line were woken and overtaken, or are back from an abandoned call
            self._leaving.extend(self._idle)
            self._leaving.extend(seat for seat in self._ready if seat.started)
            self._idle.clear()
        return True


FOREVER_S = 1e9
"""Longer sleeps are cut to this: 31 years."""


@coroutine
def _offer(call: Call) -> Generator[Call, None, None]:
    """Hand a call to the thread that steps this task."""
    yield call
