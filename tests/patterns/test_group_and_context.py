"""
Groups and contexts: structure, cancellation, errors. What has a row in the conformance list is tested in
`tests/conformance`.
"""

from __future__ import annotations

import gc
import threading
import warnings

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    ErrGroup,
    Semaphore,
    TaskGroup,
    WaitGroup,
    now,
    run,
    sleep,
)
from patterns.launch import launch

from seams import parked


class BrokenError(Exception):
    pass


async def fail(text="broken"):
    raise BrokenError(text)


async def forever():
    await Channel().receive()


async def sleep_long():
    await sleep(1e6)


def test_leaving_a_group_means_that_all_have_ended(go):
    async def main():
        ended = []

        async def child(number):
            await sleep(0.001 * number)
            ended.append(number)

        async with TaskGroup() as group:
            for number in range(5):
                group.spawn(child, number)
        return sorted(ended)

    assert go(main) == [0, 1, 2, 3, 4]


def test_a_failing_child_cancels_its_siblings_and_the_block(go):
    async def main():
        with pytest.raises(ExceptionGroup) as caught:
            async with TaskGroup() as group:
                group.spawn(sleep_long)
                group.spawn(forever)
                group.spawn(fail)
                await sleep_long()
        return [type(error) for error in caught.value.exceptions]

    assert go(main) == [BrokenError]


def test_the_blocks_own_error_is_in_the_group_with_the_childrens(go):
    async def stubborn():
        try:
            await sleep_long()
        except CancelledError:
            raise BrokenError("clean-up") from None

    async def main():
        with pytest.raises(ExceptionGroup) as caught:
            async with TaskGroup() as group:
                group.spawn(stubborn)
                await sleep(0)
                await sleep(0)
                raise BrokenError("block")
        return [str(error) for error in caught.value.exceptions]

    assert go(main) == ["block", "clean-up"]


def test_a_child_may_spawn_while_the_group_runs(go):
    async def main():
        log = []

        async def leaf():
            log.append("leaf")

        async with TaskGroup() as group:

            async def child():
                group.spawn(leaf)

            group.spawn(child)
        return log

    assert go(main) == ["leaf"]


def test_a_cancelled_group_ends_quietly_in_the_task_that_cancelled_it(go):
    async def main():
        async with TaskGroup() as group:
            group.spawn(forever)
            group.spawn(sleep_long)
            await sleep(0)
            group.cancel()
        return "quiet"

    assert go(main) == "quiet"


def test_an_enclosing_context_that_ends_the_group_leaves_it_as_one_bare_error(go):
    async def main():
        with pytest.raises(DeadlineExceededError) as caught, Context.current().with_timeout(0.005):
            async with TaskGroup() as group:
                group.spawn(forever)
                group.spawn(sleep_long)
                await forever()
        assert isinstance(caught.value, TimeoutError)

    go(main)


def test_leaving_a_block_restores_the_context_and_ends_the_one_that_was_derived(go):
    async def main():
        before = Context.current()
        with before.with_cancel() as context:
            assert Context.current() is context
        assert Context.current() is before
        return context.dead, before.dead

    assert go(main) == (True, False)


def test_a_context_that_another_task_derived_outlives_a_block(go):
    async def main():
        context = Context.current().with_cancel()

        async def child():
            with context:
                await sleep(0)

        async with TaskGroup() as group:
            group.spawn(child)
        return context.dead

    assert go(main) is False


def test_a_timeout_made_before_the_run_counts_from_its_first_use(runtime):
    context = Context.background().with_timeout(0.002)

    async def main():
        with pytest.raises(DeadlineExceededError), context:
            await sleep_long()

    assert launch(main, runtime=runtime).error is None


def test_a_loop_that_catches_its_cancellation_starves_nobody(go):
    async def main():
        log = []

        async def other():
            log.append("ran")

        with Context.current().with_cancel() as context:
            context.cancel()
            async with TaskGroup() as group:
                with Context.background():
                    group.spawn(other)
                for _ in range(5):
                    with pytest.raises(CancelledError):
                        await Channel().receive()
                return list(log)

    with pytest.raises(CancelledError):
        go(main)


