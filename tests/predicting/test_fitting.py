"""Costs found from times: what the simulator was given comes out again, on every kind of runtime."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gopatterns_cli.predicting.benchmarks import benchmarks
from gopatterns_cli.predicting.fitting import fitted, simulated
from gopatterns_cli.predicting.standing import PREDICTED, standing_for

OPERATIONS_PER_S = 2e7
FIELDS = ("run_s", "operation_s", "spawn_s", "park_s", "rest_s", "sleep_s", "call_s", "reach_s", "worker_s")


def true_costs(runtime):
    costs = replace(
        standing_for(runtime, cores=2),
        run_s=200e-6, operation_s=0.5e-6, spawn_s=5e-6, park_s=4e-6, rest_s=2e-6, sleep_s=9e-6,
        late=((100e-6, 60e-6), (1e-3, 70e-6), (20e-3, 110e-6)), call_s=30e-6, reach_s=40e-6,
        worker_s=60e-6,
    )  # fmt: skip
    if runtime == "threads":
        return replace(costs, reach_s=0.0)
    return replace(costs, worker_s=4e-3, ready_s=50e-3, sharing=1.2) if costs.apart else costs


@pytest.mark.parametrize("runtime", PREDICTED)
def test_costs_come_out_of_the_times_that_they_make(runtime):
    true, form = true_costs(runtime), standing_for(runtime, cores=2)
    known = benchmarks(form)
    seconds = {one.name: simulated(one, true, OPERATIONS_PER_S) for one in known}
    found = fitted(form, known, seconds, OPERATIONS_PER_S)
    for one in known:
        assert simulated(one, found, OPERATIONS_PER_S) == pytest.approx(seconds[one.name], rel=0.02)
    for name in FIELDS:
        assert getattr(found, name) == pytest.approx(getattr(true, name), rel=0.1, abs=0.3e-6), name
    for (seconds_, late_s), (_, true_s) in zip(found.late, true.late, strict=True):
        assert late_s == pytest.approx(true_s, rel=0.1), seconds_


def test_a_time_that_the_others_explain_leaves_nothing_for_its_own_cost():
    form = standing_for("fibers")
    known = benchmarks(form)
    seconds = dict.fromkeys((one.name for one in known), 1e-9)
    found = fitted(form, known, seconds, OPERATIONS_PER_S)
    assert min(getattr(found, name) for name in FIELDS) >= 0.0
    assert found.sharing == 1.0


@pytest.mark.parametrize("runtime", PREDICTED)
def test_every_cost_is_told_by_a_benchmark_of_its_own(runtime):
    told = [one.cost for one in benchmarks(standing_for(runtime, cores=2))]
    assert len(told) == len(set(told))
    assert set(told) >= {*FIELDS, "late0", "late1", "late2"}
    assert ({"ready_s", "sharing"} <= set(told)) == (runtime == "processes")
