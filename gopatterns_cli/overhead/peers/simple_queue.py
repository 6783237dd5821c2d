"""Threads by hand over `queue.SimpleQueue`, which is written in C.

It has no bound. Where a bound is the point, a second one carries the free places.
"""

import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any

from gopatterns_cli.overhead.operations import WAIT_S, Look, unseen

NAME = "simple-queue"
PACKAGE = None
FAMILY = "threads"
LACKS = {
    "buffered": "unbounded; no close: a sentinel",
    "unbuffered": "no rendezvous: one place, by a second queue; no close: a sentinel",
    "pipeline": "no rendezvous: one place, by a second queue; no close: a sentinel",
    "pool-no-op": "unbounded; no cancel, no close: sentinels",
    "pool-wait": "unbounded; no cancel, no close: sentinels",
    "fan-out": "unbounded; no cancel, no close: sentinels",
}

END = None


class Hop:
    """One item at most on its way from one thread to the next."""

    def __init__(self) -> None:
        self._items: SimpleQueue[int | None] = SimpleQueue()
        self._free: SimpleQueue[None] = SimpleQueue()
        self._free.put(None)

    def put(self, item: int | None) -> None:
        """Wait for the place, then leave the item there."""
        self._free.get()
        self._items.put(item)

    def __iter__(self) -> Iterator[int]:
        while (item := self._items.get()) is not END:
            self._free.put(None)
            yield item


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop."""
    return fn(*args)


def buffered(count: int) -> tuple[int, int]:
    """One thread puts, one gets until the sentinel."""
    queue: SimpleQueue[int | None] = SimpleQueue()
    return _passed_on(count, queue.put, iter(queue.get, END))


def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    hop = Hop()
    return _passed_on(count, hop.put, iter(hop))


def _passed_on(count: int, put: Callable[[int | None], None], numbers: Iterator[Any]) -> tuple[int, int]:
    seen = total = 0

    def consume() -> None:
        nonlocal seen, total
        for number in numbers:
            seen += 1
            total += number

    _joined([Thread(target=_produce, args=(count, put)), Thread(target=consume)])
    return seen, total


def _produce(count: int, put: Callable[[int | None], None]) -> None:
    for number in range(count):
        put(number)
    put(END)


def _joined(threads: list[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pipeline(count: int) -> list[int]:
    """A thread per stage, one place between two."""
    numbers, squares, output = Hop(), Hop(), Hop()
    results: list[int] = []

    def square() -> None:
        for number in numbers:
            squares.put(number * number)
        squares.put(END)

    def triple_even() -> None:
        for number in squares:
            if number % 2 == 0:
                output.put(number * 3)
        output.put(END)

    stages = [Thread(target=stage) for stage in (square, triple_even, lambda: results.extend(output))]
    _joined([Thread(target=_produce, args=(count, numbers.put)), *stages])
    return results


def pool_no_op(count: int, workers: int) -> list[int]:
    """Jobs that only compute."""
    return _pooled(count, workers, lambda number: 2 * number)


def pool_wait(count: int, workers: int) -> list[int]:
    """Jobs that sleep."""
    return _pooled(count, workers, _waiting(WAIT_S["pool-wait"]))


def fan_out(count: int, workers: int) -> list[int]:
    """Jobs that sleep a shorter time."""
    return _pooled(count, workers, _waiting(WAIT_S["fan-out"]))


def _waiting(seconds: float) -> Callable[[int], int]:
    def double(number: int) -> int:
        time.sleep(seconds)
        return 2 * number

    return double


def _pooled(count: int, workers: int, work: Callable[[int], int]) -> list[int]:
    jobs: SimpleQueue[int | None] = SimpleQueue()
    results: list[int] = []
    for job in range(count):
        jobs.put(job)
    for _ in range(workers):
        jobs.put(END)

    def worker() -> None:
        for job in iter(jobs.get, END):
            results.append(work(job))  # noqa: PERF401 - in the order of their end

    _joined([Thread(target=worker) for _ in range(workers)])
    return results


def channels(count: int, look: Look = unseen) -> int:
    """Queues, as long as they are wanted."""
    made: list[Any] = [SimpleQueue() for _ in range(count)]
    look()
    return len(made)
