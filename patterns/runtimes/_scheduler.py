"""
A scheduler of plain coroutines: a list of ready tasks, buckets of timers, a clock and a way to choose.

It is the body of the `simulator`, with a virtual clock, and of `fibers` and `processes`, with the machine's
(see `_real_clock`): a runtime is a clock, a way to choose and a kind of calls. It runs in one thread and
never blocks by itself: waiting is the clock's business.
"""

from __future__ import annotations

from contextlib import suppress
from contextvars import copy_context
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from types import CoroutineType, coroutine
from typing import TYPE_CHECKING, Any, Protocol

from patterns import traps
from patterns.calm import NEVER, Calm
from patterns.runtimes._generators import Generators
from patterns.runtimes._main import report_deadlock
from patterns.traps import Seat, Task, Waiter, current_seat, wait_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

    from patterns.runtimes._main import Main

SUSPEND = object()
"""What our own traps yield: anything else comes from a foreign awaitable."""


class Suspended:
    """
    What suspends a task once, and is nobody's in particular: no frame, a third of a generator's memory, and
    what ends a wait is raised where the task waits.
    """

    __slots__ = ()

    __await__: Any = staticmethod((SUSPEND,).__iter__)


SUSPENDED = Suspended()

SEND = CoroutineType.send
"""Steps a coroutine: to keep a method of each would take a tenth of a parked task's memory."""


class Clock(Protocol):
    """Where a scheduler's time comes from, in whole nanoseconds."""

    def now_ns(self) -> int:
        """Return the time."""

    def wait_until(self, at_ns: int | None) -> None:
        """Let time pass to `at_ns`, or until something happens outside; None: only until that."""

    def post(self, fn: Callable[[], None]) -> None:
        """Call `fn` between two turns. Any thread may ask; RuntimeError when the run is over."""


class Calls(Protocol):
    """How a scheduler runs what is given to `call`."""

    @property
    def pending(self) -> int:
        """How many calls may still wake somebody from outside."""

    def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Awaitable[Any]:
        """Run `fn(*args)` and return its result."""


class Chooser(Protocol):
    """
    Who has the next turn.

    `ready` is where ready tasks are appended; after so many `operations` a task lets the others run once, and
    `counts_all` says that each is one of those, what a channel does in between too.
    """

    ready: Any
    operations: int
    counts_all: bool

    def choose(self, ready: Any) -> Task:
        """Take the next task out of the ready ones, of which there is one at least."""

    def pick(self, count: int) -> int:
        """Return a number below `count`, which a select chooses by."""


