"""Channels against Go's specification and the public suites: the rows CH-xx of the conformance list."""

from __future__ import annotations

import asyncio
import random
import signal
import threading
from contextlib import suppress

import pytest

from patterns import (
    CancelledError,
    Channel,
    ChannelClosedError,
    Context,
    DeadlineExceededError,
    DeadlockError,
    TaskGroup,
    call,
    from_call,
    receiving,
    run,
    select,
    sending,
    sleep,
    try_select,
)
from patterns.launch import launch

from seams import explored, in_one_process, parked

# CH-01 to CH-03: what waits, and for whom


def test_ch_01_try_forms_take_the_default_and_store_nothing(go):
    async def main():
        for capacity in range(4):
            channel = Channel(capacity)
            assert channel.try_receive() is None
            for number in range(capacity):
                assert channel.try_send(number)
            assert not channel.try_send("too much")
            assert len(channel) == capacity
            assert [channel.try_receive() for _ in range(capacity)] == [(n, True) for n in range(capacity)]
            assert channel.try_receive() is None

    go(main)


@pytest.mark.parametrize("capacity", range(4))
def test_ch_01_a_receive_waits_on_an_empty_channel_and_a_send_on_a_full_one(go, capacity):
    async def main():
        channel = Channel(capacity)
        log = []

        async def receive():
            log.append(await channel.receive())

        async def send():
            await channel.send("last")
            log.append("sent")

        async with TaskGroup() as group:
            group.spawn(receive)
            await parked(channel._receivers, 1)
            assert channel.try_receive() is None
            assert (len(channel._receivers), log) == (1, [])
            assert channel.try_send("first")
        async with TaskGroup() as group:
            for number in range(capacity):
                await channel.send(number)
            group.spawn(send)
            await parked(channel._senders, 1)
            assert not channel.try_send("too much")
            assert (len(channel._senders), len(channel), log) == (1, capacity, ["first"])
            taken = [await channel.receive() for _ in range(capacity + 1)]
        return taken, log

    assert go(main) == ([*range(capacity), "last"], ["first", "sent"])


def test_ch_02_a_try_send_reaches_a_parked_receiver_every_time(go):
    async def main():
        channel = Channel()
        got = []

        async def receive():
            for _ in range(1000):
                got.append(await channel.receive())

        async with TaskGroup() as group:
            group.spawn(receive)
            for number in range(1000):
                await parked(channel._receivers, 1)
                assert channel.try_send(number)
                assert not channel.try_send("nobody is parked now")
        return got

    assert go(main) == list(range(1000))


def test_ch_02_a_try_send_without_a_receiver_leaves_nothing_for_a_later_one(go):
    async def main():
        channel = Channel()
        got = []

        async def receive():
            got.append(await channel.receive_ok())

        assert not channel.try_send("lost?")
        async with TaskGroup() as group:
            group.spawn(receive)
            await parked(channel._receivers, 1)
            channel.close()
        return got

    assert go(main) == [(None, False)]


def test_ch_03_an_unbuffered_send_returns_after_its_value_was_taken(go):
    async def main():
        log = []
        channel = Channel()

        async def send():
            await channel.send(1)
            log.append("sent")

        async with TaskGroup() as group:
            group.spawn(send)
            await parked(channel._senders, 1)
            assert log == []
            log.append(await channel.receive())
        return log

    assert go(main) == [1, "sent"]


async def two_producers_and_two_consumers(capacity):
    """No send returns before the receive that makes room for it has begun."""
    channel = Channel(capacity)
    begun = returned = 0
    notes = {}

    async def produce(name):
        nonlocal returned
        for number in range(10):
            notes[name, number] = "written before the send"
            await channel.send((name, number))
            returned += 1
            assert returned <= begun + capacity

    async def consume():
        nonlocal begun
        for _ in range(10):
            begun += 1
            assert notes[await channel.receive()] == "written before the send"

    async with TaskGroup() as group:
        for name in "ab":
            group.spawn(produce, name)
            group.spawn(consume)
    assert (begun, returned) == (20, 20)


