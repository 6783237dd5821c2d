"""
The simulator: a virtual clock, a seeded choice among ready tasks, a recorded trace.

Time passes only when nobody is ready, and then at once, so that a run has the makespan of an infinitely
fast machine. The same seed gives the same trace, on every supported Python and whatever the hash seed.
`call` runs its function inline; `simulated_cost` says how long it takes in virtual time.

With `costs` it stands for another runtime on a machine that is as fast as those say: time passes while tasks
work (see `_working`), the oldest ready task is the next, and the makespan is what that machine would need.
"""

from __future__ import annotations

import gc
from array import array
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from patterns import traps
from patterns.runtimes._calls import Call, let_go
from patterns.runtimes._costs import Costs
from patterns.runtimes._main import Main, Outcome, interruptible
from patterns.runtimes._scheduler import Scheduler
from patterns.runtimes._working import WorkingClock, WorkingScheduler
from patterns.traps import BUDGET, Waiter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from patterns.traps import Driver, Task

    F = TypeVar("F", bound=Callable[..., Any])
    Observe = Callable[[int, Task, str, Any], None]

__all__ = ["Costs", "Trace", "is_apart", "max_tasks", "missing", "run", "simulated_cost", "spend"]

LAST_NS = 2**63 - 1
"""Later events are recorded at this time: 292 years."""

KEPT_EVENTS = 10_000
EVENT_NUMBERS = 4


@dataclass(frozen=True)
class Trace:
    """
    What happened: `(time in ns, task number, verb, subject number)` per suspension or end, the last
    ones or all; how many there were; their running hash.
    """

    events: tuple[tuple[int, int, str, int], ...]
    count: int
    hash: str


def simulated_cost(
    seconds: float, *, computes: Literal["python", "native"] | None = None
) -> Callable[[F], F]:
    """
    Return a decorator that says how long a function takes in virtual time when it goes through `call`
    on the simulator. With costs it matters whether it waits (None), computes in Python, under the
    interpreter's lock, or in native code, which leaves that to others and needs a core only.

        >>> @simulated_cost(2.0)
        ... def resize():
        ...     return "small"
        >>> async def main():
        ...     return await call(resize), now()
        >>> run(main, runtime="simulator")
        ('small', 2.0)
    """

    def mark(fn: F) -> F:
        fn.simulated_cost_s = seconds  # type: ignore[attr-defined]
        fn.simulated_computes = computes  # type: ignore[attr-defined]
        return fn

    return mark


def spend(seconds: float) -> None:
    """
    Say that the running task computes for so long by itself; it counts on the simulator with costs, and
    nowhere else.
    """
    task = traps.seated()
    if task is not None and isinstance(task.driver, WorkingScheduler):
        task.driver.spend(seconds)


def is_apart(driver: Driver) -> bool:
    """Whether a run is a simulation of worker processes."""
    return isinstance(driver, WorkingScheduler) and driver.costs.apart


def missing() -> str | None:
    """Return None: the simulator runs everywhere."""
    return None


def max_tasks() -> int:
    """Return how many tasks it takes at once: about 1 GB of them."""
    return 1_000_000


def run(
    main: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...] = (),
    *,
    seed: int | None = None,
    observe: Observe | None = None,
    keep_trace: bool = False,
    workers: int | None = None,
    costs: Costs | None = None,
) -> Outcome:
    """
    Run `main(*args)` in virtual time; a seed of None is 0. `keep_trace` keeps every event, not the last
    10,000 only. With `costs` it stands for their runtime; where that has worker processes, `workers` of them
    are started beforehand.
    """
    seed, start_s = 0 if seed is None else seed, None
    clock: VirtualClock | WorkingClock
    driver: Scheduler
    if costs is None:
        clock = VirtualClock()
        recorder = Recorder(clock, keep_trace, observe)
        driver = Scheduler("simulator", clock, AtRandom(seed), InlineCalls(), recorder.record)
    else:
        clock = WorkingClock(costs)
        recorder = Recorder(clock, keep_trace, observe)
        driver = working = WorkingScheduler(costs, clock, InOrder(seed), recorder.record)
        if costs.apart and workers is not None:
            start_s = working.calls.start(workers)
    if observe is not None:
        driver.follow = recorder.pass_on
    started = Main(driver, main, args)
    started.begin()

    def interrupt() -> None:
        driver.interrupted = started.interrupt

    with interruptible(interrupt, -1), collected_by_turns():  # it waits for nothing
        driver.run(started)
    return started.outcome(trace=recorder.trace(), start_s=start_s)


class VirtualClock:
    """Nanoseconds that pass when told to."""

    __slots__ = ("_now_ns",)

    def __init__(self) -> None:
        self._now_ns = 0

    def now_ns(self) -> int:
        """Return the virtual time."""
        return self._now_ns

    def wait_until(self, at_ns: int | None) -> None:
        """Let time pass, at once; nothing ever comes from outside."""
        if at_ns is not None:
            self._now_ns = at_ns

    def post(self, fn: Callable[[], None]) -> None:
        """Call `fn` at once: only an inline call can ask for it, and that is between two turns."""
        fn()


