"""The signed-rank interval against published tables, SciPy, brute force and simulation."""

import itertools
import math
import random
from statistics import fmean

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from gopatterns_cli.statistics import signed_rank
from gopatterns_cli.statistics.order_statistics import order_index

ROUNDS = (6, 8, 10, 12, 16, 20, 24, 30)
TABLE = {
    0.95: (1, 4, 9, 14, 30, 53, 82, 138),
    0.90: (3, 6, 11, 18, 36, 61, 92, 152),
    0.99: (None, 1, 4, 8, 20, 38, 62, 110),
}
distinct_values = st.lists(
    st.floats(-5, 5).map(lambda x: round(x, 6)), min_size=6, max_size=14, unique_by=abs
)


@pytest.mark.parametrize("level", TABLE)
def test_order_indices_are_those_of_the_method_s_table(level):
    assert tuple(order_index(signed_rank.null_counts(n), level) for n in ROUNDS) == TABLE[level]


@pytest.mark.parametrize("n", range(6))
def test_below_six_rounds_there_is_no_95_percent_interval(n):
    assert signed_rank.interval([0.1 * i for i in range(n)], 0.95) is None


@pytest.mark.parametrize("n", range(1, 11))
def test_null_counts_equal_the_enumeration_of_all_sign_patterns(n):
    sums = [sum(itertools.compress(range(1, n + 1), signs)) for signs in itertools.product((0, 1), repeat=n)]
    expected = tuple(sums.count(value) for value in range(n * (n + 1) // 2 + 1))
    assert signed_rank.null_counts(n) == expected


@pytest.mark.parametrize("n", [6, 12, 24])
def test_null_tails_equal_scipy_s_exact_wilcoxon_p_values(n):
    counts, ranks = signed_rank.null_counts(n), np.arange(1, n + 1)
    for positives in range(n + 1):
        values = np.where(ranks <= positives, ranks, -ranks).astype(float)
        statistic = ranks[:positives].sum()
        expected = scipy.stats.wilcoxon(values, alternative="less", method="exact").pvalue
        assert sum(counts[: statistic + 1]) / 2**n == pytest.approx(expected, abs=1e-9)


@given(distinct_values)
def test_estimate_equals_the_median_of_walsh_averages_in_numpy(values):
    i, j = np.triu_indices(len(values))
    x = np.asarray(values)
    assert signed_rank.estimate(values) == pytest.approx(np.median((x[i] + x[j]) / 2), abs=1e-9)


@settings(max_examples=40)
@given(distinct_values, st.sampled_from([0.90, 0.95]))
def test_interval_is_the_set_of_centres_that_scipy_s_exact_test_does_not_reject(values, level):
    low, high = signed_rank.interval(values, level)
    walsh = sorted({(a + b) / 2 for a, b in itertools.combinations_with_replacement(values, 2)})
    for left, right in itertools.pairwise(walsh):
        if right - left < 1e-9:
            continue
        centre = (left + right) / 2
        p = scipy.stats.wilcoxon(np.asarray(values) - centre, method="exact").pvalue
        assert (low <= centre <= high) == (p > (1 - level) * (1 + 1e-9))


@given(distinct_values)
def test_swapping_the_two_arms_mirrors_estimate_and_interval(values):
    mirrored = [-x for x in values]
    low, high = signed_rank.interval(values, 0.95)
    assert signed_rank.interval(mirrored, 0.95) == (-high, -low)
    assert signed_rank.estimate(mirrored) == -signed_rank.estimate(values)


@pytest.mark.parametrize("n", [6, 8, 12, 24])
def test_the_95_percent_interval_covers_the_centre_of_skewless_noise_as_often_as_promised(n):
    rng = random.Random(20261124)
    sessions = 3_000
    covered = 0
    for _ in range(sessions):
        low, high = signed_rank.interval([rng.gauss(1.0, 0.3) for _ in range(n)], 0.95)
        covered += low <= 1.0 <= high
    assert 0.945 <= covered / sessions <= 0.98


def test_a_min_max_interval_of_the_wrong_index_would_be_caught_by_the_coverage_check():
    rng = random.Random(20261124)
    sessions = 1_000
    covered = 0
    for _ in range(sessions):
        walsh = sorted(signed_rank._walsh_averages([rng.gauss(0.0, 1.0) for _ in range(12)]))
        covered += walsh[13 + 8] <= 0.0 <= walsh[-14 - 8]
    assert covered / sessions < 0.945


def test_one_noisy_round_in_twelve_moves_the_estimate_less_than_it_moves_the_mean():
    quiet = [math.log(2.0)] * 11
    noisy = [*quiet, math.log(20.0)]
    assert abs(signed_rank.estimate(noisy) - math.log(2.0)) < 1e-12 < fmean(noisy) - math.log(2.0)


@pytest.mark.parametrize(("n", "within"), [(6, 0.14), (8, 0.05), (12, 0.05), (24, 0.05)])
@pytest.mark.parametrize("level", [0.90, 0.95])
def test_typical_half_width_is_that_of_simulated_intervals(n, within, level):
    rng = random.Random(7)
    widths = []
    for _ in range(1_500):
        low, high = signed_rank.interval([rng.gauss(0, 1) for _ in range(n)], level)
        widths.append((high - low) / 2)
    assert signed_rank.typical_half_width(n, level) == pytest.approx(fmean(widths), rel=within)


def test_typical_half_width_is_infinite_where_there_is_no_interval_and_shrinks_beyond_the_table():
    assert math.isinf(signed_rank.typical_half_width(5, 0.95))
    assert signed_rank.typical_half_width(400, 0.95) == pytest.approx(1.96 / 20, rel=0.01)
