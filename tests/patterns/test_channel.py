"""Channels behave as the Go specification has them; ids are rows of the conformance list."""

from __future__ import annotations

import pytest

from patterns import CancelledError, Channel, ChannelClosedError, Context, DeadlockError, TaskGroup, sleep

from seams import in_one_process, parked


def test_ch_01_try_forms_take_the_default_and_disturb_nobody(go):
    async def main():
        for capacity in range(4):
            channel = Channel(capacity)
            assert channel.try_receive() is None
            for number in range(capacity):
                assert channel.try_send(number)
            assert not channel.try_send("too much")
            assert len(channel) == capacity

    go(main)


def test_ch_02_a_try_send_on_an_unbuffered_channel_needs_a_parked_receiver(go):
    async def main():
        channel = Channel()
        assert not channel.try_send("lost?")
        async with TaskGroup() as group:
            receiver = group.spawn(channel.receive)
            await parked(channel._receivers, 1)
            assert receiver.waiting
            assert channel.try_send("found")
            assert not channel.try_send("again")

    go(main)


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


@pytest.mark.parametrize("capacity", [0, 1, 2, 7, 200])
def test_ch_04_one_producer_and_one_consumer_see_first_in_first_out(go, capacity):
    async def main():
        channel = Channel(capacity)

        async def produce():
            for number in range(100):
                await channel.send(number)
            channel.close()

        async with TaskGroup() as group:
            group.spawn(produce)
            return [value async for value in channel]

    assert go(main) == list(range(100))


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
            group.spawn(receive)
            await parked(channel._receivers, 1)
            assert channel.try_send("mine")
            assert channel.try_receive() is None
        return got

    assert go(main) == ["mine"]


@pytest.mark.parametrize("capacity", range(4))
def test_ch_08_after_close_the_buffer_drains_and_then_every_receive_says_so(go, capacity):
    async def main():
        for filled in range(capacity + 1):
            channel = Channel(capacity)
            for number in range(filled):
                await channel.send(number)
            channel.close()
            for number in range(filled):
                assert await channel.receive_ok() == (number, True)
            for _ in range(3):
                assert await channel.receive_ok() == (None, False)
                assert channel.try_receive() == (None, False)
                with pytest.raises(ChannelClosedError):
                    await channel.receive()

    go(main)


def test_ch_09_close_wakes_every_parked_receiver_once(go):
    async def main():
        channel = Channel()
        got = []

        async def receive():
            got.append(await channel.receive_ok())

        async with TaskGroup() as group:
            for _ in range(3):
                group.spawn(receive)
            await parked(channel._receivers, 3)
            channel.close()
        assert len(channel._receivers) == 0
        return got

    assert go(main) == [(None, False)] * 3


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
        assert await channel.receive_ok() == ("a", True)
        assert await channel.receive_ok() == (None, False)
        return sorted(failed)

    assert go(main) == ["b", "c"]


def test_ch_11_a_send_on_a_closed_channel_raises_even_with_room(go):
    async def main():
        channel = Channel(2)
        await channel.send("kept")
        channel.close()
        with pytest.raises(ChannelClosedError):
            await channel.send("dropped")
        with pytest.raises(ChannelClosedError):
            channel.try_send("dropped")
        assert [value async for value in channel] == ["kept"]

    go(main)


def test_ch_12_closing_twice_raises(go):
    async def main():
        channel = Channel()
        channel.close()
        with pytest.raises(ChannelClosedError):
            channel.close()

    go(main)


def test_ch_14_leaving_a_loop_leaves_the_rest_in_the_channel(go):
    async def main():
        channel = Channel(3)
        for number in range(3):
            await channel.send(number)
        async for _ in channel:
            break
        return len(channel)

    assert go(main) == 2


@pytest.mark.parametrize(
    ("capacity", "error"), [(-1, ValueError), (1.5, TypeError), ("2", TypeError), (True, TypeError)]
)
def test_ch_15_a_bad_capacity_is_refused(capacity, error):
    with pytest.raises(error, match="capacity: found"):
        Channel(capacity)


