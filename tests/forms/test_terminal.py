"""Versions on a screen: the answer first, everything at every width."""

import re

import goldens
import pytest

from gopatterns_cli.app import main
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.render.versions_terminal import render

import versioned
from versioned import HUNDRED, PIPELINE, TEN, Measured


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_first_screen_is_what_it_was(versions, columns):
    goldens.check(f"versions-{columns}.txt", render(versions, Screen(columns)))


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_nothing_is_wider_than_the_screen_and_no_figure_is_lost(versions, columns, verbose):
    text = render(versions, Screen(columns, verbose=verbose))
    assert max(map(len, text.splitlines())) <= columns
    assert text.isascii()
    told = re.sub(r"\s+", "", text)
    for figure in ("30.2ms", "35.7ms", "1.18x", "[1.15,1.20]", "7.9%", "regression", "[0.972,1.23]", "24%"):
        assert figure in told


def test_the_counts_come_first_then_what_was_compared_then_the_canary(versions):
    first, compared, how, machine, canary, *_ = render(versions, Screen(200)).splitlines()
    assert first == "1 regression, 1 improved, 1 inconclusive"
    assert compared == "base: origin/main at 3f2c1a0; new: the working tree at 9b0d44a with changes"
    assert how.startswith("versions: same machine, interleaved, 24 rounds, ")
    assert "seed 71, results/s.json" in how
    assert machine == "Imaginary CPU, 2 cores, CPython 3.13.0 with the GIL"
    assert canary.startswith("canary: ")
    assert canary.endswith(": OK")


def test_rounds_that_were_not_needed_are_said(tmp_path):
    text = render(versioned.found(tmp_path / "s.json", Measured()), Screen(200))
    assert "8 of up to 24 rounds" in text


def test_the_worst_comes_first_and_what_is_fine_is_counted(tmp_path):
    found = versioned.found(tmp_path / "s.json", Measured(slower={TEN: 0.8, HUNDRED: 1.3}))
    text = render(found, Screen(200))
    assert "not listed: 1 improved, 1 same (within 0.909x to 1.10x); -v lists them" in text
    assert f"  {TEN} " not in text
    whole = render(found, Screen(200, verbose=True))
    assert whole.index(f"  {HUNDRED} ") < whole.index(f"  {TEN} ") < whole.index(f"  {PIPELINE} ")
    assert "-v lists" not in whole


def test_where_nothing_changed_there_is_no_table(tmp_path):
    text = render(versioned.found(tmp_path / "s.json", Measured()), Screen(80))
    assert text.startswith("3 same\n")
    assert "new / base" not in text
    assert "exit" not in text


def test_an_alarm_is_said_where_the_canary_is_and_at_the_end(tmp_path):
    found = versioned.found(tmp_path / "s.json", Measured(slower={TEN: 1.3}, off=1.2))
    text = render(found, Screen(1_000))
    assert ": alarm, nothing here can be trusted\n" in text
    assert text.splitlines()[-1].startswith("exit 4: untrustworthy: ")


def test_what_does_not_run_any_more_is_said_without_figures(tmp_path):
    fails = {f"{TEN}/new": "ImportError: no name"}
    found = versioned.found(tmp_path / "s.json", Measured(fails=fails))
    for columns in (40, 80, 200):
        text = re.sub(r"\s+", " ", render(found, Screen(columns)))
        assert "does not run" in text
        assert "new: ImportError: no name" in text
    assert text.rstrip().endswith(f"exit 1: {TEN} does not run: new: ImportError: no name")


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_long_reason_is_wrapped_and_whole(tmp_path, columns):
    why = "ImportError: " + " ".join(f"no{number}" for number in range(100))
    found = versioned.found(tmp_path / "s.json", Measured(fails={f"{TEN}/new": why}))
    text = render(found, Screen(columns))
    assert max(map(len, text.splitlines())) <= columns
    assert why in re.sub(r"\s+", " ", text)


def test_of_several_versions_each_row_says_which(tmp_path):
    found = versioned.found(tmp_path / "s.json", Measured(versions=versioned.PYTHONS, slower={TEN: 1.3}))
    text = render(found, Screen(200))
    assert f"  {TEN}/3.13.0 " in text
    assert f"  {TEN}/3.14.2 " in text
    assert "3.14.2: the working tree at 3f2c1a0 on Python 3.14.2" in text


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1", "TERM": "xterm"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_screens_that_want_it(on_disk, monkeypatch, capsys, environment, coloured):
    path = on_disk()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["compare", path]) == 3
    out = capsys.readouterr().out
    assert ("\x1b[1;31m" in out) == coloured
    assert ("\x1b" in out) == coloured


def test_compare_shows_a_session_of_versions_as_versions(on_disk, capsys):
    path = on_disk()
    assert main(["compare", path]) == 3
    assert capsys.readouterr().out.startswith("1 regression, 1 improved, 1 inconclusive\n")
    assert main(["compare", "versions"]) == 3
    assert "-v lists them" in capsys.readouterr().out
    assert main(["compare", path, "-v"]) == 3
    assert "-v lists them" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--baseline", "results/s.json"], "--baseline: found results/s.json, but results/s.json compares"),
        (
            ["--tolerance", "7%"],
            "--tolerance: found 7%, but results/s.json was measured for 5%; allowed that",
        ),
    ],
)
def test_what_a_session_of_versions_cannot_be_asked_is_one_line(on_disk, capsys, arguments, message):
    path = on_disk()
    assert main(["compare", path, *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {message}")
    assert len(err.splitlines()) == 1


def test_the_planned_tolerance_may_be_named(on_disk):
    assert main(["compare", on_disk(), "--tolerance", "5%"]) == 3
