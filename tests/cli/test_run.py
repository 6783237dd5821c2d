"""`gopat run`: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from gopatterns_cli.app import main
from patterns import catalogue
from patterns.runtimes import processes

from seams import AVAILABLE

KEYS = {
    "start_s", "elapsed_s", "ideal_s", "serial_s", "speedup", "efficiency", "peak_concurrency",
    "leaked_tasks", "abandoned_calls", "sampled",
}  # fmt: skip


def run_json(capsys, *arguments):
    assert main(["run", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("pattern", catalogue.names())
@pytest.mark.parametrize("runtime", AVAILABLE)
def test_json_has_every_figure_of_every_demo_on_every_runtime(capsys, pattern, runtime):
    quick = {"duration": "2ms", "rate": "500"}
    options = [option for option in catalogue.load(pattern).demo.options if option.name != "timeout"]
    short = [
        word
        for option in options
        if option.kind in quick
        for word in (f"--{option.name}", quick[option.kind])
    ]
    figures = run_json(capsys, pattern, "--runtime", runtime, *short)
    assert figures.keys() >= KEYS
    assert (figures["pattern"], figures["runtime"], figures["leaked_tasks"]) == (pattern, runtime, 0)
    assert (figures["start_s"] is not None) == (runtime == "processes")


def test_the_simulator_gives_the_ideal_exactly(capsys):
    figures = run_json(capsys, "worker-pool", "--workers", "10", "--runtime", "simulator")
    assert (figures["elapsed_s"], figures["ideal_s"], figures["serial_s"]) == (1.0, 1.0, 10.0)
    assert (figures["speedup"], figures["efficiency"], figures["peak_concurrency"]) == (10.0, 1.0, 10)


def test_the_documents_examples_are_the_defaults(capsys):
    for pattern, ideal_s, results in (
        ("worker-pool", 2.0, 10),
        ("pipeline", 0.0, 2),
        ("fan-out-fan-in", 4.0, 10),
    ):
        figures = run_json(capsys, pattern, "--runtime", "simulator")
        assert (figures["elapsed_s"], figures["ideal_s"], figures["results"]) == (ideal_s, ideal_s, results)


def test_a_speed_up_of_no_time_is_null(capsys):
    figures = run_json(capsys, "pipeline", "--runtime", "simulator")
    assert (figures["speedup"], figures["efficiency"]) == (None, None)


def test_the_same_seed_gives_the_same_trace_and_another_one_another(capsys):
    traces = [
        run_json(capsys, "worker-pool", "--runtime", "simulator", "--seed", seed)["trace"]
        for seed in ("1", "1", "2")
    ]
    assert traces[0] == traces[1] != traces[2]


def test_a_big_simulation_counts_every_job_in_virtual_time(capsys):
    figures = run_json(
        capsys,
        "worker-pool",
        "--runtime",
        "simulator",
        "--jobs",
        "20_000",
        "--workers",
        "2_000",
        "--latency",
        "1s",
    )
    assert (figures["elapsed_s"], figures["results"], figures["peak_concurrency"]) == (10.0, 20_000, 2_000)


def test_piped_output_has_a_line_per_job_and_a_summary(capsys):
    assert main(["run", "worker-pool", "--runtime", "simulator"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "worker-pool on simulator: 10 jobs of 1s, 5 workers"
    assert sum(line.endswith("done") for line in lines) == 10
    assert "elapsed            2.000 s  virtual time, seed 0" in lines
    assert "speed-up             5.00x  serial / elapsed" in lines
    assert "leaked tasks             0" in lines
    assert not any("\x1b" in line for line in lines)


def test_many_jobs_are_summed_up_in_tenths(capsys):
    assert main(["run", "worker-pool", "--runtime", "simulator", "--jobs", "1000", "--workers", "100"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.endswith("jobs done")]
    assert len(lines) == 10
    assert lines[-1].endswith("1_000 of 1_000 jobs done")


def test_jobs_of_a_pipeline_are_summed_up_as_jobs_and_not_as_steps(capsys):
    assert main(["run", "pipeline", "--runtime", "simulator", "--jobs", "100", "--latency", "1ms"]) == 0
    told = [
        line.split("s  ")[1] for line in capsys.readouterr().out.splitlines() if line.endswith("steps done")
    ]
    assert len(told) == 10
    assert told[-1] == "100 jobs, 300 of 300 steps done"
    assert all(int(line.split()[0]) <= int(line.split()[2]) / 3 for line in told)


@pytest.mark.parametrize(
    ("arguments", "per"),
    [
        (["worker-pool"], "5 workers"),
        (["worker-pool", "--workers", "1"], "1 worker"),
        (["semaphore"], "3 permits"),
        (["pipeline", "--latency", "1s"], "3 stages"),
    ],
)
def test_an_efficiency_says_what_it_is_per(capsys, arguments, per):
    assert main(["run", *arguments, "--runtime", "simulator"]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("efficiency"))
    assert line.endswith(f"speed-up / {per}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workers", "0"], '--workers: found "0", allowed a whole number from 1'),
        (["--workers", "-1"], '--workers: found "-1", allowed'),
        (["--workers", "1e9"], '--workers: found "1e9", allowed'),
        (["--workers", "abc"], '--workers: found "abc", allowed'),
        (["--latency", "1", "parsec"], '--latency: found "1", allowed a number with its unit'),
        (["--latency", "1parsec"], '--latency: found "1parsec", allowed a number with its unit'),
        (["--workers", "100_001"], "--workers: found 100_001, allowed at most 100_000 on asyncio here"),
        (["--workers", "1_000_001", "--runtime", "simulator"], "allowed a whole number from 1 to 1_000_000"),
        (["--workers", "1_000_000", "--runtime", "threads"], "on threads here"),
        (["--stages", "3"], "--stages: found an option that worker-pool does not take, allowed --workers"),
        (["--runtime", "thread"], "did you mean threads?"),
        (["--wrokers", "3"], "did you mean --workers?"),
    ],
)
def test_bad_options_are_one_line_and_exit_2(capsys, arguments, message):
    assert main(["run", "worker-pool", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert message in error


def test_an_unknown_pattern_has_a_near_match(capsys):
    assert main(["run", "worker-pol"]) == 2
    assert "did you mean worker-pool?" in capsys.readouterr().err


@pytest.mark.parametrize("runtime", ["asyncio", "threads"])
def test_ctrl_c_exits_130_without_a_traceback(runtime):
    process = subprocess.Popen(
        [sys.executable, "-m", "gopatterns_cli", "run", "worker-pool", "--jobs", "999", "--runtime", runtime],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline().startswith("worker-pool on")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in error


def test_a_closed_pipe_is_quiet():
    done = subprocess.run(
        f"{sys.executable} -m gopatterns_cli run worker-pool --runtime simulator | head -1",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("worker-pool on simulator")
    assert done.stderr == ""


def test_forced_colour_into_a_pipe_is_not_redrawn():
    done = subprocess.run(
        [sys.executable, "-m", "gopatterns_cli", "run", "worker-pool", "--runtime", "simulator"],
        capture_output=True, text=True, check=True, env={**os.environ, "FORCE_COLOR": "1"},
    )  # fmt: skip
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in done.stdout.splitlines()]
    assert sum(line.endswith("done") for line in lines) == 10
    assert len(lines) == 1 + 10 + 8
    assert not any({"\x1b", "\r"} & set(line) for line in lines)


@pytest.mark.parametrize("name", ["buffered-results", "clean-up", "handle-cancel"])
def test_what_a_known_bad_twin_leaks_is_counted_and_named(capsys, name):
    assert main(["run", name, "--bad", "--runtime", "simulator"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (leaked,) = (line.split()[-1] for line in lines if line.startswith("leaked tasks"))
    assert int(leaked) >= 4
    assert sum("made at" in line for line in lines) >= 4


def test_a_demo_says_what_it_lacks_and_how_to_get_it(capsys, monkeypatch):
    monkeypatch.setattr("patterns.demo.find_spec", lambda module: None)
    assert main(["run", "image-batch"]) == 1
    err = capsys.readouterr().err
    assert err == (
        "error: image-batch: PIL is not installed: pip install 'gopat[image]'; or --runtime simulator\n"
    )
    assert main(["run", "image-batch", "--runtime", "simulator"]) == 0


@pytest.mark.parametrize("runtime", ["asyncio", "fibers", "threads", "processes"])
def test_sigquit_tells_what_every_task_waits_for_and_ends_nothing(runtime):
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gopatterns_cli",
            "run",
            "worker-pool",
            "--runtime",
            runtime,
            "--latency",
            "1s",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline().startswith("worker-pool on ")
    process.stdout.readline()  # the first job is done: all is under way
    os.killpg(process.pid, signal.SIGQUIT)  # as Ctrl-\ does: the worker processes get it, too
    _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    first, main_task, *workers = told.strip().splitlines()
    assert first.startswith(f"{runtime}: ")
    assert main_task.startswith("  main waits for ")
    waits = "call on <built-in function sleep>" if runtime == "processes" else "sleep"
    assert sum(f"waits for {waits}" in line and ", made at " in line for line in workers) >= 5


@pytest.mark.parametrize("pattern", ["/", ".", "a**b", "no-such-folder/*.jpg"])
def test_an_input_that_names_no_file_is_a_wrong_option(capsys, pattern):
    assert main(["run", "image-batch", "--runtime", "simulator", "--input", pattern]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("error: --input: "), err.count("\n")) == ("", True, 1)


def test_more_jobs_than_tasks_can_live_are_refused_where_each_is_a_task(capsys):
    assert main(["run", "semaphore", "--jobs", "100_001"]) == 2
    assert (
        capsys.readouterr().err == "error: --jobs: found 100_001, allowed at most 100_000 on asyncio here\n"
    )


def test_more_workers_than_worker_processes_are_told(capsys):
    most = processes.max_calls()
    assert (
        main(["run", "worker-pool", "--runtime", "processes", "--workers", str(most + 2), "--latency", "5ms"])
        == 0
    )
    out, err = capsys.readouterr()
    assert err == f"note: at most {most} worker processes here, 4 for each core\n"
    (peak,) = [line.split()[2] for line in out.splitlines() if line.startswith("peak concurrency")]
    assert int(peak) <= most


def test_a_simulation_can_be_slowed_down_and_gives_the_same(capsys):
    arguments = ["worker-pool", "--runtime", "simulator", "--latency", "1ms", "--seed", "3"]
    plain = run_json(capsys, *arguments)
    assert run_json(capsys, *arguments, "--speed", "0.1") == plain


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--speed", "0"], '--speed: found "0", allowed a number from 0.1 to 100'),
        (["--speed", "1000"], '--speed: found "1000", allowed a number from 0.1 to 100'),
        (["--speed", "2"], "--speed: found with asyncio, allowed with --runtime simulator"),
        (["--step"], "--step: found with asyncio, allowed with --runtime simulator"),
        (["--step", "--runtime", "simulator"], "--step: found no terminal"),
        (["--step", "--speed", "2", "--runtime", "simulator"], "--step: found with --speed, allowed one"),
        (["--trace", "/nowhere/t.json"], "--trace: found /nowhere/t.json, whose folder does not exist"),
        (["--trace", "/dev/null"], "--trace: found /dev/null, allowed a file"),
        (["--trace", "/"], "--trace: found /, allowed a file"),
    ],
)
def test_what_cannot_be_shown_or_kept_is_refused_before_anything_runs(capsys, arguments, message):
    assert main(["run", "worker-pool", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {message}")
    assert error.count("\n") == 1


@pytest.mark.parametrize("runtime", AVAILABLE)
def test_a_trace_has_every_job_of_the_run(capsys, tmp_path, runtime):
    place = tmp_path / "t.json"
    options = ["--runtime", runtime, "--latency", "2ms", "--trace", str(place)]
    run_json(capsys, "worker-pool", *options)
    events = json.loads(place.read_text())["traceEvents"]
    jobs = {event["name"] for event in events if event.get("cat") == "job"}
    assert jobs == {f"job {number}" for number in range(1, 11)}
    assert all(event["dur"] >= 0 for event in events if event["ph"] == "X")
    assert list(tmp_path.iterdir()) == [place]


def test_a_trace_that_finds_no_room_is_one_line(capsys, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    place = tmp_path / "t.json"
    assert main(["run", "worker-pool", "--runtime", "simulator", "--trace", str(place)]) == 1
    assert capsys.readouterr().err == f"error: {place}: No space left on device\n"
    assert list(tmp_path.iterdir()) == []
