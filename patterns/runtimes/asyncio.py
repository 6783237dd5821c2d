"""
The asyncio runtime: every task is an `asyncio.Task`, parked ones wait on a bare future.

What foreign code awaits (aiohttp, `asyncio.timeout`) goes through to the loop. A context that dies
while a task awaits something foreign cancels the `asyncio.Task` once, and what comes out is turned into
the context's error; an outside `task.cancel()` is passed on as it is. When a cancellation from outside
arrives together with a grant, the grant wins and the cancellation is delivered at the next suspension,
unless somebody takes it back before (as `asyncio.timeout` does).

`run` makes a loop of its own whose selector waits to the microsecond (see `_precise_selector` and
`_timers`). A loop that is not ours is never patched: there the first operation of ours adopts the running
task, and sleeps are as good as the loop's own.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import sys
import threading
from _thread import get_ident
from functools import partial
from itertools import count
from time import monotonic_ns
from types import coroutine
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.calm import NEVER, Calm
from patterns.context import Context
from patterns.runs import enrol
from patterns.runtimes._bells import Bell, Bells
from patterns.runtimes._calls import Call, CallThreads, give_up, is_parked, let_go
from patterns.runtimes._chance import pick
from patterns.runtimes._main import GRACE_S, Main, Outcome, held_back, interruptible, report_deadlock
from patterns.runtimes._precise_selector import new_selector
from patterns.runtimes._timers import exact_timers
from patterns.traps import BUDGET, Interrupt, Task, Waiter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator


def missing() -> str | None:
    """Return None: asyncio is in the standard library."""
    return None


def max_tasks() -> int:
    """Return how many tasks it takes at once with a loop that stays quick."""
    return 100_000


def run(
    main: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...] = (),
    *,
    seed: int | None = None,
    observe: Callable[[int, Task, str, Any], None] | None = None,
    keep_trace: bool = False,
    workers: int | None = None,
) -> Outcome:
    """Run `main(*args)` on a new event loop with precise timers."""
    del seed, keep_trace, workers
    runner = asyncio.Runner(loop_factory=new_event_loop)
    try:
        with held_back():
            loop = runner.get_loop()
    except KeyboardInterrupt:
        runner.close()
        raise
    driver = _drivers[loop] = AsyncioDriver(loop)
    driver.calm = Calm(driver.is_undisturbed)
    if observe is not None:
        driver.observe = driver.follow = lambda task, verb, of: observe(monotonic_ns(), task, verb, of)
    started = Main(driver, main, args)
    try:
        with runner, exact_timers(), interruptible(lambda: driver.knock(started), _wakeup_fd(loop)):
            try:
                runner.run(driver.oversee(started))
            except BaseException:  # a second Ctrl-C: nothing may hold up the end
                driver.abandon_calls(0.0)
                raise
    finally:
        driver.calm.pause()
        del _drivers[loop]
        driver.threads.close()
    return started.outcome(abandoned_calls=len(driver.calls))


class Loop(asyncio.SelectorEventLoop):
    """A loop of ours, which knows who makes its tasks: `replaced` is told of another factory."""

    replaced: Callable[[], None] | None = None

    def set_task_factory(self, factory: Any) -> None:
        """As every loop does."""
        super().set_task_factory(factory)
        if self.replaced is not None:
            self.replaced()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop for a run."""
    return Loop(new_selector())


def set_checks(loop: asyncio.AbstractEventLoop, idle: Callable[[], bool], calm: Calm) -> None:
    """
    Have `idle` called when the loop is about to wait without an end, which says whether it made work, and
    `calm` asked when the loop begins to serve.
    """
    selector: Any = getattr(loop, "_selector", None)
    if hasattr(selector, "idle_check"):
        selector.idle_check, selector.calm = idle, calm


OPERATIONS = 2 * BUDGET
"""As `traps.BUDGET`, twice as many: a turn of the loop takes as long as a dozen operations."""


class LoopTask(Task):
    """The record of an `asyncio.Task`; a foreign one has it from when it first uses something of ours."""

    __slots__ = ("interrupt", "parked")

    driver: AsyncioDriver

    def seat(self) -> LoopSeat:
        """Return a seat for what is called in the name of this task, between two turns."""
        return LoopSeat(self.driver, self)


