"""What every pattern promises on every runtime; a new pattern or runtime joins by its file alone."""

from __future__ import annotations

import pytest

from patterns import catalogue
from patterns.launch import launch

from seams import AVAILABLE

PATTERNS = catalogue.names()


def demo(name):
    return catalogue.load(name).demo


def results(name, runtime, **values):
    outcome = launch(demo(name).main, demo(name).choose(**values), runtime=runtime)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.leaked == ()
    return outcome


@pytest.mark.parametrize("name", PATTERNS)
def test_the_demo_gives_the_same_results_on_every_runtime(name, runtime):
    expected = sorted(results(name, "simulator").value)
    assert sorted(results(name, runtime, latency=0.001).value) == expected


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("seed", range(10))
def test_the_simulator_gives_the_ideal_makespan_exactly(name, seed):
    for jobs in (0, 1, 2, 7, 10, 33):
        for latency in (0.0, 0.1, 1.0, 1e-4):
            options = demo(name).choose(jobs=jobs, latency=latency)
            outcome = launch(demo(name).main, options, runtime="simulator", seed=seed)
            assert outcome.error is None
            assert outcome.elapsed_s == demo(name).ideal_ns(options) / 1e9


@pytest.mark.parametrize("stages", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("jobs", [1, 2, 5, 8])
def test_a_longer_pipeline_has_its_ideal_makespan_too(stages, jobs):
    options = demo("pipeline").choose(jobs=jobs, stages=stages, latency=0.5)
    outcome = launch(demo("pipeline").main, options, runtime="simulator")
    assert outcome.elapsed_s == demo("pipeline").ideal_ns(options) / 1e9


@pytest.mark.parametrize("name", PATTERNS)
def test_the_same_seed_gives_the_same_trace_twice(name):
    options = demo(name).choose()
    first, second = (launch(demo(name).main, options, runtime="simulator", seed=7).trace for _ in range(2))
    assert first == second
    assert first.count == len(first.events) > 0


@pytest.mark.parametrize("name", PATTERNS)
def test_another_seed_gives_another_trace(name):
    options = demo(name).choose(jobs=30)
    traces = [launch(demo(name).main, options, runtime="simulator", seed=seed).trace for seed in range(20)]
    assert len({trace.hash for trace in traces}) > 1


@pytest.mark.parametrize("name", PATTERNS)
def test_no_job_and_fewer_jobs_than_workers_end(name, runtime):
    for jobs in (0, 1):
        assert len(results(name, runtime, jobs=jobs, latency=0.0).value) <= jobs


def test_a_pattern_is_found_by_its_file():
    assert PATTERNS == ("fan-out-fan-in", "pipeline", "worker-pool")
    for name in PATTERNS:
        assert catalogue.load(name).__doc__


def test_an_unknown_pattern_is_refused():
    with pytest.raises(ValueError, match="found 'nope', allowed fan-out-fan-in"):
        catalogue.load("nope")


def test_the_three_runtimes_are_here():
    assert {"asyncio", "threads", "simulator"} <= set(AVAILABLE)
