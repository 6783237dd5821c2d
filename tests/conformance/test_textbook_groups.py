"""Textbook groups, counters and semaphores that go wrong, each beside ours; T2 and so on name the defects."""

from __future__ import annotations

import pytest

from patterns import (
    Channel,
    Context,
    DeadlockError,
    ErrGroup,
    Semaphore,
    TaskGroup,
    WaitGroup,
    now,
    receiving,
    select,
    sleep,
    traps,
    worker_pool,
)
from patterns.launch import launch

from seams import explored, parked


class BrokenError(Exception):
    pass


async def fail():
    raise BrokenError


def live_tasks():
    return len(traps.running().driver.live)


# T2: a counter that counts jobs up and workers down


async def textbook_count_and_stop(jobs, workers):
    waiting, pending, done = Channel(10), WaitGroup(), []

    async def work():
        async for job in waiting:
            done.append(job)
        pending.done()

    async with TaskGroup() as group:
        for job in jobs:
            pending.add()
            await waiting.send(job)
        for _ in range(workers):
            group.spawn(work)
        waiting.close()
        await pending.wait()
    return sorted(done)


async def our_count_and_stop(jobs, workers):
    waiting, running, done = Channel(10), WaitGroup(), []

    async def work():
        async for job in waiting:
            done.append(job)

    for job in jobs:
        await waiting.send(job)
    for _ in range(workers):
        running.go(work)
    waiting.close()
    await running.wait()
    return sorted(done)


async def our_pool(jobs, workers):
    async def work(job):
        return job

    async with worker_pool(jobs, work, workers=workers) as results:
        return sorted([result async for result in results])


def test_t2_the_textbook_count_comes_out_when_there_are_as_many_workers_as_jobs(go):
    assert go(textbook_count_and_stop, [1, 2], 2) == [1, 2]


def test_t2_the_textbook_stop_never_returns_when_there_are_fewer_workers_than_jobs(go):
    with pytest.raises(DeadlockError, match="wait on <WaitGroup at 2>"):
        go(textbook_count_and_stop, [1, 2, 3], 1)


def test_t2_the_textbook_counter_falls_below_zero_when_there_are_more_workers_than_jobs(go):
    with pytest.raises(ExceptionGroup) as caught:
        go(textbook_count_and_stop, [1], 3)
    assert caught.group_contains(ValueError, match="would be -1")


@pytest.mark.parametrize("ours", [our_count_and_stop, our_pool])
@pytest.mark.parametrize(("jobs", "workers"), [([1, 2, 3], 1), ([1], 3), ([], 2), ([1, 2], 2)])
def test_t2_ours_stops_whatever_the_numbers(go, ours, jobs, workers):
    assert go(ours, jobs, workers) == jobs


# T3: counted in the task, not before it


async def textbook_add_in_the_task():
    pending, done = WaitGroup(), []

    async def work():
        pending.add()
        done.append(True)
        pending.done()

    async with TaskGroup() as group:
        for _ in range(3):
            group.spawn(work)
        await pending.wait()
        return len(done)


async def our_go():
    pending, done = WaitGroup(), []

    async def work():
        done.append(True)

    for _ in range(3):
        pending.go(work)
    await pending.wait()
    return len(done)


def test_t3_the_textbook_wait_returns_before_anything_has_started(go):
    assert go(textbook_add_in_the_task) == 0


def test_t3_our_wait_returns_when_all_have_ended(go):
    assert go(our_go) == 3
    assert set(explored(our_go)) == {3}


# T25: a buffered channel as semaphore


class ChannelSemaphore:
    """The textbook's: a permit is a place in the buffer."""

    def __init__(self, size):
        self.places = Channel(size)

    @property
    def line(self):
        return self.places._senders

    async def acquire(self, n=1):
        for _ in range(n):
            await self.places.send(None)

    async def give_back(self, n=1):
        for _ in range(n):
            await self.places.receive()


