"""Threads that end when whoever started them leaves, by hand.

A context manager owns the threads: they begin with its block and have ended after it, whether it ends or
fails. A thread cannot be cancelled: a poll waits on the Event with a time-out instead of sleeping, so that it
wakes when the block ends, and the executor waits for it. Making it a daemon would only hide it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event


@contextmanager
def clean_up(poll: Callable[[int, Event], object], workers: int) -> Iterator[None]:
    """Have the workers poll while the block runs; an error of a poll is raised at the end of it."""
    leaving = Event()

    def worker(number: int) -> None:
        while not leaving.is_set():
            poll(number, leaving)

    with ThreadPoolExecutor(workers) as threads:
        try:
            polling = [threads.submit(worker, number) for number in range(1, workers + 1)]
            yield
        finally:
            leaving.set()
    for ended in polling:
        ended.result()
