"""One trial: the session of `compare --ref`, slowed in the new version alone. Nothing is measured."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from gopatterns_cli import worker
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import processes, timing
from gopatterns_cli.measuring.machine import cores
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.trials.live import tried
from gopatterns_cli.trials.wanted import Kind
from tests.trials.rigged import Loads, Rigged, twins_in

NULL = Kind(0.0, loaded=False)


def trial(folder, launcher, kind=NULL, load=None):
    with twins_in(folder)(print) as twins:
        return tried(kind, twins, launcher, load or Loads())


def test_a_null_job_is_one_comparison_and_its_canary(tmp_path):
    launcher = Rigged()
    found = trial(tmp_path, launcher)
    assert (found.verdict, found.code, found.alarm, found.rounds) == ("same", 0, False, 8)
    assert {order.cell.name.partition("/")[0] for order in launcher.orders} == {"identical"}
    assert len({order.cell.name for order in launcher.orders}) == 3
    assert (len(found.ratios), len(found.canary_ratios)) == (8, 8)
    assert found.workers == len(launcher.orders) == 2 + 8 * 3
    assert found.ratio.low < 1 < found.ratio.high
    assert list(tmp_path.iterdir()) == []


def test_workers_run_in_the_environment_of_their_version(tmp_path):
    launcher = Rigged()
    trial(tmp_path, launcher)
    assert {order.environment.python for order in launcher.orders} == {"python"}


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_only_workers_of_the_new_version_are_slowed(tmp_path, share):
    launcher = Rigged()
    found = trial(tmp_path, launcher, Kind(share, loaded=False))
    slowed = {(order.cell.version, order.slowed) for order in launcher.orders}
    assert slowed == {("base", 0.0), ("new", share)}
    assert found.ratio.estimate == pytest.approx(1 + share, rel=0.02)
    assert found.slowed == share


def test_a_slowdown_of_a_fifth_is_caught(tmp_path):
    found = trial(tmp_path, Rigged(), Kind(0.2, loaded=False))
    assert (found.verdict, found.code) == ("regression", 3)


def test_a_null_job_that_is_none_fails(tmp_path):
    """The known-bad twin: a trial can tell."""
    found = trial(tmp_path, Rigged(1.2))
    assert (found.verdict, found.code, found.slowed) == ("regression", 3, 0.0)


def test_a_canary_that_is_off_alarms_and_the_session_goes_to_its_last_look(tmp_path):
    found = trial(tmp_path, Rigged(off=1.2))
    assert (found.alarm, found.rounds, found.code) == (True, 24, 0)
    assert found.canary.estimate == pytest.approx(1.2, rel=0.02)


def test_a_canary_that_is_off_makes_a_regression_untrustworthy(tmp_path):
    assert trial(tmp_path, Rigged(1.2, off=1.2)).code == 4


@pytest.mark.parametrize("loaded", [False, True])
def test_a_loaded_trial_has_every_core_busy_once(tmp_path, loaded):
    load = Loads()
    assert trial(tmp_path, Rigged(), Kind(0.0, loaded=loaded), load).loaded is loaded
    assert load.asked == [cores()] * loaded


def test_what_was_timed_is_no_cost_of_the_session(tmp_path):
    """The rigged launcher takes no time at all, and says that it timed some."""
    assert trial(tmp_path, Rigged()).cost_s == 0.0


def test_every_trial_draws_its_own_orders(tmp_path):
    assert trial(tmp_path, Rigged()).seed != trial(tmp_path, Rigged()).seed


def test_where_nothing_runs_there_is_no_trial(tmp_path):
    def failing(order):
        raise LostRunError("it fell over")

    with pytest.raises(Failure, match=r"nothing could be measured: .*: it fell over"):
        trial(tmp_path, failing)
    assert list(tmp_path.iterdir()) == []


# Slowing


class Clock:
    """A clock that moves when it is slept by, and a little whenever it is read."""

    def __init__(self):
        self.now, self.slept = 100.0, []

    def perf_counter(self):
        self.now += 1e-6
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds * 1.0001  # sleeps end late


@pytest.mark.parametrize("share", [0.0001, 0.1, 0.2, 1.5])
@pytest.mark.parametrize("taken_s", [0.0, 0.0001, 0.025, 0.3])
def test_what_is_slowed_takes_longer_by_exactly_that_share(monkeypatch, share, taken_s):
    clock = Clock()
    monkeypatch.setattr(timing, "time", clock)
    longer = timing.slowed(lambda loops: loops * taken_s, share)
    start = clock.now
    found = longer(2)
    assert found == pytest.approx(2 * taken_s * (1 + share), abs=4e-6)
    assert found - 2 * taken_s == pytest.approx(clock.now - start, abs=4e-6)


def test_waiting_sleeps_rather_than_computes(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timing, "time", clock)
    timing.slowed(lambda loops: 0.1, 0.2)(1)
    assert sum(clock.slept) == pytest.approx(0.02 - timing.SPIN_S)


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_a_worker_slows_what_it_times_by_the_share_that_it_is_handed(tmp_path, monkeypatch, share):
    launcher = Rigged()
    trial(tmp_path, launcher)
    order = replace(launcher.orders[0], slowed=share)
    assert f"--slowed={share}" in processes._command(order, 0, 0)
    monkeypatch.setattr(timing, "time", Clock())
    timed = []
    runner = SimpleNamespace(bench_time_func=lambda name, function: timed.append(function(1)))
    told = worker._told(runner, order.cell, lambda loops: 0.1, SimpleNamespace(runs_before=1, slowed=share))
    assert [*timed, *told["warmups"]] == pytest.approx([0.1 * (1 + share)] * 2, abs=4e-6)


def test_time_really_passes():
    start = time.perf_counter()
    told = timing.slowed(lambda loops: 0.01, 1.0)(1)
    assert time.perf_counter() - start >= told - 0.01 >= 0.01
