"""Task groups: the structure that every task lives in."""

from __future__ import annotations

import inspect
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self

from patterns import traps
from patterns.errors import CancelledError, DeadlineExceededError, DeadlockError
from patterns.traps import CO_COROUTINE, Waiter, is_foreign_cancel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from types import TracebackType

    from patterns.context import Context
    from patterns.traps import Driver, Place, Task


class TaskGroup:
    """
    Tasks that end together: leaving the block waits for all of them.

        >>> async def main():
        ...     async with TaskGroup() as group:
        ...         for seconds in (3.0, 1.0, 2.0):
        ...             group.spawn(sleep, seconds)
        ...     return now()
        >>> run(main, runtime="simulator")
        3.0

    The first child that fails cancels the group's own context, in which the block runs too. A child
    that ends by the group's cancellation ends quietly.

    Raises:
        ExceptionGroup: of the children's errors in order of arrival, the block's own among them;
            `BaseExceptionGroup` where one is no `Exception`.
        KeyboardInterrupt, SystemExit, DeadlockError: from a child or the block, bare, after the others
            have ended.
        CancelledError, DeadlineExceededError: a context that encloses the group ended it: its `err`,
            once, bare.
        RuntimeError: `spawn` after the group has ended.
        asyncio.CancelledError: somebody cancelled the `asyncio.Task` of the block; the children's errors are
            its cause.

    Cost: about 3 us per task on `asyncio`, one thread per task on `threads`.
    """

    def __init__(self) -> None:
        self.context: Context | None = None
        self.errors: list[BaseException] = []
        self.fails_too: Callable[[BaseException], bool] | None = None  # of cancellations: set by a stage
        self._running = 0
        self._told: Callable[[Task, BaseException | None], None] | None = None
        self._made_at: Place | None = None
        self._host: Waiter | None = None

    async def __aenter__(self) -> Self:
        if self.context is not None:
            raise RuntimeError("a TaskGroup is entered once")
        self.context = traps.running().context.with_cancel()
        self.context.__enter__()
        self._told = self._child_ended  # one for all children
        return self

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str = "") -> Task:
        """
        Start `fn(*args)` as a child: an `async def` in the task itself, a plain function through
        `call`.
        """
        plain = type(fn) is FunctionType and fn.__code__.co_flags & CO_COROUTINE
        perform = fn if plain else asynchronous(fn)  # asking takes as long as the rest
        context, told = self.context, self._told
        if context is None or told is None:
            raise RuntimeError("spawn outside the group's block: every task lives inside it")
        frame = sys._getframe(1)  # noqa: SLF001 (as `traps.caller`, without a call)
        made_at = frame.f_code, frame.f_lasti
        if made_at == self._made_at:
            made_at = self._made_at  # one object for all that are made there
        else:
            self._made_at = made_at
        self._running += 1  # first: an eager one may end at once
        try:
            return traps.spawn(perform, args, context, told, name or getattr(fn, "__name__", "task"), made_at)
        except BaseException:
            self._running = sum(task.ended is self._told for task in traps.running().driver.live)
            raise

    def cancel(self, cause: BaseException | None = None) -> None:
        """Cancel every child and the block."""
        if self.context is not None:
            self.context.cancel(cause)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        context = self.context
        if context is None:
            raise RuntimeError("a TaskGroup is left after it was entered")
        if error is not None:
            error = traps.translated(error)
            self._note(error)
            context.cancel()
        outside = await self._join(context)
        self._told = None
        enclosing = context.parent.err if context.parent else None
        context.__exit__(None, None, None)
        context.cancel()
        try:
            self._raise(outside, enclosing, error)
        finally:
            self.errors = []
            del self, context, outside, error, enclosing  # an error's traceback holds this frame

    def __repr__(self) -> str:
        """Return how many tasks it has."""
        return f"<TaskGroup of {self._running} tasks>"

    async def _join(self, context: Context) -> BaseException | None:
        """
        Wait for every child; return what was thrown into the wait from outside the library, if anything
        was.
        """
        outside = None
        while self._running:
            task = traps.running()
            self._host = Waiter(task, "join", self)
            try:
                await traps.park(self._host, shielded=True)
            except BaseException as thrown:  # noqa: BLE001 (kept, and raised when all have ended)
                thrown = traps.translated(thrown)
                if isinstance(thrown, DeadlockError):
                    self.errors.append(thrown)
                else:
                    outside = outside or thrown
                context.cancel()
            finally:
                self._host = None
        return outside

    def _child_ended(self, task: Task, error: BaseException | None) -> None:
        del task
        self._running -= 1
        if error is not None and self.context is not None:
            cut_own_frame(error)
            failed = self._note(error)
            if not failed and self.fails_too is not None and self.fails_too(error):
                self.errors.append(error)
                failed = True
            if failed:
                self.context.cancel(error)
        if not self._running and self._host is not None:
            host, self._host = self._host, None  # another child may come and go before the host runs
            traps.unpark(host)

    def _note(self, error: BaseException) -> bool:
        """Keep an error that is a failure; the context's own endings are none."""
        if isinstance(error, CancelledError) or (
            isinstance(error, DeadlineExceededError) and self.context is not None and self.context.dead
        ):
            return False
        if is_foreign_cancel(error):
            return False
        self.errors.append(error)
        return True

    def _raise(
        self, outside: BaseException | None, enclosing: BaseException | None, error: BaseException | None
    ) -> None:
        bare = failed = None
        try:
            for bare in self.errors:
                if isinstance(bare, (KeyboardInterrupt, SystemExit, DeadlockError, GeneratorExit)):
                    raise bare
            failed = BaseExceptionGroup("tasks of a group failed", self.errors) if self.errors else None
            if outside is not None and is_foreign_cancel(outside):
                raise outside from failed
            if error is not None and is_foreign_cancel(error):
                raise error from failed
            if failed is not None:
                raise failed
            if enclosing is not None:
                raise enclosing
            if outside is not None:
                raise outside
        finally:
            del self, bare, failed, outside, enclosing, error  # as above


