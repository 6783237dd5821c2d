"""Wait groups: wait until a counter of things under way is zero."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.errors import CancelledError
from patterns.group import asynchronous, bind, cut_own_frame, settle
from patterns.traps import Waiter, is_foreign_cancel

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.traps import Driver, Task


class WaitGroup:
    """
    A counter that tasks can wait on; it can be used again after it has been zero.

        >>> async def main():
        ...     group = WaitGroup()
        ...     for seconds in (1.0, 2.0):
        ...         group.go(sleep, seconds)
        ...     await group.wait()
        ...     return now()
        >>> run(main, runtime="simulator")
        2.0

    `go` counts before it starts the task and uncounts when it has ended, however it ended. A task that
    fails is never silent: `wait` raises the first error when all have ended, with later ones attached as
    notes; one that ends the program (KeyboardInterrupt, SystemExit) comes before the first. (Go lets the
    whole program crash.) A task that ends by `CancelledError` ends quietly. A `TaskGroup` is the better
    choice where tasks must not outlive a block.

    Whoever waited when the counter became zero is let go, even if it rises again before they run.

    Source: Go package sync, WaitGroup.
    """

    def __init__(self) -> None:
        self.owner: Driver | None = None
        self._count = 0
        self._waiters: deque[Waiter] = deque()
        self._errors: list[BaseException] = []

    def add(self, n: int = 1) -> None:
        """
        Add `n`, which may be negative, to the counter.

        Raises:
            ValueError: the counter would be negative; it stays as it was.
            RuntimeError: in another run, inside a `call`, or in a thread without a runtime while tasks wait.
        """
        settle(self, self._waiters)
        if self._count + n < 0:
            raise ValueError(f"the counter of a WaitGroup would be {self._count + n}, allowed from 0")
        self._count += n
        if self._count == 0:
            traps.grant_all(self._waiters)

    def done(self) -> None:
        """
        Take one from the counter.

        Raises:
            ValueError: it is zero.
        """
        self.add(-1)

    def go(self, fn: Callable[..., Any], *args: Any) -> Task:
        """Count one and run `fn(*args)` as a task: an `async def` in it, a plain function through `call`."""
        perform = asynchronous(fn)
        self.add()
        try:
            return traps.spawn(
                perform,
                args,
                context=traps.running().context,
                ended=self._ended,
                name=getattr(fn, "__name__", "task"),
                made_at=traps.caller(),
            )
        except BaseException:
            self.done()
            raise

    async def wait(self) -> None:
        """
        Wait until the counter is zero; at once when it is.

        Raises:
            the first error of a task that `go` started since the last `wait`.

        Cancellation: the wait ends with the context's error; the tasks go on.
        """
        task = traps.running()
        bind(self, task.driver)
        if task.context.dead:
            await traps.refuse(task)
        if self._count:
            waiter = Waiter(task, "wait", self, self._waiters)
            self._waiters.append(waiter)
            await traps.park(waiter)
        errors, self._errors = self._errors, []
        if errors:
            raise _first_of(errors)

    def __repr__(self) -> str:
        """Return its counter."""
        return f"<WaitGroup at {self._count}>"

    def _ended(self, task: Task, error: BaseException | None) -> None:
        del task
        if error is not None and not isinstance(error, CancelledError) and not is_foreign_cancel(error):
            cut_own_frame(error)
            self._errors.append(error)
        self.done()


def _first_of(errors: list[BaseException]) -> BaseException:
    """Return the first error, one that ends the program before any other, with notes of the rest."""
    errors.sort(key=lambda error: isinstance(error, Exception))
    first, *later = errors
    for other in later:
        first.add_note(f"also: {type(other).__name__}: {other}")
    return first
