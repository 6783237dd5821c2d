"""
Contexts: deadlines, cancellation and values that go down a tree, as in Go's package `context`.

The current context of a task is the library's one mechanism of cancellation: when it is done, every
blocking operation of the task ends.
"""

from __future__ import annotations

from functools import partial
from math import inf
from numbers import Real
from typing import TYPE_CHECKING, Any, NoReturn, Self
from weakref import ref

from patterns import traps
from patterns.channel import Channel
from patterns.errors import CancelledError, DeadlineExceededError
from patterns.group import asynchronous, check_place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from patterns.channel import Receiver
    from patterns.traps import Alarm, Driver, Place, Task


class Context:
    """
    A node in the tree of contexts. Made by `background` and the `with_` methods, never directly.

        >>> async def main():
        ...     parent = Context.current().with_value("user", "Ada").with_cancel()
        ...     try:
        ...         with parent.with_timeout(1.0):
        ...             await sleep(5.0)
        ...     except DeadlineExceededError:
        ...         parent.cancel()
        ...     return now(), parent.value("user"), parent.err
        >>> run(main, runtime="simulator")
        (1.0, 'Ada', CancelledError('context cancelled'))

    `with ctx:` makes it current for the block and for tasks spawned in it: every blocking operation
    inside ends when it is done, raising `ctx.err`. Leaving the block restores the previous context, and
    cancels `ctx` when the leaving task is the one that derived it. The same context may be entered
    several times, and by several tasks. A dead context refuses an operation even when the operation
    could go on at once (Go's select picks one of the two at random).

    `err` is a new exception at every reading; "ctx.err is not None" is the test for being done. A context
    that nobody refers to is forgotten, cancelled or not. A whole tree belongs to one run at a time; in a
    later run its time-outs are counted anew.
    """

    __slots__ = (
        "__weakref__", "_above", "_alarm", "_at", "_cause", "_children", "_clock", "_deriver", "_done",
        "_entered", "_error", "_followers", "_key", "_link", "_root", "_timed", "_timeout_s", "_value",
        "dead", "deadline", "driver", "parent", "tasks",
    )  # fmt: skip

    def __init__(
        self, parent: Context | None, above: Context | None = None, deriver: Task | None = None
    ) -> None:
        self.parent = parent
        self._above = above or parent
        self._root: Context | None = (parent._root or parent) if parent else None
        self._children: dict[ref[Context], None] = {}
        self._link: ref[Context] | None = None
        self.tasks: set[Task] = set()
        self.dead = False
        self.deadline: float | None = parent.deadline if parent else None
        self._key: object = None
        self._value: object = None
        self._error: type[CancelledError | DeadlineExceededError] | None = None
        self._cause: BaseException | None = None
        self._done: DoneChannel | None = None
        self._alarm: Alarm | None = None
        self._timeout_s: float | None = None
        self._at: float | None = None
        self._timed: bool = parent is not None and parent._timed
        self._clock: Driver | None = parent._clock if parent else None
        self.driver: Driver | None = None
        self._deriver = deriver
        self._entered: dict[Task, list[tuple[Context, int]]] = {}
        self._followers: dict[Context, dict[Follower, None]] = parent._followers if parent else {}

    @staticmethod
    def background() -> Context:
        """Return a root: never done, no deadline, no values."""
        return Context(None, deriver=traps.place())

    @staticmethod
    def current() -> Context:
        """
        Return the running task's context; inside a `call`, the caller's.

        Raises:
            RuntimeError: no runtime runs here.
        """
        return (traps.place() or traps.running()).context

    def with_cancel(self) -> Context:
        """
        Return a child that `cancel` ends; it is done at once when this context is.

        Raises:
            RuntimeError: the tree is in use in another run.
        """
        child = Context(self, deriver=self._bind())
        if self.dead:
            child._die(self._error, self._cause)
        else:
            child._link = ref(child, self._children.pop)
            self._children[child._link] = None
        return child

    def with_timeout(self, seconds: float | None) -> Context:
        """
        Return a child that is done after `seconds`; None is no limit. Made outside a runtime, it is counted
        from when it, or one below it, is first entered, derived from or asked for `done` inside one.

        Raises:
            RuntimeError: the tree is in use in another run.
            TypeError, ValueError: `seconds` is not a number.
        """
        _check_number("seconds", seconds)
        child = self.with_cancel()
        child._timeout_s = seconds
        child._timed = True
        child._clock = None
        child._bind()
        return child

    def with_deadline(self, at: float) -> Context:
        """
        Return a child that is done at the runtime's time `at` (seconds, as `now()`), or earlier with
        this context.

        Raises:
            RuntimeError: no runtime runs here, or the tree is in use in another run.
            TypeError, ValueError: `at` is not a number.
        """
        if at is None:
            raise TypeError("at: found None, allowed a number")
        _check_number("at", at)
        now = traps.now()
        child = self.with_cancel()
        child._at = at
        child._timed = True
        child._arm(at, now)
        return child

    def with_value(self, key: object, value: object) -> Context:
        """
        Return a child that carries `value` under `key`.

        Raises:
            ValueError: the key is None.
            TypeError: the key is unhashable.
        """
        if key is None:
            raise ValueError("key: found None, allowed any hashable object")
        hash(key)
        child = self.with_cancel()
        child._key, child._value = key, value
        return child

    def without_cancel(self) -> Context:
        """
        Return a context with this one's values that is never done by it: `with ctx.without_cancel():`
        shields clean-up.
        """
        return Context(None, above=self, deriver=traps.place())

    def value(self, key: object) -> Any:
        """
        Return the value of the nearest context that carries `key`, or None. Keys match by type and
        equality.
        """
        context: Context | None = self
        while context is not None:
            if context._key is key or (type(context._key) is type(key) and context._key == key):
                return context._value
            context = context._above
        return None

    @property
    def err(self) -> CancelledError | DeadlineExceededError | None:
        """
        None while the context lives; then a new `CancelledError` or `DeadlineExceededError`, caused by
        `cause` where one was given.
        """
        if self._error is None:
            return None
        error = self._error(
            "context deadline exceeded" if self._error is DeadlineExceededError else "context cancelled"
        )
        error.__cause__ = self._cause
        return error

    @property
    def cause(self) -> BaseException | None:
        """What was given to `cancel`, here or above, whichever died first; without one, as `err`."""
        if self._error is None:
            return None
        return self.err if self._cause is None else self._cause

    @property
    def done(self) -> Receiver[None]:
        """A receive-only channel that is closed when the context is done."""
        self._bind()
        if self._done is None:
            self._done = DoneChannel()
            if not self.dead:
                self._done.context = self
            else:
                self._done.close()
        return self._done.receiver

    def cancel(self, cause: BaseException | None = None) -> None:
        """
        End this context and all below it, at once; a second call does nothing.

        Raises:
            TypeError: the cause is no exception.
            RuntimeError: inside a `call`, in another run, or in a thread without a runtime while tasks run
                under it.
        """
        if cause is not None and not isinstance(cause, BaseException):
            raise TypeError(f"cause: found {cause!r}, allowed an exception")
        self._end(CancelledError, cause)

    def after_func(self, fn: Callable[..., Any], *args: Any) -> Callable[[], bool]:
        """
        Run `fn(*args)` as a task of its own once this context is done; nobody waits for it.

        Its context has this one's values and is not done. An error that it raises is reported as
        unraisable.

        Returns:
            A function `stop()`: True when it prevented the call, False when the call was begun or
            prevented before.

        Raises:
            RuntimeError: no runtime runs here.
            TypeError: `fn` is no function.
        """
        traps.running()
        self._bind()
        follower = Follower(self, asynchronous(fn), args, traps.caller())
        if self.dead:
            follower.start()
        else:
            self._followers.setdefault(self, {})[follower] = None
        return follower.stop

    def __enter__(self) -> Self:
        task = self._bind()
        if task is None:
            task = _no_task()
        self._entered.setdefault(task, []).append((task.context, traps.requests(task)))
        task.context.tasks.discard(task)
        task.context = self
        traps.birthplace.set(self)
        self.tasks.add(task)
        if self.dead:
            traps.doom(task)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task = traps.place() or _no_task()
        before = self._entered.get(task)
        if before is None:
            self._leave_elsewhere()
        previous, requests = before.pop()
        if not before:
            del self._entered[task]
        self.tasks.discard(task)
        task.context = previous
        traps.birthplace.set(previous)
        previous.tasks.add(task)
        if previous.dead:
            traps.doom(task)
        interrupt = task.interrupt
        if interrupt is not None and interrupt.context is self and error is None:
            interrupt.withdraw()  # foreign code has taken it for its own
        if self._deriver is task and not before:
            self._end(CancelledError, None)
        if error is not None:
            ours = traps.translated(error)
            if interrupt is not None and interrupt.context is self:
                interrupt.withdraw()  # foreign code has put another error in its place
            if isinstance(ours, (CancelledError, DeadlineExceededError)) and traps.requests(task) > requests:
                ours = traps.outside_cancellation()  # it came first, or meanwhile: ours must not hide it
            if ours is not error:
                raise ours from error

    def __repr__(self) -> str:
        """Return what kind of context it is and whether it is done."""
        deadline = "" if self.deadline is None else f", deadline {self.deadline:g}"
        return f"<Context {'done' if self.dead else 'alive'}{deadline}>"

    @property
    def children(self) -> list[Context]:
        """The contexts derived from this one that live and that somebody refers to, oldest first."""
        return [child for link in list(self._children) if (child := link()) is not None]

    def forget_follower(self, follower: Follower) -> bool:
        """Let go of a function that waits for the end; False when it was begun or let go of before."""
        followers = self._followers.get(self, {})
        if follower not in followers:
            return False
        del followers[follower]
        if not followers:
            del self._followers[self]
        return True

    def _bind(self) -> Task | None:
        """
        Belong to the run that goes on here, and begin to count its time-outs. Returns the running task; None
        where nothing runs, and inside a call.
        """
        task = traps.place()
        if task is not None:
            root, driver = self._root or self, task.driver
            if root.driver is not driver:
                self.check_run(driver)
                root.driver = driver
            if self._timed and self._clock is not driver:
                self._start_clock(driver)
        return task

    def _leave_elsewhere(self) -> NoReturn:
        """Refuse to be left in a task that did not enter, and take the tasks that did out of this context."""
        for task, before in self._entered.items():
            task.context.tasks.discard(task)
            task.context = before[0][0]
            task.context.tasks.add(task)
            if task.context.dead:
                traps.forbid(task)
        self._entered.clear()
        self._end(CancelledError, None)
        raise RuntimeError(
            "left in another task than it was entered in: enter and leave in one task, and close an async "
            "generator around it by aclose, or it is closed elsewhere"
        )

    def check_run(self, driver: Driver) -> None:
        """
        Refuse to be used in a run while another one, that is not over, uses this tree; what was allowed is
        kept in `driver` and need not be asked again.
        """
        owner = (self._root or self).driver
        if owner is driver:
            self.driver = driver
        elif owner is not None and not owner.finished:
            raise traps.in_use(self, owner, driver.name)

    def _start_clock(self, driver: Driver) -> None:
        """Count time-outs and set deadlines, here and above, by the clock of a run that is new to them."""
        if self.parent is not None:
            if self.parent._timed and self.parent._clock is not driver:
                self.parent._start_clock(driver)
            self.deadline = self.parent.deadline
        self._clock = driver
        now = driver.now()
        if self._timeout_s is not None:
            self._arm(now + self._timeout_s, now)
        elif self._at is not None:
            self._arm(self._at, now)

    def _arm(self, at: float, now: float) -> None:
        """Be done at `at`, unless a context above will be done first."""
        if self.dead:
            return
        bounded = self.deadline is not None and self.deadline <= at
        if not bounded and at != inf:
            self.deadline = at
        if at <= now:
            self._end(DeadlineExceededError, None)
        elif not bounded and at != inf:
            self._set_alarm(at)

    def _set_alarm(self, at: float) -> None:
        """Have this context ended at `at`; one that nobody refers to is disarmed when it goes."""
        link = ref(self, lambda _: alarm.cancel())
        alarm = self._alarm = traps.alarm(at, partial(_expire, link, self._followers))

    def _end(self, error: type[CancelledError | DeadlineExceededError], cause: BaseException | None) -> None:
        if self.dead:
            return
        if traps.current_seat() is not traps.NOWHERE:
            traps.running()  # a task of asyncio that is first seen here is one of those that it ends
        doomed = self._with_those_below()
        tasks = [task for context in doomed for task in context.tasks]
        self._check_place(tasks)
        if self._link is not None and self.parent is not None:
            del self.parent._children[self._link]
        for context in doomed:
            context._die(error, cause)
            if context.tasks:
                tasks[0].driver.calm.disturb(context)
        if tasks:
            traps.cancel(tasks)
        for context in doomed:
            if context._done is not None:
                context._done.context = None
                context._done.close()
        if self._followers:
            self._start_followers(doomed)

    def _with_those_below(self) -> list[Context]:
        found = [self]
        for context in found:
            if context._children:
                found.extend(context.children)
        return found

    def _check_place(self, tasks: list[Task]) -> None:
        driver = check_place(self, tasks)
        if driver is not None:
            self.check_run(driver)

    def _start_followers(self, doomed: list[Context]) -> None:
        for context in doomed:
            followers = self._followers.pop(context, ())
            if traps.runs_here():
                for follower in followers:
                    follower.start()

    def _die(
        self, error: type[CancelledError | DeadlineExceededError] | None, cause: BaseException | None
    ) -> None:
        self._cause = cause  # first: a `call` may read it at any moment, in a thread of its own
        self._error = error
        self.dead = True
        self._link = None
        self._children.clear()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None


