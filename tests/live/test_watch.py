"""What is known of a run's tasks from its events."""

from __future__ import annotations

import pytest

from gopatterns_cli.live.watch import (
    CANCELLED,
    ENDED,
    IDLE,
    KEPT_LANES,
    RECEIVING,
    SENDING,
    STATES,
    WAITING,
    WORKING,
    Watch,
)
from patterns import Channel, Context, TaskGroup, catalogue, pipeline, sleep
from patterns.demo import Job
from patterns.launch import launch

from seams import AVAILABLE, parked
from watched import a_task, a_watch, told


def test_a_lane_goes_through_its_states():
    watch, (task, *_) = a_watch()
    states = told(
        watch, task,
        (0, "receive", None), (1, "resume", None), (2, "job", 7), (3, "sleep", None), (4, "resume", None),
        (5, "done", 7), (6, "send", None), (7, "resume", None), (8, "acquire", None), (9, "resume", None),
        (10, "end", None),
    )  # fmt: skip
    assert states == [
        RECEIVING, IDLE, WORKING, WORKING, WORKING, IDLE, SENDING, IDLE, WAITING, IDLE, ENDED,
    ]  # fmt: skip
    assert (watch.done, watch.running, watch.peak, watch.lanes[1].done) == (1, 0, 1, 1)
    assert list(watch.finished) == [(5, "worker 1", 7, 1)]
    assert watch.counts == dict.fromkeys(STATES, 0) | {IDLE: 2, ENDED: 1}


def test_a_job_is_one_span_however_often_it_waits():
    watch, (task, *_) = a_watch()
    told(watch, task, (2, "job", 7), (3, "sleep", None), (5, "resume", None), (8, "done", 7))
    (span,) = watch.lanes[1].spans
    assert (span.start_ns, span.end_ns, span.state) == (2, 8, WORKING)


def test_a_job_that_waits_for_a_channel_is_seen_to_be_blocked_and_goes_on():
    watch, (task, *_) = a_watch()
    assert told(watch, task, (2, "job", 7), (3, "receive", None), (5, "resume", None)) == [
        WORKING, RECEIVING, WORKING,
    ]  # fmt: skip
    assert watch.lanes[1].job == 7


def test_a_job_that_was_dropped_is_not_done():
    watch, (task, *_) = a_watch()
    told(watch, task, (2, "job", 7), (3, "dropped", 7))
    assert (watch.done, watch.running, watch.lanes[1].done, watch.lanes[1].job) == (0, 0, 0, None)


def test_a_job_that_goes_through_stages_is_done_when_the_last_is_done_with_it():
    watch = Watch(line_per_job=True)
    first, last = (a_task(number, f"stage {number} name") for number in (1, 2))
    for task in (first, last):
        watch.observe(0, task, "spawn", None)
    for task, job in ((first, 1), (first, 2), (last, 1), (first, 3)):
        told(watch, task, (1, "job", job), (2, "done", job))
    assert (watch.staged, watch.done, watch.steps) == (True, 1, 4)
    assert [(job, done) for _, _, job, done in watch.finished] == [(1, 0), (2, 0), (1, 1), (3, 1)]
    told(watch, last, (3, "job", 3), (4, "done", 3))
    assert watch.done == 3  # the second was dropped on its way: nothing overtakes


