"""Verdicts follow from intervals alone, and from nothing but the two of them."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopatterns_cli.statistics.ratio import Interval, RatioEstimate, paired
from gopatterns_cli.verdicts import Change, Judgement, Verdict, accepted, combine, judge, judge_change


def found(low, high, *, narrower=0.8):
    """An estimate in the middle of a 95 % interval, with a 90 % one inside it."""
    centre, half = math.sqrt(low * high), math.log(high / low) / 2
    inner = math.exp(narrower * half)
    return RatioEstimate(
        centre, Interval(low, high, 0.95), Interval(centre / inner, centre * inner, 0.90), 12
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (9.5, 10.5, Verdict.REPRODUCED),
        (9.2, 11.0, Verdict.REPRODUCED),
        (8.9, 10.5, Verdict.INCONCLUSIVE),
        (9.5, 11.5, Verdict.INCONCLUSIVE),
        (5.0, 20.0, Verdict.INCONCLUSIVE),
        (11.1, 13.0, Verdict.EXCEEDED),
        (7.0, 9.0, Verdict.REFUTED),
        (0.008, 0.009, Verdict.REFUTED),
    ],
)
def test_a_claim_of_10x_is_judged_by_where_the_intervals_lie(low, high, verdict):
    assert judge(found(low, high), *accepted((10.0, 10.0), 1.10)).verdict is verdict


def test_equivalence_is_proved_at_90_percent_although_the_95_percent_interval_leaves_the_band():
    assert judge(found(9.05, 10.4), *accepted((10.0, 10.0), 1.10)).verdict is Verdict.REPRODUCED


def test_a_range_is_widened_by_its_band_on_both_sides():
    assert accepted((10.0, 100.0), 1.10) == pytest.approx((9.0909, 110.0), rel=1e-4)


def test_a_point_estimate_in_the_middle_of_the_band_decides_nothing():
    judgement = judge(paired([10.0] * 5, [1.0] * 5, (0.95, 0.90)), *accepted((10.0, 10.0), 1.10))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "too few rounds for an interval: 5, and it takes 6"


def test_an_inconclusive_claim_says_how_many_rounds_would_settle_it():
    judgement = judge(found(8.9, 10.5), *accepted((10.0, 10.0), 1.10))
    assert 12 < judgement.rounds_needed < 60


@given(st.floats(0.01, 100), st.floats(1.0001, 3.0), st.floats(1.01, 2.0))
def test_no_interval_has_two_verdicts_and_only_a_whole_one_inside_the_band_reproduces(centre, spread, band):
    low, high = accepted((1.0, 1.0), band)
    estimate = found(centre / spread, centre * spread)
    verdict = judge(estimate, low, high).verdict
    assert (verdict is Verdict.EXCEEDED) == (estimate.difference.low > high)
    assert (verdict is Verdict.REFUTED) == (estimate.difference.high < low)
    inside = low <= estimate.equivalence.low and estimate.equivalence.high <= high
    assert (verdict is Verdict.REPRODUCED) == inside


def test_at_the_edge_of_the_band_a_claim_is_falsely_reproduced_in_at_most_5_percent_of_sessions():
    rng = random.Random(20261124)
    sessions = 2_000
    reproduced = 0
    for _ in range(sessions):
        measured = [9.0 * math.exp(rng.gauss(0, 0.03)) for _ in range(12)]
        estimate = paired(measured, [1.0] * 12, (0.95, 0.90))
        reproduced += judge(estimate, 9.0, 11.0).verdict is Verdict.REPRODUCED
    assert 0.02 < reproduced / sessions <= 0.055


@pytest.mark.parametrize(
    ("verdicts", "combined"),
    [
        ([Verdict.REPRODUCED, Verdict.REPRODUCED], Verdict.REPRODUCED),
        ([Verdict.REPRODUCED, Verdict.REFUTED], Verdict.REFUTED),
        ([Verdict.INCONCLUSIVE, Verdict.REFUTED], Verdict.REFUTED),
        ([Verdict.INCONCLUSIVE, Verdict.EXCEEDED], Verdict.INCONCLUSIVE),
        ([Verdict.REPRODUCED, Verdict.EXCEEDED], Verdict.EXCEEDED),
        ([], Verdict.NOT_MEASURED),
    ],
)
def test_one_refuted_cell_refutes_a_range_and_it_takes_all_to_reproduce_it(verdicts, combined):
    assert combine([Judgement(verdict) for verdict in verdicts]).verdict is combined


def test_a_range_is_settled_when_its_slowest_cell_is():
    undecided = [Judgement(Verdict.INCONCLUSIVE, rounds_needed=needed) for needed in (20, 50)]
    assert combine(undecided).rounds_needed == 50
    assert combine([*undecided, Judgement(Verdict.INCONCLUSIVE)]).rounds_needed is None


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.06, 1.09, Change.REGRESSION),
        (1.04, 1.20, Change.INCONCLUSIVE),
        (1.001, 1.04, Change.SAME),
        (0.96, 1.04, Change.SAME),
        (0.80, 0.94, Change.IMPROVED),
        (0.80, 1.20, Change.INCONCLUSIVE),
    ],
)
def test_a_regression_is_tested_before_sameness_and_must_clear_the_tolerance(low, high, verdict):
    assert judge_change(found(low, high), 0.05).verdict is verdict


def test_identical_code_is_never_called_a_regression_in_a_thousand_noisy_sessions():
    rng = random.Random(20261124)
    for _ in range(1_000):
        new, old = ([math.exp(rng.gauss(0, 0.04)) for _ in range(12)] for _ in range(2))
        assert judge_change(paired(new, old, (0.95, 0.90)), 0.05).verdict is not Change.REGRESSION
