"""
The errors that the library raises on purpose.

Only error classes belong here; each builds its own message where the message has parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class ChannelClosedError(Exception):
    """
    Raised by a send on, a receive from (when drained), or a second close of a closed channel.

        >>> async def main():
        ...     channel = Channel()
        ...     channel.close()
        ...     await channel.send(1)
        >>> run(main)
        Traceback (most recent call last):
            ...
        patterns.errors.ChannelClosedError: send on a closed channel
    """


class PoolClosedError(Exception):
    """
    Raised by a submit to a pool that was stopped or cancelled; the job was not accepted.

        >>> async def main():
        ...     async with WorkerPool(abs) as pool:
        ...         await pool.stop()
        ...         await pool.submit("late", 1)
        >>> run(main)
        Traceback (most recent call last):
            ...
        patterns.errors.PoolClosedError: submit to a pool that was stopped or cancelled
    """


class CancelledError(BaseException):
    """
    Raised by a blocking operation whose current context was cancelled. `except Exception` lets it pass.

        >>> async def main():
        ...     context = Context.current().with_cancel()
        ...     context.cancel()
        ...     with context:
        ...         await sleep(1.0)
        >>> run(main)
        Traceback (most recent call last):
            ...
        patterns.errors.CancelledError: context cancelled
    """


class DeadlineExceededError(TimeoutError):
    """
    Raised by a blocking operation whose current context passed its deadline.

        >>> async def main():
        ...     with Context.current().with_timeout(1.0):
        ...         await Channel().receive()
        >>> run(main, runtime="simulator")
        Traceback (most recent call last):
            ...
        patterns.errors.DeadlineExceededError: context deadline exceeded
    """


class DeadlockError(RuntimeError):
    """
    Raised by `run` when every task is parked and nothing outside can wake one.

        >>> try:
        ...     run(Channel().receive)
        ... except DeadlockError as error:
        ...     print(len(error.tasks), "task is asleep")
        1 task is asleep

    Attributes:
        tasks: one line per parked task: its name, what it waits for, where it was made.
    """

    def __init__(self, tasks: Sequence[str]) -> None:
        self.tasks = tuple(tasks)
        super().__init__("\n  ".join(["all tasks are asleep:", *self.tasks]))
