"""Select against Go's specification and the public suites: the rows SE-xx of the conformance list."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import weakref
from contextlib import suppress
from types import SimpleNamespace

import pytest

from patterns import (
    CancelledError,
    Channel,
    ChannelClosedError,
    Context,
    DeadlineExceededError,
    DeadlockError,
    Selected,
    TaskGroup,
    call,
    from_call,
    receiving,
    run,
    select,
    sending,
    sleep,
    traps,
    try_select,
)

from seams import explored, parked


def draw_by(draw):
    """Let the selects of this run choose by `draw`; the simulator's schedule goes on as it was."""
    traps.running().driver.pick = lambda count: int(draw() * count)


def waiters(*channels):
    """Return how many stand in the queues of the channels, receivers and senders."""
    return [(len(channel._receivers), len(channel._senders)) for channel in channels]


# SE-01 and SE-02: one case, chosen by chance


async def one_value_on_one_of_four_channels(count):
    """Return what four receivers got from a select that sends each number on any of their channels."""
    channels = [Channel() for _ in range(4)]
    got = []

    async def receive(channel):
        async for value in channel:
            got.append(value)

    async with TaskGroup() as group:
        for channel in channels:
            group.spawn(receive, channel)
        for number in range(count):
            await select(*(sending(channel, number) for channel in channels))
        assert waiters(*channels) == [(len(channel._receivers), 0) for channel in channels]
        for channel in channels:
            channel.close()
    return sorted(got)


def test_se_01_a_value_offered_on_four_channels_is_sent_on_one(go):
    assert go(one_value_on_one_of_four_channels, 1000) == list(range(1000))


def test_se_01_no_schedule_sends_a_value_twice():
    assert all(got == list(range(20)) for got in explored(one_value_on_one_of_four_channels, 20))


@pytest.mark.parametrize("capacity", [0, 1])
def test_se_01_a_case_that_becomes_ready_after_the_winner_is_left_alone(go, capacity):
    async def main():
        first, second = Channel(capacity), Channel(capacity)
        chosen = []

        async def choose():
            chosen.append(await select(receiving(first), receiving(second)))

        async with TaskGroup() as group:
            group.spawn(choose)
            await parked(second._receivers, 1)
            assert first.try_send("won")
            assert waiters(first, second) == [(0, 0), (0, 0)]
            assert second.try_send("too late") is (capacity == 1)
        assert len(second) == capacity
        return chosen

    assert go(main) == [Selected(0, "won", ok=True)]


async def two_senders_and_two_selects():
    """Return the values in the order in which two selects over the same channels got them."""
    first, second = Channel(), Channel()
    got = []

    async def choose(*channels):
        got.append((await select(*map(receiving, channels))).value)

    async with TaskGroup() as group:
        group.spawn(choose, first, second)
        group.spawn(choose, second, first)
        group.spawn(first.send, "first")
        group.spawn(second.send, "second")
    assert waiters(first, second) == [(0, 0), (0, 0)]
    return tuple(got)


def test_se_01_no_schedule_lets_two_senders_claim_one_select():
    assert set(explored(two_senders_and_two_selects)) == {("first", "second"), ("second", "first")}


def test_se_01_a_select_in_an_asyncio_task_of_another_library_is_served_once():
    async def main():
        first, second = Channel(), Channel()
        task = asyncio.create_task(select(receiving(first), receiving(second)))
        await parked(second._receivers, 1)
        assert second.try_send("value")
        assert not first.try_send("nobody is left")
        return await task

    assert run(main, runtime="asyncio") == Selected(1, "value", ok=True)
    assert asyncio.run(main()) == Selected(1, "value", ok=True)


