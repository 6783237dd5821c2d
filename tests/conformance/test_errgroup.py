"""Error groups, and task groups where a row concerns both: the rows EG of the conformance list."""

from __future__ import annotations

import asyncio
import gc
import traceback
import warnings
from contextlib import suppress

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    DeadlockError,
    ErrGroup,
    TaskGroup,
    now,
    sleep,
    traps,
)
from patterns.launch import launch

from seams import explored, parked


class BrokenError(Exception):
    pass


class EndingError(BaseException):
    """An error that `except Exception` lets pass."""


async def fail(error=BrokenError):
    raise error


async def forever():
    await Channel().receive()


async def nothing():
    pass


async def outcome_of(error):
    if error is not None:
        raise error


async def waited(group):
    """Return the error that a wait raises, or None."""
    try:
        await group.wait()
    except BrokenError as error:
        return error
    return None


FIRST, SECOND = BrokenError("first"), BrokenError("second")


@pytest.mark.parametrize("errors", [[], [None], [FIRST], [FIRST, None], [None, FIRST], [FIRST, None, SECOND]])
def test_eg_01_wait_raises_the_first_error_however_often_it_is_asked(go, errors):
    async def main():
        group, first = ErrGroup(), None
        for error in errors:
            await group.go(outcome_of, error)
            first = first or error
            assert await waited(group) is first
        assert await waited(group) is first
        assert group.errors == [error for error in errors if error is not None]

    go(main)


async def fail_before_the_stubborn_ends():
    group = ErrGroup()

    async def stubborn():
        with Context.current().without_cancel():
            await sleep(0.005)

    await group.go(fail, FIRST)
    await group.go(stubborn)
    assert await waited(group) is FIRST
    return now()


def test_eg_02_wait_returns_when_the_last_task_has_ended(go):
    async def main():
        began = now()
        assert await fail_before_the_stubborn_ends() - began >= 0.005

    go(main)


def test_eg_02_wait_returns_at_the_very_time_at_which_the_last_task_ends():
    assert set(explored(fail_before_the_stubborn_ends)) == {0.005}


def test_eg_02_a_wait_whose_own_context_dies_still_waits_for_every_task(go):
    async def main():
        group, gate, log = ErrGroup(), Channel(), []
        context = Context.current().with_cancel()

        async def stubborn():
            with Context.current().without_cancel():
                await gate.receive()
            log.append("ended")

        async def wait():
            with pytest.raises(CancelledError), context:
                await group.go(stubborn)
                await group.wait()
            log.append("left")

        async with TaskGroup() as waiters:
            waiters.spawn(wait)
            await parked(gate._receivers, 1)
            await parked(group._joining, 1)
            context.cancel()
            for _ in range(5):
                await sleep(0)
            assert log == []
            await gate.send(None)
        return log

    assert go(main) == ["ended", "left"]


def test_eg_02_a_wait_that_asyncio_cancels_again_and_again_still_waits_for_every_task():
    async def main():
        group, gate, log = ErrGroup(), Channel(), []

        async def stubborn():
            with Context.current().without_cancel():
                await gate.receive()
            log.append("ended")

        async def wait():
            await group.go(stubborn)
            await group.wait()

        waiting = asyncio.ensure_future(wait())
        await parked(gate._receivers, 1)
        for _ in range(3):
            waiting.cancel()
            for _ in range(5):
                await sleep(0)
            assert not waiting.done()
            assert len(group._joining) == 1
        await gate.send(None)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return log

    outcome = launch(main, runtime="asyncio")
    assert (outcome.value, outcome.error, outcome.leaked) == (["ended"], None, ())


def test_eg_02_a_deadlock_of_a_shielded_task_ends_the_wait_when_all_have_ended(runtime):
    log = []

    async def stubborn():
        try:
            with Context.current().without_cancel():
                await forever()
        finally:
            log.append("ended")

    async def main():
        group = ErrGroup()
        await group.go(stubborn)
        try:
            await group.wait()
        finally:
            log.append("left")

    outcome = launch(main, runtime=runtime)
    assert isinstance(outcome.error, DeadlockError)
    assert (outcome.leaked, log) == ((), ["ended", "left"])


