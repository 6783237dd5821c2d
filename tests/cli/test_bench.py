"""`gopat bench` with real worker processes: few, small ones, and nothing asserted about their times."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gopatterns_cli.app import main
from gopatterns_cli.measuring.processes import HungError, Order, launch
from gopatterns_cli.session import COMPLETE, RUNNING, load, write

import synthetic

SMALL = """\
about = "Four jobs that wait a moment."
pattern = "worker-pool"
job = { kind = "wait", duration = "100us", count = 4 }
arms = { workers = [2], runtimes = ["asyncio"], home = "asyncio" }

[[claim]]
id = "small/2-workers"
where = { workers = 2 }
speedup = 2.0
source = "here"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("GOPAT_RESULTS", raising=False)
    tmp_path.joinpath("small.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path


@pytest.fixture
def gopat(folder, capfd):
    def run(*arguments):
        code = main(arguments)
        out, err = capfd.readouterr()
        return code, out, err

    return run


def command(*arguments):
    return [sys.executable, "-m", "gopatterns_cli", *arguments]


def started(*arguments, **options):
    package = str(Path(__file__).parents[2])
    return subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": package}, **options,
    )  # fmt: skip


def only_session(folder):
    (path,) = folder.joinpath("results").glob("*.json")
    return path


def wait_for_round(process, number):
    """Read the progress of a bench until it says that a round begins."""
    for line in process.stderr:
        if line.startswith(f"round {number} of"):
            return
    pytest.fail(f"the bench ended before round {number}")


# What a session is


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """One session that was really measured, for whoever only looks at it."""
    folder = tmp_path_factory.mktemp("measured")
    folder.joinpath("small.toml").write_text(SMALL, encoding="utf-8")
    process = started("bench", "small.toml", "--rounds", "6", "--no-go", cwd=folder)
    out, err = process.communicate(timeout=50)
    assert process.returncode == 0, err
    return only_session(folder), out, err


def test_a_file_of_ones_own_is_measured_and_shown(measured):
    path, out, err = measured
    session = load(path)
    assert (session.status, session.rounds_done, session.lost) == (COMPLETE, 6, ())
    assert err.startswith("small: 3 arms, 6 rounds, about ")
    assert out.splitlines()[0].split() == ["arm", "time", "speed-up"]
    for name in ("small/serial", "small/native/asyncio/cold/workers=2", "small/gopat/asyncio/cold/workers=2"):
        assert any(line.startswith(name) for line in out.splitlines())
    assert out.splitlines()[-1] == f"session: {path.relative_to(path.parents[1])}"


def test_each_arm_ran_in_a_process_of_its_own_and_noted_what_its_jobs_took(measured):
    session = load(measured[0])
    assert len(session.runs) == 4 * 6
    for cell in session.plan.measured:
        assert set(session.seconds(cell.name)) == set(range(1, 7))
        assert min(session.job_seconds(cell.name).values()) >= cell.duration_s
    for number in range(1, 7):
        runs = [run for run in session.runs if run.round == number]
        assert len({run.metadata["gopat_hashseed"] for run in runs}) == 1


def test_a_session_names_neither_the_machine_nor_its_folders(measured):
    text = measured[0].read_text(encoding="utf-8")
    assert sys.executable not in text
    assert sys.prefix not in text
    assert "hostname" not in text