def test_se_02_the_choice_is_one_uniform_draw_over_the_ready_cases(go):
    async def main():
        channels = [Channel(1000) for _ in range(5)]
        for ready in (1, 3, 4):
            for _ in range(100):
                await channels[ready].send(None)
        draws, chosen = [], {}

        def draw():
            draws.append(number)
            return number

        draw_by(draw)
        for form in (select, try_select):
            for number in (0.0, 0.33, 0.34, 0.66, 0.67, 0.999):
                got = form(*map(receiving, channels))
                got = got if isinstance(got, Selected) else await got
                chosen.setdefault(number, []).append(got.index)
        return len(draws), chosen

    places = {0.0: [1, 1], 0.33: [1, 1], 0.34: [3, 3], 0.66: [3, 3], 0.67: [4, 4], 0.999: [4, 4]}
    assert go(main) == (12, places)


def test_se_02_ready_cases_are_chosen_equally_often_whatever_their_order(go):
    async def main():
        trials = 10_000
        channels = [Channel(trials), Channel(), Channel(trials), Channel()]
        for _ in range(trials):
            await channels[0].send(None)
            await channels[2].send(None)
        draw_by(random.Random(1).random)
        counts = [0, 0, 0, 0]
        for _ in range(trials):
            counts[(await select(*map(receiving, channels))).index] += 1
        return counts

    first, never, second, never_too = go(main)
    assert (never, never_too) == (0, 0)
    assert first + second == 10_000
    assert abs(first - 5000) <= 10 * (10_000 * 0.25) ** 0.5


# SE-04 and SE-05: nothing ready, and at which instant


def test_se_04_with_nothing_ready_the_try_form_says_so_and_registers_nothing(go):
    async def main():
        empty, full = Channel(1), Channel(1)
        await full.send("kept")
        for _ in range(3):
            assert try_select(receiving(empty), sending(full, "too much"), receiving(None)) is None
            assert try_select() is None
        assert waiters(empty, full) == [(0, 0), (0, 0)]
        return await full.receive()

    assert go(main) == "kept"


def test_se_04_with_nothing_ready_a_select_waits_for_the_first_case(go):
    async def main():
        empty, full = Channel(1), Channel(1)
        await full.send("old")
        chosen = []

        async def choose():
            chosen.append(await select(receiving(empty), sending(full, "new")))

        async with TaskGroup() as group:
            group.spawn(choose)
            await parked(full._senders, 1)
            assert chosen == []
            assert await full.receive() == "old"
        assert chosen == [Selected(1, None, ok=True)]
        return await full.receive()

    assert go(main) == "new"


def test_se_04_a_select_without_a_case_waits_for_ever(go):
    with pytest.raises(DeadlockError, match="main waits for select without a case"):
        go(select)


def test_se_04_a_select_without_a_case_is_ended_by_its_context(go):
    async def main():
        with Context.current().with_timeout(0.001):
            await select()

    with pytest.raises(DeadlineExceededError):
        go(main)


async def readiness_moves_to_another_channel(make_ready):
    """The first channel is ready until after the second is; return what one look at both finds."""
    first, second = Channel(1), Channel(1)
    await first.send("early")
    found = []

    async def move():
        make_ready(second)
        await sleep(0)
        first.try_receive()

    async def look():
        await sleep(0)
        found.append(try_select(receiving(second), receiving(first)))

    async with TaskGroup() as group:
        group.spawn(move)
        group.spawn(look)
    return found[0] and found[0].index


MAKE_READY = {"send": lambda channel: channel.try_send("late"), "close": lambda channel: channel.close()}


@pytest.mark.parametrize("make_ready", MAKE_READY.values(), ids=MAKE_READY)
def test_se_05_no_schedule_shows_a_moment_at_which_neither_was_ready(make_ready):
    assert set(explored(readiness_moves_to_another_channel, make_ready)) == {0, 1}


class Gated(Channel):
    """A channel that lets another thread try to get in between, after it was looked at."""

    looked_at = staticmethod(lambda: None)

    @property
    def _closed(self):
        """What a look at an empty channel reads last."""
        closed = Channel._closed.__get__(self)
        self.looked_at()
        return closed

    @_closed.setter
    def _closed(self, closed):
        Channel._closed.__set__(self, closed)


