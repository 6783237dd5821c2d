"""Error groups: tasks whose first error cancels the rest, as in Go's errgroup."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.context import Context
from patterns.demo import Demo, Job, Option
from patterns.errors import CancelledError, DeadlineExceededError
from patterns.group import asynchronous, bind, cut_own_frame
from patterns.traps import Waiter, is_foreign_cancel

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.demo import Options
    from patterns.traps import Driver, Place, Task


class ErrGroup:
    """
    Tasks that work on one thing: the first error is its cause of death, and what `wait` raises.

        >>> async def main():
        ...     group = ErrGroup(limit=2)
        ...     await group.go(sleep, 60.0)
        ...     await group.go(int, "no number")
        ...     await group.wait()
        >>> run(main, runtime="simulator")
        Traceback (most recent call last):
            ...
        ValueError: invalid literal for int() with base 10: 'no number'

    The tasks run in `context`, derived from the one that is current when the group is first used. Their
    first error cancels it at once, with that error as the cause; the end of `wait` cancels it too. Tasks
    that end because the context is dead, or that asyncio cancelled, are no failures. KeyboardInterrupt,
    SystemExit and other errors that are no `Exception` come before the first one.

    Args:
        limit: how many tasks may run at once, at least 1; None for any number.

    Raises:
        TypeError, ValueError: the limit is no whole number, or below 1.

    Source: golang.org/x/sync/errgroup.
    """

    def __init__(self, limit: int | None = None) -> None:
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int)):
            raise TypeError(f"limit: found {limit!r}, allowed a whole number from 1, or None")
        if limit is not None and limit < 1:
            raise ValueError(f"limit: found {limit}, allowed a whole number from 1, or None")
        self.errors: list[BaseException] = []
        self._limit = limit
        self._context: Context | None = None
        self._tasks: set[Task] = set()
        self.owner: Driver | None = None
        self._slots_taken = 0
        self._queue: deque[Waiter] = deque()
        self._joining: deque[Waiter] = deque()

    @property
    def context(self) -> Context:
        """The context that the tasks run in."""
        if self._context is None:
            self._context = Context.current().with_cancel()
        return self._context

    async def go(self, fn: Callable[..., Any], *args: Any) -> None:
        """
        Start `fn(*args)` as a task, waiting for one to end when `limit` of them run.

        After a failure it still starts the task, whose context is then dead: it runs up to its first
        blocking operation.

        Cancellation: a `go` that waits for its turn raises the caller's context's error; nothing was started.
        """
        perform = asynchronous(fn)
        made_at = traps.caller()
        task = traps.running()
        bind(self, task.driver)
        if task.context.dead:
            await traps.refuse(task)
        if self._limit is not None and (self._slots_taken >= self._limit or self._queue):
            waiter = Waiter(task, "go", self, self._queue)
            self._queue.append(waiter)
            await traps.park(waiter)
        else:
            self._slots_taken += 1
        self._start(perform, fn, args, made_at)

    def try_go(self, fn: Callable[..., Any], *args: Any) -> bool:
        """Start `fn(*args)` as `go` does, or return False when `limit` tasks run."""
        perform = asynchronous(fn)
        bind(self, traps.running().driver)
        if self._limit is not None and (self._slots_taken >= self._limit or self._queue):
            return False
        self._slots_taken += 1
        self._start(perform, fn, args, traps.caller())
        return True

    async def wait(self) -> None:
        """
        Wait until every task has ended, then cancel the context.

        Raises:
            the first error, the same object at every call.

        Cancellation: a caller whose context dies cancels the tasks, waits for them, however often it is
            cancelled again, and raises its error.
        """
        task = traps.running()
        bind(self, task.driver)
        thrown: BaseException | None = None
        try:
            if task.context.dead:
                await traps.refuse(task)
            while self._slots_taken:
                await self._join(task, shielded=False)
                if task.context.dead and self._slots_taken:
                    await traps.refuse(task)
        except BaseException as error:  # noqa: BLE001 (raised when all have ended)
            thrown = traps.translated(error)
            self.context.cancel(thrown)
            while self._slots_taken:
                with suppress(BaseException):  # the first one is raised; no later one may end the join
                    await self._join(task, shielded=True)
        self.context.cancel()
        raised = self._first() if thrown is None else thrown
        try:
            if raised is not None:
                raise raised
        finally:
            del self, task, thrown, raised  # an error's traceback holds this frame

    def __repr__(self) -> str:
        """Return how many tasks it has."""
        return f"<ErrGroup of {len(self._tasks)} tasks>"

    def _start(self, perform: Callable[..., Any], fn: Any, args: tuple[Any, ...], made_at: Place) -> None:
        try:
            name = getattr(fn, "__name__", "task")
            task = traps.spawn(
                perform, args, context=self.context, ended=self._ended, name=name, made_at=made_at
            )
        except BaseException:
            self._free_slot()
            raise
        if task in task.driver.live:  # an eager one may have ended already
            self._tasks.add(task)

    def _ended(self, task: Task, error: BaseException | None) -> None:
        self._tasks.discard(task)
        if error is not None and not self._is_quiet(error):
            cut_own_frame(error)
            self.errors.append(error)
            self.context.cancel(error)
        self._free_slot()

    def _is_quiet(self, error: BaseException) -> bool:
        ended = isinstance(error, (CancelledError, DeadlineExceededError)) or is_foreign_cancel(error)
        return ended and self.context.dead

    def _free_slot(self) -> None:
        """Hand the slot to whoever waits first, or free it; the last one that is free ends the joins."""
        if self._queue:
            traps.grant(self._queue.popleft())
        else:
            self._slots_taken -= 1
            if self._slots_taken == 0:
                traps.grant_all(self._joining)

    async def _join(self, task: Task, *, shielded: bool) -> None:
        waiter = Waiter(task, "join", self, self._joining)
        self._joining.append(waiter)
        try:
            await traps.park(waiter, shielded=shielded)
        finally:
            if waiter in self._joining:  # what ends a shielded wait leaves it there
                self._joining.remove(waiter)

    def _first(self) -> BaseException | None:
        for error in self.errors:
            if not isinstance(error, Exception):
                return error
        return self.errors[0] if self.errors else None


SLOW, LATE = 3, 2
"""How many times as long as the others the slow pages take, and the one that fails."""


async def _demo(options: Options) -> list[str]:
    """Fetch every page of a site; the first error cancels the requests that are under way."""
    from patterns.ports.web import FetchError, Page, site  # noqa: PLC0415 - a web server, for this demo only

    pages = {f"/page/{number}": Page(*_answer(options, number)) for number in range(1, options.urls + 1)}
    fetched: list[str] = []

    async def fetch(number: int, path: str) -> None:
        with Job(number):
            await there.fetch(path)
            fetched.append(path)

    group = ErrGroup(limit=options.workers)
    async with site(pages) as there:
        try:
            for number, path in enumerate(pages, 1):
                await group.go(fetch, number, path)
            await group.wait()
        except FetchError as error:
            return [f"fetched {len(fetched)} pages", f"error: {error}"]
    return [f"fetched {len(fetched)} pages"]


def _answer(options: Options, number: int) -> tuple[float, str]:
    """Say when and how a page answers: one fails and one drops the line, both late; every third is slow."""
    if number in {options.failing, options.dropping}:
        return LATE * options.latency, "fail" if number == options.failing else "drop"
    return (SLOW if number % 3 == 0 else 1) * options.latency, "ok"


demo = Demo(
    main=_demo,
    options=(
        Option("urls", 10, "pages to fetch, from a server on loopback"),
        Option("workers", 10, "requests at once", least=1, tasks=True),
        Option("latency", 0.1, "how long a page takes; every third takes 3 x as long"),
        Option("failing", 7, "the page that answers with an error; 0: none"),
        Option("dropping", 0, "the page that drops the line; 0: none"),
    ),
)
