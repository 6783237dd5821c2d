"""What operations cost: which cells are planned, the tables that `compare` draws of them, `bench` itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

import goldens
import pytest

import scenarios
from gopatterns_cli.comparison import compare
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import rounds
from gopatterns_cli.measuring.drafting import draft
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.overhead import peers
from gopatterns_cli.overhead.operations import OPERATIONS
from gopatterns_cli.session import load
from scenarios.model import OPERATIONS as NAMES

from synthetic import COSTS, session, written

GROUP = scenarios.find("overhead").scenarios


def planned(*targets, quick=False, runtimes=None, no_go=""):
    found = scenarios.find(*targets).scenarios
    return draft(found, quick=quick, rounds=None, seed=7, runtimes=runtimes, no_go=no_go)


def test_every_operation_has_a_scenario_and_every_scenario_an_operation():
    assert sorted(scenario.job.operation for scenario in GROUP) == sorted(NAMES) == sorted(OPERATIONS)


@pytest.mark.parametrize("scenario", GROUP, ids=lambda scenario: scenario.stem)
def test_the_peers_of_a_quick_session_exist_and_do_the_operation(scenario):
    function = OPERATIONS[scenario.job.operation].function
    assert len(scenario.arms.best) >= 2
    assert [name for name in scenario.arms.best if function not in peers.about(name).names] == []


def test_a_full_plan_has_ours_on_every_runtime_go_and_every_peer_that_is_here():
    cells = planned("buffered").cells
    pinned = {("gopat", "threads", True)} if sys.platform == "linux" else set()
    assert {(cell.arm, cell.runtime, cell.pin) for cell in cells if cell.arm != "peer"} == pinned | {
        ("go", None, False),
        *(("gopat", name, False) for name in ("fibers", "asyncio", "threads")),
    }
    able = {name for name in peers.names() if "buffered" in peers.about(name).names}
    here = {name for name in able if peers.missing(name) is None}
    assert {cell.runtime for cell in cells if cell.arm == "peer"} == here >= {"asyncio-queue", "queue-queue"}
    lacking = planned("buffered").not_here
    assert len(lacking) == len(able - here)
    assert all("pip install" in line for line in lacking)


def test_a_quick_plan_has_three_peers_at_most_and_the_middle_of_a_ladder_cold():
    cells = planned("pool-wait", quick=True).cells
    assert {(cell.workers, cell.pool) for cell in cells} == {(100, "cold")}
    named = [cell.runtime for cell in cells if cell.arm == "peer"]
    assert 1 <= len(named) <= 3
    assert set(named) <= set(scenarios.find("pool-wait").scenarios[0].arms.best)


def test_a_quick_plan_of_several_has_no_memory_and_one_of_it_alone_has():
    assert not any(cell.is_memory for cell in planned("overhead", quick=True).cells)
    assert all(cell.is_memory for cell in planned("task-memory", quick=True).cells)


def test_a_quick_limiter_is_watched_for_a_shorter_time():
    (full,) = {cell.count for cell in planned("limiter").cells if cell.rate == 1_000}
    (quick,) = {cell.count for cell in planned("limiter", quick=True).cells}
    assert (full, quick) == (1_001, 301)


def test_a_session_of_operations_has_six_rounds():
    assert planned("overhead").rounds == 6


def test_without_go_ours_at_home_is_what_the_others_are_set_against(tmp_path):
    truth = replace(COSTS, go=False, names=("buffered",))
    (table,) = compare(session(tmp_path / "s.json", truth)).costs
    assert table.reference == "buffered/gopat/fibers/cold"


def test_a_peer_that_does_not_exist_is_refused_with_a_near_match():
    (scenario,) = scenarios.find("buffered").scenarios
    wrong = replace(scenario, arms=replace(scenario.arms, best=("gevnt",)))
    with pytest.raises(Failure, match=r"arms\.best: found 'gevnt', allowed .*did you mean gevent"):
        draft([wrong], quick=True, rounds=None, seed=1, runtimes=None)


def test_the_tables_are_sorted_and_set_against_go(tmp_path):
    comparison = compare(session(tmp_path / "s.json", COSTS))
    buffered = comparison.costs[0]
    assert [row.cell.arm for row in buffered.rows][:2] == ["go", "gopat"]
    assert buffered.reference == "buffered/go/cold"
    assert buffered.best_peer == "buffered/peer/asyncio-queue/cold"
    fibers = buffered.rows[1]
    assert fibers.ratio.estimate == pytest.approx(4, rel=0.1)
    assert (fibers.peer, fibers.over_peer.estimate) == ("asyncio-queue", pytest.approx(0.8, rel=0.1))
    threads = next(row for row in buffered.rows if row.cell.runtime == "threads")
    assert (threads.peer, threads.over_peer.estimate) == ("queue-queue", pytest.approx(0.42, rel=0.1))


def test_fewer_items_are_a_mark_and_do_not_make_an_arm_quicker(tmp_path):
    made = session(tmp_path / "s.json", replace(COSTS, names=("buffered",)))
    name = "buffered/peer/queue-queue/cold"
    halved = [
        replace(run, values=tuple(value / 2 for value in run.values)) if run.cell == name else run
        for run in made.runs
    ]
    made = replace(made, runs=tuple(halved), plan=replace(made.plan, counts={name: 50_000}))
    row = next(row for row in compare(made).costs[0].rows if row.cell.name == name)
    assert (row.items, row.scaled) == (50_000, True)
    assert row.item_s == pytest.approx(1.2e-6, rel=0.1)
    assert row.ratio.estimate == pytest.approx(12, rel=0.1)


def test_memory_is_bytes_and_what_was_not_seen_to_grow_is_not_known(tmp_path):
    made = session(tmp_path / "s.json", replace(COSTS, names=("channel-memory",)))
    sizes = {"go": 100.0, "fibers": 2_500.0, "asyncio-queue": 1e-4}
    runs = [
        replace(run, values=(sizes.get(run.cell.split("/")[2] if "/go/" not in run.cell else "go", 3_000.0),))
        for run in made.runs
    ]
    (table,) = compare(replace(made, runs=tuple(runs))).costs
    found = {row.cell.runtime or "go": row.item_s for row in table.rows}
    assert (found["go"], found["fibers"], found["asyncio-queue"]) == (100.0, 2_500.0, None)
    assert table.rows[1].ratio.estimate == pytest.approx(25)


def test_a_limiter_is_judged_by_its_rate_and_by_no_ratio(tmp_path):
    comparison = compare(session(tmp_path / "s.json", replace(COSTS, names=("limiter",))))
    assert [table.cell.rate for table in comparison.costs] == [10, 100, 1_000, 10_000, 100_000]
    assert comparison.standings == ()
    row = comparison.costs[2].rows[0]
    assert row.measured.speedup.estimate == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_what_compare_prints_of_operations(gopat, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    written(Path("results") / "s.json", COSTS)
    code, out, _ = gopat("compare", "overhead")
    assert code == 0
    assert max(map(len, out.splitlines())) <= columns
    goldens.check(f"compare-overhead-{columns}.txt", out)


def test_json_has_every_row_with_its_ratio_and_what_a_peer_lacks(gopat):
    written(Path("results") / "s.json", COSTS)
    _, out, _ = gopat("compare", "overhead", "--json")
    data = json.loads(out)
    rows = {row["name"]: row for row in data["costs"][0]["rows"]}
    assert rows["buffered/peer/queue-queue/cold"]["lacks"].startswith("no close before 3.13")
    assert rows["buffered/gopat/fibers/cold"]["ratio"]["difference"]["low"] > 1
    assert {one["runtime"]: one["of"] for one in data["standings"]} == {
        "asyncio": 4,
        "fibers": 4,
        "threads": 4,
    }


def test_a_baseline_is_a_gate_for_operations_as_for_patterns(gopat):
    name = "buffered/gopat/fibers/cold"
    written(Path("results") / "old.json", replace(COSTS, seed=2))
    written(Path("results") / "new.json", replace(COSTS, slower={name: 1.5}))
    code, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json")
    assert code == 3
    assert out.splitlines()[-1].startswith(f"exit 3: regression: {name} takes 1.")
    assert out.startswith("against the baseline: 1 regression, ")
    assert "fibers: ahead of every peer in" in out


def test_what_could_hide_counts_every_row_once_and_no_limiter(tmp_path):
    comparison = compare(session(tmp_path / "s.json", COSTS))
    hides = [row.hides for table in comparison.costs for row in table.rows if row.cell.rate is None]
    known = [share for share in hides if share is not None]
    assert comparison.hidden.median == median(known)
    assert comparison.hidden.worst == max(known)


# Measuring


def measured(tmp_path, run_s, count):
    """Calibrate a session of one operation whose runs take so long."""
    drafted = replace(
        session(tmp_path / "s.json", replace(COSTS, names=("buffered",))), runs=(), rounds_done=0
    )
    drafted = replace(drafted, plan=replace(drafted.plan, loops={}, values={}, counts={}))
    orders = []

    def launcher(order):
        orders.append(order)
        if order.cell.runtime == "threads":
            raise LostRunError("it fell over")
        return Run(
            (run_s,) * order.values,
            (),
            {"gopat_cell": order.cell.name, "gopat_count": min(count, order.cell.count)},
        )

    done = rounds.carry_out(drafted, launcher, lambda *_: None, lambda _: ())
    return done, orders


def test_a_slow_arm_is_given_fewer_items_in_every_round(tmp_path):
    done, orders = measured(tmp_path, 0.5, 60_000)
    name = "buffered/gopat/fibers/cold"
    assert done.plan.counts[name] == 60_000
    assert {order.cell.count for order in orders if not order.most_s} == {60_000}  # none of the calibration
    assert load(done.path).plan.items(done.plan.cell(name)) == 60_000


def test_an_arm_that_takes_longer_than_it_may_is_cut_down(tmp_path):
    done, _ = measured(tmp_path, 8.0, 100_000)
    assert done.plan.counts["buffered/gopat/fibers/cold"] == 12_500


@pytest.mark.parametrize(
    ("item_s", "count", "asked"),
    [(1e-5, None, [2_000, 100_000]), (1.1e-5, None, [2_000, 100_000]), (1e-3, 1_000, [2_000])],
    ids=["keeps the rate", "nearly", "is far from it"],
)
def test_an_arm_that_is_far_from_its_rate_is_not_asked_for_all_requests(tmp_path, item_s, count, asked):
    drafted = session(tmp_path / "s.json", replace(COSTS, names=("limiter",)))
    cell = next(cell for cell in drafted.plan.cells if cell.rate is not None)
    plan = replace(drafted.plan, cells=(replace(cell, rate=100_000.0, count=100_000),), canary=None)
    plan = replace(plan, orders=(), looks=(1,), loops={}, values={}, counts={})
    orders = []

    def launcher(order):
        orders.append(order.cell.count)
        return Run((item_s * order.cell.count,) * order.values, (), {"gopat_count": order.cell.count})

    done = rounds._calibrated(replace(drafted, plan=plan, runs=(), rounds_done=0), launcher, lambda *_: None)
    assert orders == asked
    assert list(done.plan.counts.values()) == ([] if count is None else [count])


def test_an_arm_that_fails_is_a_row_that_says_why(tmp_path):
    done, _ = measured(tmp_path, 0.5, 100_000)
    (table,) = compare(done).costs
    failed = [row for row in table.rows if row.item_s is None]
    assert [(row.cell.runtime, row.measured.lost) for row in failed] == [("threads", ("it fell over",))]


@pytest.mark.timeout(120)
def test_bench_measures_an_operation_and_prints_its_table(gopat, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    path = Path("own.toml")
    path.write_text(
        'about = "One task."\npattern = "overhead"\n'
        'job = { kind = "operation", operation = "spawn", count = 50 }\n'
        '[arms]\nruntimes = ["fibers"]\nhome = "fibers"\nbest = ["asyncio-queue"]\n'
    )
    code, out, _ = gopat("bench", "own.toml", "--quick", "--no-go", "--rounds", "1")
    assert code == 0
    assert re.search(r"^  gopat fibers +[\d.]+ us ", out, re.MULTILINE)
    assert re.search(r"^  asyncio-queue +[\d.]+ us +[\d.]+x \(no interval\)", out, re.MULTILINE)


# What is printed, and where it cannot be


def run_compare(tmp_path, *options, stdout=subprocess.PIPE, **environment):
    written(tmp_path / "s.json", COSTS)
    names = ("COLUMNS", "FORCE_COLOR", "NO_COLOR")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, "-m", "gopatterns_cli", "compare", str(tmp_path / "s.json"), *options],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**inherited, **environment},
    )


@pytest.mark.parametrize(
    ("name", "value", "coloured"), [("FORCE_COLOR", "1", True), ("NO_COLOR", "1", False)]
)
def test_tables_of_costs_have_colour_where_it_is_wanted(tmp_path, name, value, coloured):
    done = run_compare(tmp_path, **{name: value})
    assert done.returncode == 0
    assert ("\x1b[" in done.stdout) is coloured


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_costs_on_a_full_disk_are_an_error_in_one_line(tmp_path, form):
    with Path("/dev/full").open("w") as full:
        done = run_compare(tmp_path, "--format", form, stdout=full)
    assert (done.returncode, done.stderr) == (1, "error: stdout: No space left on device\n")


def test_costs_for_a_pipe_that_is_closed_end_quietly(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = run_compare(tmp_path, stdout=closed)
    assert (done.returncode, done.stderr) == (0, "")