class LoopSeat:
    """Where all tasks of ours on a loop sit, and what foreign ones inherit until they have their own."""

    __slots__ = ("_caller", "_driver")

    def __init__(self, driver: AsyncioDriver, caller: LoopTask | None = None) -> None:
        self._driver = driver
        self._caller = caller

    @property
    def task(self) -> Task:
        """
        The record of the `asyncio.Task` that runs.

        Raises:
            RuntimeError: none runs in this thread.
        """
        driver = self._driver
        if ASKED_AT_ONCE:
            try:
                return driver.records[asked_at_once()]  # type: ignore[index]  # None is in no table
            except (KeyError, RuntimeError):  # a foreign task, a callback; no loop runs in this thread
                pass
        elif get_ident() == driver.thread:
            record = driver.records.get(_current_task(driver.loop))  # type: ignore[arg-type]  # the same
            if record is not None:
                return record
        return driver.adopted(self._caller)


class ForeignSeat:
    """
    Where a foreign task sits, and what those that it makes inherit. Its record stands in no table: one that
    is never finished goes with its loop.
    """

    __slots__ = ("_record",)

    def __init__(self, record: LoopTask) -> None:
        self._record = record

    @property
    def task(self) -> Task:
        """As `LoopSeat.task`."""
        record = self._record
        driver = record.driver
        if ASKED_AT_ONCE:
            try:
                if asked_at_once() is record.handle:
                    return record
            except RuntimeError:  # no loop runs in this thread
                pass
        elif get_ident() == driver.thread and _current_task(driver.loop) is record.handle:
            return record
        return driver.adopted(record)


