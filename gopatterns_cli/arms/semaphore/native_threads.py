"""A semaphore between threads by hand.

The BoundedSemaphore raises when a permit is given back that nobody took. It knows neither weights nor an
order: a thread that comes may overtake one that waits. Every job has a thread, of which most wait; this is
for jobs of which only a part needs a permit, else an executor of `permits` threads is all that it takes.
A thread cannot be cancelled: after an error, those that wait for a permit do nothing once they have it.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import BoundedSemaphore, Event
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def semaphore(jobs: Sequence[T], work: Callable[[T], R], permits: int) -> list[R]:
    """Work on the jobs, `permits` at once; results in the order of their end. An error ends the rest."""
    free, failed = BoundedSemaphore(permits), Event()
    results: list[R] = []

    def task(job: T) -> None:
        with free:
            if failed.is_set():
                return
            try:
                results.append(work(job))
            except BaseException:
                failed.set()
                raise

    with ThreadPoolExecutor(len(jobs) or 1) as threads:
        for ended in as_completed([threads.submit(task, job) for job in jobs]):
            ended.result()
    return results
