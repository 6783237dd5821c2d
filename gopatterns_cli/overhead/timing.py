"""Timing an operation in this process: so many values of seconds, each with its answer judged."""

import gc
from collections.abc import Callable
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.overhead import arms
from gopatterns_cli.overhead.arms import Arm
from gopatterns_cli.overhead.operations import OPERATIONS, Operation, WrongAnswerError

POOLS = ("cold", "warm")

FEW = 100
"""So many items come before those whose memory is looked at."""


def timed(cell: Cell) -> Callable[[int], float]:
    """
    A cell's operation, ready to be timed: runs it so many times and returns the seconds that they took; of
    one that is looked at, the bytes that an item takes, times the runs.
    """
    operation, arm = OPERATIONS[cell.operation or ""], arms.of(cell)
    if operation.looked:
        return lambda loops: loops * taken(operation, arm, count=cell.count)
    given = {"count": cell.count, "setting": _setting(cell, operation), "pool": cell.pool or "cold"}
    return lambda loops: sum(measure(operation, arm, loops=loops, **given))  # type: ignore[arg-type]


def fitting(cell: Cell, most_s: float) -> int:
    """How many items take no longer than `most_s`: those of the cell, or so many as take half of it.

    The count grows in steps up to the whole: a few items tell what beginning costs, not what many cost.
    What is held to a rate takes the time that it takes, and memory is no time.
    """
    operation, arm = OPERATIONS[cell.operation or ""], arms.of(cell)
    if operation.paced or operation.looked:
        return cell.count
    setting = _setting(cell, operation)
    count = min(max(cell.count // 100, 2), cell.count)
    while True:
        seconds = measure(operation, arm, count=count, setting=setting)[0]
        if seconds > most_s:
            return max(int(count * most_s / 2 / seconds), 1)
        if count == cell.count:
            return count
        count = min(count * 4, cell.count)


def _setting(cell: Cell, operation: Operation) -> int | None:
    if cell.rate is not None:
        return round(cell.rate)
    return cell.workers or operation.cases


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
        setting: workers, cases or a rate, where the operation has them.
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
        operation.check(answer, count, setting)
    told = timed[-loops:]
    if operation.paced:
        return [answer[-1] - answer[0] for _, answer in told]
    return [seconds for seconds, _ in told]


def taken(operation: Operation, arm: Arm, *, count: int) -> float:
    """Return the bytes of resident memory that an item takes.

    Raises:
        WrongAnswerError: the answer is not the right one, or the process did not grow.
    """
    fn, process = arm.function(operation), psutil.Process()
    operation.check(arm.enter(fn, FEW), FEW)  # so that what all items share is there
    gc.collect()
    before: int = process.memory_info().rss
    seen: list[int] = []
    operation.check(arm.enter(fn, count, lambda: seen.append(process.memory_info().rss)), count)
    if seen[0] <= before:
        raise WrongAnswerError(
            f"{count:,} of {operation.name} did not make the process grow: more are needed"
        )
    return (seen[0] - before) / count


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
