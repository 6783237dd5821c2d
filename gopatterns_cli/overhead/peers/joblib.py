"""joblib on its threads: `Parallel` over delayed calls."""

import time
from collections.abc import Callable
from typing import Any

from joblib import Parallel, delayed

from gopatterns_cli.overhead.operations import WAIT_S

NAME = "joblib"
PACKAGE = "joblib"
FAMILY = "threads"
LACKS = {
    "pool-no-op": "jobs go in batches; no cancel",
    "pool-wait": "jobs go in batches; no cancel",
    "fan-out": "jobs go in batches; no cancel",
}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop."""
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
        time.sleep(seconds)
        return 2 * number

    return double


def _pooled(count: int, workers: int, work: Callable[[int], int]) -> list[int]:
    parallel = Parallel(n_jobs=workers, backend="threading")
    results: list[int] = parallel(delayed(work)(number) for number in range(count))
    return results
