"""What a cell will take: its own text, its own jobs, in virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest

import patterns
from gopatterns_cli.arms.combination.gopat import combination
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import COLD, GOPAT, NATIVE, WARM, Cell
from gopatterns_cli.measuring.jobs import Jobs
from gopatterns_cli.measuring.timing import workload_of
from gopatterns_cli.predicting import prediction
from gopatterns_cli.predicting.costs import MachineCosts
from gopatterns_cli.predicting.prediction import MOST_STEPS, predicted_s, predictions, unpredictable
from gopatterns_cli.predicting.standing import PREDICTED, standing_for

POOL = Cell("s", "worker-pool", GOPAT, "asyncio", COLD, 10, 0, "wait", 1e-3, 100)
FAN = replace(POOL, pattern="fan-out-fan-in", workers=4)
LINE = replace(POOL, pattern="pipeline", workers=None, buffer=0)
BUCKET = replace(POOL, pattern="token-bucket", workers=None, rate=100.0, count=11)


def costless(runtime="asyncio", first_s=0.0, **costs):
    return MachineCosts(replace(standing_for(runtime, cores=2), **costs), 0.0, 0.0, 0.0, 1e7, first_s)


@pytest.mark.parametrize("runtime", PREDICTED)
@pytest.mark.parametrize(
    ("cell", "seconds"),
    [(POOL, 10e-3), (replace(POOL, pool=WARM), 10e-3), (FAN, 25e-3), (LINE, 102e-3), (BUCKET, 0.1),
     (replace(POOL, duration_s=0.0), 0.0), (replace(POOL, rate=1_000.0, workers=50), 0.1)],
)  # fmt: skip
def test_without_costs_it_is_the_ideal_makespan(cell, seconds, runtime):
    cell = replace(cell, runtime=runtime)
    assert predicted_s(cell, costless(runtime), quick=False) == pytest.approx(seconds, abs=1e-6)


def test_jobs_that_compute_queue_for_the_interpreter_or_use_the_cores():
    cell = replace(FAN, job_kind="cpu", duration_s=5e-3, share=0.0, operations=50_000)
    assert predicted_s(cell, costless(), quick=False) == pytest.approx(0.5)
    processes = replace(cell, runtime="processes")
    assert predicted_s(processes, costless("processes"), quick=False) == pytest.approx(0.25)


def test_mixed_jobs_overlap_in_their_waits_alone():
    cell = replace(POOL, job_kind="mixed", duration_s=2e-3, share=0.5, operations=10_000, workers=100)
    assert predicted_s(cell, costless(), quick=False) == pytest.approx(0.101, rel=0.02)


def test_a_job_whose_parts_are_apart_takes_one_token():
    cell = replace(
        POOL, pattern="combination", job_kind="mixed", share=0.5, operations=10, rate=1_000.0, workers=50
    )
    assert predicted_s(cell, costless(), quick=False) == pytest.approx((cell.count - 1) / 1_000.0, rel=0.1)
    jobs = Jobs.of(replace(cell, runtime="fibers", count=20), workload_of(cell))
    admitted = []

    async def admit():
        admitted.append(None)

    parts = jobs.awaiting(patterns.sleep, patterns.call, patterns.DROP, admit)
    patterns.run(combination, *parts(), 5, runtime="fibers")
    assert len(admitted) == 20


def test_a_python_without_a_gil_is_not_simulated_where_jobs_compute(monkeypatch):
    monkeypatch.setattr(prediction, "has_gil", lambda: False)
    cell = replace(FAN, job_kind="cpu", operations=50_000)
    assert "one interpreter" in unpredictable(cell)
    assert unpredictable(replace(cell, runtime="processes")) == ""
    assert unpredictable(FAN) == ""


def test_a_cold_run_begins_and_ends_and_a_warm_one_does_not():
    known = costless(run_s=7e-3)
    cold_s = predicted_s(POOL, known, quick=False)
    assert cold_s - predicted_s(replace(POOL, pool=WARM), known, quick=False) == pytest.approx(7e-3)


def test_the_first_run_of_a_process_counts_where_nothing_runs_before_it():
    long = replace(POOL, count=1_000, duration_s=0.1)
    for cell, quick, share in ((POOL, False, 0.0), (long, False, 1.0), (long, True, 1.0)):
        more_s = predicted_s(cell, costless(first_s=0.5), quick=quick) - predicted_s(
            cell, costless(), quick=quick
        )
        assert more_s == pytest.approx(share * 0.5)
    assert predicted_s(POOL, costless(first_s=0.5), quick=True) > predicted_s(POOL, costless(), quick=True)


def test_dearer_operations_take_longer():
    times = [predicted_s(LINE, costless(park_s=park_s), quick=False) for park_s in (0.0, 1e-5, 1e-4)]
    assert times[0] < times[1] < times[2]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (replace(POOL, job_kind="image"), "what a job of the kind image takes is not known before"),
        (replace(POOL, job_kind="python"), "what a job of the kind python takes is not known before"),
        (replace(POOL, runtime="trio"), "the simulator does not stand for trio"),
        (replace(POOL, count=MOST_STEPS), "more than 100,000 steps"),
        (replace(LINE, count=MOST_STEPS // 2), "more than 100,000 steps"),
        (replace(POOL, job_kind="cpu", duration_s=60.0, operations=9), "more than 100,000 steps"),
    ],
)
def test_what_cannot_be_predicted_says_why(cell, reason):
    assert reason in unpredictable(cell)
    assert unpredictable(POOL) == ""


def test_every_arm_of_ours_is_predicted_or_has_its_reason(monkeypatch):
    asked = []

    def measured(runtime, say):
        asked.append(runtime)
        if runtime == "threads":
            raise Failure("what operations cost on threads cannot be measured: no")
        return costless(runtime)

    monkeypatch.setattr(prediction, "measured_costs", measured)
    cells = [
        POOL, replace(POOL, arm=NATIVE), replace(POOL, runtime="threads"),
        replace(FAN, scenario="images", job_kind="image"),
        replace(POOL, scenario="o", job_kind="operation", operation="spawn"),
    ]  # fmt: skip
    found = predictions(cells, quick=False, measures=True, say=print)
    assert list(found.seconds) == [POOL.name]
    assert dict(found.none) == {
        cells[2].name: "what operations cost on threads cannot be measured: no",
        cells[3].name: "what a job of the kind image takes is not known before",
    }
    assert asked == ["asyncio", "threads"]


def test_costs_that_are_not_known_are_not_measured_where_there_is_no_time(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = predictions([POOL], quick=False, measures=False, say=print)
    assert found.seconds == {}
    assert found.none == {POOL.name: "what operations cost on asyncio is not measured yet"}