class Scheduler:
    """
    The driver: answers the traps and steps the tasks.

    `observe(task, verb, subject)` is told of every suspension and end, `follow` of what lies between.
    """

    record = Task
    steps = True
    is_call = False

    def __init__(
        self,
        name: str,
        clock: Clock,
        chooser: Chooser,
        calls: Calls,
        observe: Callable[[Task, str, Any], None] | None = None,
    ) -> None:
        self.name = name
        self.operations = chooser.operations
        self.suspended: Awaitable[None] | None = SUSPENDED
        self.gave_way: bool | None = None
        self.spawned = 0
        self.stepped: Callable[[Task], object] | None = None
        self.finished = False
        self.live: set[Task] = set()
        self.observe = observe
        self.follow: Callable[[Task, str, Any], None] | None = None
        self.pick = chooser.pick
        self.clock = clock
        self._now_ns = clock.now_ns
        self.ready: Any = chooser.ready
        self.unpark: Callable[[Task], None] = chooser.ready.append
        self.interrupted: Callable[[], None] | None = None
        self._calls = calls
        self._look = getattr(clock, "look", None)
        self._choose = chooser.choose
        self.next_number = count(1).__next__
        self._times: list[int] = []
        self._buckets: dict[int, list[Waiter | Ring]] = {}
        self._sweep_above = SWEEP_ABOVE
        self._main: Task
        self._sits = Seat()
        self.calm = NEVER if chooser.counts_all else Calm(lambda: not calls.pending)

    def spawn(self, task: Task, body: Coroutine[Any, Any, None]) -> None:
        """Make `task` ready to run `body` in its own copy of the contextvars."""
        self.spawned += 1
        space = copy_context()
        if current_seat() is not self._sits:
            space.run(traps.current.set, self._sits)
        task.space, task.handle = space, body
        self.ready.append(task)
        if self.observe is not None:
            self.observe(task, "spawn", None)

    def begins(self, task: Task) -> None:
        """Do nothing: it is stepped."""

    def ends(self, task: Task) -> None:
        """Do nothing: its contextvars do not refer back."""

    def park(self, waiter: Waiter, *, shielded: bool = False) -> Awaitable[None]:
        """Suspend the running task until it is made ready; what ended its wait is thrown into it."""
        if shielded or self.observe is not None:
            return self._park(waiter, shielded)
        waiter.task.waiting = waiter
        return SUSPENDED

    @coroutine
    def _park(self, waiter: Waiter, shielded: bool) -> Generator[object, None, None]:
        """As `park`, where something is left to do afterwards."""
        task = waiter.task
        if shielded:
            task.shielded = waiter
        else:
            task.waiting = waiter
        if self.observe is not None:
            self.observe(task, waiter.verb, waiter.subject)
        try:
            yield SUSPEND
        finally:
            self._goes_on(task)

    def granted(self, task: Task, error: BaseException) -> bool:
        """Return False: what ends a wait is thrown instead of a grant, never beside one."""
        del task, error
        return False

    def sleep(self, task: Task, seconds: float) -> Awaitable[None]:
        """Suspend the running task for `seconds` of the clock."""
        if seconds <= 0:
            return self.rest(task)
        nanoseconds = seconds * 1e9
        if nanoseconds == inf:  # for ever is no time to be woken at
            return wait_in(task, "sleep", None, [])
        return wait_in(task, "sleep", None, self._bucket(self._now_ns() + round(nanoseconds)))

    def _goes_on(self, task: Task) -> None:
        """See to what a wait leaves, when it is over; one that is closed in it does not go on."""
        task.shielded = None
        if self.follow is not None and task in self.live:
            self.follow(task, "resume", None)

    @coroutine
    def rest(self, task: Task, *, asked: bool = True) -> Generator[object, None, None]:
        """
        Let every other ready task run; `gave_way` is True when the task asked for it, False when its budget
        was used up. Whoever reads that sets it back to None.
        """
        self.gave_way = asked
        self.ready.append(task)
        if self.observe is not None:
            self.observe(task, "rest", None)
        yield SUSPEND

    def now(self) -> float:
        """Return the clock's time in seconds."""
        return self._now_ns() / 1e9

    def alarm(self, at: float, ring: Callable[[], None]) -> Ring:
        """Call `ring` between two turns at the time `at`."""
        if at * 1e9 == inf:
            return Ring(ring, self, [])
        return self.alarm_ns(round(at * 1e9), ring)

    def alarm_ns(self, at_ns: int, ring: Callable[[], None]) -> Ring:
        """Call `ring` between two turns at the time `at_ns`; a late one follows those due before."""
        is_next = not self._times or at_ns < self._times[0]
        due = is_next and at_ns <= self._now_ns()
        return Ring(ring, self, self.ready if due else self._bucket(at_ns))

    def cancel(self, task: Task) -> None:
        """Interrupt a task's call, as far as that is possible."""
        if task.call is not None:
            task.call.cancel()

    def call(
        self,
        task: Task,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        *,
        abandon: bool,
        on_cancel: Callable[[], object] | None,
    ) -> Awaitable[Any]:
        """Run `fn` as this scheduler's kind of calls does."""
        self.calm.end()
        return self._calls.call(task, fn, args, abandon=abandon, on_cancel=on_cancel)

    def post(self, fn: Callable[[], None]) -> None:
        """Call `fn` between two turns. Any thread may ask; RuntimeError when the run is over."""
        self.clock.post(fn)

    def run(self, main: Main) -> None:
        """Step tasks until `main` has ended and no task lives."""
        self._main = main.task
        with Generators(main.task) as generators:
            try:
                while self.interrupted is not None or self.live or generators.close_left():
                    if self.interrupted is not None:
                        ring, self.interrupted = self.interrupted, None
                        self.between_turns(ring)
                    elif self.ready:
                        self._take_turns()
                        if self._look is not None:
                            self._catch_up(self._look)
                    else:
                        self.calm.pause()
                        if not self._advance():
                            self._wait_outside()
            finally:
                self.calm.pause()
        self.finished = True

    def _wait_outside(self) -> None:
        """Wait for a call; where there is none, nobody can go on."""
        if self._calls.pending:
            self.clock.wait_until(None)
        else:
            report_deadlock(self, self._main)

    def _take_turns(self) -> None:
        """Step ready tasks, so many that files and timers can wait for, as long as nothing else comes up."""
        ready, choose, seat, stepped, calm = self.ready, self._choose, self._sits, self.stepped, self.calm
        calm.now = calm.settled
        if not calm.settled:  # asked again: another thread may have ended it in between
            calm.begin()
        for _ in range(LOOK_EVERY):
            task = seat.task = choose(ready)
            task.waiting = None  # one that slept is found waiting up to its turn
            try:
                if task.aborted is None:
                    request = task.space.run(SEND, task.handle, None)
                else:
                    request = task.space.run(task.handle.throw, traps.take_aborted(task))
                while request is not SUSPEND:
                    request = task.space.run(task.handle.throw, foreign(request, self.name))
            except StopIteration:
                self._ended(task, None)
            except BaseException as error:  # noqa: BLE001 (handed to `task.ended`, which decides)
                self._ended(task, error)
            if stepped is not None:
                stepped(task)
            if not ready or self.interrupted is not None:
                return

    def _ended(self, task: Task, error: BaseException | None) -> None:
        """Record how a task ended, as if it had itself; of its traceback the scheduler is no part."""
        if error is not None:
            trace = error.__traceback__
            error.__traceback__ = None if trace is None else trace.tb_next
        if error is None:
            task.space.run(traps.finish, task, None)
        else:
            task.space.run(traps.over, task, error)
        if not self.live:
            self.ready.clear()  # of timers: nobody is there any more

    def close(self, task: Task) -> None:
        """Close the coroutine of a task, as in its turn, whatever it does not to be closed."""
        self._sits.task = task
        with suppress(BaseException):
            task.space.run(task.handle.close)
        task.space.run(traps.finish, task, None)

    def between_turns(self, ring: Callable[[], None]) -> None:
        """Call `ring` as if the main task had: it may cancel, close and wake."""
        token = traps.current.set(self._main.seat())
        try:
            ring()
        finally:
            traps.current.reset(token)

    def _advance(self) -> bool:
        """Let time pass to the next time that has a timer, and fire it. False when no timer is set."""
        while self._times:
            at_ns = self._times[0]
            if self._buckets.get(at_ns):
                if at_ns > self._now_ns():
                    self.clock.wait_until(at_ns)
                    if self.ready or self._now_ns() < at_ns:
                        return True
                self._fire(at_ns)
                return True
            heappop(self._times)
            self._buckets.pop(at_ns, None)
        return False

    def _catch_up(self, look: Callable[[int], None]) -> None:
        """See to files and timers while tasks are busy; only a real clock goes on meanwhile."""
        look(self._calls.pending)
        if self._times:
            self._fire(self._now_ns())

    def _fire(self, until_ns: int) -> None:
        """
        Make ready, in no order among the ready, what is due at each time up to this one. A deadline may still
        end a sleep of the same instant whose turn comes later.
        """
        times, buckets, ready = self._times, self._buckets, self.ready
        while times and times[0] <= until_ns:
            for entry in buckets.pop(heappop(times), ()):
                if isinstance(entry, Ring):
                    entry.queue = ready
                    ready.append(entry)
                else:
                    entry.ok, entry.queue = True, None
                    ready.append(entry.task)

    def _bucket(self, at_ns: int) -> list[Any]:
        bucket = self._buckets.get(at_ns)
        if bucket is None:
            bucket = self._buckets[at_ns] = []
            heappush(self._times, at_ns)
            if len(self._times) > self._sweep_above:
                self._sweep(at_ns)
        return bucket

    def _sweep(self, fresh_ns: int) -> None:
        """Forget the times, but the one just made, at which nothing is due any more."""
        self._buckets = {at: bucket for at, bucket in self._buckets.items() if bucket or at == fresh_ns}
        self._times = list(self._buckets)
        heapify(self._times)
        self._sweep_above = max(2 * len(self._times), SWEEP_ABOVE)


