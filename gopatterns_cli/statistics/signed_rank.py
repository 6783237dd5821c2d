"""One sample of paired differences: the Hodges-Lehmann estimate and the exact signed-rank interval.

A round gives one difference (of two logarithms, when a ratio is wanted). The order inside a round is
random, so under "no difference" it is symmetric about zero and the interval is exact for every number of
rounds.

The estimate is the pseudo-median of the differences, not the difference of the means.

Sources:
    Null distribution: F. Wilcoxon, Individual Comparisons by Ranking Methods, Biometrics Bulletin 1
        (1945); the count of subsets of 1..n with a given sum.
    Estimate: J. L. Hodges, E. L. Lehmann, Estimates of Location Based on Rank Tests, Ann. Math. Statist.
        34 (1963): the median of the Walsh averages (x_i + x_j) / 2, i <= j.
    Interval: J. W. Tukey, The Simplest Signed-Rank Tests (1949); Hollander, Wolfe, Chicken (2014),
        section 3.3.
    Typical width: R. A. Fisher, E. A. Cornish, The Percentile Points of Distributions Having Known
        Cumulants, Technometrics 2 (1960), first term of Student's t about the normal, times 1.2 for the
        steps of an exact interval; within 4 % of simulated widths from 7 rounds on, 11 % short at 6,
        where only one step is left.
"""

import math
from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement
from statistics import NormalDist, median

from gopatterns_cli.statistics.order_statistics import achieved_level, cut, order_index

EXACT_WIDTHS_UP_TO = 40
"""Beyond this many rounds the steps of the exact level no longer show in a typical width."""


def estimate(differences: Sequence[float]) -> float:
    """Return the Hodges-Lehmann estimate of the centre of `differences`, in their unit.

    Raises:
        statistics.StatisticsError: `differences` is empty.

    Cost: quadratic in the number of rounds.
    """
    return median(_walsh_averages(differences))


def interval(differences: Sequence[float], level: float) -> tuple[float, float] | None:
    """Return the exact interval of the centre at `level`, or None when there are too few rounds for one.

    At 95 % the first six rounds allow one (their smallest and largest value), at 99 % the first eight.
    Ties need no correction: they make the interval wider than it need be, never narrower.
    """
    k = order_index(null_counts(len(differences)), level)
    return None if k is None else cut(_walsh_averages(differences), k)


def p_above(differences: Sequence[float], limit: float) -> float:
    """Return the exact one-sided p-value of the differences' centre lying at `limit` or below.

    Differences that equal the limit are left out, and tied ranks are rounded against a finding. Small means
    that the centre is proved to lie above; 1 where nothing is left.
    """
    shifted = sorted((d - limit for d in differences if d != limit), key=abs)
    sizes = [abs(x) for x in shifted]
    first = {size: rank for rank, size in reversed(list(enumerate(sizes, start=1)))}
    above = sum(first[abs(x)] for x in shifted if x > 0)
    return sum(null_counts(len(shifted))[above:]) / float(2 ** len(shifted))


@cache
def typical_half_width(n: int, level: float) -> float:
    """Return about half the width that the interval of `n` normal differences of unit deviation has.

    Infinite when `n` rounds allow no interval at `level`.
    """
    if n <= EXACT_WIDTHS_UP_TO:
        counts = null_counts(n)
        k = order_index(counts, level)
        if k is None:
            return math.inf
        level = achieved_level(counts, k)
    z = NormalDist().inv_cdf((1 + level) / 2)
    return z / math.sqrt(n) * (1 + 1.2 * (z * z + 1) / (4 * n))


@cache
def null_counts(n: int) -> tuple[int, ...]:
    """Return how many of the 2**n sign patterns give each sum of positive ranks 0, 1, ..., n(n + 1)/2."""
    counts = [1]
    for rank in range(1, n + 1):
        without, with_rank = counts + [0] * rank, [0] * rank + counts
        counts = [a + b for a, b in zip(without, with_rank, strict=True)]
    return tuple(counts)


def _walsh_averages(values: Sequence[float]) -> list[float]:
    return [(a + b) / 2 for a, b in combinations_with_replacement(values, 2)]
