"""
Select: wait for the first of several channel operations, as Go's statement does.

What never belongs here: a queue of its own. A select stands in the channels' queues with one waiter per
case, and whoever claims one of them takes the others away at once (`traps.unpark`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.channel import NO_ROOM, Channel, Receiver, Sender, channel_of
from patterns.errors import ChannelClosedError
from patterns.traps import Waiter, current_seat

if TYPE_CHECKING:
    from patterns.traps import Driver, Task


class Nothing:
    """Stands for the source of a case that has none: it is never open."""

    __slots__ = ()

    _open = NO_ROOM


NOTHING = Nothing()


class Case:
    """One operation that a select may choose; without a channel it is never ready."""

    __slots__ = ("channel", "sends", "source", "value")

    def __init__(self, channel: Channel[Any] | None, sends: bool, value: Any = None) -> None:
        self.channel = channel
        self.sends = sends
        self.value = value
        self.source: Any = NOTHING if sends or channel is None else channel

    def __repr__(self) -> str:
        """Return what it would do."""
        return f"<Case {'sends on' if self.sends else 'receives from'} {self.channel!r}>"


@dataclass(slots=True, unsafe_hash=True)  # a frozen one takes three times as long to make
class Selected:
    """
    What a select did.

        >>> async def main():
        ...     channel = Channel(1)
        ...     return await select(sending(channel, "job"))
        >>> run(main)
        Selected(index=0, value=None, ok=True)

    `index` is the place of its case. For a receive, `value` and `ok` are as from `receive_ok`; for a
    send they are None and True.
    """

    index: int
    value: Any
    ok: bool


def receiving(channel: Channel[Any] | Receiver[Any] | None) -> Case:
    """
    Return the case of receiving from `channel`; from None, one that is never ready.

        >>> async def main():
        ...     return await select(receiving(None), receiving(after(1.0)))
        >>> run(main, runtime="simulator")
        Selected(index=1, value=1.0, ok=True)

    Raises:
        TypeError: values cannot be received from it.
    """
    if channel is not None and channel.__class__ is not Channel:
        channel = channel_of(channel)
    return Case(channel, False)


def sending(channel: Channel[Any] | Sender[Any] | None, value: Any) -> Case:
    """
    Return the case of sending `value` on `channel`; on None, one that is never ready.

        >>> async def main():
        ...     channel = Channel(1)
        ...     chosen = await select(sending(channel, "job"))
        ...     return chosen.index, await channel.receive()
        >>> run(main)
        (0, 'job')

    Raises:
        TypeError: values cannot be sent on it.
    """
    if channel is not None and channel.__class__ is not Channel:
        channel = channel_of(channel, Sender)
    return Case(channel, True, value)


async def select(*cases: Case) -> Selected:
    """
    Wait until one of `cases` can go on, do it, and say which.

        >>> async def main():
        ...     jobs = Channel(1)
        ...     await jobs.send("job")
        ...     return await select(receiving(Channel()), receiving(jobs))
        >>> run(main)
        Selected(index=1, value='job', ok=True)

    The choice among ready cases is uniform, whatever their order. One channel may stand in several
    cases. Without any case that can ever be ready it waits until its context ends.

    Raises:
        ChannelClosedError: the chosen case sends on a closed channel.
        TypeError: a case was not made by `receiving` or `sending`; nothing was done.

    Cancellation: every case leaves its queue and the context's error is raised. A dead context refuses
    even when a case is ready, where Go would choose between that and `<-ctx.Done()`. A case that was
    claimed before the cancel stands: its value is returned.

    Source: The Go Programming Language Specification, "Select statements".
    """
    try:
        for case in cases:
            if not case.source._open:
                break
        else:
            if cases:  # all receive from channels that let values out without a look
                index = case.source.driver.pick(len(cases))
                values = cases[index].source._open
                if values:  # else another thread has ended that meanwhile
                    return Selected(index, values.popleft(), True)
    except AttributeError:
        _refuse_others(cases)
        raise
    task = current_seat().task
    driver = task.driver
    if not task.budget:
        await traps.checkpoint(task)
    task.budget -= 1
    selected = _choose(cases, driver, task)
    if selected is not None:
        return selected
    try:
        await driver.park(_line_up(cases, task))
    except BaseException as error:
        if not driver.granted(task, error):
            raise
    return _claimed(cases, task.places)


def try_select(*cases: Case) -> Selected | None:
    """
    Do one of `cases` that can go on now, as `select` does; None when none can.

        >>> async def main():
        ...     return try_select(receiving(Channel())) is None
        >>> run(main)
        True

    Raises:
        ChannelClosedError, TypeError: as `select`.
    """
    return _choose(cases, traps.running().driver)


def _refuse_others(cases: tuple[object, ...]) -> None:
    """
    Refuse what is no case: asked when one has not what a case has, since to ask each for its class takes as
    long as to look at it.
    """
    for case in cases:
        if not isinstance(case, Case):
            raise TypeError(f"a case is made by receiving(...) or sending(...), found {case!r}") from None


def _choose(cases: tuple[Case, ...], driver: Driver, task: Task | None = None) -> Selected | None:
    """
    Do one of the ready cases, chosen by one draw; nothing is done before all were looked at, and nothing
    awaited between that and doing. A `task` may pay for more values of the same channel.
    """
    ready = []
    index = -1
    try:
        for case in cases:
            index += 1  # to make an enumerate takes as long as to look at a case
            channel = case.channel
            if channel is None:
                _refuse_others((case,))
                continue
            if channel.driver is not driver:
                channel.check_place()
            if case.sends:
                room = channel._room - len(channel._front) - len(channel._back)
                if channel._receivers or room > 0 or channel._closed:
                    ready.append(index)
            elif (channel._room and (channel._back or channel._front)) or channel._senders or channel._closed:
                ready.append(index)
    except AttributeError:
        _refuse_others(cases)
        raise
    if not ready:
        return None
    index = ready[driver.pick(len(ready))] if len(ready) > 1 else ready[0]
    case = cases[index]
    channel = case.channel
    if case.sends:
        channel.put(case.value)  # type: ignore[union-attr] # it is ready
        return Selected(index, None, True)
    value, ok = channel.take(task)  # type: ignore[union-attr, misc] # the same
    return Selected(index, value, ok)


def _line_up(cases: tuple[Case, ...], task: Task) -> Waiter:
    """Stand in every channel's queue, with a place for each case, and return the first place."""
    places = task.places
    if len(places) != len(cases):
        places = traps.make_places(task, len(cases))
    first = None
    index = -1
    for case in cases:
        index += 1  # as in `_choose`
        channel = case.channel
        if channel is None:
            continue
        place = places[index]
        if first is None:
            first = place
        place.ok = False
        place.subject = channel
        if case.sends:
            place.verb = "send"
            place.value = case.value
            place.queue = channel._senders
            channel._open = NO_ROOM
        else:
            place.verb = "receive"
            place.queue = channel._receivers
            if channel._room:
                channel._limit = channel._stride = 0
        place.queue.append(place)
    return first or Waiter(task, "select without a case")


def _claimed(cases: tuple[Case, ...], places: tuple[Waiter, ...]) -> Selected:
    """
    Return what a select did whose task was woken: the claimed place is the one in no queue. Nothing of it
    stays in the places.
    """
    claimed, value, ok = 0, None, False
    index = -1
    for place in places:
        index += 1  # as in `_choose`
        if place.queue is None and cases[index].channel is not None:
            claimed, value, ok = index, place.value, place.ok
        place.queue = place.value = place.subject = None
    if not cases[claimed].sends:
        return Selected(claimed, value, ok)
    if not ok:
        raise ChannelClosedError("send on a channel that was closed meanwhile")
    return Selected(claimed, None, True)
