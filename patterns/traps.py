"""
The waist: the only doors between patterns and runtimes.

Everything in the library that blocks does so through the traps below; everything above them (channels,
groups, contexts, patterns) is written once. A runtime is a `Driver`: one file under `runtimes/` that
answers the traps. `park`, `sleep` and `call` suspend; `spawn`, `unpark`, `cancel`, `now` and `alarm`
are plain calls on the running task's driver. Eight traps, and a test pins the number: `alarm` is the
one beyond the usual seven, because a deadline has to fire even when no task waits for it, and a task (a
thread, on `threads`) per deadline would be dear.

The rule that keeps the text above free of locks: on every runtime only one task runs at a time between
two traps, and the running task changes at traps only. Of what tasks do, `call` alone runs beside them.

What never belongs here: a pattern, a queue, a clock, an event loop.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from contextvars import ContextVar
from types import FunctionType, MethodType, coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, TypeVarTuple

from patterns.errors import CancelledError

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, MutableSequence
    from types import CodeType

    from patterns.calm import Calm
    from patterns.context import Context

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

BUDGET = 200
"""After so many operations a task lets others, and timers, run once."""


class Task:
    """
    One concurrent activity, as its driver and its contexts see it.

    `waiting` is its waiter, of a select the first, while a context may end its wait, `shielded` one that a
    context may not end; `aborted` is the error to raise when it runs again. `own` is the waiter that it
    stands in a queue with, `places` those of its last select. `budget` is how many operations it has left
    before a `checkpoint`: none under a dead context, which refuses the next. `handle`, `space` and `call`
    belong to the driver.
    """

    __slots__ = (
        "__weakref__", "aborted", "budget", "call", "context", "driver", "ended", "handle", "made_at", "name",
        "number", "own", "places", "shielded", "space", "waiting",
    )  # fmt: skip

    parked: Any = None
    interrupt: Any = None
    """Both of `asyncio` alone: what it waits on, and the `Interrupt` that a context has asked for."""

    def __init__(
        self,
        driver: Driver,
        context: Context,
        name: str,
        made_at: Place | None = None,
        ended: Callable[[Task, BaseException | None], None] | None = None,
    ) -> None:
        self.driver = driver
        self.context = context
        self.name = name
        self.made_at = made_at
        self.number = driver.next_number()
        self.waiting: Waiter | None = None
        self.aborted: BaseException | None = None
        self.shielded: Waiter | None = None
        self.ended = ended
        self.own: Any = None  # a Waiter, from its first wait on
        self.places: tuple[Waiter, ...] = ()
        self.call: Any = None
        self.handle: Any = None
        self.space: Any = None
        self.budget = driver.operations
        if context.dead:
            forbid(self)

    @property
    def task(self) -> Task:
        """Who sits here, where the record itself is the seat."""
        return self

    def seat(self) -> Sitting:
        """Return a seat in which it sits."""
        return Seat(self)

    def waits(self) -> tuple[Waiter, ...]:
        """Return the places in which it waits, of which there are several in a select."""
        waiter = self.waiting or self.shielded
        if waiter is None:
            return ()
        return tuple(place for place in waiter.rivals if place.queue is not None) or (waiter,)

    def describe(self) -> str:
        """Return one line: name, what it waits for, where it was made."""
        what = " or ".join(waiter.describe() for waiter in self.waits()) or "nothing"
        return f"{self.name} waits for {what}" + (
            f", made at {written(self.made_at)}" if self.made_at else ""
        )


class Sitting(Protocol):
    """What tells who runs, where contextvars lead to it."""

    @property
    def task(self) -> Any:
        """The task that runs."""


class Seat:
    """
    Where the running task sits: one for all tasks of a scheduler of ours, which says who has its turn; one
    for each task on `threads`, and for whoever has something called between two turns.
    """

    __slots__ = ("task",)

    def __init__(self, task: Any = None) -> None:
        self.task = task


class Waiter:
    """
    A task's place in one wait queue, and the slot through which its counterpart hands it a value.

    `queue` is the queue that holds it, None when nothing does; `rivals` are the other cases of the same
    select; `verb` and `subject` say what is waited for, in reports and traces.
    """

    __slots__ = ("ok", "queue", "rivals", "subject", "task", "value", "verb")

    def __init__(
        self,
        task: Task,
        verb: str,
        subject: Any = None,
        queue: MutableSequence[Waiter] | None = None,
        value: Any = None,
    ) -> None:
        self.task = task
        self.verb = verb
        self.subject = subject
        self.queue = queue
        self.value = value
        self.ok = False
        self.rivals: tuple[Waiter, ...] = ()

    def leave(self) -> None:
        """Be in no queue any more, with nothing of what was waited for: a task's own is used again."""
        self.queue = self.value = self.subject = None

    def describe(self) -> str:
        """Return what is waited for, in a few words."""
        return self.verb if self.subject is None else f"{self.verb} on {self.subject!r}"


