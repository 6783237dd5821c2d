"""The plain loop: one job after the other, in one thread. What any concurrency is to be worth it against."""

import time
from collections.abc import Callable
from typing import Any

from gopatterns_cli.overhead.operations import WAIT_S

NAME = "plain-loop"
PACKAGE = None
FAMILY = "no tasks"
LACKS = {"fan-out": "one job at a time"}


def enter(fn: Callable[..., Any], *args: Any) -> Any:
    """There is no loop of events."""
    return fn(*args)


def fan_out(count: int, workers: int) -> list[int]:
    """Jobs that sleep, however many could at once."""
    del workers
    results = []
    for number in range(count):
        time.sleep(WAIT_S["fan-out"])
        results.append(2 * number)
    return results
