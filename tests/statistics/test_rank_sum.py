"""The Mann-Whitney interval against brute force, SciPy and simulation."""

import itertools
import math
import random
from statistics import fmean

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gopatterns_cli.statistics import rank_sum
from gopatterns_cli.statistics.order_statistics import order_index

values = st.lists(st.floats(-5, 5).map(lambda x: round(x, 6)), min_size=5, max_size=10, unique=True)


@pytest.mark.parametrize(("m", "n"), [(1, 4), (3, 5), (4, 4), (5, 3), (6, 6)])
def test_null_counts_equal_the_enumeration_of_all_rankings(m, n):
    positions = range(m + n)
    counts = [
        sum(1 for i in mine for j in positions if j not in mine and j < i)
        for mine in map(set, itertools.combinations(positions, m))
    ]
    assert rank_sum.null_counts(m, n) == tuple(counts.count(u) for u in range(m * n + 1))


def test_null_counts_of_long_sessions_sum_to_all_rankings():
    assert sum(rank_sum.null_counts(30, 24)) == math.comb(54, 30)


@pytest.mark.parametrize(
    ("n", "lower_critical_value"), [(4, 0), (5, 2), (6, 5), (8, 13), (10, 23), (12, 37), (20, 127)]
)
def test_order_indices_are_one_above_the_published_critical_values(n, lower_critical_value):
    assert order_index(rank_sum.null_counts(n, n), 0.95) == lower_critical_value + 1


@given(values, values)
def test_estimate_equals_the_median_difference_in_numpy(first, second):
    expected = np.median(np.subtract.outer(np.asarray(first), np.asarray(second)))
    assert rank_sum.estimate(first, second) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40, deadline=None)  # SciPy tries every permutation
@given(values, values, st.sampled_from([0.90, 0.95]))
def test_interval_is_the_set_of_shifts_that_scipy_s_exact_test_does_not_reject(first, second, level):
    low, high = rank_sum.interval(first, second, level)
    edges = sorted({a - b for a in first for b in second})
    for left, right in itertools.pairwise(edges):
        if right - left < 1e-9:
            continue
        shift = (left + right) / 2
        p = scipy.stats.mannwhitneyu(np.asarray(first) - shift, second, method="exact").pvalue
        assert (low <= shift <= high) == (p > (1 - level) * (1 + 1e-9))


@given(values, values)
def test_swapping_the_two_sessions_mirrors_estimate_and_interval(first, second):
    assume(len(first) == len(second))
    low, high = rank_sum.interval(first, second, 0.95)
    assert rank_sum.interval(second, first, 0.95) == (-high, -low)
    assert rank_sum.estimate(second, first) == -rank_sum.estimate(first, second)


def test_three_rounds_against_three_have_no_95_percent_interval():
    assert rank_sum.interval([1.0, 2.0, 3.0], [1.5, 2.5, 3.5], 0.95) is None


@pytest.mark.parametrize(("m", "n"), [(6, 6), (12, 6), (12, 12)])
def test_the_95_percent_interval_covers_a_known_shift_as_often_as_promised(m, n):
    rng = random.Random(20261124)
    sessions = 2_000
    covered = 0
    for _ in range(sessions):
        first = [rng.gauss(1.4, 0.2) for _ in range(m)]
        second = [rng.gauss(1.0, 0.2) for _ in range(n)]
        low, high = rank_sum.interval(first, second, 0.95)
        covered += low <= 0.4 <= high
    assert 0.94 <= covered / sessions <= 0.98


@pytest.mark.parametrize("n", [6, 12, 24])
@pytest.mark.parametrize("level", [0.90, 0.95])
def test_typical_half_width_is_that_of_simulated_intervals(n, level):
    rng = random.Random(7)
    widths = []
    for _ in range(600):
        low, high = rank_sum.interval(
            [rng.gauss(0, 1) for _ in range(n)], [rng.gauss(0, 1) for _ in range(n)], level
        )
        widths.append((high - low) / 2)
    assert rank_sum.typical_half_width(n, level) == pytest.approx(fmean(widths), rel=0.05)