def test_cancelling_a_long_sleep_and_a_parked_receive_ends_them_at_once(go):
    async def main():
        channel = Channel()
        began = now()
        async with TaskGroup() as group:
            for _ in range(50):
                group.spawn(sleep_long)
                group.spawn(channel.receive)
            await parked(channel._receivers, 50)
            group.cancel()
        assert len(channel._receivers) == 0
        return now() - began

    assert go(main) < 1e6


def test_a_deadline_ends_a_wait_when_nothing_else_happens(go):
    async def main():
        began = now()
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0.01):
            await forever()
        return now() - began

    assert go(main) >= 0.01


def test_what_a_run_leaks_is_named(runtime):
    from patterns import traps

    async def main():
        channel = Channel()
        traps.spawn(
            channel.receive, (), context=Context.current(), ended=lambda task, error: None, name="lost"
        )
        await parked(channel._receivers, 1)

    outcome = launch(main, runtime=runtime)
    assert len(outcome.leaked) == 1
    assert outcome.leaked[0].startswith("lost waits for receive on")


@pytest.mark.leaks("that is what is told")
def test_the_mains_error_comes_before_a_warning_that_is_an_error(runtime):
    async def main():
        WaitGroup().go(sleep, 3_600)
        raise ValueError("its own")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="its own"):
            run(main, runtime=runtime)


@pytest.mark.leaks("that is what is told")
def test_run_warns_of_what_was_left_behind(runtime):
    from patterns import run, traps

    async def main():
        traps.spawn(forever, (), context=Context.current(), ended=lambda task, error: None, name="lost")

    with pytest.warns(ResourceWarning, match="lost"):
        run(main, runtime=runtime)


def test_an_async_generator_left_half_way_is_closed_with_its_waits(go, runtime):
    if runtime == "asyncio":
        pytest.skip("asyncio has hooks of its own, and cancels what they started when the loop closes")
    closed = []

    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await sleep(0.001)
            closed.append(True)

    async def main():
        async for _ in numbers():
            break

    go(main)
    assert closed == [True]


def test_a_timeout_made_before_the_run_counts_anew_in_each_run(runtime):
    context = Context.background().with_timeout(0.01).with_value("key", "value")

    async def main():
        with context:
            began = now()
            assert context.deadline - began > 0.005
            await sleep(0)

    for _ in range(2):
        run(main, runtime=runtime)

    async def too_late():
        with context:
            await sleep(1)

    with pytest.raises(DeadlineExceededError):
        run(too_late, runtime=runtime)


def test_one_context_is_refused_in_two_runs_at_once(runtime):
    root = Context.background().with_cancel()
    entered, tried = threading.Event(), threading.Event()

    async def first():
        with root:
            entered.set()
            while not tried.is_set():
                await sleep(0)

    async def second():
        refused = 0
        for use in (root.__enter__, root.with_cancel, root.cancel, lambda: root.done):
            with pytest.raises(RuntimeError, match=r"in use on .* and cannot be used on .* at the same time"):
                use()
            refused += 1
        return refused

    thread = threading.Thread(target=run, args=(first,), kwargs={"runtime": runtime})
    thread.start()
    try:
        entered.wait(10)
        assert run(second, runtime=runtime) == 4
    finally:
        tried.set()
        thread.join()
    assert root.err is None

    async def third():
        with root:
            return "free again"

    assert run(third, runtime=runtime) == "free again"


@pytest.mark.parametrize("derive", ["with_value", "with_cancel", "with_timeout"])
def test_a_context_that_nobody_refers_to_is_forgotten(go, derive):
    async def main():
        parent = Context.current().with_cancel()
        arguments = {"with_value": ("key", 1), "with_cancel": (), "with_timeout": (3_600.0,)}[derive]
        for _ in range(100):
            child = getattr(parent, derive)(*arguments)
            with child.without_cancel():
                await sleep(0)
        assert parent.children == [child]
        del child
        return len(parent.children), len(parent._children)

    assert go(main) == (0, 0)


