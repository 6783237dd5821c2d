"""gevent by hand: so many greenlets over one bounded queue; its own pool makes one for each job."""

from collections.abc import Callable
from typing import Any

import gevent
import gevent.queue

from gopatterns_cli.overhead.operations import WAIT_S

NAME = "gevent-workers"
PACKAGE = "gevent"
FAMILY = "greenlets"
LACKS = {
    "pool-no-op": "no close: StopIteration is put",
    "pool-wait": "no close: StopIteration is put",
    "fan-out": "no close: StopIteration is put",
}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """The hub runs whenever the caller waits; it is this thread's and stays."""
    return fn(*args)


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
        gevent.sleep(seconds)
        return 2 * number

    return double


def _pooled(count: int, workers: int, work: Callable[[int], int]) -> list[int]:
    jobs = gevent.queue.Queue(workers)
    results: list[int] = []

    def worker() -> None:
        for number in jobs:
            results.append(work(number))  # noqa: PERF401 - others append meanwhile

    pool = [gevent.spawn(worker) for _ in range(workers)]
    for number in range(count):
        jobs.put(number)
    for _ in pool:
        jobs.put(StopIteration)
    gevent.joinall(pool, raise_error=True)
    return results