async def a_channel_as_a_semaphore(capacity):
    """Return how many tasks held a place at once."""
    places = Channel(capacity)
    held = most = 0

    async def hold():
        nonlocal held, most
        await places.send(None)
        held += 1
        most = max(most, held)
        await sleep(0)
        held -= 1
        await places.receive()

    async with TaskGroup() as group:
        for _ in range(3 * capacity):
            group.spawn(hold)
    return most


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_ch_03_no_send_returns_before_the_receive_that_it_needs_has_begun(go, capacity):
    go(two_producers_and_two_consumers, capacity)


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_ch_03_no_schedule_lets_a_send_return_early(capacity):
    assert len(explored(two_producers_and_two_consumers, capacity)) == 200


@pytest.mark.parametrize("capacity", [1, 2, 5])
def test_ch_03_a_channel_of_n_is_a_semaphore_of_n(go, capacity):
    assert go(a_channel_as_a_semaphore, capacity) == capacity


@pytest.mark.parametrize("capacity", [1, 2, 5])
def test_ch_03_no_schedule_lets_more_than_n_in(capacity):
    assert max(explored(a_channel_as_a_semaphore, capacity)) == capacity


def test_ch_03_what_was_written_before_a_close_is_seen_after_it(go):
    async def main():
        channel = Channel()
        written = []

        async def close():
            written.append("before the close")
            channel.close()

        async with TaskGroup() as group:
            group.spawn(close)
            assert await channel.receive_ok() == (None, False)
            return list(written)

    assert go(main) == ["before the close"]


# CH-04 to CH-06: order


def test_ch_04_one_producer_and_one_consumer_see_first_in_first_out(go):
    async def main():
        for capacity in range(201):
            channel = Channel(capacity)

            async def produce(channel):
                for number in range(100):
                    await channel.send(number)
                channel.close()

            async with TaskGroup() as group:
                group.spawn(produce, channel)
                assert [value async for value in channel] == list(range(100))

    go(main)


def test_ch_05_order_spans_the_buffer_and_the_parked_senders(go):
    async def main():
        channel = Channel(2)
        await channel.send(0)
        await channel.send(1)
        seen = []
        async with TaskGroup() as group:
            for number in (2, 3):
                group.spawn(channel.send, number)
                await parked(channel._senders, number - 1)
            for _ in range(4):
                seen.append((await channel.receive(), len(channel), len(channel._senders)))
        return seen

    assert go(main) == [(0, 2, 1), (1, 2, 0), (2, 1, 0), (3, 0, 0)]


@pytest.mark.parametrize("capacity", [0, 1])
def test_ch_06_a_value_belongs_to_the_receiver_that_was_parked(go, capacity):
    async def main():
        channel = Channel(capacity)
        got = []

        async def receive():
            got.append(await channel.receive())

        async with TaskGroup() as group:
            for send in (channel.send, None):
                group.spawn(receive)
                await parked(channel._receivers, 1)
                if send is None:
                    assert channel.try_send("mine too")
                else:
                    await channel.send("mine")  # in one step: somebody is parked, so it does not suspend
                assert channel.try_receive() is None
                assert try_select(receiving(channel)) is None
        return got

    assert go(main) == ["mine", "mine too"]


@pytest.mark.parametrize("capacity", [0, 1])
def test_ch_06_parked_receivers_are_served_in_the_order_of_their_arrival(go, capacity):
    async def main():
        channel = Channel(capacity)
        got = {}

        async def receive(name):
            got[name] = await channel.receive()

        async with TaskGroup() as group:
            for name in range(3):
                group.spawn(receive, name)
                await parked(channel._receivers, name + 1)
            for number in range(3):
                assert channel.try_send(number)
            assert channel.try_receive() is None
        return got

    assert go(main) == {0: 0, 1: 1, 2: 2}


# CH-08 to CH-12: close


async def plain(channel):
    try:
        return await channel.receive(), True
    except ChannelClosedError:
        return None, False


async def two_results(channel):
    return await channel.receive_ok()


