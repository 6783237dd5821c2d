"""
Whether values may be moved within a channel's buffer without a question who moves them.

A whole operation asks which task runs, whether the channel is of this run, and whether the task may go on:
that takes longer than to move the value. While one run alone goes on in this process, no call of it goes on
beside its tasks and none of those is under a dead context, the answers are known beforehand: a channel may
open itself, and is shut when the calm ends. Whoever waits, wakes somebody or finds no room asks all the same.

What is not seen is what nobody can know of, and comes in the middle of a turn: in another thread, a loop of
asyncio that has used nothing of ours before; an `asyncio.Task` that was made by its class, under a context
that has died since. They are refused at the first operation that asks.

What never belongs here: a queue, a clock, a decision about a task.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol
from weakref import ref

from patterns import runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.context import Context


class Gate(Protocol):
    """What lets values through, while it is open, without a question."""

    def shut(self) -> None:
        """Let none through any more."""


class Calm:
    """
    `now` is whether all is calm in a run and one of its tasks may be running; `period` counts how often that
    has ended.

    The driver calls `pause` while nobody runs; when somebody is about to, it calls `begin`, or sets `now` to
    `settled`, which is what `begin` has found and nobody has ended since. Whatever disturbs calls `end`.
    `undisturbed` is what the driver itself can tell.
    """

    __slots__ = ("_asked", "_dead", "_opened", "_undisturbed", "now", "period", "settled")

    def __init__(self, undisturbed: Callable[[], bool]) -> None:
        self.now = self.settled = False
        self.period = 0
        self._dead: OrderedDict[ref[Context], None] = OrderedDict()
        self._opened: set[ref[Gate]] = set()  # what dies meanwhile dies where it is dropped, and not here
        self._undisturbed = undisturbed
        self._asked = 0

    def begin(self) -> None:
        """See whether all is calm."""
        dead = self._dead
        while dead:
            link = next(iter(dead))
            context = link()
            if context is not None and context.tasks:
                dead.move_to_end(link)  # those behind it may be over
                return
            del dead[link]
        self.settled = self.now = self._undisturbed()
        if not runs.alone:  # asked last: another thread may have begun a run meanwhile, and ended this before
            self.end()
            self._asked += 1
            if self._asked % LOOK_EVERY == 0:
                runs.look_around()

    def end(self) -> None:
        """Something disturbs: see again when somebody is about to run. Any thread may call it."""
        self.settled = False
        self.pause()

    def pause(self) -> None:
        """Nobody runs: nothing is open."""
        self.now = False  # first: whoever opens looks at it afterwards
        self.period += 1
        if self._opened:
            self._shut_all()

    def opens(self, gate: Gate) -> None:
        """`gate` opens itself, and is shut when the calm ends; it looks whether that was in between."""
        if len(self._opened) == MOST_OPEN:
            self._shut_all()
        self._opened.add(ref(gate))

    def _shut_all(self) -> None:
        with suppress(KeyError):  # two threads do
            while True:
                gate = self._opened.pop()()
                if gate is not None:
                    gate.shut()

    def disturb(self, context: Context) -> None:
        """A task is under `context`, which is dead: until none is."""
        self.end()
        self._dead[ref(context)] = None


class Never(Calm):
    """What is never calm, and keeps nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        self.now = self.settled = False

    def begin(self) -> None:
        """Do nothing."""

    def pause(self) -> None:
        """Do nothing."""

    def disturb(self, context: Context) -> None:
        """Do nothing."""


STRIDE = 64
"""So many operations, at most, are let go on at a time; a task pays for them from its budget beforehand."""

MOST_OPEN = 1_000
"""More channels than this are not held open at a time."""

LOOK_EVERY = 256
"""While several runs go on, one look in so many is whether they still do: no loop tells when it closes."""

NEVER = Never()
"""Of a channel that is in no run yet, and of runs where every operation counts."""
