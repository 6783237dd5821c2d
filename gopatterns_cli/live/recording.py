"""Every event of a run, kept for the file that `--trace` writes."""

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gopatterns_cli.live.names import named, place
from patterns import Channel

if TYPE_CHECKING:
    from gopatterns_cli.live.names import Line

MOST_EVENTS = 1_000_000
"""About 50 MB in memory and 100 MB in the file; viewers take no more."""


class Recording:
    """The first events of a run, and how full a channel was at those that concern one."""

    def __init__(self, most: int = MOST_EVENTS) -> None:
        self.names: dict[int, str] = {}
        self.missed = 0
        self._most = most
        self._places: dict[int, Line] = {}
        self._times = array("q")
        self._rest: list[tuple[int, str, Any]] = []

    def observe(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        """Take one event."""
        if len(self._rest) >= self._most:
            self.missed += 1
            return
        if task.number not in self.names:
            self.names[task.number] = task.name
        if isinstance(subject, Channel) and subject.number not in self._places:
            self._places[subject.number] = place(subject)
        self._times.append(at_ns)
        self._rest.append((task.number, verb, _detail(subject)))

    def __len__(self) -> int:
        """Return how many events were kept."""
        return len(self._rest)

    def channels(self) -> dict[int, str]:
        """Return what channels are called, by their numbers; one without a better name by its number."""
        called = named((made_at, number) for number, made_at in self._places.items())
        names = zip(self._places, called, strict=True)
        return {number: name or f"channel {number}" for number, (name, _) in names}

    def events(self) -> Iterator[tuple[int, int, str, Any]]:
        """Go through `(time in ns, task number, verb, detail)`, oldest first.

        The detail is a job's number, a channel as `(its number, values in it, its capacity)`, else None.
        """
        for at_ns, (number, verb, detail) in zip(self._times, self._rest, strict=True):
            yield at_ns, number, verb, detail


def _detail(subject: Any) -> Any:
    if isinstance(subject, int):
        return subject
    if isinstance(subject, Channel):
        return subject.number, len(subject), subject.capacity
    return None