@pytest.mark.parametrize("make_ready", MAKE_READY.values(), ids=MAKE_READY)
@pytest.mark.parametrize("name", ["asyncio", "threads"])
def test_se_05_a_thread_cannot_change_a_channel_between_the_looks_at_two_cases(name, make_ready):
    async def main():
        first, second = Channel(1), Gated(1)
        await first.send("early")
        looking, asked = threading.Event(), threading.Event()
        driver = traps.running().driver
        post = driver.post

        def post_and_tell(fn):
            post(fn)
            asked.set()

        def exchange():
            make_ready(second)
            return first.try_receive()

        def outside():
            looking.wait()
            return from_call(exchange)

        def wait_until_the_thread_has_asked():
            second.looked_at = lambda: None
            looking.set()
            asked.wait()

        driver.post, second.looked_at = post_and_tell, wait_until_the_thread_has_asked
        exchanged = []

        async def work():
            exchanged.append(await call(outside))

        async with TaskGroup() as group:
            group.spawn(work)
            while not driver.calls:
                await sleep(0)
            found = try_select(receiving(second), receiving(first))
        return found, exchanged

    assert run(main, runtime=name) == (Selected(1, "early", ok=True), [None])


# SE-07 to SE-11: what a select leaves behind


@pytest.mark.parametrize("form", [select, try_select])
def test_se_07_every_channel_and_value_is_evaluated_once_in_order_whoever_wins(go, form):
    async def main():
        ready, full, empty = Channel(1), Channel(), Channel()
        await ready.send("won")
        asked = []

        def ask(name, given):
            asked.append(name)
            return given

        got = form(
            receiving(ask("channel 1", empty)),
            sending(ask("channel 2", full), ask("value 2", 2)),
            receiving(ask("channel 3", None)),
            sending(ask("channel 4", None), ask("value 4", 4)),
            receiving(ask("channel 5", ready)),
        )
        got = got if isinstance(got, Selected) else await got
        return got, asked

    names = ["channel 1", "channel 2", "value 2", "channel 3", "channel 4", "value 4", "channel 5"]
    assert go(main) == (Selected(4, "won", ok=True), names)


def test_se_08_a_select_that_named_a_channel_twice_leaves_it_to_the_next_waiter(go):
    async def main():
        twice, other = Channel(), Channel()
        got = {}

        async def choose():
            got["select"] = await select(receiving(twice), receiving(twice), receiving(other))

        async def receive():
            got["next"] = await twice.receive()

        async with TaskGroup() as group:
            group.spawn(choose)
            await parked(twice._receivers, 2)
            group.spawn(receive)
            await parked(twice._receivers, 3)
            await other.send("ends the select")
            assert waiters(twice, other) == [(1, 0), (0, 0)]
            await twice.send("for the next")
            assert waiters(twice, other) == [(0, 0), (0, 0)]
        return got

    assert go(main) == {"select": Selected(2, "ends the select", ok=True), "next": "for the next"}


def test_se_08_a_channel_named_twice_is_served_once(go):
    async def main():
        twice = Channel()
        got = []

        async def choose():
            got.append(await select(sending(twice, "a"), sending(twice, "b"), receiving(twice)))

        async with TaskGroup() as group:
            group.spawn(choose)
            await parked(twice._senders, 2)
            assert twice.try_receive() == ("a", True)
            assert twice.try_receive() is None
            assert not twice.try_send("nobody is left")
        return got

    assert go(main) == [Selected(0, None, ok=True)]


def test_se_09_a_finished_select_leaves_the_receivers_around_it_in_their_queue(go):
    async def main():
        lost, won = Channel(), Channel()
        got = []

        async def receive(name):
            got.append((name, await lost.receive()))

        async def choose():
            got.append(("select", (await select(receiving(lost), receiving(won))).value))

        async with TaskGroup() as group:
            group.spawn(receive, "before")
            await parked(lost._receivers, 1)
            group.spawn(choose)  # the last in the queue when it ends
            await parked(lost._receivers, 2)
            await won.send("won")
            assert waiters(lost, won) == [(1, 0), (0, 0)]
            group.spawn(receive, "after")
            await parked(lost._receivers, 2)
            await lost.send(1)
            await lost.send(2)
        assert waiters(lost, won) == [(0, 0), (0, 0)]
        return dict(got)

    assert go(main) == {"before": 1, "select": "won", "after": 2}


