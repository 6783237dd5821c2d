"""Fan-out and fan-in against the Go blog and the public suites: the rows FA-xx of the conformance list."""

from __future__ import annotations

import itertools

import pytest

from patterns import (
    Channel,
    Context,
    TaskGroup,
    WaitGroup,
    fan_in,
    fan_out,
    now,
    sleep,
    traps,
    worker_pool,
)
from patterns.launch import launch

from seams import explored, parked


async def pass_on(item):
    return item


async def send_all(channel, values):
    for value in values:
        await channel.send(value)
    channel.close()


def others_alive():
    """Return how many tasks live beside the one that asks."""
    return len(traps.running().driver.live) - 1


# FA-01: every item once, every input in its order


async def fan_out_and_note_who(items, workers):
    """Return which channel each value came from."""
    came = {}

    async def read(number, channel):
        async for value in channel:
            assert value not in came
            came[value] = number

    async with fan_out(range(items), pass_on, workers=workers) as channels, TaskGroup() as group:
        for number, channel in enumerate(channels):
            group.spawn(read, number, channel)
    return came


@pytest.mark.parametrize("workers", [1, 3, 10])
def test_fa_01_every_item_is_handled_by_exactly_one_worker(go, workers):
    assert sorted(go(fan_out_and_note_who, 50, workers)) == list(range(50))


def test_fa_01_under_every_schedule_too():
    for came in explored(fan_out_and_note_who, 10, 3, seeds=100):
        assert sorted(came) == list(range(10))


async def merge_three():
    inputs = [Channel(capacity) for capacity in (0, 1, 3)]
    async with TaskGroup() as group, fan_in(*inputs) as merged:
        for name, channel in zip("abc", inputs, strict=True):
            group.spawn(send_all, channel, [(name, number) for number in range(10)])
        return [value async for value in merged]


def of(name, values):
    return [number for owner, number in values if owner == name]


def test_fa_01_a_merge_keeps_the_order_of_every_input(go):
    values = go(merge_three)
    assert len(values) == 30
    assert all(of(name, values) == list(range(10)) for name in "abc")


def test_fa_01_a_merge_keeps_it_under_every_schedule_and_promises_none_across_inputs():
    merges = explored(merge_three)
    for values in merges:
        assert all(of(name, values) == list(range(10)) for name in "abc")
    assert len({tuple(values) for values in merges}) > 1


def test_fa_01_no_inputs_give_an_output_that_is_closed_at_once(go):
    async def main():
        async with fan_in() as merged:
            return await merged.receive_ok()

    assert go(main) == (None, False)


def test_fa_01_no_items_close_every_workers_channel_at_once(go):
    async def main():
        async with fan_out([], pass_on, workers=3) as channels, fan_in(*channels) as merged:
            return len(channels), await merged.receive_ok()

    assert go(main) == (3, (None, False))


# FA-02: the output closes once, after the last value


async def merge_of_two_by_two(preempt):
    """Two inputs of two values; `preempt` runs between a last send and the close."""
    inputs = [Channel(), Channel()]

    async def produce(channel, values):
        for value in values:
            await channel.send(value)
        await preempt()
        channel.close()

    async with TaskGroup() as group, fan_in(*inputs) as merged:
        for number, channel in enumerate(inputs):
            group.spawn(produce, channel, [2 * number, 2 * number + 1])
        values = [value async for value in merged]
        assert [channel.closed for channel in inputs] == [True, True]
        assert await merged.receive_ok() == (None, False)
    return sorted(values)


async def not_at_all():
    pass


async def for_a_turn():
    await sleep(0)


@pytest.mark.parametrize("preempt", [not_at_all, for_a_turn])
def test_fa_02_a_merge_ends_after_every_value_and_every_close(go, preempt):
    assert go(merge_of_two_by_two, preempt) == [0, 1, 2, 3]


@pytest.mark.parametrize("preempt", [not_at_all, for_a_turn])
def test_fa_02_no_schedule_sends_on_the_closed_output_or_ends_it_early(preempt):
    assert all(values == [0, 1, 2, 3] for values in explored(merge_of_two_by_two, preempt))