def test_what_waits_for_the_end_of_a_context_keeps_it(go):
    """By `done`, by a function to run then, by a task that entered it, by a context below it."""

    async def enter(context):
        with context:
            await Channel().receive()

    async def main():
        parent = Context.current().with_cancel()
        done = parent.with_value("k", 1).with_cancel().with_value("k", 2).done
        called = Channel()
        parent.with_value("k", 3).with_cancel().after_func(called.send, 3)
        async with TaskGroup() as group:
            group.spawn(enter, parent.with_value("k", 4).with_cancel())
            await sleep(0)
            gc.collect()
            parent.cancel()
        number = await called.receive()
        await sleep(0.05)  # the function ends, too
        return done.try_receive(), number

    assert go(main) == ((None, False), 3)


def test_a_function_that_no_longer_waits_keeps_no_context(go):
    async def main():
        parent = Context.current().with_cancel()
        stop = parent.with_cancel().after_func(print)
        gc.collect()
        before = len(parent.children)
        assert stop()
        del stop
        gc.collect()
        return before, len(parent.children)

    assert go(main) == (1, 0)


@pytest.mark.parametrize("kind", ["semaphore", "wait group", "errgroup"])
def test_what_waits_in_one_run_is_refused_in_another(runtime, kind):
    used, tried = threading.Event(), threading.Event()
    thing = {"semaphore": Semaphore(1), "wait group": WaitGroup(), "errgroup": ErrGroup()}[kind]

    async def first():
        if kind == "semaphore":
            await thing.acquire()
        elif kind == "wait group":
            thing.add()
        else:
            await thing.go(sleep, 0)
        used.set()
        while not tried.is_set():
            await sleep(0)
        if kind == "errgroup":
            await thing.wait()

    async def second():
        with pytest.raises(RuntimeError, match=r"in use on .* and cannot be used on .* at the same time"):
            await (thing.acquire() if kind == "semaphore" else thing.wait())
        return "refused"

    thread = threading.Thread(target=run, args=(first,), kwargs={"runtime": runtime})
    thread.start()
    try:
        used.wait(10)
        assert run(second, runtime=runtime) == "refused"
    finally:
        tried.set()
        thread.join()


def test_a_cause_that_is_no_exception_is_refused_before_anything_dies(go):
    async def main():
        context = Context.current().with_cancel()
        with pytest.raises(TypeError, match="cause: found 'text', allowed an exception"):
            context.cancel("text")
        return context.err

    assert go(main) is None


@pytest.mark.parametrize("seconds", ["1", True, object()])
def test_a_time_that_is_no_number_is_refused(go, seconds):
    async def main():
        for derive in (Context.current().with_timeout, Context.current().with_deadline):
            with pytest.raises(TypeError, match=r"(seconds|at): found .*, allowed a number"):
                derive(seconds)
        return "refused"

    assert go(main) == "refused"


def test_a_block_that_is_left_in_another_task_is_refused_and_its_own_task_let_out(go):
    async def enter(stack):
        await stack[0].__aenter__()
        await entered.send(None)
        await left.receive()
        await sleep(0)  # not under the context of the block any more
        return "went on"

    entered, left = Channel(), Channel()

    async def main():
        stack = [TaskGroup()]
        outcome = []

        async def first():
            outcome.append(await enter(stack))

        async with TaskGroup() as group:
            group.spawn(first)
            await entered.receive()
            with pytest.raises(RuntimeError, match="left in another task than it was entered in"):
                await stack[0].__aexit__(None, None, None)
            await left.send(None)
        return outcome

    assert go(main) == ["went on"]


def test_a_time_out_that_only_a_function_waits_for_still_comes(go):
    async def main():
        called = Channel(1)
        Context.background().with_timeout(0.005).after_func(called.send, "time is up")
        gc.collect()
        told = await called.receive()
        await sleep(0.001)
        return told

    assert go(main) == "time is up"
