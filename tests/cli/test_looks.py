"""Looks: what stops when, at which level, and how often that is wrong; the canary. Nothing is measured."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import pytest
from scipy import stats

from gopatterns_cli.canary import canary
from gopatterns_cli.comparison import compare
from gopatterns_cli.measured import measured
from gopatterns_cli.measuring import rounds
from gopatterns_cli.measuring.drafting import draft
from gopatterns_cli.measuring.looks import THREE, Look, once
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.session import COMPLETE, RUNNING, Session, load
from gopatterns_cli.settling import settled
from gopatterns_cli.statistics.ratio import paired
from gopatterns_cli.verdicts import Verdict, judge, judge_change

from synthetic import MACHINE, named, written

TEN = "worker-pool/gopat/asyncio/cold/workers=10"
HUNDRED = "worker-pool/gopat/asyncio/cold/workers=100"
SERIAL = "worker-pool/serial"


class Timed:
    """A launcher of known ratios to the serial arm, with noise; `off` multiplies the canary's time."""

    def __init__(self, noise=0.01, gains=(), off=1.0):
        self.noise, self.gains, self.off = noise, dict(gains), off
        self.drawn = random.Random(5)
        self.round = []

    def __call__(self, order):
        cell = order.cell
        gain = self.gains.get(cell.twin.name, 1.0 if cell.is_serial else float(cell.workers or 1))
        seconds = 1.2 / gain * math.exp(self.drawn.gauss(0, self.noise)) * (self.off if cell.again else 1.0)
        return Run((seconds,) * order.values, (), {"gopat_cell": cell.name, "gopat_hashseed": 1})


def begun(path, **changes):
    plan = draft(
        [named("worker-pool")], quick=False, rounds=None, seed=1, runtimes=("asyncio",), no_go="none"
    )
    made = Session(
        path=path,
        started="2026-11-29T00:00:00.000001Z",
        group="worker-pool",
        quick=False,
        status=RUNNING,
        plan=plan,
        machine=MACHINE,
    )
    return replace(made, **changes)


def ran(path, launcher, **changes):
    return rounds.carry_out(begun(path, **changes), launcher, lambda *_: None, settled)


def cells_in(session, number):
    return {run.cell for run in session.runs if run.round == number}


def speedup(session, name):
    return measured(session, session.plan.cell(name)).speedup


UNDECIDED = {HUNDRED: 96.7 / 1.10}
"""On the very edge of what the claim of 96.7x accepts."""


def test_the_three_looks_share_the_errors_of_one():
    assert [look.rounds for look in THREE] == [8, 14, 24]
    assert math.isclose(sum(1 - look.difference for look in THREE), 0.05)
    assert all(math.isclose(1 - look.equivalence, 2 * (1 - look.difference)) for look in THREE)
    assert once(12) == (Look(12, 0.95, 0.90),)


def test_a_session_whose_claims_are_decided_at_the_first_look_ends_there(tmp_path):
    session = ran(tmp_path / "s.json", Timed(gains={TEN: 9.9, HUNDRED: 96.0}))
    assert (session.status, session.rounds_done) == (COMPLETE, 8)
    assert session.stopped == {cell.name: 8 for cell in session.plan.cells}
    assert (speedup(session, TEN).n, speedup(session, TEN).difference.level) == (8, 0.99)
    assert load(session.path) == session


def test_who_is_undecided_goes_on_with_what_it_is_compared_with_and_the_canary(tmp_path):
    session = ran(tmp_path / "s.json", Timed(gains={TEN: 9.9, **UNDECIDED}))
    twins = {session.plan.canary.name, session.plan.canary.twin.name}
    assert session.rounds_done == 24
    assert cells_in(session, 8) == {cell.name for cell in session.plan.measured}
    assert cells_in(session, 9) == {HUNDRED, SERIAL} | twins
    assert TEN in session.stopped
    assert HUNDRED not in session.stopped
    assert SERIAL not in session.stopped
    found = speedup(session, HUNDRED)
    assert (found.n, found.difference.level, found.equivalence.level) == (24, 0.975, 0.95)


def test_what_a_look_has_settled_is_not_touched_by_rounds_that_come_after(tmp_path):
    """The canary's twin goes on being measured, but what was found of it stands as it was found."""
    session = ran(tmp_path / "s.json", Timed(gains={TEN: 9.9, **UNDECIDED}))
    assert session.plan.canary.twin.name == TEN
    assert len(session.seconds(TEN)) == 24
    assert speedup(session, TEN).n == 8
    assert canary(session).ratio.n == 24


