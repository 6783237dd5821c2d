"""Fan-out and fan-in over processes by hand.

Each item is a future; `as_completed` is the merged stream, in the order in which they are ready.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def fan_out_fan_in(
    source: Iterable[T], work: Callable[[T], R], workers: int, processes: ProcessPoolExecutor
) -> list[R]:
    """Deal the items to the executor's `workers` processes and merge what they make."""
    del workers  # the executor has as many
    return [future.result() for future in as_completed([processes.submit(work, item) for item in source])]
