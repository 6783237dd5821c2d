"""Worker pools against the public suites: the rows PO-xx of the conformance list."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
import traceback

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    ErrGroup,
    PoolClosedError,
    TaskGroup,
    WorkerPool,
    call,
    collect_errors,
    now,
    sleep,
    worker_pool,
)
from patterns.launch import launch

from seams import AVAILABLE, explored, parked


class BrokenError(Exception):
    pass


class EndingError(BaseException):
    """An error that `except Exception` lets pass."""


async def double(job):
    await sleep(0)
    return 2 * job


async def results_of(pool):
    """Return what a stopped pool has handed in, by job id."""
    return {result.job_id: result async for result in pool.results}


# PO-01: every job once, so many at a time


class Gauge:
    """Work that counts how many of it run at once, and how often each job ran."""

    def __init__(self):
        self.active = self.most = 0
        self.ran = []

    async def __call__(self, job):
        self.active += 1
        self.most = max(self.most, self.active)
        await sleep(0)
        self.active -= 1
        self.ran.append(job)
        return job


async def a_hundred_through_a_managed_pool(workers):
    work = Gauge()
    async with WorkerPool(work, workers=workers) as pool, TaskGroup() as group:

        async def submit_all():
            for job in range(100):
                await pool.submit(job, job)
            await pool.stop()
            assert work.active == 0

        group.spawn(submit_all)
        results = await results_of(pool)
    assert {job: result.value for job, result in results.items()} == {job: job for job in range(100)}
    assert sorted(work.ran) == list(range(100))
    return work.most


async def a_hundred_through_a_pool(workers):
    work = Gauge()
    async with worker_pool(range(100), work, workers=workers) as results:
        assert sorted([value async for value in results]) == list(range(100))
    assert sorted(work.ran) == list(range(100))
    assert work.active == 0
    return work.most


@pytest.mark.parametrize("workers", [1, 10, 100])
@pytest.mark.parametrize("way", [a_hundred_through_a_managed_pool, a_hundred_through_a_pool])
def test_po_01_every_job_runs_once_and_never_more_than_n_at_a_time(go, way, workers):
    assert 1 <= go(way, workers) <= workers


@pytest.mark.parametrize("way", [a_hundred_through_a_managed_pool, a_hundred_through_a_pool])
def test_po_01_no_schedule_runs_a_job_twice_or_more_than_n_at_a_time(way):
    assert set(explored(way, 3, seeds=50)) == {3}


@pytest.mark.parametrize("pool", [WorkerPool, lambda work, workers: worker_pool([], work, workers=workers)])
@pytest.mark.parametrize("workers", [0, -1])
def test_po_01_fewer_than_one_worker_is_refused(pool, workers):
    with pytest.raises(ValueError, match=f"workers: found {workers}, allowed a whole number from 1"):
        pool(double, workers=workers)


# PO-02: back-pressure


def gated():
    """Return a gate and work that waits for one value of it."""
    gate = Channel()

    async def work(job):
        await gate.receive()
        return job

    return gate, work


def test_po_02_submit_waits_when_all_workers_are_busy_and_the_queue_is_full(go):
    async def main():
        gate, work = gated()
        log = []

        async def submit_one_more():
            await pool.submit("one more", None)
            log.append("accepted")

        async with WorkerPool(work, workers=2) as pool, TaskGroup() as group:
            for job in range(2):
                await pool.submit(job, job)
            await parked(gate._receivers, 2)
            for job in range(2, 6):
                assert pool.try_submit(job, job)
            assert not pool.try_submit("too much", None)
            group.spawn(submit_one_more)
            await parked(pool._jobs._senders, 1)
            assert not pool.try_submit("too much", None)
            assert log == []
            await gate.send(None)
            await parked(pool._jobs._senders, 0)
            group.spawn(pool.stop)
            for _ in range(6):
                await gate.send(None)
            return log, sorted(map(str, await results_of(pool)))

    assert go(main) == (["accepted"], ["0", "1", "2", "3", "4", "5", "one more"])


def test_po_02_workers_wait_for_a_reader_and_read_no_job_meanwhile(go):
    async def main():
        begun = []

        async def work(job):
            begun.append(job)
            return job

        async with worker_pool(iter(range(1000)), work, workers=2, buffer=3) as results:
            await parked(results._channel._senders, 2)
            before = len(begun)
            await results.receive()
            await parked(results._channel._senders, 2)
            return before, len(begun)

    assert go(main) == (5, 6)


# PO-03: a failing job


def test_po_03_a_failing_job_stops_no_other_and_is_a_result_with_its_own_error(go):
    error = BrokenError("the sixth")

    async def main():
        effects = []

        async def work(job):
            await sleep(0)
            if job == 5:
                raise error
            effects.append(job)

        async with WorkerPool(work, workers=3) as pool:
            for job in range(10):
                await pool.submit(job, job)
            await pool.stop()
            results = await results_of(pool)
        failed = [result for result in results.values() if result.error is not None]
        return sorted(effects), len(results), failed

    effects, count, (failed,) = go(main)
    assert effects == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    assert (count, failed.job_id, failed.value) == (10, 5, None)
    assert failed.error is error
    assert traceback.extract_tb(failed.error.__traceback__)[-1].name == "work"


def test_po_03_a_pool_that_fails_fast_raises_the_error_itself_with_its_traceback(go):
    error = BrokenError("the sixth")

    async def work(job):
        await sleep(0)
        if job == 5:
            raise error

    async def main():
        async with worker_pool(range(10), work, workers=3) as results:
            async for _ in results:
                pass

    with pytest.raises(BrokenError) as caught:
        go(main)
    assert caught.value is error
    assert caught.traceback[-1].name == "work"


# PO-05: used again


async def fail_with(error):
    raise error


def test_po_05_a_pool_is_entered_once(go):
    async def main():
        pool = WorkerPool(double, workers=2)
        async with pool:
            with pytest.raises(RuntimeError, match="entered once"):
                async with pool:
                    pass
            await pool.submit(1, 1)
            await pool.stop()
        with pytest.raises(RuntimeError, match="entered once"):
            async with pool:
                pass
        stage = worker_pool([1], double)
        async with stage as results:
            assert await results.receive() == 2
        with pytest.raises(RuntimeError, match="entered once"):
            async with stage:
                pass

    go(main)


def test_po_05_a_second_pool_of_the_same_function_has_the_second_rounds_errors_only(go):
    first, second = BrokenError("first"), BrokenError("second")

    async def main():
        rounds = []
        for error in (first, second):
            async with WorkerPool(fail_with, workers=2) as pool:
                await pool.submit("job", error)
                await pool.stop()
                rounds.append([result.error async for result in pool.results])
        return rounds

    assert go(main) == [[first], [second]]


def test_po_05_all_errors_or_the_first_one_only(go):
    errors = [BrokenError(str(number)) for number in range(3)]

    async def main():
        all_of_them = [result.error for result in await collect_errors(errors, fail_with, workers=1)]
        with pytest.raises(BrokenError) as caught:
            async with worker_pool(errors, fail_with, workers=1) as results:
                await results.receive_ok()
        return all_of_them, caught.value

    assert go(main) == (errors, errors[0])


# PO-06: cancel on error


async def two_siblings_and_one_that_fails():
    group = ErrGroup()
    cancelled, forever = [], Channel()

    async def sibling():
        try:
            await forever.receive()
        except CancelledError:
            cancelled.append(group.context.cause)
            raise

    async def fail():
        raise BrokenError("the one")

    await group.go(sibling)
    await group.go(sibling)
    await parked(forever._receivers, 2)
    await group.go(fail)
    with pytest.raises(BrokenError, match="the one") as caught:
        await group.wait()
    assert cancelled == [caught.value, caught.value]
    assert group.errors == [caught.value]


def test_po_06_the_first_error_cancels_the_siblings_before_it_is_raised(go):
    go(two_siblings_and_one_that_fails)


def test_po_06_no_schedule_raises_before_the_siblings_have_ended():
    explored(two_siblings_and_one_that_fails)


@pytest.mark.parametrize("error", [BrokenError, SystemExit, KeyboardInterrupt, EndingError])
def test_po_06_a_pool_that_fails_fast_cancels_the_other_jobs_before_it_raises(go, error):
    async def main():
        gate, ended = Channel(), []

        async def work(job):
            if job == 2:
                await parked(gate._receivers, 2)
                raise error("the one")
            try:
                await gate.receive()
            finally:
                ended.append(job)

        with pytest.raises(error) as caught:
            async with worker_pool(range(3), work, workers=3) as results:
                await results.receive()
        assert not hasattr(caught.value, "__notes__")
        return sorted(ended)

    assert go(main) == [0, 1]


def test_po_06_without_cancel_on_error_the_siblings_finish(go):
    async def main():
        gate, finished = Channel(), []

        async def work(job):
            if job == 2:
                raise BrokenError
            await gate.receive()
            finished.append(job)

        async def open_gate():
            await parked(gate._receivers, 2)
            gate.try_send(None)
            gate.try_send(None)

        async with TaskGroup() as group:
            group.spawn(open_gate)
            results = await collect_errors(range(3), work)
        assert isinstance(results[2].error, BrokenError)
        return sorted(finished)

    assert go(main) == [0, 1]


# PO-08: submit against stop


async def submit_against(end, jobs=6, workers=1):
    """Every submit is accepted, and then its job runs or is named as dropped, or raises; none hangs."""
    ran, accepted, refused, dropped = [], [], [], []

    async def work(job):
        ran.append(job)
        await sleep(0)

    async def submit(job):
        try:
            await pool.submit(job, job)
        except PoolClosedError:
            refused.append(job)
        else:
            accepted.append(job)

    async def finish():
        await sleep(0)
        dropped.extend(await end(pool) or ())

    pool = WorkerPool(work, workers=workers)
    async with pool, TaskGroup() as group:
        for job in range(jobs):
            group.spawn(submit, job)
        group.spawn(finish)
    results = await results_of(pool)
    assert sorted(accepted + refused) == list(range(jobs))
    assert sorted([*results, *dropped]) == sorted(accepted)
    assert set(ran) == set(results)
    with pytest.raises(PoolClosedError):
        await pool.submit("late", None)
    with pytest.raises(PoolClosedError):
        pool.try_submit("late", None)
    return len(accepted), len(refused), len(dropped)


async def stop(pool):
    await pool.stop()


async def stop_and_then_cancel(pool):
    async with TaskGroup() as group:
        group.spawn(pool.stop)
        await sleep(0)
        return pool.cancel()


async def cancel(pool):
    return pool.cancel()


ENDS = [stop, stop_and_then_cancel, cancel]


@pytest.mark.parametrize("end", ENDS)
def test_po_08_a_submit_that_meets_the_end_is_accepted_or_refused(go, end):
    go(submit_against, end)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("workers", [1, 3])
def test_po_08_no_schedule_loses_a_job_or_a_submitter(end, workers):
    outcomes = explored(submit_against, end, 10, workers)
    assert any(refused for _, refused, _ in outcomes)
    assert any(accepted for accepted, _, _ in outcomes)


@pytest.mark.parametrize("end", ENDS)
def test_po_08_a_submit_parked_on_a_full_queue_is_told(go, end):
    async def main():
        gate, work = gated()
        told = []

        async def submit():
            with pytest.raises(PoolClosedError, match="closed while this job waited for room"):
                await pool.submit("parked", None)
            told.append(True)

        async with WorkerPool(work, workers=1) as pool, TaskGroup() as group:
            for job in range(3):
                await pool.submit(job, job)
            await parked(gate._receivers, 1)
            group.spawn(submit)
            group.spawn(submit)
            await parked(pool._jobs._senders, 2)
            group.spawn(end, pool)
            while len(told) < 2:
                await sleep(0)
            if end is stop:
                for _ in range(3):
                    await gate.send(None)
        return "parked" in await results_of(pool)

    assert go(main) is False


# PO-09: the two ways to stop


async def fifty_jobs(end):
    gate, work = gated()
    async with WorkerPool(work, workers=25) as pool, TaskGroup() as group:
        for job in range(50):
            await pool.submit(job, job)
        await parked(gate._receivers, 25)
        ending = group.spawn(pool.stop) if end == "stop" else None
        dropped = () if ending else pool.cancel()
        while ending is not None and not pool._closing.closed:
            await sleep(0)
        if ending:
            for _ in range(50):
                await gate.send(None)
    results = await results_of(pool)
    done = sorted(job for job, result in results.items() if result.error is None)
    cut = sorted(job for job, result in results.items() if isinstance(result.error, CancelledError))
    return done, cut, list(dropped)


def test_po_09_stop_runs_what_was_accepted(go):
    assert go(fifty_jobs, "stop") == (list(range(50)), [], [])


def test_po_09_cancel_drops_what_was_not_begun_and_says_what_that_was(go):
    assert go(fifty_jobs, "cancel") == ([], list(range(25)), list(range(25, 50)))


def test_po_09_a_job_under_way_may_end_all_the_same(go):
    async def main():
        gate = Channel()

        async def work(job):
            with Context.current().without_cancel():
                return await gate.receive()

        async with WorkerPool(work, workers=1) as pool:
            for job in range(3):
                await pool.submit(job, job)
            await parked(gate._receivers, 1)
            assert pool.cancel() == (1, 2)
            assert pool.cancel() == (1, 2)
            await gate.send("ended")
        return [(result.job_id, result.value, result.error) async for result in pool.results]

    assert go(main) == [(0, "ended", None)]


# PO-11: errors that are no exceptions


@pytest.mark.parametrize("error", [BrokenError, SystemExit, KeyboardInterrupt, EndingError, CancelledError])
def test_po_11_whatever_a_job_raises_its_worker_takes_the_next_one(go, error):
    raised = error("on purpose")

    async def work(job):
        if job == 0:
            raise raised
        return job

    async def main():
        surfaced = None
        async with WorkerPool(work, workers=1) as pool:
            await pool.submit(0, 0)
            await pool.submit(1, 1)
            with contextlib.suppress(BrokenError):
                try:
                    await pool.stop()
                except BaseException as stopped:  # noqa: BLE001 (which one is the question)
                    surfaced = stopped
            results = await results_of(pool)
        assert results[0].error is raised
        assert (results[1].value, results[1].error) == (1, None)
        return surfaced

    assert go(main) is (raised if error in (SystemExit, KeyboardInterrupt, EndingError) else None)


def test_po_11_the_first_of_several_is_what_the_stop_raises(go):
    errors = [BrokenError("no"), EndingError("first"), SystemExit("second")]

    async def main():
        async with WorkerPool(fail_with, workers=1) as pool:
            for number, error in enumerate(errors):
                await pool.submit(number, error)
            with pytest.raises(EndingError, match="first"):
                await pool.stop()
            return [result.error async for result in pool.results]

    assert go(main) == errors


def test_po_11_the_end_of_the_block_raises_it_when_nobody_stopped_the_pool(go):
    async def main():
        async with WorkerPool(fail_with, workers=1) as pool:
            await pool.submit(0, EndingError("in a job"))

    with pytest.raises(EndingError, match="in a job"):
        go(main)


async def through_pool(jobs, work):
    async with worker_pool(jobs, work, workers=2) as results:
        return [value async for value in results]


async def through_ordered_pool(jobs, work):
    async with worker_pool(jobs, work, workers=2, ordered=True) as results:
        return [value async for value in results]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, EndingError, CancelledError])
@pytest.mark.parametrize("way", [through_pool, through_ordered_pool])
def test_po_11_a_pool_that_fails_fast_ends_by_it_and_does_not_hang(go, way, error):
    raised = error("on purpose")

    async def work(job):
        await sleep(0)
        if job == 3:
            raise raised

    with pytest.raises(error) as caught:
        go(way, iter(range(1000)), work)
    assert caught.value is raised


# PO-12: Ctrl-C

PROGRAM = """
import signal, sys
from patterns import WorkerPool, run, sleep

