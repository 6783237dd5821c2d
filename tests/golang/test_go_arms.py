"""The Go source is clean, tested and right, and every arm of it measures what it is asked to."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import scenarios
from gopatterns_cli import arms
from gopatterns_cli.measuring import golang
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.kinds import SEEDS
from gopatterns_cli.measuring.kinds.cpu import spin
from gopatterns_cli.measuring.processes import LostRunError, Order, launch
from gopatterns_cli.measuring.trace import PARTS

SHORT = 12
KNOWN = re.compile(r"^\t\{(\d+), (\d+), (\d+)\},$", re.MULTILINE)

pytestmark = pytest.mark.timeout(900)  # a first build of the standard library, twice for the races


@pytest.fixture(scope="module", autouse=True)
def go():
    """The Go that the arms are built with; without one there is nothing to test."""
    try:
        return golang.toolchain()
    except golang.NoGoError as error:
        pytest.skip(str(error))


@pytest.fixture
def run_go(go):
    def run(*arguments, **environment):
        return subprocess.run(
            [go.program, *arguments],
            cwd=golang.SOURCE,
            env={**golang._environment(), **environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def cells():
    """Every Go cell of the shipped scenarios, cut down to a few items; of those that are alike then one."""
    groups = ("all", "sweeps", "advice", "break-even")
    full = [
        cell
        for scenario in scenarios.find(*groups).scenarios
        for cell in cells_of(scenario, quick=False, runtimes=None, go=True)
        if cell.is_go
    ]
    short = [
        replace(
            cell,
            count=min(cell.count, SHORT),
            duration_s=min(cell.duration_s, 1e-4),
            rate=cell.rate and 10_000.0,
            operations=100 if cell.job_kind in {"cpu", "mixed"} else 0,
            workers=cell.workers and min(cell.workers, SHORT),
        )
        for cell in full
    ]
    alike = {replace(cell, scenario="", ladder=False, varied=()): cell for cell in reversed(short)}
    return sorted(alike.values(), key=lambda cell: cell.name)


def a_cell(**changes):
    return replace(Cell("s", "worker-pool", "go", None, "cold", 2, 0, "wait", 1e-4, SHORT), **changes)


def order(cell, **changes):
    return replace(Order(cell, loops=2, values=2, warmups=1, hash_seed=1, timeout_s=60), **changes)


# The source


def test_all_go_source_is_as_gofmt_writes_it(run_go, go, tmp_path):
    root = Path(run_go("env", "GOROOT").stdout.strip())
    beside = [root / "bin" / "gofmt", *root.glob("pkg/tool/*/gofmt")]
    gofmt = next((path for path in beside if path.exists()), None) or shutil.which("gofmt")
    if gofmt is None:  # a Go without it has its source
        gofmt = tmp_path / "gofmt"
        built = run_go("build", "-o", str(gofmt), "cmd/gofmt")
        if built.returncode:
            pytest.skip(f"{go.program} has no gofmt and cannot build it: {built.stderr.strip()[-200:]}")
    done = subprocess.run([gofmt, "-l", "-d", golang.SOURCE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_vet_finds_nothing(run_go):
    done = run_go("vet", "./...")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_go_tests_pass(run_go):
    done = run_go("test", "./...")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_go_tests_pass_and_no_race_is_found(run_go):
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler here, which the race detector takes")
    done = run_go("test", "-race", "./...", CGO_ENABLED="1", CC=compiler)
    if "-race is not supported" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_race_would_be_found(run_go, tmp_path):
    """The known-bad twin."""
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler here, which the race detector takes")
    tmp_path.joinpath("racy.go").write_text(
        """package main

func main() {
	count, done := 0, make(chan struct{})
	go func() { count++; close(done) }()
	count++
	<-done
	println(count)
}
""",
        encoding="utf-8",
    )
    done = run_go("run", "-race", str(tmp_path / "racy.go"), CGO_ENABLED="1", CC=compiler)
    if "-race is not supported" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert "DATA RACE" in done.stderr


def test_every_package_that_is_measured_has_tests():
    folders = {path.parent for path in golang.SOURCE.rglob("*.go")}
    assert len(folders) > len(scenarios.find("all").scenarios)
    assert [folder.name for folder in folders if not list(folder.glob("*_test.go"))] == []


def test_a_change_of_the_source_makes_another_worker_and_one_of_its_tests_does_not(monkeypatch, tmp_path):
    copy = tmp_path / "arms"
    shutil.copytree(golang.SOURCE, copy)
    monkeypatch.setattr(golang, "SOURCE", copy)
    before = golang._digest()
    copy.joinpath("jobs_test.go").write_text("package main\n", encoding="utf-8")
    assert golang._digest() == before
    with copy.joinpath("jobs.go").open("a", encoding="utf-8") as file:
        file.write("// changed\n")
    assert golang._digest() != before


def test_nothing_is_written_into_the_source(go, run_go):
    """What is built lies in the user's cache."""
    before = {path: path.stat().st_mtime_ns for path in golang.SOURCE.rglob("*.go")}
    assert run_go("build", "-o", os.devnull, ".").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in golang.SOURCE.rglob("*.go")} == before
    assert not golang.SOURCE.joinpath("go.sum").exists()
    assert golang.SOURCE not in golang.worker().parents


