"""The channels, semaphores and rate limiters of a run: how full they are, who uses them, who waits.

Known from the first time that a task uses one. They are looked at when somebody wants to know, and not
kept alive: what a run has dropped is gone here, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from gopatterns_cli.figures import plural
from patterns import Channel, RateLimiter, Semaphore

MOST = 50
"""Those that are used first; a screen has less room."""

KINDS = (Channel, Semaphore, RateLimiter)

FEW = 3
"""Names that stand for themselves; more are a number."""


@dataclass(frozen=True, slots=True)
class Level:
    """How full one thing is.

    Args:
        name: which it is.
        holds: what is counted: values, permits, tokens.
        value: how many there are; of permits, how many are taken.
        most: how many there can be.
        note: who waits, or holds; empty where nobody does.
    """

    name: str
    holds: str
    value: float
    most: float
    note: str


@dataclass(slots=True)
class _Thing:
    link: "ref[Any]"
    senders: dict[str, None] = field(default_factory=dict)
    receivers: dict[str, None] = field(default_factory=dict)
    holders: dict[int, str] = field(default_factory=dict)


class Things:
    """What the tasks of a run use together."""

    def __init__(self) -> None:
        self._things: dict[int, _Thing] = {}

    def bind(self, at_ns: int, task: Any, thing: Any) -> None:
        """Take one that a task is the first to use in this run; of a kind without a level take no note."""
        del at_ns, task
        if type(thing) in KINDS and len(self._things) < MOST:
            self._things[id(thing)] = _Thing(ref(thing))

    def used(self, thing: Any, task: Any, verb: str) -> None:
        """Note that a task waits to send on a channel, or to receive."""
        known = self._known(thing)
        if known is not None:
            (known.senders if verb == "send" else known.receivers)[task.name] = None

    def hold(self, at_ns: int, task: Any, thing: Any) -> None:
        """Note that a task holds something."""
        del at_ns
        known = self._known(thing)
        if known is not None:
            known.holders[task.number] = task.name

    def let_go(self, at_ns: int, task: Any, thing: Any) -> None:
        """Note that a task holds something no more."""
        del at_ns
        known = self._known(thing)
        if known is not None:
            known.holders.pop(task.number, None)

    def forget(self, task: Any) -> None:
        """Note that a task is over, and holds nothing."""
        for known in self._things.values():
            known.holders.pop(task.number, None)

    def levels(self, now_ns: int) -> list[Level]:
        """Look at all that still exist, those used first in front; at a time of the run's clock."""
        return list(self._levels(now_ns))

    def _known(self, thing: Any) -> _Thing | None:
        known = self._things.get(id(thing))
        return known if known is not None and known.link() is thing else None

    def _levels(self, now_ns: int) -> Iterator[Level]:
        for known in list(self._things.values()):
            thing = known.link()
            if isinstance(thing, Channel):
                yield _channel(thing, known)
            elif isinstance(thing, Semaphore):
                yield _semaphore(thing, known)
            elif isinstance(thing, RateLimiter):
                tokens = max(thing.tokens_at(now_ns / 1e9), 0.0)
                yield Level("bucket", "tokens", tokens, thing.burst, f"{thing.rate:g}/s")


def _channel(channel: Channel[Any], known: _Thing) -> Level:
    senders, receivers = channel.parked
    waiting = [_waiting(senders, "sender"), _waiting(receivers, "receiver")]
    note = ", ".join(filter(None, ["closed" * channel.closed, *waiting]))
    before, after = (_names(list(end)) for end in (known.senders, known.receivers))
    name = f"{before} -> {after}".strip() if after else before or f"channel {channel.number}"
    return Level(name, "values", len(channel), channel.capacity, note)


def _semaphore(semaphore: Semaphore, known: _Thing) -> Level:
    holders, waiting = list(known.holders.values()), semaphore.parked
    said = [f"held by {', '.join(holders)}"] * bool(0 < len(holders) <= FEW)
    note = ", ".join(filter(None, [*said, _waiting(waiting, "task")]))
    return Level("semaphore", "permits held", semaphore.size - semaphore.free, semaphore.size, note)


def _waiting(count: int, noun: str) -> str:
    """Say how many wait; nothing where none does."""
    return f"{plural(count, noun)} {'waits' if count == 1 else 'wait'}" if count else ""


def _names(names: list[str]) -> str:
    """Who stands at one end of a channel: one by its name, several by what their names have in common."""
    if len(names) <= 1:
        return "".join(names)
    kinds = {name.rstrip("0123456789 ") for name in names}
    return f"{len(names)} {kinds.pop()}s" if len(kinds) == 1 else f"{len(names)} tasks"
