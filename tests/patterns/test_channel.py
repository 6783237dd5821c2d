"""Channels beside the conformance list: when they suspend, where they may be used, how a deadlock is told."""

from __future__ import annotations

import pytest

from patterns import Channel, Context, DeadlockError, TaskGroup, sleep

from seams import in_one_process


def test_a_buffered_send_that_has_room_does_not_suspend(go):
    async def main():
        channel = Channel(100)
        log = []

        async def other():
            log.append("ran")

        async with TaskGroup() as group:
            group.spawn(other)
            for number in range(100):
                await channel.send(number)
            return list(log)

    assert go(main) == []


def test_a_channel_in_use_on_one_runtime_is_refused_on_another():
    import asyncio

    from patterns import run

    channel = Channel(1)

    async def inner():
        await channel.send(1)

    async def main():
        await channel.send(0)
        await asyncio.to_thread(outer)

    def outer():
        from patterns import traps

        traps.current.set(traps.NOWHERE)
        run(inner, runtime="simulator")

    with pytest.raises(RuntimeError, match="in use on asyncio and cannot be used on simulator"):
        run(main)


def test_a_channel_may_be_used_by_one_run_after_another(go):
    channel = Channel(2)

    async def main():
        await channel.send(1)
        return await channel.receive()

    assert go(main) == 1
    assert go(main) == 1


@in_one_process
def test_a_channel_inside_a_call_is_refused(go):
    channel = Channel(1)

    async def main():
        from patterns import call

        await channel.send(1)
        await call(channel.try_receive)

    with pytest.raises(RuntimeError, match="a call on"):
        go(main)


def test_a_receive_that_nobody_can_end_is_a_deadlock_that_is_named(go):
    async def main():
        channel = Channel()
        async with TaskGroup() as group:
            group.spawn(channel.receive, name="lonely")
            await channel.receive()

    with pytest.raises(DeadlockError) as caught:
        go(main)
    text = str(caught.value)
    assert "main waits for receive on <Channel 0/0 made at test_channel.py:" in text
    assert "lonely waits for receive on" in text
    assert "made at test_channel.py:" in text


def test_a_deadlock_behind_a_shield_reaches_the_tasks_that_cause_it(go):
    async def stuck():
        with Context.current().without_cancel():
            await Channel().receive()

    async def nested():
        async with TaskGroup() as group:
            group.spawn(stuck)
            group.spawn(stuck)

    async def main():
        async with TaskGroup() as group:
            group.spawn(nested)
            group.spawn(stuck)

    with pytest.raises(DeadlockError, match="nested waits for join"):
        go(main)


def test_a_wait_for_a_timer_is_no_deadlock(go):
    async def main():
        channel = Channel()

        async def later():
            await sleep(0.01)
            await channel.send("in time")

        async with TaskGroup() as group:
            group.spawn(later)
            return await channel.receive()

    assert go(main) == "in time"
