"""Wait groups: the rows WG of the conformance list."""

from __future__ import annotations

import traceback

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlockError,
    TaskGroup,
    WaitGroup,
    call,
    from_call,
    sleep,
    traps,
)
from patterns.launch import launch

from seams import explored, parked


class BrokenError(Exception):
    pass


async def fail(text="broken"):
    raise BrokenError(text)


async def forever():
    await Channel().receive()


def test_wg_01_nobody_passes_a_barrier_before_the_last_one_is_there(go):
    async def main():
        first, second, left = WaitGroup(), WaitGroup(), Channel(16)
        first.add(16)
        second.add(16)

        async def pass_both():
            first.done()
            await second.wait()
            await left.send(True)

        async with TaskGroup() as group:
            for _ in range(16):
                group.spawn(pass_both)
            await first.wait()
            for _ in range(16):
                await sleep(0)
                assert len(left) == 0
                second.done()
            for _ in range(16):
                await left.receive()

    go(main)


def test_wg_01_all_who_wait_are_let_go_together(go):
    async def main():
        counter, left = WaitGroup(), Channel(3)
        counter.add(2)

        async def wait():
            await counter.wait()
            await left.send("left")

        async with TaskGroup() as group:
            for _ in range(3):
                group.spawn(wait)
            await parked(counter._waiters, 3)
            counter.done()
            await sleep(0)
            assert (len(counter._waiters), len(left)) == (3, 0)
            counter.done()
            assert len(counter._waiters) == 0
            return [await left.receive() for _ in range(3)]

    assert go(main) == ["left"] * 3


def test_wg_02_a_wait_on_zero_does_not_suspend(go):
    async def main():
        with pytest.raises(StopIteration):
            WaitGroup().wait().send(None)

    go(main)


def test_wg_02_a_group_can_be_used_again_when_its_wait_has_returned(go):
    async def main():
        counter, log = WaitGroup(), []

        async def work(number):
            await sleep(0)
            log.append(number)

        for number in range(8):
            for _ in range(4):
                counter.go(work, number)
            await counter.wait()
            assert log == [number] * 4
            log.clear()

    go(main)


async def count_to_two():
    counter, total = WaitGroup(), [0]

    async def increase():
        await sleep(0)
        total[0] += 1
        counter.done()

    async with TaskGroup() as group:
        counter.add(2)
        group.spawn(increase)
        group.spawn(increase)
        await counter.wait()
        return total[0]


def test_wg_04_what_was_counted_has_happened_when_the_wait_returns(go):
    async def main():
        return [await count_to_two() for _ in range(1000)]

    assert set(go(main)) == {2}


def test_wg_04_what_was_counted_has_happened_under_every_schedule():
    assert set(explored(count_to_two)) == {2}


def test_wg_05_a_counter_that_rises_again_does_not_hold_who_was_let_go(go):
    async def main():
        counter, log = WaitGroup(), []
        counter.add()

        async def wait(name):
            await counter.wait()
            log.append(name)

        async with TaskGroup() as group:
            group.spawn(wait, "old")
            await parked(counter._waiters, 1)
            counter.done()
            counter.add()
            assert len(counter._waiters) == 0
            group.spawn(wait, "new")
            await parked(counter._waiters, 1)
            while log != ["old"]:
                await sleep(0)
            assert len(counter._waiters) == 1
            counter.done()
        return log

    assert go(main) == ["old", "new"]


async def reuse_before_all_have_left():
    counter, log = WaitGroup(), []

    async def work(number):
        await sleep(0)
        log.append(number)

    async def wait_twice():
        await counter.wait()
        counter.go(work, 2)
        await counter.wait()
        assert log.count(2) >= 1

    async def wait():
        await counter.wait()
        assert 1 in log

    async with TaskGroup() as group:
        counter.go(work, 1)
        for fn in (wait, wait_twice, wait, wait_twice):
            group.spawn(fn)
    await counter.wait()
    return log


def test_wg_05_reuse_before_all_have_left_neither_hangs_nor_lets_go_too_early(go):
    assert go(reuse_before_all_have_left) == [1, 2, 2]


def test_wg_05_reuse_is_safe_under_every_schedule():
    assert set(map(tuple, explored(reuse_before_all_have_left))) == {(1, 2, 2)}


