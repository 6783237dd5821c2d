"""A pool of processes by hand: the standard library's executor, and its `map`.

`map` sends one job at a time to whoever is free; `chunksize` would save messages and cost balance. Results
come in the order of the jobs.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def worker_pool(
    jobs: Iterable[T], work: Callable[[T], R], workers: int, processes: ProcessPoolExecutor
) -> list[R]:
    """Work through the jobs on the executor's `workers` processes."""
    del workers  # the executor has as many
    return list(processes.map(work, jobs))
