"""Ratios as bars on a logarithmic scale that all of them share. Plain ASCII."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gopatterns_cli import figures
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.words import tr

AXIS, ONE, LIMIT, BETWEEN, ESTIMATE, BELOW, ABOVE = "-", "+", "|", "=", "o", "<", ">"

LEAST, MOST = 2, 8
"""To each side of 1 the scale reaches so many times as far as a limit: at least, and at most. What lies
beyond ends in `<` or `>`."""

NARROWEST = 0.01
"""A limit that is nearer to 1 has no scale of its own; a logarithm."""

ROUNDING = 1e-9
"""The end of an interval that made the scale lies on it, whatever its logarithm was rounded to."""

WIDTH = 21
"""Columns; odd, so that 1 is in the middle."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from 1 / `top` to `top`.

    Args:
        top: the ratio at its right end.
        limit: the ratio at which it has a mark, as at 1 / `limit`.
    """

    top: float
    limit: float

    @property
    def legend(self) -> str:
        """What a bar's signs say."""
        return tr(
            "bars: from {bottom} to {top}, logarithmic; {one} is 1, {limit} the limits {low} and {high}, "
            "{estimate} the ratio, {between} its interval",
            bottom=figures.times(1 / self.top),
            top=figures.times(self.top),
            one=ONE,
            limit=LIMIT,
            low=figures.times(1 / self.limit),
            high=figures.times(self.limit),
            estimate=ESTIMATE,
            between=BETWEEN,
        )


def scale(ratios: Iterable[RatioEstimate], tolerance: float) -> Scale:
    """Return the scale that shows ratios well; `tolerance` is what a slowdown may be, 0.05 is 5 %."""
    limit = math.log1p(tolerance)
    unit = max(limit, NARROWEST)
    ends = [end for ratio in ratios for end in _ends(ratio)]
    reach = max((abs(math.log(end)) for end in ends if 0 < end < math.inf), default=0.0)
    return Scale(math.exp(min(max(reach, LEAST * unit), MOST * unit)), math.exp(limit))


def bar(ratio: RatioEstimate, on: Scale) -> str:
    """Draw a ratio with its difference interval; the ratio alone where it has none."""
    drawn = [AXIS] * WIDTH
    low, high = (_place(end, on) for end in _ends(ratio))
    for place in range(max(low, 0), min(high, WIDTH - 1) + 1):
        drawn[place] = BETWEEN
    drawn[WIDTH // 2] = ONE
    for limit in (1 / on.limit, on.limit):
        drawn[_place(limit, on)] = LIMIT
    if low < 0:
        drawn[0] = BELOW
    if high >= WIDTH:
        drawn[-1] = ABOVE
    at = _place(ratio.estimate, on)
    drawn[min(max(at, 0), WIDTH - 1)] = ESTIMATE if 0 <= at < WIDTH else BELOW if at < 0 else ABOVE
    return "".join(drawn)


def _ends(ratio: RatioEstimate) -> tuple[float, float]:
    found = ratio.difference
    return (ratio.estimate, ratio.estimate) if found is None else (found.low, found.high)


def _place(ratio: float, on: Scale) -> int:
    """The column of a ratio; below 0 or from `WIDTH` on it lies beyond the scale."""
    middle = WIDTH // 2
    if ratio <= 0:
        return -1
    share = math.log(ratio) / math.log(on.top)
    if abs(share) > 1 + ROUNDING:
        return -1 if share < 0 else WIDTH
    return middle + round(share * middle)
