"""Watching that costs little, however much happens."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from gopatterns_cli.live.sampling import Sampler
from gopatterns_cli.live.watch import ENDED, IDLE, RECEIVING, WAITING, Watch
from patterns import catalogue
from patterns.launch import launch

from seams import AVAILABLE
from watched import a_task

LONG_S = 3_600.0
"""A tick that never comes by itself."""


class Driver:
    """What of a runtime says what it does."""

    def __init__(self):
        self.observe = self.follow = None
        self.live = []


def a_run(allowance=5, at_first=10):
    """Return a watch, its sampler, and a task of a runtime that tells the sampler."""
    watch = Watch(line_per_job=False)
    sampler = Sampler(watch, LONG_S, allowance, at_first)
    driver = Driver()
    task = a_task(1)
    task.driver, task.waiting, task.shielded = driver, None, None
    driver.live.append(task)
    driver.observe = driver.follow = lambda of, verb, subject: sampler.observe(0, of, verb, subject)
    return watch, sampler, task


def tell(task, verb, subject=None, *, times=1):
    """Have the runtime say something so often; returns how often it was said."""
    said = 0
    for _ in range(times):
        if task.driver.observe is not None:
            task.driver.observe(task, verb, subject)
            said += 1
    return said


def test_what_stays_within_the_allowance_is_all_taken():
    watch, _, task = a_run()
    assert tell(task, "sleep", times=10) == 10
    assert not watch.sampled


def test_beyond_it_the_runtime_is_silent_until_the_next_tick():
    watch, sampler, task = a_run()
    assert tell(task, "sleep", times=50) == 11
    assert watch.sampled
    assert task.driver.follow is None
    sampler.tick()
    assert tell(task, "sleep", times=50) == 5  # one of the five was for catching up


@pytest.mark.parametrize("changed", ["observe", "follow"])
def test_a_tick_in_the_middle_of_falling_silent_does_not_make_that_last(changed):
    _, sampler, task = a_run()

    class Interrupted(Driver):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == changed and value is None and task.driver is self:
                sampler.tick()

    told, task.driver = task.driver.observe, Interrupted()
    task.driver.observe = task.driver.follow = told
    tell(task, "sleep", times=50)
    sampler.tick()
    assert task.driver.observe is task.driver.follow is told


def test_nor_does_an_event_in_the_middle_of_a_tick():
    _, sampler, task = a_run(allowance=1, at_first=1)

    class Interrupted(Driver):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if value is not None and task.driver is self:
                tell(task, "sleep", times=5)

    told, task.driver = task.driver.observe, Interrupted()
    task.driver.follow = told
    task.driver.observe = told
    sampler.tick()
    task.driver.__class__ = Driver
    sampler.tick()
    assert task.driver.observe is task.driver.follow is told


def test_after_a_silence_states_are_read_off_the_tasks():
    watch, sampler, task = a_run()
    tell(task, "spawn")
    tell(task, "job", 7)
    tell(task, "sleep", times=50)
    other, gone = a_task(2), a_task(3)
    watch.observe(0, gone, "spawn", None)
    other.driver, other.waiting, other.shielded = task.driver, SimpleNamespace(verb="receive"), None
    task.waiting = SimpleNamespace(verb="acquire")
    task.driver.live.append(other)
    sampler.tick()
    tell(task, "bind")
    states = {lane.name: lane.state for lane in watch.lanes.values()}
    assert states == {"worker 1": WAITING, "worker 2": RECEIVING, "worker 3": ENDED}
    assert watch.running == 0
    tell(task, "done", 7)  # it began before the silence, and is not subtracted twice
    assert watch.running == 0


def test_a_task_that_waits_for_nothing_is_idle_after_a_silence():
    watch = Watch(line_per_job=False)
    task = a_task(1)
    task.waiting, task.shielded = None, None
    assert watch.catch_up(5, [task]) == 1
    assert watch.lanes[1].state == IDLE


def test_its_thread_ends_with_its_block():
    before = threading.active_count()
    with Sampler(Watch(line_per_job=False), 0.001):
        pass
    assert threading.active_count() == before


def test_a_demo_that_is_looked_at_in_samples_gives_the_same_on_every_runtime():
    demo = catalogue.load("pipeline").demo
    options = demo.choose(jobs=400, latency=0.0, stages=3)
    for runtime in AVAILABLE:
        if runtime in ("simulator", "processes"):
            continue
        watch = Watch(line_per_job=False)
        with Sampler(watch, 0.001, allowance=50, at_first=100) as sampler:
            outcome = launch(demo.main, options, runtime=runtime, observe=sampler.observe)
        assert outcome.error is None, runtime
        assert outcome.value == [n * n for n in range(2, 401, 2)], runtime
        assert watch.sampled, runtime
        assert 0 < watch.done < 1200, runtime
        assert min(watch.counts.values()) >= 0, runtime
