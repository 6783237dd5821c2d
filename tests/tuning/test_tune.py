"""`gopat tune` from its command line: what it asks, refuses, prints, writes, and how it ends."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import scenarios
from gopatterns_cli.app import main

ROOT = Path(__file__).parents[2]

WORK = """\
import asyncio
import os
import time

ITEMS = list(range(30))
ONE = [1]


def nap(number):
    time.sleep(0.02)
    return number * 2


async def picky_slowly(number):
    await asyncio.sleep(0.005)
    if number == 7:
        raise ValueError("no sevens")
    return number * 2


def trivial(number):
    return number + 1


def hangs(number):
    time.sleep(3_600)
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A user's module of a name of its own, in the working directory."""
    name = f"tuned_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(WORK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("COLUMNS", "110")
    yield name
    sys.modules.pop(name, None)


@pytest.fixture
def tune(work, capfd):
    """Tune a function of that module and return exit code, stdout and stderr."""

    def run(function, *options, inputs="ITEMS", budget="8s"):
        inputs = inputs if "." in inputs else f"{work}:{inputs}"
        code = main(["tune", f"{work}:{function}", "--inputs", inputs, "--budget", budget, *options])
        out, err = capfd.readouterr()
        return code, out, err

    return run


# What is refused, and what is asked


def refused(result, code, *messages):
    found, out, err = result
    assert (found, out) == (code, "")
    last = err.splitlines()[-1]
    assert last.startswith("error: ")
    for message in messages:
        assert message in last


def test_without_a_terminal_nothing_is_called_unless_it_was_agreed_to(tune):
    result = tune("nap")
    refused(result, 2, "--yes: found nothing, and no terminal to ask on; allowed --yes, which agrees")
    assert "calls it again and again" in " ".join(result[2].split())


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (["--budget", "1s"], ["--budget: found 1s, allowed from 5s"]),
        (["--budget", "60"], ["--budget: ", 'found "60"', "unit"]),
        (["--rate", "0"], ["--rate: found 0, allowed a number above 0"]),
        (["--max-memory", "500"], ["--max-memory: ", 'found "500"', "500MB"]),
        (["--max-workers", "1"], ["--max-workers: ", "from 2"]),
        (["--max-workers", "1_000_000"], ["--max-workers: ", "100_000"]),
        (["--scenario", "mine.json"], ["--scenario: found mine.json, allowed a name that ends in .toml"]),
    ],
)
def test_options_out_of_bounds_are_refused_before_anything_is_called(tune, options, messages):
    refused(tune("hangs", "--yes", *options), 2, *messages)


def test_a_scenario_that_is_there_is_not_written_over(tune, tmp_path):
    (tmp_path / "mine.toml").write_text("mine", encoding="utf-8")
    refused(tune("hangs", "--yes", "--scenario", "mine.toml"), 2, "which is there already")
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("parent", ["missing", "file"])
def test_a_scenario_in_a_folder_that_is_not_there_is_refused_before_anything_is_called(
    tune, tmp_path, parent
):
    (tmp_path / "file").touch()
    options = ("--yes", "--scenario", f"{parent}/mine.toml")
    refused(tune("hangs", *options), 2, "allowed a file in a folder that is there")
    assert not (tmp_path / "missing").exists()


