"""
The simulator's scheduler and clock when operations cost something.

Without costs virtual time passes only while nobody is ready. With them it passes while the tasks work, too:
one interpreter serves them, one turn after the other, and what takes its time makes the others late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.runtimes._costs import whole_ns
from patterns.runtimes._scheduler import Scheduler
from patterns.runtimes._working_calls import WorkingCalls
from patterns.traps import Task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from patterns.runtimes._costs import Costs
    from patterns.runtimes._scheduler import Chooser
    from patterns.traps import Waiter


class WorkingClock:
    """Virtual nanoseconds that pass while tasks work."""

    def __init__(self, costs: Costs) -> None:
        self.exact: dict[int, int] = {}
        self._costs = costs
        self._now_ns = 0

    def now_ns(self) -> int:
        """Return the virtual time."""
        return self._now_ns

    def spend(self, nanoseconds: int) -> None:
        """Have the interpreter work for so long."""
        self._now_ns += nanoseconds

    def wait_until(self, at_ns: int | None) -> None:
        """
        Let time pass to `at_ns`, and the lateness of a timer, unless the time is in `exact`: what is added
        there is known.
        """
        if at_ns is None:
            return
        now_ns = self._now_ns
        late_ns = self.exact.pop(at_ns, None)
        if late_ns is None:
            late_ns = 0 if self._costs.own_timers else whole_ns(self._costs.late_s((at_ns - now_ns) / 1e9))
        self._now_ns = at_ns + late_ns

    def look(self, calls: int) -> None:
        """Nothing comes from outside; that there is a look has timers fire while tasks are busy."""

    def post(self, fn: Callable[[], None]) -> None:
        """Call `fn` at once: only an inline call can ask for it, and that is between two turns."""
        fn()


class WorkingTask(Task):
    """A task whose operations take the interpreter's time: each takes one of its budget."""

    __slots__ = ("_left",)

    driver: WorkingScheduler

    @property
    def budget(self) -> int:
        """How many operations it has left before a checkpoint."""
        return self._left

    @budget.setter
    def budget(self, left: int) -> None:
        if left == getattr(self, "_left", 0) - 1 and not self.context.dead:  # else its context took it away
            self.driver.operation()
        self._left = left


class WorkingScheduler(Scheduler):
    """The simulator's scheduler, whose tasks take the interpreter's time."""

    record = WorkingTask

    def __init__(
        self,
        costs: Costs,
        clock: WorkingClock,
        chooser: Chooser,
        observe: Callable[[Task, str, Any], None] | None,
    ) -> None:
        self.costs = costs
        self.calls = WorkingCalls(costs, clock)
        super().__init__("simulator", clock, chooser, self.calls, observe)
        self.calls.driver = self
        self.stepped = self._turn_over if costs.own_timers else None
        self.suspended = None  # to park costs something
        self._working = clock
        self._operation_ns = whole_ns(costs.operation_s)
        self._seated: set[Task] = set()
        self._threads = 1  # the main task's, which belongs to the run

    def spawn(self, task: Task, body: Coroutine[Any, Any, None]) -> None:
        """As `Scheduler.spawn`, for its cost."""
        self._working.spend(whole_ns(self.costs.spawn_s))
        super().spawn(task, body)

    def park(self, waiter: Waiter, *, shielded: bool = False) -> Awaitable[None]:
        """As `Scheduler.park`, for its cost: that of a call where it waits for one. A sleep has paid."""
        if waiter.verb != "sleep":
            self._working.spend(whole_ns(self.costs.call_s if waiter.verb == "call" else self.costs.park_s))
        return super().park(waiter, shielded=shielded)

    def sleep(self, task: Task, seconds: float) -> Awaitable[None]:
        """As `Scheduler.sleep`, for its cost; later where a task has a timer of its own."""
        if seconds > 0:
            self._working.spend(whole_ns(self.costs.sleep_s))
            seconds += self.costs.late_s(seconds) if self.costs.own_timers else 0.0
        return super().sleep(task, seconds)

    def rest(self, task: Task, *, asked: bool = True) -> Awaitable[None]:  # type: ignore[override]
        """As `Scheduler.rest`, for its cost."""
        self._working.spend(whole_ns(self.costs.rest_s))
        return super().rest(task, asked=asked)

    def operation(self) -> None:
        """Have the interpreter work for one operation that suspends nobody."""
        self._working.spend(self._operation_ns)

    def spend(self, seconds: float) -> None:
        """Have the interpreter work for so long."""
        self._working.spend(whole_ns(seconds))

    def _turn_over(self, task: Task) -> None:
        """Have a thread for a task from its first turn to its end; idle ones are taken first."""
        if task not in self.live:
            self._seated.discard(task)
        else:
            self._seated.add(task)
            if len(self._seated) > self._threads:
                self._threads += 1
                self._working.spend(whole_ns(self.costs.worker_s))