async def selected(channel):
    got = await select(receiving(channel))
    return got.value, got.ok


async def tried(channel):
    return channel.try_receive()


async def iterated(channel):
    async for value in channel:
        return value, True
    return None, False


FORMS = [plain, two_results, selected, tried, iterated]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("capacity", range(4))
def test_ch_08_after_close_the_buffer_drains_and_then_every_receive_says_so(go, capacity, form):
    async def main():
        for filled in range(capacity + 1):
            channel = Channel(capacity)
            for number in range(filled):
                await channel.send(number)
            channel.close()
            assert [await form(channel) for _ in range(filled)] == [(n, True) for n in range(filled)]
            assert [await form(channel) for _ in range(3)] == [(None, False)] * 3

    go(main)


def test_ch_09_close_wakes_every_parked_receiver_once(go):
    async def main():
        channel = Channel()
        got = []

        async def receive(form):
            got.append(await form(channel))

        waiting = [form for form in FORMS if form is not tried] * 2
        async with TaskGroup() as group:
            for form in waiting:
                group.spawn(receive, form)
            await parked(channel._receivers, len(waiting))
            channel.close()
            assert not channel._receivers
        assert got == [(None, False)] * len(waiting)

    go(main)


def test_ch_10_close_fails_parked_senders_and_delivers_none_of_their_values(go):
    async def main():
        channel = Channel(1)
        await channel.send("a")
        failed = []

        async def send(value):
            try:
                await channel.send(value)
            except ChannelClosedError:
                failed.append(value)

        async with TaskGroup() as group:
            group.spawn(send, "b")
            group.spawn(send, "c")
            await parked(channel._senders, 2)
            channel.close()
            assert not channel._senders
        assert await channel.receive_ok() == ("a", True)
        assert await channel.receive_ok() == (None, False)
        return sorted(failed)

    assert go(main) == ["b", "c"]


def test_ch_11_a_send_on_a_closed_channel_raises_in_every_form_even_with_room(go):
    async def main():
        channel = Channel(2)
        await channel.send("kept")
        channel.close()
        with pytest.raises(ChannelClosedError):
            await channel.send("dropped")
        with pytest.raises(ChannelClosedError):
            channel.try_send("dropped")
        with pytest.raises(ChannelClosedError):
            await select(sending(channel, "dropped"))
        with pytest.raises(ChannelClosedError):
            try_select(sending(channel, "dropped"))
        assert await channel.receive_ok() == ("kept", True)
        assert await channel.receive_ok() == (None, False)

    go(main)


def test_ch_11_a_bound_that_is_lifted_after_the_close_lets_nothing_in(go):
    async def main():
        channel = Channel(1)
        channel.close()
        channel.lift_bound()
        with pytest.raises(ChannelClosedError):
            await channel.send("dropped")
        return channel.try_receive()

    assert go(main) == (None, False)


def test_ch_12_closing_twice_raises(go):
    async def main():
        channel = Channel()
        channel.close()
        with pytest.raises(ChannelClosedError):
            channel.close()
        with pytest.raises(ChannelClosedError):
            channel.sender.close()

    go(main)


# CH-13 to CH-19: values, views, iteration


@pytest.mark.parametrize("case", [receiving(None), sending(None, "value")], ids=["receive", "send"])
def test_ch_13_an_operation_on_no_channel_waits_for_ever_and_is_no_error(go, case):
    async def main():
        assert try_select(case) is None
        await select(case)

    with pytest.raises(DeadlockError):
        go(main)


@pytest.mark.parametrize("case", [receiving(None), sending(None, "value")], ids=["receive", "send"])
def test_ch_13_an_operation_on_no_channel_is_ended_by_its_context_only(go, case):
    async def main():
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0.001):
            await select(case)
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            async with TaskGroup() as group:
                group.spawn(select, case)
                await sleep(0)
                context.cancel()

    go(main)


