import json
import os
import sys

import pytest

import scenarios
from gopatterns_cli.app import main
from gopatterns_cli.render.listing import text
from patterns import catalogue, runtimes

LISTING = {
    "patterns": [{"name": "pipeline", "about": "Stages in a row, each a task."}],
    "runtimes": [
        {"name": "asyncio", "about": "Every task is an asyncio task.", "available": True, "missing": None},
        {
            "name": "trio",
            "about": None,
            "available": False,
            "missing": "not installed: pip install gopat[trio]",
        },
    ],
    "scenarios": [
        {
            "name": "claims/pipeline",
            "about": "Three stages over 10,000 integers with next to no work.",
            "pattern": "pipeline",
            "claims": ["pipeline/3-stages", "summary/pipeline"],
        },
        {"name": "sweeps/pipeline", "about": "More of them.", "pattern": "pipeline", "claims": []},
    ],
}

WIDE = """\
Patterns
  pipeline         Stages in a row, each a task.

Runtimes
  asyncio          Every task is an asyncio task.
  trio             not installed: pip install gopat[trio]

Scenarios
  claims/pipeline  Three stages over 10,000 integers with next to no
                   work.
                   claims: pipeline/3-stages, summary/pipeline
  sweeps/pipeline  More of them."""

NARROW = """\
Patterns
  pipeline
    Stages in a row, each a task.

Runtimes
  asyncio
    Every task is an asyncio task.
  trio
    not installed: pip install
    gopat[trio]

Scenarios
  claims/pipeline
    Three stages over 10,000 integers
    with next to no work.
    claims: pipeline/3-stages,
    summary/pipeline
  sweeps/pipeline
    More of them."""


@pytest.fixture
def listing(capsys, monkeypatch):
    """Run `gopat list`, and return its output."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str) -> str:
        assert main(["list", *arguments]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return captured.out

    return run


@pytest.mark.parametrize(("columns", "expected"), [(70, WIDE), (40, NARROW)])
def test_the_listing_is_right_on_a_wide_and_on_a_narrow_screen(columns, expected):
    assert text(LISTING, columns) == expected


@pytest.mark.parametrize("columns", [1, 20, 40, 59, 60, 80, 200])
def test_no_line_is_longer_than_the_screen_but_for_a_word_that_cannot_be_broken(columns):
    for line in text(LISTING, columns).splitlines():
        assert len(line) <= columns or len(line.split()) <= 1


def test_every_pattern_is_listed_with_the_first_line_of_its_docstring(listing):
    rows = json.loads(listing("--json"))["patterns"]
    assert [row["name"] for row in rows] == list(catalogue.names())
    for row in rows:
        assert row["about"] == catalogue.load(row["name"]).__doc__.strip().splitlines()[0]


def test_every_runtime_is_listed_with_what_is_missing(listing, monkeypatch):
    monkeypatch.setattr(runtimes, "unavailable", lambda name: "pip install it" if name == "threads" else None)
    rows = {row["name"]: row for row in json.loads(listing("--json"))["runtimes"]}
    assert list(rows) == list(runtimes.names())
    assert rows["threads"] == {
        "name": "threads",
        "about": None,
        "available": False,
        "missing": "pip install it",
    }
    assert rows["asyncio"]["available"]


def test_every_scenario_is_listed_with_its_claims(listing):
    rows = json.loads(listing("--json"))["scenarios"]
    assert [row["name"] for row in rows] == list(scenarios.names())
    assert {row["name"]: row["claims"] for row in rows}["claims/pipeline"] == [
        "pipeline/3-stages",
        "summary/pipeline",
    ]


def test_into_a_pipe_an_entry_is_one_plain_line(listing):
    out = listing()
    assert "\x1b" not in out
    for name in catalogue.names():
        about = catalogue.load(name).__doc__.strip().splitlines()[0]
        assert any(line.split(maxsplit=1) == [name, about] for line in out.splitlines())


def test_a_screen_of_40_columns_is_kept_to(listing, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert max(map(len, listing().splitlines())) <= 40


def test_a_terminal_is_filled_to_its_width(listing, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((100, 30)))
    assert 80 < max(map(len, listing().splitlines())) <= 100
