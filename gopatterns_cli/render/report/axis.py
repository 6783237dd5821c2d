"""Where a value stands on a scale, in percent of its width, and which marks the scale has."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gopatterns_cli.render.report.html import Html, tag

ROOM = 1.12
"""A scale goes on a little beyond what is on it."""

FEWEST_POWERS, FEWEST_MARKS = 3, 2
"""So many powers of ten are enough, and so many marks of the ladder; a single one would be no scale."""

LADDER = (1, 2, 5)
SHARES = (0.2, 0.5, 1.0, 2.0, 2.5)
"""Steps of a scale with equal distances, over a power of ten."""


@dataclass(frozen=True, slots=True)
class LogScale:
    """From `low` to `high`, both above 0, logarithmic."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[float]) -> "LogScale":
        """Return a scale that has all values on it, but for those that are not above 0 or have no end."""
        known = [value for value in values if 0 < value < math.inf]
        if not known:
            return cls(0.5, 2.0)
        return cls(min(known) / ROOM, max(known) * ROOM)

    def at(self, value: float) -> float:
        """Return the place of a value in percent, at an end where it lies beyond that."""
        if value <= 0:
            return 0.0
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def marks(self) -> list[float]:
        """
        Return the powers of ten on the scale; with their doubles and halves where these are few; steps of
        equal size where even those are.
        """
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        tens = [10.0**power for power in powers if self.low <= 10.0**power <= self.high]
        if len(tens) >= FEWEST_POWERS:
            return tens
        ladder = [step * 10.0**power for power in powers for step in LADDER]
        found = [mark for mark in ladder if self.low <= mark <= self.high]
        return found if len(found) >= FEWEST_MARKS else steps(self.low, self.high, most=4)


def steps(low: float, high: float, *, most: int) -> list[float]:
    """Return marks in steps of equal size, at most so many steps, from one number to a larger one."""
    power = 10.0 ** math.floor(math.log10(high - low))
    step = next(power * share for share in SHARES if high - low <= most * power * share)
    numbers = range(math.ceil(low / step), math.floor(high / step) + 1)
    return [mark for mark in (step * number for number in numbers) if low <= mark <= high]


def ruler(scale: LogScale, write: Callable[[float], str]) -> Html:
    """Draw a scale: a line with its marks, each with its label above it."""
    parts: list[str] = [tag("line", x1="0", x2="100%", y1=17, y2=17, class_="axis")]
    for mark in scale.marks():
        place = scale.at(mark)
        anchor = "start" if place < 5 else "end" if place > 95 else "middle"
        parts.append(tag("line", x1=f"{place}%", x2=f"{place}%", y1=13, y2=17, class_="axis"))
        parts.append(tag("text", write(mark), x=f"{place}%", y=10, text_anchor=anchor))
    return tag("svg", *parts, class_="ruler", height=18, width="100%", aria_hidden="true")
