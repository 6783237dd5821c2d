"""The channels, semaphores and rate limiters of a run: how full they are, who uses them, who waits.

Known from the first time that a task uses one. They are not kept alive: while it runs, what the run has
dropped is gone here, too. What the first of them held last, and at most, is noted whenever a task stops, and
told when all is over.
"""

from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import ref

from gopatterns_cli.figures import plural
from gopatterns_cli.live.names import named, place
from patterns import Channel, RateLimiter, Semaphore

if TYPE_CHECKING:
    from gopatterns_cli.live.names import Line

MOST = 50
"""Those that are used first; a screen has less room."""

NOTED = 8
"""Those of them that are remembered: to look at one takes a part of a microsecond."""

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
        note: who waits, or holds, and whether it is closed; empty where there is nothing to say.
        peak: when all is over, the most that it held, or of tokens the fewest; None before.
        peak_is: the word for that.
    """

    name: str
    holds: str
    value: float
    most: float
    note: str
    peak: float | None = None
    peak_is: str = "most"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How to look at a kind of thing: its level at a time in seconds, and which of two levels is the peak."""

    name: str
    holds: str
    held: Callable[[Any, float], float]
    most: Callable[[Any], float]
    said: Callable[[Any], str]
    peak: Callable[[float, float], float] = max
    peak_is: str = "most"


