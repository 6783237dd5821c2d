"""Every behaviour of Go's that the list names has a test on every runtime, or says why not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gopatterns_cli import conformance
from gopatterns_cli.app import main
from gopatterns_cli.conformance import PASS, rows

from seams import AVAILABLE

TESTS = Path(__file__).parent / "conformance"
NAME = re.compile(r"def test_([a-z]{2})_([0-9]{2})_")


def ids_with_a_test():
    files = "".join(file.read_text(encoding="utf-8") for file in TESTS.glob("test_*.py"))
    return {f"{area.upper()}-{number}" for area, number in NAME.findall(files)}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_every_behaviour_passes_on_every_runtime_where_it_has_a_meaning(row):
    if row.not_offered:
        return
    wanted = row.runtimes or AVAILABLE
    assert {name: row.outcome(name) for name in wanted} == dict.fromkeys(wanted, PASS)


def test_every_test_of_a_behaviour_belongs_to_one_that_is_listed():
    assert ids_with_a_test() <= {row.id for row in rows()}


def test_every_behaviour_has_a_test_or_is_not_offered():
    assert {row.id for row in rows() if not row.not_offered} <= ids_with_a_test()


def test_the_record_is_of_the_tests_that_there_are():
    assert set(json.loads(conformance.OUTCOMES.read_text(encoding="utf-8"))) == ids_with_a_test()


def test_ids_are_listed_once():
    ids = [row.id for row in rows()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("columns", ["40", "80", "120"])
def test_the_table_fits_the_screen(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["list", "--conformance"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{len(rows())} behaviours,")
    assert "CH-01" in out
    words = [line for line in out.splitlines() if len(line) > int(columns) and not line.startswith("id ")]
    assert not [line for line in words if len(line.split()) > 1 and not re.match(r"[A-Z]{2}-[0-9]{2} ", line)]


def test_the_table_as_json_has_every_row(capsys):
    assert main(["list", "--conformance", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in entries] == [row.id for row in rows()]
    assert all(set(entry["outcomes"]) >= set(AVAILABLE) for entry in entries)
