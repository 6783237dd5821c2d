"""What runs in a worker process: functions that come through a pipe, one after the other."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from contextlib import suppress
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

READY = b"ready"


def serve(pipe: Connection) -> None:
    """
    Run what comes through `pipe` until it is closed; the keyboard's signals are the parent's business.

    A message is a pickled `(fn, args)`; the answer is a pickled `(value, None, "")`, or `(None, error, text)`
    where `error` is pickled once more, since not every error can be read again, and `text` describes it.
    """
    for name in ("SIGINT", "SIGQUIT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _ignore)  # not SIG_IGN, which a subprocess would inherit
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [getattr(signal, name)])
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):  # the parent has closed the pipe, or is gone
        pipe.send_bytes(READY)
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _ignore(number: int, frame: Any) -> None:
    del number, frame


def _described(given: Any) -> str:
    try:
        return repr(given)
    except BaseException:  # noqa: BLE001 (whatever a `__repr__` raises)
        return f"a {type(given).__name__} that cannot be shown"


def _answer(message: bytes) -> bytes:
    fn: Any = None
    given: Any = None
    what = "result"
    try:
        fn, args = pickle.loads(message)  # noqa: S301 (from our own parent, through a private pipe)
        given = fn(*args)
    except BaseException as error:  # noqa: BLE001 (raised again in the caller)
        given, what = error, "error"
    try:
        answer = (given, None, "") if what == "result" else (None, pickle.dumps(given), _described(given))
        return pickle.dumps(answer)
    except Exception as error:  # noqa: BLE001 (whatever a `__reduce__` raises)
        name = getattr(fn, "__name__", "the function")
        text = f"the {what} of {name} cannot be pickled: {error}; it was {_described(given)}"
        return pickle.dumps((None, pickle.dumps(TypeError(text)), text))


def _die_with_parent() -> None:
    """End at once when the parent has gone, in the middle of a function too."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
