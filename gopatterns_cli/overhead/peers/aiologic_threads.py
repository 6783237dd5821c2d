"""aiologic: queues and semaphores for threads and loops at once; here between threads."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import aiologic

from gopatterns_cli.overhead.operations import CAPACITY

NAME = "aiologic-threads"
PACKAGE = "aiologic"
FAMILY = "threads"
LACKS = {
    "buffered": "no close: a sentinel",
    "unbuffered": "no rendezvous: one place; no close: a sentinel",
    "pipeline": "no rendezvous: one place; no close: a sentinel",
    "semaphore": "no cancel",
}

END = None


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop."""
    return fn(*args)


def buffered(count: int) -> tuple[int, int]:
    """One thread puts, the caller gets until the sentinel."""
    return _passed_on(count, aiologic.Queue(CAPACITY))


def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    return _passed_on(count, aiologic.Queue(1))


def _passed_on(count: int, queue: Any) -> tuple[int, int]:
    seen = total = 0
    producer = Thread(target=_produce, args=(count, queue))
    producer.start()
    while (number := queue.green_get()) is not END:
        seen += 1
        total += number
    producer.join()
    return seen, total


def _produce(count: int, queue: Any) -> None:
    for number in range(count):
        queue.green_put(number)
    queue.green_put(END)


def pipeline(count: int) -> list[int]:
    """A thread per stage, a queue between two; the last stage is the caller."""
    numbers, squares, output = aiologic.Queue(1), aiologic.Queue(1), aiologic.Queue(1)

    def square() -> None:
        while (number := numbers.green_get()) is not END:
            squares.green_put(number * number)
        squares.green_put(END)

    def triple_even() -> None:
        while (number := squares.green_get()) is not END:
            if number % 2 == 0:
                output.green_put(number * 3)
        output.green_put(END)

    stages = [
        Thread(target=_produce, args=(count, numbers)),
        Thread(target=square),
        Thread(target=triple_even),
    ]
    for stage in stages:
        stage.start()
    results = []
    while (number := output.green_get()) is not END:
        results.append(number)
    for stage in stages:
        stage.join()
    return results


def semaphore(count: int) -> tuple[int, int, int]:
    """One thread alone with one permit."""
    permits = aiologic.Semaphore(1)
    done = 0
    for _ in range(count):
        with permits:
            done += 1
    with permits:
        held: int = permits.value
    return done, held, permits.value
