"""The small texts that costs are found from: each is dominated by one of them, the same on every runtime.

`stopwatch` times a text on a runtime, `fitting` runs it on the simulator. What a call runs is real in the
first and virtual in the second, so a text is handed it. Nothing here reads a clock.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.kinds import Timed
from gopatterns_cli.measuring.kinds.cpu import spin
from patterns import Channel, TaskGroup, call, now, sleep
from patterns.runtimes import pause
from patterns.runtimes._main import Outcome
from patterns.runtimes.simulator import Costs, simulated_cost

Text = Callable[..., Awaitable[Any]]
Called = Callable[[Any], Any]

SHORT_S, MIDDLE_S, LONG_S = 100e-6, 1e-3, 20e-3
"""Sleeps whose lateness is measured; it changes slowly between them."""

PAUSE_S = 5e-3
"""A call that lasts until all threads have been started."""

COMPUTING = 200_000
"""Operations of a call that computes: some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One text with its arguments.

    Attributes:
        name: what is measured; the same cost may be found from several texts, for different runtimes.
        cost: the field of `Costs` that it tells, `late` with the place of its pair behind it.
        text: called with the arguments, and before them, where `kind` says of what, with a function to call.
        arguments: how many tasks, times, seconds.
        kind: `nothing`, `pause` or `spin` for a text that calls; empty for one that does not.
        whole: the whole run is timed, with its beginning and end, and not the text inside it alone.
        rested: the machine waits before it, as it does in a run that waits: what has not run for a while is
            slower, and a run begins with that.
        told: the text returns the seconds itself.
        workers: processes that are started before what is timed.
    """

    name: str
    cost: str
    text: Text
    arguments: tuple[Any, ...]
    kind: str = ""
    whole: bool = False
    rested: bool = False
    told: bool = False
    workers: int | None = None

    def typical(self, seconds: Iterable[float]) -> float:
        """Return the time to go by, of several: the median, or the shortest where cores do all of it."""
        return min(seconds) if self.kind == "spin" else median(seconds)

    def seconds(self, outcome: Outcome, around_s: float) -> float:
        """Return what it took: of a run that ended so, the time inside it, or that and what was around it."""
        if outcome.error is not None:
            raise Failure(f"the benchmark {self.name} fails: {outcome.error}")
        taken_s: float = outcome.value if self.told else outcome.elapsed_s
        return around_s + taken_s if self.whole else taken_s

    def real(self) -> tuple[Any, ...]:
        """What the text is called with on a real runtime."""
        called: dict[str, Called] = {
            "nothing": Timed(partial(spin, 1)),
            "pause": pause,
            "spin": partial(spin, COMPUTING),
        }
        return ((called[self.kind], PAUSE_S if self.kind == "pause" else 0) if self.kind else ()) + (
            self.arguments
        )

    def virtual(self, operations_per_s: float) -> tuple[Any, ...]:
        """What it is called with on the simulator, where a machine does so many operations in a second."""
        if not self.kind:
            return self.arguments
        seconds = {"nothing": 0.0, "pause": PAUSE_S, "spin": COMPUTING / operations_per_s}[self.kind]
        virtual = simulated_cost(seconds, computes=None if self.kind == "pause" else "python")
        return (virtual(partial(_nothing)), 0, *self.arguments)


def benchmarks(runtime: Costs) -> tuple[Benchmark, ...]:
    """Return what tells the costs of a runtime, in the order in which they build on one another."""
    crowd = 2 * runtime.cores if runtime.apart else 4
    always = (
        Benchmark("a-run", "run_s", hand_overs, (1, 1), whole=True, rested=True),
        Benchmark("operations", "operation_s", operations, (500,)),
        Benchmark("tasks", "spawn_s", tasks, (200,)),
        Benchmark("hand-overs", "park_s", hand_overs, (200, 3)),
        Benchmark("turns", "rest_s", turns, (200,)),
        Benchmark("sleepers", "sleep_s", sleepers, (100, 10, SHORT_S), whole=True),
        Benchmark("short-sleeps", "late0", sleeps, (200, SHORT_S)),
        Benchmark("middle-sleeps", "late1", sleeps, (40, MIDDLE_S)),
        Benchmark("long-sleeps", "late2", sleeps, (4, LONG_S)),
        Benchmark("callers", "call_s", callers, (crowd, 40), "nothing", workers=crowd),
        Benchmark("calls", "reach_s", callers, (1, 50), "nothing", workers=1),
    )
    if runtime.apart:
        return (
            *always,
            Benchmark("process-starts", "worker_s", starts, (crowd,), "nothing", told=True),
            Benchmark("processes", "ready_s", callers, (crowd, 1), "nothing", whole=True),
            Benchmark("side-by-side", "sharing", callers, (crowd, 4), "spin", workers=crowd),
        )
    if runtime.own_timers:
        return (*always, Benchmark("threads", "worker_s", sleepers, (50, 1, SHORT_S), whole=True))
    return (*always, Benchmark("threads", "worker_s", callers, (20, 1), "pause", whole=True))


async def nothing() -> None:
    """Begin and end."""


async def operations(count: int) -> None:
    """Send and receive where there is room."""
    channel: Channel[int] = Channel(1)
    for number in range(count):
        await channel.send(number)
        await channel.receive()


async def tasks(count: int) -> None:
    """Start tasks that do nothing, and join them."""
    async with TaskGroup() as group:
        for _ in range(count):
            group.spawn(nothing)


async def hand_overs(count: int, crowd: int) -> None:
    """Hand values on from task to task, so many in a row, one value at a time."""
    hops: list[Channel[int]] = [Channel() for _ in range(crowd)]

    async def produce() -> None:
        for number in range(count):
            await hops[0].send(number)
        hops[0].close()

    async def pass_on(source: Channel[int], target: Channel[int]) -> None:
        async for number in source:
            await target.send(number)
        target.close()

    async with TaskGroup() as group:
        group.spawn(produce)
        for source, target in pairwise(hops):
            group.spawn(pass_on, source, target)
        async for _ in hops[-1]:
            pass


async def turns(count: int) -> None:
    """Give way, each of two tasks to the other."""

    async def rest() -> None:
        for _ in range(count):
            await sleep(0)

    async with TaskGroup() as group:
        group.spawn(rest)
        group.spawn(rest)


async def sleeps(count: int, seconds: float) -> None:
    """Sleep alone, again and again."""
    for _ in range(count):
        await sleep(seconds)


async def sleepers(crowd: int, count: int, seconds: float) -> None:
    """Sleep among so many that whoever wakes has to wait for the others."""
    async with TaskGroup() as group:
        for _ in range(crowd):
            group.spawn(sleeps, count, seconds)


async def callers(fn: Called, argument: Any, crowd: int, count: int) -> None:
    """Call, so many tasks at once, each again and again."""

    async def again() -> None:
        for _ in range(count):
            await call(fn, argument)

    async with TaskGroup() as group:
        for _ in range(crowd):
            group.spawn(again)


async def starts(fn: Called, argument: Any, crowd: int) -> float:
    """Begin so many calls at once; return how long that keeps the others from their turn."""
    began = now()
    async with TaskGroup() as group:
        for _ in range(crowd):
            group.spawn(call, fn, argument)
        await sleep(0)
        return now() - began


def _nothing(argument: Any) -> None:
    del argument
