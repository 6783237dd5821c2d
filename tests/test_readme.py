"""What the README shows is true: its code runs, its files are sound, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scenarios
from gopatterns_cli.app import main

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "scenarios/claims/README.md")
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"\bgopat ([a-z]+) ?((?:--[a-z-]+ ?)*)")


def blocks(language):
    return [
        pytest.param(text, id=f"{page}-{number}")
        for page in PAGES
        for number, (found, text) in enumerate(FENCE.findall(ROOT.joinpath(page).read_text(encoding="utf-8")))
        if found == language
    ]


@pytest.mark.parametrize("code", blocks("python"))
def test_its_code_runs(code):
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102 - our own page


@pytest.mark.parametrize("text", blocks("toml"))
def test_its_scenario_files_are_sound(text, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    assert scenarios.check(path) == ()


def test_every_command_that_it_names_exists(capsys):
    text = ROOT.joinpath("README.md").read_text(encoding="utf-8")
    named = {(name, options) for name, options in COMMAND.findall(text) if name not in {"on", "arm"}}
    commands = {
        "bench",
        "check",
        "compare",
        "doctor",
        "explore",
        "list",
        "report",
        "results",
        "run",
        "show",
        "tune",
    }
    assert {name for name, _ in named} == commands
    for name, options in named:
        assert main([name, "--help"]) == 0
        known = capsys.readouterr().out
        assert all(option in known for option in options.split())


def test_its_first_two_commands_are_the_main_job_and_the_tests():
    commands = [
        text for language, text in FENCE.findall(ROOT.joinpath("README.md").read_text()) if language == "sh"
    ]
    assert commands[0] == "./setup && .venv/bin/gopat bench all --quick && .venv/bin/gopat compare\n"
    assert commands[1] == "./setup test && .venv/bin/python -m pytest\n"
