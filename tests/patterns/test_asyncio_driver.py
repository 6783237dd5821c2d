"""The asyncio driver beside what else goes on in its loop: outside cancels, foreign wakers, several loops."""

from __future__ import annotations

import _thread
import asyncio
import contextlib
import contextvars
import gc
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    DeadlockError,
    ErrGroup,
    Semaphore,
    TaskGroup,
    WaitGroup,
    after,
    call,
    run,
    sleep,
    worker_pool,
)
from patterns.runtimes import asyncio as runtime

from seams import parked

pytestmark = pytest.mark.stress


def test_a_value_that_comes_after_an_outside_cancel_in_the_same_step_is_not_lost():
    async def main():
        channel = Channel()
        task = asyncio.create_task(channel.receive())
        await parked(channel._receivers, 1)
        task.cancel()
        sent = channel.try_send("value")
        received = (await asyncio.gather(task, return_exceptions=True))[0]
        return sent, received

    sent, received = asyncio.run(main())
    assert not (sent and isinstance(received, asyncio.CancelledError))


def test_a_permit_that_comes_after_an_outside_cancel_in_the_same_step_is_not_leaked():
    async def main():
        semaphore = Semaphore(1)
        await semaphore.acquire()

        async def holder():
            async with semaphore:
                pass

        task = asyncio.create_task(holder())
        await parked(semaphore._waiters, 1)
        task.cancel()
        semaphore.release()
        await asyncio.gather(task, return_exceptions=True)
        return semaphore.try_acquire()

    assert asyncio.run(main())


def test_an_outside_cancel_and_a_cancel_of_the_context_leave_nothing_behind():
    async def main():
        channel, context, got = Channel(), Context.current().with_cancel(), []

        async def listen():
            with context:
                await channel.receive()

        async def after_that():
            try:
                await listen()
            except BaseException:  # noqa: BLE001 - either of the two
                task.uncancel()
            got.append(await channel.receive())

        task = asyncio.create_task(after_that())
        await parked(channel._receivers, 1)
        task.cancel()
        context.cancel()
        await channel.send("value")
        await task
        return got

    assert run(main) == ["value"]


def test_an_outside_cancel_and_then_the_contexts_raise_the_contexts_error_and_then_the_other():
    async def main():
        channel, context, raised = Channel(), Context.current().with_cancel(), []

        async def listen():
            with context:
                try:
                    await channel.receive()
                except BaseException as error:  # noqa: BLE001 - which one it is is asked
                    raised.append(type(error))
            await asyncio.sleep(1)

        task = asyncio.create_task(listen())
        await parked(channel._receivers, 1)
        task.cancel()
        context.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return raised, task.cancelled()

    assert run(main) == ([CancelledError], True)


@pytest.mark.parametrize("first", ["outside", "context"])
def test_two_cancels_at_once_let_those_go_on_who_stood_behind(first):
    async def main():
        semaphore, context, got = Semaphore(3), Context.current().with_cancel(), []
        await semaphore.acquire()

        async def big():
            with context:
                await semaphore.acquire(3)

        async def small():
            await semaphore.acquire()
            got.append("a permit")

        one = asyncio.create_task(big())
        await parked(semaphore._waiters, 1)
        two = asyncio.create_task(small())
        await parked(semaphore._waiters, 2)
        for cancel in (one.cancel, context.cancel) if first == "outside" else (context.cancel, one.cancel):
            cancel()
        await asyncio.wait([two], timeout=5)
        await asyncio.gather(one, return_exceptions=True)
        return got

    assert run(main) == ["a permit"]


@pytest.mark.parametrize("first", ["outside", "context"])
def test_two_cancels_at_once_leave_no_timer_of_a_sleep(first):
    async def main():
        context = Context.current().with_cancel()

        async def sleeper():
            with context:
                await sleep(1e6)

        task = asyncio.create_task(sleeper())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for cancel in (task.cancel, context.cancel) if first == "outside" else (context.cancel, task.cancel):
            cancel()
        await asyncio.gather(task, return_exceptions=True)
        await Channel().receive()

    with pytest.raises(DeadlockError):  # and not a wait of eleven days
        run(main)


