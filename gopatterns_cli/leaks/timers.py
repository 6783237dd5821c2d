"""Timers of event loops that are not closed."""

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from gopatterns_cli.leaks import Frame, Leak, caller, note
from patterns.runs import copied
from patterns.runtimes.asyncio import AsyncioDriver

_made: WeakKeyDictionary[asyncio.TimerHandle, tuple[Any, tuple[Frame, ...]]] = WeakKeyDictionary()


def watch() -> None:
    """Note where timers are set."""
    note(asyncio.BaseEventLoop, "call_at", _noted)


def _noted(call_at: Callable[..., Any]) -> Callable[..., Any]:
    def noted(self: Any, when: float, *arguments: Any, **keywords: Any) -> Any:
        handle = call_at(self, when, *arguments, **keywords)
        _made[handle] = self, caller()
        return handle

    return noted


def alive() -> dict[Any, Leak]:
    """Return the timers that are set, of loops that are not closed."""
    known = copied(_made.items())
    loops = {id(loop): loop for _, (loop, _) in known if not loop.is_closed()}
    scheduled = {id(handle) for loop in loops.values() for handle in copied(loop._scheduled)}  # noqa: SLF001 - no public way
    return {
        handle: Leak("timer", _name(handle), made)
        for handle, (_, made) in known
        if id(handle) in scheduled and not handle.cancelled() and not _is_ours(handle)
    }


def _is_ours(handle: Any) -> bool:
    """Whether it wakes tasks of ours, which are looked for themselves."""
    return getattr(handle._callback, "__func__", None) is AsyncioDriver._wake_sleepers  # noqa: SLF001 - no public way


def _name(handle: Any) -> str:
    callback = handle._callback  # noqa: SLF001 - no public way
    return getattr(callback, "__qualname__", None) or repr(callback)
