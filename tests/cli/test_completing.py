"""What a shell offers, asked as the shells ask."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gopatterns_cli import completing
from patterns import catalogue, runtimes
from scenarios import names as scenario_names

from shells import PROGRAM, SHELLS, asked


def offered(shell, line, folder=None):
    """Return the words that a shell is offered at the end of a line."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True, text=True, check=False, env={**os.environ, **asked(shell, line)}, cwd=folder,
    )  # fmt: skip
    assert done.stderr == ""
    if shell == "zsh":
        items = done.stdout.partition("((")[2].rpartition("))")[0].splitlines()
        return [item.partition('":')[0].strip('"') for item in items]
    return [line.partition("\t")[0] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_is_offered_patterns_runtimes_and_scenarios(shell):
    assert offered(shell, "gopat run work") == ["worker-pool"]
    assert "threads" in offered(shell, "gopat run worker-pool --runtime ")
    assert "pipeline" in offered(shell, "gopat bench pipe")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_is_offered_session_files(shell, tmp_path):
    (tmp_path / "results").mkdir()
    for name in ("20261124T041233Z-claims.json", "20261125T041233Z-claims.json"):
        (tmp_path / "results" / name).touch()
    found = offered(shell, "gopat compare results/", tmp_path)
    assert found == ["results/20261125T041233Z-claims.json", "results/20261124T041233Z-claims.json"]


def test_the_options_of_the_pattern_that_stands_there_are_offered():
    found = offered("bash", "gopat run pipeline --st")
    assert found == ["--step", "--stages"]
    assert offered("bash", "gopat run worker-pool --sta") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_options_are_offered_with_their_help_and_without_what_is_slow_to_load(shell):
    slow = 'str({"rich.console", "pydantic"} & {*sys.modules})'
    told = f"import atexit\natexit.register(lambda: sys.stderr.write({slow}))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{told}{PROGRAM}"],
        capture_output=True, text=True, check=True, env={**os.environ, **asked(shell, "gopat bench --see")},
    )  # fmt: skip
    assert done.stderr == "set()"
    assert "--seed" in done.stdout
    assert ("Draws the order" in done.stdout) == (shell != "bash")


@pytest.mark.parametrize(
    ("line", "expected"),
    [("gopat bench --se", True), ("gopat bench --seed ", False), ("gopat bench ", False), ("", False)],
)
def test_a_word_that_is_not_begun_is_no_option(monkeypatch, line, expected):
    for shell in SHELLS:
        for name in ("COMP_WORDS", "_TYPER_COMPLETE_ARGS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in asked(shell, line).items():
            monkeypatch.setenv(name, value)
        assert completing.is_option() is expected


def test_commands_are_offered():
    assert offered("bash", "gopat com") == ["compare"]


def test_patterns_and_runtimes_are_all_of_them():
    assert completing.patterns("") == list(catalogue.names())
    assert completing.runtimes("") == list(runtimes.names())


def test_of_a_list_the_rest_is_offered():
    assert completing.runtime_list("asyncio,t") == ["asyncio,threads"]
    assert "asyncio,asyncio" not in completing.runtime_list("asyncio,")
    assert completing.runtime_list("al") == ["all"]
    assert completing.some_of("go", "gopat", "native")("go,g") == ["go,gopat"]


def test_scenarios_and_behind_a_slash_their_claims_are_offered():
    stems = {name.rpartition("/")[2] for name in scenario_names()}
    assert stems <= set(completing.targets(""))
    assert "worker-pool/10-workers" in completing.targets("worker-pool/")
    assert completing.targets("worker-pool/nothing") == []


def test_where_there_are_no_sessions_groups_are_offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GOPAT_RESULTS", raising=False)
    assert completing.sessions("cl") == ["claims"]
    assert completing.session_files("") == []


def test_results_lie_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("GOPAT_RESULTS", str(tmp_path))
    (tmp_path / "a.json").touch()
    assert completing.session_files("") == [str(tmp_path / "a.json")]