def test_fa_02_an_input_closed_while_its_last_value_waits_for_a_reader_loses_nothing(go):
    async def main():
        slow, quick = Channel(1), Channel(1)
        async with fan_in(slow, quick) as merged:
            await slow.send("last of the slow one")
            slow.close()
            quick.close()
            assert not merged.closed
            return [value async for value in merged]

    assert go(main) == ["last of the slow one"]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_fa_02_a_pools_output_ends_after_the_last_workers_last_result(go, workers):
    async def slow(job):
        for _ in range(job % 3):
            await sleep(0)
        return job

    async def main():
        async with worker_pool(range(20), slow, workers=workers) as results:
            return sorted([value async for value in results])

    assert go(main) == list(range(20))


# FA-03: the consumer leaves early


async def leave_after_three():
    """One input without end, one that is silent; return what is left of the merge after three values."""
    busy, silent = Channel(), Channel()

    async def produce():
        for number in itertools.count():
            await busy.send(number)

    async with TaskGroup() as group:
        group.spawn(produce)
        async with fan_in(busy, silent) as merged:
            taken = [await merged.receive() for _ in range(3)]
        left = (len(silent._receivers), len(busy._receivers), len(merged._channel._senders))
        group.cancel()
    return taken, left, others_alive()


def test_fa_03_forwarders_end_even_those_on_an_input_that_never_delivers(go):
    assert go(leave_after_three) == ([0, 1, 2], (0, 0, 0), 0)


def test_fa_03_under_every_schedule_too():
    for outcome in explored(leave_after_three):
        assert outcome == ([0, 1, 2], (0, 0, 0), 0)


def test_fa_03_readers_of_the_merge_outside_its_block_are_told(go):
    async def main():
        silent, got = Channel(), []

        async def read(merged):
            got.append(await merged.receive_ok())

        async with TaskGroup() as group, fan_in(silent) as merged:
            group.spawn(read, merged)
            await parked(merged._channel._receivers, 1)
        return got

    assert go(main) == [(None, False)]


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_fa_03_workers_that_nobody_reads_from_end_too(go, taken):
    async def main():
        async with fan_out(itertools.count(), pass_on, workers=3) as channels:
            for number in range(taken):
                await channels[number % 2].receive()
            for channel in channels:
                await parked(channel._channel._senders, 1)
        return others_alive(), sum(len(channel._channel._senders) for channel in channels)

    assert go(main) == (0, 0)


def test_fa_03_a_cancel_ends_both_layers(go):
    async def main():
        silent, context = Channel(), Context.current().with_cancel()

        async def consume():
            with context:
                async with fan_out(silent, pass_on) as channels, fan_in(*channels) as merged:
                    await merged.receive()

        async with TaskGroup() as group:
            group.spawn(consume)
            await parked(silent._receivers, 4)
            context.cancel()
        return others_alive(), len(silent._receivers)

    assert go(main) == (0, 0)


# FA-05: several producers, one output


async def producers_of_one_output(count):
    """Each producer has a channel of its own and closes it; return what came, and when the merge ended."""
    handles = [Channel() for _ in range(count)]
    closed = []

    async def produce(number, handle):
        for value in range(number):
            await handle.send((number, value))
        handle.close()
        closed.append(number)

    async with TaskGroup() as group, fan_in(*handles) as merged:
        for number, handle in enumerate(handles):
            group.spawn(produce, number, handle)
        values = [value async for value in merged]
    assert sorted(closed) == list(range(count))
    return sorted(values)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_fa_05_the_output_ends_when_the_last_producer_has_closed_its_own_channel(go, count):
    expected = [(number, value) for number in range(count) for value in range(number)]
    assert go(producers_of_one_output, count) == expected
    assert all(values == expected for values in explored(producers_of_one_output, count, seeds=50))


def test_fa_05_closing_one_producers_channel_disturbs_no_other(go):
    async def main():
        first, second = Channel(), Channel()
        async with TaskGroup() as group, fan_in(first, second) as merged:
            group.spawn(second.send, "parked when the first one closes")
            await parked(second._senders, 0)
            first.close()
            value = await merged.receive()
            assert not merged.closed
            group.spawn(second.send, "and later")
            later = await merged.receive()
            second.close()
            return value, later, await merged.receive_ok()

    assert go(main) == ("parked when the first one closes", "and later", (None, False))


def test_fa_05_producers_that_share_a_channel_are_counted_and_it_is_closed_once(go):
    async def main():
        shared, producers = Channel(), WaitGroup()

        async def produce(number):
            for value in range(number):
                await shared.send((number, value))

        async def close_after_the_last():
            await producers.wait()
            shared.close()

        for number in range(4):
            producers.go(produce, number)
        async with TaskGroup() as group:
            group.spawn(close_after_the_last)
            return sorted([value async for value in shared])

    assert go(main) == [(number, value) for number in range(4) for value in range(number)]


