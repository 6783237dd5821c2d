"""What a session could not see, and how many rounds it would take to see it.

Both are read off the interval at hand, on the log scale: an honest projection, not a promise. It
supposes that the noise stays what it was and that the estimate stays where it is.

Sources:
    Smallest visible change: the difference that a two-sided test finds with a power of 80 % is z(level)
        + z(0.8) standard errors, and a half-width is z(level) of them; J. Cohen, Statistical Power
        Analysis for the Behavioral Sciences, 2nd ed. (1988). At 95 % it is 1.43 half-widths.
    Rounds: the typical width of the interval at n rounds, in signed_rank and rank_sum.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

from gopatterns_cli.statistics.ratio import Interval, RatioEstimate

POWER = 0.80
"""The chance with which a change is found that is called visible."""

MOST_ROUNDS = 1_000
"""Above this the answer is "not by measuring longer": the estimate stands on the edge."""


def smallest_visible_change(ratio: RatioEstimate, tolerance: float = 0.0) -> float | None:
    """Return the smallest relative change that would have been found: 0.07 is 7 %. None without an interval.

    Args:
        ratio: the estimate whose width decides.
        tolerance: a change must clear this before it counts; 0.05 is 5 %.
    """
    if ratio.difference is None:
        return None
    normal = NormalDist()
    z = normal.inv_cdf((1 + ratio.difference.level) / 2)
    half_width = math.log(ratio.difference.high / ratio.difference.low) / 2
    return (1 + tolerance) * math.exp(half_width * (1 + normal.inv_cdf(POWER) / z)) - 1


def rounds_needed(
    ratio: RatioEstimate, low: float, high: float, typical_half_width: Callable[[int, float], float]
) -> int | None:
    """Return about how many rounds in all would settle on which side of `low` and `high` the ratio lies.

    Inside, the equivalence interval must shrink until it fits between the two; outside, the difference
    interval until it clears the nearer one. None when that would take more than 1,000 rounds, or without
    an interval.

    Args:
        ratio: the undecided estimate.
        low: lower edge of the band, a ratio.
        high: upper edge of the band, a ratio.
        typical_half_width: of the interval used, as a function of rounds and level.
    """
    if ratio.difference is None or ratio.equivalence is None:
        return None
    inside = low <= ratio.estimate <= high
    interval, shrink_to = (
        (ratio.equivalence, _shrink_inside) if inside else (ratio.difference, _shrink_outside)
    )
    shrink = shrink_to(ratio.estimate, interval, low, high)
    target = shrink * typical_half_width(ratio.n, interval.level)
    candidates = range(ratio.n + 1, MOST_ROUNDS + 1)
    return next((n for n in candidates if typical_half_width(n, interval.level) <= target), None)


def _shrink_inside(estimate: float, interval: Interval, low: float, high: float) -> float:
    """Return the factor by which the interval must shrink about its estimate to lie between low and high."""
    above = _share(math.log(high / estimate), math.log(interval.high / estimate))
    below = _share(math.log(estimate / low), math.log(estimate / interval.low))
    return min(above, below)


def _shrink_outside(estimate: float, interval: Interval, low: float, high: float) -> float:
    """Return the factor by which the interval must shrink about its estimate to clear the nearer edge."""
    if estimate > high:
        return _share(math.log(estimate / high), math.log(estimate / interval.low))
    return _share(math.log(low / estimate), math.log(interval.high / estimate))


def _share(room: float, reach: float) -> float:
    return room / reach if reach > 0 else math.inf
