"""
What a run leaves behind is named, and keeps nothing alive; ids are rows of the conformance list.

`launch(...).leaked` and the ResourceWarning of `run` tell of tasks of ours; the checker with retries and
rules is the pytest plugin's (LK-02, LK-04, LK-05, LK-09).
"""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import textwrap
import time
from threading import Event, Thread
from threading import Timer as Timer_

import pytest

from gopatterns_cli import leaks
from patterns import (
    Channel,
    Context,
    DeadlockError,
    TaskGroup,
    Ticker,
    Timer,
    WaitGroup,
    call,
    from_call,
    now,
    receiving,
    run,
    sending,
    sleep,
    try_select,
)
from patterns.launch import launch

from seams import parked

GUARD_S = 30
"""How long a program that should end at once may take on a machine that is busy."""

HOUR_S = 3600.0


class BrokenError(Exception):
    pass


async def stuck(channel, log):
    try:
        await channel.receive()
    finally:
        log.append("cleaned up")


async def leave_one(log, unpark):
    channel = Channel()
    group = WaitGroup()
    group.go(stuck, channel, log)
    await parked(channel._receivers, 1)
    if unpark:
        await channel.send("go on")
        await group.wait()


LEFT_AT = leave_one.__code__.co_firstlineno + 3


def test_lk_01_a_clean_run_reports_nothing(runtime):
    log = []
    outcome = launch(leave_one, log, True, runtime=runtime)
    assert (outcome.error, outcome.leaked, log) == (None, (), ["cleaned up"])
    assert run(sleep, 0, runtime=runtime) is None


def test_lk_01_a_parked_task_is_named_with_what_it_waits_for_and_where_it_was_made(runtime):
    log = []
    outcome = launch(leave_one, log, False, runtime=runtime)
    assert outcome.error is None
    (line,) = outcome.leaked
    assert line.startswith("stuck waits for receive on <Channel 0/0 made at test_leak.py:")
    assert line.endswith(f", made at test_leak.py:{LEFT_AT}")
    assert log == ["cleaned up"]


def test_lk_01_once_it_is_unparked_the_check_passes_again(runtime):
    reports = [launch(leave_one, [], unpark, runtime=runtime).leaked for unpark in (True, False, True)]
    assert [len(report) for report in reports] == [0, 1, 0]


@pytest.mark.leaks("that is what is told")
def test_lk_01_run_warns_of_what_was_left(runtime):
    with pytest.warns(ResourceWarning, match="tasks left behind:\n  stuck waits for receive on"):
        run(leave_one, [], False, runtime=runtime)


def test_lk_01_every_task_that_is_left_has_a_line_in_the_order_of_their_making(runtime):
    async def named(channel):
        await channel.receive()

    async def sleeper():
        await sleep(HOUR_S)

    async def main():
        channel = Channel()
        group = WaitGroup()
        for fn, args in [(named, (channel,)), (sleeper, ()), (named, (channel,))]:
            group.go(fn, *args)
        await parked(channel._receivers, 2)

    lines = launch(main, runtime=runtime).leaked
    assert [line.split(" waits for ")[0] for line in lines] == ["named", "sleeper", "named"]
    assert lines[1].startswith("sleeper waits for sleep, made at test_leak.py:")


@pytest.mark.parametrize("make", [Timer, Ticker])
def test_lk_01_a_task_parked_on_a_stopped_timer_is_reported(runtime, make):
    async def main():
        timer = make(HOUR_S)
        WaitGroup().go(timer.channel.receive)
        await parked(timer._channel._receivers, 1)
        timer.stop()

    (line,) = launch(main, runtime=runtime).leaked
    assert line.startswith("receive waits for receive on <Channel 0/0")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_lk_01_what_a_context_set_off_and_nobody_waits_for_is_reported(runtime):
    async def main():
        ready = Channel()

        async def follow():
            await ready.send("running")
            await Channel().receive()

        context = Context.background().with_cancel()
        context.after_func(follow)
        context.cancel()
        await ready.receive()

    (line,) = launch(main, runtime=runtime).leaked
    assert line.startswith("after_func waits for")


def test_lk_01_a_group_leaves_nothing_however_it_ends(runtime):
    async def main():
        async with TaskGroup() as group:
            for _ in range(10):
                group.spawn(Channel().receive)
            await sleep(0)
            raise BrokenError

    outcome = launch(main, runtime=runtime)
    assert outcome.error.subgroup(BrokenError) is not None
    assert outcome.leaked == ()


