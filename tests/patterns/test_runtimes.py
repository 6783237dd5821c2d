"""The drivers: sleeping, calling, foreign awaitables, interrupts, the number of traps."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    DeadlockError,
    TaskGroup,
    after,
    call,
    now,
    race_timeout,
    run,
    runtimes,
    simulated_cost,
    sleep,
    traps,
    worker_pool,
)
from patterns.launch import launch
from patterns.traps import BUDGET

from seams import in_one_process

name_of = contextvars.ContextVar("name_of", default="nobody")


class BrokenError(Exception):
    pass


def test_the_waist_has_eight_traps():
    names = ["spawn", "park", "unpark", "sleep", "now", "cancel", "call", "alarm"]
    assert [trap.__name__ for trap in traps.TRAPS] == names


def test_run_returns_the_result_and_raises_the_error(runtime):
    async def give(value):
        return value

    async def fail():
        raise BrokenError

    assert run(give, 5, runtime=runtime) == 5
    with pytest.raises(BrokenError):
        run(fail, runtime=runtime)


def test_an_unknown_runtime_is_refused():
    with pytest.raises(ValueError, match="runtime: found 'nope', allowed asyncio"):
        run(sleep, 0, runtime="nope")
    assert "found 'nope'" in runtimes.unavailable("nope")


def test_an_operation_outside_a_runtime_says_how_to_start_one():
    with pytest.raises(RuntimeError, match=r"start one with patterns\.run"):
        now()


def test_run_inside_a_task_is_refused(go):
    async def main():
        run(sleep, 0)

    with pytest.raises(RuntimeError, match="run inside a task"):
        go(main)


def test_a_sleep_lasts_at_least_as_long_as_asked(go):
    async def main():
        spans = []
        for seconds in (0.0001, 0.001, 0.003):
            began = now()
            await sleep(seconds)
            spans.append((now() - began) / seconds)
        return min(spans)

    assert go(main) >= 0.999999


@pytest.mark.parametrize("seconds", [0, -1, 0.0])
def test_a_sleep_of_nothing_lets_others_run_once(go, seconds):
    async def main():
        log = []

        async def other():
            log.append("ran")

        async with TaskGroup() as group:
            group.spawn(other)
            for _ in range(3):
                await sleep(seconds)
            return list(log)

    assert go(main) == ["ran"]


def test_a_sleep_of_nan_is_refused(go):
    with pytest.raises(ValueError, match="seconds: found nan"):
        go(sleep, float("nan"))


def test_the_simulator_passes_a_year_at_once_and_adds_without_rounding():
    async def main():
        for _ in range(10):
            await sleep(0.1)
        await sleep(365 * 86400)
        return now()

    assert run(main, runtime="simulator") == 365 * 86400 + 1.0


@in_one_process
def test_call_returns_the_value_and_raises_the_error(go):
    def fail():
        raise BrokenError("in a call")

    async def main():
        with pytest.raises(BrokenError, match="in a call"):
            await call(fail)
        return await call(int, "7")

    assert go(main) == 7


@in_one_process
def test_calls_run_beside_each_other(go, runtime):
    meet = threading.Barrier(5 if runtime != "simulator" else 1, timeout=10)

    async def main():
        async with TaskGroup() as group:
            for _ in range(5):
                group.spawn(meet.wait)

    go(main)


@in_one_process
def test_a_call_carries_contextvars_and_the_context(go):
    async def main():
        name_of.set("main")
        with Context.current().with_value("key", 5):
            return await call(lambda: (name_of.get(), Context.current().value("key")))

    assert go(main) == ("main", 5)


def test_each_task_has_contextvars_of_its_own(go):
    async def child():
        seen = name_of.get()
        name_of.set("child")
        return seen

    async def main():
        name_of.set("main")
        async with TaskGroup() as group:
            group.spawn(child)
        return name_of.get()

    assert go(main) == "main"


@in_one_process
def test_a_cancelled_caller_waits_for_its_call_and_runs_on_cancel(go, runtime):
    if runtime == "simulator":
        pytest.skip("a call on the simulator is over before anything can cancel it")
    stop = threading.Event()

    async def main():
        log = []

        async def caller():
            try:
                log.append(await call(lambda: stop.wait(30), on_cancel=stop.set))
                await sleep(0)
            except CancelledError:
                log.append("cancelled")

        async with TaskGroup() as group:
            group.spawn(caller)
            await sleep(0.01)
            group.cancel()
        return log

    assert go(main) == [True, "cancelled"]


@in_one_process
def test_an_abandoned_call_is_left_at_once_and_counted(runtime):
    if runtime == "simulator":
        pytest.skip("a call on the simulator is over before anything can cancel it")
    stop = threading.Event()

    async def main():
        log = []

        async def caller():
            try:
                await call(stop.wait, 30, abandon=True)
            except CancelledError:
                log.append("left")

        async with TaskGroup() as group:
            group.spawn(caller)
            await sleep(0.01)
            group.cancel()
        return log

    outcome = launch(main, runtime=runtime)
    stop.set()
    assert (outcome.value, outcome.abandoned_calls, outcome.leaked) == (["left"], 1, ())


@in_one_process
def test_a_deadline_reaches_a_task_whose_call_runs(runtime):
    if runtime == "simulator":
        pytest.skip("a call on the simulator is over before anything can cancel it")
    stop = threading.Event()

    async def main():
        with Context.current().with_timeout(0.01):
            await call(stop.wait, 30, abandon=True)

    outcome = launch(main, runtime=runtime)
    stop.set()
    assert isinstance(outcome.error, TimeoutError)


def test_a_simulated_call_takes_the_time_that_it_says():
    @simulated_cost(2.5)
    def work(job):
        return job

    async def main():
        async with worker_pool(range(4), work, workers=2) as results:
            values = [value async for value in results]
        return sorted(values), now()

    assert run(main, runtime="simulator") == ([0, 1, 2, 3], 5.0)


@pytest.mark.parametrize("other", ["threads", "simulator"])
def test_a_foreign_awaitable_is_named_with_the_runtime_that_can_await_it(other):
    async def main():
        await asyncio.sleep(0)

    with pytest.raises(TypeError, match=rf"cannot be awaited on {other}.*the asyncio runtime can"):
        run(main, runtime=other)


def test_asyncio_awaits_what_is_asyncios():
    async def main():
        async with asyncio.timeout(5):
            await asyncio.sleep(0.001)
        return await asyncio.get_running_loop().run_in_executor(None, int, "3")

    assert run(main) == 3


def test_asyncios_own_timeout_ends_a_wait_of_ours_and_leaves_no_waiter():
    async def main():
        channel = Channel()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.005):
                await channel.receive()
        return len(channel._receivers)

    assert run(main) == 0


def test_a_dead_context_ends_a_wait_for_something_foreign():
    async def main():
        with pytest.raises(TimeoutError), Context.current().with_timeout(0.005):
            await asyncio.sleep(1000)
        task = asyncio.current_task()
        return task.cancelling()

    assert run(main) == 0


def test_a_cancelled_group_ends_children_that_wait_for_something_foreign():
    async def main():
        async with TaskGroup() as group:
            group.spawn(asyncio.sleep, 1000)
            await sleep(0.001)
            group.cancel()
        return "quiet"

    assert run(main) == "quiet"


def test_an_outside_cancel_is_honoured_and_the_children_joined():
    ended = []

    async def child():
        try:
            await sleep(1000)
        finally:
            ended.append(True)

    async def work():
        async with TaskGroup() as group:
            group.spawn(child)
            await sleep(1000)

    async def main():
        task = asyncio.get_running_loop().create_task(work())
        await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return task.cancelled()

    assert asyncio.run(main()) is True
    assert ended == [True]


def test_the_library_works_in_a_loop_that_is_not_ours():
    async def double(job):
        await asyncio.sleep(0.001)
        return job * 2

    async def main():
        async with worker_pool(range(10), double, workers=3) as results:
            return sorted([value async for value in results])

    assert asyncio.run(main()) == [2 * job for job in range(10)]


def test_a_native_cancel_that_comes_with_a_value_loses_nothing():
    async def main():
        channel = Channel(2)
        task = asyncio.create_task(channel.receive())
        await asyncio.sleep(0)
        assert channel.try_send(1)
        assert channel.try_send(2)
        task.cancel()
        first = await task
        return [first, (await channel.receive())]

    assert asyncio.run(main()) == [1, 2]


def test_asyncio_tasks_made_inside_ours_have_waits_of_their_own():
    async def main():
        channel = Channel()
        one, two = asyncio.create_task(channel.receive()), asyncio.create_task(channel.receive())
        await sleep(0.001)
        await channel.send(1)
        await channel.send(2)
        return sorted([await one, await two])

    assert run(main) == [1, 2]


def test_two_runs_may_live_in_two_threads(runtime):
    async def main():
        async with worker_pool(range(20), sleep_a_little, workers=4) as results:
            return len([value async for value in results])

    async def sleep_a_little(job):
        await sleep(0.001)
        return job

    counts = []
    threads = [threading.Thread(target=lambda: counts.append(run(main, runtime=runtime))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [20, 20, 20]


def test_every_thread_of_a_run_has_gone_when_it_is_over(runtime):
    def count():
        return (
            len(list(Path("/proc/self/task").iterdir()))
            if sys.platform == "linux"
            else threading.active_count()
        )

    async def main():
        async with TaskGroup() as group:
            for _ in range(20):
                group.spawn(sleep, 0.001)
                group.spawn(time.sleep, 0.001)

    run(main, runtime=runtime)
    before = count()
    run(main, runtime=runtime)
    for _ in range(1000):
        if count() <= before:
            break
        os.sched_yield()
    else:
        time.sleep(0.2)
    assert count() <= before


PROGRAM = """
import sys, time
from patterns import run, TaskGroup, sleep, Channel, call
async def child():
    try:
        await {wait}
    finally:
        print("cleaned", flush=True)