def test_se_09_a_finished_select_leaves_the_senders_around_it_in_their_queue(go):
    async def main():
        lost, won = Channel(), Channel()
        async with TaskGroup() as group:
            group.spawn(lost.send, 1)
            await parked(lost._senders, 1)
            group.spawn(select, sending(lost, "withdrawn"), sending(won, "won"))
            await parked(lost._senders, 2)
            group.spawn(lost.send, 2)
            await parked(lost._senders, 3)
            assert await won.receive() == "won"
            assert waiters(lost, won) == [(0, 2), (0, 0)]
            return [await lost.receive() for _ in range(2)]

    assert go(main) == [1, 2]


async def selects_in_opposite_orders(count):
    """Two select to send what two others select to receive, naming the same channels in opposite orders."""
    first, second = Channel(), Channel()
    sent, got = [], []

    async def send(channels, name):
        for number in range(count):
            await select(*(sending(channel, (name, number)) for channel in channels))
            sent.append((name, number))

    async def receive(channels):
        for _ in range(count):
            got.append((await select(*map(receiving, channels))).value)

    async with TaskGroup() as group:
        for place, channels in enumerate(((first, second), (second, first))):
            group.spawn(send, channels, place)
            group.spawn(receive, channels)
    assert waiters(first, second) == [(0, 0), (0, 0)]
    return sorted(sent) == sorted(got), len(got)


async def two_selects_serve_each_other(count):
    """Each of two selects sends where the other receives; return how often the cases were chosen."""
    first, second = Channel(), Channel()
    chosen = []

    async def swap(mine, theirs):
        for _ in range(count):
            chosen.append((await select(sending(mine, "ball"), receiving(theirs))).index)

    async with TaskGroup() as group:
        group.spawn(swap, first, second)
        group.spawn(swap, second, first)
    assert waiters(first, second) == [(0, 0), (0, 0)]
    return chosen.count(0), chosen.count(1)


def test_se_11_selects_in_opposite_orders_end(go):
    assert go(selects_in_opposite_orders, 1000) == (True, 2000)


def test_se_11_no_schedule_of_selects_in_opposite_orders_is_a_deadlock():
    assert set(explored(selects_in_opposite_orders, 10)) == {(True, 20)}


def test_se_11_two_selects_serve_each_other(go):
    assert go(two_selects_serve_each_other, 1000) == (1000, 1000)


def test_se_11_no_schedule_of_two_selects_that_serve_each_other_is_a_deadlock():
    assert set(explored(two_selects_serve_each_other, 10)) == {(10, 10)}


# SE-12 to SE-14: closed channels


def test_se_12_a_closed_channel_is_always_ready_and_starves_nobody(go):
    async def main():
        closed, full = Channel(), Channel(1000)
        closed.close()
        for number in range(1000):
            await full.send(number)
        draw_by(random.Random(1).random)
        taken, zeros = [], 0
        for _ in range(1000):
            match await select(receiving(closed), receiving(full)):
                case Selected(0, None, ok=False):
                    zeros += 1
                case Selected(1, value, ok=True):
                    taken.append(value)
        return taken, zeros

    taken, zeros = go(main)
    assert taken == list(range(len(taken)))
    assert len(taken) + zeros == 1000
    assert 400 <= zeros <= 600


def test_se_13_sending_on_a_closed_channel_raises_with_a_default_too(go):
    async def main():
        closed, empty = Channel(2), Channel()
        closed.close()
        for _ in range(20):
            with pytest.raises(ChannelClosedError):
                try_select(sending(closed, 1), receiving(empty))
            with pytest.raises(ChannelClosedError):
                await select(receiving(empty), sending(closed, 1))
        return len(closed), waiters(closed, empty)

    assert go(main) == (0, [(0, 0), (0, 0)])


