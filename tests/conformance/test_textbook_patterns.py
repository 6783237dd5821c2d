"""Textbook pools, merges and generators that panic, hang or leak, each beside ours; T1 and so on."""

from __future__ import annotations

import itertools
from contextlib import suppress

import pytest

from patterns import (
    Channel,
    ChannelClosedError,
    DeadlockError,
    PoolClosedError,
    TaskGroup,
    WaitGroup,
    WorkerPool,
    fan_in,
    pipeline,
    receiving,
    select,
    sleep,
    traps,
)
from patterns.launch import launch
from patterns.runtimes import asyncio, threads

from seams import explored, parked, turns_beside


class BrokenError(Exception):
    pass


async def double(job):
    await sleep(0)
    return 2 * job


def left_by(runtime, main, *args):
    """Return how many tasks an untroubled run leaves behind."""
    outcome = launch(main, *args, runtime=runtime)
    assert outcome.error is None
    return len(outcome.leaked)


# T1: submit sends on a channel that stop closes


class TextbookPool:
    """The textbook's managed pool: stop closes the jobs and waits for the workers."""

    def __init__(self, work, workers):
        self.jobs = Channel(1)
        self.results = Channel(100)
        self._work = work
        self._workers = workers
        self._running = WaitGroup()
        self._closed = False

    async def __aenter__(self):
        for _ in range(self._workers):
            self._running.go(self._worker)
        return self

    async def __aexit__(self, *error):
        if not self.jobs.closed:
            self.jobs.close()
        await self._running.wait()

    async def submit(self, job_id, data):
        if self._closed:
            raise PoolClosedError
        await sleep(0)  # the flag is read without the lock: anybody may run here
        await self.jobs.send((job_id, data))

    async def stop(self):
        self._closed = True
        self.jobs.close()
        await self._running.wait()

    async def _worker(self):
        async for job_id, data in self.jobs:
            await self.results.send((job_id, await self._work(data)))


async def submit_against_stop(make):
    """Six submits meet a stop; return how many were refused."""
    refused = []

    async def submit(job):
        try:
            await pool.submit(job, job)
        except PoolClosedError:
            refused.append(job)

    async with make(double, 1) as pool, TaskGroup() as group:
        for job in range(6):
            group.spawn(submit, job)
        await sleep(0)
        group.spawn(pool.stop)
    return len(refused)


async def stop_twice(make):
    async with make(double, 1) as pool:
        await pool.submit(1, 1)
        await pool.stop()
        await pool.stop()


def test_t1_a_submit_that_meets_the_stop_panics_in_the_textbook():
    runs = [launch(submit_against_stop, TextbookPool, runtime="simulator", seed=seed) for seed in range(100)]
    panics = [run.error for run in runs if run.error is not None]
    assert panics
    assert {type(error) for group in panics for error in group.exceptions} == {ChannelClosedError}


def test_t1_a_submit_that_meets_our_stop_is_accepted_or_refused(go):
    go(submit_against_stop, WorkerPool)
    refused = explored(submit_against_stop, WorkerPool)
    assert max(refused) > 0


def test_t1_a_submit_that_is_parked_at_the_stop_panics_in_the_textbook_and_is_refused_by_ours(go):
    async def main(make, jobs_of, error):
        gate = Channel()

        async def work(job):
            await gate.receive_ok()

        async def submit():
            with pytest.raises(error):
                await pool.submit("parked", None)
            gate.close()

        async with make(work, 1) as pool, TaskGroup() as group:
            jobs = jobs_of(pool)
            for job in range(1 + jobs.capacity):
                await pool.submit(job, job)
            await parked(gate._receivers, 1)
            group.spawn(submit)
            await parked(jobs._senders, 1)
            await pool.stop()

    go(main, TextbookPool, lambda pool: pool.jobs, ChannelClosedError)
    go(main, WorkerPool, lambda pool: pool._jobs, PoolClosedError)


def test_t1_a_second_stop_panics_in_the_textbook_and_not_in_ours(go):
    with pytest.raises(ChannelClosedError, match="close of a closed channel"):
        go(stop_twice, TextbookPool)
    go(stop_twice, WorkerPool)


# T4: the end of a job is not noted when it raises


async def textbook_without_finally(jobs, work):
    """Workers take jobs, and note each when it is done: a failing one takes its worker with it."""
    waiting, pending, done = Channel(len(jobs)), WaitGroup(), []

    async def worker():
        async for job in waiting:
            done.append(await work(job))
            pending.done()

    async def guarded():
        with suppress(BrokenError):  # as Python: the thread dies, and nobody hears of it
            await worker()

    async with TaskGroup() as group:
        for job in jobs:
            pending.add()
            await waiting.send(job)
        waiting.close()
        group.spawn(guarded)
        await pending.wait()
    return done