@pytest.mark.parametrize("reader", ["stats", "hist", "show"])
def test_pyperf_reads_the_session(measured, reader):
    done = subprocess.run(
        [sys.executable, "-m", "pyperf", reader, str(measured[0])],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "small/gopat/asyncio/cold/workers=2" in done.stdout


def test_compare_finds_the_session_by_the_scenarios_name(measured, capsys, monkeypatch):
    monkeypatch.chdir(measured[0].parents[1])
    assert main(["compare", "small"]) == 0
    assert "small/2-workers: claimed is 2.00x; here" in capsys.readouterr().out


def test_a_session_cut_anywhere_is_refused_in_one_line(measured, tmp_path, capsys):
    text = measured[0].read_text(encoding="utf-8")
    path = tmp_path / "cut.json"
    for end in range(0, len(text) - 2, max(len(text) // 40, 1)):
        path.write_text(text[:end], encoding="utf-8")
        assert main(["compare", str(path)]) == 2
        err = capsys.readouterr().err
        assert err.startswith(f"error: {path}: ")
        assert len(err.splitlines()) == 1


# Interruptions


def test_ctrl_c_keeps_the_rounds_that_were_done_and_resume_goes_on(folder):
    process = started("bench", "small.toml", "--rounds", "3", cwd=folder, start_new_session=True)
    wait_for_round(process, 3)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    path = only_session(folder)
    assert process.returncode == 130
    assert "Traceback" not in err
    done = load(path).rounds_done
    way_on = f"results/{path.name} has {done} of 3 rounds: gopat bench --resume results/{path.name}"
    assert err.splitlines()[-1] == f"interrupted: {way_on}"
    assert load(path).rounds_done >= 2

    process = started("bench", "--resume", cwd=folder)
    out, err = process.communicate(timeout=50)
    assert process.returncode == 0, err
    assert (load(path).status, load(path).rounds_done) == (COMPLETE, 3)
    assert out.splitlines()[-1] == f"session: results/{path.name}"


def test_kill_9_loses_at_most_the_round_under_way(folder):
    process = started("bench", "small.toml", "--rounds", "3", cwd=folder)
    wait_for_round(process, 3)
    process.kill()
    process.communicate(timeout=20)
    left = load(only_session(folder))
    assert (left.status, left.rounds_done >= 2) == (RUNNING, True)
    process = started("bench", "--resume", cwd=folder)
    _, err = process.communicate(timeout=50)
    assert process.returncode == 0, err
    assert load(left.path).rounds_done == 3


def test_ctrl_c_before_the_worker_that_was_made_has_a_name_ends_it(monkeypatch):
    made, popen = [], subprocess.Popen

    def interrupted(*arguments, **options):
        made.append(popen(*arguments, **options))
        signal.raise_signal(signal.SIGINT)
        return made[0]

    (cell, *_) = synthetic.session(Path("s.json"), synthetic.Truth(names=("pipeline",))).plan.cells
    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        launch(Order(cell, loops=1, values=1, warmups=0, hash_seed=1, timeout_s=30))
    assert made[0].returncode == -signal.SIGKILL


@pytest.mark.parametrize("timeout_s", [30.0, 1e9])
@pytest.mark.parametrize("refused", [False, True])
def test_the_end_of_a_worker_is_seen_where_the_system_does_not_tell_and_however_long_it_may_take(
    monkeypatch, refused, timeout_s
):
    def refuse(_pid):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    if refused:
        monkeypatch.setattr(os, "pidfd_open", refuse, raising=False)
    (cell, *_) = synthetic.session(Path("s.json"), synthetic.Truth(names=("pipeline",))).plan.cells
    order = Order(cell, loops=1, values=1, warmups=0, hash_seed=1, timeout_s=timeout_s)
    assert len(launch(order).values) == 1


@pytest.mark.parametrize("refused", [False, True])
def test_a_worker_that_does_not_end_in_time_is_hung(monkeypatch, refused):
    def refuse(_pid):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    if refused:
        monkeypatch.setattr(os, "pidfd_open", refuse, raising=False)
    (cell, *_) = synthetic.session(Path("s.json"), synthetic.Truth(names=("worker-pool",))).plan.cells
    with pytest.raises(HungError, match="hung: killed after 0 s"):
        launch(Order(replace(cell, duration_s=1.0), 1, 1, warmups=0, hash_seed=1, timeout_s=0.05))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_end_of_a_bench_leaves_a_worker_behind(folder, end):
    """Sent the moment that the worker is there, which is when it is easiest to forget."""
    folder.joinpath("long.toml").write_text(SMALL.replace("100us", "20s"), encoding="utf-8")
    process = started("bench", "long.toml", cwd=folder, start_new_session=True)
    assert process.stderr.readline().startswith("long: ")
    workers = _workers(process.pid)
    process.send_signal(end)
    process.communicate(timeout=20)
    assert process.returncode == (130 if end != signal.SIGKILL else -signal.SIGKILL)
    for worker in workers:
        while Path(f"/proc/{worker}").exists() and "zombie" not in _state(worker):
            time.sleep(0.01)  # after SIGKILL it is the kernel that ends it; the test's time-out is the net


@pytest.mark.parametrize(
    ("end", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "interrupted: results/cut.json has 3 of 12 rounds: {command}"),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
            1,
            (
                "error: cannot write results/cut.json: No space left on device; "
                "results/cut.json has 3 of 12 rounds: {command}"
            ),
        ),
    ],
)
def test_what_ends_a_bench_early_is_followed_by_the_command_that_goes_on(
    gopat, folder, monkeypatch, end, code, line
):
    resumable(folder / "results" / "cut.json", monkeypatch)

    def fails(path, text):
        raise end

    monkeypatch.setattr("gopatterns_cli.measuring.disk.replace", fails)
    found, _, err = gopat("bench", "--resume", "results/cut.json")
    assert (found, err.splitlines()[-1].strip()) == (
        code,
        line.format(command="gopat bench --resume results/cut.json"),
    )


def test_interrupted_while_calibrating_no_round_is_said_to_be_done(gopat, folder, monkeypatch):
    def interrupted(order):
        raise KeyboardInterrupt

    monkeypatch.setattr("gopatterns_cli.measuring.processes.launch", interrupted)
    code, _, err = gopat("bench", "small.toml")
    path = f"results/{only_session(folder).name}"
    assert code == 130
    assert f"interrupted: {path} has no round yet: gopat bench --resume {path}" in err.splitlines()


def resumable(path, monkeypatch):
    """An interrupted session as if it had been measured here."""
    monkeypatch.setattr("gopatterns_cli.measuring.resuming.differences", lambda here, there: ())
    return synthetic.written(path, rounds=3, planned=12)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("claims",), 0, ""),
        (("pipeline",), 0, ""),
        (("all",), 0, ""),
        (("results/cut.json", "fan-out"), 0, ""),
        (("--output", "results/cut.json"), 0, ""),
        (("small.toml",), 5, "results: no session of small.toml to go on with"),
        (("results/cut.json", "small.toml"), 5, "results/cut.json: holds no small.toml, only claims"),
        (("pipelin",), 2, 'TARGET: found "pipelin", allowed a path'),
        (("results/cut.json", "b.json"), 2, "TARGET: found 2 sessions, allowed one with --resume"),
        (("--output", "new.json"), 2, "--output: found new.json, allowed with --resume only its own file"),
    ],
)
def test_resume_goes_on_with_what_is_named_or_refuses(gopat, folder, monkeypatch, arguments, code, message):
    resumable(folder / "results" / "cut.json", monkeypatch)
    found, out, err = gopat("bench", "--resume", "--list", *arguments)
    assert (found, bool(out)) == (code, code == 0)
    assert err.startswith(f"error: {message}" if message else "")
    assert len(err.splitlines()) == (code != 0)


