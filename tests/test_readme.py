"""What our pages show is true: code runs, files are sound, commands work, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scenarios
from gopatterns_cli.app import main

import shown

ROOT = Path(__file__).parents[1]
DOCS = tuple(f"docs/{path.name}" for path in sorted(ROOT.joinpath("docs").glob("*.md")))
PAGES = ("README.md", "README.zh.md", *DOCS, "scenarios/claims/README.md")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
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


def named(page):
    """Return the commands that a page names, each with the options that stand behind it."""
    text = ROOT.joinpath(page).read_text(encoding="utf-8")
    return {(name, options) for name, options in COMMAND.findall(text) if name not in {"on", "arm"}}


def test_every_command_that_pages_name_exists(capsys):
    commands = {path.stem for path in ROOT.joinpath("gopatterns_cli", "commands").glob("[a-z]*.py")}
    found = {one for page in ("README.md", *DOCS) for one in named(page)}
    assert {name for name, _ in found} == commands
    for name, options in found:
        assert main([name, "--help"]) == 0
        known = capsys.readouterr().out
        left = [option for option in options.split() if option not in known]
        assert left in ([], ["--workers"]), name  # a demo's own option, which its pattern's help has


LINES = [
    line
    for page in ("README.md", *DOCS)
    for found, text in FENCE.findall(ROOT.joinpath(page).read_text(encoding="utf-8"))
    if found == "sh"
    for line in text.splitlines()
    if "gopat" in line
]


@pytest.mark.parametrize("line", LINES)
def test_a_command_that_is_shown_works(tmp_path, monkeypatch, line):
    shown.furnish(tmp_path, monkeypatch)
    shown.run(line)


def test_the_main_job_comes_first_and_the_tests_have_their_command():
    text = ROOT.joinpath("README.md").read_text(encoding="utf-8")
    commands = [block for language, block in FENCE.findall(text) if language == "sh"]
    assert commands[0] == "./setup && .venv/bin/gopat bench all --quick && .venv/bin/gopat compare\n"
    assert "./setup test && .venv/bin/python -m pytest\n" in commands


@pytest.mark.parametrize("page", [*PAGES, "results/README.md"])
def test_every_link_of_ours_leads_somewhere(page):
    folder = ROOT.joinpath(page).parent
    links = LINK.findall(ROOT.joinpath(page).read_text(encoding="utf-8"))
    assert [link for link in links if not folder.joinpath(link).exists()] == []