async def our_managed_pool(jobs, work):
    async with WorkerPool(work, workers=1) as pool, TaskGroup() as group:

        async def submit_all():
            for job in jobs:
                await pool.submit(job, job)
            await pool.stop()

        group.spawn(submit_all)
        return [result.value async for result in pool.results]


async def fail_at_two(job):
    if job == 2:
        raise BrokenError
    return job


@pytest.mark.parametrize("way", [textbook_without_finally, our_managed_pool])
def test_t4_both_do_jobs_that_go_well(go, way):
    assert go(way, [1, 3], fail_at_two) == [1, 3]


def test_t4_a_failing_job_takes_the_textbooks_worker_with_it_and_the_wait_hangs(go):
    with pytest.raises(DeadlockError, match="main waits for wait"):
        go(textbook_without_finally, [1, 2, 3], fail_at_two)


def test_t4_a_failing_job_costs_ours_nothing(go):
    assert go(our_managed_pool, [1, 2, 3], fail_at_two) == [1, None, 3]


# T5: a select between cancel and jobs that takes no notice of ok


async def textbook_select_loop(rounds):
    """Return what one worker takes for jobs in so many rounds, of three that were sent before the close."""
    jobs, cancel, seen = Channel(3), Channel(), []

    async def worker():
        for _ in range(rounds):  # for ever, says the textbook
            got = await select(receiving(cancel), receiving(jobs))
            if got.index == 0:
                return
            seen.append(got.value)

    async with TaskGroup() as group:
        for job in range(1, 4):
            await jobs.send(job)
        jobs.close()
        group.spawn(worker)
    return seen


async def cancel_with_jobs_queued(rounds=20):
    """Cancel a textbook worker with jobs in its queue; return how many of them it did."""
    jobs, cancel, seen = Channel(rounds), Channel(), []
    for job in range(rounds):
        jobs.try_send(job)
    cancel.close()
    while (await select(receiving(cancel), receiving(jobs))).index == 1:
        seen.append("job")
    return len(seen)


async def cancel_ours_with_jobs_queued():
    gate, begun = Channel(), []

    async def work(job):
        begun.append(job)
        await gate.receive()

    async with WorkerPool(work, workers=1) as pool:
        for job in range(3):
            await pool.submit(job, job)
        await parked(gate._receivers, 1)
        dropped = pool.cancel()
    return begun, dropped, [result.job_id async for result in pool.results]


async def do_three_jobs(work):
    async with WorkerPool(work, workers=1) as pool:
        for job in range(1, 4):
            await pool.submit(job, job)
        await pool.stop()


def test_t5_a_closed_channel_of_jobs_gives_the_textbook_endless_jobs_of_nothing(go):
    assert go(textbook_select_loop, 100) == [1, 2, 3] + [None] * 97


def test_t5_ours_does_the_jobs_that_there_are_and_ends(go):
    seen = []

    async def work(job):
        seen.append(job)

    go(do_three_jobs, work)
    assert seen == [1, 2, 3]


def test_t5_a_cancel_lets_a_coin_decide_over_the_textbooks_queue():
    assert len(set(explored(cancel_with_jobs_queued))) > 2


def test_t5_a_cancel_of_ours_begins_no_job_and_names_those_that_it_drops(go):
    assert go(cancel_ours_with_jobs_queued) == ([0], (1, 2), [0])
    assert set(map(str, explored(cancel_ours_with_jobs_queued))) == {"([0], (1, 2), [0])"}


# T7: a merge without done


async def textbook_merge(*inputs):
    """A forwarder per input, and one task that closes the output after all of them."""
    merged, forwarders = Channel(), WaitGroup()

    async def forward(channel):
        async for value in channel:
            await merged.send(value)

    async def close():
        await forwarders.wait()
        merged.close()

    for channel in inputs:
        forwarders.go(forward, channel)
    WaitGroup().go(close)
    return merged


async def take_one_from_the_textbook(inputs):
    return await (await textbook_merge(*inputs)).receive()


async def take_one_from_ours(inputs):
    async with fan_in(*inputs) as merged:
        return await merged.receive()


async def stop_reading(take):
    """Merge two inputs that are done and one that stays silent; read one value and leave."""
    inputs = [Channel(3) for _ in range(3)]
    for channel in inputs[:2]:
        for value in range(3):
            channel.try_send(value)
        channel.close()
    return await take(inputs)


def test_t7_a_reader_that_stops_leaves_the_textbooks_forwarders_and_closer_parked(runtime):
    assert left_by(runtime, stop_reading, take_one_from_the_textbook) == 3 + 1


def test_t7_a_reader_that_stops_leaves_nothing_of_ours(go):
    assert go(stop_reading, take_one_from_ours) == 0


# T8: each forwarder closes the output


