"""`gopat results`: what is kept, listed, exported, taken away."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace

import pytest

from gopatterns_cli.keeping import kept
from gopatterns_cli.session import RUNNING, load, write

from synthetic import written


@pytest.fixture
def folder(tmp_path):
    """Three sessions, and a file that is none."""
    results = tmp_path / "results"
    written(results / "b.json", started="2026-11-24T04:12:33.000001Z", names=("worker-pool",))
    written(results / "a.json", started="2026-11-26T10:00:00.000001Z", names=("worker-pool",), quick=True)
    written(results / "c.json", started="2026-11-25T00:00:00.000001Z", rounds=3, planned=12)
    (results / "d.json").write_text("{", encoding="utf-8")
    return results


def test_the_newest_comes_first_and_what_cannot_be_read_last(folder):
    assert [one.path.name for one in kept(folder)] == ["a.json", "c.json", "b.json", "d.json"]


def test_a_line_says_what_it_is_and_what_was_found(gopat, folder):
    code, out, _ = gopat("results")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, 4)
    parts = lines[2].split("; ")
    assert parts[:2] == ["2026-11-24 04:12 UTC", "claims"]
    assert parts[2].endswith(" arms, 12 rounds, complete")
    assert {"reproduced"} <= set(parts[3].split())
    assert parts[-1] == "b.json"
    assert "claims, quick" in lines[0]
    assert "3 rounds, interrupted" in lines[1]
    assert lines[3] == "d.json: is cut off: its JSON ends in the middle, after 1 characters"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_the_list_fits_the_screen(gopat, folder, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = gopat("results")
    assert max(map(len, out.splitlines())) <= columns


def test_the_list_as_json(gopat, folder):
    found = json.loads(gopat("results", "--json")[1])
    assert found["schema"] == 1
    assert found["sessions"][0]["path"] == "results/a.json"
    assert found["sessions"][-1]["problem"].startswith("is cut off")


def test_every_value_is_exported(gopat, folder):
    _, out, _ = gopat("results", "--export", "csv", "results/b.json")
    rows = list(csv.DictReader(io.StringIO(out)))
    session = load(folder / "b.json")
    assert len(rows) == len(session.runs)
    for row in rows:
        assert float(row["value"]) == session.seconds(row["cell"])[int(row["round"])]
        assert row["unit"] == "s"
        assert row["scenario"] == "worker-pool"


def test_markdown_is_what_compare_writes(gopat, folder):
    exported = gopat("results", "--export", "markdown", "results/b.json")
    assert exported == gopat("compare", "results/b.json", "--format", "markdown")


def test_sessions_are_taken_away(gopat, folder):
    assert gopat("results", "--remove", "--yes", "results/a.json", "results/b.json") == (0, "", "")
    assert sorted(path.name for path in folder.iterdir()) == ["c.json", "d.json"]


def test_whoever_cannot_be_asked_says_so_beforehand(gopat, folder):
    code, _, err = gopat("results", "--remove", "results/a.json")
    assert (code, (folder / "a.json").exists()) == (2, True)
    assert err == "error: --yes: found nothing, and no terminal to ask on; allowed --yes, which agrees\n"


def test_a_session_that_is_being_measured_stays_and_so_do_the_others(gopat, folder, monkeypatch):
    write(replace(load(folder / "c.json"), status=RUNNING))
    another = os.getpid() + 1
    monkeypatch.setattr("os.getpid", lambda: another)
    code, _, err = gopat("results", "--remove", "--yes", "results/a.json", "results/c.json")
    assert code == 2
    assert "is being measured by process" in err
    assert (folder / "a.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--results", "nowhere"), 5, "nowhere: no session here; `gopat bench` makes one"),
        (("results/a.json",), 2, "SESSION: found without --export or --remove"),
        (("--remove",), 2, "SESSION: found nothing, allowed one of those that gopat results lists"),
        (("--export", "csv"), 2, "SESSION: found nothing"),
        (("--export", "xml", "results/a.json"), 2, '--export: found "xml", allowed csv, markdown'),
        (("--export", "csv", "--remove", "results/a.json"), 2, "--remove: found with --export"),
        (("--export", "csv", "results/none.json"), 5, "results/none.json: there is no such file"),
        (("--remove", "--yes", "results/d.json"), 2, "results/d.json: is cut off"),
    ],
)
def test_what_cannot_be_is_one_line(gopat, folder, arguments, code, message):
    found, out, err = gopat("results", *arguments)
    assert (found, out) == (code, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1
