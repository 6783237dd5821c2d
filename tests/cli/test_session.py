"""A session file that somebody has changed is refused in one line, never taken for something else."""

from __future__ import annotations

import copy
import json

import pytest

from gopatterns_cli.app import main

import synthetic

WRONG = (None, "", [], {}, -1, 1e308, "x", True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = synthetic.written(tmp_path_factory.mktemp("whole") / "s.json", names=("worker-pool",), rounds=6)
    return json.loads(path.read_text(encoding="utf-8"))


def places(value, trail=()):
    """Every place in a JSON value, of a list the first only."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*trail, name)
            yield from places(inner, (*trail, name))
    elif isinstance(value, list) and value:
        yield (*trail, 0)
        yield from places(value[0], (*trail, 0))


def changed(whole, trail, value):
    data = copy.deepcopy(whole)
    *way, last = trail
    inner = data
    for step in way:
        inner = inner[step]
    inner[last] = value
    return data


@pytest.mark.timeout(240)  # some two thousand sessions
def test_no_change_of_a_session_ends_in_a_bug(whole, tmp_path, capsys):
    path = tmp_path / "s.json"
    trails = [*places(whole["gopat"], ("gopat",)), *places(whole["benchmarks"], ("benchmarks",))]
    assert len(trails) > 100
    for trail in trails:
        for value in WRONG:
            path.write_text(json.dumps(changed(whole, trail, value)), encoding="utf-8")
            code = main(["compare", str(path), "--json"])
            out, err = capsys.readouterr()
            assert code in {0, 2, 5}, (trail, value, err)
            assert "GOPAT_DEBUG" not in err, (trail, value)
            assert len(err.splitlines()) == (code != 0), (trail, value, err)
            if code:
                assert err.startswith(f"error: {path}: "), (trail, value, err)
            else:
                json.loads(out)


def test_a_session_without_a_finished_round_does_not_hide_one_with(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    synthetic.written(tmp_path / "results" / "good.json")
    later = "2026-11-25T00:00:00.000001Z"
    synthetic.written(tmp_path / "results" / "later.json", rounds=0, planned=12, started=later)
    assert main(["compare"]) == 0
    assert "results/good.json" in capsys.readouterr().out


def test_a_name_that_no_session_has_is_answered_with_what_there_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    synthetic.written(tmp_path / "results" / "mine.json", group="mine", names=("worker-pool",))
    assert main(["compare"]) == 5
    assert capsys.readouterr().err == (
        "error: results: no session of 'claims' here, only of mine: try gopat compare mine\n"
    )
    assert main(["compare", "worker-poool"]) == 5
    assert "did you mean worker-pool?" in capsys.readouterr().err
