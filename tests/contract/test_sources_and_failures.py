"""How the patterns are fed, left and broken, on every runtime."""

from __future__ import annotations

import asyncio
import copy
import functools
import pickle
import time

import pytest

from patterns import (
    DROP,
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    ErrGroup,
    TaskGroup,
    collect_errors,
    fan_in,
    fan_out,
    now,
    pipeline,
    race_timeout,
    run,
    sleep,
    worker_pool,
)

from seams import in_one_process


class BrokenError(Exception):
    pass


async def double(job):
    await sleep(0.0001)
    return job * 2


async def through_pool(source, work):
    async with worker_pool(source, work, workers=3) as results:
        return [value async for value in results]


async def through_ordered_pool(source, work):
    async with worker_pool(source, work, workers=3, ordered=True) as results:
        return [value async for value in results]


async def through_pipeline(source, work):
    async with pipeline(source, work) as output:
        return [value async for value in output]


async def through_fan_out(source, work):
    async with fan_out(source, work, workers=3) as channels, fan_in(*channels) as merged:
        return [value async for value in merged]


WAYS = [through_pool, through_ordered_pool, through_pipeline, through_fan_out]
every_way = pytest.mark.parametrize("way", WAYS)


def a_list():
    return [1, 2, 3, 4, 5, 6, 7]


def an_iterator():
    return iter(range(1, 8))


def a_generator():
    yield from range(1, 8)


async def an_async_generator():
    for number in range(1, 8):
        await sleep(0.0001)
        yield number


class Sequence:
    """The old way to be iterable."""

    def __getitem__(self, index):
        if index == 7:
            raise IndexError
        return index + 1


@every_way
@pytest.mark.parametrize("source", [a_list, an_iterator, a_generator, an_async_generator, Sequence])
def test_every_kind_of_source_is_read_to_its_end(go, way, source):
    assert sorted(go(way, source(), double)) == [2, 4, 6, 8, 10, 12, 14]


@every_way
def test_a_channel_is_a_source(go, way):
    async def main():
        channel = Channel(2)

        async def fill():
            for number in range(1, 8):
                await channel.send(number)
            channel.close()

        async with TaskGroup() as group:
            group.spawn(fill)
            return await way(channel, double)

    assert sorted(go(main)) == [2, 4, 6, 8, 10, 12, 14]


@every_way
@pytest.mark.parametrize("plain", [time.sleep, abs, str])
def test_a_plain_function_runs_through_call(go, way, plain):
    assert len(go(way, [0.001, 0.002], plain)) == 2


@every_way
def test_the_first_error_of_a_job_leaves_bare(go, way):
    async def work(job):
        await sleep(0.001)
        if job == 3:
            raise BrokenError("job 3")
        return job

    with pytest.raises(BrokenError, match="job 3"):
        go(way, range(1000), work)


@every_way
def test_an_error_of_the_source_leaves_bare(go, way):
    def source():
        yield 1
        raise BrokenError("source")

    with pytest.raises(BrokenError, match="source"):
        go(way, source(), double)


@every_way
def test_an_error_of_an_async_source_leaves_bare(go, way):
    async def source():
        yield 1
        raise BrokenError("source")

    with pytest.raises(BrokenError, match="source"):
        go(way, source(), double)


@every_way
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_job_that_ends_the_program_ends_it(go, way, error):
    async def work(job):
        raise error(job)

    with pytest.raises(error):
        go(way, [1, 2, 3], work)


@every_way
def test_a_source_that_is_none_is_refused(go, way):
    with pytest.raises(TypeError, match="a source is an iterable, an async iterable or a channel, found int"):
        go(way, 5, double)


@every_way
@pytest.mark.parametrize("work", [None, 5, a_generator, an_async_generator])
def test_work_that_is_no_function_is_refused(go, way, work):
    with pytest.raises(TypeError, match=r"a function is needed|is a generator"):
        go(way, [1], work)


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(workers):
    with pytest.raises(ValueError, match=f"workers: found {workers}, allowed a whole number from 1"):
        worker_pool([], double, workers=workers)
    with pytest.raises(ValueError, match="workers"):
        fan_out([], double, workers=workers)


@pytest.mark.parametrize("workers", [1.5, "3", True, None])
def test_workers_that_are_no_number_are_refused(workers):
    with pytest.raises(TypeError, match="workers"):
        worker_pool([], double, workers=workers)


def test_later_errors_are_attached_as_notes(go):
    async def work(job):
        try:
            await sleep(0.01 if job == 0 else 100)
        except CancelledError:
            raise BrokenError(f"clean-up of {job}") from None
        raise BrokenError("the first")

    with pytest.raises(BrokenError, match="the first") as caught:
        go(through_pool, range(3), work)
    assert len(caught.value.__notes__) == 2
    assert caught.value.__notes__[0].startswith("also: BrokenError: clean-up of")


