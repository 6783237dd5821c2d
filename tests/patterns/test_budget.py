"""The budget of a task: turns for the others, and none under a dead context."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, nullcontext, suppress
from functools import partial
from itertools import product
from types import MethodType

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    Semaphore,
    TaskGroup,
    fan_out,
    now,
    pipeline,
    receiving,
    run,
    select,
    sleep,
    worker_pool,
)
from patterns.launch import launch
from patterns.runtimes._costs import Costs
from patterns.runtimes.threads import OPERATIONS as OPERATIONS_THERE
from patterns.source import Source
from patterns.traps import BUDGET, running

from seams import parked

OPERATIONS = ("send", "receive", "receive_ok", "anext", "select", "acquire", "enter", "step")


class Subjects:
    """What operations are tried on, each of which could go on at once."""

    def __init__(self):
        self.channel = Channel(3)
        self.permits = Semaphore(2)
        self.items = aiter(Source(iter(int, 1)))
        self.channel.try_send("kept")
        self.channel.try_send("kept")

    async def refused(self, operation):
        """Try one, and take back what it did."""
        try:
            await getattr(self, operation)()
        except (CancelledError, DeadlineExceededError):
            return True
        return False

    async def send(self):
        await self.channel.send("kept")
        self.channel.try_receive()

    async def receive(self):
        await self.channel.receive()
        self.channel.try_send("kept")

    async def receive_ok(self):
        await self.channel.receive_ok()
        self.channel.try_send("kept")

    async def anext(self):
        await anext(self.channel.receiver)
        self.channel.try_send("kept")

    async def select(self):
        await select(receiving(self.channel))
        self.channel.try_send("kept")

    async def acquire(self):
        await self.permits.acquire()
        self.permits.release()

    async def enter(self):
        async with self.permits:
            pass

    async def step(self):
        await anext(self.items)


def entered_alive(stack):
    """Enter a child of the current context."""
    stack.append(stack[-1].with_cancel())
    stack[-1].__enter__()


def entered_dead(stack):
    """Enter a child that has been cancelled."""
    stack.append(stack[-1].with_cancel())
    stack[-1].cancel()
    stack[-1].__enter__()


def entered_shield(stack):
    """Enter a context that no cancel above reaches."""
    stack.append(stack[-1].without_cancel())
    stack[-1].__enter__()


def left(stack):
    """Leave the innermost one."""
    if len(stack) > 1:
        stack.pop().__exit__(None, None, None)


def cancelled(stack):
    """Cancel the outermost one that was entered here, and with it those derived from it."""
    if len(stack) > 1:
        stack[1].cancel()


MOVES = (entered_alive, entered_dead, entered_shield, left, cancelled)


def test_on_threads_a_task_that_has_waited_has_its_whole_budget_again():
    async def main():
        left, channel = [], Channel()

        async def give():
            for number in range(3):
                await parked(channel._receivers, 1)
                await channel.send(number)
            channel.close()

        async with TaskGroup() as group:
            group.spawn(give)
            async for _ in channel:
                left.append(running().budget)
                running().budget = 10
        return left

    assert run(main, runtime="threads") == [OPERATIONS_THERE] * 3


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_refused_when_and_only_when_the_context_is_dead(go, operation):
    """After every sequence of four moves between contexts, and after each move of it."""

    async def main():
        subjects = Subjects()
        for moves in product(MOVES, repeat=4):
            stack = [Context.current()]
            for move in moves:
                move(stack)
                told = await subjects.refused(operation)
                assert told == stack[-1].dead, [move.__name__ for move in moves]
            while len(stack) > 1:
                left(stack)

    go(main)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_refused_when_the_deadline_has_passed(operation):
    async def main():
        subjects = Subjects()
        with suppress(DeadlineExceededError), Context.current().with_timeout(1.0):
            before = await subjects.refused(operation)
            with suppress(DeadlineExceededError):
                await sleep(2.0)
            return before, await subjects.refused(operation)

    assert run(main, runtime="simulator") == (False, True)


def rests_of(task):
    """Return a list that grows by each rest of the run: whether it was asked for."""
    rests, rest = [], task.driver.rest

    def counted(task, *, asked=True):
        rests.append(asked)
        return rest(task, asked=asked)

    task.driver.rest = counted
    return rests


@pytest.mark.parametrize("scoped", [False, True], ids=["bare", "a context around each"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_loop_of_ready_operations_lets_others_run(go, operation, scoped):
    """One turn in so many; a context entered and left gives no more of them."""

    async def main():
        subjects, task = Subjects(), running()
        rests, most = rests_of(task), task.driver.operations
        for _ in range(3 * most):
            with Context.current().with_cancel() if scoped else nullcontext():
                await subjects.refused(operation)
        return rests

    assert go(main) == [False, False]


def test_a_task_that_leaves_a_dead_context_may_go_on(go):
    async def main():
        channel = Channel(1)
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            context.cancel()
            await channel.send("refused")
        await channel.send("sent")
        return await channel.receive()

    assert go(main) == "sent"


def test_a_task_taken_out_of_a_context_that_another_task_leaves_is_refused_under_its_own_dead_one(go):
    """An async generator that was not closed where it ran is left elsewhere."""

    async def main():
        outer, channel, told = Context.current().with_cancel(), Channel(2), []

        async def enter(inner, go_on):
            with outer:
                inner.__enter__()
                await go_on.receive_ok()
                with suppress(CancelledError):
                    await channel.send("refused")
                    told.append("sent")

        inner, go_on = outer.with_cancel().without_cancel(), Channel()
        async with TaskGroup() as group:
            group.spawn(enter, inner, go_on)
            await parked(go_on._receivers, 1)
            outer.cancel()
            with pytest.raises(RuntimeError, match="left in another task"):
                inner.__exit__(None, None, None)
            go_on.close()
        return told

    assert go(main) == []


def test_a_task_of_asyncio_that_is_first_seen_under_a_dead_context_is_refused():
    async def main():
        channel = Channel(1)
        with Context.current().with_cancel() as context:
            task = asyncio.get_running_loop().create_task(channel.send("refused"))
            context.cancel()
        with pytest.raises(CancelledError):
            await task
        return channel.try_receive()

    assert run(main, runtime="asyncio") is None


def test_a_task_of_asyncio_that_cancels_its_own_context_first_of_all_is_refused_next():
    """Its record is made by the very call that ends its context."""

    async def main():
        context, channel = Context.current().with_cancel(), Channel(1)

        async def foreign():
            context.cancel()
            await channel.send("refused")

        async def child():
            with context:
                task = asyncio.create_task(foreign())
            return await asyncio.gather(task, return_exceptions=True)

        found = []
        async with TaskGroup() as group:
            group.spawn(handed_in, child, found)
        return found, len(channel)

    async def handed_in(child, found):
        found += await child()

    found, sent = run(main, runtime="asyncio")
    assert [type(one) for one in found] == [CancelledError]
    assert sent == 0


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12")
@pytest.mark.parametrize("foreign", [False, True], ids=["ours", "foreign"])
def test_a_row_of_eager_tasks_lets_others_run(foreign):
    """Each of them begins, and ends, within the turn of whoever makes it."""

    async def main():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        channel, turns, done = Channel(1), 0, []

        async def count():
            nonlocal turns
            while not done:
                turns += 1
                await asyncio.sleep(0)

        async def pass_on(number):
            await channel.send(number)
            await channel.receive()

        counting = asyncio.create_task(count())
        for number in range(20 * BUDGET):
            if foreign:
                await asyncio.create_task(pass_on(number))
            else:
                async with TaskGroup() as group:
                    group.spawn(pass_on, number)
        done.append(True)
        await counting
        return turns

    assert run(main, runtime="asyncio") > 20


def test_tasks_of_asyncio_that_begin_in_turns_of_their_own_have_a_budget_each():
    async def main():
        channel = Channel(100)

        async def send(number):
            await channel.send(number)
            return running().budget

        return [await asyncio.create_task(send(number)) for number in range(50)]

    assert min(run(main, runtime="asyncio")) > BUDGET / 2


def pool(jobs):
    """Return a pool of one worker."""
    return worker_pool(jobs, kept, workers=1)


def stages(jobs):
    """Return a pipeline of one stage."""
    return pipeline(jobs, kept)


async def kept(job):
    return job


@pytest.mark.parametrize(("pattern", "name"), [(pool, "worker 1"), (stages, "stage 1 kept")])
@pytest.mark.parametrize("started", [False, True])
def test_a_worker_that_is_cancelled_alone_fails_its_readers_and_hangs_nobody(pattern, name, started):
    async def main():
        jobs = Channel()
        async with pattern(jobs) as results:
            if started:
                await parked(jobs._receivers, 1)
            (worker,) = (task for task in asyncio.all_tasks() if task.get_name() == name)
            worker.cancel()
            return await results.receive()

    async def in_time():
        async with asyncio.timeout(5):
            await main()

    with pytest.raises(asyncio.CancelledError):
        run(in_time, runtime="asyncio")


def test_a_fan_out_hands_on_a_job_that_says_that_iteration_is_over(go):
    """`StopAsyncIteration` is an error of the job, and ends no loop."""

    async def over(job):
        raise StopAsyncIteration(job)

    async def main():
        async with fan_out([1], over, workers=1) as (channel,):
            return [value async for value in channel]

    with pytest.raises(StopAsyncIteration):
        go(main)


class Broken:
    """A plain iterator that says so in the words of the other kind."""

    def __iter__(self):
        return self

    def __next__(self):
        raise StopAsyncIteration


@pytest.mark.parametrize("ordered", [False, True])
def test_a_source_that_says_that_async_iteration_is_over_is_an_error(go, ordered):
    async def main():
        async with worker_pool(Broken(), kept, workers=2, ordered=ordered) as results:
            return [result async for result in results]

    with pytest.raises(RuntimeError, match="a source raised StopAsyncIteration"):
        go(main)


def test_a_method_of_anything_that_can_be_called_can_be_spawned(go):
    async def main():
        told = []

        async def tell(owner, value):
            told.append((owner, value))

        async with TaskGroup() as group:
            group.spawn(MethodType(partial(tell), "owner"), "value")
            group.spawn(MethodType(tell, "owner"), "another")
        return sorted(told)

    assert go(main) == [("owner", "another"), ("owner", "value")]


@pytest.mark.parametrize("sent", [BUDGET - 2, BUDGET - 1, BUDGET, BUDGET + 1])
def test_a_cancel_is_no_operation_and_takes_no_simulated_time(sent):
    async def main():
        channel = Channel(2 * BUDGET)
        with suppress(CancelledError), Context.current().with_cancel() as context:
            for number in range(sent):
                await channel.send(number)
            context.cancel()
            await sleep(0)
        return now()

    outcome = launch(main, runtime="simulator", costs=Costs("fibers", operation_s=1.0))
    assert outcome.value == sent


def test_a_semaphore_is_entered_by_a_stack_and_left_with_it(go):
    async def main():
        permits = Semaphore(2)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(permits)
            await stack.enter_async_context(permits)
            assert permits.free == 0
        return permits.free

    assert go(main) == 2


def test_a_semaphore_without_permits_is_not_entered(go):
    async def main():
        async with Semaphore(0):
            pass

    with pytest.raises(ValueError, match="n: found 1, allowed 0 to 0, the size"):
        go(main)


def test_a_block_whose_permit_was_given_back_inside_says_so(go):
    async def main():
        permits = Semaphore(1)
        async with permits:
            permits.release()

    with pytest.raises(ValueError, match="release of 1 permits, only 0 are held"):
        go(main)


@pytest.mark.parametrize("weight", [True, 1.0, "1", None])
def test_a_weight_is_a_whole_number_even_where_it_equals_one(go, weight):
    async def main():
        permits = Semaphore(2)
        for ask in (permits.try_acquire, permits.release):
            with pytest.raises(TypeError, match="n: found"):
                ask(weight)
        with pytest.raises(TypeError, match="n: found"):
            await permits.acquire(weight)
        return permits.free

    assert go(main) == 2
