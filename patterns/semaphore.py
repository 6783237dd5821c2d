"""Semaphores: so many permits, taken by weight and handed out strictly in order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.calm import NEVER, STRIDE, Calm
from patterns.demo import Demo, Option, batches, busy
from patterns.group import TaskGroup, bind, settle
from patterns.launch import note
from patterns.traps import NOWHERE, Waiter, current_seat

if TYPE_CHECKING:
    from types import CoroutineType, TracebackType

    from patterns.demo import Options
    from patterns.traps import Driver


ONE = 1
"""What nearly everybody asks for: this very object needs no check."""


class Semaphore:
    """
    `size` permits, of which an operation takes any number at once.

        >>> async def main():
        ...     semaphore = Semaphore(1)
        ...     async with semaphore:
        ...         return semaphore.try_acquire()
        >>> run(main)
        False

    Waiters are served strictly in the order in which they came, whatever their weight: who wants many is
    not starved by those who want one. A released permit goes straight to the first waiter that it
    suffices for; nobody can take it in between. Another task may release what one acquired.

    Args:
        size: permits in all, from 0.

    Raises:
        TypeError, ValueError: the size is no whole number, or below 0.

    Cancellation: a waiter leaves the queue and raises the context's error; one that was served before
        the cancel holds its permits and raises at its next operation. A dead context takes no permit.

    Source: golang.org/x/sync/semaphore. A weight above the size raises at once here, where Go waits for
        the context: it can never be served.
    """

    def __init__(self, size: int) -> None:
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"size: found {size!r}, allowed a whole number from 0")
        if size < 0:
            raise ValueError(f"size: found {size}, allowed a whole number from 0")
        self.size = size
        self.owner: Driver | None = None
        self._free = size
        self._left = 0  # so many blocks may be entered without a look at who does, while all is calm
        self._calm: Calm = NEVER
        self._waiters: deque[Waiter] = deque()

    async def acquire(self, n: int = 1) -> None:
        """
        Take `n` permits, waiting for them.

        Raises:
            TypeError, ValueError: `n` is no whole number, below 0 or above the size.
            RuntimeError: it is in use in another run.
        """
        if n is not ONE:
            self._check(n)
        task = current_seat().task
        driver = task.driver
        if self.owner is not driver:
            bind(self, driver)
        if not task.budget:
            await traps.checkpoint(task)
        task.budget -= 1
        if not self._waiters and self._free >= n:
            self._free -= n
            return
        if n > self.size:
            self._check(n)
        try:
            await traps.wait_in(task, "acquire", self, self._waiters, n)
        except BaseException as error:  # noqa: BLE001 (raised below, but for a grant)
            try:
                if not driver.granted(task, error):
                    raise
            finally:
                self._serve()  # whoever stood behind this one may fit now

    def __aenter__(self) -> CoroutineType[Any, Any, None]:
        if self._free and not self._waiters:
            if self._left and self._calm.now:
                self._left -= 1
                self._free -= 1
                return traps.DONE  # type: ignore[no-any-return]
            task = current_seat().task  # as `acquire` begins, without a coroutine
            if task.budget and task.driver is self.owner:
                task.budget -= 1
                self._free -= 1
                self._calm = task.driver.calm  # type: ignore[union-attr]  # it is the owner, which is none
                if self._calm.now:
                    self._left = min(STRIDE, task.budget)
                    task.budget -= self._left
                return traps.DONE  # type: ignore[no-any-return]
        return self.acquire()  # type: ignore[return-value]  # a coroutine, as mypy does not say

    def try_acquire(self, n: int = 1) -> bool:
        """
        Take `n` permits if they are free and nobody waits.

        Raises:
            TypeError, ValueError: `n` is no whole number, below 0 or above the size.
            RuntimeError: in another run, inside a `call`, or in a thread without a runtime while tasks wait.
        """
        if n is not ONE or not self.size:
            self._check(n)
        settle(self, self._waiters)
        if self._waiters or self._free < n:
            return False
        self._free -= n
        return True

    def release(self, n: int = 1) -> None:
        """
        Give `n` permits back.

        Raises:
            TypeError, ValueError: `n` is no whole number, below 0, or more than are held; nothing was
                given back.
            RuntimeError: in another run, inside a `call`, or in a thread without a runtime while tasks wait.
        """
        if n is not ONE or not self.size:
            self._check(n)
        seat = current_seat()  # as `settle` begins, without a call
        if seat is NOWHERE or seat.task.driver is not self.owner:
            settle(self, self._waiters)
        free = self._free + n
        if free > self.size:
            raise ValueError(f"release of {n} permits, only {self.size - self._free} are held")
        self._free = free
        if self._waiters:
            self._serve()

    def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> CoroutineType[Any, Any, None]:
        if self._waiters or self._free == self.size:
            self.release()
        else:  # a block is left where it was entered: nobody asks for the run again
            self._free += 1
        return traps.DONE  # type: ignore[no-any-return]

    @property
    def free(self) -> int:
        """How many permits nobody holds, for reports: use `try_acquire` to take one."""
        return self._free

    @property
    def parked(self) -> int:
        """How many tasks wait, for reports."""
        return len(self._waiters)

    def __repr__(self) -> str:
        """Return how many of its permits are free."""
        return f"<Semaphore {self._free}/{self.size}>"

    def _serve(self) -> None:
        while self._waiters and self._waiters[0].value <= self._free:
            waiter = self._waiters.popleft()
            self._free -= waiter.value
            traps.grant(waiter)

    def _check(self, n: int) -> None:
        if isinstance(n, bool) or not isinstance(n, int):
            raise TypeError(f"n: found {n!r}, allowed a whole number from 0")
        if not 0 <= n <= self.size:
            raise ValueError(f"n: found {n}, allowed 0 to {self.size}, the size")


async def _demo(options: Options) -> list[int]:
    semaphore = Semaphore(options.permits)
    results: list[int] = []

    async def task(number: int) -> None:
        async with semaphore:
            note("hold", semaphore)
            await busy(number, options.latency)
            results.append(number)
            note("let go", semaphore)

    async with TaskGroup() as group:
        for number in range(1, options.jobs + 1):
            group.spawn(task, number, name=f"worker {number}")
    return results


demo = Demo(
    main=_demo,
    options=(
        Option("permits", 3, "tasks that may work at once", least=1, tasks=True),
        Option("jobs", 10, "tasks", tasks=True),
        Option("latency", 1.0, "how long one task works"),
    ),
    steps=lambda options: options.jobs,
    ideal_ns=lambda options: batches(options.jobs, options.permits) * options.latency_ns,
    serial_ns=lambda options: options.jobs * options.latency_ns,
)
