"""A task's own coroutine, stepped by the scheduler with no frame around it, or with one where it must be."""

from __future__ import annotations

import functools
import gc
import weakref

import pytest

from patterns import Channel, TaskGroup, run, runtimes, sleep

each_runtime = pytest.mark.parametrize("runtime", runtimes.names())


class Worker:
    async def fail(self, what):
        await sleep(0)
        raise LookupError(what)

    @classmethod
    async def fail_as_class(cls, what):
        await sleep(0)
        raise LookupError(what)


async def fail(what):
    await sleep(0)
    raise LookupError(what)


FUNCTIONS = {
    "function": fail,
    "method": Worker().fail,
    "class method": Worker.fail_as_class,
    "partial": functools.partial(fail),
}


def grouped(fn, *args, runtime):
    async def main():
        async with TaskGroup() as group:
            group.spawn(fn, *args, name="it")

    with pytest.raises(ExceptionGroup) as raised:
        run(main, runtime=runtime)
    (error,) = raised.value.exceptions
    return error


@each_runtime
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_every_kind_of_async_function_is_a_task_and_its_error_is_its_own(runtime, kind):
    error = grouped(FUNCTIONS[kind], "here", runtime=runtime)
    assert repr(error) == "LookupError('here')"
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert frames[0] in {"fail", "fail_as_class"}
    assert not {"_take_turns", "_ended", "lifetime"} & set(frames)


@each_runtime
def test_wrong_arguments_are_the_error_of_the_task_and_not_of_who_spawned_it(runtime):
    error = grouped(fail, runtime=runtime)
    assert isinstance(error, TypeError)
    assert "what" in str(error)


@each_runtime
def test_nothing_of_a_task_runs_before_its_turn(runtime):
    seen = []

    async def note():
        seen.append("task")

    async def main():
        async with TaskGroup() as group:
            group.spawn(note)
            seen.append("spawner")

    run(main, runtime=runtime)
    assert seen == ["spawner", "task"]


@pytest.mark.parametrize("runtime", ["simulator", "fibers"])
def test_what_a_task_held_is_free_when_it_is_over_though_the_run_goes_on(runtime):
    class Held:
        pass

    async def hold(held):
        del held
        await sleep(0)

    async def fail_with(held):
        await sleep(0)
        raise LookupError(repr(held))

    async def attempt(channel, fn, gone):
        held = Held()
        gone.append(weakref.ref(held))
        try:
            async with TaskGroup() as group:
                group.spawn(fn, held)
                del held
        except* LookupError:
            pass
        await channel.send(None)

    async def main():
        channel, gone = Channel(2), []
        async with TaskGroup() as group:
            group.spawn(attempt, channel, hold, gone)
            group.spawn(attempt, channel, fail_with, gone)
        await sleep(0)
        gc.collect()
        return [reference() for reference in gone]

    assert run(main, runtime=runtime) == [None, None]
