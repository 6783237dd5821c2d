"""The processes runtime: what crosses over, what happens to what does not, and what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    TaskGroup,
    call,
    race_timeout,
    run,
    sleep,
    worker_pool,
)
from patterns.launch import launch
from patterns.runtimes._process_calls import PER_CORE, cores

pytestmark = pytest.mark.stress


def double(number):
    return 2 * number


def fail(kind):
    raise kind("on purpose")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def give_a_lock():
    return threading.Lock()


def raise_what_cannot_be_pickled():
    error = ValueError("with a lock")
    error.lock = threading.Lock()
    raise error


class Twisted(Exception):
    """Pickled by its message, unpickled by two arguments: a common mistake."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def raise_what_cannot_be_unpickled():
    raise Twisted(1, 2)


def on_processes(main, *args, **options):
    outcome = launch(main, *args, runtime="processes", **options)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.leaked == ()
    return outcome.value


def children():
    found = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    return set(found.read_text(encoding="ascii").split()) if found.exists() else set()


def test_a_call_runs_in_another_process_and_gives_its_value():
    async def main():
        return await call(os.getpid), await call(double, 4)

    pid, value = on_processes(main)
    assert pid != os.getpid()
    assert value == 8


def test_a_worker_process_is_kept_for_the_next_call():
    async def main():
        return {await call(os.getpid) for _ in range(5)}

    assert len(on_processes(main)) == 1


def test_a_pool_uses_as_many_processes_as_it_has_workers():
    async def main():
        async with worker_pool([0.05] * 12, slow_pid, workers=3) as pids:
            return {pid async for pid in pids}

    assert len(on_processes(main, workers=3)) == 3


def slow_pid(seconds):
    time.sleep(seconds)
    return os.getpid()


def test_there_are_at_most_so_many_processes_for_each_core():
    async def main():
        async with worker_pool([0.01] * 60, slow_pid, workers=50) as pids:
            return {pid async for pid in pids}

    assert len(on_processes(main)) <= PER_CORE * cores()


@pytest.mark.parametrize("kind", [ValueError, KeyError, SystemExit, KeyboardInterrupt])
def test_an_error_comes_back_as_itself(kind):
    async def main():
        with pytest.raises(kind, match="on purpose"):
            await call(fail, kind)
        return await call(double, 1)

    assert on_processes(main) == 2


def test_a_worker_that_dies_costs_its_job_and_is_replaced():
    async def main():
        for _ in range(3):
            with pytest.raises(RuntimeError, match="a worker process died in die: killed by signal 9"):
                await call(die)
        return await call(double, 2)

    assert on_processes(main) == 4


def test_a_worker_that_dies_beside_others_costs_them_nothing():
    async def quietly():
        with pytest.raises(RuntimeError, match="died in die"):
            await call(die)

    async def main():
        async with TaskGroup() as group:
            for _ in range(3):
                group.spawn(quietly)
            return [await call(double, number) for number in range(10)]

    assert on_processes(main, workers=2) == [2 * number for number in range(10)]


@pytest.mark.parametrize(
    ("fn", "args", "message"),
    [
        (lambda: 1, (), "<lambda> cannot be pickled for a worker process: name a function at the top"),
        (
            double,
            (threading.Lock(),),
            "an argument of double cannot be pickled for a worker process: <unl",
        ),
    ],
)
def test_what_cannot_be_pickled_is_named_before_anything_starts(fn, args, message):
    before = children()

    async def main():
        with pytest.raises(TypeError, match=message):
            await call(fn, *args)
        return children()

    assert on_processes(main) == before


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (give_a_lock, "the result of give_a_lock cannot be pickled"),
        (raise_what_cannot_be_pickled, "the error of raise_what_cannot_be_pickled cannot be pickled"),
        (raise_what_cannot_be_unpickled, "what a worker process gave cannot be unpickled"),
    ],
)
def test_an_answer_that_cannot_travel_is_an_error_of_that_call(fn, message):
    async def main():
        with pytest.raises(TypeError, match=message):
            await call(fn)
        return await call(double, 3)

    assert on_processes(main) == 6


def test_a_channel_is_refused_in_a_call():
    async def main():
        with pytest.raises(TypeError, match="an argument of len cannot be pickled"):
            await call(len, Channel())

    on_processes(main)


def test_an_abandoned_call_has_its_worker_killed_and_replaced():
    async def main():
        with pytest.raises(DeadlineExceededError):
            await race_timeout(time.sleep, 3_600, seconds=0.05)
        return await call(double, 5)

    assert on_processes(main) == 10


def test_a_cancelled_caller_waits_for_its_call():
    async def main():
        context = Context.current().with_cancel()
        done = []

        async def caller():
            with context:
                done.append(await call(double, 6))

        async with TaskGroup() as group:
            group.spawn(caller)
            await call(double, 0)
            context.cancel()
        return done

    assert on_processes(main) in ([12], [])