class Interrupt:
    """
    The mark that a driver puts on a foreign cancellation made for a context of ours, so that it can be
    told from an outside one.

    `before` is how many cancellations of the task were asked for when this one was.
    """

    __slots__ = ("before", "context", "task")

    def __init__(self, context: Context, task: Task, before: int) -> None:
        self.context = context
        self.task = task
        self.before = before

    def withdraw(self) -> None:
        """Take the request back from the foreign runtime's books, once."""
        if self.task.interrupt is self:
            self.task.interrupt = None
            if self.task.handle is not None:  # else it has ended, and somebody else raises its error anew
                self.task.handle.uncancel()

    def outdone(self) -> bool:
        """Whether somebody outside has asked for a cancellation since."""
        return self.task.handle is not None and bool(self.task.handle.cancelling() > self.before)


def translated(error: BaseException) -> BaseException:
    """
    Return `error`, or the context's error when `error` is a foreign cancellation that a context of ours
    asked for, and nobody else.
    """
    mark = error.args[0] if error.args else None
    if mark is None and is_foreign_cancel(error):  # raised anew on its way, or made by somebody else
        task = place()
        mark = None if task is None else task.interrupt
    if not isinstance(mark, Interrupt):
        return error
    mark.withdraw()
    if mark.outdone():
        return type(error)().with_traceback(error.__traceback__)
    return mark.context.err or error


def requests(task: Task) -> int:
    """Return how many foreign cancellations of a task are asked for; 0 on a runtime that has none."""
    count = getattr(task.driver, "requests", None)
    return 0 if count is None else int(count(task))


def outside_cancellation() -> BaseException:
    """Return a foreign cancellation to go on with."""
    error: BaseException = sys.modules["asyncio"].CancelledError()
    return error


def is_foreign_cancel(error: BaseException) -> bool:
    """
    Whether `error` is another library's cancellation of the whole task, which is passed on and is no
    failure.
    """
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


class Alarm(Protocol):
    """A timer that has been set; `cancel` disarms it and may be called twice."""

    def cancel(self) -> None:
        """Disarm the timer."""