def test_results_that_were_received_stand_when_a_later_job_fails(go):
    async def main():
        seen = []

        async def work(job):
            if job == 5:
                raise BrokenError
            return job

        with pytest.raises(BrokenError):
            async with worker_pool(range(10), work, workers=1, buffer=0) as results:
                async for value in results:
                    seen.append(value)
        return seen

    seen = go(main)
    assert seen == list(range(len(seen)))
    assert len(seen) <= 5


def test_leaving_early_ends_and_joins_every_worker(go):
    async def main():
        running = ended = 0

        async def work(job):
            nonlocal running, ended
            running += 1
            try:
                await sleep(0.0 if job == 0 else 1000)
            finally:
                running -= 1
                ended += 1
            return job

        async with worker_pool(iter(int, 1), work, workers=4) as results:
            await results.receive()
        return running, ended > 0

    assert go(main) == (0, True)


def test_leaving_a_pipeline_early_ends_every_stage_of_an_endless_source(go):
    def numbers():
        number = 0
        try:
            while True:
                yield number
                number += 1
        finally:
            closed.append(number)

    closed = []

    async def main():
        async with pipeline(numbers(), double, double) as output:
            async for value in output:
                if value >= 12:
                    break

    go(main)
    assert len(closed) == 1


def test_an_async_source_is_closed_when_it_is_left_early(go):
    closed = []

    async def numbers():
        try:
            while True:
                yield 1
        finally:
            with Context.current().without_cancel():
                await sleep(0.001)
            closed.append(True)

    async def main():
        async with worker_pool(numbers(), double, workers=2) as results:
            await results.receive()
        return list(closed)

    assert go(main) == [True]


def test_an_error_of_the_block_leaves_bare(go):
    async def main():
        async with pipeline(iter(int, 1), double) as output:
            await output.receive()
            raise BrokenError("block")

    with pytest.raises(BrokenError, match="block"):
        go(main)


def test_ordered_results_come_in_the_order_of_the_jobs(go):
    async def work(job):
        await sleep(0.002 if job % 4 == 0 else 0)
        return job

    async def main():
        async with worker_pool(range(40), work, workers=5, ordered=True) as results:
            return [value async for value in results]

    assert go(main) == list(range(40))


def test_ordered_results_bound_how_far_the_pool_runs_ahead(go):
    async def main():
        started = []

        async def work(job):
            started.append(job)
            if job == 0:
                await sleep(0.05)
            return job

        async with worker_pool(iter(range(10_000)), work, workers=4, ordered=True) as results:
            await results.receive()
            return len(started)

    assert go(main) <= 3 * 2 * 4


def test_a_pool_reads_its_source_lazily(go):
    async def main():
        read = []

        def jobs():
            for number in range(1000):
                read.append(number)
                yield number

        async with worker_pool(jobs(), double, workers=2, buffer=1) as results:
            await results.receive()
            return len(read)

    assert go(main) < 10


def test_a_pipeline_filters_what_is_dropped(go):
    async def keep_even(number):
        return DROP if number % 2 else number

    async def main():
        async with pipeline(range(1, 6), double, keep_even, buffer=2) as output:
            return [value async for value in output]

    assert go(main) == [2, 4, 6, 8, 10]
    assert repr(DROP) == "DROP"


def test_a_pipeline_without_stages_passes_its_items_on(go):
    async def main():
        async with pipeline([None, 0, ""]) as output:
            return [value async for value in output]

    assert go(main) == [None, 0, ""]


def test_a_pipeline_keeps_the_order_and_its_stages_overlap(go, runtime):
    async def wait(item):
        await sleep(1.0 if runtime == "simulator" else 0.001)
        return item

    async def main():
        began = now()
        async with pipeline(range(5), wait, wait, wait) as output:
            values = [value async for value in output]
        return values, now() - began

    values, seconds = go(main)
    assert values == list(range(5))
    if runtime == "simulator":
        assert seconds == 7.0


def test_merging_keeps_each_channels_order_and_loses_nothing(go):
    async def main():
        channels = [Channel(capacity) for capacity in (0, 1, 5)]

        async def fill(index, channel):
            for number in range(50):
                await channel.send((index, number))
            channel.close()

        async with TaskGroup() as group:
            for index, channel in enumerate(channels):
                group.spawn(fill, index, channel)
            async with fan_in(*channels) as merged:
                return [value async for value in merged]

    values = go(main)
    for index in range(3):
        assert [number for owner, number in values if owner == index] == list(range(50))


