"""Measuring: the plan, the calibration, the rounds, what an interruption leaves; no process is started."""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

import scenarios
from gopatterns_cli import interrupts
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import rounds
from gopatterns_cli.measuring.drafting import QUICK_ROUNDS, draft
from gopatterns_cli.measuring.estimating import VALUE_S
from gopatterns_cli.measuring.looks import THREE, once
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.measuring.processes import HungError, LostRunError
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.session import COMPLETE, INTERRUPTED, RUNNING, Session, load
from gopatterns_cli.settling import settled

ALL = scenarios.find("all").scenarios
MOST_PROCESSES_A_QUICK_ROUND = 30  # METHOD, "What a run contains"


def plan(chosen=ALL, *, quick=False, count=None, seed=1, runtimes=None, no_go=""):
    return draft(
        chosen, quick=quick, rounds=count, seed=seed, runtimes=runtimes, no_go=no_go, operations_per_s=1e7
    )


def begun(path, drafted=None):
    return Session(
        path=path,
        started="2026-11-24T00:00:00.000001Z",
        group="claims",
        quick=False,
        status=RUNNING,
        plan=drafted or plan(count=3),
        machine={},
    )


class Fake:
    """A launcher that takes no time: what it was asked for, and the answers that are not the usual one."""

    def __init__(self, answers=()):
        self.orders = []
        self.answers = dict(answers)

    def __call__(self, order):
        self.orders.append(order)
        answer = self.answers.get(len(self.orders)) or self.answers.get(order.cell.name)
        if answer is not None:
            raise answer
        facts = {"gopat_cell": order.cell.name, "gopat_hashseed": order.hash_seed}
        return Run((0.003,) * order.values, (), facts)


def silent(session, done, cell):
    """Show no progress."""


# The plan


@pytest.mark.parametrize("quick", [True, False])
def test_every_round_has_every_arm_once(quick):
    drafted = plan(quick=quick)
    names = sorted(cell.name for cell in drafted.measured)
    assert drafted.looks == (once(QUICK_ROUNDS) if quick else THREE)
    assert len(drafted.orders) == drafted.rounds
    assert len(set(names)) == len(names)
    assert all(sorted(order) == names for order in drafted.orders)


def test_the_order_is_balanced_rounds_come_in_pairs_that_mirror_each_other():
    orders = plan().orders
    assert all(orders[i + 1] == orders[i][::-1] for i in range(0, len(orders), 2))
    assert len(set(orders)) == len(orders)


