"""Moving values from one channel to another without a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.channel import Channel
    from patterns.traps import Task, Waiter


class Relay:
    """
    Takes every value of `source` and sends it on `target`, as a forwarding task would, holding one
    value at most.

    It stands in the channels' own wait queues, where it looks like a task of its own runtime: being
    granted a place in one queue, it goes on to the other within the counterpart's turn. `ended()` is
    called when `source` is closed and drained.

    Cost: no task, and no turn of the runtime per value.
    """

    __slots__ = ("_ended", "_source", "_target", "_waiter", "aborted", "driver", "waiting")

    def __init__(self, source: Channel[Any], target: Channel[Any], ended: Callable[[], object]) -> None:
        self._source = source
        self._target = target
        self._ended = ended
        self._waiter: Waiter | None = None
        self.driver = self
        self.aborted: BaseException | None = None
        self.waiting: Waiter | None = None

    def start(self) -> None:
        """Move what can be moved now, then stand in the queue of the channel that keeps it waiting."""
        while True:
            received = self._source.try_receive()
            if received is None:
                self._waiter = self._source.enqueue_receiver(self)
                return
            value, ok = received
            if not ok:
                self._ended()
                return
            if not self._target.try_send(value):
                self._waiter = self._target.enqueue_sender(self, value)
                return

    def stop(self) -> None:
        """Leave the queue; a value that is held is lost, as a forwarding task's would be."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and waiter.queue is not None:
            waiter.queue.remove(waiter)

    def unpark(self, task: Task) -> None:
        """Go on: called as the driver of the task that this relay looks like."""
        del task
        waiter = self._waiter
        if waiter is None:
            return
        if waiter.verb == "receive":
            if not waiter.ok:
                self._ended()
                return
            if not self._target.try_send(waiter.value):
                self._waiter = self._target.enqueue_sender(self, waiter.value)
                return
        elif not waiter.ok:
            return
        self.start()
