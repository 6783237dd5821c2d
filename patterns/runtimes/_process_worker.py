"""What runs in a worker process: functions that come through a pipe, one after the other."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

READY = b"ready"


def serve(pipe: Connection) -> None:
    """
    Run what comes through `pipe` until it is closed; the keyboard's signals are the parent's business.

    A message is a pickled `(fn, args)`; the answer is a pickled `(value, None)` or `(None, error)`.
    """
    for name in ("SIGINT", "SIGQUIT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    pipe.send_bytes(READY)
    while True:
        try:
            message = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        pipe.send_bytes(_answer(message))


def _answer(message: bytes) -> bytes:
    fn: Any = None
    try:
        fn, args = pickle.loads(message)  # noqa: S301 (from our own parent, through a private pipe)
        answer: tuple[Any, BaseException | None] = fn(*args), None
    except BaseException as error:  # noqa: BLE001 (raised again in the caller)
        answer = None, error
    try:
        return pickle.dumps(answer)
    except Exception as error:  # noqa: BLE001 (whatever a `__reduce__` raises)
        what = "error" if answer[1] is not None else "result"
        name = getattr(fn, "__name__", "the function")
        text = f"the {what} of {name} cannot be pickled: {error}; it was {answer[1] or answer[0]!r}"
        return pickle.dumps((None, TypeError(text)))


def _die_with_parent() -> None:
    """End at once when the parent has gone, in the middle of a function too."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