class OurSemaphore(Semaphore):
    @property
    def line(self):
        return self._waiters

    async def acquire_under(self, context):
        with context:
            await self.acquire()

    async def give_back(self, n=1):
        self.release(n)


async def take_two_each(semaphore):
    """Two tasks want both permits, which come free in one step."""
    served = []

    async def take_both():
        await semaphore.acquire(2)
        served.append(True)
        await semaphore.give_back(2)

    await semaphore.acquire(2)
    async with TaskGroup() as group:
        group.spawn(take_both)
        group.spawn(take_both)
        await parked(semaphore.line, 2)
        await semaphore.give_back(2)
    return len(served)


async def release_without_acquire(semaphore):
    await semaphore.give_back()


async def one_big_among_small(semaphore):
    """Return in which order they are served: a big one that came first, and a small one."""
    served = []

    async def take(n):
        await semaphore.acquire(n)
        served.append(n)

    await semaphore.acquire(2)
    async with TaskGroup() as group:
        group.spawn(take, 2)
        await parked(semaphore.line, 1)
        group.spawn(take, 1)
        await parked(semaphore.line, 2)
        await semaphore.give_back()
        await parked(semaphore.line, 2)
        await semaphore.give_back()
        while not served:
            await sleep(0)
        await semaphore.give_back()
    return served


def test_t25_two_that_each_hold_a_part_block_each_other_in_the_textbook(go):
    with pytest.raises(DeadlockError):
        go(take_two_each, ChannelSemaphore(2))


def test_t25_nobody_holds_a_part_of_ours(go):
    assert go(take_two_each, OurSemaphore(2)) == 2


def test_t25_a_release_too_many_hangs_in_the_textbook(go):
    with pytest.raises(DeadlockError):
        go(release_without_acquire, ChannelSemaphore(2))


def test_t25_a_release_too_many_is_refused_by_ours(go):
    with pytest.raises(ValueError, match="only 0 are held"):
        go(release_without_acquire, OurSemaphore(2))


def test_t25_a_small_one_overtakes_a_big_one_in_the_textbook(go):
    assert go(one_big_among_small, ChannelSemaphore(2)) == [1, 2]


def test_t25_ours_serves_whoever_came_first(go):
    assert go(one_big_among_small, OurSemaphore(2)) == [2, 1]


# T26: a condition variable that wakes everybody


class ConditionSemaphore:
    """The textbook's: whoever waits looks again at every release."""

    def __init__(self, size):
        self.free = size
        self.changed = Channel()

    @property
    def line(self):
        return self.changed._receivers

    async def acquire(self, n=1):
        while self.free < n:
            await self.changed.receive_ok()
        self.free -= n

    def release(self, n=1):
        self.free += n
        changed, self.changed = self.changed, Channel()
        changed.close()


class NotifyingSemaphore:
    """The textbook's: a release wakes one, which looks at its context before it looks at the permits."""

    def __init__(self, size):
        self.free = size
        self.wake = Channel()

    @property
    def line(self):
        return self.wake._receivers

    async def acquire_under(self, context):
        while self.free < 1:
            await select(receiving(self.wake), receiving(context.done))
            if context.err is not None:
                raise context.err
        self.free -= 1

    def release(self):
        self.free += 1
        self.wake.try_send(None)


async def give_up_as_a_permit_comes(semaphore):
    context, served = Context.current().with_cancel(), []

    async def take_and_give_back(context, name):
        await semaphore.acquire_under(context)
        served.append(name)
        semaphore.release()

    await semaphore.acquire_under(Context.current())
    async with TaskGroup() as group:
        group.spawn(take_and_give_back, context, "first")
        await parked(semaphore.line, 1)
        group.spawn(take_and_give_back, Context.current(), "second")
        await parked(semaphore.line, 2)
        semaphore.release()
        context.cancel()
    return served[-1]


