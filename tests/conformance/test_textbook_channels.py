"""Textbook uses of channels that hang, lose or panic, each beside ours; T6 and so on count the defects."""

from __future__ import annotations

import asyncio
import queue
from collections import deque
from contextlib import suppress

import pytest

from patterns import (
    Channel,
    ChannelClosedError,
    Context,
    DeadlockError,
    TaskGroup,
    fan_in,
    receiving,
    select,
    sending,
    sleep,
    try_select,
    worker_pool,
)
from patterns.launch import launch

from seams import explored, parked


class BrokenJobError(Exception):
    pass


async def double(job):
    if job is None:
        raise BrokenJobError
    return 2 * job


# T6: as many results as jobs, and buffers as long as the list


async def textbook_pool(jobs, buffer):
    """Send every job before any result is read, then read one result per job."""
    waiting, results = Channel(buffer), Channel(buffer)

    async def work():
        async for job in waiting:
            with suppress(BrokenJobError):  # logged, says the textbook
                await results.send(await double(job))

    async with TaskGroup() as group:
        for _ in range(3):
            group.spawn(work)
        for job in jobs:
            await waiting.send(job)
        waiting.close()
        return sorted([await results.receive() for _ in jobs])


async def our_pool(jobs):
    async with worker_pool(jobs, double, workers=3) as results:
        return sorted([result async for result in results])


def test_t6_the_textbook_pool_works_with_the_textbooks_buffers(go):
    assert go(textbook_pool, range(10), 10) == list(range(0, 20, 2))


def test_t6_the_textbook_pool_hangs_with_buffers_shorter_than_the_list(go):
    with pytest.raises(DeadlockError):
        go(textbook_pool, range(10), 2)


def test_t6_the_textbook_pool_waits_for_ever_for_the_result_of_a_failed_job(go):
    with pytest.raises(DeadlockError):
        go(textbook_pool, [1, None, 3], 3)


def test_t6_our_pool_takes_any_list_and_reports_a_failed_job(go):
    assert go(our_pool, range(10)) == list(range(0, 20, 2))
    with pytest.raises(BrokenJobError):
        go(our_pool, [1, None, 3])


# T9: a closed input kept in the loop


async def merge_for(rounds, *, drop_closed):
    """Merge an input that ends early and one that stays open; return what came out."""
    short, long = Channel(1), Channel(1)
    await short.send("last of the short one")
    short.close()
    inputs = [short, long]
    merged = []

    async def merge():
        for _ in range(rounds):
            got = await select(*map(receiving, inputs))
            if drop_closed and not got.ok:
                inputs[got.index] = None
            else:
                merged.append(got.value)

    async with TaskGroup() as group:
        group.spawn(merge)
        if drop_closed:
            await parked(long._receivers, 1)  # no busy loop: it waits for the open one alone
        await long.send("of the long one")
    return sorted(map(str, merged))


def test_t9_the_textbook_merge_gives_endless_zero_values_from_a_closed_input(go):
    merged = go(lambda: merge_for(100, drop_closed=False))
    assert merged.count("None") == 98


def test_t9_a_case_without_a_channel_takes_the_closed_input_out(go):
    merged = go(lambda: merge_for(3, drop_closed=True))
    assert merged == ["last of the short one", "of the long one"]


def test_t9_fan_in_ends_when_every_input_has(go):
    async def main():
        inputs = [Channel(2) for _ in range(3)]
        for number, channel in enumerate(inputs):
            for _ in range(number):
                await channel.send(number)
            channel.close()
        async with fan_in(*inputs) as merged:
            return sorted([value async for value in merged])

    assert go(main) == [1, 2, 2]


# T11: one value to stop many


async def stop_three(stop):
    """Return how many of three workers ended after `stop(done)`."""
    done = Channel()
    ended = []

    async def work():
        await done.receive_ok()
        ended.append("one")

    async with TaskGroup() as group:
        for _ in range(3):
            group.spawn(work)
        await parked(done._receivers, 3)
        await stop(done)
    return len(ended)


def test_t11_one_done_value_stops_one_of_three(go):
    with pytest.raises(DeadlockError) as caught:
        go(stop_three, lambda done: done.send(True))
    assert sum(line.startswith("work waits for") for line in caught.value.tasks) == 2


