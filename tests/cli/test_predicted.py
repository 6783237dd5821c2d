"""Predicted against measured in `gopat compare`: the column, the sentence, the JSON, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import goldens
import pytest

from gopatterns_cli import app
from gopatterns_cli.comparison import compare
from gopatterns_cli.measuring import rounds
from gopatterns_cli.measuring.looks import once
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.predicting import prediction
from gopatterns_cli.predicting.costs import MachineCosts
from gopatterns_cli.predicting.standing import standing_for
from gopatterns_cli.session import load

from synthetic import Truth, session, written

pytestmark = pytest.mark.usefixtures("counted")


@pytest.fixture
def gopat(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "GOPAT_RESULTS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "results").mkdir()

    def run(*arguments, columns=120):
        monkeypatch.setenv("COLUMNS", str(columns))
        code = app.main(arguments)
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_column_and_the_sentence_fit_the_screen(gopat, tmp_path, columns):
    written(tmp_path / "results" / "s.json", predicted=1.07)
    _, out, _ = gopat("compare", columns=columns)
    assert max(map(len, out.splitlines())) <= columns
    goldens.check(f"compare-predicted-{columns}.txt", out)


def test_the_error_is_what_was_predicted_over_what_was_measured(tmp_path):
    found = compare(session(tmp_path / "s.json", Truth(predicted=1.2, noise=0.0)))
    errors = [
        row.measured.prediction_error
        for table in found.tables
        for block in table.configurations
        for row in block.rows
        if row.measured.cell.arm == "gopat"
    ]
    assert errors
    for error in errors:  # the rounds drift all together, by a few percent
        assert error == pytest.approx(0.2, abs=0.06)
    assert found.prediction.median == pytest.approx(0.2, abs=0.06)
    assert found.prediction.arms == len(errors)


def test_the_worst_is_the_farthest_whichever_way(tmp_path):
    measured = session(tmp_path / "s.json", Truth(predicted=1.1, noise=0.0))
    low, high = list(measured.plan.predicted)[:2]
    predicted = {**measured.plan.predicted}
    predicted[low] *= 0.3
    predicted[high] *= 1.4
    found = compare(replace(measured, plan=replace(measured.plan, predicted=predicted))).prediction
    assert (found.worst_cell, found.worst < -0.6) == (low, True)


def test_the_json_form_carries_it(gopat, tmp_path):
    written(tmp_path / "results" / "s.json", predicted=1.07)
    data = json.loads(gopat("compare", "--json")[1])
    assert data["prediction"].keys() == {"median", "worst", "worst_cell", "arms"}
    rows = [row for table in data["tables"] for block in table["configurations"] for row in block["rows"]]
    assert {row["arm"] for row in rows if row["predicted_s"] is not None} == {"gopat"}
    assert all((row["prediction_error"] is None) == (row["predicted_s"] is None) for row in rows)


def test_the_markdown_form_carries_it(gopat, tmp_path):
    written(tmp_path / "results" / "s.json", predicted=1.07)
    out = gopat("compare", "--format", "markdown")[1]
    assert "| predicted |" in out
    assert "prediction: median error" in out


def test_a_session_without_predictions_says_nothing_of_them(gopat, tmp_path):
    written(tmp_path / "results" / "s.json")
    assert "predict" not in gopat("compare")[1]
    data = json.loads(gopat("compare", "--json")[1])
    assert data["prediction"] is None


def test_what_was_not_predicted_is_named_with_its_reason(tmp_path):
    measured = session(tmp_path / "s.json", Truth(predicted=1.0))
    name = next(iter(measured.plan.predicted))
    plan = replace(measured.plan, not_predicted={name: "its jobs are a secret"})
    notes = compare(replace(measured, plan=plan)).notes
    assert f"Not predicted, as its jobs are a secret: {name}." in notes


def test_a_plan_keeps_its_predictions():
    plan = Plan(1, once(1), 1.0, 1.0, (), ((),), (7,))
    assert Plan.from_json(plan.to_json()).predicted == {}


@pytest.mark.parametrize(
    "predicted", [{"nobody": 1.0}, {"CELL": 0.0}, {"CELL": -1.0}, {"CELL": "soon"}, [1.0]]
)
def test_a_damaged_prediction_is_no_plan(tmp_path, predicted):
    plan = session(tmp_path / "s.json", Truth()).plan
    name = plan.cells[-1].name
    data = plan.to_json()
    kept = (
        {name if key == "CELL" else key: value for key, value in predicted.items()}
        if isinstance(predicted, dict)
        else predicted
    )
    with pytest.raises((TypeError, ValueError)):
        Plan.from_json({**data, "predicted": kept})


# In a session


SMALL = """\
about = "Four jobs that wait a moment."
pattern = "worker-pool"
job = { kind = "wait", duration = "100us", count = 4 }
arms = { workers = [2], runtimes = ["asyncio"], home = "asyncio" }
"""


@pytest.fixture
def begun(gopat, tmp_path, monkeypatch):
    """Begin a session with costs that are free, or not known; return it as it is before the first round."""
    seen = []

    def carried_out(session, launcher, progress, settled):
        seen.append(load(session.path))
        return session

    def bench(*options, known=True):
        costs = MachineCosts(standing_for("asyncio"), 0.0, 0.0, 0.0, 1e7, 0.0) if known else None
        monkeypatch.setattr(prediction, "measured_costs", lambda runtime, say: costs)
        monkeypatch.setattr(prediction, "known_costs", lambda runtime: costs)
        monkeypatch.setattr(rounds, "carry_out", carried_out)
        tmp_path.joinpath("small.toml").write_text(SMALL, encoding="utf-8")
        assert gopat("bench", "small.toml", "--no-go", *options)[0] == 0
        return seen.pop()

    return bench


def test_predictions_are_on_disk_before_the_first_round(begun):
    measured = begun()
    assert measured.plan.predicted == {"small/gopat/asyncio/cold/workers=2": pytest.approx(200e-6)}
    assert (measured.rounds_done, measured.runs, measured.plan.loops) == (0, (), {})


def test_a_budget_leaves_no_time_to_measure_costs_and_the_plan_says_so(begun):
    plan = begun("--budget", "5m", known=False).plan
    assert plan.predicted == {}
    (reason,) = plan.not_predicted.values()
    assert reason == "what operations cost on asyncio is not measured yet"
    assert begun("--budget", "5m").plan.not_predicted == {}
