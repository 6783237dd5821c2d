"""The asyncio driver beside what else goes on in its loop: outside cancels, foreign wakers, several loops."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import signal
import subprocess
import sys

import pytest

from patterns import Channel, Context, DeadlockError, Semaphore, TaskGroup, after, run, sleep
from patterns.runtimes import asyncio as runtime

from seams import parked


def test_a_value_that_comes_after_an_outside_cancel_in_the_same_step_is_not_lost():
    async def main():
        channel = Channel()
        task = asyncio.create_task(channel.receive())
        await parked(channel._receivers, 1)
        task.cancel()
        sent = channel.try_send("value")
        received = (await asyncio.gather(task, return_exceptions=True))[0]
        return sent, received

    sent, received = asyncio.run(main())
    assert not (sent and isinstance(received, asyncio.CancelledError))


def test_a_permit_that_comes_after_an_outside_cancel_in_the_same_step_is_not_leaked():
    async def main():
        semaphore = Semaphore(1)
        await semaphore.acquire()

        async def holder():
            async with semaphore:
                pass

        task = asyncio.create_task(holder())
        await parked(semaphore._waiters, 1)
        task.cancel()
        semaphore.release()
        await asyncio.gather(task, return_exceptions=True)
        return semaphore.try_acquire()

    assert asyncio.run(main())


def test_an_outside_cancel_and_a_cancel_of_the_context_leave_nothing_behind():
    async def main():
        channel, context, got = Channel(), Context.current().with_cancel(), []

        async def listen():
            with context:
                await channel.receive()

        async def after_that():
            try:
                await listen()
            except BaseException:  # noqa: BLE001 - either of the two
                task.uncancel()
            got.append(await channel.receive())

        task = asyncio.create_task(after_that())
        await parked(channel._receivers, 1)
        task.cancel()
        context.cancel()
        await channel.send("value")
        await task
        return got

    assert run(main) == ["value"]


def test_a_sleeper_that_is_cancelled_when_it_is_due_does_not_keep_the_others_asleep():
    async def main():
        async def impatient():
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await sleep(0.0100001)
                    await sleep(10)

        async with TaskGroup() as group:
            for _ in range(20):
                group.spawn(impatient)
                group.spawn(sleep, 0.0100002)

    run(main)


@pytest.mark.parametrize("waker", ["reader", "signal", "executor"])
def test_what_something_foreign_may_still_end_is_no_deadlock(waker):
    async def main():
        loop, channel = asyncio.get_running_loop(), Channel(1)
        if waker == "reader":
            read, write = os.pipe()
            loop.add_reader(read, channel.try_send, "woken")
            os.write(write, b"!")
        elif waker == "signal":
            loop.add_signal_handler(signal.SIGUSR1, channel.try_send, "woken")
            os.kill(os.getpid(), signal.SIGUSR1)
        else:
            done = loop.run_in_executor(None, int)
            done.add_done_callback(lambda _: channel.try_send("woken"))
        value = await channel.receive()
        if waker == "reader":
            loop.remove_reader(read)
            os.close(read)
            os.close(write)
        return value

    assert run(main) == "woken"


def test_a_deadlock_is_reported_though_a_long_sleep_was_cancelled():
    async def main():
        async with TaskGroup() as group:
            group.spawn(sleep, 1e6)
            await sleep(0)
            group.cancel()
        await Channel().receive()

    with pytest.raises(DeadlockError):
        run(main)


def test_a_shutdown_that_cancels_every_task_of_the_loop_ends_the_run_with_the_mains_result():
    async def main():
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
        return "done"

    assert run(main) == "done"


def test_a_coroutine_from_another_thread_shares_the_runs_objects():
    async def main():
        channel, loop = Channel(1), asyncio.get_running_loop()
        sent = asyncio.run_coroutine_threadsafe(channel.send("value"), loop)
        value = await channel.receive()
        await asyncio.wrap_future(sent)
        return value

    assert run(main) == "value"


def test_loops_that_are_closed_are_forgotten():
    async def touch():
        await Channel(1).send(1)

    for _ in range(5):
        asyncio.run(touch())
    assert sum(not loop.is_closed() for loop in runtime._drivers) == 0
    assert len(runtime._drivers) <= 2


@pytest.mark.parametrize("error", [None, ValueError("from main")])
def test_the_loop_of_a_run_is_forgotten_with_the_run(error):
    async def touch():
        await Channel(1).send(1)
        if error is not None:
            raise error

    before = set(runtime._drivers)
    for _ in range(5):
        with contextlib.suppress(ValueError):
            run(touch, runtime="asyncio")
    assert set(runtime._drivers) == before


def test_a_task_of_asyncio_that_outlives_main_is_still_of_the_run():
    received, tasks = [], []

    async def straggler(channel):
        try:
            await asyncio.sleep(3_600)
        finally:
            await channel.send("last words")
            received.append(await channel.receive())

    async def main():
        channel = Channel(1)
        await channel.send("bound to this run")
        await channel.receive()
        tasks.append(asyncio.create_task(straggler(channel), context=contextvars.Context()))
        await sleep(0)

    before = set(runtime._drivers)
    run(main, runtime="asyncio")
    assert received == ["last words"]
    assert set(runtime._drivers) == before


@pytest.mark.parametrize("where", ["spawned into it", "entered", "left a shield"])
def test_a_dead_context_ends_a_foreign_wait_that_begins_afterwards(where):
    async def forever():
        await asyncio.sleep(3_600)

    async def main():
        dead = Context.current().with_cancel()
        dead.cancel()
        if where == "spawned into it":
            async with TaskGroup() as group:
                group.cancel()
                group.spawn(forever)
        elif where == "entered":
            with dead:
                await forever()
        else:
            with dead:
                with dead.without_cancel():
                    await sleep(0)
                await forever()

    with pytest.raises(BaseException, match="context cancelled") if where != "spawned into it" else nothing():
        run(main)


class nothing:  # noqa: N801 - reads as a word
    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return False


PROGRAM = """\
import sys
from patterns import Context, run, sleep

def fail():
    raise ValueError("on purpose")

async def main():
    context = Context.current().with_cancel()
    context.after_func(fail)
    context.cancel()
    await sleep(0.01)
    return "over"

print(run(main, runtime=sys.argv[1]))
"""


@pytest.mark.parametrize("name", ["asyncio", "threads", "simulator"])
def test_an_error_that_nobody_waits_for_is_reported_by_the_interpreters_own_hook(name):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, name], capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, "over\n")
    assert done.stderr.rstrip().endswith("ValueError: on purpose")


def test_a_timer_beside_a_cancelled_wait_still_fires():
    async def main():
        timer = after(0.01)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await Channel().receive()
        return await timer.receive()

    assert run(main) > 0
