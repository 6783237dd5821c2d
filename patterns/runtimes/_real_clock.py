"""The machine's clock for a scheduler: waits end at a time, or earlier when something outside happens."""

from __future__ import annotations

import os
import selectors
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_WAIT_S = 3_600.0


class RealClock:
    """
    Monotonic time in nanoseconds, and the files whose readiness ends a wait.

    `wake` may be called by a signal handler or another thread.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.watch(self._read, self._drain)

    @property
    def wakeup_fd(self) -> int:
        """The file that a byte is written to in order to end the wait under way, or the next one."""
        return self._write

    def now_ns(self) -> int:
        """Return the time."""
        return monotonic_ns()

    def wait_until(self, at_ns: int | None) -> None:
        """Wait until the time `at_ns`, or for a watched file, and answer that; None: for a file only."""
        timeout_s = LONGEST_WAIT_S if at_ns is None else min((at_ns - monotonic_ns()) / 1e9, LONGEST_WAIT_S)
        self._answer(max(timeout_s, 0.0))

    def look(self) -> None:
        """Answer the files that are ready now."""
        self._answer(0.0)

    def watch(self, file: Any, ready: Callable[[], None]) -> None:
        """Call `ready` whenever `file` can be read, from `wait_until` or `look`."""
        self._selector.register(file, selectors.EVENT_READ, ready)

    def unwatch(self, file: Any) -> None:
        """Forget `file`."""
        self._selector.unregister(file)

    def wake(self) -> None:
        """End the wait under way, or the next one."""
        os.write(self._write, b"!")

    def close(self) -> None:
        """Give the files back."""
        self._selector.close()
        os.close(self._read)
        os.close(self._write)

    def _answer(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            key.data()

    def _drain(self) -> None:
        os.read(self._read, 4_096)
