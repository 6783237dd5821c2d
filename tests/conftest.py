"""Fixtures that every test may use: one run per runtime, found by listing. The record of conformance."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import goldens
import pytest

from gopatterns_cli import complexity, conformance
from patterns.launch import launch

from seams import AVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(name, None)  # English, whatever the developer speaks


@pytest.fixture(params=AVAILABLE)
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def gopat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command in an empty folder; returns the exit code and what it printed."""
    from gopatterns_cli.app import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return run


@pytest.fixture
def go(runtime: str) -> Callable[..., Any]:
    """Run an async function on the runtime; nothing may be left behind."""

    def run_clean(main: Callable[..., Any], *args: Any) -> Any:
        outcome = launch(main, *args, runtime=runtime)
        if outcome.error is not None:
            raise outcome.error
        assert outcome.leaked == ()
        assert outcome.abandoned_calls == 0
        return outcome.value

    return run_clean


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines and branches as they were when the whole outputs were written: a pattern's text may change."""
    monkeypatch.setattr(complexity, "FILE", goldens.FOLDER / "counted.json")


BEHAVIOUR = re.compile(r"test_([a-z]{2})_([0-9]{2})_")
outcomes: dict[str, dict[str, str]] = defaultdict(dict)


def pytest_configure() -> None:
    """What tests compare is no business of the summary of the step that they run in."""
    os.environ.pop("GITHUB_ACTIONS", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-conformance", action="store_true", help="write what passed on which runtime")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Note by id and runtime what became of a test of Go's behaviours; one failure outweighs every pass."""
    report = yield
    named = BEHAVIOUR.match(item.name)
    if named and (report.when == "call" or report.failed):
        params = getattr(getattr(item, "callspec", None), "params", {})
        found = outcomes[f"{named[1].upper()}-{named[2]}"]
        where = params.get("runtime", conformance.ANY)
        if found.get(where) != conformance.FAIL and not report.skipped:
            found[where] = conformance.PASS if report.passed else conformance.FAIL
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--record-conformance"):
        ordered = {name: dict(sorted(found.items())) for name, found in sorted(outcomes.items())}
        conformance.OUTCOMES.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