def test_se_13_another_ready_case_may_win_against_the_closed_one(go):
    async def main():
        closed, full = Channel(), Channel(2)
        closed.close()
        await full.send("value")
        draw_by(lambda: 0.0)
        with pytest.raises(ChannelClosedError):
            await select(sending(closed, 1), receiving(full))
        draw_by(lambda: 0.999)
        return await select(sending(closed, 1), receiving(full))

    assert go(main) == Selected(1, "value", ok=True)


def test_se_14_close_ends_a_parked_select_by_the_case_that_receives(go):
    async def main():
        first, second = Channel(), Channel()
        chosen = []

        async def choose():
            chosen.append(await select(receiving(first), receiving(second)))

        async with TaskGroup() as group:
            group.spawn(choose)
            await parked(second._receivers, 1)
            second.close()
            assert waiters(first, second) == [(0, 0), (0, 0)]
        return chosen

    assert go(main) == [Selected(1, None, ok=False)]


def test_se_14_close_fails_a_parked_select_by_the_case_that_sends(go):
    async def main():
        first, second = Channel(), Channel()

        async def choose():
            with pytest.raises(ChannelClosedError):
                await select(receiving(first), sending(second, "dropped"))

        async with TaskGroup() as group:
            group.spawn(choose)
            await parked(second._senders, 1)
            second.close()
            assert waiters(first, second) == [(0, 0), (0, 0)]
        return await second.receive_ok()

    assert go(main) == (None, False)


# SE-17: cancellation


def three_cases(first, second, third):
    return receiving(first), receiving(second), sending(third, "withdrawn")


NOBODY = [(0, 0), (0, 0), (0, 0)]


def test_se_17_a_cancelled_select_leaves_every_queue(go):
    async def main():
        channels = [Channel() for _ in range(3)]
        async with TaskGroup() as group:
            group.spawn(select, *three_cases(*channels))
            await parked(channels[2]._senders, 1)
            group.cancel()
            assert waiters(*channels) == NOBODY
        assert channels[2].try_receive() is None
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0.001):
            await select(*three_cases(*channels))
        return waiters(*channels)

    assert go(main) == NOBODY


def test_se_17_a_select_that_has_won_and_is_then_cancelled_returns_its_value(go):
    async def main():
        channels = [Channel() for _ in range(3)]
        chosen = []

        async def choose():
            chosen.append(await select(*three_cases(*channels)))
            await sleep(0)  # here the cancel arrives
            chosen.append("went on")

        async with TaskGroup() as group:
            group.spawn(choose)
            await parked(channels[2]._senders, 1)
            assert channels[1].try_send("handed over")
            group.cancel()
            assert waiters(*channels) == NOBODY
        assert waiters(*channels) == NOBODY
        return chosen

    assert go(main) == [Selected(1, "handed over", ok=True)]


@pytest.mark.parametrize("won", [False, True])
def test_se_17_a_native_cancel_of_a_select_leaves_every_queue_and_loses_nothing(won):
    async def main():
        channels = [Channel() for _ in range(3)]
        chosen = []

        async def choose():
            chosen.append(await select(*three_cases(*channels)))

        task = asyncio.create_task(choose())
        await parked(channels[2]._senders, 1)
        if won:
            assert channels[1].try_send("handed over")
        task.cancel()
        await asyncio.wait([task])
        assert waiters(*channels) == NOBODY
        return chosen

    expected = [Selected(1, "handed over", ok=True)] if won else []
    assert run(main, runtime="asyncio") == expected
    assert asyncio.run(main()) == expected


async def a_cancel_races_with_a_selects_hand_off():
    """Return what became of one value, a select that may take it being cancelled meanwhile."""
    channels = [Channel(1), Channel(1), Channel()]
    chosen = []

    async def choose():
        chosen.append(await select(*three_cases(*channels)))

    async with TaskGroup() as group, TaskGroup() as doomed:
        doomed.spawn(choose)
        group.spawn(channels[1].send, "once")
        await sleep(0)
        doomed.cancel()
    assert waiters(*channels) == NOBODY
    return tuple(got.value for got in chosen), channels[1].try_receive()


