"""Semaphores: the rows SM of the conformance list."""

from __future__ import annotations

import pytest

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    Semaphore,
    TaskGroup,
    call,
    from_call,
    sleep,
)

from seams import explored, parked


class BrokenError(Exception):
    pass


def held(semaphore):
    return semaphore.size - semaphore._free


def test_sm_02_acquires_with_a_deadline_succeed_and_fail_as_permits_are_free(go):
    async def main():
        semaphore, tries = Semaphore(2), []

        async def acquire_in_time():
            before = held(semaphore)
            try:
                with Context.current().with_timeout(0.002):
                    await semaphore.acquire()
            except DeadlineExceededError:
                assert (held(semaphore), len(semaphore._waiters)) == (before, 0)
                return False
            return True

        await semaphore.acquire()
        tries.append(await acquire_in_time())
        tries.append(await acquire_in_time())
        semaphore.release(2)
        tries.append(await acquire_in_time())
        await semaphore.acquire()
        tries.append(await acquire_in_time())
        return tries

    assert go(main) == [True, False, True, False]


def test_sm_02_an_acquire_that_was_cancelled_raises_that_and_changes_nothing(go):
    async def main():
        semaphore = Semaphore(1)
        await semaphore.acquire()
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            async with TaskGroup() as group:
                group.spawn(semaphore.acquire)
                await parked(semaphore._waiters, 1)
                context.cancel()
                assert len(semaphore._waiters) == 0
        assert held(semaphore) == 1

    go(main)


def test_sm_03_a_release_of_more_than_is_held_is_refused_and_changes_nothing(go):
    async def main():
        semaphore = Semaphore(3)
        with pytest.raises(ValueError, match="only 0 are held"):
            semaphore.release()
        await semaphore.acquire(2)
        with pytest.raises(ValueError, match="only 2 are held"):
            semaphore.release(3)
        assert held(semaphore) == 2
        semaphore.release(2)
        assert held(semaphore) == 0

    go(main)


def test_sm_03_a_size_and_a_weight_are_whole_numbers_from_zero(go):
    for size, error in ((-1, ValueError), (1.5, TypeError), (True, TypeError), (None, TypeError)):
        with pytest.raises(error, match="size: found"):
            Semaphore(size)

    async def main():
        semaphore = Semaphore(2)
        for n, error in ((-1, ValueError), (0.5, TypeError), (None, TypeError)):
            with pytest.raises(error, match="n: found"):
                await semaphore.acquire(n)
            with pytest.raises(error, match="n: found"):
                semaphore.try_acquire(n)
            with pytest.raises(error, match="n: found"):
                semaphore.release(n)
        assert held(semaphore) == 0

    go(main)


def test_sm_04_a_weight_above_the_size_is_refused_at_once_and_delays_nobody(go):
    async def main():
        semaphore, log = Semaphore(2), []

        async def work():
            async with semaphore:
                await sleep(0)
                log.append(True)

        with pytest.raises(ValueError, match="n: found 3, allowed 0 to 2, the size"):
            await semaphore.acquire(3)
        with pytest.raises(ValueError, match="n: found 3"):
            semaphore.try_acquire(3)
        assert len(semaphore._waiters) == 0
        async with TaskGroup() as group:
            for _ in range(6):
                group.spawn(work)
        return log

    assert go(main) == [True] * 6


def test_sm_05_the_first_in_line_holds_up_all_behind_it(go):
    async def main():
        semaphore, log = Semaphore(2), []

        async def acquire(n):
            await semaphore.acquire(n)
            log.append(n)

        await semaphore.acquire(2)
        async with TaskGroup() as group:
            group.spawn(acquire, 2)
            await parked(semaphore._waiters, 1)
            group.spawn(acquire, 1)
            await parked(semaphore._waiters, 2)
            semaphore.release()
            assert not semaphore.try_acquire()
            await sleep(0)
            assert (len(semaphore._waiters), log) == (2, [])
            semaphore.release()
            assert (len(semaphore._waiters), held(semaphore)) == (1, 2)
            while not log:
                await sleep(0)
            assert log == [2]
            semaphore.release(2)
        return log

    assert go(main) == [2, 1]


async def take_all_from_those_that_take_one_again_and_again():
    semaphore, done = Semaphore(4), []

    async def hold():
        while not done:
            await sleep(0)
            semaphore.release()
            await semaphore.acquire()
        semaphore.release()

    async with TaskGroup() as group:
        for _ in range(4):
            await semaphore.acquire()
            group.spawn(hold)
        await semaphore.acquire(4)
        done.append(True)
        semaphore.release(4)
    return held(semaphore)


