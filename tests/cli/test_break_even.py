"""The crossing of two lines, and honest words where they do not cross."""

import math
from dataclasses import replace

import pytest

from gopatterns_cli.arms import pipeline
from gopatterns_cli.break_even import Payoff, break_evens, crossing
from gopatterns_cli.makespan import PIPELINE_STAGES
from gopatterns_cli.sentences import break_even_sentence

from synthetic import MACHINE, Truth, named, session

LADDER = "pipeline-pays"


def three_rungs():
    whole = named(LADDER)
    return replace(whole, arms=replace(whole.arms, durations_s=(0.0, 20e-6, 100e-6)))


def point(tmp_path, runtime="asyncio", *, scenario=None, arm="gopat", **truth):
    others = (scenario or three_rungs(),)
    measured = session(tmp_path / "session.json", Truth(names=(), others=others, **truth))
    found = break_evens(measured, others)
    return next(p for p in found if (p.arm, p.runtime) == (arm, runtime))


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
        "pipeline-pays: a pipeline on asyncio does not pay up to 160 us of waiting per item and stage."
    )


def test_a_pipeline_that_always_pays_says_from_what_cost_it_was_measured(tmp_path):
    found = point(tmp_path, slower={f"{LADDER}/gopat": 1e-4})
    assert found.payoff is Payoff.ALWAYS
    assert break_even_sentence(found) == (
        "pipeline-pays: a pipeline on asyncio pays at every measured cost, "
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
    assert "80.0 us (faster; its own lasted 30.0 us: unequal jobs)" in sentence


def test_a_session_without_a_ladder_has_no_break_even(tmp_path):
    taken = session(tmp_path / "s.json", Truth(names=("pipeline",), machine=MACHINE))
    assert break_evens(taken, [named("pipeline")]) == ()


def test_a_cut_pipeline_s_own_waits_are_those_of_a_whole_item(tmp_path):
    whole = three_rungs()
    cut = replace(whole, arms=replace(whole.arms, stages=(3,)))
    found = point(tmp_path, scenario=cut, slower={f"{LADDER}/gopat": 3.0})
    asked, own = found.rungs[-1].wait_s, found.rungs[-1].arm_wait_s
    assert own == pytest.approx(100e-6 + 3 * 10e-6)  # three waits, each 10 us longer than asked
    assert asked == pytest.approx(160e-6)
    assert break_even_sentence(found).count("of 3 stages") == 1


def test_go_has_a_break_even_of_its_own(tmp_path):
    found = point(tmp_path, "Go", arm="go", go=True)
    assert break_even_sentence(found).startswith("pipeline-pays: a pipeline in Go pays from ")


def test_processes_are_set_against_threads_and_not_against_the_loop(tmp_path):
    """In the synthetic session both overlap, and a process costs 50 ms to start."""
    scenario = named("processes-pay")
    found = point(
        tmp_path, "processes", scenario=scenario, go=True, slower={"processes-pay/gopat/threads": 3}
    )
    assert found.against.what == "threads"
    assert found.payoff is Payoff.CROSSES
    sentence = break_even_sentence(found)
    assert "of 2 workers on processes beats threads from " in sentence
    assert "of computing per job, interpolated between " in sentence
    assert "(slower than threads)" in sentence
    with pytest.raises(StopIteration):
        point(tmp_path, "threads", scenario=scenario)
    with pytest.raises(StopIteration):
        point(tmp_path, "Go", arm="go", scenario=scenario, go=True)


def test_an_overhead_is_set_against_the_ideal_of_the_arm_s_own_waits(tmp_path):
    """100 jobs in each of ten workers: 1 % of 100 waits is what 1,000 dispatches and ten starts take."""
    found = point(tmp_path, scenario=named("pool-overhead"), noise=0.0001, drift=0.0)
    truth = (1000 * 2.3e-6 + 10 * 20e-6) / (0.01 * 100)
    assert found.wait_s == pytest.approx(truth, rel=0.1)
    assert "costs less than 1.0% over its ideal from " in break_even_sentence(found)


def test_what_is_never_reached_is_said_with_the_longest_that_was_measured(tmp_path):
    found = point(tmp_path, scenario=named("pool-overhead"), drift=0.0, slower={"pool-overhead/gopat": 1.5})
    assert found.payoff is Payoff.NEVER
    assert "costs 1.0% or more over its ideal up to 100 ms of waiting per job." in break_even_sentence(found)


def test_the_pipeline_s_ideal_counts_the_stages_that_its_arms_really_have():
    assert pipeline.WORKLOAD.waits(1) == PIPELINE_STAGES