def test_a_scenario_that_cannot_be_written_costs_no_result(tune, monkeypatch):
    from gopatterns_cli.tuning import scenario

    def full(path, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(scenario, "create", full)
    monkeypatch.setattr(scenario, "written", lambda tuned, target: ("", ""))
    monkeypatch.setattr(scenario, "_refusal", lambda text: "")
    code, out, err = tune("trivial", "--yes", "--json", "--scenario", "mine.toml", budget="5s")
    assert code == 1
    assert "mine.toml: it cannot be written" in json.loads(out)["left_out"]
    assert "error: --scenario: mine.toml cannot be written: No space left on device" in err


def test_more_workers_than_the_machine_has_threads_for_are_refused_with_the_limit(tune, monkeypatch):
    from patterns import runtimes

    monkeypatch.setattr(runtimes.load("threads"), "max_tasks", lambda: 500)
    refused(tune("nap", "--yes", "--max-workers", "501"), 2, "found 501, allowed at most 500 on threads here")


@pytest.mark.parametrize(
    ("function", "inputs", "code", "message"),
    [
        ("nap", "NOTHING", 2, "which is not there"),
        ("nap", "missing.txt", 2, "--inputs: found missing.txt, which is not there"),
        ("nap", "ONE", 2, "allowed 2 or more: one has nothing to run beside"),
        ("nope", "ITEMS", 2, 'TARGET: found "nope"'),
    ],
)
def test_what_cannot_be_tuned_is_one_line(tune, function, inputs, code, message):
    refused(tune(function, "--yes", inputs=inputs), code, message)


def test_a_target_without_a_function_is_refused(work, capfd):
    assert main(["tune", work, "--inputs", "x.txt", "--yes"]) == 2
    assert "allowed MODULE:FUNCTION or FILE.py:FUNCTION" in capfd.readouterr().err
    assert main(["tune", "no.py:nap", "--inputs", "x.txt", "--yes"]) == 2
    assert "no.py: there is no such file" in capfd.readouterr().err


def test_a_job_that_never_ends_is_a_time_out_that_says_what_it_was_doing(tune, work):
    refused(
        tune("hangs", "--yes", budget="5s"),
        124,
        f"running {work}:hangs on its first input took longer than 2.5 s",
    )


# What is found


def codes(out):
    """The texts between their headings, without the indent."""
    found, lines = [], out.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"with (patterns|the standard library alone) \(run over", line):
            taken = lines[number + 1 :]
            end = next(i for i, text in enumerate(taken) if text and not text.startswith("    "))
            found.append("\n".join(text[4:] for text in taken[:end]))
    return found


@pytest.mark.timeout(180)
def test_jobs_that_wait_pay_and_the_code_is_run_and_right(tune, work, tmp_path):
    options = ("--yes", "--scenario", "mine.toml", "--seed", "1", "--max-workers", "10")
    code, out, err = tune("nap", *options, budget="60s")
    assert code == 0, err
    first = " ".join(out.split("\n\n")[0].split())
    assert re.fullmatch(
        rf"{work}:nap over 30 inputs of {work}:ITEMS: .* workers on .* as fast as the .*", first
    )
    pasted = codes(out)
    assert len(pasted) == 2
    for text in pasted:
        (tmp_path / "pasted.py").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "pasted.py"],
            capture_output=True,
            text=True,
            check=True,
            timeout=50,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert sorted(map(int, done.stdout.split())) == [2 * number for number in range(30)]
    assert scenarios.check(tmp_path / "mine.toml") == ()
    scenario = scenarios.load(tmp_path / "mine.toml")
    (claim,) = scenario.claims
    assert claim.speedup > 1
    assert scenario.job.function == f"{work}:nap"


def test_a_trivial_function_has_no_pattern_that_pays_and_no_scenario(tune, tmp_path):
    code, out, _ = tune("trivial", "--yes", "--json", "--scenario", "mine.toml", budget="10s")
    found = json.loads(out)
    assert code == 0
    assert found["verdict"] in {"no pattern pays here", "not proved"}  # a busy machine has too few rounds
    assert found["codes"] == []
    assert not (tmp_path / "mine.toml").exists()
    assert any("mine.toml" in text for text in found["left_out"])


def test_an_async_function_is_tuned_on_loops_and_failures_are_said(tune):
    code, out, _ = tune("picky_slowly", "--yes", "--json", "--ordered", budget="10s")
    found = json.loads(out)
    assert code == 0
    assert {value["candidate"]["runtime"] for value in found["search"]["values"]} == {"asyncio"}
    assert any("processes: an async function" in text for text in found["left_out"])
    assert any("1 of 30 jobs failed with ValueError: no sevens" in text for text in found["notes"])


def test_ctrl_c_says_what_was_found_leaves_nothing_running_and_exits_with_130(work, tmp_path):
    command = [
        sys.executable,
        "-m",
        "gopatterns_cli",
        "tune",
        f"{work}:nap",
        "--inputs",
        f"{work}:ITEMS",
        "--yes",
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("searching"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert "interrupted: " in err
    assert "Traceback" not in err
    assert not list(tmp_path.glob("gopat-tune-*"))
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in listed.splitlines() if f"{work}:nap" in line and "worker" in line]
