"""The median of a sample, with its exact interval.

Source: M. Hollander, D. A. Wolfe, E. Chicken, Nonparametric Statistical Methods, 3rd ed. (2014), section 3.6:
the interval that belongs to the sign test. It supposes nothing of the distribution.
"""

import math
from collections.abc import Sequence

from gopatterns_cli.statistics.order_statistics import cut, order_index


def interval(values: Sequence[float], level: float) -> tuple[float, float] | None:
    """Return the interval of the median at a confidence of at least `level`; None when there are too few."""
    n = len(values)
    k = order_index([math.comb(n, count) for count in range(n + 1)], level)
    return None if k is None else cut(values, k)
