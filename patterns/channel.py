"""
Channels, as the Go specification has them.

Unbuffered channels are a rendezvous; buffered ones are first in, first out across the buffer and the
senders parked behind it. A value goes straight into the hands of a parked receiver. What never belongs
here: a lock (see `traps`), a clock, a select.
"""

from __future__ import annotations

import sys
from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from patterns import traps
from patterns.calm import NEVER, STRIDE, Calm
from patterns.errors import ChannelClosedError
from patterns.traps import Waiter, current_seat, grant, wait_in

if TYPE_CHECKING:
    from collections.abc import Sized

    from patterns.traps import Driver, Task

T = TypeVar("T")

NO_ROOM: Any = ()
"""Stands for a deque that nothing was put into yet: an empty one takes 760 bytes."""


class Channel(Generic[T]):
    """
    A first-in, first-out passage between tasks, of `capacity` values; 0 is a rendezvous.

        >>> async def main():
        ...     channel = Channel(2)
        ...     await channel.send("one")
        ...     await channel.send("two")
        ...     channel.close()
        ...     first = await channel.receive()
        ...     return first, [value async for value in channel]
        >>> run(main)
        ('one', ['two'])

    None is an ordinary value, and `bool(channel)` is True. `len(channel)` counts buffered values, not
    parked senders. The receiver of a value has it for sure: one that was handed a value and is then
    cancelled still returns it, and raises at its next operation.

    Inside, values lie in two deques, new ones in `_back`. While all is calm (see `calm`) they are let into
    it, up to a length of `_limit`, without a question who sends them; and when `_front` is empty, it changes
    places with `_back`, and they are let out of it, as `_open`, unless senders are parked. Neither is so any
    more when the calm ends.

    Raises:
        TypeError, ValueError: the capacity is not a whole number, or below 0.

    Cancellation: a parked send or receive leaves the queue and raises the context's error; a sender's
    value is withdrawn.

    Source: The Go Programming Language Specification, "Channel types", "Send statements", "Close"; The
    Go Memory Model.
    """

    __slots__ = (
        "__weakref__",
        "_back",
        "_calm",
        "_closed",
        "_front",
        "_limit",
        "_made_at",
        "_number",
        "_open",
        "_period",
        "_receivers",
        "_room",
        "_senders",
        "_stride",
        "capacity",
        "driver",
    )

    def __init__(self, capacity: int = 0) -> None:
        if isinstance(capacity, bool) or not isinstance(capacity, int):
            raise TypeError(f"capacity: found {capacity!r}, allowed a whole number from 0")
        if capacity < 0:
            raise ValueError(f"capacity: found {capacity}, allowed a whole number from 0")
        self.capacity = capacity
        self._room = capacity
        self._back: deque[T] = deque() if capacity else NO_ROOM
        self._front: deque[T] = NO_ROOM
        self._open: deque[T] = NO_ROOM
        self._limit = self._stride = self._period = 0
        self._receivers: deque[Waiter] = deque()
        self._senders: deque[Waiter] = deque()
        self._closed = False
        self.driver: Driver | None = None  # the run that it is bound to, from its first operation
        self._calm: Calm = NEVER
        self._number = 0
        frame = sys._getframe(1)  # noqa: SLF001 (where it was made, for reports)
        self._made_at = (frame.f_code, frame.f_lasti)

    async def send(self, value: T) -> None:
        """
        Hand `value` over, waiting for a receiver or for room.

        Raises:
            ChannelClosedError: the channel is closed, or was while this send was parked; the value is
                dropped.

        Cost: does not suspend when there is room or a receiver, but for one turn in about 200 operations, on
            `asyncio` in 400, on `threads` in 1,000, and for one when a dead context was left since the last.
        """
        if len(self._back) < self._limit:
            self._back.append(value)
            return
        task = current_seat().task
        if self.driver is not task.driver:
            self._bind(task.driver)
        if not task.budget:
            await traps.checkpoint(task)
        task.budget -= 1
        if self._receivers:
            grant(self._receivers.popleft(), value)
        elif self._room and len(self._front) + len(self._back) < self._room:
            self._back.append(value)
            if self._calm.now:
                self._let_in(task)
        else:
            if self._closed:
                raise ChannelClosedError("send on a closed channel")
            self._open = NO_ROOM
            try:
                await wait_in(task, "send", self, self._senders, value)
            except BaseException as error:
                if not task.driver.granted(task, error):
                    raise
            if not task.own.ok:
                raise ChannelClosedError("send on a channel that was closed meanwhile")

    async def receive_ok(self) -> tuple[T | None, bool]:
        """
        Return `(value, True)`, or `(None, False)` when the channel is closed and drained; waits for one
        of them.
        """
        values = self._open
        if values:
            return values.popleft(), True
        task = current_seat().task
        if self.driver is not task.driver:
            self._bind(task.driver)
        if not task.budget:
            await traps.checkpoint(task)
        task.budget -= 1
        if self._senders:
            return self._take(), True
        if self._room:
            if self._front or self._back:
                if self._calm.now:
                    return self._let_out(task), True
                self._limit = 0
                return (self._front or self._back).popleft(), True
            self._limit = self._stride = 0
        if self._closed:
            return None, False
        try:
            await wait_in(task, "receive", self, self._receivers)
        except BaseException as error:
            if not task.driver.granted(task, error):
                raise
        waiter = task.own
        value, waiter.value = waiter.value, None
        return value, waiter.ok

    async def receive(self) -> T:
        """
        Return the oldest value, waiting for one.

        Raises:
            ChannelClosedError: the channel is closed and drained.
        """
        values = self._open
        if values:
            return values.popleft()
        task = current_seat().task
        if self.driver is not task.driver:
            self._bind(task.driver)
        if not task.budget:
            await traps.checkpoint(task)
        task.budget -= 1
        if self._senders:
            return self._take() if self.capacity else grant(self._senders.popleft())
        if self._room:
            if self._front or self._back:
                if self._calm.now:
                    return self._let_out(task)
                self._limit = 0
                return (self._front or self._back).popleft()
            self._limit = self._stride = 0
        if self._closed:
            raise ChannelClosedError("receive from a closed channel")
        try:
            await wait_in(task, "receive", self, self._receivers)
        except BaseException as error:
            if not task.driver.granted(task, error):
                raise
        waiter = task.own
        if not waiter.ok:
            raise ChannelClosedError("receive from a closed channel")
        value: T
        value, waiter.value = waiter.value, None
        return value

    def try_send(self, value: T) -> bool:
        """
        Send without waiting; False when it would block. True on an unbuffered channel only when a
        receiver is parked.

        Raises:
            ChannelClosedError: the channel is closed.
        """
        self.check_place()
        return self.put(value)

    def try_receive(self) -> tuple[T | None, bool] | None:
        """Return `(value, True)`, `(None, False)` when closed and drained, or None when it would block."""
        self.check_place()
        return self.take()

    def close(self) -> None:
        """
        Let no more values in: buffered ones can still be received, parked receivers get `(None,
            False)`, parked senders an error.

        Raises:
            ChannelClosedError: the channel is closed already.
        """
        if self._closed:
            raise ChannelClosedError("close of a closed channel")
        self.check_place()
        self._closed = True
        self._room = -1
        self._limit = 0
        for waiters in (self._receivers, self._senders):
            while waiters:
                traps.dismiss(waiters.popleft())

    @property
    def closed(self) -> bool:
        """Whether `close` was called; values may still be buffered."""
        return self._closed

    @property
    def parked(self) -> tuple[int, int]:
        """How many senders and how many receivers wait, for reports: it may be over at once."""
        return len(self._senders), len(self._receivers)

    @property
    def halves(self) -> tuple[Sized, Sized]:
        """What its values lie in, for reports that outlive it: these two, unless its bound is lifted."""
        if self._front is NO_ROOM and self._back is not NO_ROOM:
            self._front = deque()
        return self._front, self._back

    @property
    def sender(self) -> Sender[T]:
        """A view that can only send and close."""
        return Sender(self)

    @property
    def receiver(self) -> Receiver[T]:
        """A view that can only receive and iterate."""
        return Receiver(self)

    def __len__(self) -> int:
        """Return the number of buffered values."""
        return len(self._front) + len(self._back)

    def __bool__(self) -> bool:
        """Return True: an empty channel is still a channel."""
        return True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        values = self._open
        if values:
            return values.popleft()
        task = current_seat().task
        if self.driver is not task.driver:
            self._bind(task.driver)
        if not task.budget:
            await traps.checkpoint(task)
        task.budget -= 1
        if self._senders:
            return self._take() if self.capacity else grant(self._senders.popleft())
        if self._room:
            if self._front or self._back:
                if self._calm.now:
                    return self._let_out(task)
                self._limit = 0
                return (self._front or self._back).popleft()
            self._limit = self._stride = 0
        if self._closed:
            raise StopAsyncIteration
        try:
            await wait_in(task, "receive", self, self._receivers)
        except BaseException as error:
            if not task.driver.granted(task, error):
                raise
        waiter = task.own
        if not waiter.ok:
            raise StopAsyncIteration
        value: T
        value, waiter.value = waiter.value, None
        return value

    def __repr__(self) -> str:
        """Return its capacity, fill and where it was made."""
        state = ", closed" if self._closed else ""
        place = traps.written(self._made_at)
        return f"<Channel {len(self)}/{self.capacity}{state} made at {place}>"

    @property
    def number(self) -> int:
        """Its number in the runtime that it is bound to; 0 before its first operation."""
        return self._number

    def lift_bound(self) -> None:
        """Let every later send go on at once, and those that are parked; for the library's own use."""
        if not self._closed:
            self._room = sys.maxsize
        if self._back is NO_ROOM:
            self._back = deque()
        while self._senders:
            sender = self._senders.popleft()
            self._back.append(sender.value)  # first: whoever is granted may send at once
            grant(sender)

    def put(self, value: T) -> bool:
        """As `try_send`, where the place was checked; for the library's own use."""
        if self._closed:
            raise ChannelClosedError("send on a closed channel")
        if self._receivers:
            grant(self._receivers.popleft(), value)
        elif len(self._front) + len(self._back) < self._room:
            self._back.append(value)
        else:
            return False
        return True

    def take(self, task: Task | None = None) -> tuple[T | None, bool] | None:
        """As `try_receive`, where the place was checked, for the library's own use; `task` pays for more."""
        if self._senders:
            value = self._take() if self.capacity else grant(self._senders.popleft())
            return value, True
        if task is not None and self._calm.now and (self._front or self._back):
            return self._let_out(task), True
        if self._front:
            return self._front.popleft(), True
        if self._back:
            value = self._back.popleft()
            if self._limit:
                self._limit = self._limit - 1 if self._calm.now else 0
            return value, True
        return (None, False) if self._closed else None

    def enqueue_receiver(self, task: Any) -> Waiter:
        """Put `task` at the end of the queue of receivers; whoever calls this has seen that it must wait."""
        self._limit = self._stride = 0
        waiter = Waiter(task, "receive", self, self._receivers)
        self._receivers.append(waiter)
        return waiter

    def enqueue_sender(self, task: Any, value: T) -> Waiter:
        """
        Put `task` with its value at the end of the queue of senders; whoever calls this has seen that
        it must wait.
        """
        self._open = NO_ROOM
        waiter = Waiter(task, "send", self, self._senders, value)
        self._senders.append(waiter)
        return waiter

    def check_place(self) -> None:
        """Refuse a plain call from another runtime, from inside a `call`, or from a thread without either."""
        seat = current_seat()
        if seat is not traps.NOWHERE:
            driver = seat.task.driver
            if self.driver is not driver:
                self._bind(driver)
        elif self.driver is not None and not self.driver.finished and not traps.runs_here():
            raise RuntimeError(
                f"{self!r} is in use on {self.driver.name} and cannot be used from a thread without a "
                "runtime: run the thread's work through call, and use from_call"
            )

    def _take(self) -> T:
        """Return the oldest value, when senders are parked; the first one's moves up."""
        sender = self._senders.popleft()
        held = self._front or self._back
        if not held:
            brought: T = grant(sender)
            return brought
        value = held.popleft()
        self._back.append(sender.value)  # first: whoever is granted may send at once
        grant(sender)
        return value

    def shut(self) -> None:
        """Let nobody through without a look any more; for the library's own use."""
        self._limit = self._stride = 0
        self._open = NO_ROOM

    def _let_in(self, task: Task) -> None:
        """
        All is calm: let the next values in without a look, for which `task` pays, twice as many each time,
        until a receiver has to wait. The first operation since somebody began to run may be the last: nothing
        is opened for it.
        """
        if self._period != self._calm.period:
            self._period = self._calm.period
            return
        room = self._room - len(self._front) - len(self._back)
        self._stride = min(2 * self._stride + 1, STRIDE)
        count = min(self._stride, room, task.budget)
        if count:
            self._calm.opens(self)
            self._limit = len(self._back) + count
            task.budget -= count
            if not self._calm.now:  # another thread has ended it in between
                self.shut()

    def _let_out(self, task: Task) -> T:
        """
        Return the oldest value. All is calm: the others, or as many as `task` can pay for, are let out
        without a look, but for the first operation as in `_let_in`.
        """
        if self._period != self._calm.period:
            self._period = self._calm.period
            self._limit = 0
            return (self._front or self._back).popleft()
        if self._front:
            value = self._front.popleft()
        else:
            value = self._back.popleft()
            self._limit -= 1
            count = min(len(self._back), task.budget)
            if count:
                if self._front is NO_ROOM:
                    self._front = deque()
                if count == len(self._back):
                    self._front, self._back = self._back, self._front
                else:
                    self._front.extend(map(deque.popleft, repeat(self._back, count)))
                self._limit -= count
                task.budget -= count
        if self._front:
            self._calm.opens(self)
            self._open = self._front
        if not self._calm.now:  # another thread has ended it in between
            self.shut()
        return value

    def _bind(self, driver: Driver) -> None:
        if self.driver is not None and not self.driver.finished:
            raise traps.in_use(self, self.driver, driver.name)
        self._number = driver.next_number()  # refused inside a call: then the channel stays unbound
        self.driver = driver
        self._calm = driver.calm
        if driver.follow is not None:
            driver.follow(traps.running(), "bind", self)


