"""A cancellable pipeline of threads by hand.

Whoever waits at a hop must wait for the stop as well, which `queue.Queue` cannot do before Python 3.13: hence
the hop of a Condition, whose waiters all wake when it is stopped. A thread cannot be cancelled: what a stage
does with one number is handed an Event, and ends early only if it looks at it.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Event, Timer

END = None


class StoppedError(Exception):
    """Raised by a hop that was stopped."""


class Hop:
    """At most `places` items under way from one thread to the next, until it is stopped."""

    def __init__(self, places: int) -> None:
        self._items: deque[int | None] = deque()
        self._places = places
        self._stopped = False
        self._changed = Condition()

    def put(self, item: int | None) -> None:
        """Wait for a free place, then leave the item."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or len(self._items) < self._places)
            if self._stopped:
                raise StoppedError
            self._items.append(item)
            self._changed.notify_all()

    def get(self) -> int | None:
        """Wait for an item."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or bool(self._items))
            if self._stopped:
                raise StoppedError
            self._changed.notify_all()
            return self._items.popleft()

    def stop(self) -> None:
        """Have everybody who waits, and who comes, raise StoppedError."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()


Work = Callable[[int, Event], int]


def cancellable_pipeline(
    source: Iterable[int], generate: Work, square: Work, timeout_s: float, buffer: int = 0
) -> tuple[list[int], bool]:
    """Take the numbers through both stages; return what came through, and whether the time was over."""
    cancelled, numbers, squares = Event(), Hop(max(1, buffer)), Hop(max(1, buffer))
    results: list[int] = []
    timed_out = False

    def stop() -> None:
        cancelled.set()
        numbers.stop()
        squares.stop()

    def stage(items: Iterable[int | None], work: Work, output: Hop) -> None:
        try:
            for item in items:
                if item is not None:
                    output.put(work(item, cancelled))
            output.put(END)
        except StoppedError:
            return
        except BaseException:
            stop()
            raise

    timer = Timer(timeout_s, stop)
    timer.start()
    with ThreadPoolExecutor(2) as threads:
        try:
            stages = [threads.submit(stage, source, generate, numbers)]
            stages.append(threads.submit(stage, iter(numbers.get, END), square, squares))
            while (squared := squares.get()) is not END:
                results.append(squared)
        except StoppedError:
            timed_out = True
        finally:
            timer.cancel()
            stop()
    timer.join()
    for ended in stages:
        ended.result()
    return results, timed_out
