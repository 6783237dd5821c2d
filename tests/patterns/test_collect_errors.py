"""Concurrent error collection: every value or error in the order of the items; bad input and faults."""

from __future__ import annotations

import asyncio
import itertools
import sys

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    Result,
    TaskGroup,
    collect_errors,
    run,
    sleep,
    traps,
)

from seams import explored, parked


class BrokenError(Exception):
    pass


class EndingError(BaseException):
    """An error that `except Exception` lets pass."""


async def odd_ones_fail(number):
    for _ in range(5 - number % 5):
        await sleep(0)
    if number % 2:
        raise BrokenError(number)
    return 10 * number


def odd_ones_fail_plainly(number):
    if number % 2:
        raise BrokenError(number)
    return 10 * number


def exit_with(number):
    sys.exit(number)


async def pass_on(item):
    await sleep(0)
    return item


def told(results):
    """Return each value, or its error as text."""
    return [
        f"{type(result.error).__name__} {result.error}" if result.error else result.value
        for result in results
    ]


EXPECTED = [0, "BrokenError 1", 20, "BrokenError 3", 40, "BrokenError 5", 60]


def a_list():
    return list(range(7))


def an_iterator():
    return iter(range(7))


async def an_async_generator():
    for number in range(7):
        await sleep(0)
        yield number


# order and number


@pytest.mark.parametrize("items", [a_list, an_iterator, an_async_generator])
@pytest.mark.parametrize("workers", [None, 1, 2, 100])
@pytest.mark.parametrize("work", [odd_ones_fail, odd_ones_fail_plainly])
def test_values_and_errors_come_in_the_order_of_the_items(go, items, workers, work):
    async def main():
        return await collect_errors(items(), work, workers)

    assert told(go(main)) == EXPECTED


def test_no_schedule_changes_the_order():
    async def main():
        return told(await collect_errors(range(7), odd_ones_fail, workers=3))

    assert all(results == EXPECTED for results in explored(main, seeds=100))


@pytest.mark.parametrize("items", [[], iter(()), ()])
@pytest.mark.parametrize("workers", [None, 3])
def test_no_items_give_no_results(go, items, workers):
    assert go(collect_errors, items, pass_on, workers) == []


@pytest.mark.parametrize(("workers", "most"), [(1, 1), (4, 4), (None, 100)])
def test_no_more_are_worked_on_at_once_than_there_are_workers(go, workers, most):
    async def main():
        gate, active, seen = Channel(), 0, 0

        async def open_gate():
            await parked(gate._receivers, most)
            gate.close()

        async def work(number):
            nonlocal active, seen
            active += 1
            seen = max(seen, active)
            await gate.receive_ok()
            await sleep(0)
            active -= 1

        async with TaskGroup() as group:
            group.spawn(open_gate)
            await collect_errors(range(300), work, workers)
        return seen

    assert go(main) == most


def test_items_of_a_channel_are_worked_on_at_once_too(go):
    async def main():
        items, gate = Channel(), Channel()

        async def feed():
            for number in range(5):
                await items.send(number)
            await parked(gate._receivers, 5)
            items.close()
            gate.close()

        async def work(number):
            await gate.receive_ok()
            return number

        async with TaskGroup() as group:
            group.spawn(feed)
            return told(await collect_errors(items, work))

    assert go(main) == [0, 1, 2, 3, 4]


# what work gives and does wrong


def test_an_exception_that_is_returned_is_a_value(go):
    async def work(number):
        return BrokenError("returned")

    (result,) = go(collect_errors, [1], work)
    assert (type(result.value), result.error) == (BrokenError, None)


def test_none_is_a_value(go):
    async def work(number):
        return None

    assert go(collect_errors, [1], work) == [Result(None, None)]


def test_an_error_keeps_its_traceback(go):
    (result,) = go(collect_errors, [1], odd_ones_fail)
    trace = result.error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    assert trace.tb_frame.f_code.co_name == "odd_ones_fail"


@pytest.mark.parametrize("error", [EndingError, SystemExit, KeyboardInterrupt])
def test_an_error_that_is_no_exception_is_raised_when_all_others_have_ended(go, error):
    async def main():
        ended = []

        async def work(number):
            if number == 1:
                raise error("on purpose")
            await sleep(0)
            ended.append(number)

        with pytest.raises(error, match="on purpose"):
            await collect_errors(range(5), work, workers=2)
        return sorted(ended)

    assert go(main) == [0, 2, 3, 4]


def test_sys_exit_in_a_call_is_raised_when_all_others_have_ended(go):
    with pytest.raises(SystemExit) as caught:
        go(collect_errors, [3, 4], exit_with, 1)
    assert caught.value.code == 3


