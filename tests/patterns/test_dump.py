"""`dump_tasks`: what every task waits for, on which object, where it was made and where it stands."""

from __future__ import annotations

import asyncio
import re
import threading

from patterns import Channel, Semaphore, TaskGroup, dump_tasks, run, sleep
from patterns.runtimes import asyncio as runtime_asyncio

from seams import parked


async def reader(channel):
    await channel.receive()


LINE = reader.__code__.co_firstlineno + 1


def test_every_task_is_named_with_what_it_waits_for(go, runtime):
    async def main():
        channel, semaphore = Channel(), Semaphore(1)
        await semaphore.acquire()
        async with TaskGroup() as group:
            group.spawn(reader, channel)
            group.spawn(semaphore.acquire, name="taker")
            group.spawn(sleep, 0.2)
            await parked(channel._receivers, 1)
            await parked(semaphore._waiters, 1)
            await sleep(0.01)
            lines = dump_tasks().splitlines()
            await channel.send("go on")
            semaphore.release()
        return lines

    first, main_task, *others = go(main)
    assert first == f"{runtime}: 4 tasks"
    assert main_task.startswith("  main waits for nothing")
    assert others[0].startswith("  reader waits for receive on <Channel 0/0 made at test_dump.py:")
    assert re.search(rf">, made at test_dump.py:[0-9]+, stands at test_dump.py:{LINE}$", others[0])
    assert others[1].startswith("  taker waits for acquire on <Semaphore 0/1>, made at test_dump.py")
    assert others[2].startswith("  sleep waits for sleep, made at test_dump.py")


def test_another_thread_may_ask_while_tasks_run(go):
    told = []

    async def main():
        channel = Channel()
        async with TaskGroup() as group:
            group.spawn(reader, channel)
            await parked(channel._receivers, 1)
            asking = threading.Thread(target=lambda: told.append(dump_tasks()))
            asking.start()
            asking.join()
            await channel.send("go on")

    go(main)
    assert "reader waits for receive on" in told[0]


def test_a_loop_that_is_not_ours_is_told_of_too():
    async def main():
        channel = Channel()
        async with TaskGroup() as group:
            group.spawn(reader, channel)
            await parked(channel._receivers, 1)
            told = dump_tasks()
            await channel.send("go on")
        return told

    told = asyncio.run(main())
    assert told.startswith("asyncio: 1 task\n  reader waits for receive on ")
    assert runtime_asyncio._drivers


def test_without_tasks_it_says_so():
    assert run(_nothing_else, runtime="simulator").count("\n") == 1
    assert dump_tasks() == "no tasks"


async def _nothing_else():
    return dump_tasks()
