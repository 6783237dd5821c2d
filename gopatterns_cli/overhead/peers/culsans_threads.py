"""culsans: a queue between threads and loops; here its synchronous face, between threads."""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import culsans

from gopatterns_cli.overhead.operations import CAPACITY

NAME = "culsans-threads"
PACKAGE = "culsans"
FAMILY = "threads"
LACKS = {
    "unbuffered": "no rendezvous: one place",
    "pipeline": "no rendezvous: one place",
}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop."""
    return fn(*args)


def buffered(count: int) -> tuple[int, int]:
    """One thread puts, the caller gets until the queue is shut down and empty."""
    return _passed_on(count, culsans.Queue(CAPACITY).sync_q)


def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    return _passed_on(count, culsans.Queue(1).sync_q)


def _passed_on(count: int, queue: Any) -> tuple[int, int]:
    seen = total = 0
    producer = Thread(target=_produce, args=(count, queue))
    producer.start()
    for number in _items(queue):
        seen += 1
        total += number
    producer.join()
    return seen, total


def _produce(count: int, queue: Any) -> None:
    for number in range(count):
        queue.put(number)
    queue.shutdown()


def _items(queue: Any) -> Iterator[int]:
    try:
        while True:
            yield queue.get()
    except culsans.SyncQueueShutDown:
        return


def pipeline(count: int) -> list[int]:
    """A thread per stage, a queue between two; the last stage is the caller."""
    numbers, squares, output = (culsans.Queue(1).sync_q for _ in range(3))

    def square() -> None:
        for number in _items(numbers):
            squares.put(number * number)
        squares.shutdown()

    def triple_even() -> None:
        for number in _items(squares):
            if number % 2 == 0:
                output.put(number * 3)
        output.shutdown()

    stages = [
        Thread(target=_produce, args=(count, numbers)),
        Thread(target=square),
        Thread(target=triple_even),
    ]
    for stage in stages:
        stage.start()
    results = list(_items(output))
    for stage in stages:
        stage.join()
    return results
