"""The exact interval of a share against SciPy and against what it promises."""

import math

import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from gopatterns_cli.statistics.clopper_pearson import interval


def expected(hits, n, level):
    found = scipy.stats.binomtest(hits, n).proportion_ci(confidence_level=level, method="exact")
    return found.low, found.high


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3_000), st.floats(0, 1), st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999]))
def test_the_interval_is_scipy_s_exact_one(n, share, level):
    hits = round(share * n)
    assert interval(hits, n, level) == pytest.approx(expected(hits, n, level), abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 60, 100, 450, 100_000])
@pytest.mark.parametrize("hits", [0, 1, -1, -2])
def test_the_interval_is_exact_at_both_ends(n, hits):
    hits %= n + 1
    assert interval(hits, n) == pytest.approx(expected(hits, n, 0.95), abs=1e-9)


def test_nothing_of_a_hundred_is_at_most_3_6_percent():
    low, high = interval(0, 100)
    assert (low, round(high, 4)) == (0.0, 0.0362)
    assert high == pytest.approx(1 - 0.025 ** (1 / 100))


def test_of_none_nothing_is_known():
    assert interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("hits", "n"), [(-1, 5), (6, 5), (1, 0)])
def test_more_than_all_and_fewer_than_none_are_refused(hits, n):
    with pytest.raises(ValueError, match="is no share"):
        interval(hits, n)


@given(st.integers(1, 200), st.data())
def test_hits_and_misses_mirror_each_other(n, data):
    hits = data.draw(st.integers(0, n))
    low, high = interval(hits, n)
    assert math.isclose(interval(n - hits, n)[0], 1 - high, abs_tol=1e-9)
    assert low <= hits / n <= high


def test_a_share_is_inside_as_often_as_promised():
    """Summed over all that can be counted, not simulated; an interval of one sigma would be caught."""
    n, share = 60, 0.07

    def covers(ends):
        weights = [math.comb(n, hits) * share**hits * (1 - share) ** (n - hits) for hits in range(n + 1)]
        return sum(weight for hits, weight in enumerate(weights) if ends(hits)[0] <= share <= ends(hits)[1])

    def one_sigma(hits):
        sigma = math.sqrt(max(hits * (n - hits), 1) / n**3)
        return hits / n - sigma, hits / n + sigma

    assert covers(lambda hits: interval(hits, n)) >= 0.95
    assert covers(one_sigma) < 0.95
