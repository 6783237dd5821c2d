"""Timing an operation in this process: so many values of seconds, each with its answer judged."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any

from gopatterns_cli.overhead.arms import Arm
from gopatterns_cli.overhead.operations import Operation

POOLS = ("cold", "warm")


def measure(
    operation: Operation,
    arm: Arm,
    *,
    count: int,
    setting: int | None = None,
    loops: int = 1,
    pool: str = "cold",
) -> list[float]:
    """Return `loops` values: the seconds that `count` items take.

    Args:
        operation: what is done.
        arm: who does it.
        count: items of a value.
        setting: workers or cases, where the operation has them.
        loops: how many values.
        pool: `cold`: the arm's loop and its threads are made and taken down inside of what is timed; `warm`:
            the loop is entered once, and a first run in it is not timed.

    Raises:
        WrongAnswerError: an answer is not the right one.
        ValueError: there is no such pool.

    The garbage collector stays as it is: what an arm leaves to it is the arm's.
    """
    if pool not in POOLS:
        raise ValueError(f"pool: found {pool!r}, allowed {', '.join(POOLS)}")
    fn, arguments = arm.function(operation), operation.arguments(count, setting)
    if pool == "warm":
        again = _again_awaited if iscoroutinefunction(fn) else _again
        timed = arm.enter(again, fn, arguments, loops)
    else:
        timed = [_once(arm.enter, fn, *arguments) for _ in range(loops)]
    for _, answer in timed:
        operation.check(answer, count)
    told = timed[-loops:]
    if operation.seconds is not None:
        return [operation.seconds(answer) for _, answer in told]
    return [seconds for seconds, _ in told]


def _once(fn: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    began = perf_counter()
    answer = fn(*arguments)
    return perf_counter() - began, answer


def _again(fn: Callable[..., Any], arguments: tuple[int, ...], loops: int) -> list[tuple[float, Any]]:
    return [_once(fn, *arguments) for _ in range(loops + 1)]


async def _again_awaited(
    fn: Callable[..., Any], arguments: tuple[int, ...], loops: int
) -> list[tuple[float, Any]]:
    timed = []
    for _ in range(loops + 1):
        began = perf_counter()
        answer = await fn(*arguments)
        timed.append((perf_counter() - began, answer))
    return timed