async def want_all_while_others_take_one_again(semaphore):
    """Return after how many rounds of the others a big one was served, of 50."""
    rounds, served_after = 0, []

    async def take_one_again():
        nonlocal rounds
        while rounds < 50:
            rounds += 1
            semaphore.release()
            await semaphore.acquire()
            await sleep(0)
        semaphore.release()

    async def take_all():
        await semaphore.acquire(2)
        served_after.append(rounds)

    await semaphore.acquire(2)
    async with TaskGroup() as group:
        group.spawn(take_all)
        await parked(semaphore.line, 1)
        group.spawn(take_one_again)
        group.spawn(take_one_again)
        while not served_after:
            await sleep(0)
        semaphore.release(2)
    return served_after[0]


async def pass_one_permit_on(semaphore):
    left = 20

    async def take():
        nonlocal left
        await semaphore.acquire()
        left -= 1
        await parked(semaphore.line, left)
        semaphore.release()

    await semaphore.acquire()
    async with TaskGroup() as group:
        for _ in range(left):
            group.spawn(take)
        await parked(semaphore.line, left)
        semaphore.release()


def waits_to_pass_one_permit_on(semaphore, runtime):
    """Return how often twenty tasks were parked before each had had the permit once."""
    verbs = []
    outcome = launch(
        pass_one_permit_on, semaphore, runtime=runtime, observe=lambda at, task, verb, of: verbs.append(verb)
    )
    assert outcome.error is None
    return verbs.count("receive") + verbs.count("acquire")


def test_t26_who_wants_all_starves_in_the_textbook(go):
    assert go(want_all_while_others_take_one_again, ConditionSemaphore(2)) == 50


def test_t26_who_wants_all_is_served_by_ours_after_a_round_of_the_others(go):
    assert go(want_all_while_others_take_one_again, OurSemaphore(2)) <= 2


def test_t26_every_release_wakes_the_whole_herd_in_the_textbook(runtime):
    assert waits_to_pass_one_permit_on(ConditionSemaphore(1), runtime) == sum(range(20 + 1))


def test_t26_every_release_wakes_one_in_ours(runtime):
    assert waits_to_pass_one_permit_on(OurSemaphore(1), runtime) == 20


def test_t26_a_wake_up_that_comes_with_a_cancel_is_lost_by_the_textbook(go):
    with pytest.raises(DeadlockError):
        go(give_up_as_a_permit_comes, NotifyingSemaphore(1))


def test_t26_a_permit_that_comes_with_a_cancel_is_passed_on_by_ours(go):
    assert go(give_up_as_a_permit_comes, OurSemaphore(1)) == "second"


# T27: the permit taken inside the task


async def textbook_permit_in_the_task():
    semaphore, most = Semaphore(3), 0

    async def work():
        nonlocal most
        async with semaphore:
            most = max(most, live_tasks())
            await sleep(0)

    async with TaskGroup() as group:
        for _ in range(100):
            group.spawn(work)
    return most


async def our_permit_before_the_task():
    group, most = ErrGroup(limit=3), 0

    async def work():
        nonlocal most
        most = max(most, live_tasks())
        await sleep(0)

    for _ in range(100):
        await group.go(work)
    await group.wait()
    return most


def test_t27_the_textbook_has_a_task_for_every_item(go):
    assert go(textbook_permit_in_the_task) == 100 + 1


def test_t27_ours_has_a_task_for_every_permit(go):
    assert go(our_permit_before_the_task) <= 3 + 1


# T28: no limit over a large input, or a limit and a go inside a task


async def start_many(limit):
    group, most = ErrGroup(limit), 0

    async def work():
        nonlocal most
        most = max(most, live_tasks())
        await sleep(0)

    for _ in range(1000):
        await group.go(work)
    await group.wait()
    return most