def test_a_context_that_dies_after_an_abandonable_call_finds_nobody_waiting():
    async def main():
        context = Context.current().with_cancel()
        with context:
            await call(int, abandon=True)
            context.cancel()
            with pytest.raises(CancelledError):
                await sleep(1)
        channel = Channel()
        async with TaskGroup() as group:
            group.spawn(channel.send, "value")
            return await channel.receive()

    assert run(main) == "value"


def test_an_abandonable_call_that_is_over_when_its_context_dies_has_its_result():
    async def main():
        context, channel, got = Context.current().with_cancel(), Channel(), []
        loop, go_on, over = asyncio.get_running_loop(), threading.Event(), threading.Event()
        call_soon_threadsafe = loop.call_soon_threadsafe

        def telling(*callback):
            call_soon_threadsafe(*callback)
            over.set()

        async def work():
            with context:
                got.append(await call(go_on.wait, abandon=True))
            got.append(await channel.receive())

        async with TaskGroup() as group:
            group.spawn(work)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            loop.call_soon_threadsafe = telling
            go_on.set()
            assert over.wait(60)  # the loop, which stands still meanwhile, is told at its next turn
            loop.call_soon(context.cancel)
            await parked(channel._receivers, 1)
            await channel.send("value")
        return got

    assert run(main) == [True, "value"]


def test_a_call_after_an_abandonable_one_is_told_of_a_cancel_and_waited_for():
    async def main():
        began, told, ended = threading.Event(), threading.Event(), []

        def until_told():
            began.set()
            ended.append(told.wait(60))

        async def work():
            await call(int, abandon=True)
            await call(until_told, on_cancel=told.set)

        async with TaskGroup() as group:
            group.spawn(work)
            while not began.is_set():
                await sleep(0.001)
            group.cancel()
        return ended

    assert run(main) == [True]


def test_a_parked_coroutine_that_is_closed_leaves_its_queue():
    async def main():
        channel = Channel()
        waiting = channel.receive()
        waiting.send(None)
        waiting.close()
        return channel.parked, channel.try_send("value")

    assert run(main) == ((0, 0), False)


def test_a_cancellation_that_a_task_of_ours_has_kept_may_be_raised_by_another_one():
    async def main():
        kept = []

        async def keeper():
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError as error:
                kept.append(error)

        async with TaskGroup() as group:
            group.spawn(keeper)
            await sleep(0)
            await sleep(0)
            group.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with TaskGroup():
                raise kept[0]

    run(main)


def test_a_semaphore_whose_loop_was_closed_on_it_has_its_permit_back():
    semaphore = Semaphore(1)

    async def hold():
        async with semaphore:
            await asyncio.sleep(1)

    loop = asyncio.new_event_loop()
    task = loop.create_task(hold())
    loop.run_until_complete(asyncio.sleep(0))
    assert semaphore.free == 0
    loop.close()
    task._log_destroy_pending = False
    del task, loop
    gc.collect()
    assert semaphore.free == 1


def test_a_sleep_that_is_over_when_an_outside_cancel_comes_has_been_slept():
    async def main():
        slept = []

        async def sleeper():
            await sleep(0.01)
            slept.append("the first")
            await sleep(1)
            slept.append("the second")

        task = asyncio.create_task(sleeper())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.02, task.cancel)
        time.sleep(0.05)  # noqa: ASYNC251 - both are due at the loop's next turn
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return slept, task.cancelled()

    assert run(main) == (["the first"], True)


def test_a_sleeper_that_is_cancelled_when_it_is_due_does_not_keep_the_others_asleep():
    async def main():
        async def impatient():
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await sleep(0.0100001)
                    await sleep(10)

        async with TaskGroup() as group:
            for _ in range(20):
                group.spawn(impatient)
                group.spawn(sleep, 0.0100002)

    run(main)