def test_wg_06_go_counts_before_it_starts_the_task(go):
    async def main():
        counter, log = WaitGroup(), []

        async def work():
            log.append("ran")

        counter.go(work)
        assert (counter._count, log) == (1, [])
        await counter.wait()
        return log

    assert go(main) == ["ran"]


def test_wg_06_go_uncounts_when_the_task_fails_or_is_cancelled(go):
    async def main():
        counter = WaitGroup()
        with Context.current().with_cancel() as context:
            counter.go(forever)
            counter.go(forever)
            await sleep(0)
            context.cancel()
            counter.go(forever)
            counter.go(fail)
        assert counter._count > 0
        with pytest.raises(BrokenError):
            await counter.wait()
        assert counter._count == 0

    go(main)


def test_wg_06_what_cannot_be_started_is_not_counted(go):
    async def main():
        counter = WaitGroup()
        for wrong in (None, (number for number in ()), fail()):
            with pytest.raises(TypeError, match="a function is needed"):
                counter.go(wrong)
        await counter.wait()

    go(main)


def test_wg_06_a_task_that_asyncio_cancels_before_its_first_step_is_uncounted():
    async def main():
        counter, log = WaitGroup(), []

        async def work():
            log.append("ran")

        counter.go(work).handle.cancel()
        await counter.wait()
        return log

    outcome = launch(main, runtime="asyncio")
    assert (outcome.value, outcome.error) == ([], None)


def test_wg_07_the_error_of_a_task_leaves_the_wait_when_all_have_ended(go):
    async def main():
        counter, log = WaitGroup(), []
        broken = BrokenError()

        async def work():
            await sleep(0)
            log.append("fine")

        async def raise_it():
            raise broken

        for number in range(11):
            counter.go(raise_it if number == 3 else work)
        with pytest.raises(BrokenError) as caught:
            await counter.wait()
        assert caught.value is broken
        assert traceback.extract_tb(broken.__traceback__)[-1].name == "raise_it"
        await counter.wait()
        return log

    assert go(main) == ["fine"] * 10


def test_wg_07_later_errors_are_notes_of_the_first(go):
    async def main():
        counter = WaitGroup()
        counter.go(fail, "first")
        await sleep(0)
        await sleep(0)
        counter.go(fail, "second")
        with pytest.raises(BrokenError, match="first") as caught:
            await counter.wait()
        return caught.value.__notes__

    assert go(main) == ["also: BrokenError: second"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_wg_07_an_error_that_ends_the_program_comes_before_the_first(go, error):
    async def main():
        counter = WaitGroup()

        async def end():
            raise error

        counter.go(fail)
        await sleep(0)
        await sleep(0)
        counter.go(end)
        await counter.wait()

    with pytest.raises(error) as caught:
        go(main)
    assert caught.value.__notes__ == ["also: BrokenError: broken"]


def test_wg_07_an_error_survives_a_wait_that_was_cancelled(go):
    async def main():
        counter = WaitGroup()
        counter.add()
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            counter.go(fail)
            async with TaskGroup() as group:
                group.spawn(counter.wait)
                await parked(counter._waiters, 1)
                context.cancel()
        assert len(counter._waiters) == 0
        counter.done()
        with pytest.raises(BrokenError):
            await counter.wait()

    go(main)


def test_a_counter_below_zero_is_refused_and_stays_as_it_was(go):
    async def main():
        counter = WaitGroup()
        with pytest.raises(ValueError, match="would be -1"):
            counter.done()
        counter.add(2)
        with pytest.raises(ValueError, match="would be -1"):
            counter.add(-3)
        counter.add(-2)
        await counter.wait()

    go(main)


def test_a_wait_for_what_nobody_will_do_is_a_deadlock_that_is_named(go):
    async def main():
        counter = WaitGroup()
        counter.add(2)
        await counter.wait()

    with pytest.raises(DeadlockError, match="wait on <WaitGroup at 2>"):
        go(main)


def test_a_done_from_inside_a_call_goes_through_from_call(go, runtime):
    if runtime == "processes":
        pytest.skip("there a call is in another process, which has no part in the counter")

    async def main():
        counter = WaitGroup()
        counter.add()
        async with TaskGroup() as group:
            group.spawn(counter.wait)
            await parked(counter._waiters, 1)
            with pytest.raises(RuntimeError, match="from inside a call: use from_call"):
                await call(counter.done)
            assert counter._count == 1
            await call(from_call, counter.done)
        assert len(traps.running().driver.live) == 1

    go(main)
