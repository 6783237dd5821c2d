"""The simulator with costs: virtual time passes while tasks work, as on the runtime it stands for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from patterns import Channel, DeadlockError, TaskGroup, call, catalogue, now, race_timeout, sleep, worker_pool
from patterns.launch import launch
from patterns.runtimes.simulator import Costs, simulated_cost, spend

FREE = Costs("asyncio", cores=1_000)
DEAR = Costs(
    "asyncio", operation_s=1e-6, spawn_s=3e-6, park_s=5e-6, rest_s=2e-6, sleep_s=4e-6,
    late=((1e-4, 60e-6), (1e-3, 70e-6), (1e-2, 90e-6)), call_s=20e-6, reach_s=30e-6, worker_s=50e-6,
)  # fmt: skip


def taken(main, *args, costs=FREE, **options):
    outcome = launch(main, *args, runtime="simulator", costs=costs, **options)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.leaked == ()
    return outcome.value


async def elapsed(fn, *args):
    began = now()
    await fn(*args)
    return now() - began


async def at_once(fn, count):
    """So many calls of a function at the same time."""
    async with TaskGroup() as group:
        for _ in range(count):
            group.spawn(call, fn)


def waiting(seconds):
    return simulated_cost(seconds)(partial(int))


def computing(seconds, how="python"):
    return simulated_cost(seconds, computes=how)(partial(int))


# The interpreter


def test_a_sleep_costs_a_sleep_and_no_wait_besides():
    async def main():
        began = now()
        await sleep(0.1)
        return now() - began

    dear = replace(FREE, sleep_s=4e-6)
    assert taken(main, costs=replace(dear, park_s=0.5)) == taken(main, costs=dear)


@pytest.mark.parametrize("name", catalogue.names())
def test_where_nothing_costs_anything_a_demo_has_its_ideal_makespan(name):
    demo = catalogue.load(name).demo
    options = demo.choose()
    outcome = launch(demo.main, options, runtime="simulator", costs=FREE)
    assert outcome.error is None
    if demo.ideal_ns is not None:
        assert round(outcome.elapsed_s * 1e9) == demo.ideal_ns(options)


def test_operations_take_the_interpreter_s_time_one_after_the_other():
    async def send(count):
        channel = Channel(count)
        for number in range(count):
            await channel.send(number)

    async def main(tasks):
        async with TaskGroup() as group:
            for _ in range(tasks):
                group.spawn(send, 100)

    costs = Costs("asyncio", operation_s=1e-6)
    assert taken(elapsed, main, 1, costs=costs) == pytest.approx(100e-6)
    assert taken(elapsed, main, 7, costs=costs) == pytest.approx(700e-6)


def test_a_clock_that_is_read_has_counted_what_was_done_before():
    async def main():
        channel = Channel(3)
        times = [now()]
        for number in range(3):
            await channel.send(number)
            times.append(now())
        return [round((time - times[0]) * 1e6) for time in times]

    assert taken(main, costs=Costs("asyncio", operation_s=1e-6)) == [0, 1, 2, 3]


def test_what_a_task_spends_makes_the_others_late():
    async def main():
        async def works():
            spend(0.5)

        began = now()
        async with TaskGroup() as group:
            group.spawn(works)
            group.spawn(sleep, 0.1)
        return now() - began

    assert taken(main) == pytest.approx(0.6)  # the sleep begins when the work is done


def test_spending_counts_for_nothing_without_costs_and_on_other_runtimes():
    async def main():
        spend(5.0)
        return now()

    assert launch(main, runtime="simulator").value == 0.0
    assert launch(main, runtime="fibers").error is None
    spend(5.0)


def test_the_oldest_ready_task_is_next():
    async def main():
        channel, seen = Channel(), []

        async def receive(number):
            await channel.receive()
            seen.append(number)

        async with TaskGroup() as group:
            for number in range(5):
                group.spawn(receive, number)
            await sleep(0)
            for _ in range(5):
                await channel.send(None)
        return seen

    for seed in range(5):
        assert taken(main, costs=DEAR, seed=seed) == [0, 1, 2, 3, 4]


def test_the_same_costs_give_the_same_trace():
    async def main():
        async def job(number):
            await sleep(1e-3)
            await call(computing(1e-4))
            return number

        async with worker_pool(range(50), job, workers=7) as results:
            return [result async for result in results]

    traces = {launch(main, runtime="simulator", costs=DEAR).trace.hash for _ in range(3)}
    assert len(traces) == 1
    assert launch(main, runtime="simulator").trace.hash not in traces


# Sleeps


def test_a_sleep_that_nobody_works_beside_is_late_by_what_its_duration_says():
    costs = Costs("asyncio", late=((1e-3, 10e-6), (1e-1, 30e-6)))
    for seconds, late_s in ((1e-5, 10e-6), (1e-3, 10e-6), (1e-2, 20e-6), (1e-1, 30e-6), (1.0, 30e-6)):
        assert taken(elapsed, sleep, seconds, costs=costs) == pytest.approx(seconds + late_s, abs=2e-9)


async def beside_work():
    """A sleep of 5 ms while another task works for 10 ms, in steps of 0.1 ms."""

    async def busy():
        for _ in range(100):
            spend(1e-4)
            await sleep(0)

    async with TaskGroup() as group:
        group.spawn(busy)
        return await elapsed(sleep, 5e-3)


def test_a_timer_that_is_due_while_tasks_work_is_not_late():
    assert 5e-3 <= taken(beside_work, costs=Costs("asyncio", late=((1e-3, 1.0),))) < 9e-3


def test_where_every_task_has_a_timer_a_sleep_is_late_beside_others_too():
    costs = Costs("threads", late=((1e-3, 2e-3),), own_timers=True)
    assert 7e-3 <= taken(beside_work, costs=costs) < 11e-3


# Calls


def test_calls_that_wait_run_beside_one_another_and_those_that_compute_queue():
    assert taken(elapsed, at_once, waiting(1.0), 10) == pytest.approx(1.0)
    assert taken(elapsed, at_once, computing(1.0), 10) == pytest.approx(10.0)


def test_calls_in_processes_compute_on_as_many_cores_as_there_are():
    for cores, seconds in ((1, 8.0), (2, 4.0), (4, 2.0), (16, 1.0)):
        costs = Costs("processes", cores=cores, apart=True)
        assert taken(elapsed, at_once, computing(1.0), 8, costs=costs) == pytest.approx(seconds)


@pytest.mark.parametrize("form", [FREE, Costs("threads", own_timers=True)])
def test_cores_change_nothing_where_calls_share_an_interpreter_unless_they_leave_it(form):
    for cores, native_s in ((1, 8.0), (2, 4.0), (64, 1.0)):
        costs = replace(form, cores=cores)
        assert taken(elapsed, at_once, computing(1.0), 8, costs=costs) == pytest.approx(8.0)
        native = computing(1.0, "native")
        assert taken(elapsed, at_once, native, 8, costs=costs) == pytest.approx(native_s)


def test_computing_beside_others_takes_longer_by_the_sharing():
    costs = Costs("processes", cores=2, apart=True, sharing=1.5)
    assert taken(elapsed, at_once, computing(1.0), 1, costs=costs) == pytest.approx(1.0)
    assert taken(elapsed, at_once, computing(1.0), 2, costs=costs) == pytest.approx(1.5)


def test_a_thread_that_computes_lets_others_have_the_interpreter_now_and_then():
    async def main():
        async with TaskGroup() as group:
            group.spawn(call, computing(1.0))
            began = now()
            await sleep(1e-3)
            return now() - began

    costs = replace(FREE, switch_s=0.005)
    assert taken(main, costs=costs) == pytest.approx(0.005)


def test_tasks_go_before_calls_that_compute_so_that_waits_overlap_with_computing():
    async def main():
        async def job(number):
            await sleep(1e-3)
            await call(computing(1e-3))

        async with worker_pool(range(40), job, workers=4) as results:
            return len([result async for result in results]), now()

    count, seconds = taken(main)
    assert count == 40
    assert seconds == pytest.approx(41e-3)


def test_a_call_that_computes_gets_its_turn_among_tasks_that_never_rest():
    async def main():
        over = Channel(1)

        async def calls():
            await call(computing(1.0))
            await over.send(None)

        async with TaskGroup() as group:
            group.spawn(calls)
            while not len(over):
                await sleep(0)
        return now()

    assert taken(main) == pytest.approx(1.0)
    assert taken(main, costs=replace(FREE, rest_s=1e-3)) == pytest.approx(2.0, rel=0.1)


def test_no_more_calls_run_at_once_than_are_allowed():
    costs = replace(FREE, most_calls=3)
    assert taken(elapsed, at_once, waiting(1.0), 9, costs=costs) == pytest.approx(3.0)


def test_a_thread_is_started_once_for_each_call_at_once():
    async def twice():
        await at_once(waiting(1.0), 5)
        return await elapsed(at_once, waiting(1.0), 5)

    costs = Costs("asyncio", worker_s=0.1)
    assert taken(elapsed, at_once, waiting(1.0), 5, costs=costs) == pytest.approx(1.5)
    assert taken(twice, costs=costs) == pytest.approx(1.0)


def test_a_task_has_a_thread_of_its_own_and_leaves_it_to_the_next():
    async def main():
        gate = Channel()

        async def crowd():
            async with TaskGroup() as group:
                for _ in range(10):
                    group.spawn(gate.receive_ok)
                await sleep(0)
                for _ in range(10):
                    await gate.send(None)

        return await elapsed(crowd), await elapsed(crowd)

    first_s, second_s = taken(main, costs=Costs("threads", worker_s=1e-3, own_timers=True))
    assert first_s == pytest.approx(10e-3)
    assert second_s == 0.0


def test_a_process_gets_ready_on_a_core_before_its_first_call():
    costs = Costs("processes", cores=2, apart=True, ready_s=1.0, worker_s=0.1)
    assert taken(elapsed, at_once, computing(0.0), 4, costs=costs) == pytest.approx(2.2)
    started = launch(at_once, computing(1.0), 4, runtime="simulator", costs=costs, workers=4)
    assert (started.start_s, started.elapsed_s) == (pytest.approx(2.4), pytest.approx(2.0))


def test_a_call_alone_takes_the_way_there_and_back():
    costs = Costs("asyncio", reach_s=0.25)
    assert taken(elapsed, at_once, waiting(1.0), 1, costs=costs) == pytest.approx(1.5)
    assert taken(elapsed, at_once, computing(1.0), 1, costs=costs) == pytest.approx(1.5)


def test_a_call_that_is_given_up_leaves_no_trace():
    async def main():
        with pytest.raises(TimeoutError):
            await race_timeout(waiting(10.0), seconds=1.0)
        return now()

    assert taken(main) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", [waiting, computing])
def test_the_process_of_a_call_that_is_given_up_is_killed_and_its_core_is_free(kind):
    costs = Costs("processes", cores=1, apart=True, most_calls=1)
    assert taken(one_after_another, kind, costs=costs) == pytest.approx(2.0)


def test_the_thread_of_a_call_that_is_given_up_goes_on_to_its_end():
    costs = Costs("asyncio", cores=1, most_calls=1)
    assert taken(one_after_another, waiting, costs=costs) == pytest.approx(11.0)


async def one_after_another(kind):
    """Give up a call of 10 s after 1 s, then make one of 1 s; the only worker serves both."""
    with pytest.raises(TimeoutError):
        await race_timeout(kind(10.0), seconds=1.0)
    await call(kind(1.0))
    return now()


def test_a_hand_over_costs_a_park_each_time_that_somebody_parks():
    async def main():
        channel = Channel()

        async def receive():
            await channel.receive()

        async with TaskGroup() as group:
            group.spawn(receive)
            await sleep(0)
            await channel.send(None)
        return now()

    free_s = taken(main, costs=Costs("asyncio"))
    assert taken(main, costs=Costs("asyncio", park_s=0.5)) - free_s == pytest.approx(1.0)


def test_the_error_of_a_call_is_raised_when_its_time_has_passed():
    @simulated_cost(2.0)
    def fails():
        raise LookupError("nothing there")

    async def main():
        with pytest.raises(LookupError, match="nothing there"):
            await call(fails)
        return now()

    assert taken(main) == pytest.approx(2.0)


# What stays


def test_a_deadlock_is_reported_with_costs_too():
    async def main():
        await Channel().receive()

    outcome = launch(main, runtime="simulator", costs=DEAR)
    assert isinstance(outcome.error, DeadlockError)


@pytest.mark.parametrize("runtime", ["asyncio", "fibers", "processes", "threads"])
def test_costs_are_for_the_simulator_alone(runtime):
    async def main():
        pass

    with pytest.raises(ValueError, match=f"costs: found with {runtime}, allowed on the simulator only"):
        launch(main, runtime=runtime, costs=FREE)