@pytest.mark.parametrize(("done", "counted"), [(8, 8), (13, 8), (14, 14), (23, 14), (24, 24)])
def test_between_two_looks_the_earlier_one_is_what_is_known(tmp_path, done, counted):
    whole = ran(tmp_path / "s.json", Timed(gains={TEN: 9.9, **UNDECIDED}))
    cut = replace(whole, rounds_done=done, runs=tuple(run for run in whole.runs if run.round <= done))
    assert speedup(cut, HUNDRED).n == counted


def test_before_the_first_look_there_is_no_interval(tmp_path):
    whole = ran(tmp_path / "s.json", Timed())
    cut = replace(whole, rounds_done=7, stopped={}, runs=tuple(run for run in whole.runs if run.round <= 7))
    assert speedup(cut, TEN).difference is None
    assert speedup(cut, TEN).warnings == ("too few rounds for an interval: 7, and the first look is after 8",)
    (ten, *_) = compare(cut).claims
    assert ten.result.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("done", [7, 23])
def test_before_its_only_look_there_is_no_interval_either(tmp_path, done):
    """Whoever looks whenever he likes finds something."""
    plan = draft([named("worker-pool")], quick=False, rounds=24, seed=1, runtimes=("asyncio",), no_go="none")
    whole = ran(tmp_path / "s.json", Timed(), plan=plan)
    cut = replace(whole, rounds_done=done, runs=tuple(run for run in whole.runs if run.round <= done))
    assert speedup(whole, TEN).difference is not None
    assert speedup(cut, TEN).difference is None


def test_an_arm_that_was_lost_in_the_calibration_keeps_no_session_going(tmp_path):
    launcher = Timed(gains={TEN: 9.9, HUNDRED: 96.0})

    def losing(order):
        if order.cell.name == "worker-pool/native/asyncio/cold/workers=10":
            raise LostRunError("it fell over")
        return launcher(order)

    assert ran(tmp_path / "s.json", losing).rounds_done == 8


def test_a_session_that_was_interrupted_after_a_look_goes_on_with_what_is_left(tmp_path):
    launcher, path = Timed(gains={TEN: 9.9, **UNDECIDED}), tmp_path / "s.json"

    def interrupted(order):
        if load(path).rounds_done == 10:
            raise KeyboardInterrupt
        return launcher(order)

    with pytest.raises(KeyboardInterrupt):
        ran(path, interrupted)
    cut = load(path)
    assert cut.stopped[TEN] == 8
    whole = rounds.carry_out(cut, launcher, lambda *_: None, settled)
    assert whole.rounds_done == 24
    assert whole.stopped[TEN] == 8


def test_the_same_values_give_the_same_verdicts_again(tmp_path):
    first = ran(tmp_path / "one.json", Timed(noise=0.05))
    second = ran(tmp_path / "two.json", Timed(noise=0.05))
    assert (first.runs, first.stopped) == (second.runs, second.stopped)
    assert compare(first).claims == compare(replace(second, path=first.path)).claims


# The canary


def test_while_the_canary_alarms_nothing_stops(tmp_path):
    session = ran(tmp_path / "s.json", Timed(gains={TEN: 9.9, HUNDRED: 96.0}, off=1.04))
    assert session.rounds_done == 24
    assert session.stopped == {}
    assert canary(session).alarms


@pytest.mark.parametrize(
    ("off", "alarms"), [(1.02, False), (1 / 1.02, False), (1.03, True), (1 / 1.03, True)]
)
def test_the_canary_may_be_off_by_half_of_what_counts(tmp_path, off, alarms):
    session = ran(tmp_path / "s.json", Timed(noise=0.001, off=off))
    found = canary(session)
    assert not found.ratio.difference.low <= 1 <= found.ratio.difference.high
    assert found.alarms is alarms
    assert not canary(session, tolerance=0.10).alarms


def test_six_rounds_are_too_few_for_the_canary_to_alarm(tmp_path):
    plan = draft([named("worker-pool")], quick=True, rounds=None, seed=1, runtimes=None, no_go="none")
    session = ran(tmp_path / "s.json", Timed(off=2.0), plan=plan)
    assert canary(session).ratio.difference is None
    assert not canary(session).alarms


