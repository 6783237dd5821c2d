"""Values and errors of asyncio tasks, collected by hand.

`asyncio.gather(..., return_exceptions=True)` is shorter, but makes a task of every item at once, and an error
in its list looks like a value. Notice the second `except`: a CancelledError is this worker's own cancel only
if somebody asked for it; else the item raised it, for example by awaiting a task that was cancelled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Result(Generic[R]):
    """What became of one item: its `value`, or its `error`."""

    value: R | None
    error: BaseException | None = None


async def error_collection(
    items: Iterable[T], work: Callable[[T], Awaitable[R]], workers: int
) -> list[Result[R]]:
    """Work on the items, `workers` at once; a Result for each, in their order: a failing one stops nobody."""
    todo = enumerate(items)
    results: dict[int, Result[R]] = {}

    async def worker() -> None:
        me = asyncio.current_task()
        for number, item in todo:
            try:
                results[number] = Result(await work(item))
            except Exception as error:  # noqa: BLE001 - it is the item's result
                results[number] = Result(None, error)
            except asyncio.CancelledError as error:
                if me is None or me.cancelling():
                    raise
                results[number] = Result(None, error)

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())
    return [results[number] for number in range(len(results))]