# What its arms measure


@pytest.mark.parametrize("cell", cells(), ids=lambda cell: cell.name)
def test_every_go_arm_measures_what_it_is_asked_to(cell, go):
    run = launch(order(cell))
    assert len(run.values) == 2
    assert min(run.values) > 0
    assert run.metadata["go_version"] == go.version
    assert run.metadata["gopat_cell"] == cell.name
    if cell.pattern == "token-bucket":
        assert (run.job_s, run.budget) == (None, None)
        return
    if cell.duration_s:
        assert run.job_s >= cell.sleep_s
    parts = run.budget
    assert sum(parts[part] for part in PARTS) == pytest.approx(parts["whole_s"], rel=1e-3)


def test_there_are_go_cells_of_every_pattern_that_is_measured():
    found = {(cell.pattern, cell.arm) for cell in cells()}
    patterns = {cell.pattern for cell in cells()}
    assert patterns == {"combination", "fan-out-fan-in", "pipeline", "token-bucket", "worker-pool"}
    assert all(arms.is_measured(pattern) for pattern in patterns)
    assert {(pattern, "go") for pattern in patterns} <= found


def test_jobs_that_fetch_a_page_are_answered_by_the_site():
    run = launch(order(a_cell(job_kind="http", duration_s=0.0)))
    assert run.job_s > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pattern": "semaphore"}, 'there is no Go for "semaphore"'),
        ({"job_kind": "python"}, 'there is no Go for jobs of the kind "python"'),
        ({"workers": 0}, "the cell has no workers"),
        ({"count": 0}, "the cell has no jobs"),
        ({"pattern": "token-bucket", "rate": None}, "the cell has no rate"),
    ],
)
def test_what_go_cannot_measure_is_one_line(changes, message):
    with pytest.raises(LostRunError) as raised:
        launch(order(a_cell(**changes)))
    assert str(raised.value) == message


def test_a_cell_that_is_no_json_is_one_line():
    done = subprocess.run(
        [golang.worker(), "--cell", "{"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith("the cell cannot be read: ")


def test_a_go_arm_that_hangs_is_killed():
    with pytest.raises(LostRunError, match="hung: killed after 1 s"):
        launch(order(a_cell(duration_s=3_600.0), timeout_s=1))


def test_the_worker_ends_with_the_end_of_its_standard_input():
    """Which is how it learns that whoever started it was killed."""
    cell = a_cell(duration_s=3_600.0)
    given = json.dumps({**cell.to_json(), "sleep_s": cell.sleep_s, "port": 0})
    with subprocess.Popen([golang.worker(), "--hold", "--cell", given], stdin=subprocess.PIPE) as worker:
        assert worker.poll() is None
        worker.stdin.close()
        assert worker.wait(timeout=30) == 1


# The same work in both languages


def known():
    text = golang.SOURCE.joinpath("jobs_test.go").read_text(encoding="utf-8")
    return [tuple(map(int, row)) for row in KNOWN.findall(text)]


def test_computing_gives_the_same_answers_in_python_as_in_go():
    """`go test` finds the constants; here Python finds them."""
    assert len(known()) >= 10
    assert {item % SEEDS for _, item, _ in known()} > {0, 7}
    assert [spin(operations, item) for operations, item, _ in known()] == [answer for *_, answer in known()]


def test_a_wrong_answer_of_a_go_arm_is_caught(run_go, tmp_path, monkeypatch):
    """The known-bad twin: a worker whose loop computes something else than the check expects."""
    copy = tmp_path / "arms"
    shutil.copytree(golang.SOURCE, copy)
    pool = copy / "worker_pool" / "worker_pool.go"
    text = pool.read_text(encoding="utf-8")
    assert text.count("collected = append(collected, result)") == 1
    twice = text.replace(
        "collected = append(collected, result)", "collected = append(collected, result, result)"
    )
    pool.write_text(twice, encoding="utf-8")
    program = tmp_path / "worker"
    built = run_go("build", "-C", str(copy), "-o", str(program), ".")
    assert built.returncode == 0, built.stderr
    monkeypatch.setattr(golang, "worker", lambda: program)
    with pytest.raises(LostRunError, match=r"^wrong answer: 24 results, 12 are right$"):
        launch(order(a_cell()))


def test_go_test_measures_the_documents_own_workloads():
    """What tests/golang/agreement.py sets beside the arms is the same work."""
    text = golang.SOURCE.joinpath("bench_test.go").read_text(encoding="utf-8")
    folder = Path(scenarios.__file__).parent / "claims"
    for name, constants in {
        "worker-pool": "poolJobs, poolJob, poolBuffer",
        "fan-out": "fanItems, fanItem, fanBuffer",
        "pipeline": "pipelineNumbers, pipelineBuffer",
    }.items():
        (values,) = re.findall(rf"^\t{constants} += (.*)$", text, re.MULTILINE)
        written = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        count, duration, buffer = (
            written["job"]["count"], written["job"]["duration"], written["arms"]["buffer"]
        )  # fmt: skip
        waits = {"1ms": "time.Millisecond", "100us": "100 * time.Microsecond", "0us": None}[duration]
        expected = [f"{count:_}" if count >= 1_000 else str(count), waits, f"{buffer:_}" if buffer else "0"]
        assert values == ", ".join(part for part in expected if part)
