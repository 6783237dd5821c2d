"""gevent: greenlets, its queues and pool; nothing is monkey-patched."""

import itertools
from collections.abc import Callable
from typing import Any

import gevent
import gevent.event
import gevent.lock
import gevent.pool
import gevent.queue

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, WAIT_S, Look, unseen

NAME = "gevent"
PACKAGE = "gevent"
FAMILY = "greenlets"
LACKS = {
    "buffered": "no close: StopIteration is put",
    "unbuffered": "no close: StopIteration is put",
    "pipeline": "no close: StopIteration is put",
    "pool-no-op": "a greenlet for each job",
    "pool-wait": "a greenlet for each job",
    "fan-out": "a greenlet for each job",
}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """The hub runs whenever the caller waits; it is this thread's and stays."""
    return fn(*args)


def buffered(count: int) -> tuple[int, int]:
    """One greenlet puts, one takes until the queue's end."""
    return _passed_on(count, gevent.queue.Queue(CAPACITY))


def unbuffered(count: int) -> tuple[int, int]:
    """The same through a channel, which is a rendezvous."""
    return _passed_on(count, gevent.queue.Channel())


def _passed_on(count: int, queue: Any) -> tuple[int, int]:
    def consume() -> tuple[int, int]:
        seen = total = 0
        for number in queue:
            seen += 1
            total += number
        return seen, total

    producer, consumer = gevent.spawn(_produce, count, queue), gevent.spawn(consume)
    gevent.joinall([producer, consumer], raise_error=True)
    found: tuple[int, int] = consumer.value
    return found


def _produce(count: int, queue: Any) -> None:
    for number in range(count):
        queue.put(number)
    queue.put(StopIteration)


def pipeline(count: int) -> list[int]:
    """A greenlet per stage, a channel between two; the last stage is the caller."""
    numbers, squares, output = (gevent.queue.Channel() for _ in range(3))

    def square() -> None:
        for number in numbers:
            squares.put(number * number)
        squares.put(StopIteration)

    def triple_even() -> None:
        for number in squares:
            if number % 2 == 0:
                output.put(number * 3)
        output.put(StopIteration)

    stages = [gevent.spawn(_produce, count, numbers), gevent.spawn(square), gevent.spawn(triple_even)]
    results = list(output)
    gevent.joinall(stages, raise_error=True)
    return results


def pool_no_op(count: int, workers: int) -> list[int]:
    """Jobs that only compute."""
    return list(gevent.pool.Pool(workers).imap_unordered(lambda number: 2 * number, range(count)))


def pool_wait(count: int, workers: int) -> list[int]:
    """Jobs that sleep."""
    return list(gevent.pool.Pool(workers).imap_unordered(_waiting(WAIT_S["pool-wait"]), range(count)))


def fan_out(count: int, workers: int) -> list[int]:
    """Jobs that sleep a shorter time."""
    return list(gevent.pool.Pool(workers).imap_unordered(_waiting(WAIT_S["fan-out"]), range(count)))


def _waiting(seconds: float) -> Callable[[int], int]:
    def double(number: int) -> int:
        gevent.sleep(seconds)
        return 2 * number

    return double


def semaphore(count: int) -> tuple[int, int, int]:
    """The caller alone with one permit."""
    permits = gevent.lock.BoundedSemaphore(1)
    done = 0
    for _ in range(count):
        with permits:
            done += 1
    with permits:
        held = permits.locked()
    return done, int(not held), int(not permits.locked())


def semaphore_contended(count: int) -> tuple[int, int]:
    """More greenlets than permits."""
    permits = gevent.lock.BoundedSemaphore(PERMITS)
    holders = done = most = 0

    def take(turns: int) -> None:
        nonlocal holders, done, most
        for _ in range(turns):
            with permits:
                holders += 1
                most = max(most, holders)
                gevent.sleep(0)
                holders -= 1
                done += 1

    takers = [gevent.spawn(take, len(range(first, count, TASKS))) for first in range(TASKS)]
    gevent.joinall(takers, raise_error=True)
    return done, most


def spawn(count: int) -> int:
    """Greenlets that do nothing but count themselves."""
    ran = itertools.count()
    gevent.joinall([gevent.spawn(next, ran) for _ in range(count)], raise_error=True)
    return next(ran)


def cancel(count: int, look: Look = unseen) -> int:
    """Greenlets that wait for an event which never comes, killed."""
    never = gevent.event.Event()
    ended = 0

    def wait() -> None:
        nonlocal ended
        try:
            never.wait()
        except gevent.GreenletExit:
            ended += 1
            raise

    waiting = [gevent.spawn(wait) for _ in range(count)]
    gevent.sleep(0)
    look()
    gevent.killall(waiting)
    return ended


def channels(count: int, look: Look = unseen) -> int:
    """Channels without room, as long as they are wanted."""
    made: list[Any] = [gevent.queue.Channel() for _ in range(count)]
    look()
    return len(made)
