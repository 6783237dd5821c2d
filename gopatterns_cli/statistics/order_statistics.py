"""Exact intervals cut out of sorted values: the k-th from either end.

The signed-rank and the rank-sum interval are the same construction over different values (Walsh
averages, pairwise differences) and a different null distribution. What they share lives here.

Source: M. Hollander, D. A. Wolfe, E. Chicken, Nonparametric Statistical Methods, 3rd ed. (2014),
sections 3.3 and 4.3; the limits are the k-th smallest and k-th largest value, where k - 1 is the largest
count whose two tails together have at most probability 1 - level under the null hypothesis.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, takewhile


def order_index(null_counts: Sequence[int], level: float) -> int | None:
    """Return k, counted from 1, of the exact interval at `level`; None when the sample is too small for one.

    Args:
        null_counts: how many equally likely outcomes give the statistic 0, 1, 2, ...; symmetric.
        level: the confidence asked for, between 0 and 1; the true one is at least that.
    """
    allowed = (1 - Fraction(str(level))) * sum(null_counts)
    k = sum(1 for _ in takewhile(lambda tail: 2 * tail <= allowed, accumulate(null_counts)))
    return k or None


def achieved_level(null_counts: Sequence[int], k: int) -> float:
    """Return the true confidence of the interval from the k-th smallest to the k-th largest value."""
    return float(1 - Fraction(2 * sum(null_counts[:k]), sum(null_counts)))


def cut(values: Sequence[float], k: int) -> tuple[float, float]:
    """Return the k-th smallest and the k-th largest of `values`, k counted from 1."""
    ordered = sorted(values)
    return ordered[k - 1], ordered[-k]