@pytest.mark.parametrize("capacity", [0, 1, 10])
def test_ch_16_nothing_is_lost_or_doubled_between_many_tasks(go, capacity):
    async def main():
        channel = Channel(capacity)
        got = []

        async def produce():
            for number in range(100):
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
        return got

    got = go(main)
    assert sorted(got) == sorted(list(range(100)) * 4)


def test_ch_18_a_view_has_one_side_only():
    channel = Channel()
    receiver, sender = channel.receiver, channel.sender
    for name in ("send", "try_send", "close", "sender"):
        assert not hasattr(receiver, name)
    for name in ("receive", "receive_ok", "try_receive", "__aiter__", "receiver"):
        assert not hasattr(sender, name)
    assert receiver
    assert sender
    assert (receiver.capacity, sender.capacity, len(receiver), len(sender)) == (0, 0, 0, 0)


@pytest.mark.parametrize("capacity", [0, 1])
@pytest.mark.parametrize("value", [None, 0, "", False])
def test_ch_19_falsy_values_are_ordinary_ones(go, capacity, value):
    async def main():
        channel = Channel(capacity)
        async with TaskGroup() as group:
            group.spawn(channel.sender.send, value)
            return await channel.receiver.receive_ok()

    assert go(main) == (value, True)


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
            return [await channel.receive() for _ in range(3)]

    assert go(main) == ["a", "b", "c"]


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


def test_ch_26_a_dead_context_refuses_before_a_ready_channel(go):
    async def main():
        channel = Channel(1)
        await channel.send(1)
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            context.cancel()
            await channel.receive()
        return len(channel)

    assert go(main) == 1


def test_a_buffered_send_that_has_room_does_not_suspend(go):
    async def main():
        channel = Channel(100)
        log = []

        async def other():
            log.append("ran")

        async with TaskGroup() as group:
            group.spawn(other)
            for number in range(100):
                await channel.send(number)
            return list(log)

    assert go(main) == []


def test_a_channel_in_use_on_one_runtime_is_refused_on_another():
    import asyncio

    from patterns import run

    channel = Channel(1)

    async def inner():
        await channel.send(1)

    async def main():
        await channel.send(0)
        await asyncio.to_thread(outer)

    def outer():
        from patterns import traps

        traps.current.set(None)
        run(inner, runtime="simulator")

    with pytest.raises(RuntimeError, match="in use on asyncio and cannot be used on simulator"):
        run(main)


def test_a_channel_may_be_used_by_one_run_after_another(go):
    channel = Channel(2)

    async def main():
        await channel.send(1)
        return await channel.receive()

    assert go(main) == 1
    assert go(main) == 1


@in_one_process
def test_a_channel_inside_a_call_is_refused(go):
    channel = Channel(1)

    async def main():
        from patterns import call

        await channel.send(1)
        await call(channel.try_receive)

    with pytest.raises(RuntimeError, match="a call on"):
        go(main)


def test_a_receive_that_nobody_can_end_is_a_deadlock_that_is_named(go):
    async def main():
        channel = Channel()
        async with TaskGroup() as group:
            group.spawn(channel.receive, name="lonely")
            await channel.receive()

    with pytest.raises(DeadlockError) as caught:
        go(main)
    text = str(caught.value)
    assert "main waits for receive on <Channel 0/0 made at test_channel.py:" in text
    assert "lonely waits for receive on" in text
    assert "made at test_channel.py:" in text


def test_a_deadlock_behind_a_shield_reaches_the_tasks_that_cause_it(go):
    async def stuck():
        with Context.current().without_cancel():
            await Channel().receive()

    async def nested():
        async with TaskGroup() as group:
            group.spawn(stuck)
            group.spawn(stuck)

    async def main():
        async with TaskGroup() as group:
            group.spawn(nested)
            group.spawn(stuck)

    with pytest.raises(DeadlockError, match="nested waits for join"):
        go(main)


def test_a_wait_for_a_timer_is_no_deadlock(go):
    async def main():
        channel = Channel()

        async def later():
            await sleep(0.01)
            await channel.send("in time")

        async with TaskGroup() as group:
            group.spawn(later)
            return await channel.receive()

    assert go(main) == "in time"
