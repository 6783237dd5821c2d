"""Who is next on `threads`: first come, first served, but a thread that has yet to be started can wait."""

from __future__ import annotations

import _thread
from dataclasses import dataclass, field
from random import Random

import pytest

from patterns import Channel, Context, TaskGroup, call, run, sleep, worker_pool
from patterns.runtimes import threads
from patterns.runtimes._line import CROWD, OVERTAKERS, SWEEP_ABOVE, TIMED, UNTIMED, Line
from patterns.runtimes.threads import INTERCEPTIONS

from seams import parked


@dataclass(eq=False)
class Somebody:
    """A place in line."""

    name: str
    started: bool = True
    turn: int = field(default=-1, compare=False)
    state: int = UNTIMED
    until: float = 0.0


def somebody(count, letter="a", *, started=True):
    return [Somebody(f"{letter}{number}", started) for number in range(count)]


def crowd():
    """A line with more new ones than are started at once, and the first of them."""
    line, new = Line(), somebody(CROWD + 10, "new", started=False)
    for one in new:
        line.add_patient(one)
    return line, new[0]


def names(line, count, *, idle=False):
    return [line.take(idle).name for _ in range(count)]


def test_those_that_have_a_thread_are_served_as_they_came():
    line = Line()
    first, second, third = somebody(3)
    line.add(first)
    line.add_patient(second)
    line.add(third)
    assert names(line, 3) == ["a0", "a1", "a2"]
    assert not line


def test_one_without_a_thread_is_overtaken_by_so_many_and_no_more():
    line, _ = crowd()
    for one in somebody(3 * OVERTAKERS):
        line.add(one)
    served = names(line, 3 * OVERTAKERS + 2)
    assert served.index("new0") == OVERTAKERS
    assert served.index("new1") == 2 * OVERTAKERS + 1
    assert [name for name in served if name[0] == "a"] == [f"a{place}" for place in range(3 * OVERTAKERS)]


def test_nobody_overtakes_where_a_thread_is_idle():
    line, _ = crowd()
    line.add(*somebody(1))
    assert names(line, CROWD + 11, idle=True)[-1] == "a0"


def test_nobody_overtakes_a_few_without_threads():
    line = Line()
    for new in somebody(CROWD, "new", started=False):
        line.add_patient(new)
    line.add(*somebody(1))
    assert names(line, CROWD + 1)[-1] == "a0"


def test_who_lets_the_others_run_overtakes_nobody():
    line, _ = crowd()
    line.add_patient(*somebody(1))
    assert names(line, CROWD + 11)[-1] == "a0"


def test_who_is_put_back_is_the_next():
    line = Line()
    first, second = somebody(2)
    line.add(first)
    line.add(second)
    line.put_back(line.take(False))
    assert names(line, 2) == ["a0", "a1"]


def test_a_sleeper_comes_when_its_time_has_and_counts_as_one_that_overtakes():
    line, new = crowd()
    (sleeper,) = somebody(1)
    line.note_sleeper(sleeper, 5.0)
    sleeper.state = TIMED
    assert not line.somebody_comes(lambda: 4.9)
    assert [line.somebody_comes(lambda: 5.0) for _ in range(OVERTAKERS + 1)] == [True] * OVERTAKERS + [False]
    assert line.take(False) is new


@pytest.mark.parametrize("change", [{"state": UNTIMED}, {"until": 9.0}])
def test_a_sleeper_that_was_woken_or_sleeps_anew_is_not_waited_for(change):
    line, _ = crowd()
    (sleeper,) = somebody(1)
    line.note_sleeper(sleeper, 5.0)
    sleeper.state = TIMED
    for name, value in change.items():
        setattr(sleeper, name, value)
    assert not line.somebody_comes(lambda: 6.0)


def test_sleepers_are_watched_for_only_while_a_thread_is_to_be_started():
    line = Line()
    (sleeper,) = somebody(1)
    line.note_sleeper(sleeper, 5.0)
    for new in somebody(CROWD + 10, "new", started=False):
        line.add_patient(new)
    sleeper.state = TIMED
    assert not line.somebody_comes(lambda: 6.0)
    line.note_sleeper(sleeper, 5.0)
    assert line.somebody_comes(lambda: 6.0)
    names(line, CROWD + 10)
    assert not line._sleepers


def test_those_that_were_woken_early_are_not_noted_for_ever():
    line, _ = crowd()
    for place in range(10_000):
        (sleeper,) = somebody(1)
        line.note_sleeper(sleeper, 1e6 + place)
        sleeper.state = TIMED if place % 1_000 == 0 else UNTIMED
    assert 10 <= len(line._sleepers) <= SWEEP_ABOVE + 1


