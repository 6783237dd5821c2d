"""Figures beside their targets, the tables, JSON, the command. Only the last test measures."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from gopatterns_cli.render import trials as render
from gopatterns_cli.trials.busy import busy
from gopatterns_cli.trials.drawn import drawn_jobs
from gopatterns_cli.trials.log import append, load
from gopatterns_cli.trials.report import Standing, report
from tests.trials.rigged import recorded

REACHED, MISSED, TOO_FEW = Standing

NULL = tuple(recorded(seed=seed, loaded=seed % 2 == 1) for seed in range(100))
POWER = tuple(recorded(seed=seed, slowed=share) for share in (0.1, 0.2) for seed in range(60))
FAILING = recorded(seed=999, truth=1.2, code=3, verdict="regression")


def of(tmp_path, *trials, jobs=4):
    return report(replace(load(tmp_path / "doctor.jsonl"), trials=trials), jobs=jobs)


def standings(found):
    return {figure.name.partition(",")[0]: figure.standing for figure in found.figures}


def test_figures_that_are_reached(tmp_path, monkeypatch):
    monkeypatch.setattr("gopatterns_cli.trials.report.DRAWN_JOBS", 4)
    found = of(tmp_path, *NULL, *POWER)
    assert len(found.figures) == 7
    assert {figure.standing for figure in found.figures} == {REACHED}
    assert not found.missed
    assert (found.failed.hits, found.failed.of) == (0, 100)
    assert [(part.loaded, part.failed.of) for part in found.live] == [(False, 50), (True, 50)]
    assert [one.slowed for one in found.power] == [0.2, 0.1]


def test_too_few_trials_are_no_answer(tmp_path):
    found = of(tmp_path, *NULL[:99], *POWER[:59])
    assert {figure.standing for figure in found.figures[:4]} == {TOO_FEW}
    assert standings(found)["+10% is caught by round 24"] is TOO_FEW
    assert not found.missed
    assert of(tmp_path).figures == ()


def test_one_null_job_that_fails_is_a_miss_however_many_there_are(tmp_path):
    assert standings(of(tmp_path, FAILING))["null jobs that fail"] is MISSED
    found = of(tmp_path, *NULL, FAILING)
    assert standings(found)["null jobs that fail"] is MISSED
    assert found.missed


@pytest.mark.parametrize(
    ("share", "undetected", "standing"),
    [(0.2, 3, REACHED), (0.2, 4, MISSED), (0.1, 9, REACHED), (0.1, 10, MISSED)],
)
def test_a_slowdown_is_to_be_caught_that_often(tmp_path, share, undetected, standing):
    trials = [recorded(seed=seed, slowed=share, code=0 if seed < undetected else 3) for seed in range(60)]
    (name,) = (name for name in standings(of(tmp_path, *trials)) if name.startswith("+"))
    assert standings(of(tmp_path, *trials))[name] is standing


def test_an_untrustworthy_end_is_a_failed_null_job_and_no_catch(tmp_path):
    found = of(tmp_path, recorded(code=4, alarm=True), recorded(slowed=0.2, code=4, alarm=True))
    assert (found.failed.hits, found.alarms.hits, found.power[0].rate.hits) == (1, 1, 0)


def test_a_slowdown_that_method_does_not_name_has_no_target(tmp_path):
    found = of(tmp_path, *(recorded(seed=seed, slowed=0.5) for seed in range(60)))
    assert [figure.name for figure in found.figures] == ["seconds per worker process beyond what is timed"]
    assert found.power[0].rate.hits == 60


@pytest.mark.parametrize(("cost_s", "standing"), [(0.349, REACHED), (0.35, MISSED)])
def test_the_cost_of_a_session_is_that_on_a_quiet_machine(tmp_path, cost_s, standing):
    name = "seconds per worker process beyond what is timed"
    loaded = recorded(loaded=True, cost_s=9.0)
    found = of(tmp_path, *[recorded(cost_s=cost_s)] * 50, loaded)
    assert standings(found)[name] is standing
    assert [one.cost_s for one in found.costs] == pytest.approx([cost_s, 9.0])
    assert standings(of(tmp_path, *[recorded(cost_s=cost_s)] * 49, loaded))[name] is TOO_FEW


def test_intervals_that_hold_the_truth_too_rarely_are_a_miss(tmp_path):
    """Blocks whose rounds all lean to one side: no null rounds at all."""
    leaning = [replace(one, ratios=(1.01, 1.02, 1.015, 1.012) * 2) for one in NULL]
    assert standings(of(tmp_path, *leaning))["95% intervals that hold the truth"] is MISSED


# Rendering


def test_the_answer_comes_first_with_its_interval(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["gopat", "doctor", "--aa", "100"])
    text = render.text(of(tmp_path, *NULL))
    assert text.startswith("0 of 100 null jobs failed [0.0%, 3.6%]\n\n| figure ")
    assert "| quiet " in text
    assert "| loaded " in text
    assert text.endswith("- `gopat doctor --aa 100`\n")
    assert "Drawn with seed 1." in text


def test_tables_are_markdown(tmp_path):
    lines = render.text(of(tmp_path, *NULL, *POWER)).splitlines()
    tables = [line for line in lines if line.startswith("|")]
    assert sum(set(line) == {"|", "-"} for line in tables) == 6
    assert all(line.endswith("|") for line in tables)


def test_without_trials_there_is_a_sentence(tmp_path):
    assert render.text(of(tmp_path)).startswith("no trial yet\n")


def test_json_has_what_the_text_has(tmp_path):
    found = json.loads(render.json(of(tmp_path, *NULL, *POWER)))
    assert found["schema"] == 1
    assert found["answer"].startswith("0 of 100 null jobs failed")
    assert found["failed"] == {"hits": 0, "of": 100, "low": 0.0, "high": pytest.approx(0.0362, abs=1e-4)}
    assert [one["slowed"] for one in found["power"]] == [0.2, 0.1]
    assert len(found["figures"]) == 7
    assert found["log"] == str(tmp_path / "doctor.jsonl")
    assert found["machine"]["cores"] >= 1


# The command


@pytest.fixture
def few_draws(monkeypatch):
    """So that a command takes no half minute."""
    place = "gopatterns_cli.trials.report.drawn_jobs"
    monkeypatch.setattr(place, lambda trials, seed, jobs: drawn_jobs(trials, seed, 2))


def logged(path, *trials):
    log = load(path)
    for trial in trials:
        log = append(log, trial)


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize(
    ("trials", "arguments", "code"),
    [
        (NULL[:2], [], 0),
        (NULL[:2], ["--strict"], 0),
        ((FAILING, NULL[1]), [], 0),
        ((FAILING, NULL[1]), ["--strict"], 4),
    ],
)
def test_a_log_with_enough_prints_at_once_and_only_strict_makes_a_miss_a_failure(
    gopat, tmp_path, trials, arguments, code
):
    logged(tmp_path / "results" / "doctor.jsonl", *trials)
    found, out, err = gopat("doctor", "--aa", "2", *arguments)
    assert (found, err) == (code, "")
    assert out.startswith(f"{(code and 1) or (trials[0].code and 1)} of 2 null jobs failed")


@pytest.mark.usefixtures("few_draws")
def test_power_alone_and_another_log(gopat, tmp_path):
    logged(tmp_path / "mine", *POWER[60:61])
    code, out, err = gopat("doctor", "--power", "20", "--trials", "1", "--log", "mine", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["answer"].startswith("1 of 1 slowdowns of 20% were caught")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--trials", "3"], "--trials: found it alone, allowed beside --aa or --power"),
        (["--log", "x"], "--log: found it alone, allowed beside --aa or --power"),
        (["--aa", "0"], "--aa"),
        (["--power", "0"], 'found "0", allowed percentages above 0, such as 20,10'),
        (["--power", "20,"], "--power"),
        (["--power", "much"], "--power"),
    ],
)
def test_wrong_usage_is_one_line(gopat, arguments, said):
    code, out, err = gopat("doctor", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_log_of_another_machine_is_refused_before_anything_is_made(gopat, tmp_path):
    path = tmp_path / "log"
    logged(path, NULL[0])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"cores":', '"cores":1'), encoding="utf-8")
    code, _, err = gopat("doctor", "--aa", "9", "--log", "log")
    assert code == 2
    assert "is of another machine" in err


def test_shares_are_read_once_each_with_or_without_their_sign():
    from gopatterns_cli.options import percentages

    assert percentages("20,10%,20, 2.5") == (0.2, 0.1, 0.025)
    assert percentages((0.2,)) == (0.2,)


# Processes that compute


def test_processes_that_compute_end_with_the_block():
    import psutil

    before = set(psutil.Process().children())
    with busy(2):
        started = set(psutil.Process().children()) - before
        assert len(started) == 2
    assert not any(one.is_running() for one in started)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they look at their parent between two turns")
def test_processes_that_compute_end_with_a_parent_that_is_killed():
    import psutil

    code = (
        "import os, psutil\n"
        "from gopatterns_cli.trials.busy import busy\n"
        "with busy(1):\n"
        "    print(psutil.Process().children()[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], timeout=30)
    assert not psutil.pid_exists(pid)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("few_draws")
def test_two_null_jobs_live(gopat, tmp_path, monkeypatch):
    """This installs from an index, unless the environment is there, and measures."""
    from gopatterns_cli.measuring import drafting, looks

    monkeypatch.setattr(drafting, "THREE", looks.once(2))
    code, out, err = gopat("doctor", "--aa", "2")
    assert code == 0, err
    assert " of 2 null jobs failed" in out
    trials = load(tmp_path / "results" / "doctor.jsonl").trials
    assert [(trial.loaded, trial.rounds, len(trial.ratios)) for trial in trials] == [
        (False, 2, 2),
        (True, 2, 2),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