async def merge_where_each_closes(*inputs):
    merged = Channel()

    async def forward(channel):
        async for value in channel:
            await merged.send(value)
        merged.close()

    async with TaskGroup() as group:
        for channel in inputs:
            group.spawn(forward, channel)
        return [value async for value in merged]


async def merge_of_ours(*inputs):
    async with fan_in(*inputs) as merged:
        return [value async for value in merged]


async def merge_two(merge):
    inputs = [Channel(2), Channel(2)]
    for channel in inputs:
        channel.try_send("first")
        channel.try_send("second")
        channel.close()
    return sorted(await merge(*inputs))


def test_t8_forwarders_that_close_panic_or_lose_the_tail(go):
    with pytest.raises(ExceptionGroup) as caught:
        go(merge_two, merge_where_each_closes)
    assert {type(error) for error in caught.value.exceptions} == {ChannelClosedError}


def test_t8_ours_closes_once_after_all(go):
    assert go(merge_two, merge_of_ours) == ["first", "first", "second", "second"]
    assert all(len(values) == 4 for values in explored(merge_two, merge_of_ours))


# T10: a generator in a task, and a consumer that breaks


async def textbook_generator():
    numbers = Channel()

    async def generate():
        for number in itertools.count():
            await numbers.send(number)

    WaitGroup().go(generate)
    async for number in numbers:
        if number == 5:
            break
    return number


async def our_generator():
    async with pipeline(itertools.count()) as numbers:
        async for number in numbers:
            if number == 5:
                break
    return number


def test_t10_a_break_leaves_the_textbooks_generator_parked(runtime):
    assert left_by(runtime, textbook_generator) == 1


def test_t10_a_break_ends_ours(go):
    assert go(our_generator) == 5


# T37: a server loop without an end, and an unbuffered reply


async def textbook_server(requests, log):
    """Keep a state, and answer every request on its unbuffered channel."""
    state = 0
    async for reply in requests:
        state += 1
        await reply.send(state)
        log.append(state)


async def our_server(requests, log):
    """The same under a context, with room in every reply."""
    state = 0
    async for reply in requests:
        state += 1
        assert reply.try_send(state)
        log.append(state)


async def ask_and_give_up(server, room):
    """One asker gives up before it is answered, a second one asks; return what the second one gets."""
    requests, log = Channel(), []
    async with TaskGroup() as group:
        group.spawn(server, requests, log)
        await requests.send(Channel(room))  # and nobody will receive from it
        reply = Channel(room)
        await requests.send(reply)
        answer = await reply.receive()
        group.cancel()
    return answer


async def serve_and_forget(server):
    requests = Channel()
    for _ in range(11):
        WaitGroup().go(server, requests, [])
    reply = Channel(1)
    await requests.send(reply)
    return await reply.receive()


def test_t37_an_asker_that_gives_up_parks_the_textbooks_server_for_ever(go):
    with pytest.raises(DeadlockError, match="textbook_server waits for send"):
        go(ask_and_give_up, textbook_server, 0)


def test_t37_a_reply_with_room_frees_the_server(go):
    assert go(ask_and_give_up, our_server, 1) == 2


def test_t37_servers_that_nobody_ends_are_left_by_the_textbook(runtime):
    assert left_by(runtime, serve_and_forget, textbook_server) == 11


def test_t37_servers_in_a_group_end_with_it(go):
    async def main():
        requests, reply = Channel(), Channel(1)
        async with TaskGroup() as group:
            for _ in range(11):
                group.spawn(our_server, requests, [])
            await requests.send(reply)
            answer = await reply.receive()
            group.cancel()
        return answer, len(traps.running().driver.live) - 1

    assert go(main) == (1, 0)


# T39: operations that are ready never suspend


class ReadyQueue:
    """The textbook's: a send and a receive that could wait, and do not."""

    def __init__(self):
        self._values = []

    async def send(self, value):
        self._values.append(value)

    async def receive(self):
        return self._values.pop()


async def use(channel):
    for number in range(10_000):
        await channel.send(number)
        await channel.receive()


async def collect_without_suspending():
    async with pipeline(range(10_000), double_at_once) as output:
        async for _ in output:
            pass


async def double_at_once(number):
    return 2 * number


def test_t39_ready_operations_of_the_textbook_starve_everybody(go):
    assert go(turns_beside, lambda: use(ReadyQueue())) == 0


def test_t39_ready_operations_of_ours_let_others_run(go, runtime):
    in_a_row = {"asyncio": asyncio.OPERATIONS, "threads": threads.OPERATIONS}.get(runtime, traps.BUDGET)
    assert go(turns_beside, lambda: use(Channel(1))) >= 2 * 10_000 // in_a_row - 1
    assert go(turns_beside, collect_without_suspending) > 10
