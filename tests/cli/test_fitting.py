"""A plan that fits a time: what is left out first, and what is never left out."""

import pytest

import scenarios
from gopatterns_cli.app import main
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.drafting import draft
from gopatterns_cli.measuring.estimating import expected_s

ALL = scenarios.find("all").scenarios


def plan(budget_s, *, rounds=None, quick=False):
    return draft(
        ALL,
        quick=quick,
        rounds=rounds,
        seed=1,
        runtimes=None,
        operations_per_s=1e7,
        budget_s=budget_s,
    )


def test_a_budget_that_is_ample_changes_nothing():
    assert plan(1e6).cells == plan(None).cells
    assert plan(1e6).left_out == ()


@pytest.mark.parametrize("budget_s", [300, 400, 600, 800, 1_000])
def test_whatever_is_planned_fits_the_budget_and_has_an_interval(budget_s):
    found = plan(budget_s)
    assert found.expected_s <= budget_s
    assert found.rounds >= 6
    assert (found.rounds, len(found.cells)) == (12, len(plan(None).cells)) or found.left_out


def test_rounds_go_before_arms():
    found = plan(plan(1e6).expected_s * 0.8)
    assert found.left_out == ("4 of 12 rounds",)
    assert found.cells == plan(None).cells


def test_what_decides_a_claim_is_left_out_last():
    least = plan(300)
    kept = {(cell.scenario, cell.arm) for cell in least.cells}
    assert {
        ("worker-pool", "gopat"),
        ("pipeline", "go"),
        ("rate-limit", "ticker"),
        ("fan-out", "serial"),
    } <= kept
    assert not [cell for cell in least.cells if cell.pool == "warm" or cell.arm == "native"]


def test_rounds_that_were_asked_for_stay():
    assert plan(600, rounds=7).rounds == 7


def test_a_budget_that_nothing_fits_is_refused_with_the_least():
    with pytest.raises(Failure, match=r"--budget: found 10s, allowed from \d+s for these targets") as refused:
        plan(10)
    assert refused.value.exit_code == 2


def test_the_plan_says_what_it_left_out(capsys):
    assert main(["bench", "all", "--list", "--budget", "8m", "--no-go"]) == 0
    out = capsys.readouterr().out
    assert "left out for the budget: " in out
    assert "no figures for Go: it was left out with --no-go" in out


def test_the_expected_time_rises_with_the_rounds():
    cells = plan(None).cells
    assert expected_s(cells, 6, quick=False) < expected_s(cells, 12, quick=False)
