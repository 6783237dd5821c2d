"""The managed pool: bad input, faults, every order of submit, stop and cancel."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import sys
import time

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    JobResult,
    PoolClosedError,
    TaskGroup,
    WorkerPool,
    run,
    sleep,
    traps,
)
from patterns.launch import launch

from seams import explored, in_one_process, parked

pytestmark = pytest.mark.stress


class BrokenError(Exception):
    pass


class EndingError(BaseException):
    """An error that `except Exception` lets pass."""


async def double(job):
    await sleep(0)
    return 2 * job


def triple(job):
    return 3 * job


def exit_with(job):
    sys.exit(job)


def fail_plainly(job):
    raise BrokenError(job)


async def forever(job):
    await Channel().receive()


async def by_id(pool):
    return {result.job_id: result async for result in pool.results}


async def do(work, jobs, workers=2):
    """Submit all, stop, and return the results by id."""
    async with WorkerPool(work, workers=workers) as pool, TaskGroup() as group:

        async def submit_all():
            for job in jobs:
                await pool.submit(job, job)
            await pool.stop()

        group.spawn(submit_all)
        return await by_id(pool)


# what work gives


@pytest.mark.parametrize(("work", "value"), [(double, 14), (triple, 21), (abs, 7), (str, "7")])
def test_work_may_be_async_plain_or_a_class(go, work, value):
    assert go(do, work, [7]) == {7: JobResult(7, value, None)}


@in_one_process
def test_a_plain_function_may_give_something_to_await(go):
    def begin(job):
        return double(job)

    assert go(do, begin, [7])[7].value == 14


def test_a_partial_of_an_async_function_is_awaited(go):
    async def add(one, other):
        return one + other

    assert go(do, functools.partial(add, 1), [7])[7].value == 8


def test_an_exception_that_is_returned_is_a_value(go):
    async def work(job):
        return BrokenError("returned")

    result = go(do, work, [1])[1]
    assert (type(result.value), result.error) == (BrokenError, None)


def test_none_and_equal_ids_are_ordinary(go):
    async def work(job):
        return None

    async def main():
        async with WorkerPool(work, workers=1) as pool:
            for _ in range(2):
                await pool.submit(None, None)
            await pool.stop()
            return [result async for result in pool.results]

    assert go(main) == [JobResult(None, None, None)] * 2


# what work does wrong


def test_a_plain_function_that_raises_is_a_result_with_its_error(go):
    results = go(do, fail_plainly, [1, 2])
    assert [type(results[job].error) for job in (1, 2)] == [BrokenError, BrokenError]


@pytest.mark.parametrize(
    "error", [StopIteration, StopAsyncIteration, BrokenError, TimeoutError, GeneratorExit]
)
def test_errors_that_mean_something_to_python_end_one_job_only(go, error):
    async def work(job):
        if job == 1:
            raise error("in a job")
        return job

    if error is GeneratorExit:
        with pytest.raises(
            GeneratorExit
        ):  # as where a coroutine is closed: it ends the pool, and is no result
            go(do, work, [1, 2], 1)
        return
    results = go(do, work, [1, 2, 3], 1)
    assert results[1].error is not None
    assert [results[job].value for job in (2, 3)] == [2, 3]


def test_sys_exit_in_a_call_is_a_result_and_is_raised_when_all_have_ended(go):
    async def main():
        async with WorkerPool(exit_with, workers=1) as pool:
            await pool.submit("first", 3)
            await pool.submit("second", 4)
            with pytest.raises(SystemExit) as caught:
                await pool.stop()
            results = await by_id(pool)
        return caught.value.code, [results[name].error.code for name in ("first", "second")]

    assert go(main) == (3, [3, 4])


def test_a_fatal_error_is_raised_once(go):
    async def work(job):
        raise EndingError(job)

    async def main():
        async with WorkerPool(work, workers=1) as pool:
            await pool.submit(1, 1)
            with pytest.raises(EndingError):
                await pool.stop()
            await pool.stop()

    go(main)


@pytest.mark.parametrize("error", [asyncio.CancelledError, CancelledError])
def test_a_job_that_raises_a_cancellation_of_its_own_costs_no_worker(go, error):
    async def work(job):
        if job < 3:
            raise error("of its own")
        return job

    results = go(do, work, [1, 2, 3, 4], 2)
    assert [type(results[job].error) for job in (1, 2)] == [error] * 2
    assert [results[job].value for job in (3, 4)] == [3, 4]


def test_a_job_that_awaits_something_cancelled_costs_no_worker():
    async def work(job):
        future = asyncio.get_running_loop().create_future()
        if job == 1:
            future.cancel()
            await future
        return job

    results = run(do, work, [1, 2], 1, runtime="asyncio")
    assert (type(results[1].error), results[2].value) == (asyncio.CancelledError, 2)


def test_a_job_whose_task_is_cancelled_from_outside_is_handed_in_and_the_worker_goes_on():
    async def work(job):
        await started.send(asyncio.current_task())
        await asyncio.sleep(3600 if isinstance(job, int) else 0)

    started = Channel()

    async def main():
        async with WorkerPool(work, workers=2) as pool:
            for job in range(2):
                await pool.submit(job, job)
            for _ in range(2):
                (await started.receive()).cancel()
            await pool.submit("one more", "one more")
            await started.receive()
            await pool.stop()
            results = await by_id(pool)
        return {job: type(result.error) for job, result in results.items()}

    cancelled = dict.fromkeys(range(2), asyncio.CancelledError)
    assert run(main, runtime="asyncio") == {**cancelled, "one more": type(None)}


def test_a_worker_that_is_cancelled_while_it_waits_for_a_job_fails_the_pool():
    async def main():
        async with WorkerPool(abs, workers=1) as pool:
            await sleep(0.001)
            (worker,) = traps.running().driver.live - {traps.running()}
            worker.handle.cancel()
            await sleep(0.001)
            with pytest.raises(PoolClosedError):
                await pool.submit("nobody is left", 1)

    with pytest.raises(asyncio.CancelledError):
        run(main, runtime="asyncio")


def test_work_that_never_returns_is_ended_by_cancel(go):
    async def main():
        async with WorkerPool(forever, workers=2) as pool:
            for job in range(6):
                await pool.submit(job, job)
            while len(pool._jobs) > 4:
                await sleep(0)
            dropped = pool.cancel()
            results = await by_id(pool)
        return dropped, {job: type(result.error) for job, result in results.items()}

    assert go(main) == ((2, 3, 4, 5), {0: CancelledError, 1: CancelledError})


@pytest.mark.parametrize("work", [None, 5, "double", [double]])
def test_what_is_no_function_is_refused(work):
    with pytest.raises(TypeError, match="a function is needed"):
        WorkerPool(work)


def a_generator(job):
    yield job


async def an_async_generator(job):
    yield job


@pytest.mark.parametrize("work", [a_generator, an_async_generator])
def test_a_generator_is_refused(work):
    with pytest.raises(TypeError, match=f"'{work.__name__}' is a generator"):
        WorkerPool(work)


def test_a_coroutine_is_refused_without_a_warning():
    with pytest.raises(TypeError, match="a function is needed"):
        WorkerPool(double(1))


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(workers):
    with pytest.raises(ValueError, match=f"workers: found {workers}, allowed a whole number from 1"):
        WorkerPool(double, workers=workers)


@pytest.mark.parametrize("workers", [1.5, "3", True, None])
def test_workers_that_are_no_number_are_refused(workers):
    with pytest.raises(TypeError, match="workers: found"):
        WorkerPool(double, workers=workers)


# before the start, after the end


def test_a_submit_before_the_start_says_how_to_start(go):
    async def main():
        pool = WorkerPool(double)
        with pytest.raises(PoolClosedError, match="not started: use async with"):
            await pool.submit(1, 1)
        with pytest.raises(PoolClosedError, match="not started: use async with"):
            pool.try_submit(1, 1)
        async with pool:
            await pool.submit(1, 1)
        return await by_id(pool)

    assert go(main) == {1: JobResult(1, 2, None)}


async def stopped_beforehand(pool):
    await pool.stop()


async def cancelled_beforehand(pool):
    assert pool.cancel() == ()


@pytest.mark.parametrize("end", [stopped_beforehand, cancelled_beforehand])
def test_a_pool_that_was_ended_before_its_start_does_nothing(go, end):
    async def main():
        pool = WorkerPool(double)
        await end(pool)
        await end(pool)
        with pytest.raises(PoolClosedError):
            await pool.submit(1, 1)
        async with pool:
            with pytest.raises(PoolClosedError):
                await pool.submit(1, 1)
            with pytest.raises(PoolClosedError):
                pool.try_submit(1, 1)
            await pool.stop()
            assert await by_id(pool) == {}

    go(main)


def test_a_pool_may_be_made_and_cancelled_outside_a_run(go):
    pool = WorkerPool(double)
    pool.cancel()

    async def main():
        async with pool:
            return await by_id(pool)

    assert go(main) == {}


def test_stop_and_cancel_after_the_end_of_the_block_return_at_once(go):
    async def main():
        async with WorkerPool(double) as pool:
            await pool.submit(1, 1)
        await pool.stop()
        assert pool.cancel() == ()
        with pytest.raises(PoolClosedError):
            await pool.submit(2, 2)
        return await by_id(pool)

    assert go(main) == {1: JobResult(1, 2, None)}


# stop


def test_stop_may_be_awaited_before_the_results_are_read_whatever_their_number(go):
    async def main():
        async with WorkerPool(double, workers=1) as pool, TaskGroup() as group:

            async def submit_all():
                for job in range(50):
                    await pool.submit(job, job)

            submitting = group.spawn(submit_all)
            results = [await pool.results.receive() for _ in range(45)]
            while submitting in submitting.driver.live:
                await sleep(0)
            await pool.stop()
            return len(results), len(await by_id(pool))

    assert go(main) == (45, 5)


def test_a_second_stop_waits_as_well(go):
    async def main():
        gate, log = Channel(), []

        async def work(job):
            await gate.receive()
            log.append("done")

        async def stop():
            await pool.stop()
            log.append("stopped")

        async with WorkerPool(work, workers=1) as pool, TaskGroup() as group:
            await pool.submit(1, 1)
            group.spawn(stop)
            group.spawn(stop)
            await parked(pool._stopped._receivers, 2)
            assert log == []
            await gate.send(None)
        await pool.stop()
        return log

    assert go(main) == ["done", "stopped", "stopped"]


def test_a_stop_whose_caller_is_cancelled_lets_the_workers_go_on(go):
    async def main():
        gate = Channel()

        async def work(job):
            return await gate.receive()

        async def stop(context):
            with context:
                await pool.stop()

        async with WorkerPool(work, workers=1) as pool:
            context = Context.current().with_cancel()
            async with TaskGroup() as group:
                await pool.submit(1, 1)
                group.spawn(stop, context)
                await parked(pool._stopped._receivers, 1)
                context.cancel()
            with pytest.raises(PoolClosedError):
                await pool.submit(2, 2)
            await gate.send("to the end")
            return await by_id(pool)

    assert go(main) == {1: JobResult(1, "to the end", None)}


def test_leaving_the_block_stops(go):
    async def main():
        async with WorkerPool(double, workers=1) as pool:
            for job in range(3):
                await pool.submit(job, job)
        return sorted(await by_id(pool))

    assert go(main) == [0, 1, 2]


def test_a_consumer_that_stops_reading_does_not_hold_the_end_up(go):
    async def main():
        async with WorkerPool(double, workers=1) as pool:
            for job in range(5):
                await pool.submit(job, job)
            await pool.results.receive()
            await parked(pool._results._senders, 1)
        return len(pool.results)

    assert go(main) == 4


# cancel


def test_a_second_cancel_says_the_same(go):
    async def main():
        async with WorkerPool(forever, workers=1) as pool:
            for job in "abc":
                await pool.submit(job, job)
            while len(pool._jobs) > 2:
                await sleep(0)
            return pool.cancel(), pool.cancel(), pool.results.closed

    assert go(main) == (("b", "c"), ("b", "c"), False)


def test_a_cancel_during_a_stop_ends_it(go):
    async def main():
        async with WorkerPool(forever, workers=1) as pool, TaskGroup() as group:
            for job in range(3):
                await pool.submit(job, job)
            group.spawn(pool.stop)
            await parked(pool._stopped._receivers, 1)
            dropped = pool.cancel()
        return dropped, sorted(await by_id(pool))

    assert go(main) == ((1, 2), [0])


def test_results_that_waited_for_a_reader_are_kept_by_a_cancel(go):
    async def main():
        async with WorkerPool(double, workers=2) as pool:
            for job in range(6):
                await pool.submit(job, job)
            await parked(pool._results._senders, 2)
            pool.cancel()
        return sorted([result.value async for result in pool.results])

    assert go(main) == [0, 2, 4, 6, 8, 10]


# a block that ends badly, contexts that die


def test_an_error_of_the_block_cancels_and_leaves_bare(go):
    async def main():
        async with WorkerPool(forever, workers=1) as pool:
            for job in range(2):
                await pool.submit(job, job)
            while len(pool._jobs) > 1:
                await sleep(0)
            raise BrokenError("block")

    with pytest.raises(BrokenError, match="block"):
        go(main)


def end_by_cancel(context, pool):
    context.cancel()


def end_by_pool_cancel(context, pool):
    pool.cancel()


def end_by_error(context, pool):
    raise BrokenError


def end_by_leaving(context, pool):
    pass


async def every_job_is_accounted_for(end, read):
    """Whatever ends a pool: each accepted job has one result or is named as dropped. `read` some before."""
    accepted = []

    async def work(job):
        for _ in range(job % 3):
            await sleep(0)
        return job

    async def submit(jobs):
        with contextlib.suppress(PoolClosedError):
            for job in jobs:
                await pool.submit(job, job)
                accepted.append(job)

    pool = WorkerPool(work, workers=2)
    context = Context.current().with_cancel()
    async with TaskGroup() as group:
        for first in range(3):
            group.spawn(submit, range(first, 30, 3))
        with contextlib.suppress(BrokenError, CancelledError), context:
            async with pool:
                for _ in range(5):
                    await sleep(0)
                results = [await pool.results.receive() for _ in range(read)]
                end(context, pool)
    results.extend([result async for result in pool.results])
    assert sorted([*(result.job_id for result in results), *pool.cancel()]) == sorted(accepted)
    return len(accepted)


ENDS = [end_by_cancel, end_by_pool_cancel, end_by_error, end_by_leaving]


@pytest.mark.parametrize("read", [0, 2])
@pytest.mark.parametrize("end", ENDS)
def test_every_accepted_job_has_a_result_or_is_named_as_dropped(go, end, read):
    go(every_job_is_accounted_for, end, read)


@pytest.mark.parametrize("read", [0, 2])
@pytest.mark.parametrize("end", ENDS)
def test_no_schedule_loses_a_job(end, read):
    explored(every_job_is_accounted_for, end, read, seeds=100)


def test_a_result_that_waits_for_a_reader_when_the_context_dies_is_kept(go):
    async def main():
        context = Context.current().with_cancel()
        with pytest.raises(CancelledError), context:
            async with WorkerPool(double, workers=1) as pool:
                for job in range(5):
                    await pool.submit(job, job)
                await parked(pool._results._senders, 1)
                context.cancel()
                await sleep(0)
        results = [result.job_id async for result in pool.results]
        return results, pool.cancel()

    assert go(main) == ([0, 1, 2], (3, 4))


def test_a_submitter_outside_is_told_when_the_context_has_taken_all_workers(go):
    async def main():
        told, context = [], Context.current().with_cancel()

        async def own():
            with context:
                async with pool:
                    with Context.current().without_cancel():
                        await keep.receive()

        async def submit():
            for job in itertools.count():
                try:
                    await pool.submit(job, job)
                except PoolClosedError:
                    told.append(job)
                    return

        pool, keep = WorkerPool(forever, workers=1), Channel()
        async with TaskGroup() as group:
            group.spawn(own)
            await parked(keep._receivers, 1)
            group.spawn(submit)
            await parked(pool._jobs._senders, 1)
            context.cancel()
            while not told:
                await sleep(0)
            await keep.send(None)
        return told, pool.cancel(), [result.job_id async for result in pool.results]

    assert go(main) == ([3], (1, 2), [0])


def test_a_deadline_ends_the_pool_as_itself(go):
    async def main():
        with Context.current().with_timeout(0.001):
            async with WorkerPool(forever, workers=2) as pool:
                await pool.submit(1, 1)
                await pool.results.receive()
                await pool.results.receive()

    with pytest.raises(DeadlineExceededError):
        go(main)


def test_under_a_dead_context_nothing_is_accepted(go):
    async def main():
        context = Context.current().with_cancel()
        context.cancel()
        with context:
            async with WorkerPool(pytest.fail) as pool:
                await pool.submit(1, "ran under a dead context")

    with pytest.raises(CancelledError):
        go(main)


def test_a_cancelled_submit_was_not_accepted(go):
    async def main():
        async def submit(context):
            with context:
                await pool.submit("parked", None)

        async with WorkerPool(forever, workers=1) as pool:
            for job in range(3):
                await pool.submit(job, job)
            while len(pool._jobs) > 2:
                await sleep(0)
            context = Context.current().with_cancel()
            async with TaskGroup() as group:
                assert not pool.try_submit("full", None)
                group.spawn(submit, context)
                while not pool._jobs._senders and len(pool._jobs) == 2:
                    await sleep(0)
                context.cancel()
            return pool.cancel()

    assert go(main) == (1, 2)


# jobs that come from an iterator


def test_an_iterator_of_jobs_that_raises_half_way_cancels_and_leaves_bare(go):
    def jobs():
        yield from range(3)
        raise BrokenError("iterator")

    async def main():
        async with WorkerPool(double, workers=1) as pool:
            for job in jobs():
                await pool.submit(job, job)
                await pool.results.receive()

    with pytest.raises(BrokenError, match="iterator"):
        go(main)


def test_an_endless_iterator_of_jobs_waits_for_the_workers_and_ends_with_the_pool(go):
    async def main():
        submitted = []

        async def submit_all():
            for job in itertools.count():
                await pool.submit(job, job)
                submitted.append(job)

        async with WorkerPool(double, workers=1) as pool:
            async with TaskGroup() as group:
                group.spawn(submit_all)
                await parked(pool._jobs._senders, 1)
                while not pool._results._senders:
                    await sleep(0)
                await parked(pool._jobs._senders, 1)
                most = len(submitted)
                group.cancel()
            pool.cancel()
        return most

    assert go(main) == 2 + 1 + 2  # results, the worker's own, jobs


# where it may be used


@in_one_process
def test_a_job_in_a_call_cannot_submit(go):
    async def main():
        def submit_more(job):
            pool.try_submit(job, job)

        async with WorkerPool(submit_more, workers=1) as pool:
            await pool.submit(1, 1)
            return (await pool.results.receive()).error

    error = go(main)
    assert isinstance(error, RuntimeError)
    assert "use from_call" in str(error)


def test_a_job_may_submit_and_cancel(go):
    async def work(job):
        if job < 3:
            assert pools[0].try_submit(job + 1, job + 1)
        else:
            pools[0].cancel()
        return job

    pools = []

    async def main():
        async with WorkerPool(work, workers=1) as pool:
            pools.append(pool)
            await pool.submit(1, 1)
            return [(result.job_id, result.value) async for result in pool.results]

    assert go(main) == [(1, 1), (2, 2), (3, 3)]


def test_it_says_how_many_workers_live(go):
    async def main():
        pool = WorkerPool(double, workers=3)
        seen = [repr(pool)]
        async with pool:
            seen.append(repr(pool))
        return [*seen, repr(pool)]

    assert go(main) == [f"<WorkerPool {alive}/3 workers>" for alive in (0, 3, 0)]


@pytest.mark.parametrize("runtime", ["asyncio", "threads"])
def test_plain_jobs_run_beside_each_other_on_as_many_threads_as_workers(runtime):
    from threading import Barrier

    meet = Barrier(20)

    async def main():
        return len(await do(lambda job: meet.wait(30), range(20), 20))

    outcome = launch(main, runtime=runtime)
    assert (outcome.error, outcome.value) == (None, 20)


def test_it_works_in_a_loop_that_is_not_ours():
    async def main():
        return await do(time.sleep, [0.001, 0.002], 2)

    assert sorted(asyncio.run(main())) == [0.001, 0.002]
