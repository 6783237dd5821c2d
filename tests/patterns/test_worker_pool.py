"""When the workers of a pool begin."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from patterns import Channel, sleep, worker_pool
from patterns.launch import launch


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


def workers(count: int) -> list[str]:
    return [f"worker {number}" for number in range(1, count + 1)]


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize(
    ("jobs", "most", "begun"), [(0, 100, 1), (3, 100, 4), (3, 3, 3), (9, 3, 3), (5, 1, 1)]
)
def test_over_jobs_at_hand_no_more_begin_than_find_one_but_one(runtime, ordered, jobs, most, begun):
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

    assert watched(runtime, main) == (list(range(jobs)), workers(begun))


@pytest.mark.parametrize("ordered", [False, True])
def test_the_first_is_at_work_while_the_others_are_made(runtime, ordered):
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

    assert launch(main, runtime=runtime, observe=observe).error is None
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