def test_eg_03_the_first_error_cancels_the_context_before_anybody_waits(go):
    async def main():
        group, log = ErrGroup(), []

        async def sibling():
            try:
                await forever()
            finally:
                log.append("ended")

        await group.go(sibling)
        await group.go(fail, FIRST)
        await group.context.done.receive_ok()
        assert group.context.done.try_receive() == (None, False)
        assert isinstance(group.context.err, CancelledError)
        assert group.context.cause is FIRST
        while not log:
            await sleep(0)
        assert await waited(group) is FIRST
        assert group.context.cause is FIRST

    go(main)


@pytest.mark.parametrize("errors", [[], [None], [None, None], [FIRST], [FIRST, None]])
def test_eg_04_after_wait_the_context_is_dead_with_all_that_came_from_it(go, errors):
    async def main():
        group = ErrGroup()
        derived = group.context.with_timeout(1000)
        assert group.context.err is None
        for error in errors:
            group.try_go(outcome_of, error)
        await waited(group)
        for context in (group.context, derived):
            assert isinstance(context.err, CancelledError)
            assert context.done.try_receive() == (None, False)
            if errors[:1] == [FIRST]:
                assert context.cause is FIRST
            else:
                assert isinstance(context.cause, CancelledError)
        assert derived._alarm is None
        assert not group.context.children
        assert not Context.current().children

    go(main)


def test_eg_04_no_timer_outlives_the_group():
    async def main():
        group = ErrGroup()
        group.context.with_timeout(1000)
        await group.go(nothing)
        await group.wait()
        await forever()

    outcome = launch(main, runtime="simulator")
    assert isinstance(outcome.error, DeadlockError)
    assert outcome.elapsed_s == 0  # with a timer armed the deadlock would be found when it had rung


@pytest.mark.parametrize(("seconds", "error"), [(1000, CancelledError), (0.02, DeadlineExceededError)])
def test_eg_06_the_end_of_the_parent_ends_the_tasks_and_is_no_error_of_the_group(go, seconds, error):
    async def main():
        group, parent = ErrGroup(), Context.current().with_timeout(seconds)

        async def start():
            with suppress(DeadlineExceededError), parent:
                for _ in range(2):
                    await group.go(forever)

        async with TaskGroup() as starters:
            starters.spawn(start)
        if error is CancelledError:
            parent.cancel()
        await group.context.done.receive_ok()
        assert isinstance(group.context.err, error)
        await group.wait()
        assert group.errors == []

    go(main)


def test_eg_06_what_a_task_raises_on_its_way_out_is_an_error_of_the_group(go):
    async def main():
        group = ErrGroup()

        async def work():
            try:
                await forever()
            except CancelledError:
                raise FIRST from None

        with Context.current().with_cancel():
            await group.go(work)
            await sleep(0)
            await sleep(0)
        assert await waited(group) is FIRST
        assert group.errors == [FIRST]

    go(main)


def test_eg_07_no_more_tasks_than_the_limit_run_at_once(go):
    async def main():
        group, active, most = ErrGroup(limit=10), 0, 0

        async def work():
            nonlocal active, most
            active += 1
            most = max(most, active)
            for _ in range(3):
                await sleep(0)
            active -= 1

        for _ in range(1025):
            await group.go(work)
        await group.wait()
        assert active == 0
        return most

    assert go(main) <= 10


def test_eg_07_go_is_parked_until_a_slot_is_free(go):
    async def main():
        group, gate, log = ErrGroup(limit=2), Channel(), []

        async def start():
            await group.go(gate.receive)
            log.append("third")

        await group.go(gate.receive)
        await group.go(gate.receive)
        async with TaskGroup() as starters:
            starters.spawn(start)
            await parked(group._queue, 1)
            assert not group.try_go(nothing)
            await parked(gate._receivers, 2)
            assert log == []
            await gate.send(None)
            while not log:
                await sleep(0)
        gate.close()
        with pytest.raises(Exception, match="closed"):
            await group.wait()

    go(main)


async def count_active():
    group, active, most = ErrGroup(limit=2), 0, 0

    async def work():
        nonlocal active, most
        active += 1
        most = max(most, active)
        await sleep(0.0001)
        active -= 1

    async def start():
        for _ in range(3):
            await group.go(work)

    async with TaskGroup() as starters:
        starters.spawn(start)
        starters.spawn(start)
    await group.wait()
    return most