async def textbook_nested(limit):
    """The textbook's limit: a channel of places around every task."""
    places, done = Channel(limit), []

    async with TaskGroup() as group:

        async def go(fn):
            await places.send(None)

            async def hold_a_place():
                try:
                    await fn()
                finally:
                    await places.receive()

            group.spawn(hold_a_place)

        async def inner():
            done.append("inner")

        async def outer():
            await go(inner)
            done.append("outer")

        await go(outer)
    return done


async def our_nested(limit):
    group, done = ErrGroup(limit), []

    async def inner():
        done.append("inner")

    async def outer():
        if not group.try_go(inner):
            await inner()
        done.append("outer")

    await group.go(outer)
    await group.wait()
    return sorted(done)


def test_t28_without_a_limit_there_is_a_task_for_every_item():
    assert launch(start_many, None, runtime="asyncio").value == 1000 + 1


def test_t28_with_a_limit_there_are_no_more(go):
    assert go(start_many, 10) <= 10 + 1


def test_t28_a_nested_start_at_the_limit_hangs_in_the_textbook(go):
    assert sorted(go(textbook_nested, 2)) == ["inner", "outer"]
    with pytest.raises(DeadlockError):
        go(textbook_nested, 1)


@pytest.mark.parametrize("limit", [1, 2, None])
def test_t28_a_nested_try_go_at_the_limit_says_so(go, limit):
    assert go(our_nested, limit) == ["inner", "outer"]


# T29: tasks that do not get the group's own context


async def textbook_plain_group():
    """Tasks run in the outer context: counted, first error kept."""
    pending, errors = WaitGroup(), []

    async def run(fn, *args):
        try:
            await fn(*args)
        except BrokenError as error:
            errors.append(error)

    pending.go(run, sleep, 100)
    pending.go(run, fail)
    await pending.wait()
    assert len(errors) == 1
    return now()


async def our_group_in_its_own_context():
    group = ErrGroup()
    await group.go(sleep, 100)
    await group.go(fail)
    with pytest.raises(BrokenError):
        await group.wait()
    return now()


def test_t29_the_first_failure_stops_nobody_in_the_textbook():
    assert set(explored(textbook_plain_group)) == {100}


def test_t29_the_first_failure_stops_the_rest_at_once_in_ours():
    assert set(explored(our_group_in_its_own_context)) == {0}


# T30: an unbuffered channel of errors that is read once


async def textbook_error_channel():
    errors = Channel()
    pending = WaitGroup()

    async def run(fn):
        try:
            await fn()
        except BrokenError as error:
            await errors.send(error)

    for _ in range(3):
        pending.go(run, fail)
    first = await errors.receive()
    await parked(errors._senders, 2)
    return first


async def our_first_error():
    group = ErrGroup()
    for _ in range(3):
        await group.go(fail)
    with pytest.raises(BrokenError) as caught:
        await group.wait()
    return caught.value


def test_t30_every_later_failure_is_left_parked_by_the_textbook(runtime):
    outcome = launch(textbook_error_channel, runtime=runtime)
    assert isinstance(outcome.value, BrokenError)
    assert len(outcome.leaked) == 2
    assert all(line.startswith("run waits for send on") for line in outcome.leaked)


def test_t30_ours_leaves_nothing(go):
    assert isinstance(go(our_first_error), BrokenError)


# T31: a cancel that nobody calls


async def textbook_cancel_thrown_away():
    parent = Context.current().with_cancel()
    kept = [parent.with_timeout(1000) for _ in range(100)]  # as Go keeps them until their time has come
    return len(kept) and len(parent.children)


async def our_with_form():
    parent = Context.current().with_cancel()
    kept = []
    for _ in range(100):
        with parent.with_timeout(1000) as context:
            kept.append(context)
            await sleep(0)
    return len(kept) and len(parent.children)


def test_t31_the_textbooks_contexts_and_timers_live_as_long_as_their_parent(go):
    assert go(textbook_cancel_thrown_away) == 100


def test_t31_the_with_form_leaves_none(go):
    assert go(our_with_form) == 0