def test_merging_nothing_ends_at_once(go):
    async def main():
        async with fan_in() as merged:
            return [value async for value in merged]

    assert go(main) == []


def test_merging_something_else_is_refused():
    with pytest.raises(TypeError, match="a channel or its receiver is needed, found list"):
        fan_in([])


def test_leaving_a_merge_early_leaves_its_channels_usable(go):
    async def main():
        left, right = Channel(), Channel()
        async with TaskGroup() as group:
            group.spawn(left.send, 1)
            group.spawn(right.send, 2)
            async with fan_in(left, right) as merged:
                await merged.receive()
            group.spawn(left.send, 3)
            value = await left.receive()
            group.cancel()
        return value

    assert go(main) in (1, 3)


def test_a_cancel_from_outside_goes_through_both_layers_as_one_error(go):
    async def forever(job):
        await sleep(1000)
        return job

    async def child():
        await through_fan_out(range(10), forever)

    async def main():
        async with TaskGroup() as group:
            group.spawn(child)
            await sleep(0.001)
            group.cancel()
        return "quiet"

    assert go(main) == "quiet"


def keep_even(number):
    return DROP if number % 2 else number


def test_a_plain_stage_may_drop_on_every_runtime(go):
    async def main():
        async with pipeline(range(6), keep_even) as output:
            return [value async for value in output]

    assert go(main) == [0, 2, 4]


def test_the_mark_of_a_dropped_item_stays_the_one_that_it_is():
    assert pickle.loads(pickle.dumps(DROP)) is copy.copy(DROP) is copy.deepcopy(DROP) is DROP  # noqa: S301


async def async_double(job):
    await sleep(0)
    return 2 * job


@functools.wraps(async_double)
def plain_around_async(job):
    return 2 * job


def plain_double(job):
    return 2 * job


@functools.wraps(plain_double)
async def async_around_plain(job):
    await sleep(0)
    return 2 * job


def numbers(job):
    yield job
    yield job


@functools.wraps(numbers)
def plain_around_a_generator(job):
    return sum(numbers(job))


class Generates:
    def __call__(self, job):
        yield job


@in_one_process  # a wrapper has the name of what it wraps, by which pickle would look for it
@every_way
@pytest.mark.parametrize("work", [plain_around_async, async_around_plain, plain_around_a_generator])
def test_a_wrapper_is_what_it_is_itself(go, way, work):
    assert sorted(go(way, range(3), work)) == [0, 2, 4]


def test_an_object_that_generates_when_it_is_called_is_refused(go):
    async def main():
        with pytest.raises(TypeError, match="is a generator"):
            worker_pool(range(3), Generates())

    go(main)


class CloseFails:
    """An iterable whose clean-up fails."""

    def __iter__(self):
        return self._numbers()

    def _numbers(self):
        try:
            yield from range(100)
        finally:
            raise ValueError("close failed")


@every_way
def test_a_clean_up_of_the_source_that_fails_is_a_note_of_the_first_error(go, way):
    async def fails(job):
        await sleep(0.001)
        raise BrokenError("the job failed")

    async def main():
        with pytest.raises(BrokenError) as caught:
            await way(CloseFails(), fails)
        return caught.value.__notes__

    assert "also: ValueError: close failed" in go(main)


def test_a_clean_up_of_the_source_that_fails_hides_no_deadline(go):
    async def main():
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0.01):
            await through_pool(CloseFails(), forever)
        return "over"

    assert go(main) == "over"


async def forever(job):
    await sleep(1000)
    return job


@every_way
def test_a_job_whose_task_is_cancelled_by_asyncio_fails_the_pattern(way):
    async def work(job):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)
        return job

    async def main():
        await way(range(5), work)

    for runner in (run, lambda main: asyncio.run(main())):
        with pytest.raises(asyncio.CancelledError):
            runner(main)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_item_whose_task_is_cancelled_by_asyncio_is_an_error_among_the_results(workers):
    async def work(item):
        if item == 1:
            asyncio.current_task().cancel()
        await asyncio.sleep(0.001)
        return item

    async def main():
        return await collect_errors(range(4), work, workers=workers)

    results = run(main)
    assert [result.value for result in results] == [0, None, 2, 3]
    assert isinstance(results[1].error, asyncio.CancelledError)


def test_an_errgroup_reports_a_task_that_asyncio_cancels():
    async def work():
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    async def main():
        group = ErrGroup()
        await group.go(work)
        await group.wait()

    with pytest.raises(asyncio.CancelledError):
        run(main)


def test_a_race_awaits_what_a_plain_function_gives(go, runtime):
    async def main():
        return await race_timeout(lambda: async_double(4), seconds=1)

    if runtime != "processes":  # a lambda cannot be pickled there, nor a coroutine
        assert go(main) == 8