@pytest.mark.parametrize("stages", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("jobs", [0, 1, 9, 10])
def test_every_job_of_a_pipeline_is_counted_once_however_many_stages_it_goes_through(stages, jobs):
    demo = catalogue.load("pipeline").demo
    options = demo.choose(jobs=jobs, stages=stages)
    watch = Watch(line_per_job=False)
    assert launch(demo.main, options, runtime="simulator", observe=watch.observe).error is None
    assert (watch.done, watch.steps) == (jobs, demo.steps(options))


def test_a_pipeline_that_is_cancelled_has_not_done_what_is_still_in_it():
    async def main():
        async def stage(number):
            with Job(number):
                await sleep(1.0)
            return number

        async with pipeline(range(1, 9), stage, stage, stage) as output:
            await output.receive()

    watch = Watch(line_per_job=False)
    assert launch(main, runtime="simulator", observe=watch.observe).error is None
    assert watch.done == 1
    assert watch.steps > 3


def test_the_peak_is_the_most_jobs_at_once():
    watch, tasks = a_watch()
    for verb in ("job", "done"):
        for task in tasks:
            watch.observe(0, task, verb, task.number)
    assert watch.peak == 3


def test_a_cancel_is_one_that_counts_whom_it_found_and_who_knows():
    watch, (first, second, third) = a_watch()
    main = a_task(9, "main")
    for at_ns, task, verb in [
        (10, main, "cancel"), (11, first, "cancel"), (12, second, "cancel"),
        (15, second, "resume"), (19, first, "resume"), (30, third, "cancel"),
    ]:  # fmt: skip
        watch.observe(at_ns, task, verb, None)
    found = [(cancel.at_ns, cancel.tasks, cancel.reached, cancel.last_ns) for cancel in watch.cancels]
    assert found == [(11, 2, 2, 19), (30, 1, 0, 0)]
    assert [lane.state for lane in watch.lanes.values()] == [CANCELLED] * 3


def test_a_task_that_was_cancelled_stays_so_when_it_ends_and_not_when_it_works_on():
    watch, (first, second, _) = a_watch()
    assert told(watch, first, (1, "cancel", None), (2, "resume", None), (3, "end", None))[-1] == CANCELLED
    assert told(watch, second, (1, "cancel", None), (2, "resume", None), (3, "job", 1))[-1] == WORKING


def test_of_many_tasks_the_first_have_lanes_and_all_are_counted():
    watch, _ = a_watch(KEPT_LANES + 50)
    assert len(watch.lanes) == KEPT_LANES
    assert watch.counts[IDLE] == KEPT_LANES + 50


@pytest.mark.parametrize("runtime", AVAILABLE)
def test_a_cancel_is_seen_to_reach_every_task(runtime):
    async def main():
        async with TaskGroup() as group:
            for number in range(5):
                group.spawn(sleep, 60.0, name=f"worker {number}")
            await sleep(0.01)
            group.cancel()

    watch = Watch(line_per_job=False)
    assert launch(main, runtime=runtime, observe=watch.observe).error is None
    (cancel,) = watch.cancels
    assert (cancel.tasks, cancel.reached) == (5, 5)
    assert watch.counts[CANCELLED] == 5
    lanes = watch.lanes.values()
    assert cancel.last_ns - cancel.at_ns in {lane.heard_ns for lane in lanes}
    assert all(lane.context.dead for lane in lanes)


def test_a_task_that_ends_by_a_cancel_before_it_has_begun_knows_of_it_then():
    watch, (task, *_) = a_watch()
    assert told(watch, task, (10, "cancel", None), (17, "end", None)) == [CANCELLED, CANCELLED]
    assert (watch.cancels[0].reached, watch.lanes[1].heard_ns) == (1, 7)


def test_a_task_that_lets_others_run_stays_what_it_is():
    watch, (task, *_) = a_watch()
    assert told(watch, task, (1, "cancel", None), (2, "rest", None)) == [CANCELLED, CANCELLED]
    assert told(watch, task, (3, "job", 1), (4, "rest", None)) == [WORKING, WORKING]


@pytest.mark.parametrize("runtime", AVAILABLE)
def test_what_waits_goes_on(runtime):
    async def main():
        channel = Channel()

        async def worker():
            async for _ in channel:
                pass

        async with TaskGroup() as group:
            group.spawn(worker, name="worker 1")
            for number in range(3):
                await parked(channel._receivers, 1)
                await channel.send(number)
            await parked(channel._receivers, 1)
            channel.close()
            await sleep(0.001)

    told = []
    launch(main, runtime=runtime, observe=lambda at, task, verb, of: told.append((task.name, verb)))
    of_worker = [verb for name, verb in told if name == "worker 1"]
    assert (of_worker.count("receive"), of_worker.count("resume")) == (4, 4)
    of_main = [verb for name, verb in told if name == "main"]
    assert of_main.count("sleep") == 1
    assert of_main[of_main.index("sleep") + 1] == "resume"
    assert [verb for _, verb in told].count("bind") == 1


def test_a_context_of_a_task_is_told_with_its_cancel():
    found = []

    async def main():
        context = Context.current().with_cancel()

        async def worker():
            with context:
                await sleep(60.0)

        async with TaskGroup() as group:
            group.spawn(worker, name="worker 1")
            await sleep(0.01)
            found.append(context)
            context.cancel()

    seen = []
    launch(
        main,
        runtime="simulator",
        observe=lambda at, task, verb, of: seen.append((task.name, of)) if verb == "cancel" else None,
    )
    assert seen == [("worker 1", found[0])]
