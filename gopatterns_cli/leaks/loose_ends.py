"""
Loose ends of asyncio: tasks that its runner had to cancel, errors that nobody asked for, coroutines that
nobody awaited, async generators that nobody closed.

These are no things but events: each is noted when it happens, and stays.
"""

import asyncio
import asyncio.runners
import warnings
from collections.abc import Callable
from types import CodeType
from typing import Any

from gopatterns_cli.leaks import Leak, happened, has_happened, note, tasks


def watch() -> None:
    """Note what asyncio and the interpreter say of loose ends."""
    note(asyncio.runners, "_cancel_all_tasks", _noted_cancel_all)
    note(asyncio.BaseEventLoop, "call_exception_handler", _noted_handler)
    note(asyncio.BaseEventLoop, "shutdown_asyncgens", _noted_shut_down)
    note(warnings, "_warn_unawaited_coroutine", _noted_warn)


def alive() -> dict[Any, Leak]:
    """Return what was noted."""
    return {("loose end", number): leak for number, leak in enumerate(happened())}


def _noted_cancel_all(cancel_all: Callable[..., None]) -> Callable[..., None]:
    def noted(loop: Any) -> None:
        for task in asyncio.all_tasks(loop):
            made = tasks.made_at(task)
            if not tasks.is_ours(task) and not any(frame.function.startswith("anyio.") for frame in made[:3]):
                has_happened("asyncio task", f"{task.get_name()}, cancelled when its loop ended", made)
        cancel_all(loop)

    return noted


def _noted_handler(handle: Callable[..., None]) -> Callable[..., None]:
    def noted(self: Any, context: Any) -> None:
        message = context.get("message", "")
        if "never retrieved" in message or "destroyed but it is pending" in message:
            error = context.get("exception")
            what = message if error is None else f"{message}: {error!r}"
            made = tasks.made_at(context.get("task") or context.get("future"))
            has_happened("asyncio:", what, made)
        handle(self, context)

    return noted


def _noted_shut_down(shut_down: Callable[..., Any]) -> Callable[..., Any]:
    async def noted(self: Any) -> None:
        for generator in list(self._asyncgens):
            if generator.ag_frame is not None:
                has_happened("async generator", f"{_place(generator, generator.ag_code)}, left open")
        await shut_down(self)

    return noted


def _noted_warn(warn: Callable[..., None]) -> Callable[..., None]:
    def noted(coroutine: Any) -> None:
        has_happened("coroutine", f"{_place(coroutine, coroutine.cr_code)}, never awaited")
        warn(coroutine)

    return noted


def _place(thing: Any, code: CodeType) -> str:
    return f"{thing.__qualname__} of {code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"
