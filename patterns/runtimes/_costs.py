"""
What a runtime's operations cost on some machine, and the simulator's clock that passes with them.

Without costs virtual time passes only while nobody is ready. With them it passes while the tasks work, too:
one interpreter serves them, one turn after the other, and what takes its time makes the others late. Calls
that wait do so beside it; calls that compute in Python queue for it, or for a core where they are processes
or native code. Nothing here reads a clock: where the figures come from is the caller's
business, and the same figures give the same run.
"""

from __future__ import annotations

import heapq
from bisect import bisect
from collections import deque
from dataclasses import dataclass
from functools import partial
from math import log
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.runtimes._calls import MAX_THREADS, Call, let_go
from patterns.runtimes._scheduler import Scheduler
from patterns.traps import Waiter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from patterns.runtimes._scheduler import Chooser
    from patterns.traps import Task


@dataclass(frozen=True)
class Costs:
    """
    What operations cost on `runtime`, in seconds. Those of tasks are the interpreter's time.

    Args:
        runtime: the one that the simulation stands for.
        cores: how many compute at once, of calls that are processes or leave the interpreter.
        run_s: what a run takes around what is done in it, when the machine has waited before.
        operation_s: an operation on a channel or a source that suspends nobody.
        spawn_s: a task that is started, ends and is joined.
        park_s: a wait that another task ends: suspended, woken, resumed.
        rest_s: a turn that a task gives away.
        sleep_s: one of many sleeps, set and over.
        late: how late a sleep ends when nobody works meanwhile, by its duration, rising: pairs of seconds.
        call_s: one of many calls, handed over and taken back.
        reach_s: how long a call takes to begin, and its end to be heard, when nobody works meanwhile.
        worker_s: a thread or process that is started for a task or a call: the interpreter's share of it.
        ready_s: what a new process has to do, on a core, before its first call.
        first_s: what the first run in a process takes besides.
        sharing: how many times as long computing takes while another core computes.
        switch_s: for how long a thread that computes keeps the interpreter from the others.
        own_timers: every task has a thread and a timer of its own.
        apart: calls compute in processes of their own.
        most_calls: calls at once; later ones wait their turn.
    """

    runtime: str
    cores: int = 1
    run_s: float = 0.0
    operation_s: float = 0.0
    spawn_s: float = 0.0
    park_s: float = 0.0
    rest_s: float = 0.0
    sleep_s: float = 0.0
    late: tuple[tuple[float, float], ...] = ()
    call_s: float = 0.0
    reach_s: float = 0.0
    worker_s: float = 0.0
    ready_s: float = 0.0
    first_s: float = 0.0
    sharing: float = 1.0
    switch_s: float = 0.005
    own_timers: bool = False
    apart: bool = False
    most_calls: int = MAX_THREADS

    def late_s(self, seconds: float) -> float:
        """Return how late a sleep of so many seconds ends, between those that are known by proportion."""
        known = self.late
        place = bisect(known, (seconds,))
        if not known or not 0 < place < len(known):
            return known[min(place, len(known) - 1)][1] if known else 0.0
        (before, early), (after, later) = known[place - 1 : place + 1]
        return early + (later - early) * log(seconds / before) / log(after / before)