@pytest.mark.parametrize("error", [CancelledError, asyncio.CancelledError])
@pytest.mark.parametrize("workers", [1, 2, None])
def test_a_cancellation_that_work_raises_by_itself_is_an_error_of_its_item(go, error, workers):
    async def work(number):
        await sleep(0)
        if number == 1:
            raise error("of its own")
        return number

    assert told(go(collect_errors, range(4), work, workers)) == [0, "CancelledError of its own", 2, 3]


def test_a_context_of_its_own_that_dies_is_an_error_of_its_item(go):
    async def work(number):
        with Context.current().with_cancel() as own:
            if number == 1:
                own.cancel()
            await sleep(0)
        return number

    assert told(go(collect_errors, range(3), work)) == [0, "CancelledError context cancelled", 2]


def test_a_time_limit_of_its_own_is_an_error_of_its_item(go):
    async def work(number):
        with Context.current().with_timeout(0.001 if number == 1 else 1000):
            if number == 1:
                await Channel().receive()
        return number

    results = go(collect_errors, range(3), work)
    assert [type(result.error) for result in results] == [type(None), DeadlineExceededError, type(None)]


def test_something_foreign_that_is_cancelled_is_an_error_of_its_item():
    async def work(number):
        future = asyncio.get_running_loop().create_future()
        if number == 1:
            future.cancel()
            await future
        return number

    results = run(collect_errors, range(3), work, 1, runtime="asyncio")
    assert [type(result.error) for result in results] == [type(None), asyncio.CancelledError, type(None)]


def a_generator(number):
    yield number


async def an_async_generator_function(number):
    yield number


@pytest.mark.parametrize("work", [None, 5, "work", a_generator, an_async_generator_function])
def test_work_that_is_no_function_is_refused(go, work):
    with pytest.raises(TypeError, match=r"a function is needed|is a generator"):
        go(collect_errors, [1], work)


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(go, workers):
    with pytest.raises(ValueError, match=f"workers: found {workers}, allowed a whole number from 1"):
        go(collect_errors, [1], pass_on, workers)


@pytest.mark.parametrize("workers", [1.5, "3", True])
def test_workers_that_are_no_number_are_refused(go, workers):
    with pytest.raises(TypeError, match="workers: found"):
        go(collect_errors, [1], pass_on, workers)


@pytest.mark.parametrize("items", [5, None, object()])
def test_what_cannot_be_iterated_is_refused(go, items):
    with pytest.raises(TypeError, match="a source is an iterable, an async iterable or a channel"):
        go(collect_errors, items, pass_on)


# items that fail or never end, callers that give up


def failing_half_way():
    yield from range(3)
    raise BrokenError("iterator")


async def failing_half_way_async():
    for number in range(3):
        yield number
    raise BrokenError("iterator")


@pytest.mark.parametrize("items", [failing_half_way, failing_half_way_async])
def test_an_error_of_the_items_leaves_bare_and_ends_the_work(go, items):
    async def main():
        with pytest.raises(BrokenError, match="iterator"):
            await collect_errors(items(), forever, workers=5)
        return len(traps.running().driver.live)

    assert go(main) == 1


async def forever(number):
    await Channel().receive()


async def endless():
    for number in itertools.count():
        yield number


@pytest.mark.parametrize("items", [itertools.count, endless])
@pytest.mark.parametrize("work", [pass_on, forever])
def test_endless_items_are_ended_by_the_context(go, items, work):
    async def main():
        async def collect():
            with context:
                await collect_errors(items(), work, workers=3)

        context = Context.current().with_cancel()
        async with TaskGroup() as group:
            group.spawn(collect)
            for _ in range(20):
                await sleep(0)
            context.cancel()
        return len(traps.running().driver.live)

    assert go(main) == 1


def test_a_deadline_raises_itself_bare(go):
    async def main():
        with Context.current().with_timeout(0.001):
            await collect_errors(range(10), forever, workers=3)

    with pytest.raises(DeadlineExceededError):
        go(main)


def test_a_generator_that_was_not_read_to_its_end_is_closed(go):
    closed = []

    def items():
        try:
            yield from itertools.count()
        finally:
            closed.append(True)

    async def main():
        with Context.current().with_timeout(0.05):
            await collect_errors(items(), forever, workers=3)

    with pytest.raises(DeadlineExceededError):
        go(main)
    assert closed == [True]


def test_an_outside_cancel_ends_it_and_is_passed_on():
    async def main():
        task = asyncio.create_task(collect_errors(range(10), forever, workers=2))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(asyncio.all_tasks())

    assert asyncio.run(main()) == 1