class AsyncioDriver:
    """Answers the traps on one event loop."""

    name = "asyncio"
    record = LoopTask
    steps = is_call = False
    operations = OPERATIONS
    suspended: Awaitable[None] | None = None

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.thread = get_ident()
        self.live: set[Task] = set()
        self.observe: Callable[[Task, str, Any], None] | None = None
        self.follow: Callable[[Task, str, Any], None] | None = None
        self.pick = pick
        self.calm: Calm = NEVER
        self.threads = CallThreads()
        self.calls: dict[Call, Waiter] = {}
        self.grace_s: float | None = None
        self._time = loop.time
        self._future: Callable[[], asyncio.Future[None]] = partial(asyncio.Future, loop=loop)
        self._timers: list[tuple[float, int, Waiter]] = []
        self._alarms = Bells()
        self._armed: asyncio.TimerHandle | None = None
        self._armed_at = 0.0
        self._dead = 0
        self._left = BUDGET
        self._foreign = 0
        self._makes_all = False
        self.next_number = count(1).__next__
        self.seat = LoopSeat(self)
        self.records: dict[asyncio.Task[Any], LoopTask] = {}
        self._unstarted = self._finish_unstarted
        self._variables = contextvars.Context()
        self._variables.run(traps.current.set, self.seat)

    @property
    def finished(self) -> bool:
        """Whether the loop is closed: its objects may then bind elsewhere."""
        return self.loop.is_closed()

    async def oversee(self, main: Main) -> None:
        """Run the main task, and wait until no task of ours lives."""
        overseer = asyncio.current_task()
        set_checks(self.loop, lambda: self._break_deadlock(main.task, overseer), self.calm)
        if isinstance(self.loop, Loop):
            self.loop.set_task_factory(self.foreign_task)
            self.loop.replaced = self._tasks_are_made_elsewhere
            self._makes_all = True
        main.begin()
        while self.live:
            try:
                await asyncio.wait([task.handle for task in self.live])
            except asyncio.CancelledError:
                # Somebody cancels all tasks of the loop: ours end by it themselves.
                if overseer is not None:
                    overseer.uncancel()

    def knock(self, main: Main) -> None:
        """Have everything cancelled at the loop's next turn. Called by a signal handler."""
        self.loop.call_soon_threadsafe(self.interrupt, main)

    def interrupt(self, main: Main) -> None:
        """Cancel everything; give up on each call after a moment."""
        main.interrupt()
        self.abandon_calls(GRACE_S)

    def abandon_calls(self, grace_s: float) -> None:
        """Give up on the calls in flight, and on each that is begun from now on, after `grace_s`."""
        self.grace_s = grace_s
        for call in self.calls:
            self._abandon_after(grace_s, call)

    def spawn(self, task: Task, body: Coroutine[Any, Any, None]) -> None:
        """Make `task` an `asyncio.Task` with its own copy of the contextvars."""
        task.parked = task.interrupt = None
        if self._makes_all:
            handle = asyncio.Task(body, loop=self.loop, name=task.name)
        else:
            handle = self.loop.create_task(body, name=task.name)
        if task.handle is None and task in self.live:  # else it is an eager one, and has begun
            task.handle = handle
            self.records[handle] = task  # type: ignore[assignment]  # as `record` says
            handle.add_done_callback(self._unstarted, context=self._variables)
        if self.observe is not None:
            self.observe(task, "spawn", None)

    def foreign_task(
        self, loop: asyncio.AbstractEventLoop, body: Coroutine[Any, Any, Any], **how: Any
    ) -> asyncio.Task[Any]:
        """Make a task that is not of ours: what it is allowed is seen at its every operation."""
        handle = asyncio.Task(body, loop=loop, **how)
        self._foreign += 1
        self.calm.end()
        handle.add_done_callback(self._foreign_over)
        return handle

    def _tasks_are_made_elsewhere(self) -> None:
        """Somebody has set another factory: from now on not every task is known."""
        self._makes_all = False
        self.calm.end()

    def _foreign_over(self, handle: asyncio.Task[Any]) -> None:
        del handle
        self._foreign -= 1

    def is_undisturbed(self) -> bool:
        """Whether all tasks of the loop are ours, and none is in a call."""
        return self._makes_all and not (self.calls or self._foreign)

    def park(self, waiter: Waiter, *, shielded: bool = False) -> Awaitable[None]:
        """Return a future that is there when the waiter is granted, or its context dies: no frame."""
        if shielded or self.observe is not None:
            return self._park(waiter, shielded)
        task = waiter.task
        task.waiting = waiter
        future: asyncio.Future[None] = self._future()
        task.parked = future
        return future

    def granted(self, task: Task, error: BaseException) -> bool:
        """
        Whether a cancellation from outside came together with a grant: it is delivered later. One that
        came with the context's is, too, and the context's error is raised.
        """
        future, task.parked = task.parked, None
        try:
            if future is None:
                return False
            undecided = task.aborted is None and (task.waiting or task.shielded)
            if not future.done() or (future.cancelled() and undecided):  # closed, or cancelled from outside
                if task.waiting is not None:
                    traps.withdraw(task.waiting)
                task.waiting = None
                return False
            if not isinstance(error, asyncio.CancelledError):
                return False
            self._postpone(task, error)
            if not future.cancelled():
                future.result()  # raises what ended the wait before
            traps.raise_aborted(task)
            return True
        finally:
            del future  # its error's traceback may hold this frame

    async def _park(self, waiter: Waiter, shielded: bool) -> None:
        """As `park`, where something is left to do afterwards."""
        task = waiter.task
        if shielded:
            task.shielded = waiter
        else:
            task.waiting = waiter
        if self.observe is not None:
            self.observe(task, waiter.verb, waiter.subject)
        task.parked = self._future()
        try:
            await task.parked
        except BaseException as error:
            if not self.granted(task, error):
                raise
        finally:
            task.parked = task.shielded = task.waiting = None
            if self.follow is not None:
                self.follow(task, "resume", None)
        if shielded and task.context.dead:
            self.loop.call_soon(self._cancel_foreign, task)

    def unpark(self, task: Task) -> None:
        """Resolve the future that the task waits on."""
        if task.parked.done():
            return
        if task.aborted is None:
            task.parked.set_result(None)
        else:
            task.parked.set_exception(traps.take_aborted(task))

    async def sleep(self, task: Task, seconds: float) -> None:
        """Wait for a place in our own heap of timers, for which the loop has one timer armed."""
        if seconds <= 0:
            await self.rest(task)
            return
        waiter = Waiter(task, "sleep")
        at = self._time() + min(seconds, FOREVER_S)
        heapq.heappush(self._timers, (at, self.next_number(), waiter))
        if self._armed is None or at < self._armed_at:
            self._arm(at)
        try:
            await self.park(waiter)
        except BaseException as error:
            over = False
            try:
                over = self.granted(task, error)
            finally:
                if not over:
                    self._forget(waiter)
            if not over:
                raise

    def rest(self, task: Task, *, asked: bool = True) -> Awaitable[None]:
        """Let the loop go round once."""
        del asked
        return _rest(task)

    def now(self) -> float:
        """Return the loop's time in seconds."""
        return self.loop.time()

    def alarm(self, at: float, ring: Callable[[], None]) -> LoopBell:
        """Call `ring` from the loop at its time `at`; no sleeper that is due later wakes before."""
        bell = LoopBell(at, self.next_number(), ring, self.loop)
        self._alarms.add(bell)
        return bell

    def cancel(self, task: Task) -> None:
        """
        Interrupt a task that waits in no queue of ours: in a call, for something foreign, or on its way
        there.
        """
        if task.call is not None:
            task.call.cancel()
        elif task.handle is not None:
            self.loop.call_soon(self._cancel_foreign, task)

    async def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Any:
        """Run `fn` in a warm thread and wait for it on the loop."""
        call = task.call = Call(task, fn, args, on_cancel)
        self.calm.end()
        waiter = self.calls[call] = Waiter(task, "call", fn)
        call.done = self._call_done
        outside: BaseException | None = None
        try:
            self.threads.start(call)
            if self.grace_s is not None:
                self._abandon_after(self.grace_s, call)
            while not call.over:
                try:
                    await self._park(waiter, not abandon)
                except asyncio.CancelledError as error:
                    if abandon:
                        raise
                    outside = error
                    call.cancel()
        except BaseException:
            call.abandoned = True
            raise
        finally:
            task.call = None
        if outside is not None:
            raise outside
        return call.result(task)

    def requests(self, task: Task) -> int:
        """Return how many cancellations of a task's `asyncio.Task` are asked for, and not taken back."""
        return 0 if task.handle is None else int(task.handle.cancelling())

    def begins(self, task: Task) -> None:
        """It will see to its end itself. An eager one runs before `create_task` returns."""
        if task.handle is None:
            task.handle = _current_task(self.loop)
            self.records[task.handle] = task  # type: ignore[assignment]  # as `record` says
            task.budget = min(task.budget, self.left_in_turn())
        else:
            task.handle.remove_done_callback(self._unstarted)
        if traps.current_seat() is not self.seat:
            traps.current.set(self.seat)
        if traps.birthplace.get() is not task.context:
            traps.birthplace.set(task.context)

    def ends(self, task: Task) -> None:
        """Let go of its `asyncio.Task`."""
        self.records.pop(task.handle, None)
        task.handle = None

    def _finish_unstarted(self, handle: asyncio.Task[Any]) -> None:
        """A task that was cancelled before its first step never ran its own ending."""
        task = self.records.get(handle)
        if task is not None and handle.cancelled():
            traps.finish(task, asyncio.CancelledError())
            self.ends(task)

    def left_in_turn(self) -> int:
        """
        Return the budget of a task that may have begun within another one's turn, as an eager one does: the
        more of them in one turn of the loop, the less, or a row of them would let nobody else run.
        """
        if self._left == BUDGET:
            self.loop.call_soon(self._next_turn)
        self._left = max(self._left - BUDGET // 20, 0)
        return self._left

    def _next_turn(self) -> None:
        self._left = BUDGET

    def post(self, fn: Callable[[], None]) -> None:
        """Have the loop call `fn`; RuntimeError when it is closed."""
        self.loop.call_soon_threadsafe(fn)

    def adopted(self, caller: LoopTask | None) -> Task:
        """
        Return a record for what runs: for a foreign `asyncio.Task`, which belongs to the context that was
        current where it was made, or for a callback of the loop, which is called in the name of `caller`,
        where that is known.
        """
        running = _running_loop()
        if running is not self.loop:
            if running is not None:  # a context of contextvars that was taken to another loop
                traps.birthplace.set(None)
                return adopt()
            raise RuntimeError(
                "used in a thread beside the loop (asyncio.to_thread?): run the thread's work through call, "
                "and use from_call"
            )
        handle = _current_task(self.loop)
        if handle is None:
            return caller or _adopted(self, None)
        return self.records.get(handle) or _adopted(self, handle)

    def _arm(self, at: float) -> None:
        if self._armed is not None:
            self._armed.cancel()
        self._armed_at = at
        self._armed = self.loop.call_at(at, self._wake_sleepers)

    def _wake_sleepers(self) -> None:
        """Wake whoever is due, and arm the timer for the next one."""
        self._armed = None
        timers = self._timers
        now = self.loop.time()
        while timers and timers[0][0] <= now:
            if self._alarms:
                self._alarms.ring_until(timers[0][0])
            waiter = heapq.heappop(timers)[2]
            task = waiter.task
            if task.waiting is waiter:
                task.waiting = None
                self.unpark(task)
        if timers:
            self._arm(timers[0][0])

    def _forget(self, waiter: Waiter) -> None:
        """
        Leave the heap when most of it is dead: a cancelled sleep must not keep its entry for its whole
        time.
        """
        waiter.verb = "dead"
        self._dead += 1
        if self._dead > 64 and self._dead * 2 > len(self._timers):
            self._timers = [entry for entry in self._timers if entry[2].verb != "dead"]
            heapq.heapify(self._timers)
            self._dead = 0
        while self._timers and self._timers[0][2].verb == "dead":
            heapq.heappop(self._timers)
            self._dead -= 1
        if self._timers:
            if self._armed is not None and self._armed_at < self._timers[0][0]:
                self._arm(self._timers[0][0])
        elif self._armed is not None:
            self._armed.cancel()
            self._armed = None

    def _cancel_foreign(self, task: Task, yields: int = 0) -> None:
        """
        Cancel the asyncio.Task of a task under a dead context, once it waits for something that is not
        ours, or has let the loop go round that often without waiting for anything.
        """
        handle, context, parked = task.handle, task.context, task.parked
        if handle is None or handle.done():
            return
        if not context.dead or (parked is not None and not parked.done()):
            return
        waits_for = handle._fut_waiter  # noqa: SLF001 (no public way to ask what a task waits for)
        if parked is Resting or (waits_for is not None and waits_for.done()):
            self.loop.call_soon(self._cancel_foreign, task)  # it goes on at this turn
        elif waits_for is None and yields == 0:
            self.loop.call_soon(self._cancel_foreign, task, 1)
        else:
            task.interrupt = Interrupt(context, task, handle.cancelling())
            handle.cancel(task.interrupt)

    def _postpone(self, task: Task, error: asyncio.CancelledError) -> None:
        """
        A cancellation that came with a grant: deliver it again at the next turn, unless somebody takes
        it back before.
        """
        mark = error.args[0] if error.args else None
        if isinstance(mark, Interrupt):
            mark.withdraw()
            self.loop.call_soon(self._cancel_foreign, task)
        else:
            self.loop.call_soon(_cancel_again, task.handle, task.handle.cancelling(), error.args)

    def _call_done(self, call: Call) -> None:
        """Bring a finished call back to the loop; runs in the call's thread."""
        try:
            self.loop.call_soon_threadsafe(self._call_over, call)
        except RuntimeError:
            self.calls.pop(call, None)

    def _call_over(self, call: Call) -> None:
        call.over = True
        waiter = self.calls.pop(call)
        if not call.abandoned:
            let_go(waiter)

    def _abandon_after(self, seconds: float, call: Call) -> None:
        self.loop.call_later(seconds, self._abandon, call)

    def _abandon(self, call: Call) -> None:
        waiter = self.calls.get(call)
        if waiter is not None and not call.abandoned and is_parked(waiter):
            call.abandoned = True
            give_up(waiter)

    def _break_deadlock(self, main: Task, overseer: asyncio.Task[Any] | None) -> bool:
        """
        When the loop would wait for ever: raise the report if only our own tasks exist and all are
        parked.
        """
        if (
            self.calls
            or not self.live
            or any(task.parked is None or task.parked.done() for task in self.live)
        ):
            return False
        if asyncio.all_tasks(self.loop) - {task.handle for task in self.live} - {overseer}:
            return False
        if _may_be_woken(self.loop):
            return False
        report_deadlock(self, main)
        return True


@coroutine
def _rest(task: Task) -> Generator[None, None, None]:
    """Let the loop go round once: a bare yield says so to an `asyncio.Task`."""
    task.parked = Resting
    try:
        yield
    finally:
        task.parked = None


class Resting:
    """Stands for what a task waits on that lets the loop go round once: nobody needs to wake it."""

    @staticmethod
    def done() -> bool:
        """Return True: the task goes on at the next turn."""
        return True


class LoopBell(Bell):
    """An armed alarm that its loop fires by itself, too."""

    __slots__ = ("_handle",)

    def __init__(
        self, at: float, number: int, ring: Callable[[], None], loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(at, number, partial(contextvars.copy_context().run, ring))
        self._handle = loop.call_at(at, self.fire)

    def cancel(self) -> None:
        """Disarm."""
        super().cancel()
        self._handle.cancel()

    def fire(self) -> None:
        """Ring, unless it was disarmed or has rung; the loop need not."""
        self._handle.cancel()
        super().fire()


def adopt() -> Task:
    """
    Make a record for the running `asyncio.Task` of a loop that is not ours, or for one that our record
    was not inherited by.
    """
    loop = asyncio.get_running_loop()
    handle = asyncio.current_task()
    driver = _drivers.get(loop)
    if driver is None:
        for closed in [loop for loop in _drivers if loop.is_closed()]:
            del _drivers[closed]
        driver = _drivers[loop] = AsyncioDriver(loop)
        enrol(driver)
    return driver.records.get(handle) or _adopted(driver, handle)  # type: ignore[arg-type]  # None: as below


def _adopted(driver: AsyncioDriver, handle: asyncio.Task[Any] | None) -> Task:
    """
    Return a new record for what runs, an `asyncio.Task` or a callback of the loop, under the context that is
    current here, or a new one that is from now on.
    """
    context = traps.birthplace.get()
    if context is None:
        context = Context(None)
        traps.birthplace.set(context)
    record = LoopTask(driver, context, "callback" if handle is None else handle.get_name())
    record.parked = record.interrupt = None
    record.budget = min(record.budget, driver.left_in_turn())
    record.handle = handle
    if handle is not None:
        context.tasks.add(record)
        handle.add_done_callback(lambda _: record.context.tasks.discard(record))
    traps.current.set(ForeignSeat(record))
    return record


_running_loop = asyncio._get_running_loop  # noqa: SLF001 (documented for such use)

ASKED_AT_ONCE = sys.version_info >= (3, 12)
asked_at_once = asyncio.current_task
"""
From 3.12 on, C code that tells the running task of this thread's loop. It is asked at every operation, and
before, it is written in Python; `_running_loop` asks the system for the process's number there.
"""

_current_task: Callable[[asyncio.AbstractEventLoop], asyncio.Task[Any] | None] = (
    asyncio.current_task
    if ASKED_AT_ONCE
    else getattr(getattr(asyncio.tasks, "_current_tasks", None), "get", asyncio.current_task)
)
"""The running task of a loop: before 3.12 the table answers in a third of the time, from 3.14 on never."""

_drivers: dict[asyncio.AbstractEventLoop, AsyncioDriver] = {}
"""The driver of each loop that is open, and of adopted ones that are closed, until the next is adopted."""

FOREVER_S = 1e9
"""Longer sleeps are cut to this: 31 years."""


def _may_be_woken(loop: Any) -> bool:
    """
    Whether something that is not ours may still wake a loop: a file besides its own, a signal handler, an
    executor, or another thread. Where that cannot be excluded there is no deadlock to report.
    """
    files = loop._selector.get_map()  # noqa: SLF001 (no public way to ask what a loop watches)
    handlers = getattr(loop, "_signal_handlers", None)
    executor = getattr(loop, "_default_executor", None)
    others = (thread for thread in threading.enumerate() if thread is not threading.current_thread())
    started = any(not isinstance(thread, threading._DummyThread) for thread in others)  # noqa: SLF001 (raw ones)
    return len(files) > 1 or bool(handlers) or executor is not None or started


def _wakeup_fd(loop: asyncio.AbstractEventLoop) -> int:
    """Return the file that wakes a loop when a signal comes, as its own `add_signal_handler` uses it."""
    end = getattr(loop, "_csock", None)
    return -1 if end is None else int(end.fileno())


def _cancel_again(handle: asyncio.Task[Any], requests: int, args: tuple[Any, ...]) -> None:
    if handle.cancelling() >= requests and not handle.done():
        handle.cancel(*args)
        handle.uncancel()