def test_se_17_no_schedule_of_a_cancel_and_a_hand_off_loses_the_value():
    taken, left = (("once",), None), ((), ("once", True))
    assert set(explored(a_cancel_races_with_a_selects_hand_off)) == {taken, left}


# SE-19: malformed cases, and references


@pytest.mark.parametrize(
    "bad", ["a channel", None, Channel(), 5, SimpleNamespace(channel=None, sends=False)], ids=repr
)
@pytest.mark.parametrize("form", [select, try_select])
def test_se_19_a_malformed_case_is_refused_before_anything_is_done(go, form, bad):
    async def main():
        ready, empty = Channel(1), Channel()
        await ready.send("kept")
        with pytest.raises(TypeError, match=r"a case is made by receiving\(\.\.\.\) or sending"):
            got = form(receiving(ready), receiving(empty), bad)
            await got
        assert waiters(ready, empty) == [(0, 0), (0, 0)]
        return ready.try_receive()

    assert go(main) == ("kept", True)


def test_se_19_nor_where_the_other_channels_are_known_to_hold_values(go):
    async def main():
        channels = [Channel(20), Channel(20)]
        for number in range(40):
            await channels[number % 2].send(number)
        for channel in channels:
            await channel.receive()
            await channel.receive()
        with pytest.raises(TypeError, match=r"a case is made by receiving\(\.\.\.\) or sending"):
            await select(*map(receiving, channels), "bad")
        return [len(channel) for channel in channels]

    assert go(main) == [18, 18]


@pytest.mark.parametrize("bad", ["a channel", 5, receiving(None)], ids=["str", "int", "case"])
def test_se_19_a_case_of_something_else_than_a_channel_is_refused_when_it_is_made(bad):
    with pytest.raises(TypeError, match="a channel or its receiver is needed"):
        receiving(bad)
    with pytest.raises(TypeError, match="a channel or its sender is needed"):
        sending(bad, 1)


class Payload:
    """Something that can be seen to die."""


async def received(channel, other, watched):
    """A parked select is handed the payload, and drops it."""
    async with TaskGroup() as group:
        group.spawn(select, receiving(channel), receiving(other))
        await parked(channel._receivers, 1)
        payload = Payload()
        watched.append(weakref.ref(payload))
        assert channel.try_send(payload)


def offer(watched, channel, other):
    """Return the select of sending a payload that nobody else holds."""
    payload = Payload()
    watched.append(weakref.ref(payload))
    return select(sending(channel, payload), sending(other, payload))


async def sent(channel, other, watched):
    """A parked select hands its payload to a receiver that drops it."""
    async with TaskGroup() as group:

        async def choose():
            await offer(watched, channel, other)

        group.spawn(choose)
        await parked(other._senders, 1)
        await channel.receive()


async def cancelled(channel, other, watched):
    """A parked select with a payload is cancelled."""
    async with TaskGroup() as group:

        async def choose():
            with suppress(CancelledError):
                await offer(watched, channel, other)

        group.spawn(choose)
        await parked(other._senders, 1)
        group.cancel()
    gc.collect()  # the error of a cancelled wait and the frame that raised it refer to each other


async def failed(channel, other, watched):
    """A parked select with a payload sees its channel closed."""
    async with TaskGroup() as group:

        async def choose():
            with suppress(ChannelClosedError):
                await offer(watched, channel, other)

        group.spawn(choose)
        await parked(other._senders, 1)
        other.close()


async def refused(channel, other, watched):
    """A select with a payload finds its channel closed."""
    channel.close()
    other.close()
    with suppress(ChannelClosedError):
        await offer(watched, channel, other)


@pytest.fixture
def no_collector():
    """What is freed, is freed because nobody refers to it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("ending", [received, sent, cancelled, failed, refused])
def test_se_19_a_select_that_has_ended_holds_no_payload(go, ending):
    async def main():
        channel, other, watched = Channel(), Channel(), []
        await ending(channel, other, watched)
        await sleep(0)
        assert waiters(channel, other) == [(0, 0), (0, 0)]
        return [payload() for payload in watched]

    assert go(main) == [None]