def test_ch_14_leaving_a_loop_leaves_the_rest_in_the_channel(go):
    async def main():
        channel = Channel(3)
        for number in range(3):
            await channel.send(number)
        async for _ in channel:
            break
        return len(channel), await channel.receive()

    assert go(main) == (2, 1)


def test_ch_14_a_loop_ends_when_closed_and_drained_and_asks_for_its_channel_once(go):
    async def main():
        asked = []

        def make():
            channel = Channel(3)
            asked.append(channel)
            for number in range(3):
                assert channel.try_send(number)
            channel.close()
            return channel

        assert [value async for value in make()] == [0, 1, 2]
        assert [value async for value in make().receiver] == [0, 1, 2]
        return len(asked)

    assert go(main) == 2


@pytest.mark.parametrize(
    ("capacity", "error"), [(-1, ValueError), (1.5, TypeError), ("2", TypeError), (True, TypeError)]
)
def test_ch_15_a_bad_capacity_is_refused(capacity, error):
    with pytest.raises(error, match="capacity: found"):
        Channel(capacity)


def test_ch_15_the_length_counts_buffered_values_and_no_parked_senders(go):
    async def main():
        channel = Channel(2)
        lengths = [len(channel)]
        async with TaskGroup() as group:
            for number in range(4):
                group.spawn(channel.send, number)
            await parked(channel._senders, 2)
            lengths.append(len(channel))
            for end in (channel.sender, channel.receiver):
                assert (len(end), end.capacity) == (2, 2)
            while channel.try_receive():
                lengths.append(len(channel))
        return channel.capacity, lengths

    assert go(main) == (2, [0, 2, 2, 2, 1, 0])


@pytest.mark.parametrize("capacity", [0, 1, 10, 200])
def test_ch_16_four_producers_and_four_consumers_lose_and_double_nothing(go, capacity):
    async def main():
        channel = Channel(capacity)
        got = []

        async def produce():
            for number in range(1000):
                await channel.send(number)

        async def consume():
            async for value in channel:
                got.append(value)

        async with TaskGroup() as consumers:
            for _ in range(4):
                consumers.spawn(consume)
            async with TaskGroup() as producers:
                for _ in range(4):
                    producers.spawn(produce)
            channel.close()
        return sorted(got)

    assert go(main) == sorted(list(range(1000)) * 4)


async def twenty_three_workers(count):
    """Return how many results there were, and their sum."""
    jobs, results = Channel(2), Channel(3)
    gathered = []

    async def work():
        async for job in jobs:
            await results.send(job)

    async def collect():
        async for result in results:
            gathered.append(result)

    async with TaskGroup() as group:
        group.spawn(collect)
        async with TaskGroup() as workers:
            for _ in range(23):
                workers.spawn(work)
            for number in range(count):
                await jobs.send(number)
            jobs.close()
        results.close()
    return len(gathered), sum(gathered)


def test_ch_16_many_ranging_workers_give_an_exact_count_and_sum(go):
    assert go(twenty_three_workers, 1000) == (1000, 499_500)


def test_ch_16_no_schedule_of_many_workers_loses_a_value():
    assert set(explored(twenty_three_workers, 50)) == {(50, 1225)}


def test_ch_18_a_view_has_one_side_only():
    channel = Channel()
    receiver, sender = channel.receiver, channel.sender
    for name in ("send", "try_send", "close", "sender"):
        assert not hasattr(receiver, name)
    for name in ("receive", "receive_ok", "try_receive", "__aiter__", "receiver"):
        assert not hasattr(sender, name)
    assert not hasattr(aiter(receiver), "close")
    assert receiver
    assert sender
    assert (receiver.capacity, sender.capacity, len(receiver), len(sender)) == (0, 0, 0, 0)


def test_ch_18_the_operations_of_a_view_run_in_the_task_that_is_started_with_them(go):
    async def main():
        channel = Channel()
        async with TaskGroup() as group:
            for receive in (channel.receiver.receive, channel.receiver.receive_ok):
                receiver = group.spawn(receive)
                await parked(channel._receivers, 1)
                assert channel._receivers[0].task is receiver
                assert channel.try_send("value")
            sender = group.spawn(channel.sender.send, "value")
            await parked(channel._senders, 1)
            assert channel._senders[0].task is sender
            return channel.try_receive()

    assert go(main) == ("value", True)