class Receiver(Generic[T]):
    """
    The receiving side of a channel: it can neither send nor close, and cannot be widened back.

        >>> async def main():
        ...     channel = Channel(1)
        ...     await channel.send("one")
        ...     return await channel.receiver.receive()
        >>> run(main)
        'one'
    """

    __slots__ = ("__anext__", "_channel")

    def __init__(self, channel: Channel[T]) -> None:
        self._channel = channel
        self.__anext__ = channel.__anext__  # the channel's own, without a call in between

    async def receive(self) -> T:
        """As `Channel.receive`."""
        return await self._channel.receive()

    async def receive_ok(self) -> tuple[T | None, bool]:
        """As `Channel.receive_ok`."""
        return await self._channel.receive_ok()

    def try_receive(self) -> tuple[T | None, bool] | None:
        """As `Channel.try_receive`."""
        return self._channel.try_receive()

    @property
    def closed(self) -> bool:
        """As `Channel.closed`."""
        return self._channel.closed

    @property
    def capacity(self) -> int:
        """As `Channel.capacity`."""
        return self._channel.capacity

    def __len__(self) -> int:
        """Return the number of buffered values."""
        return len(self._channel)

    def __bool__(self) -> bool:
        """Return True, as a channel."""
        return True

    def __aiter__(self) -> Self:
        return self

    def __repr__(self) -> str:
        """Return the channel's description."""
        return f"<Receiver of {self._channel!r}>"


