"""pyroutine (the package pygo-routines): Go's channels between pooled threads."""

import itertools
import os
import time
from collections.abc import Callable
from typing import Any

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, WAIT_S, Look, unseen

os.environ.setdefault("PYROUTINE_NO_GIL_WARNING", "1")  # read when it is imported

from pyroutine import Chan, ChanClosed, Select, WaitGroup, go, recv_case, with_cancel

NAME = "pyroutine"
PACKAGE = "pygo-routines"
FAMILY = "threads"
LACKS = {
    "semaphore": "no semaphore: a buffered channel",
    "semaphore-contended": "no semaphore: a buffered channel",
    "cancel": "each task waits at its context's done channel itself",
}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop; threads stay warm for a while."""
    return fn(*args)


def buffered(count: int) -> tuple[int, int]:
    """One routine sends, one receives until the channel is closed."""
    return _passed_on(count, Chan(CAPACITY))


def unbuffered(count: int) -> tuple[int, int]:
    """The same by rendezvous."""
    return _passed_on(count, Chan())


def _passed_on(count: int, channel: Any) -> tuple[int, int]:
    def consume() -> tuple[int, int]:
        seen = total = 0
        for number in channel:
            seen += 1
            total += number
        return seen, total

    producer, consumer = go(_produce, range(count), channel), go(consume)
    producer.result()
    found: tuple[int, int] = consumer.result()
    return found


def _produce(numbers: range, channel: Any) -> None:
    for number in numbers:
        channel.send(number)
    channel.close()


def pipeline(count: int) -> list[int]:
    """A routine per stage, a channel between two; the last stage is the caller."""
    numbers, squares, output = Chan(), Chan(), Chan()

    def square() -> None:
        with squares:
            for number in numbers:
                squares.send(number * number)

    def triple_even() -> None:
        with output:
            for number in squares:
                if number % 2 == 0:
                    output.send(number * 3)

    stages = [go(_produce, range(count), numbers), go(square), go(triple_even)]
    results = list(output)
    for stage in stages:
        stage.result()
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
    jobs, output, group = Chan(), Chan(), WaitGroup()

    def worker() -> None:
        for job in jobs:
            output.send(work(job))

    def close() -> None:
        group.wait()
        output.close()

    producer = go(_produce, range(count), jobs)
    for _ in range(workers):
        group.go(worker)
    closer = go(close)
    results = list(output)
    producer.result()
    closer.result()
    return results


def select_parked(count: int, cases: int) -> tuple[int, int]:
    """A consumer waits at unbuffered channels, each with its producer."""
    channels = [Chan() for _ in range(cases)]
    group = WaitGroup()
    for first, channel in enumerate(channels):
        group.go(_send_all, range(first, count, cases), channel)
    found = _selected(channels, count)
    group.wait()
    return found


def select_ready(count: int, cases: int) -> tuple[int, int]:
    """The producers have filled the channels and ended before the consumer begins."""
    channels = [Chan(count // cases + 1) for _ in range(cases)]
    group = WaitGroup()
    for first, channel in enumerate(channels):
        group.go(_send_all, range(first, count, cases), channel)
    group.wait()
    return _selected(channels, count)


def _send_all(numbers: range, channel: Any) -> None:
    for number in numbers:
        channel.send(number)


def _selected(channels: list[Any], count: int) -> tuple[int, int]:
    prepared = Select(*(recv_case(channel) for channel in channels))
    seen = total = 0
    for _ in range(count):
        _, number = prepared.wait()
        seen += 1
        total += number
    return seen, total


def semaphore(count: int) -> tuple[int, int, int]:
    """The caller alone with one permit."""
    permits = Chan(1)
    done = 0
    for _ in range(count):
        permits.send(None)
        done += 1
        permits.recv()
    permits.send(None)
    held = permits.cap - len(permits)
    permits.recv()
    return done, held, permits.cap - len(permits)


def semaphore_contended(count: int) -> tuple[int, int]:
    """More routines than permits."""
    permits, group = Chan(PERMITS), WaitGroup()
    holders: list[None] = []  # a list grows and shrinks without a lock
    seen: list[int] = []

    def take(turns: int) -> None:
        for _ in range(turns):
            permits.send(None)
            holders.append(None)
            seen.append(len(holders))
            time.sleep(0)
            holders.pop()
            permits.recv()

    for first in range(TASKS):
        group.go(take, len(range(first, count, TASKS)))
    group.wait()
    return len(seen), max(seen)


def spawn(count: int) -> int:
    """Routines that do nothing but count themselves."""
    ran, group = itertools.count(), WaitGroup()
    for _ in range(count):
        group.go(next, ran)
    group.wait()
    return next(ran)


def cancel(count: int, look: Look = unseen) -> int:
    """Routines that wait until their context is done."""
    context, end = with_cancel()
    parked, group = Chan(count), WaitGroup()
    ended: list[None] = []

    def wait() -> None:
        parked.send(None)
        try:
            context.done().recv()
        except ChanClosed:
            ended.append(None)

    for _ in range(count):
        group.go(wait)
    for _ in range(count):
        parked.recv()
    look()
    end()
    group.wait()
    return len(ended)


def channels(count: int, look: Look = unseen) -> int:
    """Channels without room, as long as they are wanted."""
    made: list[Any] = [Chan() for _ in range(count)]
    look()
    return len(made)
