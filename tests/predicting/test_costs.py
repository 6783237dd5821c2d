"""Costs of this machine: measured once, kept, looked at before they are believed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from itertools import count

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.predicting import costs, standing
from gopatterns_cli.predicting.benchmarks import benchmarks
from gopatterns_cli.predicting.costs import MachineCosts, known_costs, measured_costs
from gopatterns_cli.predicting.standing import standing_for
from patterns.runtimes import processes


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The file that costs are kept in; each measurement gives another speed."""
    speeds = count(1_000_000)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(
        costs,
        "_measured",
        lambda runtime: MachineCosts(standing_for(runtime), 1e-6, 1e-7, 2e-7, float(next(speeds)), 0.0),
    )
    return tmp_path / "cache" / "gopat" / "costs.json"


def speeds(runtime, times):
    return [measured_costs(runtime).operations_per_s for _ in range(times)]


def test_they_are_measured_once_for_each_runtime_and_it_is_told(kept):
    said = []
    for _ in range(3):
        for runtime in ("asyncio", "threads"):
            measured_costs(runtime, said.append)
    assert len(said) == 2
    assert "on asyncio, once" in said[0]
    assert "on threads, once" in said[1]
    assert known_costs("asyncio") == MachineCosts(standing_for("asyncio"), 1e-6, 1e-7, 2e-7, 1_000_000.0, 0.0)
    assert known_costs("fibers") is None


def changed(**changes):
    data = asdict(MachineCosts(standing_for("asyncio"), 1e-6, 1e-7, 2e-7, 5e6, 0.0))
    for name, value in changes.items():
        (data["costs"] if name in data["costs"] else data)[name] = value
    return json.dumps({"KEY": {"asyncio": data}})


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", "\0", '{"KEY": null}', '{"KEY": []}', '{"KEY": {"asyncio": 3}}',
     '{"KEY": {"asyncio": {}}}', changed(waiting_s="quick"), changed(operations_per_s=0), changed(park_s=-1),
     changed(busy=None), changed(park_s=float("nan")), changed(run_s=None), changed(runtime="threads"),
     changed(late=[]), changed(late=[[1e-4, 10**400]]), changed(most_calls=5),
     changed(late=[[1, 2, 3]]), changed(late=[[1e-3, 1e-5], [1e-4, 1e-5]]), changed(late=[[0, 1e-5]]),
     changed(sharing=0.5), changed(cores=0), changed(apart="yes"), changed(costs=[])],
)  # fmt: skip
def test_what_no_measurement_gave_is_measured_anew_and_mended(kept, damage):
    measured_costs("asyncio")
    (key,) = json.loads(kept.read_text())
    kept.write_text(damage.replace("KEY", json.dumps(key)[1:-1]), encoding="utf-8")
    assert speeds("asyncio", 2) == [1_000_001.0] * 2


def test_what_was_measured_beside_other_work_is_measured_again_when_there_is_none(kept, monkeypatch):
    idle = costs._measured
    monkeypatch.setattr(costs, "_measured", lambda runtime: replace(idle(runtime), busy=0.5))
    monkeypatch.setattr(costs, "_busy", lambda: 0.5)
    said = []
    assert measured_costs("asyncio", said.append).busy == 0.5
    assert "measured again when it is not" in said[-1]
    assert speeds("asyncio", 2) == [1_000_000.0] * 2
    monkeypatch.setattr(costs, "_busy", lambda: 0.0)
    monkeypatch.setattr(costs, "_measured", idle)
    assert speeds("asyncio", 2) == [1_000_001.0] * 2


def test_what_is_kept_of_other_machines_and_runtimes_stays(kept):
    measured_costs("asyncio")
    everything = {**json.loads(kept.read_text()), "another machine": 5}
    kept.write_text(json.dumps(everything), encoding="utf-8")
    measured_costs("threads")
    now_kept = json.loads(kept.read_text())
    assert now_kept["another machine"] == 5
    assert sorted(len(each) for name, each in now_kept.items() if name != "another machine") == [2]


def test_a_cache_that_cannot_be_written_does_no_harm(kept, tmp_path):
    tmp_path.joinpath("cache").write_text("a file", encoding="utf-8")
    assert speeds("asyncio", 2) == [1_000_000.0, 1_000_001.0]
    assert tmp_path.joinpath("cache").read_text(encoding="utf-8") == "a file"


def test_costs_for_another_quota_of_cores_are_measured_anew(kept, monkeypatch):
    measured_costs("processes")
    assert known_costs("processes") is not None
    monkeypatch.setattr(standing, "cores_at_once", lambda runtime: 64)
    assert known_costs("processes") is None


def test_as_many_worker_processes_as_the_runtime_has_are_simulated(monkeypatch):
    monkeypatch.setattr(
        standing, "cores_at_once", lambda runtime: 1
    )  # a quota, which the runtime does not ask
    assert standing_for("processes").most_calls == processes.max_calls()
    assert standing_for("processes", cores=64).most_calls == 256


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/nowhere/python"])
def test_costs_that_cannot_be_measured_are_one_line(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(Failure, match=r"^what operations cost on fibers cannot be measured: ") as raised:
        costs._measured("fibers")
    assert len(raised.value.message.splitlines()) == 1


def test_they_are_measured_in_processes_of_their_own(monkeypatch):
    monkeypatch.setattr(costs, "PROCESSES", 1)
    told = costs._told("fibers")
    assert told["seconds"].keys() == {one.name for one in benchmarks(standing_for("fibers"))}
    assert min(told["seconds"].values()) > 0
    found = costs._measured("fibers")
    assert found.costs.runtime == "fibers"
    assert MachineCosts.from_json(json.loads(json.dumps(asdict(found)))) == found