# FA-07: all waiting workers get work


async def ten_items_for_five():
    """Return who of five parked consumers had an item."""
    jobs, took = Channel(), []

    async def consume(number):
        async for job in jobs:
            took.append((number, job))

    async with TaskGroup() as group:
        for number in range(5):
            group.spawn(consume, number)
        await parked(jobs._receivers, 5)
        for job in range(5):
            assert jobs.try_send(job)  # straight into the hands of one that waits
        for job in range(5, 10):
            await jobs.send(job)
        jobs.close()
    assert sorted(job for _, job in took) == list(range(10))
    return sorted({number for number, _ in took})


def test_fa_07_every_parked_consumer_gets_an_item(go):
    assert go(ten_items_for_five) == [0, 1, 2, 3, 4]


def test_fa_07_under_every_schedule_too():
    assert all(took == [0, 1, 2, 3, 4] for took in explored(ten_items_for_five, seeds=100))


def test_fa_07_every_worker_of_a_fan_out_gets_an_item(go):
    async def main():
        jobs, came = Channel(), []

        async with fan_out(jobs, pass_on, workers=5) as channels:
            await parked(jobs._receivers, 5)
            for job in range(5):
                assert jobs.try_send(job)
            jobs.close()
            for channel in channels:
                came.append([value async for value in channel])
        return came

    came = go(main)
    assert [len(values) for values in came] == [1] * 5
    assert sorted(value for (value,) in came) == [0, 1, 2, 3, 4]


def test_fa_07_every_worker_of_a_pool_gets_a_job(go):
    async def main():
        jobs, gate, at_work = Channel(), Channel(), []

        async def work(job):
            at_work.append(job)
            await gate.receive_ok()
            return job

        async with worker_pool(jobs, work, workers=5) as results:
            await parked(jobs._receivers, 5)
            for job in range(5):
                assert jobs.try_send(job)
            await parked(gate._receivers, 5)
            jobs.close()
            gate.close()
            return sorted(at_work), sorted([value async for value in results])

    assert go(main) == ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])


# FA-09: the first answer wins


async def first_answer(ask, replicas):
    """Ask all replicas at once; return the first answer, with the others ended."""
    async with worker_pool(range(replicas), ask, workers=replicas) as answers:
        return await answers.receive(), answers


def test_fa_09_the_first_answer_wins_and_the_others_end_without_being_received():
    late = []

    async def ask(replica):
        await sleep(replica + 1.0)
        late.append(replica)
        return replica

    async def main():
        answer, answers = await first_answer(ask, 3)
        asked_until = now()
        alive = others_alive()
        await sleep(5)
        return answer, asked_until, alive, answers.try_receive()

    outcome = launch(main, runtime="simulator")
    assert (outcome.error, outcome.leaked) == (None, ())
    assert outcome.value == (0, 1.0, 0, (None, False))
    assert late == [0]


@pytest.mark.parametrize("first", [0, 1, 2])
def test_fa_09_whichever_is_first_no_other_answer_is_delivered(go, first):
    async def main():
        gates = [Channel() for _ in range(3)]
        ended = []

        async def ask(replica):
            try:
                return await gates[replica].receive()
            finally:
                ended.append(replica)

        async def answer_first():
            for gate in gates:
                await parked(gate._receivers, 1)
            await gates[first].send(f"answer of {first}")

        async with TaskGroup() as group:
            group.spawn(answer_first)
            answer, answers = await first_answer(ask, 3)
        assert others_alive() == 0
        assert not any(gate._receivers for gate in gates)
        return answer, sorted(ended), answers.try_receive()

    assert go(main) == (f"answer of {first}", [0, 1, 2], (None, False))


def test_fa_09_two_answers_at_one_instant_are_one_answer_under_every_schedule():
    async def ask(replica):
        await sleep(1 if replica < 2 else 3)
        return replica

    async def main():
        answer, _ = await first_answer(ask, 3)
        assert others_alive() == 0
        return answer, now()

    assert set(explored(main)) == {(0, 1.0), (1, 1.0)}


def test_fa_09_losers_that_are_left_to_answer_find_room_for_it(go):
    async def main():
        answers = Channel(3)

        async def replica(number):
            await answers.send(number)

        async with TaskGroup() as group:
            for number in range(3):
                group.spawn(replica, number)
            first = await answers.receive()
        return first in range(3), len(answers)

    assert go(main) == (True, 2)
