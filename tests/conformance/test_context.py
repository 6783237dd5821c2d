"""Contexts: the rows CX of the conformance list."""

from __future__ import annotations

import math
import sys
from itertools import count

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    DeadlockError,
    ErrGroup,
    RateLimiter,
    Semaphore,
    TaskGroup,
    WaitGroup,
    after,
    call,
    from_call,
    now,
    receiving,
    select,
    sleep,
    traps,
    try_select,
)
from patterns.launch import launch

from seams import explored, parked


class BrokenError(Exception):
    pass


class EmptyError(Exception):
    """An error that counts as false."""

    def __len__(self):
        return 0


async def forever():
    await Channel().receive()


def armed_timers():
    """Return how many timers the running runtime has armed."""
    driver = traps.running().driver
    if driver.name == "asyncio":
        return sum(not handle.cancelled() for handle in driver.loop._scheduled)
    if driver.name == "threads":
        return sum(bell.ring is not None for bell in driver._alarms)
    return sum(map(len, driver._buckets.values()))


def is_done(context):
    return context.done.try_receive() == (None, False)


def test_cx_01_a_background_is_never_done_and_carries_nothing(go):
    async def main():
        context = Context.background()
        assert (context.err, context.cause, context.deadline, context.value("key")) == (None,) * 4
        assert context.done.try_receive() is None
        assert try_select(receiving(context.done)) is None
        child = context.with_cancel()
        child.cancel()
        assert context.err is None
        assert context.done.try_receive() is None

    go(main)


def test_cx_01_to_wait_for_the_end_of_a_background_is_to_wait_for_ever(go):
    async def main():
        await select(receiving(Context.background().done))

    with pytest.raises(DeadlockError):
        go(main)


def test_cx_02_when_cancel_returns_everything_below_is_done(go):
    async def main():
        root = Context.background().with_cancel()
        child = root.with_value("key", 1)
        leaf = child.with_timeout(1000).with_value("other", 2)
        sibling = root.with_cancel()
        child.cancel()
        for context in (root, sibling):
            assert context.err is None
            assert not is_done(context)
        for context in (child, leaf):
            assert isinstance(context.err, CancelledError)
            assert isinstance(context.cause, CancelledError)
            assert is_done(context)
        assert list(root.children) == [sibling]
        sibling.cancel()

    go(main)


def test_cx_02_a_second_cancel_changes_nothing(go):
    async def main():
        cause = BrokenError()
        context = Context.background().with_cancel()
        context.cancel(cause)
        context.cancel(BrokenError("late"))
        assert context.cause is cause
        assert is_done(context)

    go(main)


def test_cx_02_when_cancel_returns_no_task_below_stands_in_a_queue(go):
    async def main():
        channel = Channel()
        context = Context.current().with_value("key", 1).with_cancel()

        async def child():
            with context.with_value("other", 2):
                await channel.receive()

        async with TaskGroup() as group:
            for _ in range(3):
                group.spawn(child)
            await parked(channel._receivers, 3)
            context.cancel()
            assert len(channel._receivers) == 0

    go(main)


def test_cx_03_a_child_of_a_dead_context_is_dead_at_birth(go):
    async def main():
        cause = BrokenError()
        dead = Context.background().with_cancel()
        dead.cancel(cause)
        for child in (dead.with_cancel(), dead.with_timeout(5), dead.with_value("a", 1)):
            assert isinstance(child.err, CancelledError)
            assert child.cause is cause
            assert is_done(child)
        assert not dead.children
        assert armed_timers() == 0

    go(main)


def test_cx_03_a_child_of_a_context_past_its_deadline_has_that_error(go):
    async def main():
        late = Context.background().with_timeout(0)
        for child in (late.with_cancel(), late.with_timeout(5), late.with_value("a", 1)):
            assert isinstance(child.err, DeadlineExceededError)
            assert isinstance(child.cause, DeadlineExceededError)
        assert not late.children

    go(main)


def test_cx_05_a_cancelled_child_leaves_its_parent_and_its_timer_behind(go):
    async def main():
        parent = Context.background().with_cancel()
        for number in range(10_000):
            child = parent.with_timeout(3600) if number % 2 else parent.with_cancel()
            assert list(parent.children) == [child]
            child.cancel()
            assert not parent.children
        assert armed_timers() == 0

    go(main)