def test_the_same_seed_gives_the_same_plan_and_another_one_another():
    first, again, other = (plan(seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.orders != other.orders
    assert first.hash_seeds != other.hash_seeds


def test_a_plan_comes_back_from_its_json():
    drafted = plan()
    name = drafted.cells[0].name
    drafted = replace(drafted, loops={name: 2}, values={name: 3})
    assert Plan.from_json(drafted.to_json()) == drafted


def test_quick_measures_each_claim_on_its_home_runtime_and_few_processes_a_round():
    cells = plan(quick=True).cells
    assert len(cells) <= MOST_PROCESSES_A_QUICK_ROUND
    assert {(cell.arm, cell.runtime, cell.pool) for cell in cells} == {
        ("serial", None, None),
        ("gopat", "asyncio", "cold"),
        ("gopat", "threads", "cold"),  # the images' home
        ("ticker", "asyncio", "cold"),
        ("go-serial", None, None),
        ("go", None, "cold"),
        ("go-ticker", None, "cold"),
    }
    assert not [cell for cell in plan(quick=True, no_go="no Go here").cells if cell.is_go]


def test_quick_leaves_out_what_decides_no_claim_here_unless_it_is_all_that_was_asked_for():
    ladder = scenarios.find("pipeline-pays").scenarios
    assert "fan-out-cpu" not in {cell.scenario for cell in plan(quick=True).cells}
    assert plan(ladder, quick=True).cells


def test_a_job_that_computes_is_the_same_number_of_operations_in_every_arm():
    cells = [cell for cell in plan().cells if cell.job_kind == "cpu"]
    assert {cell.operations for cell in cells} == {50_000}
    assert {cell.is_go for cell in cells} == {False, True}


def test_a_limiter_lets_through_what_its_rate_says_in_that_time():
    found = {cell.rate: cell.count for cell in plan().cells if cell.scenario == "rate-limit"}
    assert found == {5: 4, 100: 31, 1_000: 301, 10_000: 1_001}


def test_the_full_plan_has_every_arm_on_every_runtime_cold_and_warm():
    found = {(cell.arm, cell.runtime, cell.pool) for cell in plan().cells if cell.scenario == "worker-pool"}
    go = {("go-serial", None, None), ("go", None, "cold")}
    assert found == go | {("serial", None, None)} | {
        (arm, runtime, pool)
        for arm, runtime in (*product(("native", "gopat"), ("asyncio", "threads")), ("gopat", "fibers"))
        for pool in ("cold", "warm")
    }


def test_every_claim_with_a_figure_has_a_cell_that_decides_it():
    cells = plan(quick=True).cells
    for scenario in ALL:
        for claim in scenario.claims:
            runtime, pool, workers = scenario.arms.home, claim.pool, claim.workers
            if claim.arm == "serial":
                runtime = pool = workers = None
            arm = "ticker" if claim.id == "summary/rate-limit" else claim.arm  # ours is not among the quick
            assert claim.id in plan(quick=True).out_of_reach or any(
                (cell.scenario, cell.arm, cell.runtime, cell.pool, cell.workers)
                == (scenario.stem, arm, runtime, pool, workers)
                for cell in cells
            )


def test_what_this_machine_cannot_show_is_decided_beforehand():
    assert set(plan().out_of_reach) == {"summary/fan-out"}


def test_the_time_expected_is_that_of_workers_and_of_values_whose_loops_were_doubled():
    """METHOD allows a quick session of the document's claims 90 s."""
    assert 60 < plan(quick=True).expected_s < 90


def test_a_plan_of_three_looks_tells_the_time_of_the_first_one_and_of_all():
    drafted = plan()
    assert drafted.first_s == plan(count=8).expected_s
    assert drafted.expected_s == plan(count=24).expected_s


def test_the_canary_is_the_first_of_our_arms_at_home_measured_twice():
    drafted = plan()
    assert drafted.canary is not None
    assert drafted.canary.name == f"{drafted.canary.twin.name}/again"
    homes = {scenario.stem: scenario.arms.home for scenario in ALL}
    ours = [cell for cell in drafted.cells if cell.arm == "gopat" and cell.runtime == homes[cell.scenario]]
    assert drafted.canary.twin == ours[0]
    assert drafted.canary not in drafted.cells


@pytest.mark.parametrize("name", ["best-at-cores", "oversubscription"])
def test_who_compares_many_looks_once(name):
    chosen = [one for one in scenarios.find("sweeps").scenarios if any(c.rule == name for c in one.claims)]
    assert len(plan(chosen).looks) == 1
    assert len(plan([*chosen, *ALL]).looks) == 1


# The calibration


def test_loops_are_calibrated_once_per_arm_and_frozen(tmp_path):
    drafted = plan(quick=True, count=2)
    launcher = Fake()
    rounds.carry_out(begun(tmp_path / "s.json", drafted), launcher, silent, settled)
    cells = len(drafted.cells)
    assert len(launcher.orders) == cells + drafted.rounds * (cells + 1)  # and the canary
    assert all(order.loops == 1 for order in launcher.orders[:cells])
    for order in launcher.orders[cells:]:
        assert order.loops * 0.003 >= VALUE_S > order.loops / 2 * 0.003


def test_a_function_that_hung_once_is_not_waited_for_again(tmp_path):
    drafted = plan(count=1)
    cells = [replace(cell, job_kind="python", function="m:f", inputs="m:i") for cell in drafted.cells[:4]]
    orders = (tuple(cell.name for cell in cells),)
    drafted = replace(drafted, cells=tuple(cells), orders=orders)
    launcher = Fake({1: HungError("hung: killed after 300 s")})
    with pytest.raises(Failure, match="hung: killed after 300 s"):
        rounds.carry_out(begun(tmp_path / "s.json", drafted), launcher, silent, settled)
    assert len(launcher.orders) == 1


def test_all_workers_of_a_round_share_one_hash_seed(tmp_path):
    drafted = plan(count=2)
    launcher = Fake()
    rounds.carry_out(begun(tmp_path / "s.json", drafted), launcher, silent, settled)
    seeds = [order.hash_seed for order in launcher.orders[len(drafted.cells) :]]
    assert Counter(seeds) == dict.fromkeys(drafted.hash_seeds, len(drafted.measured))


def test_a_session_without_any_arm_that_runs_is_a_failure_that_says_why(tmp_path):
    broken = Fake({cell.name: LostRunError("wrong answer: 3 where 4 is right") for cell in plan().cells})
    with pytest.raises(Failure, match=r"nothing could be measured: .*: wrong answer: 3 where 4 is right"):
        rounds.carry_out(begun(tmp_path / "s.json"), broken, silent, settled)


# Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_that_is_held_back_comes_when_the_block_is_left(number):
    reached = []
    with interrupts.heard():
        before = signal.getsignal(number)
        with pytest.raises(KeyboardInterrupt), interrupts.deferred():
            signal.raise_signal(number)
            reached.append("the end of the block")
        assert signal.getsignal(number) is before
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert reached == ["the end of the block"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_an_interrupt_is_held_back_without_anybody_hearing_sigterm():
    with pytest.raises(KeyboardInterrupt), interrupts.deferred():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_that_somebody_has_set_stays(monkeypatch):
    heard = []
    before = signal.signal(signal.SIGHUP, lambda number, frame: heard.append(number))
    try:
        with interrupts.heard(), interrupts.deferred():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert heard == [signal.SIGHUP]


# The rounds


def test_the_session_is_on_disk_before_the_first_measurement(tmp_path):
    path = tmp_path / "s.json"
    seen = []

    def launcher(order):
        seen.append(load(path))
        return Fake()(order)

    rounds.carry_out(begun(path), launcher, silent, settled)
    assert seen[0].plan.orders == plan(count=3).orders
    assert (seen[0].rounds_done, seen[0].status) == (0, RUNNING)


def test_every_round_is_on_disk_before_the_next_one(tmp_path):
    path = tmp_path / "s.json"
    cells, measured = len(plan().cells), len(plan().measured)
    done = []

    def launcher(order):
        done.append(load(path).rounds_done)
        return Fake()(order)

    session = rounds.carry_out(begun(path), launcher, silent, settled)
    assert done == [0] * cells + [0] * measured + [1] * measured + [2] * measured
    assert session.status == COMPLETE
    assert load(path) == session


def test_progress_is_told_before_each_worker_and_never_while_one_runs(tmp_path):
    events = []

    def launcher(order):
        events.append("worker")
        return Fake()(order)

    rounds.carry_out(
        begun(tmp_path / "s.json"),
        launcher,
        lambda session, done, cell: events.append("progress"),
        settled,
    )
    assert events == ["progress", "worker"] * (len(events) // 2)


@pytest.mark.parametrize("when", ["calibration", "first worker of a round", "last worker of a round"])
def test_an_interruption_loses_at_most_the_round_under_way_and_resume_goes_on(tmp_path, when):
    path, drafted = tmp_path / "s.json", plan(count=3)
    cells, measured = len(drafted.cells), len(drafted.measured)
    first, last = cells + measured + 1, cells + 2 * measured
    at = {"calibration": 5, "first worker of a round": first, "last worker of a round": last}
    with pytest.raises(KeyboardInterrupt):
        rounds.carry_out(begun(path, drafted), Fake({at[when]: KeyboardInterrupt()}), silent, settled)
    cut = load(path)
    assert (cut.status, cut.rounds_done) == (INTERRUPTED, 0 if when == "calibration" else 1)
    assert cut.plan.orders == drafted.orders

    again, statuses = Fake(), set()

    def launcher(order):
        statuses.add(load(path).status)
        return again(order)

    whole = rounds.carry_out(cut, launcher, silent, settled)
    assert statuses == {RUNNING}
    assert (whole.status, whole.rounds_done) == (COMPLETE, 3)
    assert len(again.orders) == (cells + 3 * measured if when == "calibration" else 2 * measured)
    assert Counter(run.cell for run in whole.runs) == {cell.name: 3 for cell in drafted.measured}
    assert [run.cell for run in whole.runs] == [name for order in drafted.orders for name in order]


def test_a_worker_that_is_lost_costs_one_cell_of_one_round(tmp_path):
    drafted = plan(count=3)
    cells = len(drafted.cells)
    launcher = Fake({cells + 2: LostRunError("hung: killed after 60 s")})
    session = rounds.carry_out(begun(tmp_path / "s.json", drafted), launcher, silent, settled)
    name = drafted.orders[0][1]
    assert [(loss.round, loss.cell, loss.why) for loss in session.lost] == [
        (1, name, "hung: killed after 60 s")
    ]
    assert set(session.seconds(name)) == {2, 3}
    assert len(session.runs) == 3 * len(drafted.measured) - 1
    assert load(session.path).lost == session.lost


def test_an_arm_that_cannot_be_calibrated_is_left_out_of_every_round(tmp_path):
    drafted = plan(count=2)
    name = drafted.cells[3].name
    launcher = Fake({name: LostRunError("wrong answer")})
    session = rounds.carry_out(begun(tmp_path / "s.json", drafted), launcher, silent, settled)
    assert [(loss.round, loss.cell) for loss in session.lost] == [(0, name)]
    assert session.seconds(name) == {}
    assert len(session.runs) == 2 * (len(drafted.measured) - 1)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_full_disk_leaves_the_rounds_before_and_is_one_line(tmp_path, monkeypatch, number):
    path, drafted = tmp_path / "s.json", plan(count=3)
    writes = []

    def fsync(descriptor):
        writes.append(descriptor)
        if len(writes) == 4:  # the plan, the calibration, round 1, and then the disk is full
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Failure, match=rf"cannot write .*s\.json: {os.strerror(number)}") as raised:
        rounds.carry_out(begun(path, drafted), Fake(), silent, settled)
    assert raised.value.exit_code == 1
    assert load(path).rounds_done == 1
    assert [file.name for file in tmp_path.iterdir()] == ["s.json"]
    assert rounds.carry_out(load(path), Fake(), silent, settled).status == COMPLETE
