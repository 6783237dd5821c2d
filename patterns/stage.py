"""
What the patterns share: tasks behind an `async with`, ended and joined when it is left, whose first
error leaves it bare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from patterns import traps
from patterns.errors import CancelledError
from patterns.group import TaskGroup
from patterns.traps import is_foreign_cancel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from patterns.channel import Channel

T = TypeVar("T")


class Stage(Generic[T]):
    """
    A pattern that runs behind the block of an `async with`; entered once.

    `start(group)` spawns its tasks and returns what the block is given; `close()` is called when all of
    them have ended, and those of `outputs` that are still open are closed, for readers outside the block.
    Leaving the block cancels the tasks, or with `cancels=False` waits for them.

    Raises:
        the first error of a task or of the block, bare; later ones are attached to it as notes.
    """

    def __init__(
        self,
        start: Callable[[TaskGroup], T],
        close: Callable[[], object],
        outputs: Sequence[Channel[Any]] = (),
        *,
        cancels: bool = True,
    ) -> None:
        self._group = TaskGroup()
        self._group.fails_too = is_uncalled_for  # or whoever reads from such a task would wait for ever
        self._start = start
        self._close = close
        self._outputs = outputs
        self._cancels = cancels

    async def __aenter__(self) -> T:
        group = await self._group.__aenter__()
        try:
            return self._start(group)
        except BaseException as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cancels:
            self._group.cancel()
        try:
            await self._group.__aexit__(kind, error, trace)
        except BaseExceptionGroup as failures:
            first = first_of(failures)
            close_after(first, self._close)
            raise first from None
        except BaseException as ended:
            close_after(ended, self._close)
            raise
        else:
            close_after(error, self._close)
        finally:
            for output in self._outputs:
                if not output.closed:
                    output.close()


class LastCloses:
    """Closes a channel when the last of the tasks that send on it leaves; so many `senders` to begin with."""

    __slots__ = ("_channel", "_left")

    def __init__(self, channel: Channel[Any], senders: int) -> None:
        self._channel = channel
        self._left = senders
        if senders == 0:
            channel.close()

    def enter(self) -> None:
        """Count one more sender in, as long as there is one."""
        self._left += 1

    def leave(self) -> None:
        """Count one sender out."""
        self._left -= 1
        if self._left == 0:
            self._channel.close()


def is_uncalled_for(error: BaseException) -> bool:
    """
    Whether `error` is a cancellation, ours or asyncio's, that no context asked for: the code that a task ran
    raised it, as a job does that awaits something cancelled, or somebody cancels that one `asyncio.Task`.
    """
    cancelled = isinstance(error, CancelledError) or is_foreign_cancel(error)
    return cancelled and not traps.running().context.dead


def close_after(error: BaseException | None, close: Callable[[], object]) -> None:
    """Call `close()`; what it raises is a note of `error`, where there is one already."""
    try:
        close()
    except Exception as failure:
        if error is None:
            raise
        error.add_note(f"also: {type(failure).__name__}: {failure}")


def first_of(failures: BaseExceptionGroup[Any]) -> BaseException:
    """Return the first error of a group, with the later ones attached as notes."""
    first, *later = failures.exceptions
    for other in later:
        if not isinstance(other, CancelledError):
            first.add_note(f"also: {type(other).__name__}: {other}")
    return first


def at_least_one(name: str, count: int) -> int:
    """
    Return `count`.

    Raises:
        TypeError, ValueError: it is not a whole number, or below 1.
    """
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"{name}: found {count!r}, allowed a whole number from 1")
    if count < 1:
        raise ValueError(f"{name}: found {count}, allowed a whole number from 1")
    return count