class WorkingClock:
    """Virtual nanoseconds that pass while tasks work: `driver` is whose budget tells of operations."""

    def __init__(self, costs: Costs) -> None:
        self.driver: Scheduler
        self.exact: dict[int, int] = {}
        self._costs = costs
        self._now_ns = 0
        self._operation_ns = _ns(costs.operation_s)
        self._budget = 0

    def now_ns(self) -> int:
        """Return the virtual time, operations of the turn under way included."""
        done = self._budget - self.driver.budget
        if done > 0:
            self._now_ns += done * self._operation_ns
        self._budget = self.driver.budget
        return self._now_ns

    def spend(self, nanoseconds: int) -> None:
        """Have the interpreter work for so long."""
        self._now_ns = self.now_ns() + nanoseconds

    def count_from(self, budget: int) -> None:
        """Count operations from here on: the next turn has a budget of its own."""
        self.now_ns()
        self.driver.budget = self._budget = budget

    def wait_until(self, at_ns: int | None) -> None:
        """
        Let time pass to `at_ns`, and the lateness of a timer, unless the time is in `exact`: what is added
        there is known.
        """
        if at_ns is None:
            return
        now_ns = self.now_ns()
        late_ns = self.exact.pop(at_ns, None)
        if late_ns is None:
            late_ns = 0 if self._costs.own_timers else _ns(self._costs.late_s((at_ns - now_ns) / 1e9))
        self._now_ns = at_ns + late_ns

    def look(self) -> None:
        """Nothing comes from outside; that there is a look has timers fire while tasks are busy."""

    def post(self, fn: Callable[[], None]) -> None:
        """Call `fn` at once: only an inline call can ask for it, and that is between two turns."""
        fn()


class WorkingScheduler(Scheduler):
    """The simulator's scheduler, whose tasks take the interpreter's time."""

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
        self.calls.driver = clock.driver = self
        self.stepped = self._turn_over
        self._working = clock
        self._seated: set[Task] = set()
        self._threads = 1  # the main task's, which belongs to the run

    def spawn(self, task: Task, body: Coroutine[Any, Any, None]) -> None:
        """As `Scheduler.spawn`, for its cost."""
        self._working.spend(_ns(self.costs.spawn_s))
        super().spawn(task, body)

    def park(self, waiter: Waiter, *, shielded: bool = False) -> Awaitable[None]:  # type: ignore[override]
        """As `Scheduler.park`, for its cost: that of a call where it waits for one."""
        self._working.spend(_ns(self.costs.call_s if waiter.verb == "call" else self.costs.park_s))
        return super().park(waiter, shielded=shielded)

    def sleep(self, task: Task, seconds: float) -> Awaitable[None]:  # type: ignore[override]
        """As `Scheduler.sleep`, for its cost; later where a task has a timer of its own."""
        if seconds > 0:
            self._working.spend(_ns(self.costs.sleep_s))
            seconds += self.costs.late_s(seconds) if self.costs.own_timers else 0.0
        return super().sleep(task, seconds)

    def rest(self, task: Task) -> Awaitable[None]:  # type: ignore[override]
        """As `Scheduler.rest`, for its cost."""
        self._working.spend(_ns(self.costs.rest_s))
        return super().rest(task)

    def spend(self, seconds: float) -> None:
        """Have the interpreter work for so long."""
        self._working.spend(_ns(seconds))

    def _turn_over(self, task: Task) -> None:
        if self.costs.own_timers:
            self._seat(task)
        self._working.count_from(self._refill)

    def _seat(self, task: Task) -> None:
        """Have a thread for a task from its first turn to its end; idle ones are taken first."""
        if task not in self.live:
            self._seated.discard(task)
        else:
            self._seated.add(task)
            if len(self._seated) > self._threads:
                self._threads += 1
                self._working.spend(_ns(self.costs.worker_s))


class Work:
    """A call that is under way, or waits its turn: what it takes, of what, and who waits for it."""

    __slots__ = ("computes", "left_ns", "waiter")

    def __init__(self, waiter: Waiter, fn: Callable[..., Any]) -> None:
        self.waiter = waiter
        self.left_ns = _ns(getattr(fn, "simulated_cost_s", 0.0))
        self.computes: str | None = getattr(fn, "simulated_computes", None)


