"""What a task keeps of what it waited for: nothing."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import traceback
import weakref
from contextlib import contextmanager, suppress
from contextvars import copy_context

import pytest

from patterns import (
    CancelledError,
    Channel,
    ChannelClosedError,
    Context,
    DeadlineExceededError,
    DeadlockError,
    Selected,
    Semaphore,
    TaskGroup,
    call,
    now,
    receiving,
    run,
    select,
    sending,
    sleep,
    traps,
)
from patterns.launch import note
from patterns.runtimes.asyncio import LoopTask

from seams import AVAILABLE


class Value:
    """Something that a weak reference can be made to."""


@contextmanager
def no_collector():
    """What goes inside the block goes because nobody refers to it."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def others():
    """Let every other task go on as far as it can."""
    for _ in range(3):
        await sleep(0)


async def received(channel):
    await channel.receive()


async def received_ok(channel):
    await channel.receive_ok()


async def iterated(channel):
    async for _ in channel:
        break


async def selected(channel):
    await select(receiving(channel), receiving(Channel()))


WAYS = (received, received_ok, iterated, selected)


class Alive:
    """Keeps a task alive without its waiting anywhere, which would write over what it kept."""

    def __init__(self):
        self.came = self.over = False

    async def stay(self):
        self.came = True
        while not self.over:
            await sleep(0)

    async def come(self):
        while not self.came:
            await sleep(0)


@pytest.mark.parametrize("way", WAYS)
def test_a_value_that_a_parked_task_was_handed_is_not_kept(go, way):
    async def reader(channel, alive):
        await way(channel)
        await alive.stay()

    async def main():
        channel, alive = Channel(), Alive()
        async with TaskGroup() as group:
            group.spawn(reader, channel, alive)
            await others()
            value = Value()
            link = weakref.ref(value)
            await channel.send(value)
            del value
            await alive.come()
            alive.over = True
            return link() is None

    with no_collector():
        assert go(main)


@pytest.mark.parametrize("how", ["send", "select"])
def test_a_value_that_a_parked_sender_handed_over_is_not_kept(go, how):
    async def writer(channel, values, alive):
        if how == "send":
            await channel.send(values.pop())
        else:
            await select(sending(channel, values.pop()))
        await alive.stay()

    async def main():
        channel, alive, value = Channel(), Alive(), Value()
        link = weakref.ref(value)
        async with TaskGroup() as group:
            group.spawn(writer, channel, [value], alive)
            del value
            await others()
            await channel.receive()
            await alive.come()
            alive.over = True
            return link() is None

    with no_collector():
        assert go(main)


@pytest.mark.parametrize("how", ["send", "select"])
def test_a_value_that_was_withdrawn_by_a_cancel_is_not_kept(go, how):
    async def writer(channel, values, alive):
        with suppress(CancelledError), Context.current().with_cancel() as context:
            values.append(context)
            if how == "send":
                await channel.send(values.pop(0))
            else:
                await select(sending(channel, values.pop(0)), receiving(Channel()))
        await alive.stay()

    async def main():
        channel, alive, value = Channel(), Alive(), Value()
        link = weakref.ref(value)
        values = [value]
        async with TaskGroup() as group:
            group.spawn(writer, channel, values, alive)
            del value
            await others()
            values.pop().cancel()
            await alive.come()
            alive.over = True
            return link() is None, channel.parked

    with no_collector():
        assert go(main) == (True, (0, 0))


@pytest.mark.parametrize("way", WAYS)
def test_a_channel_is_not_kept_by_a_task_that_waited_at_it(go, way):
    async def reader(channels, alive):
        await way(channels.pop())
        await alive.stay()

    async def main():
        channel, alive = Channel(), Alive()
        link = weakref.ref(channel)
        async with TaskGroup() as group:
            group.spawn(reader, [channel], alive)
            await others()
            await channel.send(1)
            del channel
            await alive.come()
            alive.over = True
            return link() is None

    with no_collector():
        assert go(main)


@pytest.mark.parametrize("runtime", ["asyncio", "fibers", "simulator", "threads"])
def test_a_task_goes_when_it_has_ended_whatever_it_did(runtime):
    async def busy(channel, semaphore):
        await sleep(0.001)
        await channel.receive()
        await select(receiving(channel), receiving(Channel()))
        async with semaphore:
            await sleep(0)

    async def main():
        channel, semaphore = Channel(), Semaphore(1)
        async with TaskGroup() as group:
            links = [weakref.ref(group.spawn(busy, channel, semaphore)) for _ in range(3)]
            for number in range(6):
                await channel.send(number)
        await others()
        return [link() for link in links[:-1]]  # a scheduler knows the last one that it stepped

    with no_collector():
        assert run(main, runtime=runtime) == [None, None]


