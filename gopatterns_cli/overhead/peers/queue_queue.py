"""Threads by hand: `queue.Queue`, and `threading`'s semaphore."""

import itertools
import time
from collections.abc import Callable
from queue import Queue
from threading import Semaphore, Thread
from typing import Any

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, WAIT_S, Look, unseen

NAME = "queue-queue"
PACKAGE = None
FAMILY = "threads"
LACKS = {
    "buffered": "no close before 3.13: a sentinel",
    "unbuffered": "no rendezvous: one place; no close before 3.13: a sentinel",
    "pipeline": "no rendezvous: one place; no close before 3.13: a sentinel",
    "pool-no-op": "no cancel, no close before 3.13: sentinels",
    "pool-wait": "no cancel, no close before 3.13: sentinels",
    "fan-out": "no cancel, no close before 3.13: sentinels",
    "semaphore": "no cancel",
    "semaphore-contended": "no cancel",
    "spawn": "no cancel",
}

END = None


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop."""
    return fn(*args)


def buffered(count: int) -> tuple[int, int]:
    """One thread puts, one gets until the sentinel."""
    return _passed_on(count, CAPACITY)


def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    return _passed_on(count, 1)


def _passed_on(count: int, capacity: int) -> tuple[int, int]:
    queue: Queue[int | None] = Queue(capacity)
    seen = total = 0

    def consume() -> None:
        nonlocal seen, total
        while (number := queue.get()) is not END:
            seen += 1
            total += number

    _joined([Thread(target=_produce, args=(count, queue)), Thread(target=consume)])
    return seen, total


def _produce(count: int, queue: Queue[int | None]) -> None:
    for number in range(count):
        queue.put(number)
    queue.put(END)


def _joined(threads: list[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pipeline(count: int) -> list[int]:
    """A thread per stage, a queue between two."""
    numbers: Queue[int | None] = Queue(1)
    squares: Queue[int | None] = Queue(1)
    output: Queue[int | None] = Queue(1)
    results: list[int] = []

    def square() -> None:
        while (number := numbers.get()) is not END:
            squares.put(number * number)
        squares.put(END)

    def triple_even() -> None:
        while (number := squares.get()) is not END:
            if number % 2 == 0:
                output.put(number * 3)
        output.put(END)

    def collect() -> None:
        while (number := output.get()) is not END:
            results.append(number)

    stages = [Thread(target=stage) for stage in (square, triple_even, collect)]
    _joined([Thread(target=_produce, args=(count, numbers)), *stages])
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
    jobs: Queue[int | None] = Queue(workers)
    results: list[int] = []

    def worker() -> None:
        while (job := jobs.get()) is not END:
            results.append(work(job))

    threads = [Thread(target=worker) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for job in range(count):
        jobs.put(job)
    for _ in threads:
        jobs.put(END)
    for thread in threads:
        thread.join()
    return results


def semaphore(count: int) -> tuple[int, int, int]:
    """The caller alone with one permit."""
    permits = Semaphore(1)
    done = 0
    for _ in range(count):
        with permits:
            done += 1
    with permits:
        held = permits.acquire(blocking=False)
    return done, int(held), int(permits.acquire(blocking=False))


def semaphore_contended(count: int) -> tuple[int, int]:
    """More threads than permits."""
    permits = Semaphore(PERMITS)
    holders: list[None] = []  # a list grows and shrinks without a lock
    seen: list[int] = []

    def take(turns: int) -> None:
        for _ in range(turns):
            with permits:
                holders.append(None)
                seen.append(len(holders))
                time.sleep(0)
                holders.pop()

    _joined([Thread(target=take, args=(len(range(first, count, TASKS)),)) for first in range(TASKS)])
    return len(seen), max(seen)


def spawn(count: int) -> int:
    """Threads that do nothing but count themselves."""
    ran = itertools.count()
    _joined([Thread(target=next, args=(ran,)) for _ in range(count)])
    return next(ran)


def channels(count: int, look: Look = unseen) -> int:
    """Queues, as long as they are wanted."""
    made: list[Any] = [Queue(1) for _ in range(count)]
    look()
    return len(made)
