"""
Calls on the simulator when operations cost something: each runs here and now, and its simulated cost passes
where the runtime would have it pass.

Calls that wait do so beside the tasks; calls that compute in Python queue for the one interpreter, or for a
core where they are processes; native code needs a core and leaves the interpreter to others.
"""

from __future__ import annotations

import heapq
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.runtimes._calls import Call, let_go
from patterns.runtimes._costs import whole_ns
from patterns.traps import BUDGET, Waiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.runtimes._costs import Costs
    from patterns.runtimes._scheduler import Scheduler
    from patterns.runtimes._working import WorkingClock
    from patterns.traps import Task


class Work:
    """A call that is under way, or waits its turn: what it takes, of what, and who waits for it.

    Attributes:
        done_ns: when the core that it is on is free again; None while it is on none.
        over: nothing of it is left to come.
    """

    __slots__ = ("computes", "done_ns", "left_ns", "over", "waiter")

    def __init__(self, waiter: Waiter, fn: Callable[..., Any]) -> None:
        self.waiter = waiter
        self.left_ns = whole_ns(getattr(fn, "simulated_cost_s", 0.0))
        self.computes: str | None = getattr(fn, "simulated_computes", None)
        self.done_ns: int | None = None
        self.over = False


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
        self._reach_ns = whole_ns(costs.reach_s)
        self._switch_ns = max(whole_ns(costs.switch_s), 1)
        self._queued: deque[Work] = deque()
        self._computing: deque[Work] = deque()
        self._passed_over = self._wants_since_ns = 0
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
        work = Work(waiter, fn)
        self._queued.append(work)
        self._hand_out()
        try:
            await traps.park(waiter, shielded=not abandon)
        except BaseException:
            self._give_up(work)
            raise
        finally:
            task.call = None
        return call.result(task)

    def _give_up(self, work: Work) -> None:
        """
        Forget a call that nobody waits for: one in the queue, or one whose process is killed and replaced. A
        thread goes on until its function ends.
        """
        if work in self._queued:
            self._queued.remove(work)
        elif self._costs.apart and not work.over:
            if work.done_ns in self._cores:
                self._cores[self._cores.index(work.done_ns)] = self._clock.now_ns()
                heapq.heapify(self._cores)
            self._started -= 1
            self._end(work)

    def _hand_out(self) -> None:
        while self._queued and (self._costs.own_timers or self._busy < self._costs.most_calls):
            self._busy += 1
            ready_ns = 0
            if self._busy > self._started and not self._costs.own_timers:
                self._started += 1
                self._clock.spend(whole_ns(self._costs.worker_s))
                ready_ns = whole_ns(self._costs.ready_s)
            self._begin(self._queued.popleft(), ready_ns)

    def _begin(self, work: Work, ready_ns: int) -> None:
        at_ns = self._clock.now_ns() + self._reach_ns
        if ready_ns or work.computes == "native" or (work.computes and self._costs.apart):
            at_ns = self._computed_by(at_ns, ready_ns + (work.left_ns if work.computes else 0))
            work.done_ns = at_ns
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
            done_ns += whole_ns(self._costs.call_s)
        heapq.heappush(self._cores, done_ns)
        return done_ns

    def _compute(self, work: Work) -> None:
        """Have a call wait for the interpreter."""
        self._computing.append(work)
        if len(self._computing) == 1:
            self._take_turn()

    def _take_turn(self) -> None:
        """Line up for the interpreter behind the tasks that are ready now."""
        self._passed_over = 0
        self._wants_since_ns = self._clock.now_ns()
        self._alarm(self._wants_since_ns, self._slice)

    def _slice(self) -> None:
        """
        Have the interpreter for one slice. Tasks that are ready go first, as what they do is short, but not
        for longer than a slice.
        """
        now_ns = self._clock.now_ns()
        waited_long = self._passed_over >= BUDGET or now_ns - self._wants_since_ns >= self._switch_ns
        if self.driver.ready and not waited_long:
            self._passed_over += 1
            self._alarm(now_ns, self._slice)
            return
        work = self._computing.popleft()
        slice_ns = min(work.left_ns, self._switch_ns)
        work.left_ns -= slice_ns
        self._clock.spend(slice_ns)
        if work.left_ns:
            self._computing.append(work)
        elif self._computing or self.driver.ready:
            self._over(work)
        else:
            self._alarm(self._clock.now_ns() + self._reach_ns, partial(self._over, work))
        if self._computing:
            self._take_turn()

    def _over(self, work: Work) -> None:
        if not work.over:
            self._end(work)
            let_go(work.waiter)

    def _end(self, work: Work) -> None:
        work.over = True
        self._busy -= 1
        self._hand_out()

    def _alarm(self, at_ns: int, ring: Callable[[], None], late_ns: int = 0) -> None:
        """Have `ring` called at a time, and so much later when nobody works then."""

        def ring_once() -> None:
            self._clock.exact.pop(at_ns, None)
            ring()

        self._clock.exact[at_ns] = late_ns
        self.driver.alarm_ns(at_ns, ring_once)
