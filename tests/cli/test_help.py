"""Help: on one screen, in groups, with two examples that work."""

from __future__ import annotations

from pathlib import Path

import pytest

from gopatterns_cli import commands
from gopatterns_cli.app import main
from gopatterns_cli.helping import described
from patterns import catalogue

import shown

NAMES = sorted(path.stem for path in Path(commands.__path__[0]).glob("[a-z]*.py"))
OF_PATTERNS = ("run", "explore")
ALL = [[name] for name in NAMES] + [[name, pattern] for name in OF_PATTERNS for pattern in catalogue.names()]

SCREEN = (80, 24)


def help_of(capsys, monkeypatch, arguments, columns=80):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main([*arguments, "--help"]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("arguments", ALL, ids=" ".join)
def test_it_fits_the_smallest_usual_screen(capsys, monkeypatch, arguments):
    lines = help_of(capsys, monkeypatch, arguments)
    assert max(map(len, lines)) <= SCREEN[0]
    assert len(lines) <= SCREEN[1]


@pytest.mark.parametrize("columns", [40, 63, 64, 200])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_no_wider_than_any_screen(capsys, monkeypatch, name, columns):
    assert max(map(len, help_of(capsys, monkeypatch, [name], columns))) <= columns


@pytest.mark.parametrize("name", NAMES)
def test_every_option_stands_in_one_group(capsys, monkeypatch, name):
    groups = command(name).groups
    named = [parameter for members in groups.values() for parameter in members]
    assert len(named) == len(set(named))
    assert set(named) == {one.name for one in command(name).params} - {"wanted"}
    assert 2 <= len(groups) <= 5


def command(name):
    from gopatterns_cli.app import _command

    return _command(name)


def test_a_patterns_own_options_are_shown_with_the_pattern_alone(capsys, monkeypatch):
    assert "demo  " not in "\n".join(help_of(capsys, monkeypatch, ["run"]))
    own = "\n".join(help_of(capsys, monkeypatch, ["run", "worker-pool"]))
    assert "demo  --workers N" in own
    assert "--stages" not in own


def test_a_docstring_is_told_and_its_examples():
    told, examples = described(
        "A line.\n\n    More of\n    it.\n\n    gopat list\n\n    gopat list --json\n    "
    )
    assert told == ["A line.", "More of it."]
    assert examples == ["gopat list", "gopat list --json"]


EXAMPLES = {name: described(command(name).help)[1] for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_there_are_two_examples(name):
    assert len(EXAMPLES[name]) == 2


@pytest.mark.parametrize("example", [one for examples in EXAMPLES.values() for one in examples])
def test_an_example_works(tmp_path, monkeypatch, example):
    shown.furnish(tmp_path, monkeypatch)
    shown.run(example)