def cut_own_frame(error: BaseException) -> None:
    """
    Cut `traps.lifetime` off the traceback of a task's error: that frame holds the error, and through the
    task its group.
    """
    trace = error.__traceback__
    if trace is not None and trace.tb_frame.f_code is traps.lifetime.__code__:
        error.__traceback__ = trace.tb_next


def bind(thing: Any, driver: Driver) -> None:
    """
    Have `thing` belong to a run, by its attribute `owner`, until that is over.

    Raises:
        RuntimeError: it is in use in another one.
    """
    owner = thing.owner
    if owner is driver:
        return
    if owner is not None and not owner.finished:
        raise traps.in_use(thing, owner, driver.name)
    thing.owner = driver
    if driver.follow is not None:
        driver.follow(traps.running(), "bind", thing)


def settle(thing: Any, waiting: Collection[object]) -> None:
    """
    `check_place`, and `bind` to the run that goes on here, if any.

    Raises:
        RuntimeError: it is in use in another run; use `from_call` inside a call.
    """
    seat = traps.current_seat()
    if seat is not traps.NOWHERE and seat.task.driver is thing.owner:
        return
    driver = check_place(thing, waiting)
    if driver is not None:
        bind(thing, driver)


def check_place(thing: object, waiting: Collection[object]) -> Driver | None:
    """
    Refuse a plain call from inside a `call`, whose thread runs beside the tasks, or from a thread without
    a runtime while tasks wait for `thing`. Returns the driver of the run that goes on here, if any.

    Raises:
        RuntimeError: use `from_call`.
    """
    if traps.current_seat() is not traps.NOWHERE:
        driver = traps.running().driver
        driver.unpark  # noqa: B018 (a call has no traps, and says so)
        return driver
    if waiting and not traps.runs_here():
        raise RuntimeError(
            f"{thing!r} is in use and cannot be used from a thread without a runtime: run the thread's work "
            "through call, and use from_call"
        )
    return None


def asynchronous(fn: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """
    Return `fn` as a function to await: itself when it is `async def`, else one that runs it through
    `call` and awaits what it gives, if it can be.

    Raises:
        TypeError: `fn` is not callable, or is a generator function.
    """
    if is_asynchronous(fn):
        return fn

    async def through_call(*args: Any) -> Any:
        result = await traps.call(fn, *args)
        return await result if inspect.isawaitable(result) else result

    return through_call


def is_asynchronous(fn: Callable[..., Any]) -> bool:
    """
    Whether `fn` is `async def`, and not a plain function. A wrapper is what it is itself, whatever it wraps.

    Raises:
        TypeError: `fn` is not callable, or is a generator function.
    """
    if type(fn) is FunctionType and fn.__code__.co_flags & CO_COROUTINE:
        return True
    if not callable(fn):
        if inspect.iscoroutine(fn):
            fn.close()  # or the interpreter would warn that nobody awaited it
        raise TypeError(f"a function is needed, found {fn!r}")
    kinds = (fn, getattr(fn, "__call__", None))  # noqa: B004 (its code, not whether it has any)
    if any(inspect.isgeneratorfunction(kind) or inspect.isasyncgenfunction(kind) for kind in kinds):
        raise TypeError(
            f"a plain or async function is needed, {getattr(fn, '__name__', fn)!r} is a generator"
        )
    return any(map(inspect.iscoroutinefunction, kinds))