def _state(process):
    try:
        return Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return "zombie"


def _workers(parent):
    """Wait until the process has a child; return its children."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    if not children.exists():
        pytest.skip("this system does not list a process's children")
    while not (found := children.read_text(encoding="ascii").split()):
        time.sleep(0.01)  # another process's doing: there is nothing to wait on
    return found


# What is refused, and what is only shown


def test_list_prints_the_plan_and_measures_nothing(gopat, folder):
    code, out, err = gopat("bench", "all", "--quick", "--list", "--no-go")
    assert (code, err) == (0, "")
    assert out.startswith("claims: 14 arms, 6 rounds, about ")
    assert "out of reach: summary/fan-out: it takes 4 cores that run Python at once" in out
    assert not folder.joinpath("results").exists()


def test_the_plan_as_json_is_what_a_session_stores(gopat):
    code, out, _ = gopat("bench", "small.toml", "--list", "--json", "--seed", "7", "--rounds", "6")
    plan = json.loads(out)
    assert (code, plan["seed"], [look["rounds"] for look in plan["looks"]], len(plan["orders"])) == (
        0,
        7,
        [6],
        6,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "TARGET: found nothing, allowed all, a group, a scenario"),
        (("worker-pol",), 2, 'TARGET: found "worker-pol", allowed a path'),
        (("nowhere.toml",), 2, "nowhere.toml: "),
        (("small.toml", "--rounds", "0"), 2, '--rounds: found "0", allowed a whole number from 1'),
        (("small.toml", "--runtime", "thread"), 2, '--runtime: found "thread", allowed asyncio'),
        (("small.toml", "--runtime", "threads"), 2, "--runtime: found none of the scenario's runtimes"),
        (("--resume",), 5, "results: no session to go on with"),
        (("--resume", "nothing.json"), 5, "nothing.json: there is no such file"),
        (("small.toml", "--output", "small.toml/s.json"), 1, "cannot write small.toml/s.json: "),
    ],
)
def test_what_cannot_be_measured_is_one_line_and_an_exit_code(gopat, arguments, code, message):
    found, out, err = gopat("bench", *arguments)
    lines = [line for line in err.splitlines() if line.startswith("error: ")]
    assert (found, out, len(lines)) == (code, "", 1)
    assert lines[0].startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("asyncio", "simulator", "found the runtime simulator, which has no real time to measure"),
        ("worker-pool", "managed-worker-pool", "found managed-worker-pool, allowed a pattern that has arms"),
    ],
)
def test_what_has_no_arms_is_refused_before_anything_is_measured(gopat, folder, old, new, message):
    folder.joinpath("other.toml").write_text(SMALL.replace(f'"{old}"', f'"{new}"'), encoding="utf-8")
    code, _, err = gopat("bench", "other.toml", "--quick")
    assert (code, err) == (2, f"error: other: {message}\n")
    assert not folder.joinpath("results").exists()


@pytest.mark.parametrize("taken", ["notes.txt", ".", "/", "", "/dev/null", "results/whole.json"])
def test_an_output_that_exists_is_refused_and_left_alone(gopat, folder, taken):
    folder.joinpath("notes.txt").write_text("mine")
    synthetic.written(folder / "results" / "whole.json")
    before = folder.joinpath("results/whole.json").read_bytes()
    code, out, err = gopat("bench", "small.toml", "--quick", "--output", taken)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith("error: --output: found ")
    assert folder.joinpath("notes.txt").read_text() == "mine"
    assert folder.joinpath("results/whole.json").read_bytes() == before


def test_two_benches_of_one_second_have_a_file_each(folder):
    both = [started("bench", "small.toml", "--rounds", "1", "--quick", cwd=folder) for _ in range(3)]
    ends = [process.communicate(timeout=50)[0].splitlines()[-1] for process in both]
    assert [process.returncode for process in both] == [0, 0, 0]
    assert len(set(ends)) == len(list(folder.joinpath("results").glob("*.json"))) == 3


@pytest.mark.parametrize(
    "option", [("--quick",), ("--rounds", "9"), ("--seed", "1"), ("--runtime", "asyncio")]
)
def test_a_session_that_is_gone_on_with_keeps_its_plan(gopat, folder, option):
    synthetic.written(folder / "results" / "cut.json", rounds=3, planned=12)
    code, _, err = gopat("bench", "--resume", *option)
    assert code == 2
    assert err.startswith(f"error: --resume: found with {option[0]}, allowed alone")


def test_a_session_that_another_process_measures_is_not_gone_on_with(gopat, folder, monkeypatch):
    path = synthetic.written(folder / "results" / "cut.json", rounds=3, planned=12)
    data = json.loads(path.read_text())
    data["gopat"].update(status=RUNNING, pid=os.getppid())
    path.write_text(json.dumps(data))
    monkeypatch.setattr("gopatterns_cli.measuring.resuming.differences", lambda here, there: ())
    code, _, err = gopat("bench", "--resume")
    assert code == 2
    assert err == f"error: results/cut.json: is being measured by process {os.getppid()}: let it end first\n"


def test_quick_measures_what_the_claims_are_about(gopat, folder):
    text = SMALL.replace("workers = [2]", 'workers = [2, 4, 8], pool = ["cold", "warm"]')
    text = text.replace('runtimes = ["asyncio"]', 'runtimes = ["asyncio", "threads"]')
    text += """
