"""`concurrent.futures.ThreadPoolExecutor`, a future for each job."""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gopatterns_cli.overhead.operations import WAIT_S

NAME = "thread-pool"
PACKAGE = None
FAMILY = "threads"
LACKS = {
    "pool-no-op": "unbounded: all jobs are queued at once; no cancel of a running one",
    "pool-wait": "unbounded: all jobs are queued at once; no cancel of a running one",
    "fan-out": "unbounded: all jobs are queued at once; no cancel of a running one",
    "spawn": "a few threads take turns, no thread for each; no cancel of a running one",
}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop."""
    return fn(*args)


def pool_no_op(count: int, workers: int) -> list[int]:
    """Jobs that only compute."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda number: 2 * number, range(count)))


def pool_wait(count: int, workers: int) -> list[int]:
    """Jobs that sleep."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(_waiting(WAIT_S["pool-wait"]), range(count)))


def fan_out(count: int, workers: int) -> list[int]:
    """Jobs that sleep a shorter time."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(_waiting(WAIT_S["fan-out"]), range(count)))


def _waiting(seconds: float) -> Callable[[int], int]:
    def double(number: int) -> int:
        time.sleep(seconds)
        return 2 * number

    return double


def spawn(count: int) -> int:
    """Jobs that do nothing but count themselves."""
    ran = itertools.count()
    with ThreadPoolExecutor() as pool:
        for ended in [pool.submit(next, ran) for _ in range(count)]:
            ended.result()
    return next(ran)