class Driver(Protocol):
    """
    What a runtime answers. Times are seconds on the runtime's own clock. `steps` says that it steps
    coroutines itself and calls `over` when one has ended, so that a task needs no `lifetime` around its own.
    `is_call` says that this is the inside of a `call`.

    `park` suspends the running task until `unpark`; when the task's context dies first, the waiter has
    left its queue and the context's error is raised, unless `shielded`. `cancel` wakes tasks whose
    context died. `rest` lets others run; `operations` is how many a task may finish before it has to.
    `pick` is what a select chooses by.

    `calm` says whether values may be moved in a buffer without a whole operation.

    `suspended` is what a task that is in a queue awaits to be suspended, without a call of `park`; None where
    that takes more.

    Whoever observes a run is told by `observe` of every spawn, suspension, end and note, which are its
    trace; by `follow` of what lies between: a task goes on (`resume`), is told that its context died
    (`cancel`), uses something as the first in this run (`bind`). Both are None where nobody does.
    """

    name: str
    operations: int
    steps: bool
    is_call: bool
    suspended: Awaitable[None] | None
    calm: Calm
    live: set[Task]
    observe: Callable[[Task, str, Any], None] | None
    follow: Callable[[Task, str, Any], None] | None

    @property
    def record(self) -> type[Task]:
        """The class of its tasks' records."""

    @property
    def finished(self) -> bool:
        """Whether the run is over: its objects may then bind elsewhere."""

    def pick(self, count: int, /) -> int:
        """Return a number below `count`, any with the same chance."""

    def next_number(self) -> int:
        """Return the next number for a task or an object, counted from 1."""

    def spawn(self, task: Task, body: Coroutine[Any, Any, None]) -> None:
        """Make `task` ready to run `body`."""

    def begins(self, task: Task) -> None:
        """`task` takes its first step: it runs, in a `lifetime`."""

    def ends(self, task: Task) -> None:
        """`task`, which ran in a `lifetime`, is over."""

    def park(self, waiter: Waiter, *, shielded: bool = False) -> Awaitable[None]:
        """Suspend the running task."""

    def granted(self, task: Task, error: BaseException) -> bool:
        """
        Whether `error`, which was raised where `task` waits, comes too late: the wait was granted, and it is
        raised again later. If not, the wait is over and its waiter has left its queue; where several things
        ended it, another error than this one may be raised here.
        """

    def unpark(self, task: Task) -> None:
        """Make a parked task ready; what it waited for is decided."""

    def sleep(self, task: Task, seconds: float) -> Awaitable[None]:
        """Suspend the running task for `seconds`; zero or less lets others run once."""

    def rest(self, task: Task, *, asked: bool = True) -> Awaitable[None]:
        """Let every other ready task run once; not `asked` for where the task's budget is used up."""

    def now(self) -> float:
        """Return the time in seconds."""

    def alarm(self, at: float, ring: Callable[[], None]) -> Alarm:
        """Call `ring` at the time `at`, between two turns of tasks."""

    def cancel(self, task: Task) -> None:
        """Interrupt what `task` does outside our queues: a call, a foreign wait."""

    def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Awaitable[Any]:
        """Run blocking `fn(*args)` beside the tasks and return its result."""

    def post(self, fn: Callable[[], None]) -> None:
        """Call `fn` between two turns. Any thread may ask; RuntimeError when the run is over."""


class Nowhere:
    """The seat that is found outside any runtime of ours."""

    __slots__ = ()

    @property
    def task(self) -> Task:
        """
        The record of the `asyncio.Task` that runs, which is adopted.

        Raises:
            RuntimeError: none does.
        """
        if not runs_here():
            raise RuntimeError("no runtime runs here: start one with patterns.run(main)")
        from patterns.runtimes.asyncio import adopt  # noqa: PLC0415 (the core must not import asyncio)

        return adopt()


NOWHERE = Nowhere()

current: ContextVar[Sitting] = ContextVar("gopat_seat", default=NOWHERE)
"""In which the running task sits."""


current_seat = current.get
"""`current_seat().task` is `running()`, for what is asked at every operation: a call less."""


birthplace: ContextVar[Context | None] = ContextVar("gopat_context", default=None)
"""The context that tasks of a foreign runtime which are made here belong to; other tasks know their own."""


def seated() -> Task | None:
    """Return the task that runs, or that something is called for; None where there is none."""
    seat = current_seat()
    if isinstance(seat, Nowhere):
        return None
    try:
        task: Task = seat.task
    except RuntimeError:  # in a thread beside its loop
        return None
    return task


def running() -> Task:
    """
    Return the running task; inside a plain asyncio loop, adopt the one that runs.

    Raises:
        RuntimeError: no runtime runs here.
    """
    task: Task = current_seat().task
    return task


def place() -> Task | None:
    """Return the running task's own record; None where no runtime runs, and inside a call."""
    if not runs_here():
        return None
    task = running()
    return None if task.driver.is_call else task


def in_use(thing: object, owner: Driver, place: str) -> RuntimeError:
    """Return the error for `thing` of a run of `owner` that is not over, used in another `place`."""
    return RuntimeError(
        f"{thing!r} is in use on {owner.name} and cannot be used on {place} at the same time: use from_call"
    )


def runs_here() -> bool:
    """Whether `running` would find or adopt a task."""
    asyncio = sys.modules.get("asyncio")
    return current_seat() is not NOWHERE or (asyncio is not None and asyncio._get_running_loop() is not None)  # noqa: SLF001 (documented for such use)


Place = tuple["CodeType", int]
"""An instruction of a program, as code and offset: which line that is on takes long to tell."""


def caller() -> Place:
    """Return the place from which the function that asks was called, for reports."""
    frame = sys._getframe(2)  # noqa: SLF001 (no other way)
    return frame.f_code, frame.f_lasti