def test_sm_05_who_wants_all_is_not_starved_by_those_who_take_one_again_and_again(go):
    assert go(take_all_from_those_that_take_one_again_and_again) == 0


def test_sm_05_who_wants_all_is_starved_under_no_schedule():
    assert set(explored(take_all_from_those_that_take_one_again_and_again)) == {0}


def granted_and_cancelled(first_step, second_step):
    """Return a main in which a parked acquire is granted and cancelled in one step, another behind it."""

    async def main():
        semaphore, log = Semaphore(1), []
        context = Context.current().with_cancel()

        async def first():
            try:
                with context:
                    async with semaphore:
                        log.append("first has it")
                        await sleep(0)
                        log.append("too far")
            except CancelledError:
                log.append("first was cancelled")

        async def second():
            async with semaphore:
                log.append("second has it")

        await semaphore.acquire()
        async with TaskGroup() as group:
            group.spawn(first)
            await parked(semaphore._waiters, 1)
            group.spawn(second)
            await parked(semaphore._waiters, 2)
            for step in (first_step, second_step):
                if step == "release":
                    semaphore.release()
                else:
                    context.cancel()
            assert held(semaphore) == 1
        assert (held(semaphore), len(semaphore._waiters)) == (0, 0)
        return log

    return main


def test_sm_07_a_grant_that_a_cancel_follows_stands_and_the_permit_comes_back(go):
    assert go(granted_and_cancelled("release", "cancel")) == [
        "first has it",
        "first was cancelled",
        "second has it",
    ]


def test_sm_07_a_cancel_that_a_release_follows_lets_the_next_one_have_the_permit(go):
    assert sorted(go(granted_and_cancelled("cancel", "release"))) == [
        "first was cancelled",
        "second has it",
    ]


def test_sm_07_a_big_one_that_gives_up_lets_those_behind_it_pass(go):
    async def main():
        semaphore, log = Semaphore(2), []
        context = Context.current().with_cancel()

        async def big():
            with pytest.raises(CancelledError), context:
                await semaphore.acquire(2)

        async def small():
            await semaphore.acquire()
            log.append("small")

        await semaphore.acquire()
        async with TaskGroup() as group:
            group.spawn(big)
            await parked(semaphore._waiters, 1)
            group.spawn(small)
            await parked(semaphore._waiters, 2)
            context.cancel()
        return log, held(semaphore)

    assert go(main) == (["small"], 2)


async def cancel_at_random_moments():
    semaphore, in_use = Semaphore(3), 0
    contexts = [Context.current().with_cancel() for _ in range(4)]

    async def work(number):
        nonlocal in_use
        n = number % 3 + 1
        try:
            with contexts[number % 4]:
                await semaphore.acquire(n)
                in_use += n
                assert in_use <= held(semaphore) <= 3
                try:
                    await sleep(0)
                finally:
                    in_use -= n
                    semaphore.release(n)
        except CancelledError:
            pass

    async def end():
        for context in contexts:
            await sleep(0)
            context.cancel()

    async with TaskGroup() as group:
        for number in range(8):
            group.spawn(work, number)
        group.spawn(end)
    assert len(semaphore._waiters) == 0
    return held(semaphore)


def test_sm_07_no_permit_is_lost_under_any_schedule():
    assert set(explored(cancel_at_random_moments)) == {0}


def test_sm_08_a_dead_context_takes_no_permit_though_all_are_free(go):
    async def main():
        semaphore = Semaphore(2)
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            context.cancel()
            await semaphore.acquire()
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0):
            await semaphore.acquire()
        assert semaphore.try_acquire(2)

    go(main)


async def pass_one_permit_on():
    semaphore, log = Semaphore(1), []

    async def work():
        async with semaphore:
            log.append(held(semaphore))

    await semaphore.acquire()
    async with TaskGroup() as group:
        group.spawn(work)
        await parked(semaphore._waiters, 1)
        semaphore.release()
        assert not semaphore.try_acquire()
        assert (held(semaphore), len(semaphore._waiters)) == (1, 0)
    assert semaphore.try_acquire()
    return log


def test_sm_10_a_released_permit_belongs_to_the_first_in_line_at_once(go):
    assert go(pass_one_permit_on) == [1]


async def hurry_past_the_line():
    semaphore, in_use = Semaphore(1), 0

    async def use():
        nonlocal in_use
        in_use += 1
        assert in_use == held(semaphore) == 1
        await sleep(0)
        in_use -= 1
        semaphore.release()

    async def wait():
        await semaphore.acquire()
        await use()

    async def hurry():
        for _ in range(5):
            if semaphore.try_acquire():
                await use()
            await sleep(0)

    async with TaskGroup() as group:
        for fn in (wait, hurry, wait, hurry, wait):
            group.spawn(fn)