def test_t11_a_done_value_for_a_task_that_has_gone_parks_its_sender(go):
    async def main():
        await Channel().send(True)

    with pytest.raises(DeadlockError, match="main waits for send"):
        go(main)


def test_t11_a_close_stops_all(go):
    async def stop(done):
        done.close()

    assert go(stop_three, stop) == 3


def test_t11_a_context_stops_all_even_those_that_have_gone(go):
    async def main():
        async with TaskGroup() as group:
            for _ in range(3):
                group.spawn(select)
            group.cancel()
            group.cancel()

    go(main)


# T12: look for the cancel, then send


async def produce_for_two(produce):
    """Take two values from a producer, tell it to stop, and leave."""
    done, output = Channel(), Channel()
    async with TaskGroup() as group:
        group.spawn(produce, done, output)
        taken = [await output.receive() for _ in range(2)]
        await parked(output._senders, 1)  # the third is on its way
        done.close()
    return taken


async def look_and_send(done, output):
    number = 0
    while try_select(receiving(done)) is None:
        await output.send(number)
        number += 1


async def send_unless_done(done, output):
    number = 0
    while (await select(receiving(done), sending(output, number))).index == 1:
        number += 1


def test_t12_a_producer_cancelled_between_the_look_and_the_send_is_parked_for_ever(go):
    with pytest.raises(DeadlockError, match="look_and_send waits for send"):
        go(produce_for_two, look_and_send)


def test_t12_one_select_over_both_ends(go):
    assert go(produce_for_two, send_unless_done) == [0, 1]


def test_t12_a_plain_send_is_ended_by_its_context(go):
    async def main():
        output = Channel()
        async with TaskGroup() as group:
            group.spawn(look_and_send, Channel(), output)
            taken = [await output.receive() for _ in range(2)]
            await parked(output._senders, 1)
            group.cancel()
        return taken

    assert go(main) == [0, 1]


# T32: look whether it is closed, then close


async def close_by_two(between):
    """Two tasks close the same channel unless it is closed; `between` is what happens after the look."""
    stop = Channel()

    async def close():
        if try_select(receiving(stop)) is None:
            await between()
            stop.close()

    async with TaskGroup() as group:
        group.spawn(close)
        group.spawn(close)
    return stop.closed


async def another_task_runs():
    """In Go it may at any instruction."""
    await sleep(0)


async def nobody_runs():
    """Here, between two suspensions, nobody else does."""


def test_t32_a_switch_between_the_look_and_the_close_closes_twice():
    runs = [launch(close_by_two, another_task_runs, runtime="simulator", seed=seed) for seed in range(50)]
    failures = [run.error for run in runs if run.error is not None]
    assert 0 < len(failures) < 50
    assert {type(error) for group in failures for error in group.exceptions} == {ChannelClosedError}


def test_t32_look_and_close_in_one_step_close_once(go):
    assert go(close_by_two, nobody_runs)
    assert all(explored(close_by_two, nobody_runs))


def test_t32_a_context_may_be_cancelled_by_many(go):
    async def main():
        context = Context.current().with_cancel()

        async def stop():
            await sleep(0)
            context.cancel()

        async with TaskGroup() as group:
            for _ in range(3):
                group.spawn(stop)
        return context.done.closed

    assert go(main)


# T33: look whether there is room, then send


async def two_share_one_place(offer):
    """Two tasks have seen the room for one value before either sends; return what each reports."""
    channel = Channel(1)
    looked = 0
    reports = []

    async def send(value):
        nonlocal looked
        if len(channel) < channel.capacity:
            looked += 1
            while looked < 2:
                await sleep(0)
            reports.append(await offer(channel, value))

    async with TaskGroup() as group:
        group.spawn(send, "a")
        group.spawn(send, "b")
    return sorted(reports)


async def send_as_there_was_room(channel, value):
    await channel.send(value)


async def send_if_there_is_room(channel, value):
    return channel.try_send(value)


def test_t33_the_room_is_gone_by_the_time_of_the_send(go):
    with pytest.raises(DeadlockError, match="send waits for send"):
        go(two_share_one_place, send_as_there_was_room)


def test_t33_a_try_send_looks_and_sends_in_one_step(go):
    assert go(two_share_one_place, send_if_there_is_room) == [False, True]


