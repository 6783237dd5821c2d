"""The crossing of two lines, and honest words where they do not cross."""

import math

import pytest

from gopatterns_cli.arms import pipeline
from gopatterns_cli.break_even import Payoff, break_evens, crossing
from gopatterns_cli.makespan import PIPELINE_STAGES
from gopatterns_cli.sentences import break_even_sentence

from synthetic import MACHINE, Truth, session

LADDER = "pipeline-break-even"


def point(tmp_path, runtime="asyncio", **truth):
    measured = session(tmp_path / "session.json", Truth(names=(LADDER,), **truth))
    return next(p for p in break_evens(measured) if (p.arm, p.runtime) == ("gopat", runtime))


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ((10.0, -10.0, -90.0), (10.0, 10.0)),
        ((30.0, 10.0, -30.0), (40.0, 40.0)),
        ((5.0, -5.0, 5.0), (100.0, math.inf)),
        ((5.0, 5.0, 5.0), (100.0, math.inf)),
        ((-5.0, -5.0, -5.0), (-math.inf, 0.0)),
        ((5.0, -1.0, 2.0, -2.0), (60.0, 60.0)),
        ((0.0, -5.0, -9.0), (0.0, 0.0)),
    ],
)
def test_the_crossing_is_where_the_gap_turns_negative_for_good(gaps, expected):
    waits = {3: (0.0, 20.0, 100.0), 4: (0.0, 20.0, 40.0, 80.0)}[len(gaps)]
    assert crossing(waits, gaps) == pytest.approx(expected)


def test_a_known_break_even_is_found_inside_its_interval_and_between_its_rungs(tmp_path):
    """The loop costs 3 w an item, the pipeline 30/80 w + 80 us; the rungs beside are at 0 and 80 us."""
    found = point(tmp_path, noise=0.01, seed=2)
    gap_at_0 = 302 / 300 * 80e-6 - 3 * 0.1e-6
    gap_at_80 = 302 / 300 * (30e-6 + 80e-6) - 3 * 80.1e-6
    truth = 80e-6 * gap_at_0 / (gap_at_0 - gap_at_80)
    assert found.payoff is Payoff.CROSSES
    assert found.interval.low < truth < found.interval.high
    assert found.interval.high / found.interval.low < 1.1
    assert [rung.asked_s for rung in found.bracket] == [0.0, 20e-6]
    assert found.n == 12


def test_a_pipeline_that_never_pays_says_up_to_what_cost(tmp_path):
    found = point(tmp_path, slower={f"{LADDER}/gopat": 10.0})
    assert (found.payoff, found.wait_s, found.interval, found.bracket) == (Payoff.NEVER, None, None, None)
    assert break_even_sentence(found) == (
        "pipeline-break-even: a pipeline on asyncio does not pay up to 160 us of waiting per item and stage."
    )


def test_a_pipeline_that_always_pays_says_from_what_cost_it_was_measured(tmp_path):
    found = point(tmp_path, slower={f"{LADDER}/gopat": 1e-4})
    assert found.payoff is Payoff.ALWAYS
    assert break_even_sentence(found) == (
        "pipeline-break-even: a pipeline on asyncio pays at every measured cost, "
        "from 0 s of waiting per item and stage."
    )


def test_rounds_that_never_pay_leave_the_upper_end_open_instead_of_being_dropped(tmp_path):
    found = point(tmp_path, slower={f"{LADDER}/gopat": 2.2}, noise=0.15, seed=1)
    assert found.payoff is Payoff.CROSSES
    assert math.isinf(found.interval.high)
    assert "beyond the ladder] of waiting per item and stage" in break_even_sentence(found)


def test_where_too_many_rounds_never_pay_nothing_is_claimed_but_the_lower_end(tmp_path):
    found = point(tmp_path, slower={f"{LADDER}/gopat": 2.5}, noise=0.15)
    assert (found.payoff, found.wait_s) == (Payoff.UNDECIDED, None)
    assert "cannot tell from what cost it pays (the interval is [" in break_even_sentence(found)
    assert "measured up to 160 us of waiting per item and stage)." in break_even_sentence(found)


def test_below_six_rounds_there_is_an_estimate_and_no_interval(tmp_path):
    found = point(tmp_path, rounds=5)
    assert found.interval is None
    assert "(too few rounds for an interval: 5, and it takes 6)" in break_even_sentence(found)


def test_a_round_that_lost_a_rung_is_left_out_whole(tmp_path):
    found = point(tmp_path, lost=((4, f"{LADDER}/serial/duration=20us"),))
    assert found.n == 11


def test_the_sentence_speaks_of_waiting_per_item_and_stage_and_marks_unequal_jobs(tmp_path):
    sentence = break_even_sentence(point(tmp_path))
    assert (
        "of waiting per item and stage, interpolated between 0 s (slower than the loop) and 80.0 us (faster"
        in sentence
    )
    assert "80.0 us (faster; its own waits lasted 30.0 us: unequal jobs)" in sentence


def test_a_session_without_a_ladder_has_no_break_even(tmp_path):
    assert break_evens(session(tmp_path / "s.json", Truth(names=("pipeline",), machine=MACHINE))) == ()


def test_the_pipeline_s_ideal_counts_the_stages_that_its_arms_really_have():
    assert pipeline.WORKLOAD.waits(1) == PIPELINE_STAGES
