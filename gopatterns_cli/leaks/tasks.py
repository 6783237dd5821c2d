"""Tasks: ours on every runtime, and those of asyncio."""

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from gopatterns_cli.leaks import Frame, Leak, caller, note, stack
from patterns import launch, traps
from patterns.runs import copied, drivers

_made: WeakKeyDictionary[Any, tuple[Frame, ...]] = WeakKeyDictionary()

_left: list[Leak] = []
"""What runs have left behind, and ended."""


def watch() -> None:
    """Note where tasks of asyncio are made; ours know it."""
    note(asyncio.BaseEventLoop, "create_task", _noted)
    note(launch, "_warn", _noted_outcome)


def _noted(create: Callable[..., Any]) -> Callable[..., Any]:
    def noted(self: Any, *arguments: Any, **keywords: Any) -> Any:
        task = create(self, *arguments, **keywords)
        _made[task] = caller()
        return task

    return noted


def _noted_outcome(warn: Callable[..., None]) -> Callable[..., None]:
    def noted(outcome: Any) -> None:
        _left.extend(Leak("task", f"{line}, left behind by a run") for line in outcome.leaked)
        warn(outcome)

    return noted


def made_at(task: Any) -> tuple[Frame, ...]:
    """Return the stack of whoever made a task of asyncio; nothing where that is not known."""
    return _made.get(task, ()) if isinstance(task, asyncio.Task) else ()


def alive() -> dict[Any, Leak]:
    """Return the tasks that have not ended, of loops that are not closed and runs that are not over."""
    ours = {
        task: Leak("task", task.describe())
        for driver in copied(drivers)
        if not driver.finished
        for task in copied(driver.live)
    }
    foreign = {
        task: Leak("asyncio task", task.get_name(), made, _stands(task))
        for task, made in copied(_made.items())
        if not task.done() and not task.get_loop().is_closed() and not is_ours(task)
    }
    left = {("left", number): leak for number, leak in enumerate(_left)}
    return {**ours, **foreign, **left}


def is_ours(task: Any) -> bool:
    """Whether a task of asyncio is the body of one of the library's."""
    return getattr(task.get_coro(), "cr_code", None) is traps.lifetime.__code__


def _stands(task: Any) -> tuple[Frame, ...]:
    frames = task.get_stack()
    return tuple(frame for outer in reversed(frames) for frame in stack(outer)[:1])
