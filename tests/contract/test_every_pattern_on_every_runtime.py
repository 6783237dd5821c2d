"""What every pattern promises on every runtime; a new pattern or runtime joins by its file alone."""

from __future__ import annotations

from itertools import product

import pytest

from patterns import catalogue
from patterns.launch import launch

from seams import AVAILABLE

PATTERNS = catalogue.names()
SHORTER = 100
"""On the real clock a demo is shortened by this factor."""


def demo(name):
    return catalogue.load(name).demo


def with_option(*names):
    return [name for name in PATTERNS if set(names) <= {option.name for option in demo(name).options}]


def with_twin():
    return [name for name in PATTERNS if {"bad", "ticker"} & {option.name for option in demo(name).options}]


def shortened(name, **values):
    """The document's example, everything in it so many times faster; but not what ends it if it is slow."""
    kept = {"timeout"} if name in with_option("jobs", "timeout") else set()
    faster = {
        option.name: option.default * SHORTER if option.kind == "rate" else option.default / SHORTER
        for option in demo(name).options
        if option.kind in {"duration", "rate"} and option.name not in kept
    }
    return demo(name).choose(**{**faster, **values})


def done(name, options, runtime, seed=0):
    workers = vars(options).get("workers", 1)
    outcome = launch(demo(name).main, options, runtime=runtime, seed=seed, workers=workers)
    if outcome.error is not None:
        raise outcome.error
    assert len(outcome.leaked) == demo(name).leaks(options)
    assert outcome.abandoned_calls == 0
    return outcome


def what(result):
    """A result without what depends on the clock: how far somebody came, and who was first."""
    return "".join(letter for letter in str(result) if not letter.isdigit())


@pytest.mark.parametrize("name", PATTERNS)
def test_the_demo_gives_the_same_results_on_every_runtime(name, runtime):
    virtual = done(name, demo(name).choose(), "simulator").value
    real = done(name, shortened(name), runtime).value
    if name in with_option("jobs"):  # the others do what there is time for
        assert sorted(map(str, real)) == sorted(map(str, virtual))
    else:
        assert sorted(map(what, real)) == sorted(map(what, virtual))


@pytest.mark.parametrize("name", [name for name in PATTERNS if demo(name).ideal_ns])
def test_the_documents_example_has_its_ideal_makespan_in_the_simulator(name):
    for seed in range(10):
        options = demo(name).choose()
        assert done(name, options, "simulator", seed).elapsed_s == demo(name).ideal_ns(options) / 1e9


@pytest.mark.parametrize("name", [name for name in with_option("jobs", "latency") if demo(name).ideal_ns])
@pytest.mark.parametrize("seed", range(5))
def test_the_simulator_gives_the_ideal_makespan_exactly(name, seed):
    for jobs, latency in product((1, 2, 7, 10, 33), (0.0, 0.1, 1.0, 1e-4)):
        options = demo(name).choose(jobs=jobs, latency=latency)
        assert done(name, options, "simulator", seed).elapsed_s == demo(name).ideal_ns(options) / 1e9


@pytest.mark.parametrize("stages", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("jobs", [1, 2, 5, 8])
def test_a_longer_pipeline_has_its_ideal_makespan_too(stages, jobs):
    options = demo("pipeline").choose(jobs=jobs, stages=stages, latency=0.5)
    assert done("pipeline", options, "simulator").elapsed_s == demo("pipeline").ideal_ns(options) / 1e9


@pytest.mark.parametrize("name", PATTERNS)
def test_the_same_seed_gives_the_same_trace_twice(name):
    first, second = (done(name, demo(name).choose(), "simulator", seed=7).trace for _ in range(2))
    assert first == second
    assert first.count == len(first.events) > 0


@pytest.mark.parametrize("name", with_option("jobs", "workers"))
def test_another_seed_gives_another_trace(name):
    options = demo(name).choose(jobs=30)
    assert len({done(name, options, "simulator", seed).trace.hash for seed in range(20)}) > 1


@pytest.mark.parametrize("name", with_option("jobs", "workers"))
def test_no_job_and_fewer_jobs_than_workers_end(name, runtime):
    for jobs in (0, 1):
        assert len(done(name, shortened(name, jobs=jobs), runtime).value) <= jobs


@pytest.mark.parametrize("name", with_twin())
def test_a_known_bad_twin_leaks_or_lags_exactly_as_much_as_it_says(name, runtime):
    """`done` counts the leaks; a twin that leaks none is the one that is slower."""
    twin = next(option.name for option in demo(name).options if option.name in {"bad", "ticker"})
    good, bad = demo(name).choose(), demo(name).choose(**{twin: True})
    assert done(name, shortened(name, **{twin: True}), runtime)
    assert demo(name).leaks(good) == 0
    assert demo(name).leaks(bad) > 0 or demo(name).ideal_ns(bad) > demo(name).ideal_ns(good)
    assert done(name, bad, "simulator").elapsed_s == demo(name).ideal_ns(bad) / 1e9


def test_a_pattern_is_found_by_its_file():
    assert {"fan-out-fan-in", "pipeline", "worker-pool"} < set(PATTERNS)
    for name in PATTERNS:
        assert catalogue.load(name).__doc__


def test_an_unknown_pattern_is_refused():
    with pytest.raises(ValueError, match="found 'nope', allowed buffered-results, "):
        catalogue.load("nope")


def test_the_runtimes_are_here():
    assert {"asyncio", "threads", "simulator"} <= set(AVAILABLE)