@pytest.mark.parametrize("waker", ["reader", "signal", "executor"])
def test_what_something_foreign_may_still_end_is_no_deadlock(waker):
    async def main():
        loop, channel = asyncio.get_running_loop(), Channel(1)
        if waker == "reader":
            read, write = os.pipe()
            loop.add_reader(read, channel.try_send, "woken")
            os.write(write, b"!")
        elif waker == "signal":
            loop.add_signal_handler(signal.SIGUSR1, channel.try_send, "woken")
            os.kill(os.getpid(), signal.SIGUSR1)
        else:
            done = loop.run_in_executor(None, int)
            done.add_done_callback(lambda _: channel.try_send("woken"))
        value = await channel.receive()
        if waker == "reader":
            loop.remove_reader(read)
            os.close(read)
            os.close(write)
        return value

    assert run(main) == "woken"


def test_a_task_that_has_waited_for_us_and_now_waits_for_something_foreign_is_no_deadlock():
    async def main():
        await sleep(0.001)
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def wake():
            time.sleep(0.05)
            loop.call_soon_threadsafe(future.set_result, "woken")

        _thread.start_new_thread(wake, ())  # of such threads the interpreter keeps no list
        value = await future
        await sleep(0.001)
        return value

    assert run(main) == "woken"


def test_a_deadlock_is_reported_though_a_long_sleep_was_cancelled():
    async def main():
        async with TaskGroup() as group:
            group.spawn(sleep, 1e6)
            await sleep(0)
            group.cancel()
        await Channel().receive()

    with pytest.raises(DeadlockError):
        run(main)


def test_a_shutdown_that_cancels_every_task_of_the_loop_ends_the_run_with_the_mains_result():
    async def main():
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
        return "done"

    assert run(main) == "done"


def test_a_coroutine_from_another_thread_shares_the_runs_objects():
    async def main():
        channel, loop = Channel(1), asyncio.get_running_loop()
        sent = asyncio.run_coroutine_threadsafe(channel.send("value"), loop)
        value = await channel.receive()
        await asyncio.wrap_future(sent)
        return value

    assert run(main) == "value"


def test_loops_that_are_closed_are_forgotten():
    async def touch():
        await Channel(1).send(1)

    for _ in range(5):
        asyncio.run(touch())
    assert sum(not loop.is_closed() for loop in runtime._drivers) == 0
    assert len(runtime._drivers) <= 2


@pytest.mark.parametrize("error", [None, ValueError("from main")])
def test_the_loop_of_a_run_is_forgotten_with_the_run(error):
    async def touch():
        await Channel(1).send(1)
        if error is not None:
            raise error

    before = set(runtime._drivers)
    for _ in range(5):
        with contextlib.suppress(ValueError):
            run(touch, runtime="asyncio")
    assert set(runtime._drivers) == before


@pytest.mark.leaks("a foreign task")
def test_a_task_of_asyncio_that_outlives_main_is_still_of_the_run():
    received, tasks = [], []

    async def straggler(channel):
        try:
            await asyncio.sleep(3_600)
        finally:
            await channel.send("last words")
            received.append(await channel.receive())

    async def main():
        channel = Channel(1)
        await channel.send("bound to this run")
        await channel.receive()
        tasks.append(asyncio.create_task(straggler(channel), context=contextvars.Context()))
        await sleep(0)

    before = set(runtime._drivers)
    run(main, runtime="asyncio")
    assert received == ["last words"]
    assert set(runtime._drivers) == before


