"""Values and errors of processes, collected by hand.

As with threads, but `work`, the items, the values and the errors are pickled: `work` is a function that can
be imported. A process that dies, killed or out of memory, takes the pool with it: every item without a result
then has a BrokenProcessPool as its error, also those that could not be submitted any more. The processes are
spawned, not forked: a fork of a process with threads may stand still for ever.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
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
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        futures = [_submitted(processes, work, item) for item in items]
    return [_result(future) for future in futures]


def _submitted(processes: ProcessPoolExecutor, work: Callable[[T], R], item: T) -> Future[R]:
    try:
        return processes.submit(work, item)
    except BrokenProcessPool as error:
        failed: Future[R] = Future()
        failed.set_exception(error)
        return failed


def _result(future: Future[R]) -> Result[R]:
    error = future.exception()
    if error is None:
        return Result(future.result())
    if not isinstance(error, Exception):
        raise error
    return Result(None, error)
