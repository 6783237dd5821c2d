"""Ctrl-C and what means the same, heard when it can be acted on.

A measurement has processes to end and a file to keep whole. Whoever makes or ends them holds interrupts back
for as long as that takes; SIGTERM and SIGHUP end a measurement as Ctrl-C does.

Handlers are set in the main thread only, and only over Python's own: what a caller has set, or what `nohup`
has, stays. Whoever starts processes inside `deferred` passes nothing on to them: no signal is blocked.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any


@dataclass(slots=True)
class _Held:
    """How many blocks hold interrupts back, and whether one came meanwhile; signals are one per process."""

    depth: int = 0
    came: bool = False


_held = _Held()


@contextmanager
def heard() -> Iterator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt inside the block, as Ctrl-C does."""
    ends = dict.fromkeys(_fatal(), signal.SIG_DFL)
    with _answered({signal.SIGINT: signal.default_int_handler, **ends}):
        yield


@contextmanager
def deferred() -> Iterator[None]:
    """Hold interrupts back until the block is left; then one that came raises KeyboardInterrupt there.

    To be inside the `try` that ends what the block makes. Outside the main thread it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _answered({signal.SIGINT: signal.default_int_handler}):
        _held.depth += 1
        try:
            yield
        finally:
            _held.depth -= 1
            if _held.came and not _held.depth:
                _held.came = False
                raise KeyboardInterrupt


@contextmanager
def passed_on() -> Iterator[None]:
    """SIGTERM and SIGHUP do inside the block what Ctrl-C does there, whoever answers that."""
    with _answered(dict.fromkeys(_fatal(), signal.SIG_DFL), _as_interrupt):
        yield


@contextmanager
def dumping(tell: Callable[[str], object] | None = None) -> Iterator[None]:
    r"""Ctrl-\ (SIGQUIT) inside the block tells what every task waits for, on stderr unless given how."""
    number = getattr(signal, "SIGQUIT", None)  # not on Windows
    in_main = threading.current_thread() is threading.main_thread()
    if number is None or not in_main or signal.getsignal(number) is not signal.SIG_DFL:
        yield
        return
    signal.signal(number, partial(_dump, tell or _on_stderr))
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL)


def _dump(tell: Callable[[str], object], number: int, frame: Any) -> None:  # noqa: ARG001 - a handler's signature
    from patterns import dump_tasks  # noqa: PLC0415 - only when asked for

    tell(dump_tasks())


def _on_stderr(text: str) -> None:
    os.write(2, f"\n{text}\n".encode())  # print may be interrupted in its own middle


def _fatal() -> list[int]:
    found = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP"))  # SIGHUP: not on Windows
    return [number for number in found if number is not None]


def _as_interrupt(number: int, frame: Any) -> None:  # noqa: ARG001 - a signal handler's signature
    signal.raise_signal(signal.SIGINT)


@contextmanager
def _answered(over: Mapping[int, Any], answer: Callable[[int, Any], None] | None = None) -> Iterator[None]:
    """Answer these signals where they still have the handler given, which is put back afterwards."""
    in_main = threading.current_thread() is threading.main_thread()
    ours = [number for number, handler in over.items() if in_main and signal.getsignal(number) == handler]
    for number in ours:
        signal.signal(number, answer or _interrupt)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, over[number])


def _interrupt(number: int, frame: Any) -> None:  # noqa: ARG001 - a signal handler's signature
    if _held.depth:
        _held.came = True
        return
    _held.came = False
    raise KeyboardInterrupt