def world_outside(started, seen_from_outside):
    """Start a thread that waits until the world inside has come to rest, and return what it then sets."""
    release = Event()

    def complete():
        assert started.wait(GUARD_S)
        while not seen_from_outside():
            pass
        release.set()

    Thread(target=complete, daemon=True).start()
    return release


def test_lk_07_waiting_for_a_call_is_no_deadlock(go):
    async def main():
        channel = Channel()

        async def outside():
            await call(time.sleep, 0.01)
            await channel.send("from outside")

        async with TaskGroup() as group:
            group.spawn(outside)
            return await channel.receive()

    assert go(main) == "from outside"


def test_lk_07_waiting_for_the_world_outside_is_no_deadlock(go, runtime):
    if runtime == "processes":
        pytest.skip("a call runs in another process, where there is nothing of this one to wait for")

    async def main():
        channel = Channel()
        started = Event()
        release = world_outside(started, lambda: len(channel._receivers) == 1)

        def wait_outside():
            started.set()
            assert release.wait(GUARD_S)
            from_call(channel.try_send, "from outside")

        async with TaskGroup() as group:
            group.spawn(wait_outside)
            return await channel.receive()

    assert go(main) == "from outside"


def test_lk_07_waiting_for_the_world_outside_lets_no_virtual_time_pass():
    async def main():
        started = Event()
        release = world_outside(started, lambda: True)

        def wait_outside():
            started.set()
            assert release.wait(GUARD_S)

        async with TaskGroup() as group:
            group.spawn(sleep, HOUR_S)
            Timer(1)
            await sleep(0)
            await call(wait_outside)
            waited_until = now()
            group.cancel()
        return waited_until

    assert run(main, runtime="simulator") == 0


def test_lk_07_without_anything_outside_the_same_wait_is_a_deadlock(go):
    async def main():
        await Channel().receive()

    with pytest.raises(DeadlockError, match="main waits for receive"):
        go(main)


USES = {
    "try_send": lambda channel, timer: channel.try_send("from outside"),
    "try_receive": lambda channel, timer: channel.try_receive(),
    "close": lambda channel, timer: channel.close(),
    "stop": lambda channel, timer: timer.stop(),
    "reset": lambda channel, timer: timer.reset(1),
    "read a timer": lambda channel, timer: timer.channel.try_receive(),
}
use_of = pytest.mark.parametrize("use", USES.values(), ids=USES.keys())


def refusal_of(fn):
    """Call `fn` in a thread of its own and return the message of the RuntimeError that it raises."""
    raised = []

    def attempt():
        try:
            fn()
        except RuntimeError as error:
            raised.append(str(error))

    thread = Thread(target=attempt)
    thread.start()
    thread.join()
    return raised[0] if raised else ""


async def used_from(place, use):
    """Make a channel and a timer here, use them elsewhere, and return what was said and what is left."""
    channel, timer = Channel(1), Timer(HOUR_S)
    await channel.send("mine")
    said = await place(lambda: use(channel, timer))
    return said, len(channel), channel.closed, timer.stop()


async def another_run(fn):
    """Use it on another runtime, which lives at the same time."""

    async def main():
        fn()

    return refusal_of(lambda: run(main, runtime="simulator"))


async def a_plain_thread(fn):
    """Use it in a thread that no runtime knows of."""
    return refusal_of(fn)


async def a_call(fn):
    """Use it inside a `call`."""
    try:
        await call(fn)
    except RuntimeError as error:
        return str(error)


@use_of
@pytest.mark.parametrize("place", [another_run, a_plain_thread, a_call])
def test_lk_07_an_object_in_use_here_is_refused_elsewhere_and_unharmed(go, runtime, place, use):
    if (runtime, place) == ("processes", a_call):
        pytest.skip("a call runs in another process, which an object in use cannot be sent to")
    said, *state = go(used_from, place, use)
    assert f"in use on {runtime} and cannot be used" in said
    assert "from_call" in said
    assert state == [1, False, True]


@pytest.mark.parametrize("place", [another_run, a_plain_thread])
def test_lk_07_a_select_elsewhere_is_refused(go, place):
    async def main():
        channel = Channel(1)
        await channel.send("mine")
        said = [
            await place(lambda: try_select(receiving(channel))),
            await place(lambda: try_select(sending(channel, "theirs"))),
        ]
        return all("cannot be used" in text or "no runtime" in text for text in said), len(channel)

    assert go(main) == (True, 1)


