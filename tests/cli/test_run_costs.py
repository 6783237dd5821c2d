"""`gopat run --runtime simulator --costs measured`: a simulation, and labelled so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gopatterns_cli.app import main
from gopatterns_cli.predicting import costs
from gopatterns_cli.predicting.costs import MachineCosts
from gopatterns_cli.predicting.standing import standing_for

SIMULATED = ("--runtime", "simulator", "--costs", "measured")


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Costs that are known: 10 us for each sleep, 1 ms for each worker, nothing else."""

    def measured(runtime, say):
        say(f"measuring {runtime}")
        dear = replace(standing_for(runtime, cores=2), sleep_s=10e-6, worker_s=1e-3)
        return MachineCosts(dear, 0.0, 0.0, 0.0, 1e7, 0.0)

    monkeypatch.setattr(costs, "measured_costs", measured)


def run_json(capsys, *arguments):
    assert main(["run", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_costs_add_is_in_the_elapsed_time_and_the_label_says_so(capsys):
    figures = run_json(capsys, "worker-pool", "--workers", "10", "--jobs", "1000", *SIMULATED)
    assert figures["elapsed_s"] > figures["ideal_s"] == 100.0
    assert figures["simulation"] == "a simulation with costs measured on asyncio here"
    assert run_json(capsys, "worker-pool", "--runtime", "simulator")["simulation"] is None
    assert run_json(capsys, "pipeline")["simulation"] is None


def test_many_workers_are_limited_by_what_one_interpreter_does(capsys):
    asked = ("--workers", "10_000", "--jobs", "20_000", "--latency", "1ms")
    figures = run_json(capsys, "worker-pool", *asked, *SIMULATED)
    assert figures["ideal_s"] == 0.002
    assert figures["elapsed_s"] == pytest.approx(0.2, rel=0.02)


def test_the_summary_says_that_it_is_a_simulation_and_of_what(capsys):
    assert main(["run", "worker-pool", *SIMULATED, "--as", "fibers", "--seed", "3"]) == 0
    out, err = capsys.readouterr()
    assert "a simulation with costs measured on fibers here, seed 3" in out
    assert err == "measuring fibers\n"


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_screen_is_told_that_it_is_a_simulation_too(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["run", "worker-pool", *SIMULATED]) == 0
    out = capsys.readouterr().out
    assert "a simulation with costs measured on asyncio here, seed 0" in " ".join(out.split())
    assert max(map(len, out.splitlines()[-10:])) <= columns


def test_more_cores_take_more_worker_processes(capsys):
    asked = ("--workers", "1_000", "--jobs", "1_000", *SIMULATED, "--as", "processes")
    few = run_json(capsys, "worker-pool", *asked)
    many = run_json(capsys, "worker-pool", *asked, "--cores", "64")
    assert few["simulation"] == "a simulation with costs measured on processes here"
    assert many["simulation"] == "a simulation of 64 cores with costs measured on processes here"
    assert (few["peak_concurrency"], many["peak_concurrency"]) == (8, 256)
    assert (few["elapsed_s"] // 1, many["elapsed_s"] // 1) == (125, 4)
    assert many["start_s"] == pytest.approx(0.256)


def test_cores_that_change_nothing_are_told(capsys):
    assert main(["run", "worker-pool", *SIMULATED, "--cores", "64"]) == 0
    assert "note: on asyncio one core serves all tasks" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--costs", "measured"], "--costs: found with --runtime asyncio, allowed with --runtime simulator"),
        (["--runtime", "threads", "--costs", "measured"], "--costs: found with --runtime threads"),
        (["--runtime", "simulator", "--costs", "guessed"], '--costs: found "guessed", allowed measured'),
        (["--runtime", "simulator", "--cores", "4"], "--cores: found without --costs, allowed with --costs"),
        (["--as", "threads"], "--as: found without --costs, allowed with --costs measured"),
        ([*SIMULATED, "--as", "thread"], "did you mean threads?"),
        ([*SIMULATED, "--as", "simulator"], '--as: found "simulator", allowed asyncio, fibers'),
        ([*SIMULATED, "--cores", "0"], '--cores: found "0", allowed a whole number from 1'),
        ([*SIMULATED, "--workers", "1_000_001"], "allowed a whole number from 1 to 1_000_000"),
    ],
)
def test_what_does_not_go_together_is_one_line_and_exit_2(capsys, arguments, message):
    assert main(["run", "worker-pool", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert message in error


def test_every_demo_runs_with_costs_and_leaks_nothing(capsys):
    from patterns import catalogue

    for name in catalogue.names():
        for runtime in ("asyncio", "threads", "processes"):
            figures = run_json(capsys, name, *SIMULATED, "--as", runtime)
            assert figures["leaked_tasks"] == 0, name