async def work(job):
    print("started", job, flush=True)
    await sleep(3600)

async def main():
    async with WorkerPool(work, workers=2) as pool:
        for job in range(6):
            await pool.submit(job, job)
        while len(pool._jobs) > 4:
            await sleep(0)
        print("ready", flush=True)
        await {wait}

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        run(main, runtime=sys.argv[1])
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.parametrize("runtime", [name for name in AVAILABLE if name != "simulator"])
@pytest.mark.parametrize("wait", ["pool.submit('one more', 0)", "pool.stop()"])
def test_po_12_one_ctrl_c_ends_a_pool_that_submits_or_stops_and_no_further_job_starts(
    runtime, wait, tmp_path
):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(wait=wait), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-W", "error", str(program), runtime],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    lines = []
    while "ready" not in lines:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        lines.append(line.strip())
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=15)
    assert sorted(lines) == ["ready", "started 0", "started 1"]
    assert (out.split(), errors) == (["interrupted"], "")
    assert process.returncode == 0


# PO-14: an ordered stream

VIRTUAL_TIMES = [20, 52, 16, 45, 4, 80]


async def wait_and_return(job):
    await sleep(VIRTUAL_TIMES[job] / 1e6)
    return job


@pytest.mark.parametrize("workers", [1, 2, 6])
def test_po_14_results_come_one_at_a_time_in_the_order_of_the_jobs(go, workers):
    async def main():
        inside, order = 0, []
        jobs = range(len(VIRTUAL_TIMES))
        async with worker_pool(jobs, wait_and_return, workers=workers, ordered=True) as results:
            async for job in results:
                inside += 1
                assert inside == 1
                order.append(job)
                await sleep(0)
                inside -= 1
        return order

    assert go(main) == [0, 1, 2, 3, 4, 5]


