"""Ratios keep to ratio space, and an interval that must not be shown is not there."""

import math
import random

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from gopatterns_cli.statistics import ratio

LEVELS = (0.95, 0.90)
seconds = st.floats(1e-6, 10.0)
rounds = st.lists(st.tuples(seconds, seconds), min_size=6, max_size=14)


@given(rounds)
def test_swapping_numerator_and_denominator_inverts_everything(pairs):
    a, b = zip(*pairs, strict=True)
    there, back = ratio.paired(a, b, LEVELS), ratio.paired(b, a, LEVELS)
    assert there.estimate * back.estimate == pytest.approx(1.0, rel=1e-9)
    assert there.difference.low * back.difference.high == pytest.approx(1.0, rel=1e-9)
    assert there.equivalence.high * back.equivalence.low == pytest.approx(1.0, rel=1e-9)


@given(rounds)
def test_the_equivalence_interval_lies_inside_the_difference_interval(pairs):
    found = ratio.paired(*zip(*pairs, strict=True), LEVELS)
    assert found.difference.low <= found.equivalence.low <= found.equivalence.high <= found.difference.high
    assert (found.difference.level, found.equivalence.level) == (0.95, 0.90)


@given(rounds)
def test_logarithms_of_a_paired_ratio_agree_with_scipy_s_wilcoxon_test(pairs):
    logs = [math.log(a / b) for a, b in pairs]
    found = ratio.paired(*zip(*pairs, strict=True), LEVELS)
    if len({abs(x) for x in logs}) == len(logs) and 0.0 not in logs:
        p = scipy.stats.wilcoxon(logs, method="exact").pvalue
        excludes_one = found.difference.low > 1.0 or found.difference.high < 1.0
        assert excludes_one == (p <= 0.05 + 1e-12)


def test_five_rounds_give_an_estimate_and_a_reason_but_no_interval():
    found = ratio.paired([2.0] * 5, [1.0] * 5, LEVELS)
    assert found.estimate == pytest.approx(2.0)
    assert (found.difference, found.equivalence, found.n) == (None, None, 5)
    assert found.warnings == ("too few rounds for an interval: 5, and it takes 6",)


def test_more_than_a_tenth_of_the_rounds_lost_withholds_the_interval():
    found = ratio.paired([2.0] * 10, [1.0] * 10, LEVELS, lost=2)
    assert found.difference is None
    assert found.warnings == ("2 of 12 rounds lost, more than 10%: no verdict",)


def test_one_round_of_twelve_lost_keeps_the_interval():
    found = ratio.paired([2.0] * 11, [1.0] * 11, LEVELS, lost=1)
    assert found.difference is not None
    assert found.warnings == ()


def test_pairs_of_different_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        ratio.paired([1.0, 2.0], [1.0], LEVELS)


def test_pairing_removes_a_drift_that_both_arms_share():
    drift = [1.0, 1.5, 0.7, 2.2, 1.1, 0.9]
    found = ratio.paired([3.0 * d for d in drift], drift, LEVELS)
    assert found.estimate == pytest.approx(3.0)
    assert found.difference.high / found.difference.low == pytest.approx(1.0)


def test_an_unpaired_ratio_finds_a_planted_slowdown_between_two_sessions():
    rng = random.Random(5)
    old = [10 * math.exp(rng.gauss(0, 0.02)) for _ in range(12)]
    new = [15 * math.exp(rng.gauss(0, 0.02)) for _ in range(8)]
    found = ratio.unpaired(new, old, LEVELS)
    assert found.difference.low < 1.5 < found.difference.high
    assert found.difference.low > 1.4
    assert found.n == 8
