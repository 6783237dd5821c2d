"""When the workers of a pool begin."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from importlib import import_module
from typing import Any

import pytest

from patterns import Channel, TaskGroup, run, sleep, worker_pool
from patterns.launch import launch
from patterns.worker_pool import LOOK_EVERY, PATIENCE_S


def watched(runtime: str, main: Any) -> tuple[Any, list[str]]:
    """Run it; return what it gave, and the names of the workers that were begun."""
    begun = []

    def observe(at_ns: int, task: Any, verb: str, of: Any) -> None:
        del at_ns, of
        if verb == "spawn" and task.name.startswith("worker "):
            begun.append(task.name)

    outcome = launch(main, runtime=runtime, observe=observe)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.leaked == ()
    return outcome.value, begun


@pytest.fixture
def patient(runtime: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A runtime on which no wait for a turn is long, however busy the machine is."""
    module = import_module("patterns.worker_pool")  # the package has the function under that name
    monkeypatch.setattr(module, "PATIENCE_S", math.inf)
    return runtime


def workers(count: int) -> list[str]:
    return [f"worker {number}" for number in range(1, count + 1)]


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize(
    ("jobs", "most", "begun"), [(0, 100, 1), (3, 100, 4), (3, 3, 3), (9, 3, 3), (5, 1, 1)]
)
def test_over_jobs_at_hand_no_more_begin_than_find_one_but_one(patient, ordered, jobs, most, begun):
    async def main():
        gate, at_work = Channel(), []

        async def work(job):
            at_work.append(job)
            if len(at_work) >= min(jobs, most) and not gate.closed:
                gate.close()
            await gate.receive_ok()
            return job

        async with worker_pool(range(jobs), work, workers=most, ordered=ordered) as results:
            return sorted([result async for result in results])

    assert watched(patient, main) == (list(range(jobs)), workers(begun))


@pytest.mark.parametrize("ordered", [False, True])
def test_the_first_is_at_work_while_the_others_are_made(patient, ordered):
    events = []

    async def main():
        async def work(job):
            events.append("work")
            await sleep(0)

        async with worker_pool(itertools.repeat(1, 20), work, workers=8, ordered=ordered) as results:
            return [result async for result in results]

    def observe(at_ns, task, verb, of):
        if verb == "spawn" and task.name.startswith("worker "):
            events.append("begin")

    assert launch(main, runtime=patient, observe=observe).error is None
    assert events[:3] == ["begin", "begin", "work"]


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("source", ["channel", "asynchronous"])
def test_where_jobs_are_waited_for_all_wait_from_the_beginning(runtime, ordered, source):
    async def main():
        jobs = Channel(1)

        async def given():
            async for job in jobs:
                yield job

        async def work(job):
            return job

        pool = worker_pool(jobs if source == "channel" else given(), work, workers=4, ordered=ordered)
        async with pool as results:
            await sleep(0)
            await jobs.send(1)
            jobs.close()
            return [result async for result in results]

    assert watched(runtime, main) == ([1], workers(4))


def test_a_job_that_fails_ends_a_pool_whose_workers_are_still_being_made(runtime):
    async def main():
        async def work(job):
            if job == 3:
                raise LookupError(job)
            await Channel().receive()

        async with worker_pool(itertools.count(), work, workers=1_000) as results:
            return [result async for result in results]

    with pytest.raises(LookupError):
        watched(runtime, main)


def test_a_pool_that_is_left_at_once_begins_no_more(runtime):
    async def main():
        async def work(job):
            return job

        async with worker_pool(itertools.count(), work, workers=1_000) as results:
            return await results.receive()

    first, begun = watched(runtime, main)
    assert first == 0
    assert len(begun) < 1_000


@pytest.mark.parametrize("runtime", ["asyncio", "fibers"])
@pytest.mark.parametrize("quiet", [0, 40])
def test_where_others_are_busy_it_does_not_take_a_round_for_each(runtime, quiet):
    async def main():
        rounds, at_work, over = 0, 0, Channel()

        async def busy():
            nonlocal rounds
            while not over.closed:
                rounds += 1
                time.sleep(2 * PATIENCE_S)  # noqa: ASYNC251 (it holds everybody up)
                await sleep(0)

        async with TaskGroup() as group:

            async def work(job):
                nonlocal at_work
                at_work += 1
                if at_work == quiet:
                    group.spawn(busy)
                if at_work == 200:
                    over.close()
                await over.receive_ok()

            if not quiet:
                group.spawn(busy)
            async with worker_pool(range(200), work, workers=200) as results:
                assert len([result async for result in results]) == 200
        return rounds

    unseen = LOOK_EVERY if quiet else 0  # so many are begun before the clock is looked at again
    assert run(main, runtime=runtime) < 20 + unseen


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12")
@pytest.mark.parametrize("ordered", [False, True])
def test_workers_that_run_as_they_are_made_do_not_pile_up(ordered):
    async def main():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

        async def work(job):
            await sleep(0.001)
            return job

        async with worker_pool(range(3_000), work, workers=2_000, ordered=ordered) as results:
            return sorted([result async for result in results])

    assert asyncio.run(main()) == list(range(3_000))


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12")
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("source", ["channel", "asynchronous", "plain"])
def test_workers_that_end_as_they_are_made_close_the_results_once(ordered, source):
    async def main():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        jobs = Channel(2)
        await jobs.send(1)
        jobs.close()

        async def given():
            async for job in jobs:
                yield job

        async def work(job):
            return job

        sources = {"channel": jobs, "asynchronous": given(), "plain": [1]}
        async with worker_pool(sources[source], work, workers=3, ordered=ordered) as results:
            return [result async for result in results]

    assert asyncio.run(main()) == [1]
