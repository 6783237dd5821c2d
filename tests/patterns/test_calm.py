"""When a value is moved without a look at who moves it: only while nothing can go wrong, never for ever."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import weakref
from collections import deque
from contextlib import suppress
from functools import partial
from random import Random

import pytest

from patterns import (
    CancelledError,
    Channel,
    ChannelClosedError,
    Context,
    Semaphore,
    TaskGroup,
    call,
    calm,
    receiving,
    run,
    runs,
    select,
    sending,
    sleep,
    try_select,
)
from patterns.calm import STRIDE
from patterns.relay import Relay
from patterns.traps import running

from seams import AVAILABLE, in_one_process, parked, turns_beside

CALM = [name for name in AVAILABLE if name != "simulator"]
"""On the simulator every operation counts."""

on_real_clocks = pytest.mark.parametrize("runtime", CALM, indirect=True)
on_real_clocks_of_one_process = pytest.mark.parametrize(
    "runtime", [name for name in CALM if name != "processes"], indirect=True
)
MOMENT_S = 0.001


async def is_calm():
    """Whether all is calm in a turn that begins later."""
    await sleep(MOMENT_S)
    return running().driver.calm.now


@on_real_clocks
def test_a_run_alone_is_calm_while_it_runs(go):
    kept, seen = [], []

    async def main():
        kept.append(running().driver)
        before = await is_calm()
        watcher = threading.Thread(target=watch)
        watcher.start()
        while watcher.is_alive():
            await sleep(MOMENT_S)
        return before, await is_calm()

    def watch():
        for _ in range(5_000):  # until nobody runs
            if not kept[0].calm.now:
                seen.append("not calm")
                break
            threading.Event().wait(MOMENT_S / 10)

    assert go(main) == (True, True)
    assert seen == ["not calm"]
    assert not kept[0].calm.now


@on_real_clocks
def test_when_a_run_of_several_tasks_is_over_its_channels_ask_again(go):
    """On `threads` the idle ones are sent home last."""
    channel, permits, kept = Channel(STRIDE), Semaphore(2), []

    async def main():
        kept.append(running().driver)
        for number in range(3):
            await channel.send(number)
            async with permits:
                pass
        await channel.receive()
        async with TaskGroup() as group:
            for _ in range(3):
                group.spawn(sleep, MOMENT_S)

    async def later():
        for operation in (partial(channel.send, 3), channel.receive, permits.__aenter__):
            with pytest.raises(CancelledError), Context.current().with_cancel() as context:
                context.cancel()
                await operation()
        await channel.send(3)
        return channel.driver is running().driver

    go(main)
    assert not kept[0].calm.now
    assert all(run(later, runtime=name) for name in CALM)


def test_on_the_simulator_every_operation_counts():
    assert run(is_calm, runtime="simulator") is False


def test_in_a_loop_that_is_not_ours_every_operation_counts():
    assert asyncio.run(is_calm()) is False


class Held:
    """A call that goes on for as long as the block."""

    def __init__(self, group):
        self._group = group
        self._begun, self._over = threading.Event(), threading.Event()

    async def __aenter__(self):
        self._group.spawn(call, self._hold)
        while not self._begun.is_set():
            await sleep(MOMENT_S)

    async def __aexit__(self, *failure):
        self._over.set()

    def _hold(self):
        self._begun.set()
        self._over.wait()


@on_real_clocks_of_one_process
def test_a_call_disturbs_while_it_goes_on(go):
    async def main():
        async with TaskGroup() as group, Held(group):
            during = await is_calm()
        return during, await is_calm()

    assert go(main) == (False, True)


@on_real_clocks
def test_a_dead_context_disturbs_while_a_task_is_in_it(go):
    async def main():
        context, never, seen = Context.current().with_cancel(), Channel(), []

        async def linger():
            with context:
                try:
                    await never.receive()
                except CancelledError:
                    with context.without_cancel():
                        seen.append(await is_calm())
                    seen.append(running().driver.calm.now)

        async with TaskGroup() as group:
            group.spawn(linger)
            await parked(never._receivers, 1)
            context.cancel()
            seen.append(running().driver.calm.now)
        return seen, await is_calm()

    # dead, and somebody in it; behind a shield nobody is; back in it, somebody is
    assert go(main) == ([False, True, False], True)


@on_real_clocks
def test_contexts_that_died_are_not_kept(go):
    async def main():
        for _ in range(100):
            with Context.current().with_cancel() as context:
                context.cancel()
        lingers = Context.current().with_cancel()
        with lingers:
            lingers.cancel()
            for _ in range(1_000):
                with lingers:
                    pass
        await is_calm()
        return len(running().driver.calm._dead)

    assert go(main) == 0


@on_real_clocks_of_one_process
def test_while_a_task_lingers_in_a_dead_context_others_that_died_are_not_kept(go):
    async def main():
        stuck, begun, over = Context.current().with_cancel(), threading.Event(), threading.Event()

        def hold():
            begun.set()
            over.wait()

        async def linger():
            with stuck, suppress(CancelledError):
                await call(hold)

        async with TaskGroup() as group:
            group.spawn(linger)
            while not begun.is_set():
                await sleep(MOMENT_S)
            stuck.cancel()
            for _ in range(100):
                with Context.current().with_cancel() as context:
                    context.cancel()
            for _ in range(3):
                await is_calm()
            kept = len(running().driver.calm._dead)
            over.set()
        return kept

    assert go(main) == 1


@in_one_process
def test_another_run_disturbs(go, runtime):
    async def main():
        begun, over = threading.Event(), threading.Event()

        async def other():
            begun.set()
            while not over.is_set():
                await sleep(MOMENT_S)
            return running().driver.calm.now

        seen = []
        thread = threading.Thread(target=lambda: seen.append(run(other, runtime="fibers")))
        thread.start()
        begun.wait()
        during = running().driver.calm.now
        later = await is_calm()
        over.set()
        thread.join()
        return during, later, seen, await is_calm()

    assert go(main) == (False, False, [False], runtime != "simulator")


@in_one_process
def test_another_loop_disturbs_until_somebody_sees_that_it_is_closed(go, runtime, monkeypatch):
    monkeypatch.setattr(calm, "LOOK_EVERY", 2)

    async def main():
        begun, over = threading.Event(), threading.Event()

        async def other():
            await sleep(0)
            begun.set()
            while not over.is_set():
                await sleep(MOMENT_S)

        thread = threading.Thread(target=lambda: asyncio.run(other()))
        thread.start()
        begun.wait()
        during = await is_calm()
        over.set()
        thread.join()
        for _ in range(4):
            await is_calm()
        return during, runs.alone, await is_calm()

    if runtime == "simulator":
        pytest.skip("nobody looks there")
    assert go(main) == (False, True, True)


def test_a_run_that_is_over_is_forgotten(runtime):
    async def main():
        return running().driver

    driver = run(main, runtime=runtime)
    assert driver.finished
    assert driver not in set(runs.drivers)


def test_runs_begin_and_end_in_many_threads_at_once():
    async def main():
        await sleep(0)

    def row():
        for _ in range(100):
            run(main, runtime="fibers")
            done.append(True)

    done, threads, interval = [], [threading.Thread(target=row) for _ in range(4)], sys.getswitchinterval()
    sys.setswitchinterval(2e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(done) == 400


@in_one_process
def test_a_loop_that_nobody_knows_of_is_refused_where_it_would_wait(go):
    """In the middle of a turn, which blocks: where it need not wait, it is not seen."""

    async def main():
        channel, told = Channel(STRIDE), []
        await channel.send(1)
        await channel.receive()

        def stranger():
            try:
                asyncio.run(channel.receive())
            except RuntimeError as error:
                told.append(str(error))

        thread = threading.Thread(target=stranger)
        thread.start()
        thread.join()
        await channel.send("kept")
        return "is in use on" in told[0], await channel.receive()

    assert go(main) == (True, "kept")


@in_one_process
def test_a_channel_is_refused_in_another_run_in_the_middle_of_a_turn(go):
    async def main():
        channel = Channel(STRIDE)
        for number in range(5):
            await channel.send(number)
        await channel.receive()
        await channel.receive()

        async def other():
            for operation in (partial(channel.send, 1), channel.receive, channel.receive_ok):
                with pytest.raises(RuntimeError, match=r"in use on .* and cannot be used on fibers"):
                    await operation()

        refused = []
        thread = threading.Thread(target=lambda: refused.append(run(other, runtime="fibers")))
        thread.start()
        thread.join()  # in the turn, which nobody should do
        return refused, len(channel)

    assert go(main) == ([None], 3)


@in_one_process
def test_a_channel_is_refused_in_a_loop_inside_a_call_while_the_tasks_are_busy(go, runtime):
    async def main():
        channel, over = Channel(STRIDE), False
        for number in range(5):
            await channel.send(number)
        await channel.receive()

        async def busy():
            other = Channel(1)
            while not over:
                await other.send(1)
                await other.receive()
                await sleep(0)

        def inside():
            for operation in (partial(channel.send, 1), channel.receive, channel.receive_ok):
                with pytest.raises(RuntimeError):
                    asyncio.run(operation())

        async with TaskGroup() as group:
            group.spawn(busy)
            await call(inside)
            over = True
        return len(channel)

    assert go(main) == 4


def test_a_task_of_asyncio_under_a_context_that_died_is_refused_however_calm_it_was():
    async def main():
        channel = Channel(STRIDE)
        for number in range(3):
            await channel.send(number)
        await channel.receive()
        calm = await is_calm()

        async def foreign(go_on):
            await go_on.wait()
            await channel.send("refused")

        at_once, later = asyncio.Event(), asyncio.Event()
        at_once.set()
        with Context.current().with_cancel():
            tasks = [asyncio.create_task(foreign(go_on)) for go_on in (at_once, later)]
        with pytest.raises(CancelledError):
            await tasks[0]
        during = await is_calm()
        later.set()
        with pytest.raises(CancelledError):
            await tasks[1]
        return calm, during, await is_calm()

    assert run(main, runtime="asyncio") == (True, False, True)


def test_from_when_somebody_else_makes_tasks_a_loop_is_never_calm():
    async def main():
        loop, before = asyncio.get_running_loop(), running().driver.calm
        await sleep(MOMENT_S)
        was, ours = before.now, loop.get_task_factory()
        loop.set_task_factory(asyncio.Task)
        at_once = before.now
        loop.set_task_factory(ours)
        return was, at_once, await is_calm()

    assert run(main, runtime="asyncio") == (True, False, False)


def test_a_loop_whose_tasks_somebody_else_makes_is_never_calm():
    async def main():
        asyncio.get_running_loop().set_task_factory(
            lambda loop, body, **how: asyncio.Task(body, loop=loop, **how)
        )
        return await is_calm()

    assert run(main, runtime="asyncio") is False


async def send_and_receive(channel):
    await channel.send(1)
    await channel.receive()


async def send_and_try(channel):
    await channel.send(1)
    channel.try_receive()


async def try_and_receive(channel):
    channel.try_send(1)
    await channel.receive()


async def fill_and_drain(channel):
    for _ in range(channel.capacity):
        await channel.send(1)
    for _ in range(channel.capacity):
        await channel.receive_ok()


async def fill_and_select(channel):
    for _ in range(channel.capacity):
        await channel.send(1)
    for _ in range(channel.capacity):
        await select(receiving(channel))


async def enter(channel):
    del channel
    async with PERMITS:
        pass


PERMITS = Semaphore(1)


COUNTED = {send_and_receive: 2, send_and_try: 1, try_and_receive: 1, enter: 1}
"""Of these the operations in a round, and not two for each place; what never waits is none."""


@pytest.mark.parametrize("channels", [1, 20])
@pytest.mark.parametrize("capacity", [1, 10, STRIDE, 1_000, 10_000])
@pytest.mark.parametrize(
    "use", [send_and_receive, send_and_try, try_and_receive, fill_and_drain, fill_and_select, enter]
)
def test_a_task_lets_others_run_whatever_it_does_in_a_buffer(go, use, capacity, channels):
    async def main():
        most, done = running().driver.operations, 0
        used = [Channel(capacity) for _ in range(channels)]

        async def work():
            nonlocal done
            while done < 20 * most + 40_000:
                for channel in used:
                    await use(channel)
                    done += COUNTED.get(use, 2 * capacity)

        return await turns_beside(work) / (done / most)

    assert go(main) > 0.55  # the last of what is let out is charged for beforehand, or not at all


@on_real_clocks
@pytest.mark.parametrize("fresh", [1, STRIDE + 2, 1_000])
def test_channels_that_are_used_once_are_paid_for(go, fresh):
    async def main():
        most = running().driver.operations
        count = 20 * most // fresh + 1

        async def work():
            for _ in range(count):
                channel = Channel(fresh)
                for _ in range(fresh):
                    await channel.send(1)

        return await turns_beside(work) / (count * fresh / most)

    assert go(main) > 0.9


@on_real_clocks_of_one_process
def test_what_was_received_while_nothing_was_calm_is_not_let_in_for_nothing(go):
    async def main():
        driver, channel = running().driver, Channel(20_000)

        async def fill():
            for _ in range(channel.capacity):
                await channel.send(1)

        await fill()
        async with TaskGroup() as group, Held(group):
            for _ in range(channel.capacity):
                await channel.receive()
        while not await is_calm():
            pass
        return await turns_beside(fill) / (channel.capacity / driver.operations)

    assert go(main) > 0.9


@on_real_clocks
def test_a_select_among_full_channels_takes_from_each_in_its_order_and_lets_others_run(go):
    async def main():
        most, channels = running().driver.operations, [Channel(20_000) for _ in range(3)]
        taken = [[] for _ in channels]

        async def take_all():
            for _ in range(len(channels) * 20_000):
                chosen = await select(*map(receiving, channels))
                taken[chosen.index].append(chosen.value)

        for channel in channels:
            for number in range(20_000):
                await channel.send(number)
        turns = await turns_beside(take_all)
        least = min(len(each) for each in taken)
        return taken == [list(range(20_000))] * 3, least, turns / (60_000 / most)

    in_order, least, turns = go(main)
    assert in_order
    assert least == 20_000
    assert turns > 0.9


@on_real_clocks
def test_among_channels_that_are_open_a_select_chooses_each_as_often(go):
    async def main():
        channels = [Channel(5_000) for _ in range(2)]
        for channel in channels:
            for _ in range(5_000):
                await channel.send(1)
        return sum([(await select(*map(receiving, channels))).index for _ in range(4_000)])

    assert 1_700 < go(main) < 2_300  # nine standard deviations


@on_real_clocks
def test_what_is_in_an_open_channel_dies_where_the_channel_is_dropped(go):
    class Value:
        pass

    async def main():
        channel, left = Channel(100), []
        for _ in range(100):
            value = Value()
            left.append(weakref.ref(value))
            await channel.send(value)
            del value
        await channel.receive()
        kept = left[-1]() is not None
        del channel
        gc.collect()
        return kept, [value() for value in left] == [None] * 100

    assert go(main) == (True, True)


@on_real_clocks
def test_a_select_looks_again_where_another_thread_ends_the_calm_while_it_chooses(go):
    async def main():
        driver, channels = running().driver, [Channel(10) for _ in range(2)]

        def choose(count):
            driver.calm.end()
            return count - 1

        for channel in channels:
            for number in range(10):
                await channel.send(number)
            await channel.receive()
        assert all(channel._open for channel in channels)
        driver.pick = choose
        chosen = await select(*map(receiving, channels))
        return chosen.index, chosen.value

    assert go(main) == (1, 1)


@on_real_clocks
@pytest.mark.parametrize("receives", [Channel.receive, Channel.receive_ok, Channel.__anext__])
def test_what_was_opened_to_receive_is_shut_when_the_calm_ends(go, receives):
    async def main():
        channel = Channel(10)
        for number in range(10):
            channel.try_send(number)  # opens nothing
        for _ in range(3):
            await receives(channel)
        before = len(channel._open)
        running().driver.calm.end()
        return before, len(channel._open), await channel.receive()

    assert go(main) == (7, 0, 3)


@on_real_clocks
def test_nothing_is_opened_for_an_operation_that_may_be_the_only_one(go):
    async def main():
        channel, opened = Channel(100), []
        for _ in range(3):
            await is_calm()
            await channel.send(1)
            opened.append(channel in [gate() for gate in running().driver.calm._opened])
        for _ in range(3):
            await channel.send(1)
        return opened, channel in [gate() for gate in running().driver.calm._opened]

    assert go(main) == ([False] * 3, True)


@on_real_clocks
def test_more_channels_than_are_held_open_pass_on_what_is_in_them(go):
    async def main():
        used = [Channel(10) for _ in range(calm.MOST_OPEN + 100)]
        for channel in used:
            for number in range(10):
                await channel.send(number)
        assert len(running().driver.calm._opened) <= calm.MOST_OPEN
        return [[await channel.receive() for _ in range(10)] for channel in used]

    assert all(each == list(range(10)) for each in go(main))


def test_what_another_thread_ends_while_channels_open_is_ended():
    class Opened:
        is_open = False

        def shut(self):
            self.is_open = False

    state = calm.Calm(lambda: True)
    over = threading.Event()

    def end_again_and_again():
        while not over.is_set():
            state.end()

    thread = threading.Thread(target=end_again_and_again)
    thread.start()
    try:
        for _ in range(20_000):
            gate = Opened()
            state.now = True
            state.opens(gate)
            gate.is_open = True
            if not state.now:
                gate.shut()
    finally:
        over.set()
        thread.join()
    state.end()
    assert not gate.is_open
    assert not state._opened


def test_any_row_of_operations_does_what_a_queue_does(go):
    """With parked senders and receivers, with calls in between so that it is calm and is not."""

    async def main():
        for seed in range(60):
            await one_row(Random(seed), seed)

    go(main)


async def one_row(draw, seed):
    async with TaskGroup() as group:
        row = Row(draw, group)
        for _ in range(150):
            operation = draw.choice(OPERATIONS)
            for _ in range(draw.choice([1, 1, 1, 3, row.channel.capacity])):
                await operation(row)
                assert len(row.channel) == len(row.held), seed
                assert len(row.channel._senders) == len(row.waiting), seed
        await row.end()


class Row:
    """A channel, and what it must hold: `held` in the buffer, `waiting` in the hands of parked senders."""

    def __init__(self, draw, group):
        self.draw, self.group = draw, group
        self.channel = Channel(draw.choice([1, 2, 5, STRIDE, 300]))
        self.held, self.waiting, self.received = deque(), deque(), []
        self.numbers = iter(range(1_000_000))

    @property
    def has_room(self):
        return len(self.held) < self.channel.capacity

    def put(self):
        self.held.append(next(self.numbers))
        return self.held[-1]

    def taken(self):
        """Return the oldest value; the first parked sender's moves up."""
        value = self.held.popleft()
        if self.waiting:
            self.held.append(self.waiting.popleft())
        return value

    async def send(self):
        if self.has_room:
            await self.channel.send(self.put())

    async def receive(self):
        if self.held:
            assert await self.channel.receive() == self.taken()

    async def receive_ok(self):
        if self.held:
            assert await self.channel.receive_ok() == (self.taken(), True)

    async def anext(self):
        if self.held:
            assert await anext(self.channel) == self.taken()

    async def try_send(self):
        had_room = self.has_room
        number = self.put() if had_room else next(self.numbers)
        assert self.channel.try_send(number) is had_room

    async def try_receive(self):
        expected = (self.taken(), True) if self.held else None
        assert self.channel.try_receive() == expected

    async def select(self):
        if self.held and self.has_room:
            number = next(self.numbers)
            chosen = await select(receiving(self.channel), sending(self.channel, number))
            if chosen.index == 0:
                assert chosen.value == self.taken()
            else:
                self.held.append(number)

    async def select_any(self):
        if self.held:
            chosen = await select(*[receiving(self.channel)] * self.draw.choice([1, 2, 3]))
            assert (chosen.value, chosen.ok) == (self.taken(), True)

    async def try_select(self):
        chosen = try_select(receiving(self.channel))
        assert (chosen and chosen.value) == (self.taken() if self.held else None)

    async def park_a_sender(self):
        if not self.has_room:
            number = next(self.numbers)
            self.waiting.append(number)
            way = self.draw.choice([self.give, self.offer, None])
            if way is None:
                source = Channel(1)
                source.try_send(number)
                Relay(source, self.channel, list).start()
            else:
                self.group.spawn(way, number)
            await parked(self.channel._senders, len(self.waiting))

    async def give(self, number):
        await self.channel.send(number)

    async def offer(self, number):
        await select(receiving(Channel()), sending(self.channel, number))

    async def park_a_receiver(self):
        if self.held:
            return
        way = self.draw.choice([self.take, self.choose, None])
        if way is None:
            sink = Channel(1)
            Relay(self.channel, sink, list).start()
            self.group.spawn(self.take, sink)
        else:
            self.group.spawn(way, self.channel)
        await parked(self.channel._receivers, 1)
        number = next(self.numbers)
        await self.channel.send(number)
        while not self.received:
            await sleep(0)
        assert self.received.pop() == number
        self.channel._receivers.clear()  # a relay waits for the next

    async def take(self, channel):
        self.received.append(await channel.receive())

    async def choose(self, channel):
        self.received.append((await select(receiving(Channel()), receiving(channel))).value)

    async def rest(self):
        await sleep(0)

    async def call(self):
        if self.draw.random() < 0.1:
            await call(int)

    async def end(self):
        self.channel.lift_bound()
        left = [*self.held, *self.waiting]
        self.channel.close()
        with pytest.raises(ChannelClosedError):
            await self.channel.send("refused")
        assert [await self.channel.receive_ok() for _ in left] == [(number, True) for number in left]


OPERATIONS = (
    Row.send, Row.send, Row.send, Row.receive, Row.receive, Row.receive_ok, Row.anext, Row.try_send,
    Row.try_receive, Row.select, Row.select_any, Row.try_select, Row.park_a_sender, Row.park_a_sender,
    Row.park_a_receiver, Row.call, Row.rest,
)  # fmt: skip
