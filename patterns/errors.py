"""
The errors that the library raises on purpose.

Only error classes belong here; each builds its own message where the message has parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class ChannelClosedError(Exception):
    """Raised by a send on, a receive from (when drained), or a second close of a closed channel."""


class PoolClosedError(Exception):
    """Raised by a submit to a pool that was stopped or cancelled; the job was not accepted."""


class CancelledError(BaseException):
    """Raised by a blocking operation whose current context was cancelled. `except Exception` lets it pass."""


class DeadlineExceededError(TimeoutError):
    """Raised by a blocking operation whose current context passed its deadline."""


class DeadlockError(RuntimeError):
    """
    Raised by `run` when every task is parked and nothing outside can wake one.

    Attributes:
        tasks: one line per parked task: its name, what it waits for, where it was made.
    """

    def __init__(self, tasks: Sequence[str]) -> None:
        self.tasks = tuple(tasks)
        super().__init__("\n  ".join(["all tasks are asleep:", *self.tasks]))