def test_lk_07_a_wait_outside_any_runtime_says_where_to_wait():
    channel = Channel()
    for wait in (channel.send("x"), channel.receive(), sleep(1)):
        with pytest.raises(RuntimeError, match=r"no runtime runs here: start one with patterns\.run"):
            wait.send(None)
    for make in (Timer, Ticker):
        with pytest.raises(RuntimeError, match="no runtime runs here"):
            make(1)


def test_lk_07_what_was_made_before_a_run_or_in_an_earlier_one_may_be_used(go):
    channel = Channel(1)

    async def main():
        await channel.send("one after another")
        return Timer(HOUR_S), await channel.receive()

    timer, _ = go(main)

    async def later():
        assert timer.reset(0) is True
        await timer.channel.receive()
        await channel.send("again")
        return await channel.receive()

    assert go(later) == "again"


PROGRAM = """
import sys, time
from patterns import Channel, Context, WaitGroup, call, run, sleep

async def parked():
    await Channel().receive()

async def asleep():
    await sleep(3600)

async def shielded():
    with Context.current().without_cancel():
        await Channel().receive()

async def abandoned():
    await call(time.sleep, 3600, abandon=True)

async def main():
    group = WaitGroup()
    for _ in range(int(sys.argv[3])):
        group.go(globals()[sys.argv[2]])
    await sleep(0.01)
    print("ready", flush=True)
    if sys.argv[4] == "interrupted":
        await sleep(3600)

try:
    run(main, runtime=sys.argv[1])
except KeyboardInterrupt:
    pass
print("over", flush=True)
"""


@pytest.mark.parametrize("end", ["left", "interrupted"])
@pytest.mark.parametrize("kind", ["parked", "asleep", "shielded", "abandoned"])
def test_lk_08_tasks_that_are_left_do_not_keep_the_process_alive(runtime, kind, end):
    if runtime == "simulator" and (kind == "abandoned" or end == "interrupted"):
        pytest.skip("a call on the simulator runs inline, and an hour of its time passes at once")
    count = "20" if kind == "abandoned" else "100"
    program = [sys.executable, "-W", "ignore", "-c", PROGRAM, runtime, kind, count, end]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            if end == "interrupted":
                assert process.stdout.readline() == "ready\n"
                process.send_signal(signal.SIGINT)
            out, errors = process.communicate(timeout=GUARD_S)
        finally:
            process.kill()
    assert (out.removeprefix("ready\n"), errors, process.returncode) == ("over\n", "", 0)


@pytest.mark.leaks("that is what is told")
def test_a_failing_main_keeps_its_error_when_it_leaves_a_task_too(runtime):
    async def main():
        await leave_one([], False)
        raise BrokenError

    with pytest.warns(ResourceWarning, match="stuck"), pytest.raises(BrokenError):
        run(main, runtime=runtime)


@pytest.mark.leaks("a foreign task")
def test_threads_and_tasks_that_are_not_ours_are_never_reported(go, runtime):
    release = Event()
    thread = Thread(target=release.wait, args=(GUARD_S,))
    thread.start()

    async def main():
        if runtime == "asyncio":
            foreign = asyncio.get_running_loop().create_task(asyncio.sleep(HOUR_S))
            await asyncio.sleep(0)
            return not foreign.done()
        return True

    try:
        assert go(main)
    finally:
        release.set()
        thread.join()


@pytest.mark.leaks("a coroutine")
def test_on_asyncio_what_the_interpreter_reports_of_coroutines_is_not_hidden():
    async def forgotten():
        pass

    async def main():
        forgotten()
        gc.collect()

    with pytest.warns(RuntimeWarning, match="forgotten' was never awaited"):
        run(main)


@pytest.mark.leaks("an error")
def test_on_asyncio_what_the_loop_reports_of_its_own_tasks_is_not_hidden():
    async def fail():
        raise BrokenError

    async def main():
        heard = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, report: heard.append(report["message"]))
        task = loop.create_task(fail())
        await asyncio.wait([task])
        del task
        gc.collect()
        return heard

    assert run(main) == ["Task exception was never retrieved"]


BEGIN = """
import asyncio, threading, time
import pytest
from patterns import Channel, WaitGroup, call, run, sleep
"""


def checked(pytester, program, *arguments):
    """Run a file of tests under the plugin, in a process of its own."""
    pytester.makepyfile(BEGIN + textwrap.dedent(program))
    return pytester.runpytest_subprocess("-p", "gopat", "-p", "no:cacheprovider", *arguments)


