"""What the jobs of a pattern are: what they compute, which of them wait, which answer is the right one.

Each folder of `arms/` holds one `WORKLOAD`, which its arms are measured on. What a job does is written
once, as plain functions; this module makes the blocking and the awaiting form of it. Both wait and note
how long the wait really took, and `Jobs` checks that afterwards together with the answer. It runs in
the worker process, where alone a clock is read.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from gopatterns_cli.measuring.cells import Cell

Compute = Callable[[int], Any]
Work = Callable[[int], Any]
AsyncWork = Callable[[int], Awaitable[Any]]
AsyncSleep = Callable[[float], Awaitable[None]]

CLOCK_GRAIN_S = 1e-6
"""A timer may fire this much early: event loops round to the grain of their clock."""


class WrongRunError(Exception):
    """The arm did something else than it was asked to: no time of it may be kept."""


@dataclass(frozen=True, slots=True)
class Workload:
    """The jobs of one pattern.

    Attributes:
        stages: given the mark that means "drop this item", the functions that an item goes through. As None,
            the mark drops an item from the expected answer too.
        ordered: the results come in the order of the items.
        setting: what an arm takes besides its work: the cell's `workers` or its `buffer`.
        source_waits: producing an item waits as long as a stage does.
    """

    stages: Callable[[object], tuple[Compute, ...]]
    ordered: bool
    setting: str
    source_waits: bool = False

    def expected(self, count: int) -> list[Any]:
        """The right answer for the items 0 to `count` - 1, in their order."""
        results: list[Any] = list(range(count))
        for stage in self.stages(None):
            results = [stage(item) for item in results]
        return [result for result in results if result is not None]

    def waits(self, count: int) -> int:
        """How many waits a right run has: every item in every stage, and in the source where that waits."""
        return count * (len(self.stages(None)) + self.source_waits)


@dataclass(slots=True)
class Jobs:
    """The jobs of one cell: made for every run of its arm, checked after it.

    Attributes:
        cell: what is measured.
        workload: the jobs of its pattern.
        expected: the right answer, sorted where any order is right.
        spent: what the waits of the run under way took, in seconds.
        waited_s: what all waits of the checked runs took.
        waits: how many those were.
    """

    cell: Cell
    workload: Workload
    expected: list[Any]
    spent: list[float] = field(default_factory=list)
    waited_s: float = 0.0
    waits: int = 0

    @classmethod
    def of(cls, cell: Cell, workload: Workload) -> Self:
        """The jobs of a cell, none of them run yet."""
        return cls(cell, workload, workload.expected(cell.count))

    def blocking(self) -> Callable[[], tuple[Any, ...]]:
        """What an arm of serial code or threads is called with: a fresh source, and the stages."""
        stages = [self._blocking(compute) for compute in self.workload.stages(None)]
        produce = self._blocking(_as_it_is)
        items = range(self.cell.count)
        waits = self.workload.source_waits and self.cell.duration_s
        return lambda: (map(produce, items) if waits else items, *stages)

    def awaiting(self, sleep: AsyncSleep, dropped: object = None) -> Callable[[], tuple[Any, ...]]:
        """What an arm of tasks is called with: a fresh source, and the stages, which wait by `sleep`."""
        stages = [self._awaiting(compute, sleep) for compute in self.workload.stages(dropped)]
        produce = self._awaiting(_as_it_is, sleep)
        items = range(self.cell.count)
        return lambda: (_produced(items, produce) if self.workload.source_waits else items, *stages)

    def check(self, answer: list[Any]) -> None:
        """Check one run of the arm and note its waits.

        Raises:
            WrongRunError: a result is missing, wrong or out of order, or a job was shorter than asked.
        """
        found = answer if self.workload.ordered else sorted(answer)
        if found != self.expected:
            raise WrongRunError(f"wrong answer: {_difference(found, self.expected)}")
        if self.cell.duration_s:
            self._check_waits()

    def _check_waits(self) -> None:
        asked = self.workload.waits(self.cell.count)
        if len(self.spent) != asked:
            raise WrongRunError(f"{len(self.spent):,} jobs waited, {asked:,} were asked to")
        if min(self.spent) < self.cell.duration_s - CLOCK_GRAIN_S:
            raise WrongRunError(
                f"a job took {min(self.spent):.7f} s, shorter than the {self.cell.duration_s} s asked for"
            )
        self.waited_s += sum(self.spent)
        self.waits += asked
        self.spent.clear()

    def _blocking(self, compute: Compute) -> Work:
        duration_s, note = self.cell.duration_s, self.spent.append

        def work(item: int) -> Any:
            start = time.perf_counter()
            time.sleep(duration_s)
            note(time.perf_counter() - start)
            return compute(item)

        return work if duration_s else compute

    def _awaiting(self, compute: Compute, sleep: AsyncSleep) -> AsyncWork:
        duration_s, note = self.cell.duration_s, self.spent.append

        async def work(item: int) -> Any:
            start = time.perf_counter()
            await sleep(duration_s)
            note(time.perf_counter() - start)
            return compute(item)

        async def work_at_once(item: int) -> Any:
            return compute(item)

        return work if duration_s else work_at_once


def _as_it_is(item: int) -> int:
    return item


async def _produced(items: Iterable[int], produce: AsyncWork) -> AsyncIterator[int]:
    for item in items:
        yield await produce(item)


def _difference(found: list[Any], expected: list[Any]) -> str:
    if len(found) != len(expected):
        return f"{len(found):,} results, {len(expected):,} are right"
    wrong, right = next(pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1])
    return f"{wrong!r} where {right!r} is right"
