"""Work raced against a time on threads, by hand in two ways.

`Future.result` can wait with a time-out itself. The timer is for more than two runners: the end of the work
and the time go into one queue, and what lies in it first has won. A thread cannot be cancelled: the work is
handed an Event that it has to look at, and the TimeoutError arrives when it has ended, not when the time is
over.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event, Timer
from typing import TypeVar

T = TypeVar("T")


def timeout(work: Callable[[Event], T], timeout_s: float) -> T:
    """Return what the work gives in time, or raise TimeoutError when it was told and has ended."""
    cancelled = Event()
    with ThreadPoolExecutor(1) as threads:
        try:
            return threads.submit(work, cancelled).result(timeout_s)
        finally:
            cancelled.set()


def timeout_by_timer(work: Callable[[Event], T], timeout_s: float) -> T:
    """Return or raise the same, by a timer."""
    cancelled = Event()
    runners: SimpleQueue[Future[T] | None] = SimpleQueue()
    timer = Timer(timeout_s, runners.put, (None,))
    timer.start()
    with ThreadPoolExecutor(1) as threads:
        try:
            threads.submit(work, cancelled).add_done_callback(runners.put)
            first = runners.get()
            if first is None:
                raise TimeoutError
            return first.result()
        finally:
            cancelled.set()
            timer.cancel()
            timer.join()
