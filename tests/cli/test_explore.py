"""`gopat explore`: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys

import pytest

from gopatterns_cli.app import main
from gopatterns_cli.commands.explore import explore
from patterns.exploring.director import MOST_TURNS

from planting import FOLDER

BAD = f"{FOLDER / 'lost_update.py'}:bad"
GOOD = f"{FOLDER / 'lost_update.py'}:good"


def printed(capsys, *arguments, code):
    assert main(["explore", *arguments]) == code
    return capsys.readouterr().out.splitlines()


def test_a_pattern_that_holds(capsys):
    first, counts, missed = printed(capsys, "worker-pool", "--workers", "2", "--jobs", "3", code=0)
    assert first == "nothing fails"
    assert counts.startswith("1,000 schedules, ")
    assert counts.endswith(" per second; strategy random, seed 0")
    assert missed == "may have missed: up to 0.30% of random schedules may fail (95% confidence)"


@pytest.mark.parametrize("strategy", ["random", "pct", "exhaustive"])
def test_a_failure_says_what_where_and_how_to_see_it_again(capsys, strategy):
    lines = printed(capsys, BAD, "--strategy", strategy, code=1)
    assert lines[0] == "fails: AssertionError:"
    assert lines[1].endswith("lost_update.py:25: assert total[0] == 3")
    assert "1 preemption, marked with !; none with fewer fails like that" in lines
    command = lines[-1].removeprefix("replay: gopat explore ").split()
    assert command[:2] == [BAD, "--replay"]
    again = printed(capsys, *command, code=1)
    assert again[:-2] == lines[:-2] or again[0] == lines[0]
    assert printed(capsys, *command, code=1) == again


def test_a_known_bad_twin_replays_with_its_options(capsys):
    lines = printed(capsys, "clean-up", "--bad", "--workers", "2", code=1)
    assert lines[0] == "fails: LeakError: tasks left behind:"
    command = lines[-1].removeprefix("replay: gopat explore ").split()
    assert command == ["clean-up", "--replay", "plain", "--workers", "2", "--bad"]
    assert printed(capsys, *command, code=1)[0] == lines[0]


def test_json_has_everything(capsys):
    assert main(["explore", BAD, "--json", "--seed", "3"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["target"], found["strategy"], found["seed"]) == (BAD, "random", 3)
    finding = found["finding"]
    assert (finding["error"], finding["preemptions"], finding["fewest"]) == ("AssertionError", 1, True)
    assert {"turn", "task", "name", "now_s", "text", "preempted"} == finding["turns"][0].keys()
    assert main(["explore", GOOD, "--json", "--strategy", "exhaustive"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["finding"], found["over"], found["missed"]) == (
        None,
        True,
        "failures that need 3 preemptions or more; none needs fewer",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["worker-pol"], "did you mean worker-pool?"),
        (
            ["no_such_module:main"],
            "TARGET: no_such_module cannot be imported: No module named 'no_such_module'",
        ),
        (["no_such_file.py:main"], "TARGET: no_such_file.py: there is no such file"),
        ([f"{FOLDER}/lost_update.py:god"], "which is not there (did you mean good?)"),
        ([f"{FOLDER}/lost_update.py:TaskGroup"], "which is no async def"),
        ([f"{FOLDER}/lost_update.py:program"], "needs late, allowed a function without arguments"),
        ([GOOD, "--workers", "3"], "--workers: found an option of a pattern"),
        (
            [GOOD, "--strategy", "pkt"],
            "--strategy: found 'pkt', allowed exhaustive, pct, random (did you mean pct?)",
        ),
        ([GOOD, "--replay", "1:2:3"], "--replay: schedule: found '1:2:3', allowed \"plain\""),
        ([GOOD, "--schedules", "0"], "--schedules: found"),
        (["worker-pool", "--rate", "3"], "--rate: found an option that worker-pool does not take"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_exit_code_2(capsys, arguments, message):
    assert main(["explore", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_module_that_fails_when_it_is_imported_is_the_programs_fault(tmp_path, capsys):
    path = tmp_path / "broken.py"
    path.write_text("raise OSError('no disk')\n", encoding="utf-8")
    assert main(["explore", f"{path}:main"]) == 1
    assert "fails when it is imported: OSError: no disk" in capsys.readouterr().err
    path.write_text("async def main(:\n", encoding="utf-8")
    assert main(["explore", f"{path}:main"]) == 2
    assert "cannot be imported: SyntaxError" in capsys.readouterr().err


def test_ctrl_c_prints_what_was_run_and_exits_with_130(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "gopatterns_cli", "explore", "worker-pool", "--schedules", "100_000_000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "GOPAT_DEBUG": "1"},
    )
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert process.returncode == 130
    assert out.startswith("interrupted: nothing failed until then\n")
    assert err == ""


AWKWARD = """
import patterns
from sibling import channel
from patterns import TaskGroup, sleep


class UnreadableError(Exception):
    def __str__(self):
        raise ValueError


async def talks():
    print("loud")


async def fails():
    raise UnreadableError


async def spins():
    while True:
        await sleep(0)


@patterns.explore(schedules=3)
async def test_fails():
    async with TaskGroup() as group:
        group.spawn(channel, name="two\\nlines")
    raise AssertionError
"""


@pytest.fixture
def awkward(tmp_path):
    (tmp_path / "sibling.py").write_text("async def channel(): pass", encoding="utf-8")
    path = tmp_path / "awkward.py"
    path.write_text(AWKWARD, encoding="utf-8")
    return path


def test_what_a_program_prints_spoils_no_json(awkward, capsys):
    assert main(["explore", f"{awkward}:talks", "--json", "--schedules", "2"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["schedules_run"] == 2
    assert err == "loud\nloud\n"


def test_an_error_without_words_is_a_finding_all_the_same(awkward, capsys):
    said = printed(capsys, f"{awkward}:fails", code=1)
    assert said[0] == "fails: UnreadableError: (its text cannot be had: ValueError)"


def test_a_run_without_an_end_names_the_option_that_allows_more(awkward, capsys):
    said = printed(capsys, f"{awkward}:spins", "--most-turns", "50", code=1)
    assert said[0].endswith("it did not end within 50 turns; more are allowed with --most-turns")


def test_a_decorated_test_is_explored_without_its_decorator(awkward, capsys):
    said = printed(capsys, f"{awkward}:test_fails", code=1)
    assert said[0] == "fails: AssertionError:"
    assert any("two lines" in line for line in said)


def test_the_default_of_the_option_is_the_librarys():
    command = inspect.signature(explore).parameters["most_turns"]
    assert command.default == MOST_TURNS