async def ordered_in_virtual_time():
    async def work(job):
        began.append((job, now()))
        await sleep(VIRTUAL_TIMES[job])
        return job

    began, came = [], []
    async with worker_pool(range(6), work, workers=6, ordered=True) as results:
        async for job in results:
            came.append((job, now()))
    assert [at for _, at in began] == [0.0] * 6
    return tuple(came)


def test_po_14_jobs_run_beside_each_other_and_each_result_comes_when_those_before_it_have():
    expected = ((0, 20.0), (1, 52.0), (2, 52.0), (3, 52.0), (4, 52.0), (5, 80.0))
    assert set(explored(ordered_in_virtual_time, seeds=50)) == {expected}


@pytest.mark.parametrize("fails", ["the job", "the block"])
def test_po_14_an_error_in_a_job_or_in_the_block_leaves_no_producer_parked(go, fails):
    async def main():
        jobs, sent = Channel(), []

        async def produce():
            for job in range(100):
                await jobs.send(job)
                sent.append(job)

        async def work(job):
            if job == 2 and fails == "the job":
                raise BrokenError(fails)
            return job

        with pytest.raises(BrokenError, match=fails):
            async with worker_pool(jobs, work, workers=2, ordered=True) as results, TaskGroup() as group:
                group.spawn(produce)
                async for job in results:
                    if job == 2 and fails == "the block":
                        raise BrokenError(fails)
        return len(sent) < 100

    if fails == "the block":
        with pytest.raises(ExceptionGroup):  # of the group in the block
            go(main)
    else:
        assert go(main)