def test_on_cancel_runs_once_and_the_call_is_waited_for(tmp_path):
    flag = tmp_path / "flag"

    async def main():
        context = Context.current().with_cancel()
        group = TaskGroup()

        async def caller():
            with context, pytest.raises(CancelledError):
                await call(wait_for, flag, on_cancel=flag.touch)
                await call(double, 1)

        async with group:
            group.spawn(caller)
            await call(double, 0)
            context.cancel()

    on_processes(main, workers=2)
    assert flag.exists()


def wait_for(path):
    while not path.exists():
        time.sleep(0.001)


def test_an_answer_that_comes_together_with_a_cancel_is_dropped_or_given_and_wakes_nobody_twice():
    async def caller(context):
        with context:
            await call(double, 1, abandon=True)

    async def main():
        context = Context.current().with_cancel()
        async with TaskGroup() as group:
            driver = group.spawn(caller, context).driver
            await sleep(0)
            (worker,) = driver._calls._workers
            assert worker.pipe.poll(10)  # the answer is there, and nobody has looked
            context.cancel()
            driver._catch_up(driver._look)
        return await call(double, 4)

    assert on_processes(main, workers=1) == 8


def test_the_start_of_the_pool_is_a_figure_of_its_own():
    async def main():
        return await call(double, 1)

    outcome = launch(main, runtime="processes", workers=2)
    assert outcome.start_s > 0
    assert launch(main, runtime="processes").start_s is None


def test_no_process_is_left_when_the_run_is_over():
    async def main():
        async with worker_pool(range(6), double, workers=3) as results:
            return [result async for result in results]

    on_processes(main)
    before = children()
    on_processes(main)
    assert children() == before


PROGRAM = """\
import sys
import time

import patterns


async def main():
    async with patterns.worker_pool([3600] * 4, time.sleep, workers=2) as results:
        print("started", flush=True)
        async for _ in results:
            pass


if __name__ == "__main__":
    patterns.run(main, runtime="processes")
"""


def started(tmp_path):
    tmp_path.joinpath("program.py").write_text(PROGRAM, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert process.stdout.readline() == "started\n"
    return process


def gone(group):
    """Wait until no process of the group is left; the test's own time-out is the net."""
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)


def test_ctrl_c_ends_the_run_and_its_workers(tmp_path):
    process = started(tmp_path)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert err.rstrip().endswith("KeyboardInterrupt")
    gone(process.pid)


def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path):
    process = started(tmp_path)
    process.kill()
    process.communicate(timeout=20)
    gone(process.pid)


def test_a_script_without_a_guard_is_told_so(tmp_path):
    path = tmp_path / "unguarded.py"
    path.write_text(
        "import patterns\n\n\nasync def main():\n    return await patterns.call(int)\n\n\n"
        "patterns.run(main, runtime='processes')\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, check=False, timeout=50,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode == 1
    assert "starts with `if __name__ == '__main__':`" in done.stderr.splitlines()[-1]


def test_a_run_that_nobody_can_end_is_a_deadlock():
    async def main():
        await Channel().receive()

    with pytest.raises(RuntimeError, match="all tasks are asleep"):
        run(main, runtime="processes")


def test_an_error_that_cannot_be_read_again_is_described(capfd):
    async def main():
        with pytest.raises(TypeError, match=r"cannot be unpickled: .*; it was Twisted\('1 and 2'\)"):
            await call(raise_what_cannot_be_unpickled)
        return await call(double, 2)

    assert on_processes(main) == 4
    assert capfd.readouterr().err == ""


def test_ctrl_c_while_the_workers_start_prints_nothing():
    """The fork server and its children are in the terminal's group, too, and import for a while."""
    program = [sys.executable, "-m", "gopatterns_cli", "run", "worker-pool", "--runtime", "processes"]
    for pause_s in (0.18, 0.22, 0.26, 0.3):
        process = subprocess.Popen(
            program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        time.sleep(pause_s)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=20)
        assert told == ""
        assert process.returncode in {130, -signal.SIGINT}


class ExitsWhenRead(Exception):
    def __reduce__(self):
        return sys.exit, (4,)


class Unspeakable(Exception):
    def __repr__(self):
        raise ValueError("no words")


def raise_what_exits_when_it_is_read():
    raise ExitsWhenRead


def raise_the_unspeakable():
    raise Unspeakable


def run_a_subprocess():
    return subprocess.run(
        [sys.executable, "-c", "import signal; print(signal.getsignal(2) is signal.default_int_handler)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_an_error_that_exits_when_it_is_read_costs_its_call_only():
    async def main():
        with pytest.raises(TypeError, match="cannot be unpickled: 4"):
            await call(raise_what_exits_when_it_is_read)
        return await call(double, 2)

    assert on_processes(main) == 4


def test_an_error_without_words_is_raised_all_the_same(capfd):
    async def main():
        with pytest.raises(Unspeakable):
            await call(raise_the_unspeakable)
        return await call(double, 2)

    assert on_processes(main) == 4
    assert capfd.readouterr().err == ""


def test_a_subprocess_of_a_call_hears_ctrl_c_as_anywhere_else():
    async def main():
        return await call(run_a_subprocess)

    assert on_processes(main) == "True\n"