KINDS = {
    Channel: _Kind(
        "channel", "values", lambda it, _: len(it), lambda it: it.capacity, lambda it: "closed" * it.closed
    ),
    Semaphore: _Kind(
        "semaphore", "permits held", lambda it, _: it.size - it.free, lambda it: it.size, lambda _: ""
    ),
    RateLimiter: _Kind(
        "bucket", "tokens", lambda it, at_s: max(it.tokens_at(at_s), 0.0), lambda it: it.burst,
        lambda it: f"{it.rate:g}/s", min, "fewest",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _OfChannel:
    """What is kept of a channel: where it was made, its number, and its halves, for what was left in it."""

    made_at: "Line"
    number: int
    halves: tuple[Sized, Sized]


@dataclass(slots=True, eq=False)
class _Thing:
    """One of them, and what was seen of it last; tasks write that, whoever draws reads it."""

    link: "ref[Any]"
    kind: _Kind
    channel: "_OfChannel | None"
    most: float
    value: float
    peak: float
    said: str
    noted: bool
    senders: dict[str, None] = field(default_factory=dict)
    receivers: dict[str, None] = field(default_factory=dict)
    holders: dict[int, str] = field(default_factory=dict)

    def look(self, at_ns: int) -> Any:
        """Note how full it is; return it, or None where it was dropped."""
        thing = self.link()
        if thing is not None:
            self.value = value = self.kind.held(thing, at_ns / 1e9)
            self.peak = self.kind.peak(self.peak, value)
        return thing


class Things:
    """What the tasks of a run use together."""

    def __init__(self) -> None:
        self._things: list[_Thing] = []
        self._by_id: dict[int, _Thing] = {}
        self._noted: list[_Thing] = []
        self._buffers: list[tuple[_Thing, Sized, Sized]] = []
        self._others: list[_Thing] = []

    def bind(self, at_ns: int, task: Any, thing: Any) -> None:
        """Take one that a task is the first to use in this run; of a kind without a level take no note."""
        del task
        kind = KINDS.get(type(thing))
        if kind is None or len(self._things) >= MOST:
            return
        held, noted = kind.held(thing, at_ns / 1e9), len(self._noted) < NOTED
        channel = _of(thing) if isinstance(thing, Channel) else None
        known = _Thing(ref(thing), kind, channel, kind.most(thing), held, held, kind.said(thing), noted)
        self._by_id[id(thing)] = known
        self._things.append(known)
        if not noted:
            return
        self._noted.append(known)
        if channel is None:
            self._others.append(known)
        elif known.most:
            self._buffers.append((known, *channel.halves))

    def look(self, at_ns: int) -> None:
        """Note how full they are: a task stops, and what it has sent stays until another one goes on."""
        for known, one, other in self._buffers:
            held = len(one) + len(other)
            if held > known.peak:  # noqa: PLR1730 - a call would be most of what this costs
                known.peak = held
        for known in self._others:
            known.look(at_ns)

    def used(self, thing: Any, task: Any, verb: str) -> None:
        """Note that a task waits to send on a channel, or to receive."""
        known = self._known(thing)
        if known is not None:
            (known.senders if verb == "send" else known.receivers)[task.name] = None

    def hold(self, at_ns: int, task: Any, thing: Any) -> None:
        """Note that a task holds something."""
        known = self._known(thing)
        if known is not None:
            known.holders[task.number] = task.name
            known.look(at_ns)

    def let_go(self, at_ns: int, task: Any, thing: Any) -> None:
        """Note that a task holds something no more."""
        del at_ns
        known = self._known(thing)
        if known is not None:
            known.holders.pop(task.number, None)

    def forget(self, at_ns: int, task: Any) -> None:
        """Note that a task is over: it holds nothing, and may have closed what it sent on."""
        for known in self._things:
            known.holders.pop(task.number, None)
        for known in self._noted:
            thing = known.look(at_ns)
            if thing is not None:
                known.said = known.kind.said(thing)

    def levels(self, now_ns: int) -> list[Level]:
        """Look at all that still exist, those used first in front; at a time of the run's clock."""
        return [
            _level(known, thing, name, now_ns) for known, thing, name in self._named() if thing is not None
        ]

    def last_levels(self, now_ns: int, *, sampled: bool) -> list[Level]:
        """Tell when all is over what each was left with, and its peak; also what the run has dropped.

        Args:
            now_ns: when that was.
            sampled: the peak is of what was seen.
        """
        return [
            _last_level(known, thing, name, now_ns, sampled=sampled)
            for known, thing, name in self._named()
            if thing is not None or known.noted
        ]

    def _known(self, thing: Any) -> _Thing | None:
        known = self._by_id.get(id(thing))
        return known if known is not None and known.link() is thing else None

    def _named(self) -> Iterator[tuple[_Thing, Any, str]]:
        """Go through all of them, each with its object, None where that was dropped, and its name."""
        things = list(self._things)
        channels = [known.channel for known in things if known.channel is not None]
        called = named((channel.made_at, channel.number) for channel in channels)
        for known in things:
            thing = known.link()
            if known.channel is None:
                yield known, thing, known.kind.name
            else:
                yield known, thing, _between(known, known.channel.number, *next(called))


def _level(known: _Thing, thing: Any, name: str, now_ns: int) -> Level:
    kind = known.kind
    holders = list(known.holders.values())
    held = [f"held by {', '.join(holders)}"] * bool(0 < len(holders) <= FEW)
    note = ", ".join(filter(None, [kind.said(thing), *held, *_waiting(thing)]))
    return Level(name, kind.holds, kind.held(thing, now_ns / 1e9), kind.most(thing), note)


def _last_level(known: _Thing, thing: Any, name: str, now_ns: int, *, sampled: bool) -> Level:
    kind, said = known.kind, known.said
    value = known.value if known.channel is None else sum(map(len, known.channel.halves))
    if thing is not None:
        value, said = kind.held(thing, now_ns / 1e9), kind.said(thing)
    peak_is = f"{kind.peak_is} seen" if sampled or not known.noted else kind.peak_is
    return Level(name, kind.holds, value, known.most, said, kind.peak(known.peak, value), peak_is)


def _of(channel: Channel[Any]) -> _OfChannel:
    return _OfChannel(place(channel), channel.number, channel.halves)


def _waiting(thing: Any) -> Iterator[str]:
    """Say how many wait."""
    if isinstance(thing, Channel):
        counts = zip(thing.parked, ("sender", "receiver"), strict=True)
    elif isinstance(thing, Semaphore):
        counts = zip((thing.parked,), ("task",), strict=True)
    else:
        return
    for count, noun in counts:
        if count:
            yield f"{plural(count, noun)} {'waits' if count == 1 else 'wait'}"


def _between(known: _Thing, number: int, called: str, one_of_many: bool) -> str:
    """Name a channel by who stands at its ends; an end where nobody was seen by what the channel is called.

    One of many is not: whoever uses it tells better which it is.
    """
    before, after = (_names(list(end)) for end in (known.senders, known.receivers))
    if not (before or after):
        return called or f"channel {number}"
    ends = [before, after] if one_of_many else [before or called, after or called]
    return " -> ".join(ends).strip() if ends[1] else ends[0]


def _names(names: list[str]) -> str:
    """Who stands at one end of a channel: one by its name, several by what their names have in common."""
    if len(names) <= 1:
        return "".join(names)
    kinds = {name.rstrip("0123456789 ") for name in names}
    return f"{len(names)} {kinds.pop()}s" if len(kinds) == 1 else f"{len(names)} tasks"
