"""Values and errors of threads, collected by hand.

`Executor.map` ends at the first error, so each item is submitted by itself: its future keeps the value or the
error, and the list of futures the order. A future keeps SystemExit and its like as well, which are nothing to
collect: they go on to the caller, when all others have ended.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Result(Generic[R]):
    """What became of one item: its `value`, or its `error`."""

    value: R | None
    error: BaseException | None = None


def error_collection(items: Iterable[T], work: Callable[[T], R], workers: int) -> list[Result[R]]:
    """Work on the items, `workers` at once; a Result for each, in their order: a failing one stops nobody."""
    with ThreadPoolExecutor(workers) as threads:
        futures = [threads.submit(work, item) for item in items]
    return [_result(future) for future in futures]


def _result(future: Future[R]) -> Result[R]:
    error = future.exception()
    if error is None:
        return Result(future.result())
    if not isinstance(error, Exception):
        raise error
    return Result(None, error)