class Ring:
    """
    An armed alarm, in the bucket of its time or, when it is due, among the ready tasks, where it takes its
    turn as one of them.
    """

    __slots__ = ("_ring", "aborted", "driver", "handle", "queue", "space", "task", "waiting")

    def __init__(self, ring: Callable[[], None], driver: Scheduler, queue: list[Any]) -> None:
        self._ring = ring
        self.driver = driver
        self.space = self
        self.handle = None
        self.queue: list[Any] | None = queue
        self.task = self
        self.aborted: BaseException | None = None
        queue.append(self)

    def cancel(self) -> None:
        """Disarm."""
        queue, self.queue = self.queue, None
        if queue is not None and queue is not self.driver.ready:
            queue.remove(self)

    def run(self, *step: object) -> object:
        """Take its turn, as `contextvars.Context.run` is a task's."""
        del step
        if self.queue is not None:
            self.queue = None
            self.driver.between_turns(self._ring)
        return SUSPEND


SWEEP_ABOVE = 1_024
"""Empty times are looked for when there are more times than this, and then at every doubling."""

LOOK_EVERY = 32
"""While tasks are busy, files and timers are looked at after so many turns."""


def foreign(request: object, runtime: str) -> TypeError:
    """Return the error for an awaitable of another library."""
    named = type(request).__name__ if request is not None else "a bare yield (asyncio.sleep(0)?)"
    return TypeError(
        f"{named} cannot be awaited on {runtime}: it belongs to another event loop; "
        "the asyncio runtime can await asyncio's"
    )
