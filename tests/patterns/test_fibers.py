"""The fibers runtime where it differs from the others: its clock, its calls, what it does not need."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from patterns import Channel, TaskGroup, call, from_call, now, race_timeout, run, sleep
from patterns.errors import DeadlineExceededError
from patterns.launch import launch
from patterns.runtimes._real_clock import RealClock


def test_it_needs_no_asyncio():
    program = (
        "import sys, patterns\n"
        "async def main(): await patterns.sleep(0.001); return await patterns.call(int, '7')\n"
        "print(patterns.run(main, runtime='fibers'), 'asyncio' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "7 False\n"


def test_calls_run_beside_the_tasks_and_each_other():
    barrier = threading.Barrier(3, timeout=10)

    async def main():
        async with TaskGroup() as group:
            for _ in range(2):
                group.spawn(call, barrier.wait)
            await call(barrier.wait)

    run(main, runtime="fibers")


def test_tasks_go_on_while_a_call_blocks():
    gate = threading.Event()

    async def main():
        channel = Channel()

        async def opener():
            for number in range(1_000):
                await channel.send(number)
            gate.set()

        async def reader():
            async for _ in channel:
                pass

        async with TaskGroup() as group:
            group.spawn(reader)
            group.spawn(opener)
            assert await call(gate.wait, 10)
            channel.close()

    run(main, runtime="fibers")


@pytest.mark.parametrize("runtime", ["fibers", "processes"])
def test_a_call_comes_back_while_tasks_are_never_idle(runtime):
    async def main():
        results = []

        async def spin():
            while not results:
                await sleep(0)

        async with TaskGroup() as group:
            group.spawn(spin)
            results.append(await call(int, "7"))
        return results

    assert run(main, runtime=runtime) == [7]


def test_a_call_wakes_tasks_through_from_call_while_all_are_parked():
    async def main():
        channel = Channel(1)
        async with TaskGroup() as group:
            group.spawn(call, lambda: from_call(channel.try_send, "from a thread"))
            return await channel.receive()

    assert run(main, runtime="fibers") == "from a thread"


def test_an_abandoned_call_that_asks_for_something_after_the_end_is_told_that_the_run_is_over():
    gate, told = threading.Event(), threading.Event()
    errors = []

    def late(channel):
        gate.wait(10)
        try:
            from_call(channel.try_send, 1)
        except RuntimeError as error:
            errors.append(str(error))
        told.set()

    async def main():
        with pytest.raises(DeadlineExceededError):
            await race_timeout(late, Channel(1), seconds=0.001)

    outcome = launch(main, runtime="fibers")
    gate.set()
    assert told.wait(10)
    assert outcome.abandoned_calls == 1
    assert errors == ["the run is over"]


def test_two_runs_in_two_threads_have_a_clock_and_threads_each():
    results = []

    async def main():
        began = now()
        await sleep(0.001)
        return await call(threading.get_ident), now() > began

    threads = [threading.Thread(target=lambda: results.append(run(main, runtime="fibers"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [later for _, later in results] == [True, True]


def test_what_was_posted_and_not_called_is_called_when_the_clock_is_closed():
    clock = RealClock()
    called = []
    clock.post(lambda: called.append("posted"))
    clock.close()
    assert called == ["posted"]
    with pytest.raises(RuntimeError, match="the run is over"):
        clock.post(lambda: called.append("late"))
    assert called == ["posted"]


def test_many_posts_are_all_called_in_their_order():
    clock = RealClock()
    called = []
    for number in range(70_000):  # more than a pipe holds bytes
        clock.post(lambda number=number: called.append(number))
    clock.wait_until(None)
    clock.close()
    assert called == list(range(70_000))


def test_signals_that_nobody_waits_for_do_not_fill_the_clock():
    clock = RealClock()
    try:
        for _ in range(70_000):  # more bytes than a pipe holds
            clock.wake()
        clock.wait_until(None)
    finally:
        clock.close()