def test_whoever_is_in_line_is_served_after_all_who_came_before_and_a_few():
    for seed in range(100):
        draw, line, order, served = Random(seed), Line(), [], []
        for place in range(4 * CROWD):
            one = Somebody(str(place), started=draw.random() < 0.6)
            order.append(one)
            (line.add if one.started and draw.random() < 0.7 else line.add_patient)(one)
            if draw.random() < 0.3:
                served.append(line.take(draw.random() < 0.2))
        while line:
            served.append(line.take(draw.random() < 0.2))
        assert sorted(served, key=lambda one: one.turn) == order
        with_thread = [one.turn for one in served if one.started]
        for place, one in enumerate(served):
            early = sum(other.turn > one.turn for other in served[:place])
            before = sum(not other.started for other in order[: one.turn + 1])
            assert early <= OVERTAKERS * before, seed
        assert len(with_thread) == len(set(with_thread))


def test_short_jobs_are_served_by_the_threads_that_are_there(monkeypatch):
    started = []
    start = _thread.start_new_thread
    monkeypatch.setattr("_thread.start_new_thread", lambda *how: started.append(1) or start(*how))

    async def main():
        async def wait(job):
            await sleep(1e-6)
            return job

        jobs = Channel(300)  # over a channel all workers begin at once
        for job in range(300):
            await jobs.send(job)
        jobs.close()
        async with worker_pool(jobs, wait, workers=300, buffer=300) as results:
            return sorted([result async for result in results])

    assert run(main, runtime="threads") == list(range(300))
    assert len(started) < 250


def test_every_new_task_has_a_thread_at_last_however_many_sleeps_are_over():
    async def main():
        all_begun, begun = Channel(), 0

        async def sleep_on():
            while begun < 50:
                await sleep(1e-9)

        async def begin():
            nonlocal begun
            begun += 1
            await all_begun.receive_ok()

        async with TaskGroup() as group:
            for _ in range(5):
                group.spawn(sleep_on)
            for _ in range(50):
                group.spawn(begin)
            await parked(all_begun._receivers, 50)
            all_begun.close()
        return begun

    assert run(main, runtime="threads") == 50


def test_who_lets_the_others_run_goes_on_when_every_new_task_has_begun():
    async def main():
        begun = []

        async def begin(number):
            begun.append(number)
            await sleep(1e-6)

        async with TaskGroup() as group:
            for number in range(40):
                group.spawn(begin, number)
            await sleep(0)
            return sorted(begun)

    for _ in range(20):  # of one run in seven it could come out so by chance
        assert run(main, runtime="threads") == list(range(40))


def test_a_sleep_that_is_over_before_it_begins_lets_new_tasks_run():
    async def main():
        begun = []

        async def begin(number):
            begun.append(number)

        async with TaskGroup() as group:
            for number in range(10):
                group.spawn(begin, number)
            for _ in range(20 * INTERCEPTIONS):
                await sleep(1e-9)
                if len(begun) == 10:
                    return True
        return False

    assert run(main, runtime="threads") is True


def test_where_an_alarm_is_set_who_begins_a_call_leaves_no_crowd_in_line(monkeypatch):
    made = []

    class Counted(threads.ThreadSeat):
        __slots__ = ()

        def __init__(self, task):
            made.append(1)
            super().__init__(task)

    monkeypatch.setattr(threads, "ThreadSeat", Counted)

    async def main():
        left = 10

        async def rest():
            while left:
                await sleep(0)

        async def sleep_and_call():
            nonlocal left
            for _ in range(30):
                await sleep(1e-5)
                await call(int)
            left -= 1

        with Context.current().with_timeout(1_000):
            async with TaskGroup() as group:
                for _ in range(3):
                    group.spawn(rest)
                for _ in range(10):
                    group.spawn(sleep_and_call)

    run(main, runtime="threads")
    assert len(made) <= 14 + 2 * 300


def test_when_the_run_is_over_nobody_takes_the_baton_for_an_alarm():
    class Lock:
        """Handed over after the time for which somebody would wait."""

        @staticmethod
        def acquire(blocking=True, timeout=-1):
            return blocking and timeout < 0

    driver, seat = threads.ThreadsDriver(), threads.ThreadSeat(None)
    driver.finished, driver._held, seat.lock = True, False, Lock
    assert driver._doze(seat, None, 0.0) is True
    assert not driver._held


def test_all_threads_are_gone_when_the_run_is():
    async def main():
        async with TaskGroup() as group:
            for number in range(30):
                group.spawn(sleep, 0.001 * (number % 3))

    before = _thread._count()
    run(main, runtime="threads")
    for _ in range(1_000):
        if _thread._count() <= before:
            break
        _thread.allocate_lock().acquire(timeout=0.001)
    assert _thread._count() <= before
