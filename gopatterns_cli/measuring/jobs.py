"""The jobs of one cell, in the forms that arms take: plain functions, functions to be awaited, pickles.

What a job does is written once; each form of it notes when the job began and ended, and `Jobs` checks that
afterwards together with the answer. It runs in the worker process, where alone a clock is read.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.elsewhere import Elsewhere, Told, called
from gopatterns_cli.measuring.kinds import Effect, Timed, effect_of
from gopatterns_cli.measuring.trace import Trace
from gopatterns_cli.measuring.typed import shown
from gopatterns_cli.measuring.workload import Compute, Workload

Work = Callable[[int], Any]
AsyncWork = Callable[[int], Awaitable[Any]]
AsyncSleep = Callable[[float], Awaitable[None]]
AsyncAdmit = Callable[[], Awaitable[None]]
AsyncCall = Callable[[Callable[[Any], Any], Any], Awaitable[Any]]
Parts = Callable[[], tuple[Any, ...]]
"""Makes what an arm is called with for one run: a fresh source and its stages."""
CLOCK_GRAIN_S = 1e-6
"""A timer may fire this much early: event loops round to the grain of their clock."""


class WrongRunError(Exception):
    """The arm did something else than it was asked to: no time of it may be kept."""


@dataclass(slots=True)
class Jobs:
    """The jobs of one cell: made for every run of its arm, checked after it.

    Attributes:
        cell: what is measured.
        workload: the jobs of its pattern.
        effect: what each does before its arithmetic.
        expected: the right answer, sorted where any order is right.
        trace: when the jobs of the run under way began and ended, and where the time of the others went.
        waited_s: what the jobs of all checked runs took.
        waits: how many those were.
    """

    cell: Cell
    workload: Workload
    effect: Effect
    expected: list[Any]
    trace: Trace
    waited_s: float = 0.0
    waits: int = 0

    @classmethod
    def of(cls, cell: Cell, workload: Workload, port: int = 0) -> Self:
        """The jobs of a cell, none of them run yet; `port` is of the site that they fetch from."""
        effect = effect_of(cell, port)
        free = not effect.sleep_s and effect.function is None
        lanes = (
            1
            if cell.is_serial or free
            else cell.workers or len(workload.stages(None)) + workload.source_waits
        )
        return cls(cell, workload, effect, _expected(cell, workload, effect), Trace(lanes))

    def blocking(self) -> Parts:
        """What an arm of serial code or threads is called with: a fresh source, and the stages."""
        stages = [self._blocking(compute) for compute in self._stages(None)]
        produce = self._blocking(_as_it_is)
        waits = self.workload.source_waits and self._does_something
        return lambda: (map(produce, self._items()) if waits else self._items(), *stages)

    def awaiting(
        self, sleep: AsyncSleep, call: AsyncCall, dropped: object = None, admit: AsyncAdmit | None = None
    ) -> Parts:
        """
        What an arm of tasks is called with: a fresh source, and the stages, which wait by `sleep` and
        compute by `call`, each job once it is admitted.
        """
        stages = [self._awaiting(compute, sleep, call) for compute in self._stages(dropped)]
        if self.workload.apart:
            stages = list(self._apart(sleep, call))
        if admit is not None:
            first = stages[:1] if self.workload.apart else stages  # the parts of a job are one job
            stages[: len(first)] = [_admitted(work, admit) for work in first]
        produce = self._awaiting(_as_it_is, sleep, call)
        waits = self.workload.source_waits
        return lambda: (_produced(self._items(), produce) if waits else self._items(), *stages)

    def elsewhere(self) -> Parts:
        """What an arm of processes by hand is called with: arguments, and a job that can be pickled."""
        effect = self.effect
        job = Elsewhere(effect.sleep_s, effect.function, awaits=effect.awaits)
        return lambda: ([(item, effect.argument(item)) for item in range(self.cell.count)], job)

    def back(self, told: list[Told]) -> list[Any]:
        """Note what jobs of `elsewhere` have told, and return their results."""
        (compute,) = self._stages(None)
        self.trace.spans += [(start, end) for _, start, end, _ in told]
        return [compute(self._result(item, value)) for item, _, _, value in told]

    @property
    def block(self) -> bool:
        """Whether they call what a thread has to wait for."""
        return self.effect.function is not None and not self.effect.awaits

    def check(self, answer: list[Any], began: float, ended: float) -> None:
        """Check one run of the arm, from `began` to `ended`, and note its jobs.

        Raises:
            WrongRunError: a result is missing, wrong or out of order, or a job was shorter than asked.
        """
        found = answer if self.workload.ordered else sorted(answer, key=None if self._numbers else _item)
        if self._numbers:
            right = found == self.expected
        else:
            right = [_item(result) for result in found] == list(range(self.cell.count)) and all(
                self.effect.same(result[1], wanted)
                for result, wanted in zip(found, self.expected, strict=True)
            )
        if not right:
            wanted = self.expected if self._numbers else list(enumerate(self.expected))
            raise WrongRunError(f"wrong answer: {_difference(found, wanted, self.effect)}")
        if self._does_something:
            self._check_waits()
        self.trace.add(began, ended)

    def _check_waits(self) -> None:
        trace, asked = self.trace, self.workload.waits(self.cell.count)
        if len(trace.spans) != asked:
            raise WrongRunError(f"{len(trace.spans):,} jobs waited, {asked:,} were asked to")
        spent = trace.own or [end - start for start, end in trace.spans]
        least_s = self.effect.sleep_s
        if min(spent) < least_s - CLOCK_GRAIN_S:
            raise WrongRunError(f"a job took {min(spent):.7f} s, shorter than the {least_s:g} s asked for")
        self.waited_s += sum(spent)
        self.waits += asked

    def _items(self) -> Iterable[int]:
        """The jobs' numbers; where jobs do nothing, when the first was taken and the last was is noted."""
        items = range(self.cell.count)
        if self._does_something:
            return items
        return _Streamed(self.trace, items).noted()

    @property
    def _does_something(self) -> bool:
        return bool(self.effect.sleep_s) or self.effect.function is not None

    @property
    def _numbers(self) -> bool:
        return self.effect.is_number

    def _stages(self, dropped: object) -> tuple[Compute, ...]:
        """The stages of the pattern; a job whose value is no number goes through none."""
        return self.workload.stages(dropped) if self._numbers else (_as_it_is,)

    def _result(self, item: int, value: Any) -> Any:
        return value if self._numbers else (item, value)

    def _blocking(self, compute: Compute) -> Work:
        if not self._does_something:
            return compute
        effect, note = self.effect, self.trace.spans.append
        sleep_s, function = effect.sleep_s, called(effect)

        def wait(item: int) -> Any:
            start = time.perf_counter()
            time.sleep(sleep_s)
            note((start, time.perf_counter()))
            return compute(item)

        def work(item: int) -> Any:
            start = time.perf_counter()
            if sleep_s:
                time.sleep(sleep_s)
            value = function(effect.argument(item))
            note((start, time.perf_counter()))
            return compute(self._result(item, value))

        return wait if effect.function is None else work

    def _awaiting(self, compute: Compute, sleep: AsyncSleep, call: AsyncCall) -> AsyncWork:
        effect, trace = self.effect, self.trace
        sleep_s, function = effect.sleep_s, effect.function
        note, own = trace.spans.append, trace.own.append

        async def wait(item: int) -> Any:
            start = time.perf_counter()
            await sleep(sleep_s)
            note((start, time.perf_counter()))
            return compute(item)

        async def at_once(item: int) -> Any:
            return compute(item)

        if function is None:
            return wait if sleep_s else at_once
        timed = Timed(function)

        async def work(item: int) -> Any:
            start = time.perf_counter()
            if sleep_s:
                await sleep(sleep_s)
            slept_s = time.perf_counter() - start
            if effect.awaits:
                value = await function(effect.argument(item))
                took_s = time.perf_counter() - start - slept_s
            else:
                took_s, value = await call(timed, effect.argument(item))
            note((start, time.perf_counter()))
            own(slept_s + took_s)
            return compute(self._result(item, value))

        return work

    def _apart(self, sleep: AsyncSleep, call: AsyncCall) -> tuple[AsyncWork, Callable[[Any], Awaitable[Any]]]:
        """The waiting of a job and its computing, apart; noted once, without the way between them."""
        effect, trace = self.effect, self.trace
        (compute,) = self._stages(None)
        assert effect.function is not None  # noqa: S101 - a checked scenario has mixed jobs here
        timed = Timed(effect.function)

        async def fetch(item: int) -> tuple[int, float, float]:
            start = time.perf_counter()
            await sleep(effect.sleep_s)
            return item, start, time.perf_counter() - start

        async def finish(fetched: tuple[int, float, float]) -> Any:
            item, start, slept_s = fetched
            took_s, value = await call(timed, effect.argument(item))
            trace.spans.append((start, time.perf_counter()))
            trace.own.append(slept_s + took_s)
            return compute(self._result(item, value))

        return fetch, finish