async def parked_until_cancelled(context):
    """Be waiting when the context dies."""
    del context
    await Channel().receive()


async def refused(context):
    """Begin to wait when the context is dead already."""
    while not context.dead:
        await sleep(0)
    await Channel().receive()


@pytest.mark.parametrize("way", [parked_until_cancelled, refused])
@pytest.mark.parametrize("runtime", ["asyncio", "fibers", "simulator", "threads"])
def test_a_task_that_a_cancel_ended_goes_without_the_collector(runtime, way):
    async def main():
        async with TaskGroup() as group:
            links = [weakref.ref(group.spawn(way, group.context)) for _ in range(3)]
            await others()
            group.cancel()
        await others()
        return [link() for link in links[:-1]]

    with no_collector():
        assert run(main, runtime=runtime) == [None, None]


def test_one_task_waits_in_one_place_after_another(go):
    async def main():
        first, second, semaphore = Channel(), Channel(), Semaphore(1)
        seen = []

        async def waiter():
            seen.append(await first.receive())
            seen.append((await select(receiving(second), receiving(None), receiving(first))).index)
            await sleep(0.001)
            async with semaphore:
                seen.append(await second.receive_ok())
            seen.append((await select(receiving(first))).value)

        await semaphore.acquire()
        async with TaskGroup() as group:
            group.spawn(waiter)
            await first.send("a")
            await first.send("b")
            await others()
            semaphore.release()
            await second.send("c")
            await first.send("d")
        return seen, first.parked, second.parked

    assert go(main) == (["a", 2, ("c", True), "d"], (0, 0), (0, 0))


def test_a_select_whose_first_case_has_no_channel_is_told_of_by_those_that_have(go):
    async def main():
        channel, other = Channel(), Channel()
        async with TaskGroup() as group:
            task = group.spawn(select, receiving(None), receiving(channel), sending(other, 1))
            await others()
            text, places = task.describe(), [place.verb for place in task.waits()]
            channel.close()
        return text.partition(" on ")[0], places

    assert go(main) == ("select waits for receive", ["receive", "send"])


def test_a_select_that_another_one_follows_with_other_cases_chooses_among_its_own(go):
    async def main():
        channels = [Channel() for _ in range(4)]
        seen = []

        async def reader():
            seen.append(await select(*map(receiving, channels[:2])))
            seen.append(await select(*map(receiving, channels)))
            seen.append(await select(*map(receiving, channels[2:])))

        async with TaskGroup() as group:
            group.spawn(reader)
            for index in (1, 3, 0 + 2):
                await others()
                await channels[index].send(index)
        return seen, [channel.parked for channel in channels]

    expected = [Selected(1, 1, True), Selected(3, 3, True), Selected(0, 2, True)]
    assert go(main) == (expected, [(0, 0)] * 4)


def test_what_ends_a_wait_is_raised_where_the_task_waits(go):
    async def wait_here(channel):
        await channel.receive()

    async def main():
        told = []

        async def child():
            try:
                await wait_here(Channel())
            except CancelledError as error:
                told.extend(frame.name for frame in traceback.extract_tb(error.__traceback__))
                raise

        async with TaskGroup() as group:
            group.spawn(child)
            await others()
            group.cancel()
        return told

    told = go(main)
    assert told[:3] == ["child", "wait_here", "receive"]
    assert "_take_turns" not in told


def test_a_sleep_whose_deadline_comes_at_the_same_instant_ends_once():
    async def main():
        ends = []

        async def sleeper():
            try:
                with Context.current().with_timeout(1.0):
                    await sleep(1.0)
                ends.append("slept")
            except DeadlineExceededError:
                ends.append("ended")
            await sleep(1.0)
            ends.append(now())

        async with TaskGroup() as group:
            group.spawn(sleeper)
        return ends

    found = {tuple(run(main, runtime="simulator", seed=seed)) for seed in range(20)}
    assert found == {("slept", 2.0), ("ended", 2.0)}


def test_a_task_that_has_slept_or_joined_waits_for_nothing(go):
    async def main():
        me = traps.running()
        await sleep(0.001)
        slept = me.waits()
        async with TaskGroup() as group:
            group.spawn(sleep, 0.001)
        joined = me.waits()
        ends = []
        with suppress(CancelledError), Context.current().with_cancel() as context:
            await sleep(0.001)
            context.cancel()
            ends.append("goes on")
            await sleep(0)
            ends.append("does not")
        await sleep(0)
        return slept, joined, ends

    assert go(main) == ((), (), ["goes on"])