def test_cx_05_leaving_its_block_unlinks_a_context_too(go):
    async def main():
        parent = Context.current()
        for _ in range(10):
            with parent.with_timeout(3600):
                assert armed_timers() == 1
        assert not parent.children
        assert armed_timers() == 0

    go(main)


def test_cx_05_a_deadline_unlinks_what_it_ends(go):
    async def main():
        parent = Context.background().with_cancel()
        child = parent.with_timeout(0.001)
        leaf = child.with_timeout(0.0005).with_cancel()
        await child.done.receive_ok()
        assert not parent.children
        assert not child.children
        assert isinstance(leaf.err, DeadlineExceededError)
        assert armed_timers() == 0

    go(main)


def test_cx_05_nothing_fires_for_a_context_that_was_cancelled_long_ago():
    async def main():
        cause = BrokenError()
        context = Context.background().with_timeout(3600)
        context.cancel(cause)
        await sleep(1000 * 3600)
        assert isinstance(context.err, CancelledError)
        assert context.cause is cause

    assert launch(main, runtime="simulator").error is None


def test_cx_06_a_deadline_that_has_come_is_done_at_once(go):
    async def main():
        parent = Context.background()
        for context in (
            parent.with_timeout(0),
            parent.with_timeout(-1),
            parent.with_deadline(now()),
            parent.with_deadline(now() - 5),
        ):
            assert isinstance(context.err, DeadlineExceededError)
            assert isinstance(context.err, TimeoutError)
            assert isinstance(context.cause, DeadlineExceededError)
            assert is_done(context)
        assert not parent.children
        assert armed_timers() == 0

    go(main)


def test_cx_06_a_deadline_is_the_time_that_was_asked_for():
    async def main():
        await sleep(1.7)
        for at in (3.970078551871341, 3.7025319113792565):
            assert Context.background().with_deadline(at).deadline == at != now() + (at - now())

    assert launch(main, runtime="simulator").error is None


def test_cx_06_a_time_that_is_no_number_is_refused(go):
    async def main():
        parent = Context.background().with_cancel()
        with pytest.raises(ValueError, match="seconds: found nan"):
            parent.with_timeout(math.nan)
        with pytest.raises(ValueError, match="at: found nan"):
            parent.with_deadline(math.nan)
        assert not parent.children
        parent.with_timeout(math.inf).cancel()

    go(main)


def test_cx_07_a_later_deadline_is_clipped_to_the_parents(go):
    async def main():
        parent = Context.background().with_timeout(1000)
        for child in (
            parent.with_timeout(5000),
            parent.with_value("key", 1).with_timeout(5000),
            parent.with_cancel().with_deadline(now() + 5000),
            parent.with_deadline(parent.deadline),
        ):
            assert child.deadline == parent.deadline
        assert armed_timers() == 1
        parent.cancel()
        assert armed_timers() == 0

    go(main)


def test_cx_07_a_clipped_child_is_done_with_its_parent_and_not_later():
    async def main():
        parent = Context.background().with_timeout(1)
        child = parent.with_value("key", 1).with_timeout(5)
        earlier = parent.with_timeout(0.5)
        assert (parent.deadline, child.deadline, earlier.deadline) == (1, 1, 0.5)
        await earlier.done.receive_ok()
        assert now() == 0.5
        assert parent.err is None
        await child.done.receive_ok()
        assert now() == 1

    assert launch(main, runtime="simulator").error is None


def test_cx_07_a_time_out_made_before_the_run_bounds_what_was_derived_from_it(runtime):
    parent = Context.background().with_timeout(0.002)
    child = parent.with_value("key", 1)

    async def main():
        with pytest.raises(DeadlineExceededError), child:
            await sleep(1e6)
        assert child.deadline == parent.deadline
        assert isinstance(parent.err, DeadlineExceededError)

    assert launch(main, runtime=runtime).error is None


def test_cx_07_a_time_out_made_before_the_run_begins_when_somebody_waits_for_it(runtime):
    context = Context.background().with_timeout(0.002)

    async def main():
        return await context.done.receive_ok()

    assert launch(main, runtime=runtime).value == (None, False)


PARENT_CAUSE = BrokenError("the parent's")
CHILD_CAUSE = BrokenError("the child's")


def family():
    parent = Context.background().with_cancel()
    return parent, parent.with_cancel()


def cancelled(*cause):
    context = Context.background().with_cancel()
    context.cancel(*cause)
    return context


def parent_then_child(parent_cause, child_cause):
    parent, child = family()
    parent.cancel(parent_cause)
    child.cancel(child_cause)
    return child


