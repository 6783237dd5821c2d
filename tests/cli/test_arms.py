"""Every arm of every pattern does what it is asked to, and one that does not is caught."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import scenarios
from gopatterns_cli import arms
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.jobs import Jobs, WrongRunError
from gopatterns_cli.measuring.timing import timed_arm, timed_limiter, workload_of
from gopatterns_cli.measuring.trace import PARTS

SHORT = 12
FORBIDDEN = {"typer", "rich", "pydantic"}


def cells():
    """Every cell of the shipped scenarios, cut down to a few items; of those that are alike then one."""
    groups = ("all", "sweeps", "advice", "break-even")
    full = [
        cell
        for scenario in scenarios.find(*groups).scenarios
        for cell in cells_of(scenario, quick=False, runtimes=None)
    ]
    short = [_short(cell) for cell in full]
    alike = {replace(cell, scenario="", ladder=False, varied=()): cell for cell in reversed(short)}
    return sorted(alike.values(), key=lambda cell: cell.name)


def _short(cell):
    operations = 100 if cell.job_kind in {"cpu", "mixed"} else 0
    return replace(
        cell,
        count=min(cell.count, SHORT),
        duration_s=min(cell.duration_s, 1e-4),
        rate=cell.rate and 10_000.0,
        operations=operations,
        workers=cell.workers and min(cell.workers, SHORT),
    )


def a_cell(**changes):
    return replace(
        Cell("s", "worker-pool", "native", "asyncio", "cold", 2, 0, "wait", 1e-4, SHORT), **changes
    )


@pytest.mark.parametrize("cell", cells(), ids=lambda cell: cell.name)
def test_every_arm_gives_the_right_answer_and_waits_as_often_as_asked(cell):
    if cell.pattern == "token-bucket":
        assert timed_limiter(cell)(2) > 0
        return
    jobs = Jobs.of(cell, workload_of(cell))
    taken_s = timed_arm(jobs)(2)
    assert taken_s > 0
    runs = 3 if cell.pool == "warm" else 2  # a warm arm fills its caches first
    if cell.duration_s:
        assert jobs.waits == runs * jobs.workload.waits(cell.count)
        assert jobs.waited_s / jobs.waits >= cell.sleep_s
    parts = jobs.trace.means()
    assert jobs.trace.runs == runs
    assert sum(parts[part] for part in PARTS) == pytest.approx(parts["whole_s"])


@pytest.mark.parametrize(
    ("pattern", "elsewhere"),
    [("worker-pool", ["native_processes"]), ("pipeline", []), ("fan-out-fan-in", ["native_processes"])],
)
def test_every_pattern_has_a_serial_a_native_and_a_gopat_arm(pattern, elsewhere):
    assert arms.names(pattern) == ("gopat", "native_asyncio", *elsewhere, "native_threads", "serial")
    assert arms.is_measured(pattern)


def test_a_pattern_that_is_only_shown_is_not_measured():
    assert arms.names("semaphore") == ("native_asyncio", "native_threads")
    assert not arms.is_measured("semaphore")


def wrong(jobs, arm):
    """Time a hand-made arm in place of the cell's own."""
    from gopatterns_cli.measuring import timing

    return timing._each(jobs, jobs.blocking(), arm, 1)


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        (lambda items, work: [work(item) for item in items][:-1], "wrong answer: 11 results, 12 are right"),
        (lambda items, work: [work(item) for item in items[:-1]] + [0], "wrong answer: "),
        (lambda items, work: [item * 2 for item in items], "0 jobs waited, 12 were asked to"),
    ],
)
def test_an_arm_that_loses_invents_or_skips_is_caught(arm, message):
    jobs = Jobs.of(a_cell(arm="serial", runtime=None, pool=None, workers=None), workload_of(a_cell()))
    with pytest.raises(WrongRunError, match=message):
        wrong(jobs, arm)


def test_a_job_that_is_shorter_than_asked_is_caught(monkeypatch):
    jobs = Jobs.of(a_cell(arm="serial", runtime=None, pool=None, workers=None), workload_of(a_cell()))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(WrongRunError, match=r"shorter than the 0\.0001 s asked for"):
        wrong(jobs, lambda items, work: [work(item) for item in items])


def test_a_loop_that_does_not_sleep_is_caught(monkeypatch):
    async def sleepless(seconds):
        """What uvloop does below half a millisecond."""

    monkeypatch.setattr(asyncio, "sleep", sleepless)
    jobs = Jobs.of(a_cell(), workload_of(a_cell()))
    with pytest.raises(WrongRunError, match="shorter than"):
        timed_arm(jobs)(1)


def test_an_arm_whose_jobs_block_nothing_pays_for_no_threads(monkeypatch):
    from gopatterns_cli.measuring import timing

    monkeypatch.setattr(timing, "ThreadPoolExecutor", None)
    jobs = Jobs.of(a_cell(), workload_of(a_cell()))
    assert timed_arm(jobs)(1) > 0


def test_jobs_in_many_threads_are_noted_whole():
    """A thread may be stopped between any two steps: what belongs together is noted in one."""
    cell = a_cell(runtime="threads", job_kind="cpu", operations=2, workers=8, count=20_000, duration_s=0.0)
    jobs = Jobs.of(cell, workload_of(cell))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        timed_arm(jobs)(9)
    finally:
        sys.setswitchinterval(before)
    assert jobs.waits == 180_000


def test_a_worker_imports_nothing_that_it_does_not_measure():
    cell = json.dumps(a_cell().to_json())
    program = f"""if True:
        import os
        import sys
        alone = ["--worker", "--worker-task=0", "--loops=1", "--values=1", "--warmups=0"]
        sys.argv = ["worker", f"--parent={{os.getppid()}}", *alone, "--cell", {cell!r}]
        from gopatterns_cli.worker import main
        code = main()
        print(code, *sys.modules, file=sys.stderr)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, *modules = done.stderr.split()
    assert code == "0"
    assert not FORBIDDEN & {module.partition(".")[0] for module in modules}