def test_a_group_does_not_wait_for_a_task_that_could_not_be_started(go, monkeypatch):
    def refuse(*task):
        raise MemoryError

    async def main():
        async with TaskGroup() as group:
            with monkeypatch.context() as patched:
                patched.setattr(traps, "spawn", refuse)
                with pytest.raises(MemoryError):
                    group.spawn(sleep, 1.0)
            return repr(group)

    assert go(main) == "<TaskGroup of 0 tasks>"


def test_a_deadlocked_select_is_told_so_once_and_leaves_its_queues(runtime):
    channels = [Channel(), Channel()]

    async def main():
        try:
            await select(*map(receiving, channels))
        except DeadlockError:
            return [channel.parked for channel in channels]

    assert run(main, runtime=runtime) == [(0, 0), (0, 0)]


def test_a_closed_channel_wakes_a_select_and_a_receive_without_a_value(go):
    async def main():
        channel = Channel()

        async def reader():
            with pytest.raises(ChannelClosedError):
                await channel.receive()

        async with TaskGroup() as group:
            group.spawn(reader)
            chosen = group.spawn(select, receiving(channel))
            await others()
            channel.close()
        return chosen.waits()

    assert go(main) == ()


def test_a_function_run_in_anothers_contextvars_belongs_to_the_task_that_runs_it():
    async def main():
        kept = []

        async def keeps():
            with Context.current().with_value("whose", "the other's"):
                kept.append(copy_context())
                await sleep(0.01)

        async with TaskGroup() as group:
            group.spawn(keeps)
            await others()
            return kept[0].run(Context.current).value("whose")

    for runtime in ("fibers", "simulator"):
        assert run(main, runtime=runtime) is None, runtime


def test_contextvars_of_a_task_that_has_ended_are_of_use(go):
    async def main():
        kept, channel = [], Channel(1)

        async def keeps():
            kept.append(copy_context())

        async with TaskGroup() as group:
            group.spawn(keeps)
        async with TaskGroup() as group:
            group.spawn(channel.receive)
            await others()
            kept[0].run(channel.try_send, 1)
            return kept[0].run(Context.current).value("whose")

    assert go(main) is None


@pytest.mark.parametrize("runtime", [name for name in AVAILABLE if name not in ("simulator", "processes")])
def test_what_is_done_on_a_cancel_may_use_what_others_were_parked_at(runtime):
    async def main():
        lines, permits = Channel(), Semaphore(1)
        ended = []

        def clean_up():
            permits.release()
            lines.close()

        async def reader():
            try:
                await lines.receive()
            finally:
                ended.append("reader")

        async def taker():
            try:
                await permits.acquire()
            finally:
                ended.append("taker")

        await permits.acquire()
        with suppress(DeadlineExceededError), Context.current().with_timeout(0.02):
            async with TaskGroup() as group:
                group.spawn(reader)
                group.spawn(taker)
                await others()
                group.spawn(call_for_a_while, clean_up)
        await others()
        return sorted(ended), lines.closed, permits.try_acquire()

    assert run(main, runtime=runtime) == (["reader", "taker"], True, True)


async def call_for_a_while(clean_up):
    await call(time.sleep, 0.1, on_cancel=clean_up)


def test_a_task_that_is_woken_twice_goes_on_once():
    async def main():
        seen = []

        async def sleeper():
            await sleep(0.001)
            seen.append(1)

        async with TaskGroup() as group:
            task = group.spawn(sleeper)
        task.driver.unpark(task)
        await others()
        return seen

    for runtime in ("fibers", "simulator"):
        assert run(main, runtime=runtime) == [1]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no eager tasks before 3.12")
def test_a_group_whose_eager_task_ended_before_its_start_failed_ends(monkeypatch):
    async def main():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        driver = traps.running().driver
        begin = driver.spawn

        def spawn_and_fail(*task):
            begin(*task)
            raise MemoryError

        async with TaskGroup() as group:
            group.spawn(sleep, 0.001)
            driver.spawn = spawn_and_fail
            with pytest.raises(MemoryError):
                group.spawn(nothing)
            driver.spawn = begin
        return repr(group)

    assert run(main, runtime="asyncio") == "<TaskGroup of 0 tasks>"


async def nothing():
    return None


def test_a_note_in_a_thread_beside_the_loop_says_nothing():
    async def main():
        return await asyncio.to_thread(note, "a word")

    assert run(main, runtime="asyncio") is None


def test_on_asyncio_a_foreign_task_has_a_record_of_its_own():
    async def main():
        mine = traps.running()

        async def foreign():
            return traps.running()

        other = await asyncio.create_task(foreign())
        return type(mine), other is not mine, type(other), traps.running() is mine

    assert run(main, runtime="asyncio") == (LoopTask, True, LoopTask, True)
