"""Something done again and again beside a run: by the system's timer in the main thread, else in a thread.

A thread that only wakes ten times a second makes a demo that never waits slower where there are several cores
(`tests/show/view_cost.py --waking` shows by how much); on one core it costs next to nothing. A timer's signal
comes in the thread that runs the demo, and costs what is done then, and no more.
"""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from gopatterns_cli.interrupts import deferred

_ringing: "list[Ticks]" = []
"""Those that the one timer of this process is for."""


class Ticks:
    """Calls something every so many seconds, as long as its block lasts.

    In the main thread it is called by a signal handler, between any two instructions of whoever runs there,
    and never inside itself; it must not wait. Where that is not to be had (another thread, a program that
    uses the timer itself, `apart`) it has a thread.

    Args:
        call: what is called. What it raises reaches nobody; after an OSError it is called no more: the
            terminal is gone. Whoever leaves the block does it once more, and is told.
        every_s: seconds from one call to the next.
        apart: in a thread anyhow, because it may have to wait.
    """

    def __init__(self, call: Callable[[], object], every_s: float, *, apart: bool = False) -> None:
        self.every_s = every_s
        self._call = call
        self._apart = apart
        self._due_s = 0.0
        self._over = False
        self._told = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._over = False
        self._due_s = time.monotonic() + self.every_s / 2
        if not self._apart and _is_to_be_had():
            with deferred():
                _ringing.append(self)
                _set(min(ticks.every_s for ticks in _ringing))
        else:
            self._told.clear()
            self._thread = threading.Thread(target=self._again, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over = True
        if self._thread is not None:
            self._told.set()
            self._thread.join()
            self._thread = None
        elif self in _ringing:
            with deferred():
                _ringing.remove(self)
                if not _ringing:
                    signal.setitimer(signal.ITIMER_REAL, 0.0)

    def ring(self) -> None:
        """Call, if it is time; a signal that comes a little early or late is for its own time."""
        now_s = time.monotonic()
        if now_s >= self._due_s and not self._over:
            self._due_s = float("inf")  # it may take so long that the next signal comes meanwhile
            self._tick()
            self._due_s = now_s + self.every_s / 2

    def _again(self) -> None:
        while not self._told.wait(self.every_s) and not self._over:
            self._tick()

    def _tick(self) -> None:
        try:
            self._call()
        except OSError:
            self._over = True
        except Exception:  # noqa: BLE001, S110 - as the class says
            pass


def _is_to_be_had() -> bool:
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        return False
    if _ringing:
        return True
    return (
        signal.getsignal(signal.SIGALRM) in {signal.SIG_DFL, _ring}
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        and signal.SIGALRM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    )


def _set(every_s: float) -> None:
    """Set the timer. Its handler stays for good: a signal of the timer's may come late, and ends nothing."""
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, every_s, every_s)


def _ring(number: int, frame: Any) -> None:  # noqa: ARG001 - a signal handler's signature
    for ticks in tuple(_ringing):
        ticks.ring()