def _expire(link: ref[Context], keeps: object) -> None:
    """End a context whose time has come; `keeps` are those that a function waits for, and they alone."""
    del keeps
    context = link()
    if context is not None:
        context._end(DeadlineExceededError, None)


def _check_number(name: str, value: object) -> None:
    if isinstance(value, bool) or (value is not None and not isinstance(value, Real)):
        raise TypeError(f"{name}: found {value!r}, allowed a number")
    if value != value:  # noqa: PLR0124 (the test for NaN)
        raise ValueError(f"{name}: found nan, allowed a number")


def _no_task() -> Task:
    """Refuse to go on where no task is: outside a runtime, or inside a call."""
    task = traps.running()
    task.driver.park  # noqa: B018 (a call has no traps, and says so)
    return task


class Follower:
    """A function that waits for the end of a context."""

    def __init__(
        self, context: Context, perform: Callable[..., Awaitable[Any]], args: tuple[Any, ...], made_at: Place
    ) -> None:
        self._context = context
        self._call = (perform, args)
        self._made_at = made_at

    def start(self) -> None:
        """Run it, as a task that the cancel of its context does not reach."""
        perform, args = self._call
        context = self._context.without_cancel()
        traps.spawn(
            perform,
            args,
            context=context,
            ended=traps.report_unraisable,
            name="after_func",
            made_at=self._made_at,
        )

    def stop(self) -> bool:
        """Forget it; False when it was begun or forgotten before."""
        return self._context.forget_follower(self)


class DoneChannel(Channel[None]):
    """What is closed when a context is done: whoever waits for that keeps the context."""

    __slots__ = ("context",)

    def __init__(self) -> None:
        super().__init__()
        self.context: Context | None = None