def test_eg_07_the_limit_holds_under_every_schedule():
    assert set(explored(count_active)) == {2}


def test_eg_07_a_limit_is_a_whole_number_from_one():
    for limit, error in ((0, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="limit: found"):
            ErrGroup(limit)


def test_eg_09_a_task_that_fails_gives_its_slot_back(go):
    async def main():
        group, started = ErrGroup(limit=2), []

        async def work(number):
            started.append(number)
            raise BrokenError(number)

        for number in range(10):
            await group.go(work, number)
        error = await waited(group)
        assert error is group.errors[0]
        return sorted(started), len(group.errors)

    assert go(main) == (list(range(10)), 10)


def test_eg_09_a_task_that_is_cancelled_gives_its_slot_back(go):
    async def main():
        group, started = ErrGroup(limit=2), []

        async def work():
            started.append(True)
            await forever()

        await group.go(work)
        group.context.cancel()
        for _ in range(9):
            await group.go(work)
        await group.wait()
        assert group.try_go(nothing)
        assert group.try_go(nothing)
        await group.wait()
        return len(started)

    assert go(main) == 10


def test_eg_09_a_task_that_asyncio_cancels_before_its_first_step_gives_its_slot_back():
    async def main():
        group, started = ErrGroup(limit=2), []

        async def work():
            started.append(True)

        for _ in range(10):
            await group.go(work)
            for task in group._tasks:
                task.handle.cancel()
        with pytest.raises(asyncio.CancelledError):
            await group.wait()
        return started, group._slots_taken

    outcome = launch(main, runtime="asyncio")
    assert (outcome.value, outcome.error) == (([], 0), None)


async def fail_while_others_wait_for_a_slot():
    group, gate, log = ErrGroup(limit=1), Channel(), []

    async def first():
        await gate.receive()
        raise FIRST

    async def work(number):
        log.append((number, group.context.err is not None))
        await sleep(0)
        log.append("too far")

    async with TaskGroup() as starters:
        await group.go(first)
        for number in range(3):
            starters.spawn(group.go, work, number)
        await parked(group._queue, 3)
        await gate.send(None)
        assert await waited(group) is FIRST
        return sorted(log)


def test_eg_10_a_go_that_waited_while_another_failed_starts_its_task_under_a_dead_context(go):
    assert go(fail_while_others_wait_for_a_slot) == [(0, True), (1, True), (2, True)]


def test_eg_10_whoever_stood_in_line_is_started_and_waited_for_under_every_schedule():
    for log in explored(fail_while_others_wait_for_a_slot):
        assert log == [(0, True), (1, True), (2, True)]


def test_eg_10_a_go_whose_caller_is_cancelled_in_the_line_says_so_and_starts_nothing(go):
    async def main():
        group = ErrGroup(limit=1)
        await group.go(forever)
        async with TaskGroup() as starters:
            starters.spawn(group.go, pytest.fail, "started")
            await parked(group._queue, 1)
            starters.cancel()
            assert len(group._queue) == 0
        group.context.cancel()
        await group.wait()

    go(main)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_eg_11_an_error_that_ends_the_program_leaves_a_task_group_bare_after_the_join(go, error):
    ended = []

    async def sibling():
        try:
            await forever()
        finally:
            ended.append(True)

    async def end():
        raise error

    async def main():
        async with TaskGroup() as group:
            group.spawn(sibling)
            await sleep(0)
            await sleep(0)
            group.spawn(fail)
            group.spawn(end)

    with pytest.raises(error) as caught:
        go(main)
    assert ended == [True]
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "end"


def test_eg_11_another_error_that_is_no_exception_leaves_a_task_group_in_a_group(go):
    async def main():
        with pytest.raises(BaseExceptionGroup) as caught:
            async with TaskGroup() as group:
                group.spawn(forever)
                group.spawn(fail, EndingError)
        assert not isinstance(caught.value, ExceptionGroup)
        (error,) = caught.value.exceptions
        assert isinstance(error, EndingError)
        assert traceback.extract_tb(error.__traceback__)[-1].name == "fail"

    go(main)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, EndingError])
