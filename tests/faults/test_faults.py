"""What a library has to survive: Ctrl-C at any moment, lost workers, too little memory, a stopped process."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patterns.runtimes import names, unavailable

pytestmark = pytest.mark.stress

REAL = [name for name in names() if unavailable(name) is None and name != "simulator"]

SPEC = importlib.util.spec_from_file_location("interrupts", Path(__file__).parent / "interrupts.py")
interrupts = importlib.util.module_from_spec(SPEC)
sys.modules["interrupts"] = interrupts
SPEC.loader.exec_module(interrupts)


def test_twenty_interrupts_at_random_moments_each_end_with_130_and_leave_nothing():
    seed = time.time_ns() % 1_000_000
    bad = [ending for ending in interrupts.endings(20, seed) if not ending.good]
    assert bad == [], f"seed {seed}"


def program(text, name, **how):
    return subprocess.Popen(
        [sys.executable, "-c", text, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **how,
    )


LOST = """
import os, signal, sys, time
from patterns import WorkerPool, run

def work(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return number

async def main():
    results = {}
    async with WorkerPool(work, workers=3) as pool:
        for number in range(8):
            await pool.submit(number, number)
        await pool.stop()
        async for result in pool.results:
            results[result.job_id] = result.value if result.error is None else str(result.error)
    return results

if __name__ == "__main__":
    print(run(main, runtime="processes"))
"""


def test_a_worker_process_that_is_killed_costs_its_one_job(tmp_path):
    path = tmp_path / "lost.py"
    path.write_text(LOST, encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True, timeout=30)
    results = dict(eval(done.stdout))  # noqa: S307 - our own program's
    assert results.pop(3) == "a worker process died in work: killed by signal 9"
    assert results == {number: number for number in range(8) if number != 3}
    assert done.stderr == ""


MEMORY = """
import resource, sys
from patterns import Channel, TaskGroup, run, sleep

async def hoard(channel):
    while True:
        await channel.send(bytearray(1 << 22))
        await sleep(0)

async def waits():
    await Channel().receive()

async def main():
    async with TaskGroup() as group:
        for _ in range(20):
            group.spawn(waits)
        group.spawn(hoard, Channel(1_000_000))
        await sleep(0.05)
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (200 << 20), resource.RLIM_INFINITY))
        await sleep(1_000)

try:
    run(main, runtime=sys.argv[1])
except BaseExceptionGroup as failed:
    print([type(error).__name__ for error in failed.exceptions])
except MemoryError:
    print("bare")
"""


@pytest.mark.parametrize("name", REAL)
def test_a_task_that_gets_no_memory_fails_its_group_and_ends_the_run(name):
    process = program(MEMORY, name)
    told, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert told in {"['MemoryError']\n", "bare\n"}


STOPPED = """
import sys
from patterns import Ticker, now, run, sleep

async def main():
    ticker = Ticker(0.01)
    ticks = []
    print("ready", flush=True)
    while len(ticks) < 60:
        ticks.append(await ticker.channel.receive())
    ticker.stop()
    began = now()
    steps = [round((later - earlier) / 0.01) for earlier, later in zip(ticks, ticks[1:])]
    await sleep(0.01)
    after = steps[steps.index(max(steps)) + 1:][:5]  # further on, one that is late is followed by one on time
    burst = any(first == second == 0 for first, second in zip(steps, steps[1:]))
    print(max(steps) > 40, after.count(0) > 1 or burst, now() - began < 0.4)

run(main, runtime=sys.argv[1])
"""


@pytest.mark.parametrize("name", REAL)
def test_time_that_jumps_makes_no_burst_of_ticks_and_no_longer_sleep(name):
    """As after a suspend: a ticker has one tick at most for the time that was lost, and stays on its grid."""
    process = program(STOPPED, name)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGSTOP)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGCONT)
    told, problems = process.communicate(timeout=30)
    assert (told, problems) == ("True False True\n", "")


THREADS = """
import sys, threading
from patterns import TaskGroup, call, run, sleep
import time

def hold():
    time.sleep(0.05)

async def main():
    async with TaskGroup() as group:
        for _ in range(300):
            group.spawn(hold)

import _thread
start, count = _thread.start_new_thread, [0]
def limited(*arguments):
    if count[0] >= 20:
        raise RuntimeError("can't start new thread")
    count[0] += 1
    return start(*arguments)
_thread.start_new_thread = limited
try:
    print(run(main, runtime=sys.argv[1]))
except BaseExceptionGroup as failed:
    print(sorted({str(error)[:35] for error in failed.exceptions}))
"""


@pytest.mark.parametrize(
    ("name", "told"), [("asyncio", "None\n"), ("threads", "['no thread for another task: 20 run,']\n")]
)
def test_a_full_thread_limit_is_queued_for_or_told(name, told):
    process = program(THREADS, name)
    out, _ = process.communicate(timeout=30)
    assert out == told
