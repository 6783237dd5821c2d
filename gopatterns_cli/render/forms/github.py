"""Annotations of GitHub's Actions, one workflow command a line: what a pull request shows beside its files.

A step shows at most ten of each kind, so the tenth error counts the rest. An error points at the file of its
scenario where that lies in the checkout.

Source: Workflow commands for GitHub Actions, GitHub's documentation; the escapes are those of its toolkit,
`escapeData` and `escapeProperty` in packages/core/src/command.ts.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from gopatterns_cli.entries import Entry, Found, Status, entries
from gopatterns_cli.render import headlines
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.session import Session

SHOWN = 10
"""So many annotations of one kind are shown of a step."""

TITLE = "gopat compare"

DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**DATA, ":": "%3A", ",": "%2C"}


def render(found: Found, _: Screen) -> str:
    """Write a comparison as workflow commands: the answer, an alarm of the canary, what failed."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Found) -> Iterator[str]:
    yield _command("notice", {"title": TITLE}, headlines.answer(found))
    if found.canary is not None and not found.canary.is_quiet:
        yield _command("warning", {"title": f"{TITLE}: canary"}, headlines.canary(found))
    failed = [entry for entry in entries(found) if entry.status is Status.FAILED]
    told = failed if len(failed) <= SHOWN else failed[: SHOWN - 1]
    for entry in told:
        yield _command("error", {**_anchor(found.session, entry), "title": _title(entry)}, entry.message)
    if len(failed) > len(told):
        yield _command("error", {"title": TITLE}, f"and {len(failed) - len(told):,} more")


def _title(entry: Entry) -> str:
    return f"{entry.verdict}: {entry.name}"


def _anchor(session: Session, entry: Entry) -> dict[str, str]:
    """Where the scenario's file begins, as seen from the root of the checkout; empty if it is not in it."""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    for name, scenario in session.plan.scenarios.items():
        path = scenario.get("path")
        if name.rpartition("/")[2] == entry.suite and isinstance(path, str):
            file = Path(path).resolve()
            if file.is_file() and file.is_relative_to(root):
                return {"file": file.relative_to(root).as_posix(), "line": "1"}
    return {}


def _command(name: str, properties: Mapping[str, str], data: str) -> str:
    told = ",".join(f"{key}={_escaped(value, PROPERTY)}" for key, value in properties.items())
    return f"::{name} {told}::{_escaped(data, DATA)}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(sign, sign) for sign in text)