def child_then_parent(child_cause, parent_cause):
    parent, child = family()
    child.cancel(child_cause)
    parent.cancel(parent_cause)
    return child


def timed_out_then_cancelled():
    context = Context.background().with_timeout(0)
    context.cancel(CHILD_CAUSE)
    return context


def cancelled_before_its_time():
    context = Context.background().with_timeout(1e6)
    context.cancel()
    return context


def timed_out_below_a_cancelled_parent(seconds):
    parent = Context.background().with_cancel()
    child = parent.with_timeout(seconds)
    parent.cancel(PARENT_CAUSE)
    return child


def shielded_from(context):
    shield = context.without_cancel()
    context.cancel(PARENT_CAUSE)
    return shield


@pytest.mark.parametrize(
    ("make", "err", "cause"),
    [
        (Context.background, None, None),
        (cancelled, CancelledError, CancelledError),
        (lambda: cancelled(None), CancelledError, CancelledError),
        (lambda: cancelled(PARENT_CAUSE), CancelledError, PARENT_CAUSE),
        (lambda: parent_then_child(PARENT_CAUSE, CHILD_CAUSE), CancelledError, PARENT_CAUSE),
        (lambda: child_then_parent(CHILD_CAUSE, PARENT_CAUSE), CancelledError, CHILD_CAUSE),
        (lambda: parent_then_child(PARENT_CAUSE, None), CancelledError, PARENT_CAUSE),
        (lambda: child_then_parent(None, PARENT_CAUSE), CancelledError, CancelledError),
        (lambda: parent_then_child(None, CHILD_CAUSE), CancelledError, CancelledError),
        (lambda: child_then_parent(CHILD_CAUSE, None), CancelledError, CHILD_CAUSE),
        (timed_out_then_cancelled, DeadlineExceededError, DeadlineExceededError),
        (cancelled_before_its_time, CancelledError, CancelledError),
        (lambda: timed_out_below_a_cancelled_parent(0), DeadlineExceededError, DeadlineExceededError),
        (lambda: timed_out_below_a_cancelled_parent(1e6), CancelledError, PARENT_CAUSE),
        (lambda: Context.background().without_cancel(), None, None),
        (lambda: shielded_from(Context.background().with_cancel()), None, None),
        (lambda: shielded_from(Context.background().with_timeout(0)), None, None),
    ],
)
def test_cx_09_the_cause_is_that_of_whichever_died_first(go, make, err, cause):
    async def main():
        context = make()
        if err is None:
            assert (context.err, context.cause) == (None, None)
        elif isinstance(cause, type):
            assert type(context.err) is err
            assert type(context.cause) is cause
            assert context.err.__cause__ is None
        else:
            assert type(context.err) is err
            assert context.cause is cause
            assert context.err.__cause__ is cause

    go(main)


def test_cx_09_a_cause_that_counts_as_false_is_still_the_cause():
    cause = EmptyError()
    assert cancelled(cause).cause is cause


def test_cx_11_keys_match_by_type_and_equality():
    class Key(int):
        pass

    class OtherKey(int):
        pass

    context = Context.background().with_value(1, "a").with_value("name", "b").with_value(Key(1), "c")
    assert (context.value(1), context.value("name"), context.value(Key(1))) == ("a", "b", "c")
    assert [context.value(key) for key in (True, 1.0, OtherKey(1), object(), None)] == [None] * 5


def test_cx_11_the_nearest_value_hides_the_ones_above():
    above = Context.background().with_value("key", 1)
    below = above.with_cancel().with_value("key", 2).with_cancel()
    assert (above.value("key"), below.value("key")) == (1, 2)


def test_cx_12_a_none_or_unhashable_key_is_refused_and_leaves_no_child():
    parent = Context.background()
    with pytest.raises(ValueError, match="key: found None"):
        parent.with_value(None, 1)
    for key in ([], ([],)):
        with pytest.raises(TypeError):
            parent.with_value(key, 1)
    assert not parent.children


def test_cx_13_a_shield_keeps_the_values_only(go):
    async def main():
        for end in (lambda context: context.cancel(BrokenError()), lambda context: None):
            context = Context.background().with_value("key", 1).with_timeout(0.001)
            shield = context.without_cancel()
            child = shield.with_cancel()
            end(context)
            await context.done.receive_ok()
            assert (shield.err, shield.deadline, shield.cause, shield.value("key")) == (None, None, None, 1)
            assert (child.err, child.deadline, child.value("key")) == (None, None, 1)
            assert shield.done.try_receive() is None
            child.cancel()

    go(main)