[[claim]]
id = "small/warm"
where = { workers = 4, pool = "warm" }
speedup = 2.0
source = "here"

[[claim]]
id = "small/threads"
where = { workers = 8, runtime = "threads" }
speedup = 2.0
source = "here"
"""
    folder.joinpath("small.toml").write_text(text, encoding="utf-8")
    code, out, _ = gopat("bench", "small.toml", "--quick", "--list", "--no-go")
    assert code == 0
    assert [line.strip() for line in out.splitlines()[1:-1]] == [
        "small/serial",
        "small/gopat/asyncio/cold/workers=2",
        "small/gopat/asyncio/warm/workers=4",
        "small/gopat/threads/cold/workers=8",
    ]


def test_one_claim_id_in_two_files_of_a_session_is_refused(gopat, folder):
    folder.joinpath("other.toml").write_text(SMALL, encoding="utf-8")
    code, _, err = gopat("bench", "small.toml", "other.toml", "--list")
    assert code == 2
    assert "small/2-workers" in err
    assert "small.toml" in err
    assert "other.toml" in err
    assert gopat("bench", "small.toml", "small.toml", "--list")[0] == 0


def test_a_complete_session_is_not_gone_on_with(gopat, folder):
    synthetic.written(folder / "results" / "whole.json")
    assert gopat("bench", "--resume", "results/whole.json")[0] == 5
    assert gopat("bench", "--resume")[0] == 5


def test_a_session_of_another_machine_is_not_gone_on_with(gopat, folder):
    cut = synthetic.session(folder / "results" / "cut.json", synthetic.Truth(rounds=3, planned=12))
    write(cut)
    code, _, err = gopat("bench", "--resume")
    assert code == 2
    assert "was measured elsewhere (CPU: " in err


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_results_that_cannot_be_written_are_one_line(gopat, folder):
    folder.joinpath("results").mkdir(mode=0o500)
    code, _, err = gopat("bench", "small.toml")
    assert code == 1
    assert "error: cannot write results/" in err