class InlineCalls:
    """Runs a call's function here and now, and then lets its simulated cost pass."""

    pending = 0

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
        cost_s = getattr(fn, "simulated_cost_s", 0.0)
        if cost_s > 0:
            driver: Scheduler = task.driver  # type: ignore[assignment] # made by `run` below
            waiter = Waiter(task, "call", fn)
            over = driver.alarm_ns(driver.clock.now_ns() + round(cost_s * 1e9), partial(let_go, waiter))
            try:
                await traps.park(waiter, shielded=not abandon)
            finally:
                over.cancel()
                task.call = None
        task.call = None
        return call.result(task)


COLLECT_EVERY = 4_096
"""Turns between two looks of the garbage collector."""


@contextmanager
def collected_by_turns() -> Iterator[None]:
    """
    Have the garbage collector run at certain turns only. A timer that is dropped in a reference cycle is
    disarmed when it is collected: when that is must follow from the schedule, not from the interpreter.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def collect(turns: int) -> None:
    """Collect at one of those turns: the young often, the old now and then, as the interpreter would."""
    rounds = turns // COLLECT_EVERY
    gc.collect(2 if rounds % 64 == 0 else 1 if rounds % 8 == 0 else 0)


class AtRandom:
    """A uniform choice among the ready tasks; no Python version changes what `Random.random` draws."""

    operations = BUDGET
    counts_all = True

    def __init__(self, seed: int) -> None:
        self.ready: list[Task] = []
        self._draw = Random(seed).random
        self._turns = 0

    def choose(self, ready: list[Task]) -> Task:
        """Take any of them."""
        self._turns += 1
        if self._turns % COLLECT_EVERY == 0:
            collect(self._turns)
        last = ready.pop()
        if not ready:
            return last
        index = int(self._draw() * (len(ready) + 1))
        if index == len(ready):
            return last
        chosen, ready[index] = ready[index], last
        return chosen

    def pick(self, count: int) -> int:
        """Return any number below `count`."""
        return int(self._draw() * count)


class InOrder:
    """The oldest ready task first, as real runtimes have it; a select draws from the seed."""

    operations = BUDGET
    counts_all = True

    def __init__(self, seed: int) -> None:
        self.ready: deque[Task] = deque()
        self._draw = Random(seed).random
        self._turns = 0

    def choose(self, ready: deque[Task]) -> Task:
        """Take the oldest of them."""
        self._turns += 1
        if self._turns % COLLECT_EVERY == 0:
            collect(self._turns)
        return ready.popleft()

    def pick(self, count: int) -> int:
        """Return any number below `count`."""
        return int(self._draw() * count)


class Recorder:
    """
    Keeps the last events, or all, and a running hash of all.

    An event is four whole numbers in one array, which is hashed whenever it is full: that costs a tenth
    of hashing each event by itself.
    """

    def __init__(self, clock: VirtualClock | WorkingClock, keep_all: bool, observe: Observe | None) -> None:
        self._clock = clock
        self._keep_all = keep_all
        self._observe = observe
        self._codes: dict[str, int] = {}
        self._filling = array("q")
        self._full: list[array[int]] = []
        self._flushed = 0
        self._hash = blake2b(digest_size=8)

    def record(self, task: Task, verb: str, subject: Any) -> None:
        """Take one event."""
        now_ns = self._clock.now_ns()
        number = subject if subject.__class__ is int else getattr(subject, "number", 0)
        code = self._codes.get(verb)
        if code is None:
            code = self._codes[verb] = len(self._codes)
        self._filling.extend((min(now_ns, LAST_NS), task.number, code, number))
        if len(self._filling) >= EVENT_NUMBERS * KEPT_EVENTS:
            self._flush()
        if self._observe is not None:
            self._observe(now_ns, task, verb, subject)

    def pass_on(self, task: Task, verb: str, subject: Any) -> None:
        """Tell the observer what is no event of the trace."""
        if self._observe is not None:
            self._observe(self._clock.now_ns(), task, verb, subject)

    def trace(self) -> Trace:
        """Return what was recorded."""
        self._flush()
        self._hash.update(" ".join(self._codes).encode())
        numbers = [number for full in self._full for number in full]
        if not self._keep_all:
            numbers = numbers[-EVENT_NUMBERS * KEPT_EVENTS :]
        verbs = list(self._codes)
        events = tuple(
            (at_ns, task, verbs[code], subject)
            for at_ns, task, code, subject in zip(*(iter(numbers),) * EVENT_NUMBERS, strict=True)
        )
        return Trace(events, self._flushed // EVENT_NUMBERS, self._hash.hexdigest())

    def _flush(self) -> None:
        self._flushed += len(self._filling)
        self._hash.update(self._filling.tobytes())
        self._full.append(self._filling)
        if not self._keep_all:
            del self._full[:-2]
        self._filling = array("q")