def test_cx_13_work_under_a_shield_goes_on_when_all_around_it_ends(go):
    async def main():
        log = []
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            context.cancel()
            with context.without_cancel():
                await sleep(0.001)
                log.append("cleaned up")
            await sleep(0.001)
            log.append("too far")
        return log

    assert go(main) == ["cleaned up"]


def test_cx_14_cancel_does_not_wait_for_what_follows_it(go):
    async def main():
        log = []
        channel = Channel()
        context = Context.current().with_cancel()

        async def follow(number):
            log.append((number, context.err is not None))
            await channel.send(number)

        context.after_func(follow, 7)
        await sleep(0)
        assert log == []
        context.cancel()
        assert log == []
        assert await channel.receive() == 7
        context.cancel()
        await sleep(0.001)
        assert channel.try_receive() is None
        return log

    assert go(main) == [(7, True)]


def test_cx_14_what_follows_a_context_may_cancel_derive_and_block(go):
    async def main():
        ended = Channel()
        context = Context.current().with_value("key", 1).with_cancel()

        async def follow():
            context.cancel()
            assert context.with_cancel().err is not None
            assert Context.current().err is None
            await sleep(0.001)
            await ended.send(Context.current().value("key"))

        context.after_func(follow)
        context.cancel()
        assert await ended.receive() == 1

    go(main)


def test_cx_14_a_function_follows_a_deadline_and_a_parents_end_as_well(go):
    async def main():
        ended = Channel(2)
        late = Context.current().with_timeout(0.001)
        late.after_func(ended.send, "late")
        child = Context.current().with_cancel()
        child.with_cancel().after_func(ended.send, "child")
        child.cancel()
        return sorted([await ended.receive(), await ended.receive()])

    assert go(main) == ["child", "late"]


def test_cx_15_a_function_that_follows_a_dead_context_runs_once_and_not_at_once(go):
    async def main():
        log = []
        ended = Channel()

        async def follow():
            log.append("ran")
            await ended.send(None)

        stop = cancelled().after_func(follow)
        assert log == []
        assert not stop()
        await ended.receive()
        assert not stop()
        await sleep(0.001)
        return log

    assert go(main) == ["ran"]


def test_cx_15_stop_tells_whether_it_prevented_the_call(go):
    async def main():
        ran = Channel(3)
        context = Context.current().with_cancel()
        prevented = context.after_func(ran.send, "prevented")
        begun = context.after_func(ran.send, "begun")
        assert [prevented(), prevented()] == [True, False]
        context.cancel()
        assert [prevented(), begun(), begun()] == [False] * 3
        assert await ran.receive() == "begun"
        await sleep(0.001)
        assert ran.try_receive() is None

    go(main)


def test_cx_16_to_derive_a_context_starts_no_task_and_parks_none(go):
    async def main():
        live = traps.running().driver.live
        parent = Context.background().with_cancel()
        parent.done  # noqa: B018 (the channel is made when it is first asked for)
        for _ in range(100):
            for child in (parent.with_cancel(), parent.with_timeout(1000), parent.with_value("key", 1)):
                child.cancel()
        assert len(live) == 1
        assert len(parent.done._channel._receivers) == 0

    go(main)


def at_every_step_in_contexts(look):
    """
    Return a trace function that calls `look` before every instruction in the module of contexts, or before
    every line on a Python that forgets to report the others.
    """
    place = Context.cancel.__code__.co_filename

    def trace(frame, event, arg):
        if frame.f_code.co_filename != place:
            return None
        frame.f_trace_opcodes = True
        if event in ("line", "opcode"):
            look()
        return trace

    return trace


def traced(trace, fn, *args):
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return fn(*args)
    finally:
        sys.settrace(before)


def test_cx_17_whoever_looks_in_the_middle_of_a_cancel_sees_no_cause_or_the_final_one():
    cause = BrokenError()
    context = Context.background().with_cancel()
    child = context.with_cancel()
    seen = []

    def look():
        for one in (context, child):
            seen.append((one.err is not None, one.cause))

    traced(at_every_step_in_contexts(look), context.cancel, cause)
    assert set(seen) == {(False, None), (True, cause)}