class WorkingCalls:
    """
    Runs a call's function here and now, and has its simulated cost pass where the runtime would: beside
    the tasks, among them, or on a core.
    """

    pending = 0

    def __init__(self, costs: Costs, clock: WorkingClock) -> None:
        self.driver: Scheduler
        self._costs = costs
        self._clock = clock
        self._reach_ns = _ns(costs.reach_s)
        self._switch_ns = max(_ns(costs.switch_s), 1)
        self._queued: deque[Work] = deque()
        self._busy = self._started = 0
        self._cores = [0] * costs.cores

    def start(self, count: int) -> float:
        """Have so many workers beforehand, or as many as are allowed; return the seconds that it takes."""
        self._started = min(count, self._costs.most_calls)
        rounds = -(-self._started // self._costs.cores)
        return self._started * self._costs.worker_s + rounds * self._costs.ready_s

    async def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Any:
        """Return what `fn` gives, when its cost has passed; an abandoned one's value is dropped."""
        call = task.call = Call(task, fn, args, on_cancel)
        call.run()
        waiter = Waiter(task, "call", fn)
        self._queued.append(Work(waiter, fn))
        self._hand_out()
        try:
            await traps.park(waiter, shielded=not abandon)
        except BaseException:
            self._queued = deque(work for work in self._queued if work.waiter is not waiter)
            raise
        finally:
            task.call = None
        return call.result(task)

    def cancel(self, task: Task) -> None:
        """Run the `on_cancel` of a call whose cost has not passed."""
        if task.call is not None:
            task.call.cancel()

    def _hand_out(self) -> None:
        while self._queued and (self._costs.own_timers or self._busy < self._costs.most_calls):
            self._busy += 1
            ready_ns = 0
            if self._busy > self._started and not self._costs.own_timers:
                self._started += 1
                self._clock.spend(_ns(self._costs.worker_s))
                ready_ns = _ns(self._costs.ready_s)
            self._begin(self._queued.popleft(), ready_ns)

    def _begin(self, work: Work, ready_ns: int) -> None:
        at_ns = self._clock.now_ns() + self._reach_ns
        if ready_ns or work.computes == "native" or (work.computes and self._costs.apart):
            at_ns = self._computed_by(at_ns, ready_ns + (work.left_ns if work.computes else 0))
            waits_ns = 0 if work.computes else work.left_ns
            self._alarm(at_ns + waits_ns, partial(self._over, work), self._reach_ns)
        elif work.computes:
            self._alarm(at_ns, partial(self._compute, work))
        else:
            self._alarm(at_ns + work.left_ns, partial(self._over, work), self._reach_ns)

    def _computed_by(self, at_ns: int, nanoseconds: int) -> int:
        """Compute on the core that is free first, from `at_ns` at the earliest; return when that is done."""
        begun_ns = max(at_ns, heapq.heappop(self._cores))
        shared = any(free_ns > begun_ns for free_ns in self._cores)
        done_ns = begun_ns + round(nanoseconds * (self._costs.sharing if shared else 1.0))
        if self._costs.apart:  # the coordinator takes and gives on the same cores
            done_ns += _ns(self._costs.call_s)
        heapq.heappush(self._cores, done_ns)
        return done_ns

    def _compute(self, work: Work) -> None:
        """Have the interpreter for one slice."""
        slice_ns = min(work.left_ns, self._switch_ns)
        work.left_ns -= slice_ns
        self._clock.spend(slice_ns)
        if work.left_ns:
            self._alarm(self._clock.now_ns(), partial(self._compute, work))
        elif self.driver.ready:
            self._over(work)
        else:
            self._alarm(self._clock.now_ns() + self._reach_ns, partial(self._over, work))

    def _over(self, work: Work) -> None:
        self._busy -= 1
        self._hand_out()
        let_go(work.waiter)

    def _alarm(self, at_ns: int, ring: Callable[[], None], late_ns: int = 0) -> None:
        """Have `ring` called at a time, and so much later when nobody works then."""

        def ring_once() -> None:
            self._clock.exact.pop(at_ns, None)
            ring()

        self._clock.exact[at_ns] = late_ns
        self.driver.alarm_ns(at_ns, ring_once)


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