def test_a_canary_that_alarms_takes_the_weight_from_a_regression(tmp_path):
    before = ran(tmp_path / "old.json", Timed(gains={TEN: 9.9, HUNDRED: 96.0}))
    slower, sick = Timed(gains={TEN: 7.0, HUNDRED: 96.0}), Timed(gains={TEN: 7.0, HUNDRED: 96.0}, off=1.2)
    assert compare(ran(tmp_path / "new.json", slower), before).outcome.code == 3
    outcome = compare(ran(tmp_path / "sick.json", sick), before).outcome
    assert outcome.code == 4
    assert outcome.reason.startswith(f"untrustworthy: {TEN}, measured twice, differs from itself: 1.2")
    assert "regression" in outcome.reason


def test_a_canary_that_alarms_is_an_exit_code_of_its_own_only_when_strict(tmp_path):
    session = ran(tmp_path / "s.json", Timed(gains={TEN: 9.9, HUNDRED: 96.0}, off=1.2))
    assert compare(session).outcome.code == 0
    assert compare(session, strict=True).outcome.code == 4


def test_a_session_that_was_recorded_before_there_were_looks_is_read(tmp_path):
    path = written(tmp_path / "s.json", names=("worker-pool",))
    data = json.loads(path.read_text())
    plan = data["gopat"]["plan"]
    del plan["looks"], plan["first_s"], plan["canary"], data["gopat"]["stopped"]
    plan |= {"rounds": 12, "levels": [0.95, 0.9]}
    now = load(path)
    path.write_text(json.dumps({**data, "format": 1}))
    assert load(path) == now
    assert now.plan.looks == once(12)
    assert canary(now) is None


# How often it is wrong


def drawn_rounds(centre, spread, seed, trials):
    rng = random.Random(seed)
    for _ in range(trials):
        yield [math.exp(centre + rng.gauss(0, spread)) for _ in range(THREE[-1].rounds)]


def first_decided(values, decide):
    """What is found at the look that decides, None when none does."""
    for look in THREE:
        seen = values[: look.rounds]
        found = decide(paired(seen, [1.0] * len(seen), look.levels))
        if found is not None:
            return found
    return None


def rate(found, wanted):
    return sum(one == wanted for one in found) / len(found)


TRIALS = 3_000
SLACK = 3 * math.sqrt(0.05 * 0.95 / TRIALS)
"""Three standard errors of a rate of 5 %."""


def differs(ratio):
    return None if ratio.difference.low <= 1 <= ratio.difference.high else "differs"


def test_identical_code_is_called_different_in_at_most_one_of_twenty_sessions_of_three_looks():
    found = [first_decided(values, differs) for values in drawn_rounds(0.0, 0.05, 1, TRIALS)]
    assert 0.02 < rate(found, "differs") <= 0.05 + SLACK


def test_scipys_own_test_at_the_same_looks_is_wrong_as_often():
    """The same decisions from p-values that somebody else computed."""
    for values in drawn_rounds(0.0, 0.05, 2, 200):
        theirs = None
        for look in THREE:
            logs = [math.log(value) for value in values[: look.rounds]]
            if stats.wilcoxon(logs, method="exact").pvalue <= 1 - look.difference:
                theirs = "differs"
                break
        assert first_decided(values, differs) == theirs


def test_a_ratio_on_the_edge_of_the_band_is_called_reproduced_in_at_most_one_of_twenty():
    low, high = 10 / 1.1, 10 * 1.1

    def decide(ratio):
        verdict = judge(ratio, low, high).verdict
        return None if verdict is Verdict.INCONCLUSIVE else verdict

    found = [first_decided(values, decide) for values in drawn_rounds(math.log(low), 0.05, 3, TRIALS)]
    assert 0.02 < rate(found, Verdict.REPRODUCED) <= 0.05 + SLACK
    assert rate(found, Verdict.REFUTED) <= 0.025 + SLACK


def test_a_slowdown_of_just_the_tolerance_is_called_a_regression_in_at_most_one_of_forty():
    def decide(ratio):
        change = judge_change(ratio, 0.05).verdict
        return None if change == "inconclusive" else change

    found = [first_decided(values, decide) for values in drawn_rounds(math.log(1.05), 0.05, 4, TRIALS)]
    assert rate(found, "regression") <= 0.025 + SLACK


def test_the_interval_of_the_look_that_stopped_covers_the_truth_as_often_as_it_says():
    truth = 1.04

    def decide(ratio):
        change = judge_change(ratio, 0.05).verdict
        stops = change != "inconclusive" or ratio.n == THREE[-1].rounds
        return (ratio.difference.low <= truth <= ratio.difference.high) if stops else None

    found = [first_decided(values, decide) for values in drawn_rounds(math.log(truth), 0.05, 6, TRIALS)]
    assert rate(found, wanted=True) >= 0.95 - SLACK