def line_of(place: Place) -> int:
    """Return the number of the line on which a place is."""
    code, offset = place
    for first, after, line in code.co_lines():
        if first <= offset < after and line is not None:
            return line
    return code.co_firstlineno


def written(place: Place) -> str:
    """Return a place as `file:line`."""
    return f"{place[0].co_filename.rpartition('/')[2]}:{line_of(place)}"


@coroutine
def _done() -> Generator[None, None, None]:
    return
    yield


DONE: Any = _done()
"""What is over at every await, for whoever has nothing to wait for: a coroutine would be made for that."""
with suppress(StopIteration):
    next(DONE)


async def checkpoint(task: Task) -> None:
    """
    Let others run once where the budget of `task` is used up; raise the error of its context where that is
    dead. The operation that asks is the first of the new budget.
    """
    if not task.context.dead:
        await task.driver.rest(task, asked=False)
    if task.context.dead:  # it may have died meanwhile
        await refuse(task)
    task.budget = 1 + task.driver.operations


def forbid(task: Task) -> None:
    """Have the next operation of `task` refused, whose context is dead."""
    task.budget = 0
    task.driver.calm.disturb(task.context)


def doom(task: Task) -> None:
    """Have the next operation of `task` refused, whose context is dead; interrupt what it does elsewhere."""
    forbid(task)
    task.driver.cancel(task)


async def refuse(task: Task) -> None:
    """
    Let others run once, then raise the dead context's error: a loop that catches it cannot starve
    anybody.
    """
    error = task.context.err
    await task.driver.rest(task)
    try:
        if error is not None:
            raise error
    finally:
        del error  # its traceback holds this frame


def spawn(
    fn: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...],
    context: Context,
    ended: Callable[[Task, BaseException | None], None],
    name: str = "",
    made_at: Place | None = None,
) -> Task:
    """
    Start `fn(*args)` as a task under `context`; `ended(task, error)` is called in the task when it is over.

    The task runs up to its first trap even under a dead context.
    """
    driver: Driver = current_seat().task.driver
    if context.driver is not driver:
        context.check_run(driver)
    task = driver.record(driver, context, name or getattr(fn, "__name__", "task"), made_at, ended)
    function = fn.__func__ if type(fn) is MethodType else fn
    plain = type(function) is FunctionType and function.__code__.co_flags & CO_COROUTINE
    try:  # to make the coroutine of a plain function runs nothing yet
        body: Any = fn(*args) if plain and driver.steps else lifetime(task, fn, args)
    except TypeError:  # the arguments are wrong: the task fails of that in its turn
        body = lifetime(task, fn, args)
    driver.live.add(task)
    context.tasks.add(task)
    try:
        driver.spawn(task, body)
    except BaseException:
        body.close()
        driver.live.discard(task)
        context.tasks.discard(task)
        raise
    if context.dead:
        driver.cancel(task)  # it may wait for something that is not ours
    return task


CO_COROUTINE = 0x80
"""The flag of an `async def` function. Source: inspect.CO_COROUTINE."""