def test_lk_02_what_is_about_to_end_is_waited_for_and_what_is_not_is_given_up_on():
    release = Event()
    before = leaks.alive()
    thread = Thread(target=release.wait, args=(GUARD_S,))
    line = sys._getframe().f_lineno + 1
    thread.start()
    began = time.monotonic()
    (left,) = leaks.find(before).values()
    assert time.monotonic() - began > 0.2  # the pauses of all tries
    assert "thread" in str(left)
    assert f"made at test_leak.py:{line}" in str(left)
    Timer_(0.05, release.set).start()
    assert leaks.find(before) == {}
    thread.join()


LK_02_LINE = (
    test_lk_02_what_is_about_to_end_is_waited_for_and_what_is_not_is_given_up_on.__code__.co_firstlineno
)


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("top: wait", True),
        ("top: threading.Condition.wait", True),
        ("top: hold", False),
        ("any: hold", True),
        ("any: elsewhere", False),
        ("made_by: test_lk_04_rules_allow_by_the_top_by_any_frame_and_by_who_made_it", True),
        ("made_by: hold", False),
    ],
)
def test_lk_04_rules_allow_by_the_top_by_any_frame_and_by_who_made_it(rule, allowed):
    release = Event()

    def hold():
        release.wait(GUARD_S)

    before = leaks.alive()
    thread = Thread(target=hold)
    thread.start()
    try:
        while "Condition.wait" not in str(leaks.alive()[thread].stands[0].function):
            time.sleep(0.001)
        assert (leaks.find(before, [leaks.rule(rule)]) == {}) is allowed
    finally:
        release.set()
        thread.join()


def test_lk_04_the_machinery_of_tests_signals_and_runtimes_does_not_count():
    before = leaks.alive()

    async def main():
        await call(time.sleep, 0.001)

    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    asyncio.run(main())  # its thread stays warm for the next call
    assert leaks.find(before) == {}


@pytest.mark.parametrize("text", ["", "top", "top:", "bottom: x"])
def test_lk_04_what_is_no_rule_is_refused(text):
    with pytest.raises(ValueError, match='allowed "top: NAME", "any: NAME" or "made_by: NAME"'):
        leaks.rule(text)


LEAVES_IN_A_FIXTURE = """
    @pytest.fixture(scope="session", autouse=True)
    def server():
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()

    def test_it():
        assert {holds}
"""


@pytest.mark.parametrize(
    ("holds", "arguments", "exit_code", "searched"),
    [
        (True, (), 1, True),
        (False, (), 1, False),
        (False, ("--gopat-leaks-always",), 1, True),
        (True, ("-k", "nothing"), 5, False),
    ],
)
def test_lk_05_at_the_end_of_a_session_a_leak_fails_a_run_that_passed(
    pytester, holds, arguments, exit_code, searched
):
    done = checked(pytester, LEAVES_IN_A_FIXTURE.format(holds=holds), *arguments)
    assert done.ret == exit_code
    assert ("left behind by the session" in done.stdout.str()) is searched


LOOSE_ENDS = {
    "task": (
        "asyncio.create_task(asyncio.sleep(30)); await asyncio.sleep(0)",
        "cancelled when its loop ended",
    ),
    "coroutine": ("asyncio.sleep(1)", "sleep of tasks.py"),
    "error": ("asyncio.create_task(fail()); await asyncio.sleep(0)", "Task exception was never retrieved"),
    "iterator": ("global kept; kept = numbers(); await anext(kept)", "numbers of test_lk_09"),
}

TIDY = {
    "task": "await asyncio.create_task(asyncio.sleep(0))",
    "coroutine": "await asyncio.sleep(0)",
    "error": "await asyncio.wait([task := asyncio.create_task(fail())]); task.exception()",
    "iterator": "kept = numbers(); await anext(kept); await kept.aclose()",
}


@pytest.mark.parametrize("kind", LOOSE_ENDS)
def test_lk_09_loose_ends_of_asyncio_are_reported(pytester, kind):
    program = """
        async def fail():
            raise ValueError("lost")

        async def numbers():
            yield 1
            yield 2

        async def leaves():
            {leaves}

        async def tidies():
            {tidies}

        def test_leaves():
            asyncio.run(leaves())

        def test_tidies():
            asyncio.run(tidies())
    """
    leaves, message = LOOSE_ENDS[kind]
    done = checked(pytester, program.format(leaves=leaves, tidies=TIDY[kind]), "-W", "ignore")
    done.assert_outcomes(failed=1, passed=1)
    done.stdout.fnmatch_lines(["*left behind:", f"*{message}*"])