# T34: the receiver closes the channel of the data


async def stop_two_producers(stop, produce):
    """Take one value, then `stop(data, done)`; return how the producers ended."""
    data, done = Channel(), Channel()
    endings = []

    async def run_producer():
        try:
            await produce(data, done)
            endings.append("ended")
        except ChannelClosedError:
            endings.append("panicked")

    async with TaskGroup() as group:
        group.spawn(run_producer)
        group.spawn(run_producer)
        await data.receive()
        await parked(data._senders, 2)
        stop(data, done)
    return endings


async def produce_for_ever(data, done):
    while True:
        await data.send("value")


async def produce_until_done(data, done):
    await send_unless_done(done, data)


def test_t34_a_receiver_that_closes_the_data_makes_its_producers_panic(go):
    assert go(stop_two_producers, lambda data, done: data.close(), produce_for_ever) == ["panicked"] * 2


def test_t34_a_signal_of_its_own_ends_them(go):
    assert go(stop_two_producers, lambda data, done: done.close(), produce_until_done) == ["ended"] * 2


# T38: a hand-off through a bare future


class FutureHandOff:
    """The textbook queue of futures, without a clean-up."""

    def __init__(self):
        self._receivers = deque()
        self._values = deque()

    async def receive(self):
        if self._values:
            return self._values.popleft()
        future = asyncio.get_running_loop().create_future()
        self._receivers.append(future)
        return await future

    def try_send(self, value):
        if self._receivers:
            self._receivers.popleft().set_result(value)
        else:
            self._values.append(value)


async def cancel_together_with_a_value(channel):
    """Return what the cancelled receiver and then anybody else gets."""
    got = []

    async def receive():
        got.append(await channel.receive())

    task = asyncio.create_task(receive())
    await parked(channel._receivers, 1)
    channel.try_send(1)
    channel.try_send(2)
    task.cancel()
    await asyncio.wait([task])
    for _ in range(2 - len(got)):
        with suppress(TimeoutError):
            async with asyncio.timeout(0):
                got.append(await channel.receive())
    return got


def test_t38_a_bare_future_loses_the_value_that_comes_with_a_cancel():
    assert asyncio.run(cancel_together_with_a_value(FutureHandOff())) == [2]


def test_t38_our_channel_keeps_it():
    assert asyncio.run(cancel_together_with_a_value(Channel(2))) == [1, 2]


# T40: a queue of one as an unbuffered channel, and a value that says closed


def test_t40_a_queue_of_one_takes_a_value_with_nobody_there_and_ours_does_not():
    textbook, ours = queue.Queue(maxsize=1), Channel()
    textbook.put_nowait("sent?")
    assert textbook.get_nowait() == "sent?"
    assert not ours.try_send("sent?")
    assert ours.try_receive() is None


def test_t40_a_sentinel_reaches_one_of_three_receivers_and_a_close_all():
    textbook, ours = queue.Queue(maxsize=1), Channel()
    textbook.put_nowait(None)
    ours.close()
    assert textbook.get_nowait() is None
    for _ in range(2):
        with pytest.raises(queue.Empty):
            textbook.get_nowait()
    assert [ours.try_receive() for _ in range(3)] == [(None, False)] * 3


def test_t40_a_sentinel_cannot_be_told_from_a_sent_none_and_a_close_can():
    textbook, ours = queue.Queue(maxsize=2), Channel(1)
    for _ in ("a value", "the end"):
        textbook.put_nowait(None)
    assert ours.try_send(None)
    ours.close()
    assert textbook.get_nowait() is textbook.get_nowait()
    assert [ours.try_receive() for _ in range(2)] == [(None, True), (None, False)]


def test_t40_a_send_to_a_queue_of_one_returns_before_its_receive_and_ours_after(go):
    async def main():
        log = []
        ours = Channel()

        async def send():
            await ours.send("ours")
            log.append("sent")

        async with TaskGroup() as group:
            group.spawn(send)
            await parked(ours._senders, 1)
            log.append(await ours.receive())
        return log

    textbook, log = queue.Queue(maxsize=1), []
    textbook.put_nowait("textbook")
    log.append("sent")
    log.append(textbook.get_nowait())
    assert log == ["sent", "textbook"]
    assert go(main) == ["ours", "sent"]