async def main():
    async with TaskGroup() as group:
        for _ in range(3):
            group.spawn(child)
        await sleep(0.05)
        print("ready", flush=True)
        await sleep(1000)
try:
    run(main, runtime=sys.argv[1])
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize(
    "wait",
    ["sleep(1000)", "Channel().receive()", "call(time.sleep, 20, abandon=True)", "call(time.sleep, 20)"],
)
@pytest.mark.parametrize("name", ["asyncio", "threads"])
def test_ctrl_c_cancels_joins_and_leaves_as_keyboard_interrupt(name, wait):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROGRAM.format(wait=wait), name],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=15)
    assert out.split() == ["cleaned", "cleaned", "cleaned", "interrupted"]
    assert process.returncode == 0


@pytest.mark.parametrize("hash_seed", ["0", "1", "12345"])
def test_a_trace_depends_on_the_seed_alone(hash_seed):
    program = (
        "from patterns import catalogue; from patterns.launch import launch;"
        "d = catalogue.load('fan-out-fan-in').demo;"
        "print(launch(d.main, d.choose(jobs=50), runtime='simulator', seed=3).trace.hash)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "4ec241e621d10f22"


def test_generators_that_are_left_open_are_closed_in_the_order_in_which_they_were_begun():
    async def main():
        for number in range(100):
            generator = numbered(number)
            await anext(generator)
            left.append((generator, [bytearray(number % 7 * 30) for _ in range(number % 5)]))

    async def numbered(number):
        try:
            yield number
        finally:
            closed.append(number)

    orders = []
    for _ in range(2):
        left, closed = [], []
        outcome = launch(main, runtime="simulator", seed=3)
        orders.append((closed, outcome.trace.hash))
    assert orders[0] == orders[1]
    assert sorted(closed) == list(range(100))


@pytest.mark.parametrize("count", [10_000])
def test_cancelling_many_parked_tasks_reaches_all(runtime, count):
    count = 500 if runtime == "threads" else count

    async def main():
        channel = Channel()
        async with TaskGroup() as group:
            for _ in range(count):
                group.spawn(channel.receive)
            while len(channel._receivers) < count:
                await sleep(0)
            group.cancel()
        return len(channel._receivers)

    assert launch(main, runtime=runtime).value == 0


@pytest.mark.parametrize("allowed", [0, 1, 2, 5, 19])
def test_a_machine_that_allows_no_more_threads_fails_the_task_and_ends_the_run(monkeypatch, allowed):
    from patterns.runtimes import threads

    started = []
    start = threads._thread.start_new_thread

    def limited(function, arguments):
        if len(started) == allowed:
            raise RuntimeError("can't start new thread")
        started.append(function)
        return start(function, arguments)

    monkeypatch.setattr(threads._thread, "start_new_thread", limited)

    async def main():
        async with worker_pool(range(100), sleep, workers=20) as results:
            return [result async for result in results]

    outcome = launch(main, runtime="threads")
    assert isinstance(outcome.error, RuntimeError)
    assert str(outcome.error).startswith("no thread for another task: ")
    assert outcome.leaked == ()


@pytest.mark.leaks("the run breaks")
def test_a_thread_that_breaks_ends_the_run_with_its_error(monkeypatch):
    from patterns.runtimes import threads

    def break_down(driver, seat, generators):
        seat.task.handle[2].close()
        raise MemoryError("none left")

    monkeypatch.setattr(threads.ThreadsDriver, "_take_turns", break_down)
    with pytest.raises(MemoryError, match="none left"):
        launch(sleep, 0.01, runtime="threads")


@pytest.mark.parametrize("operation", ["receive", "send"])
def test_a_context_that_dies_while_an_operation_lets_others_run_ends_it(runtime, operation):
    """Every `BUDGET` operations one yields before it parks: the context may die in between."""
    count = 2 * BUDGET if runtime == "threads" else 5 * BUDGET

    async def main():
        channel = Channel()

        async def work():
            await (channel.send(1) if operation == "send" else channel.receive())

        async with TaskGroup() as group:
            for _ in range(count):
                group.spawn(work)
            await sleep(0)
            group.cancel()
        return len(channel._receivers) + len(channel._senders)

    for seed in range(5):
        assert launch(main, runtime=runtime, seed=seed).value == 0


def test_the_precise_selector_falls_back_with_a_warning_when_descriptors_run_high(monkeypatch):
    from patterns.runtimes import _precise_selector

    monkeypatch.setattr(_precise_selector, "SELECT_LIMIT", 0)
    with pytest.warns(RuntimeWarning, match="timers are good to 1 ms only"):
        selector = _precise_selector.new_selector()
    selector.close()


def test_a_simulated_call_that_is_abandoned_ends_at_the_deadline():
    @simulated_cost(10.0)
    def slow():
        return "late"

    async def main():
        with pytest.raises(DeadlineExceededError):
            await race_timeout(slow, seconds=1.0)
        return now()

    assert run(main, runtime="simulator") == 1.0


def test_a_simulated_call_that_is_cancelled_runs_its_on_cancel_and_still_gives_its_value():
    told = []

    @simulated_cost(10.0)
    def slow():
        return "late"

    async def main():
        context = Context.current().with_timeout(1.0)
        with pytest.raises(DeadlineExceededError), context:
            value = await call(slow, on_cancel=lambda: told.append(now()))
            told.append(value)
            await sleep(0)
        return now()

    assert run(main, runtime="simulator") == 10.0
    assert told == [1.0, "late"]


@pytest.mark.parametrize("threshold", [700, 1, 0])
def test_a_trace_does_not_depend_on_the_garbage_collector(threshold):
    """A timer that is dropped in a cycle is disarmed when it is collected."""

    async def main():
        async with TaskGroup() as group:
            for number in range(5):
                cycle = [after(1.0)]
                cycle.append(cycle)
                group.spawn(sleep, 1.0)
                del cycle
                _ = [[] for _ in range(number * 300)]

    before = gc.get_threshold()
    gc.set_threshold(threshold)
    try:
        assert launch(main, runtime="simulator", seed=5).trace.hash == "d6ced5c06a3f7dd6"
    finally:
        gc.set_threshold(*before)
    assert gc.isenabled()


async def receive_after(seconds):
    await after(seconds).receive()


@pytest.mark.parametrize("wait", [sleep, receive_after])
@pytest.mark.parametrize("limit", [math.inf, None])
def test_for_ever_is_no_time_at_all_on_the_simulator(wait, limit):
    async def main():
        with Context.current().with_timeout(limit) as context:
            assert context.deadline is None
            await wait(math.inf)

    with pytest.raises(DeadlockError):
        run(main, runtime="simulator")


def test_a_time_beyond_all_records_is_reached_all_the_same():
    async def main():
        await sleep(1e12)
        return now()

    assert run(main, runtime="simulator") == 1e12


@pytest.mark.parametrize("seed", range(30))
def test_a_simulated_call_that_ends_at_its_deadline_wakes_its_task_once(seed):
    @simulated_cost(0.5)
    def work():
        return "in time"

    async def main():
        try:
            return await race_timeout(work, seconds=0.5)
        except DeadlineExceededError:
            began = now()
            await sleep(1.0)
            return now() - began

    assert run(main, runtime="simulator", seed=seed) in {"in time", 1.0}
