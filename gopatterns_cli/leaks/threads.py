"""Threads: those of `threading`, raw ones and those that nobody in Python started."""

import _thread
import sys
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from gopatterns_cli.leaks import Frame, Leak, caller, note, stack


class Raw:
    """A raw thread, from when it is asked for, before it runs: an identifier is used again."""

    def __init__(self, made: tuple[Frame, ...]) -> None:
        self.made = made
        self.ident = 0


_made: WeakKeyDictionary[threading.Thread, tuple[Frame, ...]] = WeakKeyDictionary()
_raw: set[Raw] = set()


def watch() -> None:
    """Note where threads are started."""
    note(threading.Thread, "start", _noted)
    note(_thread, "start_new_thread", _noted_raw)


def _noted(start: Callable[..., None]) -> Callable[..., None]:
    def noted(self: threading.Thread) -> None:
        _made[self] = caller()
        start(self)

    return noted


def _noted_raw(start: Callable[..., int]) -> Callable[..., int]:
    def noted(function: Callable[..., Any], *arguments: Any) -> int:
        thread = Raw(caller())

        def body(*args: Any, **keywords: Any) -> None:
            thread.ident = threading.get_ident()
            try:
                function(*args, **keywords)
            finally:
                _raw.discard(thread)

        _raw.add(thread)
        try:
            return start(body, *arguments)
        except BaseException:
            _raw.discard(thread)
            raise

    return noted


def alive() -> dict[Any, Leak]:
    """Return every thread but this one."""
    frames = sys._current_frames()  # noqa: SLF001 - no other way
    known = {thread.ident: thread for thread in threading.enumerate()}
    raws = {thread.ident: thread for thread in tuple(_raw)}
    unborn = [thread for thread in tuple(_raw) if thread.ident == 0]
    found: dict[Any, Leak] = {thread: Leak("thread", "that is starting", thread.made) for thread in unborn}
    for number, frame in frames.items():
        if number == threading.get_ident():
            continue
        thread, raw = known.get(number), raws.get(number)
        if thread is not None and not isinstance(thread, threading._DummyThread):  # noqa: SLF001 - a raw one
            key: Any = thread
            name, made = thread.name, _made.get(thread, ())
        else:
            key = raw or ("thread", number)
            name, made = f"{number}", raw.made if raw else ()
        stands = stack(frame)
        found[key] = Leak("thread", name, made, stands, ours=_is_machinery(thread, stands))
    return found


def _is_machinery(thread: threading.Thread | None, stands: tuple[Frame, ...]) -> bool:
    """Whether it is the main thread, a warm one of ours without work, or one of a test runner."""
    if thread is threading.main_thread():
        return True
    warm = any(frame.function == "patterns.runtimes._calls.CallThreads._next" for frame in stands)
    return warm or any(frame.function.startswith(RUNNERS) for frame in stands)


RUNNERS = ("pytest_timeout.", "xdist.", "execnet.")