def test_eg_11_an_error_that_is_no_exception_leaves_an_error_group_bare_after_the_join(go, error):
    ended = []

    async def sibling():
        try:
            await forever()
        finally:
            ended.append(True)

    async def end():
        raise error

    async def main():
        group = ErrGroup()
        await group.go(sibling)
        await sleep(0)
        await sleep(0)
        await group.go(end)
        await group.wait()

    with pytest.raises(error) as caught:
        go(main)
    assert ended == [True]
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "end"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, EndingError])
def test_eg_11_an_error_that_is_no_exception_comes_before_an_earlier_one(go, error):
    async def main():
        group = ErrGroup()

        async def end():
            try:
                await forever()
            finally:
                raise error

        await group.go(end)
        await sleep(0)
        await sleep(0)
        await group.go(fail, FIRST)
        try:
            await group.wait()
        finally:
            assert [type(one) for one in group.errors] == [BrokenError, error]

    with pytest.raises(error) as caught:
        go(main)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "end"


def test_eg_13_a_spawn_after_the_end_of_a_task_group_is_refused(go):
    async def main():
        async with TaskGroup() as group:
            pass
        with pytest.raises(RuntimeError, match="spawn outside the group's block"):
            group.spawn(forever)
        with pytest.raises(RuntimeError, match="entered once"):
            await group.__aenter__()

    go(main)


def test_eg_13_a_go_after_the_wait_starts_its_task_under_the_dead_context(go):
    async def main():
        group, log = ErrGroup(), []

        async def work():
            log.append("ran")
            await sleep(0)
            log.append("too far")

        await group.wait()
        await group.go(work)
        assert group.try_go(work)
        await group.wait()
        return log

    assert go(main) == ["ran", "ran"]


def test_eg_13_a_coroutine_in_place_of_a_function_is_refused_and_closed(go):
    async def main():
        errors, wait_group = ErrGroup(), ErrGroup(limit=1)
        async with TaskGroup() as group:
            with pytest.raises(TypeError, match="a function is needed, found <coroutine"):
                group.spawn(nothing())
        for refuse in (group.spawn, errors.try_go, wait_group.try_go):
            with pytest.raises(TypeError, match="a function is needed, found <coroutine"):
                refuse(nothing())
        with pytest.raises(TypeError, match="a function is needed, found <coroutine"):
            await errors.go(nothing())
        gc.collect()

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        go(main)
    assert [str(warning.message) for warning in heard] == []


def test_eg_13_a_task_may_start_more_while_the_group_runs(go):
    async def main():
        log = []

        async def leaf(name):
            log.append(name)

        async with TaskGroup() as group:

            async def child():
                group.spawn(leaf, "spawned")

            group.spawn(child)

        errors = ErrGroup()

        async def task():
            await errors.go(leaf, "gone")

        await errors.go(task)
        await errors.wait()
        return log

    assert go(main) == ["spawned", "gone"]


async def spawn_from_outside_as_the_last_one_ends():
    log = []

    async def late():
        log.append("ran")

    async def outsider(group):
        await sleep(0)
        try:
            group.spawn(late)
        except RuntimeError:
            log.append("refused")
        else:
            log.append("accepted")

    async with TaskGroup() as around:
        async with TaskGroup() as group:
            for _ in range(5):
                around.spawn(outsider, group)
            group.spawn(nothing)
        assert log.count("ran") == log.count("accepted")
        began = now()
        await sleep(0.001)
        assert now() - began >= 0.001, "woken by something that was over"
    return log.count("accepted"), log.count("refused")


def test_eg_13_a_spawn_as_the_last_child_ends_is_waited_for_or_refused(go):
    assert sum(go(spawn_from_outside_as_the_last_one_ends)) == 5


def test_eg_13_a_spawn_as_the_last_child_ends_is_waited_for_or_refused_under_every_schedule():
    seen = set(explored(spawn_from_outside_as_the_last_one_ends))
    assert all(accepted + refused == 5 for accepted, refused in seen)
    assert len(seen) > 1


async def go_from_outside_as_the_last_one_ends():
    group, log = ErrGroup(limit=1), []

    async def late():
        log.append("ran")

    async def outsider():
        await sleep(0)
        log.append("asked")
        await group.go(late)

    async with TaskGroup() as around:
        for _ in range(5):
            around.spawn(outsider)
        await group.go(nothing)
        await group.wait()
        asked = log.count("asked")
        assert log.count("ran") == asked
    await group.wait()
    assert log.count("ran") == 5
    return asked