@pytest.mark.parametrize("where", ["spawned into it", "entered", "left a shield"])
def test_a_dead_context_ends_a_foreign_wait_that_begins_afterwards(where):
    async def forever():
        await asyncio.sleep(3_600)

    async def main():
        dead = Context.current().with_cancel()
        dead.cancel()
        if where == "spawned into it":
            async with TaskGroup() as group:
                group.cancel()
                group.spawn(forever)
        elif where == "entered":
            with dead:
                await forever()
        else:
            with dead:
                with dead.without_cancel():
                    await sleep(0)
                await forever()

    with pytest.raises(BaseException, match="context cancelled") if where != "spawned into it" else nothing():
        run(main)


async def foreign_wait():
    await asyncio.sleep(3_600)


async def spin():
    while True:  # noqa: ASYNC110 (it waits for nothing)
        await asyncio.sleep(0)


async def a_wait_that_was_granted():
    await granted.get().receive()
    await foreign_wait()


async def a_call():
    await call(time.sleep, 0.05)
    await foreign_wait()


async def a_rest():
    await sleep(0)
    await foreign_wait()


granted = contextvars.ContextVar("granted")


@pytest.mark.parametrize("fn", [foreign_wait, spin, a_wait_that_was_granted, a_call, a_rest])
def test_a_context_that_dies_ends_whatever_waits_for_what_is_not_ours(fn):
    """On the way there, too, from an operation of ours that the cancel came too late for."""

    async def main():
        granted.set(Channel())
        async with TaskGroup() as group:
            group.spawn(fn)
            await sleep(0.01)
            granted.get().try_send("just before")
            group.cancel()
        return "over"

    assert run(main) == "over"


@pytest.mark.parametrize("fn", [foreign_wait, spin])
def test_a_deadline_ends_a_foreign_wait_in_the_task_that_entered_it(fn):
    async def main():
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0.01):
            await fn()
        task = asyncio.current_task()
        return task.cancelling()

    assert run(main) == 0


def test_a_cancellation_that_foreign_code_raises_anew_is_still_the_contexts():
    async def library():
        try:
            await foreign_wait()
        except asyncio.CancelledError:
            raise asyncio.CancelledError from None

    async def main():
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0.01):
            await library()
        return asyncio.current_task().cancelling()

    assert run(main) == 0


def test_an_outside_cancel_that_comes_with_the_contexts_stays_an_outside_cancel():
    async def library():
        try:
            await foreign_wait()
        except asyncio.CancelledError:
            asyncio.current_task().cancel()
            raise asyncio.CancelledError from None

    async def worker():
        with Context.current().with_timeout(0.01):
            await library()

    async def main():
        task = asyncio.create_task(worker())
        await asyncio.wait([task])
        return task.cancelled()

    assert run(main) is True


def test_an_outside_cancel_carries_the_childrens_errors():
    async def child():
        try:
            await sleep(3_600)
        finally:
            raise ValueError("while it cleaned up")

    async def worker():
        async with TaskGroup() as group:
            group.spawn(child)

    async def main():
        task = asyncio.create_task(worker())
        await sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return caught.value.__cause__.exceptions

    (error,) = run(main)
    assert str(error) == "while it cleaned up"


@pytest.mark.parametrize("runner", [run, lambda main: asyncio.run(main())])
def test_a_task_of_asyncio_belongs_to_the_context_in_which_it_was_made(runner):
    async def child():
        born = Context.current()
        try:
            await sleep(3_600)
        except CancelledError as error:
            return born, error

    async def main():
        with Context.current().with_cancel() as inner:
            task = asyncio.create_task(child())
        born, error = await task
        return born is inner, repr(error)

    assert runner(main) == (True, "CancelledError('context cancelled')")


def test_a_buffer_is_not_read_by_a_task_that_waits_under_a_dead_context():
    async def main():
        channel = Channel()
        with Context.current().with_cancel():
            task = asyncio.create_task(channel.receive())
        with pytest.raises(CancelledError):
            await task
        return len(channel._receivers)

    assert run(main) == 0


