"""Async generators that nobody finished: closed by a task, because their `finally` may wait."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from patterns import traps

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from patterns.traps import Task


class Generators:
    """
    Watches the async generators of one thread, for a driver that steps coroutines itself.

    One that is dropped half way is closed by a task of its own; `close_left` does the same for those
    still open when everything else is over.
    """

    def __init__(self, main: Task) -> None:
        self._main = main
        self._open: WeakKeyDictionary[AsyncGenerator[Any, Any], None] = WeakKeyDictionary()  # in their order
        self._hooks = sys.get_asyncgen_hooks()

    def __enter__(self) -> Self:
        sys.set_asyncgen_hooks(firstiter=self._opened, finalizer=self._close)
        return self

    def __exit__(self, *failure: object) -> None:
        sys.set_asyncgen_hooks(*self._hooks)

    def close_left(self) -> bool:
        """Start closing what is still open; False when nothing is."""
        left = list(self._open)
        for generator in left:
            self._close(generator)
        return bool(left)

    def _opened(self, generator: AsyncGenerator[Any, Any]) -> None:
        self._open[generator] = None

    def _close(self, generator: AsyncGenerator[Any, Any]) -> None:
        self._open.pop(generator, None)
        token = traps.current.set(self._main.seat())
        try:
            context = self._main.context.without_cancel()
            traps.spawn(generator.aclose, (), context=context, ended=_closed, name="close an async generator")
        finally:
            traps.current.reset(token)


def is_closing(task: Task) -> bool:
    """Whether `task` is the library's own, closing a generator that somebody dropped."""
    return task.ended is _closed


def _closed(task: Task, error: BaseException | None) -> None:
    """Nobody waits for the closing of a dropped generator; what it raises is reported as unraisable."""
    traps.report_unraisable(task, error)
