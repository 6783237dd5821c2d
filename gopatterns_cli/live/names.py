"""What the program that makes channels calls them: they themselves know a number, and where they were made.

The name is read off that line: `merged = Channel()` makes merged, and a second one made there is merged 2.
One of a list, `outputs = [Channel() for ...]`, is an output by its number: which in the list it is nobody
knows. Reading a line reads a file, so it is for whoever draws.
"""

import linecache
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from patterns import traps

if TYPE_CHECKING:
    from types import CodeType

    from patterns import Channel

Line = tuple["CodeType", int]
"""A line of a program."""

ASSIGNED = re.compile(r"\s*(?:self\.)?_*(?P<name>\w+)\s*(?::[^=]+)?=\s*(?P<many>\[?)\s*Channel\(")
NO_NAME = "channel"
"""What it is called where nothing better comes to mind."""


def place(channel: "Channel[object]") -> Line:
    """Return where a channel was made."""
    made_at = channel._made_at  # noqa: SLF001 - no other way
    return made_at[0], traps.line_of(made_at)


def named(channels: "Iterable[tuple[Line, int]]") -> Iterator[tuple[str, bool]]:
    """Name channels by where they were made and their numbers, those used first in front.

    Returns:
        For each its name, empty where the line has none, and whether it is one of a list made there.
    """
    made: Counter[Line] = Counter()
    for each, number in channels:
        made[each] += 1
        name, one_of_many = _called(each)
        if one_of_many:
            yield f"{name.removesuffix('s')} (channel {number})", True
        else:
            yield f"{name} {made[each]}" if name and made[each] > 1 else name, False


@cache
def _called(place: Line) -> tuple[str, bool]:
    """Read what a line calls the channel it makes, and whether it makes a list of them."""
    code, line = place
    found = ASSIGNED.match(linecache.getline(code.co_filename, line))
    if found is None or found["name"].removesuffix("s") == NO_NAME:
        return "", False
    return found["name"], bool(found["many"])