def test_sm_10_one_permit_is_never_held_twice_under_any_schedule():
    explored(hurry_past_the_line)


def test_sm_11_those_who_gave_up_are_skipped_and_forgotten(go):
    async def main():
        semaphore, log = Semaphore(1), []
        context = Context.current().with_cancel()

        async def give_up(number):
            with pytest.raises(CancelledError), context:
                await semaphore.acquire()
            log.append(f"{number} gave up")

        async def work(number):
            await semaphore.acquire()
            log.append(f"{number} has it")

        await semaphore.acquire()
        async with TaskGroup() as group:
            for number, fn in enumerate((give_up, give_up, work, work), 1):
                group.spawn(fn, number)
                await parked(semaphore._waiters, number)
            context.cancel()
            semaphore.release()
            assert (len(semaphore._waiters), held(semaphore)) == (1, 1)
            while len(log) < 3:
                await sleep(0)
            assert sorted(log) == ["1 gave up", "2 gave up", "3 has it"]
            semaphore.release()
        return log[-1], held(semaphore)

    assert go(main) == ("4 has it", 1)


async def hammer():
    semaphore, in_use, most = Semaphore(7), 0, 0

    async def work(n):
        nonlocal in_use, most
        for _ in range(20):
            await semaphore.acquire(n)
            in_use += n
            most = max(most, in_use)
            assert in_use <= 7
            await sleep(0)
            in_use -= n
            semaphore.release(n)

    async with TaskGroup() as group:
        for n in range(8):
            group.spawn(work, n)
    assert (held(semaphore), len(semaphore._waiters)) == (0, 0)
    return most


def test_sm_13_the_weight_in_use_never_exceeds_the_size(go):
    assert go(hammer) == 7


def test_sm_13_the_weight_in_use_never_exceeds_the_size_under_any_schedule():
    assert set(explored(hammer, seeds=50)) == {7}


def test_sm_13_another_task_may_release_what_one_acquired(go):
    async def main():
        semaphore, taken = Semaphore(1), Channel()

        async def take():
            await semaphore.acquire()
            await taken.send(None)

        async def give_back():
            await taken.receive()
            semaphore.release()

        async with TaskGroup() as group:
            for fn in (take, take, give_back, give_back):
                group.spawn(fn)
        return held(semaphore)

    assert go(main) == 0


def test_sm_13_a_release_from_inside_a_call_goes_through_from_call(go, runtime):
    if runtime == "processes":
        pytest.skip("there a call is in another process, which has no part in the semaphore")

    async def main():
        semaphore = Semaphore(1)
        await semaphore.acquire()
        for refused in (semaphore.release, semaphore.try_acquire):
            with pytest.raises(RuntimeError, match="from inside a call: use from_call"):
                await call(refused)
        assert held(semaphore) == 1
        async with TaskGroup() as group:
            group.spawn(semaphore.acquire)
            await parked(semaphore._waiters, 1)
            await call(from_call, semaphore.release)
        return held(semaphore)

    assert go(main) == 1


def test_sm_14_the_with_form_releases_once_on_error_too(go):
    async def main():
        semaphore = Semaphore(1)
        async with semaphore:
            assert held(semaphore) == 1
        assert held(semaphore) == 0
        with pytest.raises(BrokenError):
            async with semaphore:
                raise BrokenError
        assert held(semaphore) == 0
        with pytest.raises(CancelledError), Context.current().with_cancel() as context:
            async with semaphore:
                context.cancel()
                await sleep(0)
        assert held(semaphore) == 0

    go(main)


@pytest.mark.parametrize("steps", [("release", "cancel"), ("cancel", "release")])
def test_sm_14_a_release_and_a_cancel_in_one_step_leave_no_permit_too_many_or_too_few(go, steps):
    async def main():
        semaphore = Semaphore(1)
        context = Context.current().with_cancel()

        async def enter():
            with pytest.raises(CancelledError), context:
                async with semaphore:
                    await sleep(0)

        await semaphore.acquire()
        async with TaskGroup() as group:
            group.spawn(enter)
            await parked(semaphore._waiters, 1)
            for step in steps:
                if step == "release":
                    semaphore.release()
                else:
                    context.cancel()
        return held(semaphore)

    assert go(main) == 0


def test_sm_14_the_with_form_does_not_release_what_it_did_not_get(go):
    async def main():
        semaphore = Semaphore(1)
        await semaphore.acquire()
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(0.002):
            async with semaphore:
                pytest.fail("entered")
        return held(semaphore)

    assert go(main) == 1
