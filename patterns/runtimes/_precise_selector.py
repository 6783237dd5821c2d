"""
A selector whose waits are good to microseconds, for our own clock and our own event loops.

The standard epoll selector rounds every timeout up to a whole millisecond, which turns a job of 100 us
into one of 1.1 ms. Here the epoll descriptor itself is waited on through `select`, which takes
microseconds, and only a descriptor that is ready is polled. `select` refuses descriptors from 1,024, so
the epoll descriptor is moved to a low number when it has a high one, and when there is no low number
left, the standard selector is used with a warning. Other systems' selectors (kqueue) need none of this.
What is left is the kernel's own, see `_timers`.
"""

from __future__ import annotations

import selectors
import warnings
from select import select
from time import monotonic
from typing import TYPE_CHECKING, Any

from patterns.calm import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.calm import Calm

SELECT_LIMIT = 1_024

POLL_AGAIN_S = 50e-6
"""
While callbacks are ready, files are looked at no more often than this: a look costs as much as a
callback.
"""


def new_selector() -> selectors.BaseSelector:
    """Return a precise selector, where the system has epoll; else its own."""
    if not hasattr(selectors, "EpollSelector"):
        return selectors.DefaultSelector()
    selector = PreciseSelector()
    if selector.fileno() < SELECT_LIMIT:
        return selector
    selector.close()
    warnings.warn(
        f"timers are good to 1 ms only: more than {SELECT_LIMIT} files are open, too many for select",
        RuntimeWarning,
        stacklevel=2,
    )
    return selectors.DefaultSelector()


if hasattr(selectors, "EpollSelector"):

    class PreciseSelector(selectors.EpollSelector):
        """Epoll with timeouts in microseconds."""

        idle_check: Callable[[], bool] | None = None
        calm: Calm = NEVER
        _polled_at = 0.0

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:
            """
            Return what is ready, waiting at most `timeout` seconds; None waits without an end. What is calm
            ends with a wait and begins after it.
            """
            calm = self.calm
            if timeout is None and self.idle_check is not None and self.idle_check():
                timeout = 0
            if timeout is None or timeout > 0:
                calm.pause()
                if timeout is not None:
                    if not select((self.fileno(),), (), (), timeout)[0]:
                        calm.begin()
                        return []
                    timeout = 0
            elif monotonic() - self._polled_at < POLL_AGAIN_S:
                if not calm.now:
                    calm.begin()
                return []
            ready = super().select(timeout)
            self._polled_at = monotonic()
            if not calm.now:
                calm.begin()
            return ready