@pytest.mark.parametrize("runner", [run, lambda main: asyncio.run(main())])
def test_leaving_the_first_block_in_a_task_of_asyncio_ends_its_context(runner):
    async def child():
        with Context.current().with_timeout(3_600) as context:
            pass
        return context

    async def main():
        return (await asyncio.create_task(child())).err

    assert isinstance(runner(main), CancelledError)


INTERRUPTED = """import sys, time
from patterns import Context, call, run, sleep

async def main():
    print("ready", flush=True)
    try:
        await sleep(1_000)
    finally:
        with Context.current().without_cancel():
            print("cleaning up", flush=True)
            await call(time.sleep, 1_000)

run(main, runtime=sys.argv[1])
"""


ENDLESS_GRACE = "from patterns.runtimes import asyncio; asyncio.GRACE_S = 1_000\n"


def interrupted(name, times, first=""):
    """Run a program whose clean-up never ends, with so many Ctrl-C, and return its exit code."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", first + INTERRUPTED, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(times):
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
    with process:
        return process.wait(timeout=15)


@pytest.mark.parametrize("name", ["asyncio", "fibers", "threads", "processes"])
def test_a_call_that_is_begun_while_cleaning_up_has_a_moment_and_no_more(name):
    assert interrupted(name, times=1) == -signal.SIGINT


def test_a_second_ctrl_c_waits_for_no_call():
    assert interrupted("asyncio", times=2, first=ENDLESS_GRACE) == -signal.SIGINT


class nothing:  # noqa: N801 - reads as a word
    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return False


PROGRAM = """\
import sys
from patterns import Context, run, sleep

def fail():
    raise ValueError("on purpose")

async def main():
    context = Context.current().with_cancel()
    context.after_func(fail)
    context.cancel()
    await sleep(0.01)
    return "over"

print(run(main, runtime=sys.argv[1]))
"""


@pytest.mark.parametrize("name", ["asyncio", "threads", "simulator"])
def test_an_error_that_nobody_waits_for_is_reported_by_the_interpreters_own_hook(name):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, name], capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, "over\n")
    assert done.stderr.rstrip().endswith("ValueError: on purpose")


def test_a_timer_beside_a_cancelled_wait_still_fires():
    async def main():
        timer = after(0.01)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await Channel().receive()
        return await timer.receive()

    assert run(main) > 0


@pytest.mark.parametrize("runner", [run, lambda main: asyncio.run(main())])
@pytest.mark.parametrize("waits", [lambda: sleep(0), lambda: asyncio.sleep(0), None])
def test_a_task_of_asyncio_waits_under_a_record_of_its_own(runner, waits):
    """The one that it inherits is its maker's, who waits for something else meanwhile."""

    async def child(channel):
        if waits is not None:
            await waits()
        buffered = Channel(1_000)
        for number in range(500):
            await buffered.send(number)
        await channel.send("sent")

    async def main():
        await sleep(0)
        channel = Channel()
        task = asyncio.create_task(child(channel))
        received = await channel.receive()
        await task
        return received

    assert runner(main) == "sent"


@pytest.mark.parametrize("inside", ["group", "wait group", "errgroup", "send"])
def test_a_task_of_asyncio_is_not_judged_by_the_context_that_its_maker_enters_later(inside):
    async def child():
        await sleep(0.02)
        if inside == "group":
            async with TaskGroup() as group:
                group.spawn(sleep, 0.02)
        elif inside == "send":
            await Channel(1).send(1)
            await sleep(0.02)
        else:
            group = WaitGroup() if inside == "wait group" else ErrGroup()
            started = group.go(sleep, 0.02)
            if inside == "errgroup":
                await started
            await group.wait()
        return "over"

    async def main():
        task = asyncio.create_task(child())
        with contextlib.suppress(DeadlineExceededError), Context.current().with_timeout(0.01):
            await sleep(1)
        return await task

    assert run(main) == "over"