def test_ch_18_a_select_refuses_the_wrong_side_of_a_view():
    channel = Channel(1)
    assert receiving(channel.receiver).channel is channel
    assert sending(channel.sender, 1).channel is channel
    with pytest.raises(TypeError, match="or its receiver is needed, found Sender"):
        receiving(channel.sender)
    with pytest.raises(TypeError, match="or its sender is needed, found Receiver"):
        sending(channel.receiver, 1)


FALSY = [None, 0, "", False, (), 0.0]


@pytest.mark.parametrize("value", FALSY, ids=repr)
def test_ch_19_a_falsy_value_reaches_a_parked_receiver_as_a_value(go, value):
    async def main():
        got = []

        async def receive(channel, form):
            got.append(await form(channel))

        waiting = [form for form in FORMS if form is not tried]
        async with TaskGroup() as group:
            for capacity in (0, 1):
                for form in waiting:
                    channel = Channel(capacity)
                    group.spawn(receive, channel, form)
                    await parked(channel._receivers, 1)
                    assert channel.try_send(value)
        assert got == [(value, True)] * 2 * len(waiting)

    go(main)


@pytest.mark.parametrize("value", FALSY, ids=repr)
@pytest.mark.parametrize("form", FORMS)
def test_ch_19_a_falsy_value_from_a_buffer_or_a_parked_sender_is_a_value(go, value, form):
    async def main():
        channel = Channel(1)
        await channel.send(value)
        async with TaskGroup() as group:
            group.spawn(channel.sender.send, value)
            group.spawn(channel.send, value)
            await parked(channel._senders, 2)
            assert [await form(channel) for _ in range(3)] == [(value, True)] * 3
            channel.close()
            assert await form(channel) == (None, False)

    go(main)


def test_ch_19_a_parked_sender_of_none_is_failed_by_close(go):
    async def main():
        channel = Channel()
        async with TaskGroup() as group:

            async def send():
                with pytest.raises(ChannelClosedError):
                    await channel.send(None)

            group.spawn(send)
            await parked(channel._senders, 1)
            channel.close()
        return await channel.receive_ok()

    assert go(main) == (None, False)


# CH-21 to CH-26: cancellation


def test_ch_21_a_receiver_that_was_handed_a_value_and_then_cancelled_keeps_it(go):
    async def main():
        channel = Channel(2)
        got = []

        async def receive():
            got.append(await channel.receive())

        async with TaskGroup() as group:
            group.spawn(receive)
            await parked(channel._receivers, 1)
            assert channel.try_send(1)
            assert channel.try_send(2)
            group.cancel()
        while (left := channel.try_receive()) is not None:
            got.append(left[0])
        return got

    assert go(main) == [1, 2]


async def a_cancel_races_with_two_values():
    """Return what was received in order, and how much of it by the receiver that is cancelled."""
    channel = Channel()
    got = []

    async def receive():
        got.append(await channel.receive())

    async def produce():
        for number in (1, 2):
            await channel.send(number)

    async with TaskGroup() as group:
        async with TaskGroup() as doomed:
            doomed.spawn(receive)
            group.spawn(produce)
            await sleep(0)
            doomed.cancel()
        early = len(got)
        while len(got) < 2:
            got.append(await channel.receive())
    assert not channel._receivers
    assert not channel._senders
    return got, early


def test_ch_21_no_schedule_of_a_cancel_and_a_hand_off_loses_or_reorders_a_value():
    outcomes = explored(a_cancel_races_with_two_values)
    assert all(got == [1, 2] for got, _ in outcomes)
    assert {early for _, early in outcomes} == {0, 1}, "both endings must occur, or nothing was explored"