class Sender(Generic[T]):
    """
    The sending side of a channel: it cannot receive, and cannot be widened back.

        >>> async def main():
        ...     channel = Channel(1)
        ...     await channel.sender.send("one")
        ...     return await channel.receive()
        >>> run(main)
        'one'
    """

    __slots__ = ("_channel",)

    def __init__(self, channel: Channel[T]) -> None:
        self._channel = channel

    async def send(self, value: T) -> None:
        """As `Channel.send`."""
        await self._channel.send(value)

    def try_send(self, value: T) -> bool:
        """As `Channel.try_send`."""
        return self._channel.try_send(value)

    def close(self) -> None:
        """As `Channel.close`."""
        self._channel.close()

    @property
    def closed(self) -> bool:
        """As `Channel.closed`."""
        return self._channel.closed

    @property
    def capacity(self) -> int:
        """As `Channel.capacity`."""
        return self._channel.capacity

    def __len__(self) -> int:
        """Return the number of buffered values."""
        return len(self._channel)

    def __bool__(self) -> bool:
        """Return True, as a channel."""
        return True

    def __repr__(self) -> str:
        """Return the channel's description."""
        return f"<Sender of {self._channel!r}>"


def channel_of(end: Any, side: type[Receiver[Any] | Sender[Any]] = Receiver) -> Channel[Any]:
    """
    Return the channel behind `end`, which is a channel or its `side`; for the library's own use.

    Raises:
        TypeError: `end` is neither.
    """
    if isinstance(end, Channel):
        return end
    if isinstance(end, side):
        return end._channel  # noqa: SLF001 (a view is its channel's)
    raise TypeError(f"a channel or its {side.__name__.lower()} is needed, found {type(end).__name__}")
