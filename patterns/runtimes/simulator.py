"""
The simulator: a virtual clock, a seeded choice among ready tasks, a recorded trace.

Time passes only when nobody is ready, and then at once, so that a run has the makespan of an infinitely
fast machine. The same seed gives the same trace, on every supported Python and whatever the hash seed.
`call` runs its function inline; `simulated_cost` says how long it takes in virtual time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from patterns.runtimes._main import Main, Outcome, interruptible
from patterns.runtimes._scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.traps import Task

    F = TypeVar("F", bound=Callable[..., Any])

MAX_TASKS = 1_000_000
KEPT_EVENTS = 10_000


@dataclass(frozen=True)
class Trace:
    """
    What happened: `(time in ns, task number, verb, subject number)` per suspension or end, the last
    ones or all; how many there were; their running hash.
    """

    events: tuple[tuple[int, int, str, int], ...]
    count: int
    hash: str


def simulated_cost(seconds: float) -> Callable[[F], F]:
    """
    Return a decorator that says how long a function takes in virtual time when it goes through `call`
    on the simulator.
    """

    def mark(fn: F) -> F:
        fn.simulated_cost_s = seconds  # type: ignore[attr-defined]
        return fn

    return mark


def missing() -> str | None:
    """Return None: the simulator runs everywhere."""
    return None


def run(
    main: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...] = (),
    *,
    seed: int | None = None,
    observe: Callable[[int, Task, str, Any], None] | None = None,
    keep_trace: bool = False,
) -> Outcome:
    """
    Run `main(*args)` in virtual time; a seed of None is 0. `keep_trace` keeps every event, not the last
    10,000 only.
    """
    clock = VirtualClock()
    recorder = Recorder(clock, None if keep_trace else KEPT_EVENTS, observe)
    driver = Scheduler("simulator", clock, choose_by(Random(0 if seed is None else seed)), recorder.record)
    started = Main(driver, main, args)
    driver.spawn(started.task, started.body())

    def interrupt() -> None:
        driver.interrupted = started.interrupt

    with interruptible(interrupt):
        driver.run(started)
    return started.outcome(trace=recorder.trace())


class VirtualClock:
    """Nanoseconds that pass when told to."""

    __slots__ = ("_now_ns",)

    def __init__(self) -> None:
        self._now_ns = 0

    def now_ns(self) -> int:
        """Return the virtual time."""
        return self._now_ns

    def wait_until(self, at_ns: int) -> None:
        """Let time pass, at once."""
        self._now_ns = at_ns


def choose_by(random: Random) -> Callable[[list[Task]], Task]:
    """
    Return a uniform choice of the next task; only `Random.random`, whose sequence no Python version
    changes.
    """
    draw = random.random

    def choose(ready: list[Task]) -> Task:
        last = ready.pop()
        if not ready:
            return last
        index = int(draw() * (len(ready) + 1))
        if index == len(ready):
            return last
        chosen, ready[index] = ready[index], last
        return chosen

    return choose


class Recorder:
    """Keeps the last events and a running hash of all (FNV-1a over their numbers, 64 bits)."""

    def __init__(
        self, clock: VirtualClock, kept: int | None, observe: Callable[[int, Task, str, Any], None] | None
    ) -> None:
        self._clock = clock
        self._events: deque[tuple[int, int, str, int]] = deque(maxlen=kept)
        self._hash = 0xCBF29CE484222325
        self._count = 0
        self._codes: dict[str, int] = {}
        self._observe = observe

    def record(self, task: Task, verb: str, subject: Any) -> None:
        """Take one event."""
        now_ns = self._clock.now_ns()
        number = 0 if subject is None else getattr(subject, "number", 0)
        code = self._codes.get(verb) or self._codes.setdefault(verb, sum(verb.encode()))
        self._events.append((now_ns, task.number, verb, number))
        self._count += 1
        self._hash = (
            (self._hash ^ (now_ns << 20 ^ task.number << 12 ^ code << 4 ^ number)) * 0x100000001B3
        ) & 0xFFFFFFFFFFFFFFFF
        if self._observe is not None:
            self._observe(now_ns, task, verb, subject)

    def trace(self) -> Trace:
        """Return what was recorded so far."""
        return Trace(tuple(self._events), self._count, f"{self._hash:016x}")
