"""
Select: wait for the first of several channel operations, as Go's statement does.

What never belongs here: a queue of its own. A select stands in the channels' queues with one waiter per
case, and whoever claims one of them takes the others away at once (`traps.unpark`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patterns import traps
from patterns.channel import Channel, Receiver, Sender, channel_of
from patterns.errors import ChannelClosedError
from patterns.traps import Waiter

if TYPE_CHECKING:
    from patterns.traps import Task


@dataclass(frozen=True, slots=True)
class Case:
    """One operation that a select may choose; without a channel it is never ready."""

    channel: Channel[Any] | None
    sends: bool
    value: Any = None

    @property
    def ready(self) -> bool:
        """Whether it could go on at once; sending on a closed channel can, and raises."""
        if self.channel is None:
            return False
        return self.channel.can_send() if self.sends else self.channel.can_receive()


@dataclass(frozen=True, slots=True)
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
    return Case(None if channel is None else channel_of(channel), sends=False)


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
    return Case(None if channel is None else channel_of(channel, Sender), sends=True, value=value)


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
    _check(cases)
    task = traps.running()
    driver = task.driver
    driver.budget -= 1
    if driver.budget < 0:
        await driver.rest(task)
    if task.context.dead:
        await traps.refuse(task)
    selected = _choose(cases, task)
    return await _wait(cases, task) if selected is None else selected


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
    _check(cases)
    return _choose(cases, traps.running())


def _check(cases: tuple[Case, ...]) -> None:
    for case in cases:
        if not isinstance(case, Case):
            raise TypeError(f"a case is made by receiving(...) or sending(...), found {case!r}")
    for case in cases:
        if case.channel is not None:
            case.channel.check_place()


def _choose(cases: tuple[Case, ...], task: Task) -> Selected | None:
    """Do one of the ready cases, chosen by one draw; nothing is awaited between looking and doing."""
    ready = [
        (index, case.channel) for index, case in enumerate(cases) if case.channel is not None and case.ready
    ]
    if not ready:
        return None
    index, channel = ready[task.driver.pick(len(ready))] if len(ready) > 1 else ready[0]
    if cases[index].sends:
        channel.try_send(cases[index].value)
        return Selected(index, None, ok=True)
    value, ok = channel.try_receive() or (None, False)
    return Selected(index, value, ok)


async def _wait(cases: tuple[Case, ...], task: Task) -> Selected:
    """Stand in every channel's queue until one case is claimed."""
    task = traps.place() or task  # before any waiter is made: all of a select's must name the same task
    waiters = {}
    for index, case in enumerate(cases):
        if case.channel is not None:
            waiters[index] = (
                case.channel.enqueue_sender(task, case.value)
                if case.sends
                else case.channel.enqueue_receiver(task)
            )
    everywhere = tuple(waiters.values()) or (Waiter(task, "select without a case"),)
    for waiter in everywhere:
        waiter.rivals = everywhere
    try:
        await traps.park(everywhere[0])
        index, won = next((index, waiter) for index, waiter in waiters.items() if waiter.queue is None)
        value, ok = won.value, won.ok
    finally:
        for waiter in everywhere:  # nothing of a select outlives it
            waiter.rivals, waiter.value = (), None
    if not cases[index].sends:
        return Selected(index, value, ok)
    if not ok:
        raise ChannelClosedError("send on a channel that was closed meanwhile")
    return Selected(index, None, ok=True)