def _expected(cell: Cell, workload: Workload, effect: Effect) -> list[Any]:
    """The right answer: where nobody knows it, what the function says when it is called once by itself."""
    if effect.is_number:
        assert effect.expected is not None  # noqa: S101 - a number's job knows what is right
        results = workload.expected([effect.expected(item) for item in range(cell.count)])
        return results if workload.ordered else sorted(results)
    known, call = effect.expected, called(effect)
    if known is not None:
        return [known(item) for item in range(cell.count)]
    results = []
    for item in range(cell.count):
        argument = effect.argument(item)
        try:
            results.append(call(argument))
        except (Exception, SystemExit) as error:
            raise WrongRunError(
                f"{cell.function} fails on {shown(argument)}: {type(error).__name__}: {error}"
            ) from error
    return results


def _item(result: Any) -> int:
    number: int = result[0]
    return number


def _admitted(work: AsyncWork, admit: AsyncAdmit) -> AsyncWork:
    async def admitted(item: int) -> Any:
        await admit()
        return await work(item)

    return admitted


class _Streamed:
    """Items as they are, at no cost for each; their streaming as a whole is noted as one job."""

    def __init__(self, trace: Trace, items: Iterable[int]) -> None:
        self._trace = trace
        self._items = items
        self._began = 0.0

    def noted(self) -> Iterable[int]:
        """Return the items between the two notes."""
        return chain(self._first(), self._items, self._last())

    def _first(self) -> Iterator[int]:
        self._began = time.perf_counter()
        yield from ()

    def _last(self) -> Iterator[int]:
        self._trace.spans.append((self._began, time.perf_counter()))
        yield from ()


def _as_it_is(item: int) -> int:
    return item


async def _produced(items: Iterable[int], produce: AsyncWork) -> AsyncIterator[int]:
    for item in items:
        yield await produce(item)


def _difference(found: list[Any], expected: list[Any], effect: Effect) -> str:
    if len(found) != len(expected):
        return f"{len(found):,} results, {len(expected):,} are right"
    pairs = zip(found, expected, strict=True)
    if effect.is_number:
        wrong, right = next(pair for pair in pairs if pair[0] != pair[1])
        return f"{shown(wrong)} where {shown(right)} is right"
    wrong, right = next(pair for pair in pairs if not effect.same(pair[0][1], pair[1][1]))
    changes = " (it gives another answer each time)" if effect.expected is None else ""
    return f"{shown(wrong[1])} where {shown(right[1])} is right{changes}"
