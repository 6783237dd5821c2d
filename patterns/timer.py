"""
Timers and tickers: channels that deliver a time when it has come.

Nothing here is a task. What a timer delivers stands in its channel's queue as a parked sender would; no
alarm is armed while it waits there to be read, so that an unread timer or ticker keeps nobody awake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

from patterns import traps
from patterns.channel import Channel

if TYPE_CHECKING:
    from patterns.channel import Receiver
    from patterns.traps import Alarm, Task, Waiter


GRAIN_S = 1e-9
"""Times are compared to the nanosecond: 3 * 0.1 is more than 0.3."""


class Timer:
    """
    Delivers the time at which it fired on `channel`, once, `seconds` after it was made.

        >>> async def main():
        ...     timer = Timer(1.5)
        ...     return await timer.channel.receive(), timer.stop()
        >>> run(main, runtime="simulator")
        (1.5, False)

    Zero or less fires at once. A timer that nobody refers to, nor to its channel, is disarmed.

    Raises:
        ValueError: `seconds` is not a number.
        RuntimeError: made outside a runtime, or used from another one or from inside a `call`.

    Source: Go package time, Timer, as of Go 1.23.
    """

    def __init__(self, seconds: float) -> None:
        self._channel: Channel[float] = Channel()
        self._delivery = Delivery(self._channel)
        self._delivery.arm(_delay(seconds))

    @property
    def channel(self) -> Receiver[float]:
        """Where the firing time (the runtime's, in seconds) is delivered."""
        return self._channel.receiver

    def stop(self) -> bool:
        """
        Prevent the delivery: nothing can be received afterwards.

        Returns:
            True when this prevented it; False when it was received, or the timer stopped, before.
        """
        return self._delivery.disarm()

    def reset(self, seconds: float) -> bool:
        """Deliver `seconds` from now, and nothing from before; returns what `stop` would."""
        seconds = _delay(seconds)
        was_active = self._delivery.disarm()
        self._delivery.arm(seconds)
        return was_active


class Ticker:
    """
    Delivers the time on `channel` every `seconds`.

        >>> async def main():
        ...     ticker = Ticker(0.5)
        ...     return [await ticker.channel.receive() for _ in range(3)]
        >>> run(main, runtime="simulator")
        [0.5, 1.0, 1.5]

    A slow reader loses ticks, not time: one tick at most is pending, the ones missed meanwhile are
    dropped, and later ones stay on the grid. `stop` does not close the channel: a reader stays parked.

    Raises:
        ValueError: the period is not above 0.
        RuntimeError: made outside a runtime, or used from another one or from inside a `call`.

    Source: Go package time, Ticker.
    """

    def __init__(self, seconds: float) -> None:
        self._channel: Channel[float] = Channel()
        self._delivery = Delivery(self._channel, _period(seconds))
        self._delivery.arm(seconds)

    @property
    def channel(self) -> Receiver[float]:
        """Where the ticks (the runtime's time, in seconds) are delivered."""
        return self._channel.receiver

    def stop(self) -> None:
        """End the ticks; one that was not received is dropped."""
        self._delivery.disarm()

    def reset(self, seconds: float) -> None:
        """Tick every `seconds` from now."""
        period = _period(seconds)
        self._delivery.disarm()
        self._delivery.period = period
        self._delivery.arm(period)


def after(seconds: float) -> Receiver[float]:
    """
    Return a channel that delivers the time once, `seconds` from now.

        >>> async def main():
        ...     return await select(receiving(Channel()), receiving(after(2.0)))
        >>> run(main, runtime="simulator")
        Selected(index=1, value=2.0, ok=True)

    One that is dropped unread is disarmed, so that a select in a loop may make as many as it likes.
    """
    return Timer(seconds).channel


class Delivery:
    """
    Times on their way to a channel: an alarm while they are to come, a place in the queue of senders
    when they have come and nobody reads. In that queue it looks like a task of its own runtime.

    The alarm refers to the channel weakly: when nobody else does, it is disarmed.
    """

    __slots__ = (
        "_alarm", "_armed_at", "_at", "_channel", "_ticks", "_waiter",
        "aborted", "driver", "period", "waiting",
    )  # fmt: skip

    def __init__(self, channel: Channel[float], period: float | None = None) -> None:
        self._channel = ref(channel, self._dropped)
        self._alarm: Alarm | None = None
        self._waiter: Waiter | None = None
        self._armed_at = self._at = 0.0
        self._ticks = 1.0
        self.period = period
        self.driver = self
        self.aborted: BaseException | None = None
        self.waiting: Waiter | None = None

    def arm(self, seconds: float) -> None:
        """Deliver `seconds` from now, and at every period after that."""
        self._armed_at = traps.now()
        self._ticks = 1.0
        self._check_place()
        self._set(self._armed_at + seconds)

    def disarm(self) -> bool:
        """Deliver nothing any more; False when nothing was on its way."""
        self._check_place()
        alarm, self._alarm = self._alarm, None
        if alarm is not None:
            alarm.cancel()
        waiter, self._waiter = self._waiter, None
        if waiter is not None and waiter.queue is not None:
            waiter.queue.remove(waiter)
        return alarm is not None or waiter is not None

    def unpark(self, task: Task) -> None:
        """Go on: called as the driver of the task that this looks like, when its time was received."""
        del task
        self._waiter = None
        self._follow()

    def _set(self, at: float) -> None:
        self._at = at
        self._alarm = traps.alarm(at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        channel = self._channel()
        if channel is None:
            return
        fired_at = traps.now()
        if fired_at < self._at - GRAIN_S:  # a clock of coarse grain rings early
            fired_at = self._at
        if channel.try_send(fired_at):
            self._follow()
        else:
            self._waiter = channel.enqueue_sender(self, fired_at)

    def _follow(self) -> None:
        """Arm the next tick that is still to come, by its number: a sum of periods would leave the grid."""
        if self.period is not None:
            missed = max((traps.now() - self._at) // self.period, 0.0)
            self._ticks += missed + 1
            self._set(self._armed_at + self._ticks * self.period)

    def _check_place(self) -> None:
        """Refuse another runtime, and the inside of a call."""
        channel = self._channel()
        if channel is not None:
            channel.check_place()

    def _dropped(self, channel: Any) -> None:
        """Disarm; may run in any thread, whenever the channel is collected."""
        del channel
        alarm = self._alarm
        if alarm is not None:
            alarm.cancel()


def _delay(seconds: float) -> float:
    if seconds != seconds:  # noqa: PLR0124 (the test for NaN)
        raise ValueError("seconds: found nan, allowed a number")
    return max(seconds, 0.0)


def _period(seconds: float) -> float:
    if not seconds > 0:
        raise ValueError(f"seconds: found {seconds:g}, allowed a period above 0")
    return seconds
