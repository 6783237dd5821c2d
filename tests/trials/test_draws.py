"""What is drawn from recorded rounds: the same for one seed, decided as a session is, able to fail."""

from __future__ import annotations

import random

import pytest

from gopatterns_cli.changes import changes
from gopatterns_cli.trials.blocks import drawn
from gopatterns_cli.trials.coverage import Known, coverage, covered, known
from gopatterns_cli.trials.drawn import COMPARISONS, decided, drawn_jobs
from gopatterns_cli.trials.edge import reproduced, verdict
from gopatterns_cli.verdicts import Change, Verdict
from tests.trials.rigged import recorded

NULL = [recorded(seed=seed, loaded=seed % 2 == 1) for seed in range(30)]
ALIKE = (1.0, 1.001, 0.999) * 8


def test_blocks_stay_whole_but_for_the_last():
    blocks = [(1.0, 2.0, 3.0), (4.0, 5.0)]
    found = drawn(blocks, 24, random.Random(3))
    assert len(found) == 24
    text = "".join(f"{value:.0f}" for value in found)
    assert set(text.replace("123", "a").replace("45", "b")) <= {"a", "b", "1", "2", "4"}


def test_the_same_seed_draws_the_same():
    assert drawn_jobs(NULL, 1, 4) == drawn_jobs(NULL, 1, 4)
    assert coverage(NULL, 1, 20) == coverage(NULL, 1, 20)
    noisy = [recorded(seed=seed, noise=0.2) for seed in range(30)]
    assert coverage(noisy, 1, 40) != coverage(noisy, 2, 40)


def test_jobs_are_drawn_from_quiet_and_from_loaded_trials_in_turn():
    assert [job.loaded for job in drawn_jobs(NULL, 1, 4)] == [False, True, False, True]
    assert {job.loaded for job in drawn_jobs([one for one in NULL if one.loaded], 1, 2)} == {True}


def test_without_null_trials_nothing_is_drawn():
    assert drawn_jobs([], 1, 2) == ()
    assert drawn_jobs([recorded(slowed=0.2)], 1, 2) == ()
    assert coverage([], 1).rate.of == 0


def test_null_jobs_of_even_machines_do_not_fail():
    assert {(job.code, job.alarm, job.rounds) for job in drawn_jobs(NULL, 1, 4)} == {(0, False, 8)}


def test_null_jobs_that_are_none_fail():
    """The known-bad twin."""
    worse = [recorded(seed=seed, truth=1.2) for seed in range(10)]
    assert {job.code for job in drawn_jobs(worse, 1, 3)} == {3}


def test_a_canary_that_is_off_alarms_and_stops_nothing():
    off = [recorded(seed=seed, off=1.2) for seed in range(10)]
    assert {(job.code, job.alarm, job.rounds) for job in drawn_jobs(off, 1, 2)} == {(0, True, 24)}


def test_a_session_of_drawn_rounds_stops_each_comparison_at_the_look_that_decides_it():
    undecided = (1.02, 1.40, 0.85) * 8
    session = decided([ALIKE, tuple(1.3 * one for one in ALIKE), undecided], ALIKE)
    found = changes(session)
    assert [one.judgement.verdict for one in found[:2]] == [Change.SAME, Change.REGRESSION]
    assert [one.ratio.n for one in found] == [8, 8, 24]
    assert session.rounds_done == 24


def test_a_job_has_twenty_comparisons():
    session = decided([ALIKE] * COMPARISONS, ALIKE)
    assert len(changes(session)) == 20
    assert {round(one.ratio.estimate, 3) for one in changes(session)} == {1.0}


# Coverage


def test_every_kind_of_known_rounds_is_there_by_load():
    trials = [*NULL, recorded(slowed=0.2), recorded(slowed=0.1)]
    found = {(one.name, one.loaded): (one.truth, one.rounds) for one in known(trials) if one.rounds}
    assert found == {
        ("null pairs", False): (1.0, 120),
        ("slowed by 10%", False): (1.1, 8),
        ("slowed by 20%", False): (1.2, 8),
        ("canaries", False): (1.0, 136),
        ("null pairs", True): (1.0, 120),
        ("canaries", True): (1.0, 120),
    }


def test_kinds_with_fewer_rounds_than_an_interval_has_are_left_out():
    assert coverage([recorded(rounds=8)], 1).kinds == ()
    assert [one.recorded for one in coverage([recorded(rounds=12)], 1).kinds] == [12, 12]


def test_intervals_of_known_truth_hold_it_about_as_often_as_they_say():
    trials = [recorded(seed=seed, slowed=share) for seed in range(60) for share in (0.0, 0.2)]
    found = coverage(trials, 1)
    assert found.rate.of == 450
    assert found.rate.low <= 0.96 <= found.rate.high


@pytest.mark.parametrize("wrong", [1.02, 1 / 1.02])
def test_a_wrong_truth_is_hardly_ever_held(wrong):
    (alike, *_) = known([recorded(seed=seed) for seed in range(60)])
    held = covered(Known(alike.name, alike.loaded, wrong, alike.blocks), random.Random(1), 200)
    assert sum(held) / len(held) < 0.2


# Claims at the edge of their band


def test_a_claim_at_its_edge_is_called_reproduced_in_at_most_one_of_twenty():
    noisy = [recorded(seed=seed, noise=0.05) for seed in range(200)]
    assert 0.01 < reproduced(noisy, 1).share <= 0.06


def test_a_claim_is_reproduced_that_lies_inside_its_band():
    """The known-bad twin: rounds whose truth is not what it is said to be."""
    inside = [recorded(seed=seed, truth=1.08) for seed in range(20)]
    assert reproduced(inside, 1, 40).hits == 20  # the other half are canaries, on the edge as they should be


def test_a_claim_whose_truth_lies_far_off_is_refuted():
    assert verdict(tuple(0.7 * one for one in ALIKE), 1.0) is Verdict.REFUTED
    assert verdict(tuple(1.1 * one for one in ALIKE), 1.0) is Verdict.REPRODUCED


def test_without_trials_there_is_no_claim_at_an_edge():
    assert reproduced([], 1).of == 0
