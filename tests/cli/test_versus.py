"""Two versions in one session: what changed, in which order, and how it ends. Nothing is measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from gopatterns_cli.canary import canary
from gopatterns_cli.changes import changes
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import rounds
from gopatterns_cli.measuring.drafting import draft_versions
from gopatterns_cli.measuring.looks import THREE, once
from gopatterns_cli.measuring.processes import HungError, LostRunError
from gopatterns_cli.session import COMPLETE, RUNNING, Session, load, newest
from gopatterns_cli.settling import settled
from gopatterns_cli.verdicts import Change
from gopatterns_cli.versus import versus

from synthetic import MACHINE, named
from versioned import BOTH, HUNDRED, PIPELINE, TEN, UNDECIDED, Timed, version


def drafted(*, versions=BOTH, quick=False, count=None, tolerance=0.05, stems=("worker-pool", "pipeline")):
    return draft_versions(
        [named(stem) for stem in stems],
        versions,
        quick=quick,
        rounds=count,
        seed=1,
        runtimes=None,
        tolerance=tolerance,
    )


def ran(path, launcher, plan=None):
    session = Session(
        path=path,
        started="2026-11-29T00:00:00.000001Z",
        group="versions",
        quick=False,
        status=RUNNING,
        plan=plan or drafted(),
        machine=MACHINE,
    )
    return rounds.carry_out(session, launcher, lambda *_: None, settled)


def found(session):
    return {change.cell.name: change.judgement.verdict for change in changes(session)}


def test_every_arm_of_ours_is_there_once_for_each_version_and_the_canary_is_of_the_base():
    plan = drafted()
    names = {cell.name for cell in plan.cells}
    assert names == {f"{name}/{label}" for name in (TEN, HUNDRED, PIPELINE) for label in ("base", "new")}
    assert plan.canary.name == f"{TEN}/base/again"
    assert plan.looks == THREE
    assert drafted(quick=True).looks == once(6)
    assert drafted(count=9).looks == once(9)
    assert all(sorted(order) == sorted(cell.name for cell in plan.measured) for order in plan.orders)


def test_a_plan_with_versions_comes_back_from_its_file(tmp_path):
    session = ran(tmp_path / "s.json", Timed())
    assert load(session.path) == session
    assert session.plan.versions == BOTH


def test_versions_are_measured_in_the_same_way_however_long_each_takes(tmp_path):
    launcher = Timed({TEN: 3.0})
    ran(tmp_path / "s.json", launcher)
    of_ten = [order for order in launcher.orders if order.cell.workers == 10]
    measured = {(order.cell.version, order.loops, order.values) for order in of_ten if order.loops > 1}
    assert {label for label, _, _ in measured} == {"base", "new"}
    assert len({(loops, values) for _, loops, values in measured}) == 1


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1.2, Change.REGRESSION), (0.8, Change.IMPROVED), (1.0, Change.SAME), (1.02, Change.SAME)],
)
def test_what_changed_is_judged_by_its_interval(tmp_path, factor, verdict):
    session = ran(tmp_path / "s.json", Timed({TEN: factor}))
    assert found(session) == {TEN: verdict, HUNDRED: Change.SAME, PIPELINE: Change.SAME}
    assert session.rounds_done == 8
    (change,) = (one for one in changes(session) if one.cell.name == TEN)
    assert (change.ratio.n, change.ratio.difference.level) == (8, 0.99)
    assert change.base_s == pytest.approx(0.03, rel=0.03)
    assert change.new_s == pytest.approx(0.03 * factor, rel=0.03)


def test_the_tolerance_is_that_of_the_plan(tmp_path):
    plan = drafted(tolerance=0.25)
    assert found(ran(tmp_path / "s.json", Timed({TEN: 1.2}), plan))[TEN] is not Change.REGRESSION


def test_a_pair_that_is_undecided_goes_on_alone_with_the_canary(tmp_path):
    session = ran(tmp_path / "s.json", Timed(**UNDECIDED))
    assert session.rounds_done == 24
    last = {run.cell for run in session.runs if run.round == 24}
    assert last == {f"{PIPELINE}/base", f"{PIPELINE}/new", f"{TEN}/base", f"{TEN}/base/again"}


def test_the_worst_comes_first(tmp_path):
    session = ran(tmp_path / "s.json", Timed({TEN: 0.8, HUNDRED: 1.3}))
    assert [change.cell.name for change in versus(session).changes] == [HUNDRED, TEN, PIPELINE]
    assert versus(session).tally == (("regression", 1), ("improved", 1), ("same", 1))


@pytest.mark.parametrize(
    ("launcher", "strict", "code"),
    [
        (Timed(), False, 0),
        (Timed({TEN: 0.7}), False, 0),
        (Timed({TEN: 1.3}), False, 3),
        (Timed(**UNDECIDED), False, 0),
        (Timed(**UNDECIDED), True, 4),
        (Timed({TEN: 1.3}, off=1.2), False, 4),
        (Timed(off=1.2), False, 0),
        (Timed(off=1.2), True, 4),
        (Timed(fails={f"{TEN}/new": "ImportError: no name"}), False, 1),
        (Timed(fails={f"{TEN}/base": "ImportError: no name"}), False, 0),
    ],
)
def test_how_it_ends(tmp_path, launcher, strict, code):
    outcome = versus(ran(tmp_path / "s.json", launcher), strict=strict).outcome
    assert outcome.code == code
    assert bool(outcome.reason) is bool(code)


def test_what_only_one_version_can_run_is_said_and_not_compared(tmp_path):
    session = ran(tmp_path / "s.json", Timed(fails={f"{TEN}/base": "ImportError: no name"}))
    (change,) = (one for one in changes(session) if one.cell.name == TEN)
    assert change.ratio is None
    assert change.judgement.reason == "no round measured both: base: ImportError: no name"
    assert f"{TEN} was not compared: base: ImportError: no name." in versus(session).notes


def test_with_a_canary_that_is_always_lost_the_session_goes_on_to_its_last_look(tmp_path):
    session = ran(tmp_path / "s.json", Timed(fails={f"{TEN}/base/again": "it fell over"}))
    assert versus(session).canary.ratio is None
    assert versus(session).canary.blind
    assert session.rounds_done == 24


def test_more_than_a_tenth_of_the_pairs_lost_is_no_verdict(tmp_path):
    class Losing(Timed):
        def __call__(self, order):
            pair = (order.cell.name, order.hash_seed)
            if pair in self.lose:
                raise LostRunError("hung: killed after 60 s")
            return super().__call__(order)

    plan = drafted(count=12)
    launcher = Losing({TEN: 1.3})
    launcher.lose = {(f"{TEN}/new", plan.hash_seeds[number]) for number in (3, 7)}
    session = ran(tmp_path / "s.json", launcher, plan)
    (change,) = (one for one in changes(session) if one.cell.name == TEN)
    assert change.judgement.verdict is Change.INCONCLUSIVE
    assert change.judgement.reason == "2 of 12 rounds lost, more than 10%: no verdict"


def test_nothing_that_both_ran_is_nothing_to_compare(tmp_path):
    fails = {f"{name}/base": "ImportError: no name" for name in (TEN, HUNDRED, PIPELINE)}
    with pytest.raises(Failure, match="nothing to compare: base: ImportError: no name") as raised:
        versus(ran(tmp_path / "s.json", Timed(fails=fails)))
    assert raised.value.exit_code == 5


def test_a_version_that_fails_everywhere_is_a_failure_of_the_code_and_shown(tmp_path):
    fails = {f"{name}/new": "ImportError: no name" for name in (TEN, HUNDRED, PIPELINE)}
    outcome = versus(ran(tmp_path / "s.json", Timed(fails=fails))).outcome
    assert outcome.code == 1
    assert f"{TEN} does not run: new: ImportError: no name" in outcome.reason


class Losing(Timed):
    """Loses what it is told to: the number of the worker of a cell, from 1, the calibration included."""

    def __init__(self, lose, *given, **how):
        super().__init__(*given, **how)
        self.lose, self.seen = lose, Counter()

    def __call__(self, order):
        self.seen[order.cell.name] += 1
        if self.seen[order.cell.name] in self.lose.get(order.cell.name, ()):
            raise LostRunError("killed")
        return super().__call__(order)


def test_one_crash_in_the_calibration_costs_nothing(tmp_path):
    lose = {f"{TEN}/new": {1}, f"{HUNDRED}/base": {1}}
    session = ran(tmp_path / "s.json", Losing(lose, {HUNDRED: 1.5}))
    assert session.lost == ()
    assert found(session)[HUNDRED] is Change.REGRESSION


def test_why_a_version_does_not_run_is_its_own_reason(tmp_path):
    lose = {f"{TEN}/new": {1, 2}, f"{TEN}/base": {3}}
    outcome = versus(ran(tmp_path / "s.json", Losing(lose))).outcome
    assert outcome.reason == f"{TEN} does not run: new: killed"
    assert outcome.code == 1


def test_a_hang_of_one_version_leaves_the_others_to_be_tried(tmp_path):
    three = tuple(version(label) for label in ("3.12.1", "3.13.0", "3.14.2"))
    plan = drafted(versions=three, stems=("worker-pool",))
    mine = [replace(cell, function="m:f") for cell in plan.cells]
    plan = replace(plan, cells=tuple(mine), canary=replace(plan.canary, function="m:f"))

    class Hanging(Timed):
        def __call__(self, order):
            if order.cell.version == "3.13.0":
                raise HungError("hung: killed after 300 s")
            return super().__call__(order)

    changed = changes(ran(tmp_path / "s.json", Hanging(), plan))
    assert {one.new for one in changed if one.ratio is not None} == {"3.14.2"}


def test_a_slow_function_has_the_time_that_it_was_calibrated_to(tmp_path):
    launcher = Timed({TEN: 1000.0})
    ran(tmp_path / "s.json", launcher, drafted(stems=("worker-pool",), count=6))
    slow = [order for order in launcher.orders if order.cell.name == f"{TEN}/new"]
    assert slow[-1].timeout_s > 5 * 30.0


# The canary beside versions


def test_a_canary_that_lost_a_round_is_looked_at_again_and_still_alarms(tmp_path):
    lose = {f"{TEN}/base/again": {3}}
    session = ran(tmp_path / "s.json", Losing(lose, {HUNDRED: 1.2}, off=1.3))
    assert session.rounds_done == 24
    assert versus(session).canary.alarms
    assert versus(session).outcome.code == 4


def test_a_canary_that_is_lost_too_often_takes_the_weight_from_a_regression(tmp_path):
    lose = {f"{TEN}/base/again": set(range(1, 20))}
    session = ran(tmp_path / "s.json", Losing(lose, {HUNDRED: 1.2}))
    assert session.rounds_done == 24
    assert versus(session).canary.blind
    outcome = versus(session).outcome
    assert outcome.code == 4
    assert outcome.reason.startswith(f"untrustworthy: {TEN}/base, measured twice, was lost too often")


def test_an_alarm_that_passes_keeps_the_session_going_to_its_last_look(tmp_path):
    class Passing(Timed):
        def __call__(self, order):
            self.off = 1.2 if len(self.orders) < 70 else 0.85
            return super().__call__(order)

    session = ran(tmp_path / "s.json", Passing())
    assert canary(session, upto=8).alarms
    assert not canary(session, upto=14).alarms
    assert session.rounds_done == 24


def test_where_the_canarys_arm_cannot_run_another_one_is_measured_twice(tmp_path):
    fails = {f"{TEN}/base": "no", f"{TEN}/new": "no"}
    session = ran(tmp_path / "s.json", Timed({PIPELINE: 1.3}, fails=fails))
    assert session.plan.canary.twin.name == f"{HUNDRED}/base"
    assert versus(session).canary.ratio.n == 8
    assert load(session.path) == session


def test_of_memory_and_time_it_is_time_that_the_canary_measures(tmp_path):
    plan = drafted(stems=("worker-pool-memory", "worker-pool"))
    assert plan.cells[0].is_memory
    assert not plan.canary.is_memory
    assert plan.canary.version == "base"


def test_three_versions_are_each_compared_with_the_first(tmp_path):
    three = (version("3.12"), version("3.13"), version("3.14"))
    session = ran(tmp_path / "s.json", Timed({TEN: 1.3}), drafted(versions=three, stems=("worker-pool",)))
    assert {(one.base, one.new) for one in changes(session)} == {("3.12", "3.13"), ("3.12", "3.14")}


def test_a_session_of_versions_is_not_taken_for_one_of_the_scenario(tmp_path):
    session = ran(tmp_path / "s.json", Timed())
    with pytest.raises(Failure, match="no session of 'worker-pool' here, only of versions"):
        newest(tmp_path, "worker-pool")
    assert newest(tmp_path, "versions") == session.path


def test_a_session_of_versions_is_complete(tmp_path):
    assert ran(tmp_path / "s.json", Timed()).status == COMPLETE
