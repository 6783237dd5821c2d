"""The interval of the median against the binomial distribution that it comes from."""

import pytest
from scipy.stats import binom

from gopatterns_cli.statistics.median import interval


@pytest.mark.parametrize("n", range(1, 6))
def test_fewer_than_six_values_have_none(n):
    assert interval(list(range(n)), 0.95) is None


@pytest.mark.parametrize("n", [6, 7, 8, 12, 14, 24, 100])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_it_covers_as_often_as_asked_and_the_next_narrower_one_does_not(n, level):
    found = interval(list(range(n)), level)
    if found is None:
        assert 1 - 2 * binom.cdf(0, n, 0.5) < level
        return
    low, high = found
    assert low + high == n - 1
    assert 1 - 2 * binom.cdf(low, n, 0.5) >= level
    assert 1 - 2 * binom.cdf(low + 1, n, 0.5) < level


def test_the_order_of_the_values_does_not_matter():
    assert interval([5.0, 1.0, 4.0, 2.0, 6.0, 3.0], 0.95) == (1.0, 6.0)