async def lifetime(task: Task, fn: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
    """
    Run `fn(*args)` as the body of `task` and record how it ended; a driver runs this and it never
    raises.
    """
    error: BaseException | None = None
    task.driver.begins(task)
    try:
        await fn(*args)
    except BaseException as raised:  # noqa: BLE001 (handed to `task.ended`, which decides)
        error = translated(raised)
    try:
        finish(task, error)
    finally:
        task.driver.ends(task)
        del task, fn, args, error  # an error's traceback holds this frame


def over(task: Task, error: BaseException | None) -> None:
    """Record that `task`, whose coroutine has ended so, is over; called in the task's own contextvars."""
    finish(task, None if error is None else translated(error))


def finish(task: Task, error: BaseException | None) -> None:
    """Record that `task` is over, once."""
    driver = task.driver
    if task in driver.live:
        driver.live.discard(task)
        task.context.tasks.discard(task)
        task.own = None  # it refers back, as these do
        if task.places:
            make_places(task, 0)
        if driver.observe is not None:
            driver.observe(task, "end", None)
        if task.ended is not None:
            task.ended(task, error)


def report_unraisable(task: Task, error: BaseException | None) -> None:
    """Report the error of a task that nobody waits for as the interpreter reports its own."""
    if error is not None and not isinstance(error, CancelledError):
        Unraisable(error, task.name)  # dropped at once


class Unraisable:
    """Has the interpreter report an error: it reports what a finaliser raises, and takes no other word."""

    def __init__(self, error: BaseException, name: str) -> None:
        self._error = error
        self._name = name

    def __del__(self) -> None:
        raise self._error

    def __repr__(self) -> str:
        """Return the name of the task."""
        return f"<task {self._name}>"


def raise_aborted(task: Task) -> None:
    """Raise what ended the wait of `task`, if anything did; for drivers. Leaves no reference cycle."""
    aborted = take_aborted(task)
    try:
        if aborted is not None:
            raise aborted
    finally:
        del aborted


def take_aborted(task: Task) -> BaseException | None:
    """Return what ended the wait of `task`, which is then told; for drivers that throw it."""
    aborted, task.aborted = task.aborted, None
    return aborted


async def park(waiter: Waiter, *, shielded: bool = False) -> None:
    """
    Suspend the running task until its waiter is granted.

    Cancellation: the waiter has left its queue when the context's error is raised. A shielded wait is
    not ended by a context.
    """
    driver = waiter.task.driver
    try:
        await driver.park(waiter, shielded=shielded)
    except BaseException as error:
        if not driver.granted(waiter.task, error):
            raise


def wait_in(
    task: Task, verb: str, subject: object, queue: MutableSequence[Waiter], value: Any = None
) -> Awaitable[None]:
    """
    Put the running task at the end of `queue` and suspend it there. Its place is its own waiter, so that
    parking makes no object; whoever reads `value` afterwards sets it to None.

    What is raised is let pass unless the driver says that the wait was `granted` all the same.
    """
    waiter = task.own
    if waiter is None:
        waiter = task.own = Waiter(task, verb, subject, queue, value)
    else:
        waiter.verb = verb
        waiter.subject = subject
        waiter.queue = queue
        waiter.value = value
        waiter.ok = False
    queue.append(waiter)
    driver = task.driver
    suspended = driver.suspended
    if suspended is None or driver.observe is not None:
        return driver.park(waiter)
    task.waiting = waiter
    return suspended


def make_places(task: Task, count: int) -> tuple[Waiter, ...]:
    """Give a task so many places for its selects, each the rival of all, and let go of those it had."""
    for place in task.places:
        place.rivals = ()
    places = task.places = tuple([Waiter(task, "") for _ in range(count)])
    for place in places:
        place.rivals = places
    return places


def unpark(waiter: Waiter) -> None:
    """Wake the task of a waiter that was taken from its queue; its rivals leave theirs at once."""
    if waiter.rivals:
        _withdraw_rivals(waiter)
    task = waiter.task
    task.waiting = None
    task.driver.unpark(task)


def withdraw(waiter: Waiter) -> None:
    """Take a waiter that nobody claimed out of its queue, and its rivals out of theirs."""
    for each in waiter.rivals or (waiter,):
        if each.queue is not None:
            each.queue.remove(each)
        each.leave()


def _withdraw_rivals(waiter: Waiter) -> None:
    for rival in waiter.rivals:
        if rival is not waiter and rival.queue is not None:
            rival.queue.remove(rival)


def grant(waiter: Waiter, value: Any = None) -> Any:
    """Let a waiter that was taken from its queue go on with `value`; return the one that it brought."""
    brought = waiter.value
    waiter.value = value
    waiter.ok = True
    waiter.queue = waiter.subject = None
    if waiter.rivals:
        _withdraw_rivals(waiter)
    task = waiter.task  # as `unpark`, without a call: values change hands here
    task.waiting = None
    task.driver.unpark(task)
    return brought


def grant_all(queue: deque[Waiter]) -> None:
    """Let every waiter of a queue go on, in its order."""
    while queue:
        grant(queue.popleft())


def dismiss(waiter: Waiter) -> None:
    """Let a waiter that was taken from its queue go on without a value."""
    waiter.leave()
    unpark(waiter)


async def sleep(seconds: float) -> None:
    """
    Suspend the running task for `seconds`; zero or less lets other tasks run once.

        >>> async def main():
        ...     await sleep(3_600.0)
        ...     return now()
        >>> run(main, runtime="simulator")
        3600.0

    Raises:
        CancelledError: the current context was cancelled before or during the wait.
        DeadlineExceededError: its deadline passed.
        ValueError: `seconds` is not a number.
    """
    task = current_seat().task
    if seconds != seconds:  # noqa: PLR0124 (the test for NaN)
        raise ValueError("seconds: found nan, allowed a number")
    if task.context.dead:
        await refuse(task)
    await task.driver.sleep(task, seconds)


def now() -> float:
    """
    Return the time of the running runtime in seconds: monotonic, or virtual on the simulator.

        >>> async def main():
        ...     await sleep(1.5)
        ...     return now()
        >>> run(main, runtime="simulator")
        1.5
    """
    return running().driver.now()


def cancel(tasks: Iterable[Task]) -> None:
    """
    Wake every task that waits in a queue of ours with its context's error, and interrupt the others.

    All are marked first and each queue is filtered once, so that cancelling n tasks costs O(n). The
    order of waking is the order of the tasks'
    numbers: it must not depend on the order of a set.
    """
    ordered = sorted(tasks, key=lambda task: task.number)
    follow = ordered[0].driver.follow
    if follow is not None:
        for task in ordered:
            follow(task, "cancel", task.context)
    woken = []
    others = [task for task in ordered if not task.waiting]
    queues: dict[int, MutableSequence[Waiter]] = {}
    for task in ordered:
        task.budget = 0
        if task.waiting:
            if not task.waiting.ok:  # else it sleeps, its time has come, and so has its turn
                woken.append(task)
            _abort(task, queues)
    for queue in queues.values():
        kept = [waiter for waiter in queue if waiter.task.aborted is None]
        queue.clear()
        queue.extend(kept)
    for task in others:  # what is done on a cancel may use the queues
        task.driver.cancel(task)
    for task in woken:
        task.driver.unpark(task)


def _abort(task: Task, queues: dict[int, MutableSequence[Waiter]]) -> None:
    """End the wait of a task with its context's error; add the queues that it stands in to those given."""
    for waiter in task.waits():
        if waiter.queue is not None:
            queues[id(waiter.queue)] = waiter.queue
        waiter.leave()
    task.waiting = None
    task.aborted = task.context.err


async def call(
    fn: Callable[[*Ts], T], *args: *Ts, abandon: bool = False, on_cancel: Callable[[], object] | None = None
) -> T:
    """
    Run the blocking function `fn(*args)` where it blocks no task, and return its result.

        >>> async def main():
        ...     return await call(sum, [1, 2])
        >>> run(main)
        3

    Cancellation: a cancelled caller runs `on_cancel` (shut a socket, say) and then waits for `fn`,
    whose result is still returned; with `abandon=True` it leaves at once, the late result is dropped
    and `run` reports the call. Contextvars are those of the caller.

    Raises:
        whatever `fn` raises; the context's error when it was dead beforehand, when the call was
        abandoned, or when `fn` failed after `on_cancel`.
    """
    task = running()
    if task.context.dead:
        await refuse(task)
    result: T = await task.driver.call(task, fn, args, abandon=abandon, on_cancel=on_cancel)
    return result


def from_call(fn: Callable[[*Ts], T], *args: *Ts) -> T:
    """
    From inside a `call`: run the plain function `fn(*args)` between two turns of the tasks and return its
    result. It may use what belongs to the runtime (`channel.try_send`, `context.cancel`) and must not block.

        >>> async def main():
        ...     channel = Channel(1)
        ...     await call(lambda: from_call(channel.try_send, "from a thread"))
        ...     return await channel.receive()
        >>> run(main)
        'from a thread'

    Raises:
        whatever `fn` raises.
        RuntimeError: not inside a call, or the run is over.
    """
    seat = current_seat()
    answer = None if seat is NOWHERE else getattr(seat.task.driver, "from_call", None)
    if answer is None:
        raise RuntimeError("from_call is for the inside of a call; elsewhere use the object as it is")
    result: T = answer(fn, args)
    return result


def alarm(at: float, ring: Callable[[], None]) -> Alarm:
    """
    Call `ring` at the runtime's time `at` (seconds). It runs between two turns of tasks and must not
    block.
    """
    return running().driver.alarm(at, ring)


TRAPS = (spawn, park, unpark, sleep, now, cancel, call, alarm)