async def a_deadline_falls_on_a_hand_off(capacity):
    """Return what the receiver got, and what was left in the channel."""
    channel = Channel(capacity)
    got = []

    async def receive():
        with suppress(DeadlineExceededError), Context.current().with_timeout(1):
            got.append(await channel.receive())

    async def send():
        await sleep(1)
        await channel.send("once")

    async with TaskGroup() as group:
        group.spawn(receive)
        group.spawn(send)
        await sleep(2)
        left = channel.try_receive()
    return tuple(got), left


@pytest.mark.parametrize("capacity", [0, 1])
def test_ch_21_no_schedule_loses_a_value_that_comes_at_the_deadline(capacity):
    received, left_behind = (("once",), None), ((), ("once", True))
    assert set(explored(a_deadline_falls_on_a_hand_off, capacity)) == {received, left_behind}


def test_ch_21_a_native_cancel_that_comes_with_a_value_loses_nothing():
    async def main():
        channel = Channel(2)
        got = []

        async def receive():
            got.append(await channel.receive())

        task = asyncio.create_task(receive())
        await parked(channel._receivers, 1)
        assert channel.try_send(1)
        assert channel.try_send(2)
        task.cancel()
        await asyncio.wait([task])
        while (left := channel.try_receive()) is not None:
            got.append(left[0])
        return got

    assert asyncio.run(main()) == [1, 2]


def test_ch_22_a_cancelled_sender_withdraws_its_value(go):
    async def main():
        channel = Channel(1)
        await channel.send("a")
        async with TaskGroup() as group:
            group.spawn(channel.send, "b")
            await parked(channel._senders, 1)
            async with TaskGroup() as doomed:
                doomed.spawn(channel.send, "X")
                await parked(channel._senders, 2)
                group.spawn(channel.send, "c")
                await parked(channel._senders, 3)
                doomed.cancel()
                assert len(channel._senders) == 2
            return [await channel.receive() for _ in range(3)]

    assert go(main) == ["a", "b", "c"]


@pytest.mark.parametrize("capacity", [0, 1])
def test_ch_23_a_sender_whose_place_was_granted_and_that_is_then_cancelled_has_sent_once(go, capacity):
    async def main():
        channel = Channel(capacity)
        for _ in range(capacity):
            await channel.send("before")
        reported = []

        async def send():
            try:
                await channel.send("once")
            except CancelledError:
                reported.append("cancelled")
                raise

        async with TaskGroup() as group:
            group.spawn(send)
            await parked(channel._senders, 1)
            taken = [channel.try_receive()]
            group.cancel()
        if reported:
            await channel.send("once")
        while (left := channel.try_receive()) is not None:
            taken.append(left)
        return [value for value, _ in taken]

    assert go(main) == ["before"] * capacity + ["once"]


async def a_cancel_races_with_a_send():
    """Return the values received, and whether the sender said that it was cancelled."""
    channel = Channel(1)
    await channel.send("before")
    reported = []

    async def send():
        try:
            await channel.send("once")
        except CancelledError:
            reported.append("cancelled")
            raise

    async def receive():
        return await channel.receive()

    async with TaskGroup() as group:
        async with TaskGroup() as doomed:
            doomed.spawn(send)
            group.spawn(receive)
            await sleep(0)
            doomed.cancel()
        if reported:
            await channel.send("once")
        return await channel.receive(), channel.try_receive(), bool(reported)


def test_ch_23_no_schedule_stores_a_value_whose_sender_was_told_that_it_was_cancelled():
    outcomes = explored(a_cancel_races_with_a_send)
    assert {cancelled for _, _, cancelled in outcomes} == {True, False}
    assert all(left is None for _, left, _ in outcomes)


def test_ch_25_freeing_room_in_one_step_releases_every_parked_sender(go):
    async def main():
        channel = Channel(2)
        for number in range(2):
            await channel.send(number)
        async with TaskGroup() as group:
            for number in range(2, 6):
                group.spawn(channel.send, number)
                await parked(channel._senders, number - 1)
            taken = []
            while (got := channel.try_receive()) is not None:
                taken.append(got[0])
            assert not channel._senders
        return taken

    assert go(main) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("capacity", [0, 2])
