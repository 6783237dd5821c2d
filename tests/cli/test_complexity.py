"""Lines and branches are counted by a tool, stored, and found stale."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from gopatterns_cli import complexity, sources
from gopatterns_cli.failure import Failure
from patterns import catalogue

TEXT = '''"""A module."""

import sys

LIMIT = 3
"""A constant's own words,
on two lines."""


def choose(number):
    """A function
    with a docstring of three lines.
    """
    # a comment
    if number > LIMIT and number < 9:
        return "big"

    def inner():
        return [one for one in range(number) if one]

    return inner
'''
"""Of eight lines with code in them."""


def test_the_stored_figures_name_every_pattern_and_every_text_of_it():
    found = complexity.stored()
    assert tuple(found) == catalogue.names()
    for pattern, texts in found.items():
        there = [place for place in sources.places(pattern) if place.arm in {"gopat", "native", "go"}]
        assert [(text.arm, text.runtime, text.path) for text in texts] == [
            (place.arm, place.runtime, place.path) for place in there
        ]
        assert all(text.lines > 0 and text.branches >= 0 for text in texts)


def test_docstrings_are_no_lines_wherever_they_stand():
    bare = complexity.without_docstrings(TEXT)
    assert [line for line in bare.splitlines() if line.strip()] == [
        "import sys",
        "LIMIT = 3",
        "def choose(number):",
        "    # a comment",
        "    if number > LIMIT and number < 9:",
        '        return "big"',
        "    def inner():",
        "        return [one for one in range(number) if one]",
        "    return inner",
    ]


def test_lines_with_code_and_conditions_are_counted_in_python():
    pytest.importorskip("lizard")
    assert complexity.count(TEXT, "python") == (8, 4)


def test_they_are_counted_in_go():
    pytest.importorskip("lizard")
    text = (
        "// Package p is one.\npackage p\n\n// Most returns the greater one.\n"
        "func Most(a, b int) int {\n\tif a > b || b == 0 { // here\n\t\treturn a\n\t}\n\treturn b\n}\n"
    )
    assert complexity.count(text, "go") == (7, 2)


def test_without_lizard_one_line_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "lizard", None)
    assert complexity.main(["--check"]) == 1
    assert capsys.readouterr().err == "error: lizard is not here, which counts: pip install 'gopat[dev]'\n"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """The file somewhere else, and two texts that need no lizard to be counted."""
    found = {"pipeline": (complexity.Written("gopat", None, "patterns/pipeline.py", 60, 9),)}
    monkeypatch.setattr(complexity, "FILE", tmp_path / "complexity.json")
    monkeypatch.setattr(complexity, "counted", lambda: found)
    return found


def test_what_is_written_is_read_back_and_the_check_is_silent(elsewhere, capsys):
    assert complexity.main([]) == 0
    assert complexity.stored() == elsewhere
    assert complexity.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("stale", [None, "another figure"])
def test_a_stale_file_fails_the_check_with_one_line_and_is_left_alone(elsewhere, capsys, stale):
    if stale:
        written = {"pipeline": [asdict(elsewhere["pipeline"][0]) | {"branches": 8}]}
        complexity.FILE.write_text(json.dumps(written), encoding="utf-8")
    before = complexity.FILE.exists() and complexity.FILE.read_text(encoding="utf-8")
    assert complexity.main(["--check"]) == 1
    said = "complexity.json is not what would be counted now; python -m gopatterns_cli.complexity"
    assert capsys.readouterr().err == f"error: {said}\n"
    assert (complexity.FILE.exists() and complexity.FILE.read_text(encoding="utf-8")) == before


@pytest.mark.parametrize("text", ["", "[]", '{"pipeline": [{"arm": "gopat"}]}', '{"pipeline": 3}'])
def test_a_damaged_file_is_one_line(elsewhere, text):
    complexity.FILE.write_text(text, encoding="utf-8")
    with pytest.raises(Failure, match="this installation of gopat is damaged") as failure:
        complexity.stored()
    assert len(failure.value.message.splitlines()) == 1


def test_a_wrong_call_shows_the_right_one(capsys):
    assert complexity.main(["--chekc"]) == 2
    assert capsys.readouterr().err == "usage: python -m gopatterns_cli.complexity [--check]\n"
