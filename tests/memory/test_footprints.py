"""What is planned to be looked at, and what is made of it: classes, the document's marks, the tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import goldens
import pytest

import scenarios
from gopatterns_cli.comparison import compare
from gopatterns_cli.footprints import judged, memory_class
from gopatterns_cli.measuring.drafting import draft
from gopatterns_cli.memory import system
from gopatterns_cli.render import markdown
from patterns import runtimes
from scenarios.model import HELD

from synthetic import MEMORY, session, written

pytestmark = pytest.mark.usefixtures("counted")

GROUP = scenarios.find("memory").scenarios


def planned(*targets, quick=False, names=None, no_go=""):
    found = scenarios.find(*targets).scenarios
    return draft(found, quick=quick, rounds=None, seed=7, runtimes=names, no_go=no_go)


# The plan

IDLE_BY_HAND = ("managed-pool-memory", "pipeline-memory", "semaphore-memory", "error-collection-memory")


def test_every_pattern_that_holds_something_has_a_scenario_for_it():
    assert sorted((one.job.operation, one.pattern) for one in GROUP) == sorted(
        (held, pattern) for held, patterns in HELD.items() for pattern in patterns
    )


def test_ours_is_looked_at_on_every_runtime_with_a_real_clock_and_go_beside_it():
    for scenario in GROUP:
        cells = [cell for cell in planned(scenario.name).cells if cell.arm in {"gopat", "go"}]
        real = set(runtimes.names()) - {"simulator", *scenario.skip}
        assert {(cell.arm, cell.runtime) for cell in cells} == {
            ("go", None),
            *(("gopat", name) for name in real if runtimes.unavailable(name) is None),
        }


def test_the_hand_written_ones_are_looked_at_where_they_have_it():
    by_hand = {
        (scenario.stem, cell.runtime)
        for scenario in GROUP
        for cell in planned(scenario.name).cells
        if cell.arm == "native"
    }
    assert by_hand == {
        *(("worker-pool-memory", name) for name in ("asyncio", "threads", "processes")),
        *(("fan-out-memory", name) for name in ("asyncio", "threads", "processes")),
        *((name, "asyncio") for name in IDLE_BY_HAND),
        *((name, "threads") for name in IDLE_BY_HAND),
        ("worker-pool-item-memory", "threads"),
        *(("managed-pool-item-memory", name) for name in ("asyncio", "threads")),
        *(("pipeline-item-memory", name) for name in ("asyncio", "threads")),
    }


def test_a_quick_plan_leaves_those_out_and_has_the_same_rounds():
    assert {cell.arm for cell in planned("memory", quick=True).cells} == {"gopat", "go"}
    assert planned("memory").rounds == planned("memory", quick=True).rounds == 6


def test_there_are_fewer_threads_and_no_more_processes_than_a_machine_may_have():
    for cell in planned("worker-pool-memory").cells:
        if cell.runtime == "processes":
            assert 2 <= 2 * cell.count <= runtimes.load("processes").max_calls()
        else:
            assert cell.count == (1_000 if cell.runtime == "threads" else 3_000)


def test_no_more_are_held_than_a_runtime_may_have_at_once():
    (scenario,) = scenarios.find("worker-pool-memory").scenarios
    many = replace(scenario, job=replace(scenario.job, count=10_000_000))
    cells = draft([many], quick=False, rounds=None, seed=7, runtimes=None, no_go="not wanted").cells
    for cell in cells:
        assert 2 * cell.count <= runtimes.load(cell.runtime).max_tasks()


def test_only_the_runtimes_that_are_asked_for_are_looked_at():
    cells = planned("memory", names=["threads"], no_go="not wanted").cells
    assert {cell.runtime for cell in cells} == {"threads"}


# What is made of it


@pytest.mark.parametrize(
    ("taken", "size"),
    [(0.0, "low"), (4_095.9, "low"), (4_096, "medium"), (65_535, "medium"), (65_536, "high"), (1e9, "high")],
)
def test_the_classes_end_at_4_and_at_64_kilobytes(taken, size):
    assert memory_class(taken) == size


@pytest.mark.parametrize(
    ("rounds", "verdict"),
    [
        ([2_000] * 6, "reproduced"),
        ([5_000] * 6, "refuted"),
        ([4_000] * 5 + [4_200], "inconclusive"),
        ([2_000] * 5, "inconclusive"),
    ],
    ids=["in it", "beyond it", "on both sides", "too few"],
)
def test_a_mark_is_decided_where_all_of_six_rounds_agree(rounds, verdict):
    assert judged("low", rounds).verdict == verdict


def test_rounds_that_were_lost_are_not_lost_at_random():
    assert judged("low", [5_000] * 6, lost=6).verdict == "inconclusive"
    assert judged("low", [5_000] * 20, lost=1).verdict == "refuted"


def test_a_worker_is_set_beside_the_documents_mark_and_its_home_decides(tmp_path):
    comparison = compare(session(tmp_path / "s.json", MEMORY))
    found = {table.scenario: table for table in comparison.footprints}
    assert list(found) == [
        "pipeline-item-memory",
        "pipeline-memory",
        "semaphore-memory",
        "worker-pool-memory",
    ]
    pool, stages = found["worker-pool-memory"], found["pipeline-memory"]
    assert (pool.mark.memory, pool.judgement.verdict) == ("medium", "refuted")
    assert (stages.mark.memory, stages.judgement.verdict) == ("low", "reproduced")
    assert (found["semaphore-memory"].mark, found["pipeline-item-memory"].judgement) == (None, None)
    assert {row.cell.runtime: row.size for row in pool.rows if row.cell.arm == "gopat"} == {
        "fibers": "low",
        "asyncio": "low",
        "threads": "medium",
        "processes": "high",
    }
    assert [row.cell.name for row in pool.rows if row.decides] == ["worker-pool-memory/gopat/asyncio/cold"]


def test_rows_are_sorted_and_set_against_go(tmp_path):
    (table,) = compare(session(tmp_path / "s.json", replace(MEMORY, names=("semaphore-memory",)))).footprints
    taken = [row.taken for row in table.rows]
    assert taken == sorted(taken)
    threads = next(row for row in table.rows if (row.cell.arm, row.cell.runtime) == ("gopat", "threads"))
    assert threads.ratio.estimate == pytest.approx(16_500 / 2_700, rel=0.1)


def test_what_could_not_be_looked_at_is_a_row_that_says_why(tmp_path):
    name = "worker-pool-memory/gopat/asyncio/cold"
    lost = tuple((number, name) for number in range(1, 7))
    truth = replace(MEMORY, names=("worker-pool-memory",), lost=lost)
    (table,) = compare(session(tmp_path / "s.json", truth)).footprints
    assert table.rows[-1].taken is None
    assert table.judgement.verdict == "not measured"


def test_in_one_session_with_the_claims_memory_stands_in_the_summary(tmp_path):
    truth = replace(MEMORY, names=("worker-pool", "worker-pool-memory"), group="claims+memory")
    comparison = compare(session(tmp_path / "s.json", truth))
    (row,) = comparison.summary
    assert (row.memory, row.size) == ("medium", "low")
    assert row.taken == pytest.approx(2_900, rel=0.2)
    assert {table.scenario for table in comparison.tables} == {"claims/worker-pool"}
    assert any("PSS" in note for note in comparison.notes)


def test_a_system_without_pss_is_said_in_one_line(tmp_path):
    made = session(tmp_path / "s.json", MEMORY)
    runs = [replace(run, metadata={**run.metadata, "gopat_memory": "rss"}) for run in made.runs]
    notes = compare(replace(made, runs=tuple(runs))).notes
    assert [note for note in notes if note.endswith("this system has no /proc/PID/smaps_rollup.")]
    assert not [note for note in notes if "PSS" in note]


def test_a_baseline_is_a_gate_for_memory_as_for_times(gopat):
    name = "worker-pool-memory/gopat/fibers/cold"
    written(Path("results") / "old.json", replace(MEMORY, seed=2))
    written(Path("results") / "new.json", replace(MEMORY, slower={name: 1.5}))
    code, out, _ = gopat("compare", "results/new.json", "--baseline", "results/old.json")
    assert code == 3
    last = out.splitlines()[-1]
    assert last.startswith(f"exit 3: regression: {name} takes 1.")
    assert last.endswith("the memory of the baseline")


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_what_compare_prints_of_memory(gopat, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    written(Path("results") / "s.json", MEMORY)
    code, out, _ = gopat("compare", "memory")
    assert code == 0
    assert max(map(len, out.splitlines())) <= columns
    goldens.check(f"compare-memory-{columns}.txt", out)


def test_what_stands_in_a_readme_of_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    goldens.check("memory.md", markdown.memory(compare(session(Path("results/s.json"), MEMORY))))


def test_json_has_every_row_and_what_is_found_of_the_mark(gopat):
    written(Path("results") / "s.json", MEMORY)
    _, out, _ = gopat("compare", "memory", "--json")
    data = json.loads(out)
    tables = {table["scenario"]: table for table in data["footprints"]}
    assert tables["pipeline-memory"]["judgement"]["verdict"] == "reproduced"
    assert tables["semaphore-memory"]["judgement"] is None
    rows = {row["name"]: row for row in tables["pipeline-memory"]["rows"]}
    assert rows["pipeline-memory/gopat/asyncio/cold"]["verdict"] == "reproduced"
    assert rows["pipeline-memory/gopat/asyncio/cold"]["size"] == "low"
    assert data["complexity"]["worker-pool"][0]["arm"] == "gopat"


# Measuring


@pytest.mark.timeout(120)
def test_bench_looks_at_memory_and_prints_its_table(gopat, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    Path("own.toml").write_text(
        'about = "An idle worker."\npattern = "worker-pool"\n'
        'job = { kind = "memory", operation = "idle-worker", count = 500 }\n'
        '[arms]\nruntimes = ["fibers", "asyncio"]\nhome = "fibers"\n'
    )
    code, out, _ = gopat("bench", "own.toml", "--rounds", "2", "--no-go")
    assert code == 0
    assert "own/gopat/asyncio" not in out
    assert "gopat fibers" in out
    assert "native asyncio^" in out
    (path,) = Path("results").glob("*.json")
    metadata = json.loads(path.read_text())["metadata"]
    assert (metadata["gopat_memory"], metadata["unit"]) == (system.reading().kind, "byte")