def test_eg_13_a_go_as_the_last_task_ends_is_waited_for(go):
    go(go_from_outside_as_the_last_one_ends)


def test_eg_13_a_go_as_the_last_task_ends_is_waited_for_under_every_schedule():
    assert len(set(explored(go_from_outside_as_the_last_one_ends))) > 1


def test_eg_13_a_go_inside_a_task_that_holds_the_only_slot_is_a_deadlock_that_is_named(runtime):
    async def main():
        group = ErrGroup(limit=1)

        async def nested():
            await group.go(nothing)

        await group.go(nested)
        await group.wait()

    outcome = launch(main, runtime=runtime)
    assert isinstance(outcome.error, DeadlockError)
    assert "nested waits for go on <ErrGroup of 1 tasks>" in str(outcome.error)
    assert outcome.leaked == ()


async def keep_the_error_of_a_task_group(kept):
    group = TaskGroup()
    try:
        async with group:
            group.spawn(fail)
    except ExceptionGroup as error:
        del group
        kept.append(error)


async def keep_the_error_in_a_task_group(kept):
    group = TaskGroup()
    try:
        async with group:
            group.spawn(fail)
    except ExceptionGroup as error:
        del group
        kept.append(error.exceptions[0])


async def keep_the_bare_error_of_a_task_group(kept):
    group = TaskGroup()
    try:
        async with group:
            group.spawn(fail, KeyboardInterrupt)
    except KeyboardInterrupt as error:
        del group
        kept.append(error)


async def keep_the_error_of_an_error_group(kept):
    group = ErrGroup(limit=1)
    await group.go(fail)
    try:
        await group.wait()
    except BrokenError as error:
        del group
        kept.append(error)


async def keep_the_end_of_the_context_around_a_task_group(kept):
    group = TaskGroup()
    try:
        with Context.current().with_timeout(0.001):
            async with group:
                group.spawn(forever)
    except DeadlineExceededError as error:
        del group
        kept.append(error)


@pytest.mark.parametrize(
    "main",
    [
        keep_the_error_of_a_task_group,
        keep_the_error_in_a_task_group,
        keep_the_bare_error_of_a_task_group,
        keep_the_error_of_an_error_group,
        keep_the_end_of_the_context_around_a_task_group,
    ],
)
def test_eg_15_nothing_that_an_error_reaches_holds_the_error(go, main):
    kept = []
    go(main, kept)
    gc.collect()
    assert [type(holder) for holder in gc.get_referrers(kept[0]) if holder is not kept] == []


def test_eg_15_a_task_that_has_ended_is_in_no_book(go):
    async def main():
        errors, gate = ErrGroup(limit=2), Channel()
        async with TaskGroup() as group:
            group.spawn(gate.receive)
            await errors.go(gate.receive)
            await parked(gate._receivers, 2)
            for _ in range(10):
                group.spawn(nothing)
                await errors.go(nothing)
            live = traps.running().driver.live
            while len(live) > 3:
                await sleep(0)
            assert (group._running, len(errors._tasks), errors._slots_taken) == (1, 1, 1)
            assert (len(group.context.tasks), len(errors.context.tasks)) == (2, 1)
            await gate.send(None)
            await gate.send(None)
        await errors.wait()
        assert (group._running, len(errors._tasks), errors._slots_taken) == (0, 0, 0)
        assert (len(group.context.tasks), len(errors.context.tasks)) == (0, 0)

    go(main)


def test_try_go_is_refused_at_the_limit_and_behind_those_that_wait(go):
    async def main():
        group, gate = ErrGroup(limit=2), Channel()
        assert [group.try_go(gate.receive) for _ in range(3)] == [True, True, False]
        async with TaskGroup() as starters:
            starters.spawn(group.go, gate.receive)
            await parked(group._queue, 1)
            await gate.send(None)
            assert not group.try_go(gate.receive)
            for _ in range(2):
                await gate.send(None)
        while group._tasks:
            await sleep(0)
        assert group.try_go(nothing)
        await group.wait()

    go(main)