def test_cx_17_whoever_is_cancelled_in_the_middle_of_a_look_sees_no_cause_or_the_final_one():
    cause = BrokenError()
    read = []
    for moment in count():
        context = Context.background().with_cancel()
        steps = count()

        def look(context=context, moment=moment, steps=steps):
            if next(steps) == moment:
                context.cancel(cause)

        read.append(traced(at_every_step_in_contexts(look), lambda context: context.cause, context))
        if not context.dead:
            break
    assert len(read) > 3
    assert all(seen is None or seen is cause for seen in read)


async def watch_a_cancel():
    cause = BrokenError()
    context = Context.current().with_cancel()
    child = context.with_value("key", 1)
    seen = set()

    async def watch():
        while True:
            died = context.err is not None
            assert (child.err is not None) is died
            assert is_done(context) is is_done(child) is died
            assert context.cause is child.cause is (cause if died else None)
            seen.add(died)
            if died:
                return
            await sleep(0)

    async def end():
        await sleep(0)
        context.cancel(cause)

    async with TaskGroup() as group:
        for fn in (watch, end, watch):
            group.spawn(fn)
    return seen


def test_cx_17_who_sees_the_error_sees_the_channel_ready(go):
    assert True in go(watch_a_cancel)


def test_cx_17_who_sees_the_error_sees_the_channel_ready_under_every_schedule():
    assert {True, False} in explored(watch_a_cancel)


def test_cx_19_a_task_spawned_under_a_dead_context_runs_to_its_first_trap(go):
    async def main():
        log = []

        async def child():
            log.append("ran")
            await sleep(0)
            log.append("too far")

        async with TaskGroup() as group:
            group.cancel()
            group.spawn(child)
        return log

    assert go(main) == ["ran"]


def waiting_group():
    group = WaitGroup()
    group.add()
    return group


async def inner_group():
    async with TaskGroup() as group:
        group.spawn(forever)


def full():
    channel = Channel(1)
    channel.try_send("full")
    return channel


BLOCKING = {
    "send": lambda: Channel().send(1),
    "send with room": lambda: Channel(1).send(1),
    "receive": lambda: Channel().receive(),
    "receive with a value": lambda: full().receive(),
    "iterate": lambda: Channel().__anext__(),
    "select": lambda: select(receiving(Channel())),
    "select with a ready case": lambda: select(receiving(full())),
    "select without a case": select,
    "acquire": lambda: Semaphore(0).acquire(0),
    "enter a semaphore": lambda: Semaphore(1).__aenter__(),
    "wait for a counter": lambda: waiting_group().wait(),
    "wait for zero": lambda: WaitGroup().wait(),
    "go": lambda: ErrGroup().go(forever),
    "go at the limit": lambda: ErrGroup(limit=1).go(forever),
    "wait for a group": lambda: ErrGroup().wait(),
    "join": inner_group,
    "sleep": lambda: sleep(1e6),
    "sleep for nothing": lambda: sleep(0),
    "call": lambda: call(pytest.fail, "called"),
    "wait for a token": lambda: RateLimiter(0, 1).wait(),
    "receive from a timer": lambda: after(1e6).receive(),
}


@pytest.mark.parametrize("operation", BLOCKING.values(), ids=BLOCKING)
@pytest.mark.parametrize("error", [CancelledError, DeadlineExceededError])
def test_cx_19_a_dead_context_refuses_every_blocking_operation(go, operation, error):
    async def main():
        dead = Context.background().with_timeout(0) if error is DeadlineExceededError else cancelled()
        with pytest.raises(error), dead:
            await operation()
        assert len(traps.running().driver.live) == 1

    go(main)


def test_what_cancels_from_inside_a_call_goes_through_from_call(go, runtime):
    if runtime == "processes":
        pytest.skip("there a call is in another process, which has no part in the context")

    async def main():
        context = Context.current().with_cancel()
        with pytest.raises(RuntimeError, match="from inside a call: use from_call"):
            await call(context.cancel)
        assert context.err is None
        await call(from_call, context.cancel)
        assert context.err is not None

    go(main)


def test_a_thread_without_a_runtime_does_not_wake_tasks():
    import threading

    refused = []

    async def main():
        context = Context.current().with_cancel()

        def cancel():
            try:
                context.cancel()
            except RuntimeError as error:
                refused.append(str(error))

        with context:
            thread = threading.Thread(target=cancel)
            thread.start()
            await call(thread.join)
            assert context.err is None

    assert launch(main).error is None
    assert "cannot be used from a thread without a runtime" in refused[0]