def test_ch_25_a_burst_of_values_in_one_step_releases_every_parked_receiver(go, capacity):
    async def main():
        channel = Channel(capacity)
        got = []

        async def receive():
            got.append(await channel.receive())

        async with TaskGroup() as group:
            for _ in range(4):
                group.spawn(receive)
            await parked(channel._receivers, 4)
            assert [channel.try_send(number) for number in range(4)] == [True] * 4
            assert (len(channel._receivers), len(channel)) == (0, 0)
        return sorted(got)

    assert go(main) == [0, 1, 2, 3]


async def bursts(capacity, seed):
    """Send and take in bursts of random sizes; every operation must end."""
    sizes = random.Random(seed)
    channel = Channel(capacity)
    left = 60

    async def send(count):
        for number in range(count):
            await channel.send(number)

    async def receive(count):
        for _ in range(count):
            await channel.receive()

    async with TaskGroup() as group:
        while left:
            count = min(left, sizes.randint(1, 8))
            left -= count
            for form in sizes.sample([send, receive], 2):
                group.spawn(form, count)
            await sleep(0)
    return len(channel), len(channel._senders), len(channel._receivers)


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_ch_25_no_schedule_of_bursts_leaves_a_task_parked_beside_room_or_values(capacity):
    assert set(explored(bursts, capacity, 7)) == {(0, 0, 0)}


@pytest.mark.parametrize("operation", ["receive", "send", "select"])
def test_ch_26_a_dead_context_refuses_before_a_ready_channel(go, operation):
    async def main():
        channel = Channel(2)
        await channel.send(1)
        forms = {
            "receive": channel.receive,
            "send": lambda: channel.send(2),
            "select": lambda: select(receiving(channel)),
        }
        for _ in range(20):  # a choice by chance would show
            with pytest.raises(CancelledError), Context.current().with_cancel() as context:
                context.cancel()
                await forms[operation]()
        return len(channel)

    assert go(main) == 1


# CH-27: Ctrl-C


