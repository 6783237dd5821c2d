"""Map over items concurrently and keep every value or error, in the order of the items."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from patterns.channel import Channel, Receiver
from patterns.demo import Demo, Option, batches, busy
from patterns.errors import CancelledError
from patterns.group import TaskGroup, asynchronous
from patterns.source import Source, numbered
from patterns.stage import Stage, at_least_one, is_uncalled_for
from patterns.traps import is_foreign_cancel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.demo import Options
    from patterns.source import Items

T = TypeVar("T")
R = TypeVar("R")

WORKERS = 100
"""The most workers unless a number is given."""


@dataclass(frozen=True, slots=True)
class Result(Generic[R]):
    """
    What became of one item: its `value`, or its `error`.

        >>> async def main():
        ...     good, bad = await collect_errors(["1", "x"], int)
        ...     return good.value, bad.error
        >>> run(main, runtime="simulator")
        (1, ValueError("invalid literal for int() with base 10: 'x'"))
    """

    value: R | None
    error: BaseException | None = None


@overload
async def collect_errors(
    items: Items[T], work: Callable[[T], Awaitable[R]], workers: int | None = None
) -> list[Result[R]]: ...
@overload
async def collect_errors(
    items: Items[T], work: Callable[[T], R], workers: int | None = None
) -> list[Result[R]]: ...
async def collect_errors(
    items: Items[Any], work: Callable[[Any], Any], workers: int | None = None
) -> list[Result[Any]]:
    """
    Return a `Result` for every item, in the order of the items; a failing item stops nobody.

        >>> async def main():
        ...     results = await collect_errors(["1", "x"], int)
        ...     return [result.value for result in results]
        >>> run(main, runtime="simulator")
        [1, None]

    Args:
        items: any iterable, async iterable or channel that ends.
        work: an `async def` is awaited; a plain function runs through `call`.
        workers: how many items are worked on at once, at least 1; up to 100 unless given.

    Raises:
        TypeError, ValueError: an argument is not of this form.
        an error of the source; an error of `work` that is no `Exception`, once all others have ended.

    Source: the document's concurrent error collection.
    """
    count = _fitting(items) if workers is None else at_least_one("workers", workers)
    perform = asynchronous(work)
    source: Source[tuple[int, Any]] = Source(numbered(items))
    results: dict[int, Result[Any]] = {}
    fatal: list[BaseException] = []

    async def work_one(number: int, item: Any) -> None:
        try:
            results[number] = Result(await perform(item))
        except BaseException as error:
            cancelled = isinstance(error, CancelledError) or is_foreign_cancel(error)
            if isinstance(error, GeneratorExit) or (cancelled and not is_uncalled_for(error)):
                raise
            if not (cancelled or isinstance(error, Exception)):
                fatal.append(error)
            results[number] = Result(None, error)

    async def worker() -> None:
        async for number, item in source:
            await work_one(number, item)

    def start(group: TaskGroup) -> None:
        source.start(group)
        for number in range(1, count + 1):
            group.spawn(worker, name=f"worker {number}")

    async with Stage(start, source.close, cancels=False):
        pass
    if fatal:
        raise fatal[0]
    return [results[number] for number in range(len(results))]


def _fitting(items: Items[Any]) -> int:
    if isinstance(items, Sized) and not isinstance(items, (Channel, Receiver)):  # more may come there
        return min(WORKERS, max(len(items), 1))
    return WORKERS


async def _demo(options: Options) -> list[str]:
    async def check(number: int) -> int:
        await busy(number, options.latency)
        if number < 0:
            raise ValueError(f"{number} is negative")
        return 2 * number

    numbers = (number * (-1) ** (number % 3 == 0) for number in range(1, options.jobs + 1))
    results = await collect_errors(numbers, check, workers=options.workers)
    return [f"error: {result.error}" if result.error else str(result.value) for result in results]


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 5, "items worked on at once", least=1, tasks=True),
        Option("jobs", 10, "numbers, of which every third is negative and fails"),
        Option("latency", 0.1, "how long one number waits"),
    ),
    steps=lambda options: options.jobs,
    ideal_ns=lambda options: batches(options.jobs, options.workers) * options.latency_ns,
    serial_ns=lambda options: options.jobs * options.latency_ns,
)
