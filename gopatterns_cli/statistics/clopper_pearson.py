"""The exact interval of a share: so many of so many.

Source: C. J. Clopper, E. S. Pearson, The Use of Confidence or Fiducial Limits Illustrated in the Case of the
Binomial, Biometrika 26 (1934). Its limits are quantiles of beta distributions, found by bisection; the
incomplete beta function is Lentz's continued fraction (W. H. Press et al., Numerical Recipes, section 6.4).
"""

import math

TINY = 1e-300
PRECISION = 1e-15
MOST_STEPS = 100_000


def interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the shares between which the true one lies.

    Args:
        hits: how many it were, from 0 to `n`.
        n: of how many; of none nothing is known, and the interval is all of 0 to 1.
        level: confidence, between 0 and 1; the true one is at least that.

    Raises:
        ValueError: `hits` are fewer than none, or more than `n`.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no share")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _quantile(tail, hits, n - hits + 1)
    high = 1.0 if hits == n else 1 - _quantile(tail, n - hits, hits + 1)
    return low, high


def _quantile(probability: float, a: int, b: int) -> float:
    """The x at which the incomplete beta function of `a` and `b` has that value."""
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        if _incomplete_beta(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return low


def _incomplete_beta(x: float, a: int, b: int) -> float:
    """The regularised one: the probability of `a` hits or more of a + b - 1, each of probability `x`."""
    if x > (a + 1) / (a + b + 2):  # there the fraction converges slowly
        return 1 - _incomplete_beta(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / (a * _fraction(x, a, b))


def _fraction(x: float, a: int, b: int) -> float:
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, MOST_STEPS):
        half, odd = divmod(step, 2)
        if odd:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + step - 1) * (a + step))
        d = 1 / _not_zero(1 + term * d)
        c = _not_zero(1 + term / c)
        value *= c * d
        if abs(c * d - 1) < PRECISION:
            return value
    raise ArithmeticError(f"the beta function of {a} and {b} does not converge at {x}")


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
