"""A fixed number of workers take jobs from one source and hand in their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar, overload

from patterns import traps
from patterns.channel import Channel
from patterns.demo import Demo, Option, batches, busy
from patterns.group import asynchronous
from patterns.source import Source, numbered
from patterns.stage import LastCloses, Stage, at_least_one

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable

    from patterns.channel import Receiver
    from patterns.demo import Options
    from patterns.group import TaskGroup
    from patterns.source import Items

J = TypeVar("J")
R = TypeVar("R")

Perform: TypeAlias = "Callable[[Any], Awaitable[Any]]"


@overload
def worker_pool(
    jobs: Items[J],
    work: Callable[[J], Awaitable[R]],
    workers: int = 8,
    ordered: bool = False,
    *,
    buffer: int | None = None,
) -> Stage[Receiver[R]]: ...
@overload
def worker_pool(
    jobs: Items[J],
    work: Callable[[J], R],
    workers: int = 8,
    ordered: bool = False,
    *,
    buffer: int | None = None,
) -> Stage[Receiver[R]]: ...
def worker_pool(
    jobs: Items[Any],
    work: Callable[[Any], Any],
    workers: int = 8,
    ordered: bool = False,
    *,
    buffer: int | None = None,
) -> Stage[Receiver[Any]]:
    """
    Run `work(job)` for every job on `workers` tasks.

        >>> async def main():
        ...     async def double(number):
        ...         await sleep(1.0)
        ...         return 2 * number
        ...
        ...     async with worker_pool(range(4), double, workers=2, ordered=True) as results:
        ...         return [result async for result in results], now()
        >>> run(main, runtime="simulator")
        ([0, 2, 4, 6], 2.0)

    Args:
        jobs: any iterable, async iterable or channel, endless ones too; read one job per free worker.
        work: an `async def` is awaited in the worker; a plain function runs through `call`.
        workers: at least 1.
        ordered: results in the order of the jobs, at most 2 x workers jobs ahead of the slowest; else
            as they come.
        buffer: finished results that may wait for the block, `workers` unless given. Where jobs are short
            more of it saves changes of the task, which are dear on `threads`.

    Returns:
        An async context manager that gives the receiving side of the results. Leaving its block early
        ends and joins all workers.

    Raises:
        TypeError, ValueError: an argument is not of the form above.
        the first error of a job, of the source or of the block: it cancels and joins the rest; results
            already received stand.

    Cost: one task per worker, over plain items begun when the worker before it has its first job; what a job
        takes is in the table of `gopat compare overhead`.

    Source: "Go by Example: Worker Pools"; the Go blog, "Go Concurrency Patterns: Pipelines and
    cancellation", 2014.
    """
    at_least_one("workers", workers)
    perform = asynchronous(work)
    results: Channel[Any] = Channel(workers if buffer is None else buffer)
    source: Source[Any] = Source(numbered(jobs) if ordered else jobs)

    def start(group: TaskGroup) -> Receiver[Any]:
        source.start(group)
        if ordered:
            _start_ordered(group, source, perform, results, workers)
        else:
            Crew(group, source, perform, results, workers).begin(at_hand=source.at_hand)
        return results.receiver

    return Stage(start, source.close, [results])


class Crew:
    """
    The workers over `jobs`, `most` of them, by number. Where jobs are at hand, the next one begins when the
    newest has its first: workers are at work while others are made, and hardly one is made that finds nothing
    to do. Where the newest had to wait for its turn, so that this would take long, twice as many begin as the
    last time. Where jobs have to be waited for, all do from the beginning. The last that leaves closes
    `output`.
    """

    __slots__ = (
        "_at_once", "_group", "_looked_s", "_looks_at", "_most", "_waits", "jobs", "last", "newest", "output",
        "perform",
    )  # fmt: skip

    def __init__(
        self, group: TaskGroup, jobs: AsyncIterable[Any], perform: Perform, output: Channel[Any], most: int
    ) -> None:
        self._group = group
        self._most = most
        self._at_once = self._waits = self._looks_at = 1
        self._looked_s = traps.now()
        self.newest = 0
        self.last = LastCloses(output, 1)  # whoever begins them: an eager one may end at once
        self.jobs = jobs
        self.perform = perform
        self.output = output

    def begin(self, *, at_hand: bool) -> None:
        """Begin with the first, or with all."""
        for _ in range(1 if at_hand else self._most):
            self._begin_one()
        self.last.leave()

    def hire(self) -> None:
        """The newest has its first job: begin more, unless there are as many as may be."""
        if self.newest < self._looks_at:
            self._begin_one()
        elif self.newest < self._most:
            self._look()

    def _look(self) -> None:
        """Begin so many as suits how long the newest ones have waited, and say when to look again."""
        now_s = traps.now()
        waited_s, self._looked_s = (now_s - self._looked_s) / self._waits, now_s
        self._at_once = 2 * self._at_once if waited_s > PATIENCE_S else 1
        for _ in range(min(self._at_once, self._most - self.newest)):
            self._begin_one()
        unseen = 0 if self._at_once > 1 else min(self.newest, LOOK_EVERY)
        self._looks_at = min(self.newest + unseen, self._most)
        self._waits = self._looks_at - self.newest + 1  # of the newest ones, until then

    def _begin_one(self) -> None:
        self.newest = number = self.newest + 1
        self.last.enter()
        self._group.spawn(_worker, self, number, name=f"worker {number}")


PATIENCE_S = 1e-3
"""A worker that waits longer for its first turn is not alone with its pool."""

LOOK_EVERY = 16
"""So many workers at most are begun between two looks at the clock, each of which delays the next worker."""


async def _worker(crew: Crew, number: int) -> None:
    perform, output = crew.perform, crew.output
    async for job in crew.jobs:
        if number == crew.newest:
            crew.hire()
        await output.send(await perform(job))
    crew.last.leave()


def _start_ordered(
    group: TaskGroup, source: Source[Any], perform: Perform, results: Channel[Any], workers: int
) -> None:
    """
    Start workers over numbered jobs; a ticket per job that is not passed on yet bounds how far they run
    ahead.
    """
    tickets: Channel[None] = Channel(2 * workers)
    finished: Channel[tuple[int, Any]] = Channel(workers)

    async def perform_numbered(entry: tuple[int, Any]) -> tuple[int, Any]:
        number, job = entry
        return number, await perform(job)

    group.spawn(_in_order, finished, results, tickets, name="in order")
    crew = Crew(group, Ticketed(tickets, source), perform_numbered, finished, workers)
    crew.begin(at_hand=source.at_hand)


class Ticketed:
    """Jobs that cost a ticket each, for several workers."""

    def __init__(self, tickets: Channel[None], jobs: AsyncIterable[Any]) -> None:
        self._tickets = tickets
        self._jobs = aiter(jobs)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        await self._tickets.send(None)
        return await anext(self._jobs)


async def _in_order(
    finished: Channel[tuple[int, Any]], results: Channel[Any], tickets: Channel[None]
) -> None:
    """Pass results on in the order of their numbers; each one passed on lets another job be read."""
    early: dict[int, Any] = {}
    following = 0
    async for number, result in finished:
        early[number] = result
        while following in early:
            await results.send(early.pop(following))
            following += 1
            tickets.try_receive()
    results.close()


async def _demo(options: Options) -> list[int]:
    async def double(job: int) -> int:
        await busy(job, options.latency)
        return job * 2

    jobs = range(1, options.jobs + 1)
    async with worker_pool(jobs, double, workers=options.workers, ordered=options.ordered) as results:
        return [result async for result in results]


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 5, "tasks that take jobs", least=1, tasks=True),
        Option("jobs", 10, "jobs, each doubled"),
        Option("latency", 1.0, "how long one job waits"),
        Option("ordered", False, "results in the order of the jobs"),
    ),
    steps=lambda options: options.jobs,
    ideal_ns=lambda options: batches(options.jobs, options.workers) * options.latency_ns,
    serial_ns=lambda options: options.jobs * options.latency_ns,
)