@pytest.mark.parametrize("runner", [run, lambda main: asyncio.run(main())])
@pytest.mark.parametrize("way", ["wait_for", "asyncio.TaskGroup"])
def test_a_cancellation_that_foreign_code_turns_into_another_error_leaves_no_mark(runner, way):
    async def attempt():
        if way == "wait_for":
            await asyncio.wait_for(Channel().receive(), 5)
        else:
            async with asyncio.TaskGroup() as group:
                group.create_task(Channel().receive())

    async def main():
        with pytest.raises((DeadlineExceededError, BaseExceptionGroup)), Context.current().with_timeout(0.01):
            await attempt()
        left = asyncio.current_task().cancelling()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.sleep(5)
        return left

    assert runner(main) == 0


@pytest.mark.parametrize("runner", [run, lambda main: asyncio.run(main())])
@pytest.mark.parametrize("first", ["context", "outside"])
@pytest.mark.parametrize("between", [0, 1])
def test_an_outside_cancel_is_never_swallowed_by_a_contexts(runner, first, between):
    caught = []

    async def victim(context):
        try:
            with context:
                await asyncio.sleep(10)
        except CancelledError:
            caught.append("the context's")
        await asyncio.sleep(0)
        caught.append("went on")

    async def main():
        context = Context.current().with_cancel()
        task = asyncio.create_task(victim(context))
        await asyncio.sleep(0.01)
        for cancel in (context.cancel, task.cancel) if first == "context" else (task.cancel, context.cancel):
            cancel()
            for _ in range(between):
                await asyncio.sleep(0)
        await asyncio.wait([task])
        return task.cancelled(), caught

    assert runner(main) == (True, [])


def test_a_timeout_that_is_taken_back_cancels_nothing_later():
    async def main():
        task = asyncio.current_task()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)  # caught, and never taken back: the count stays
        channel = Channel()

        def both_at_once():
            channel.try_send("value")
            timeout._on_timeout()

        async with asyncio.timeout(10) as timeout:
            asyncio.get_running_loop().call_soon(both_at_once)
            value = await channel.receive()
        await sleep(0.001)
        return value

    assert run(main) == "value"


@pytest.mark.parametrize("runner", [run, lambda main: asyncio.run(main())])
def test_the_root_of_a_task_of_asyncio_wakes_it_when_it_is_cancelled(runner):
    async def main():
        root = Context.current()
        asyncio.get_running_loop().call_later(0.01, root.cancel)
        with pytest.raises(CancelledError):
            await Channel().receive()
        return "woken"

    async def made():
        return await asyncio.create_task(main())

    assert runner(main if runner is not run else made) == "woken"


@pytest.mark.parametrize("operation", ["try_send", "close", "release", "cancel"])
def test_a_thread_beside_the_loop_is_refused(operation):
    async def main():
        channel, semaphore, context = Channel(1), Semaphore(1), Context.current().with_cancel()
        await channel.send(1)
        await semaphore.acquire()
        uses = {
            "try_send": lambda: channel.try_send(2),
            "close": channel.close,
            "release": semaphore.release,
            "cancel": context.cancel,
        }
        with pytest.raises(RuntimeError, match="a thread beside the loop"):
            await asyncio.to_thread(uses[operation])
        return "refused"

    assert run(main) == "refused"


def test_a_run_inside_a_coroutine_of_asyncio_leaves_no_trace_of_it():
    async def inner():
        await sleep(1)
        return "over"

    async def main():
        return [run(inner, runtime="simulator") for _ in range(2)]

    assert asyncio.run(main()) == ["over", "over"]


