"""pygolang without its gevent: Go's channels between threads, in C++."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

from golang import chan, context, go, select, sync

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, WAIT_S, Look, unseen

NAME = "pygolang"
PACKAGE = "pygolang"
FAMILY = "threads"
HINT = "--no-build-isolation, after 'cython<3' 'gevent<24' 'setuptools<70' setuptools_dso wheel; up to 3.11"
LACKS = {
    "semaphore": "no semaphore: a buffered channel",
    "semaphore-contended": "no semaphore: a buffered channel",
    "cancel": "each task waits at its context's done channel itself",
}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop."""
    return fn(*args)


def buffered(count: int) -> tuple[int, int]:
    """One goroutine sends, one receives until the channel is closed."""
    return _passed_on(count, chan(CAPACITY))


def unbuffered(count: int) -> tuple[int, int]:
    """The same by rendezvous."""
    return _passed_on(count, chan())


def _passed_on(count: int, channel: Any) -> tuple[int, int]:
    seen = total = 0

    def produce(_: Any) -> None:
        _send_all(range(count), channel)
        channel.close()

    def consume(_: Any) -> None:
        nonlocal seen, total
        for number in _items(channel):
            seen += 1
            total += number

    with sync.WorkGroup(context.background()) as group:
        group.go(produce)
        group.go(consume)
    return seen, total


def _send_all(numbers: range, channel: Any) -> None:
    for number in numbers:
        channel.send(number)


def _items(channel: Any) -> Iterator[Any]:
    while True:
        item, ok = channel.recv_()
        if not ok:
            return
        yield item


def pipeline(count: int) -> list[int]:
    """A goroutine per stage, a channel between two; the last stage is the caller."""
    numbers, squares, output = chan(), chan(), chan()

    def produce(_: Any) -> None:
        _send_all(range(count), numbers)
        numbers.close()

    def square(_: Any) -> None:
        for number in _items(numbers):
            squares.send(number * number)
        squares.close()

    def triple_even(_: Any) -> None:
        for number in _items(squares):
            if number % 2 == 0:
                output.send(number * 3)
        output.close()

    with sync.WorkGroup(context.background()) as group:
        for stage in (produce, square, triple_even):
            group.go(stage)
        return list(_items(output))


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
    jobs, output, working = chan(), chan(), sync.WaitGroup()
    working.add(workers)

    def produce(_: Any) -> None:
        _send_all(range(count), jobs)
        jobs.close()

    def worker(_: Any) -> None:
        for job in _items(jobs):
            output.send(work(job))
        working.done()

    def close(_: Any) -> None:
        working.wait()
        output.close()

    with sync.WorkGroup(context.background()) as group:
        group.go(produce)
        group.go(close)
        for _ in range(workers):
            group.go(worker)
        return list(_items(output))


def select_parked(count: int, cases: int) -> tuple[int, int]:
    """A consumer waits at unbuffered channels, each with its producer."""
    channels = [chan() for _ in range(cases)]
    with sync.WorkGroup(context.background()) as group:
        for first, channel in enumerate(channels):
            group.go(lambda _, *given: _send_all(*given), range(first, count, cases), channel)
        return _selected(channels, count)


def select_ready(count: int, cases: int) -> tuple[int, int]:
    """The producers have filled the channels and ended before the consumer begins."""
    channels = [chan(count // cases + 1) for _ in range(cases)]
    with sync.WorkGroup(context.background()) as group:
        for first, channel in enumerate(channels):
            group.go(lambda _, *given: _send_all(*given), range(first, count, cases), channel)
    return _selected(channels, count)


def _selected(channels: list[Any], count: int) -> tuple[int, int]:
    receives = [channel.recv for channel in channels]
    seen = total = 0
    for _ in range(count):
        _, number = select(*receives)
        seen += 1
        total += number
    return seen, total


def semaphore(count: int) -> tuple[int, int, int]:
    """The caller alone with one permit."""
    permits = chan(1)
    done = 0
    for _ in range(count):
        permits.send(None)
        done += 1
        permits.recv()
    permits.send(None)
    held = 1 - len(permits)
    permits.recv()
    return done, held, 1 - len(permits)


def semaphore_contended(count: int) -> tuple[int, int]:
    """More goroutines than permits."""
    permits = chan(PERMITS)
    holders: list[None] = []  # a list grows and shrinks without a lock
    seen: list[int] = []

    def take(_: Any, turns: int) -> None:
        for _turn in range(turns):
            permits.send(None)
            holders.append(None)
            seen.append(len(holders))
            time.sleep(0)
            holders.pop()
            permits.recv()

    with sync.WorkGroup(context.background()) as group:
        for first in range(TASKS):
            group.go(take, len(range(first, count, TASKS)))
    return len(seen), max(seen)


def spawn(count: int) -> int:
    """Goroutines that do nothing but count themselves."""
    ran, running = itertools.count(), sync.WaitGroup()
    running.add(count)

    def nothing() -> None:
        next(ran)
        running.done()

    for _ in range(count):
        go(nothing)
    running.wait()
    return next(ran)


def cancel(count: int, look: Look = unseen) -> int:
    """Goroutines that wait until their context is done."""
    ctx, end = context.with_cancel(context.background())
    parked, running = chan(count), sync.WaitGroup()
    running.add(count)
    ended: list[None] = []

    def wait() -> None:
        parked.send(None)
        _, ok = ctx.done().recv_()
        if not ok:
            ended.append(None)
        running.done()

    for _ in range(count):
        go(wait)
    for _ in range(count):
        parked.recv()
    look()
    end()
    running.wait()
    return len(ended)


def channels(count: int, look: Look = unseen) -> int:
    """Channels without room, as long as they are wanted."""
    made: list[Any] = [chan() for _ in range(count)]
    look()
    return len(made)