def test_po_14_errors_that_are_kept_as_results_hold_up_nobody(go):
    async def work(job):
        if job % 3 == 0:
            raise BrokenError(str(job))
        return job

    async def main():
        return await collect_errors(range(101), work, workers=4)

    results = go(main)
    assert [result.value for result in results] == [job if job % 3 else None for job in range(101)]
    assert [str(result.error) for result in results if result.error] == [str(job) for job in range(0, 101, 3)]


# PO-15: work in a thread or a process whose awaiter is cancelled


def wait_for_file(begun, path):
    begun.touch()
    while not path.exists():
        time.sleep(0.001)
    return "late"


beside = pytest.mark.parametrize("runtime", [name for name in AVAILABLE if name != "simulator"])


async def exists(path):
    while not path.exists():
        await sleep(0)


@beside
def test_po_15_a_cancelled_awaiter_waits_for_the_work_by_default(runtime, tmp_path):
    begun, open_gate = tmp_path / "begun", tmp_path / "open"

    async def main():
        log = []

        async def awaiter():
            try:
                log.append(await call(wait_for_file, begun, open_gate))
            finally:
                log.append("ended")

        async with TaskGroup() as group:
            group.spawn(awaiter)
            await exists(begun)
            group.cancel()
            with Context.current().without_cancel():
                for _ in range(100):
                    await sleep(0)
            assert log == []
            open_gate.touch()
        return log

    outcome = launch(main, runtime=runtime)
    assert (outcome.error, outcome.value) == (None, ["late", "ended"])
    assert (outcome.leaked, outcome.abandoned_calls) == ((), 0)