@pytest.fixture
def python_takes_sigint():
    """A shell that starts us in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c():
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


async def conserve(channel):
    """Return what two consumers get from two producers."""
    got = []

    async def produce():
        for number in range(100):
            await channel.send(number)

    async def consume():
        for _ in range(100):
            got.append(await channel.receive())

    async with TaskGroup() as group:
        for _ in range(2):
            group.spawn(produce)
            group.spawn(consume)
    return sorted(got)


@pytest.mark.usefixtures("python_takes_sigint")
@pytest.mark.parametrize("operation", ["receive", "send", "select"])
def test_ch_27_ctrl_c_unlinks_who_is_parked_and_the_channel_can_be_used_again(go, runtime, operation):
    channel, other = Channel(), Channel()
    queue = channel._senders if operation == "send" else channel._receivers
    forms = {
        "receive": channel.receive,
        "send": lambda: channel.send("withdrawn"),
        "select": lambda: select(receiving(channel), receiving(other)),
    }
    ended = []

    async def wait():
        try:
            await forms[operation]()
        except CancelledError as error:
            ended.append(error)
            raise

    async def main():
        async with TaskGroup() as group:
            group.spawn(wait)
            group.spawn(wait)
            await parked(queue, 2)
            press_ctrl_c()
            await sleep(1000)  # ended by the interrupt; an armed timer, so that waiting for it is no deadlock

    outcome = launch(main, runtime=runtime)
    assert isinstance(outcome.error, KeyboardInterrupt)
    assert outcome.leaked == ()
    assert len(ended) == 2
    assert [len(q) for c in (channel, other) for q in (c._receivers, c._senders)] == [0, 0, 0, 0]
    assert go(conserve, channel) == sorted(list(range(100)) * 2)


@pytest.mark.usefixtures("python_takes_sigint")
def test_ch_27_ctrl_c_that_comes_with_a_value_neither_loses_nor_doubles_it(go, runtime):
    channel = Channel(1)
    got = []

    async def receive():
        got.append(await channel.receive())

    async def main():
        async with TaskGroup() as group:
            group.spawn(receive)
            await parked(channel._receivers, 1)
            assert channel.try_send("handed over")
            press_ctrl_c()
            await sleep(1000)

    outcome = launch(main, runtime=runtime)
    assert isinstance(outcome.error, KeyboardInterrupt)
    assert outcome.leaked == ()
    assert got == ["handed over"]
    assert len(channel) == 0
    assert go(conserve, channel) == sorted(list(range(100)) * 2)


# CH-28: threads outside


@in_one_process
def test_ch_28_values_sent_from_a_call_arrive_all_and_in_order(go):
    async def main():
        channel = Channel(100)
        got = []

        async def receive():
            async for value in channel:
                got.append(value)

        def outside():
            for number in range(100):
                assert from_call(channel.try_send, number)
            from_call(channel.close)

        async with TaskGroup() as group:
            group.spawn(receive)
            await parked(channel._receivers, 1)
            await call(outside)
        return got

    assert go(main) == list(range(100))


@in_one_process
def test_ch_28_values_taken_by_a_call_release_parked_senders_in_order(go):
    async def main():
        channel = Channel(1)

        def outside():
            return [from_call(channel.try_receive) for _ in range(4)]

        async with TaskGroup() as group:
            for number in range(3):
                group.spawn(channel.send, number)
                while len(channel) + len(channel._senders) <= number:
                    await sleep(0)
            return await call(outside)

    assert go(main) == [(0, True), (1, True), (2, True), None]


@in_one_process
def test_ch_28_closing_on_either_side_reaches_the_other(go):
    async def main():
        theirs, ours = Channel(), Channel(1)
        async with TaskGroup() as group:
            waiting = [group.spawn(theirs.receive_ok) for _ in range(2)]
            await parked(theirs._receivers, 2)
            await call(lambda: from_call(theirs.close))
            assert not theirs._receivers
            assert not any(task.waiting for task in waiting)
        ours.close()
        with pytest.raises(ChannelClosedError):
            await call(lambda: from_call(ours.try_send, "too late"))
        return await call(lambda: from_call(ours.try_receive))

    assert go(main) == (None, False)


def test_ch_28_a_parked_coroutine_is_woken_from_a_thread_without_polling():
    async def main():
        channel = Channel()
        loop = asyncio.get_running_loop()
        look, blocked = loop._selector.select, threading.Event()

        def look_and_tell(timeout=None):
            if timeout is None:  # the loop goes to sleep without an end: nobody polls
                blocked.set()
            return look(timeout)

        def outside():
            blocked.wait()
            return from_call(
                lambda: (len(channel._receivers), len(loop._scheduled), channel.try_send("value"))
            )

        loop._selector.select = look_and_tell
        async with TaskGroup() as group:
            group.spawn(channel.receive)
            await parked(channel._receivers, 1)
            return await call(outside)

    assert run(main, runtime="asyncio") == (1, 0, True)


def test_ch_28_a_thread_without_a_runtime_is_refused_and_told_what_to_use(go):
    async def main():
        channel = Channel(1)
        await channel.send("kept")
        refused = []

        def outside():
            for operation in (channel.try_receive, channel.close, lambda: channel.try_send(1)):
                with pytest.raises(RuntimeError, match=r"without a runtime.*use from_call") as caught:
                    operation()
                refused.append(caught.value)

        thread = threading.Thread(target=outside)
        thread.start()
        thread.join()
        assert len(refused) == 3
        return await channel.receive(), channel.closed

    assert go(main) == ("kept", False)


@in_one_process
def test_ch_28_a_call_that_touches_a_channel_is_refused_and_leaves_it_usable(go):
    async def main():
        for channel in (fresh := Channel(1), used := Channel(1)):
            if channel is used:
                await channel.send("kept")
            with pytest.raises(RuntimeError, match=r"inside a call|a call on"):
                await call(channel.try_receive)
        await fresh.send("first")
        return await fresh.receive(), await used.receive()

    assert go(main) == ("first", "kept")