@pytest.mark.parametrize("runner", [run, lambda main: asyncio.run(main())])
@pytest.mark.parametrize("clean_up", [asyncio.sleep, sleep])
@pytest.mark.parametrize("outside", ["cancel", "timeout"])
def test_an_outside_cancel_that_is_being_handled_outlives_a_context_that_dies_meanwhile(
    runner, clean_up, outside
):
    went_on = []

    async def block(context):
        try:
            with context:
                try:
                    await asyncio.sleep(10)
                finally:
                    await clean_up(0.02)
        except CancelledError:
            went_on.append("as if only the context had ended it")

    async def victim(context):
        if outside == "cancel":
            await block(context)
        else:
            async with asyncio.timeout(0.01):
                await block(context)

    async def main():
        context = Context.current().with_cancel()
        task = asyncio.create_task(victim(context))
        await asyncio.sleep(0.005)
        if outside == "cancel":
            task.cancel()
        await asyncio.sleep(0.01)
        context.cancel()
        await asyncio.wait([task])
        return "cancelled" if task.cancelled() else type(task.exception())

    assert runner(main) == ("cancelled" if outside == "cancel" else TimeoutError)
    assert went_on == []


def test_contextvars_that_are_taken_to_another_loop_bring_no_record_along():
    async def main():
        await Semaphore(1).acquire()
        async with TaskGroup() as group:
            group.spawn(sleep, 0)
        return "free"

    variables = contextvars.copy_context()
    for _ in range(2):
        with asyncio.Runner() as runner:
            assert runner.run(main(), context=variables) == "free"


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12")
def test_eager_tasks_that_end_at_once_let_their_group_end():
    async def quick():
        return Context.current()

    async def slow():
        await sleep(0.001)

    async def double(number):
        return 2 * number

    async def main():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        async with TaskGroup() as group:
            for fn in (quick, slow, quick):
                group.spawn(fn)
        errors = ErrGroup()
        await errors.go(quick)
        await errors.wait()
        async with worker_pool(range(5), double, workers=2) as results:
            return sorted([result async for result in results]), len(errors._tasks)

    for runner in (run, lambda main: asyncio.run(main())):
        assert runner(main) == ([0, 2, 4, 6, 8], 0)


def test_ctrl_c_while_the_loop_is_made_leaves_no_half_made_one(monkeypatch):
    """It would fail in its own finaliser, on stderr."""
    from patterns.runtimes import asyncio as driver

    made = driver.new_event_loop
    loops = []

    def interrupted():
        signal.raise_signal(signal.SIGINT)
        loops.append(made())
        return loops[-1]

    monkeypatch.setattr(driver, "new_event_loop", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(sleep, 0)
    assert [loop.is_closed() for loop in loops] == [True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("runner", [asyncio.run, lambda body: run(lambda: body)], ids=["plain", "ours"])
def test_another_loop_that_inherits_contextvars_has_a_tree_of_its_own(runner):
    """As `asyncio.to_thread` hands them on; a context of this loop cannot cancel what runs in that one."""

    async def inner():
        async with TaskGroup() as group:
            group.spawn(sleep, 0.001)
        return "went on"

    async def main():
        with Context.current().with_cancel() as context:
            async with TaskGroup() as group:
                group.spawn(sleep, 0)
            there = asyncio.create_task(asyncio.to_thread(asyncio.run, inner()))
            while not there.done():
                async with TaskGroup() as group:
                    group.spawn(sleep, 0.001)
            context.cancel()
        return await there

    assert runner(main()) == "went on"


def test_a_second_loop_in_the_thread_of_one_that_is_open_has_a_tree_of_its_own():
    """As a fixture hands on the contextvars of a loop that others share."""

    async def group_here():
        async with TaskGroup() as group:
            group.spawn(sleep, 0)
        return contextvars.copy_context()

    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    try:
        variables = first.run_until_complete(group_here())
        variables.run(second.run_until_complete, group_here())
        first.run_until_complete(group_here())
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize("runner", [asyncio.run, lambda body: run(lambda: body)], ids=["plain", "ours"])
def test_a_context_that_one_callback_makes_lives_when_another_has_left_it(runner):
    async def main():
        loop, made = asyncio.get_running_loop(), []

        def entered():
            with made[0]:
                pass

        for callback in (lambda: made.append(Context.background().with_cancel()), entered):
            loop.call_soon(callback, context=contextvars.Context())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        return made[0].err

    assert runner(main()) is None