@beside
def test_po_15_work_that_may_be_abandoned_is_left_at_once_and_its_result_dropped(runtime, tmp_path):
    begun, gate = tmp_path / "begun", tmp_path / "never"

    async def main():
        log = []

        async def awaiter():
            try:
                log.append(await call(wait_for_file, begun, gate, abandon=True))
            finally:
                log.append("ended")

        async with TaskGroup() as group:
            group.spawn(awaiter)
            await exists(begun)
            group.cancel()
        return log

    outcome = launch(main, runtime=runtime)
    gate.touch()
    assert (outcome.error, outcome.value, outcome.leaked) == (None, ["ended"], ())
    assert outcome.abandoned_calls == (0 if runtime == "processes" else 1)


@pytest.mark.parametrize("runtime", ["asyncio", "threads"])
def test_po_15_the_slot_of_abandoned_work_is_free_when_the_work_has_really_ended(runtime):
    begun, gate, ended = threading.Event(), threading.Event(), threading.Event()

    def work():
        begun.set()
        gate.wait(30)
        ended.set()

    async def main():
        async with TaskGroup() as group:
            task = group.spawn(abandonable)
            calls = task.driver.calls
            await call(begun.wait, 30)
            group.cancel()
        assert len(calls) == 1
        gate.set()
        await call(ended.wait, 30)
        while calls:
            await sleep(0)

    async def abandonable():
        await call(work, abandon=True)

    outcome = launch(main, runtime=runtime)
    assert (outcome.error, outcome.leaked, outcome.abandoned_calls) == (None, (), 0)


@pytest.mark.parametrize("runtime", ["asyncio", "threads"])
def test_po_15_a_cancelled_pool_waits_for_plain_work_that_has_begun(go, runtime):
    begun, gate = threading.Event(), threading.Event()

    def work(job):
        begun.set()
        gate.wait(30)
        return job

    async def main():
        async with WorkerPool(work, workers=1) as pool:
            await pool.submit("begun", "late")
            await pool.submit("queued", "never")
            await call(begun.wait, 30)
            assert pool.cancel() == ("queued",)
            assert pool.results.try_receive() is None
            gate.set()
        return [(result.job_id, result.value) async for result in pool.results]

    assert go(main) == [("begun", "late")]
