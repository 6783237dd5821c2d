"""
Rate limiters count as golang.org/x/time/rate does; ids are rows of the conformance list.

The arithmetic is driven by a clock that the test sets, in steps of a tenth of a second, from several
starting points: what holds at 0.0 must hold at 12345.678, where no tenth is a round number.
"""

from __future__ import annotations

import math
from fractions import Fraction
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns import (
    CancelledError,
    Channel,
    Context,
    DeadlineExceededError,
    RateLimiter,
    TaskGroup,
    call,
    every,
    from_call,
    now,
    run,
    sleep,
)
from patterns.launch import launch
from patterns.token_bucket import TickerBucket

from seams import explored, parked

TENTH_S = 0.1
STARTS = [0.0, 12_345.678, 1e6 + 1 / 3]
NEVER = None


class Clock:
    """A clock that stands until it is set, to so many tenths of a second after its start."""

    def __init__(self, start_s: float = 0.0) -> None:
        self.start_s = self.now_s = start_s

    def __call__(self) -> float:
        return self.now_s

    def set(self, tenths: float) -> None:
        self.now_s = self.start_s + tenths * TENTH_S


class Bench:
    """A limiter on such a clock, with the words that the published vectors are written in."""

    def __init__(self, rate: float, burst: int, start_s: float = 0.0) -> None:
        self.clock = Clock(start_s)
        self.limiter = RateLimiter(rate, burst, self.clock)

    def allow(self, at: float, n: int) -> bool:
        self.clock.set(at)
        return self.limiter.allow(n)

    def tokens(self, at: float) -> float:
        self.clock.set(at)
        return self.limiter.tokens()

    def reserve(self, at: float, n: int, until: float | None, max_tenths: float = math.inf):
        """Reserve at a time, and check that the tokens are promised for `until`, or refused: NEVER."""
        self.clock.set(at)
        reservation = self.limiter.reserve(n, max_delay_s=max_tenths * TENTH_S)
        if until is NEVER:
            assert not reservation.ok
            assert reservation.delay_s == math.inf
        else:
            assert reservation.ok
            assert reservation.at_s == pytest.approx(self.clock.start_s + until * TENTH_S, abs=1e-8)
            assert reservation.delay_s == pytest.approx((until - at) * TENTH_S, abs=1e-8)
        return reservation

    def cancel(self, at: float, reservation) -> None:
        self.clock.set(at)
        reservation.cancel()


starting_anywhere = pytest.mark.parametrize("start_s", STARTS)


def check_steps(bench: Bench, steps) -> None:
    """Take each step `(at, tokens there before, taken, allowed)`."""
    for number, (at, tokens, n, allowed) in enumerate(steps):
        assert bench.tokens(at) == pytest.approx(tokens, abs=1e-7), f"step {number}"
        assert bench.allow(at, n) is allowed, f"step {number}"


@starting_anywhere
def test_rl_01_the_bucket_starts_full_and_refills_continuously_burst_1(start_s):
    steps = [
        (0, 1, 1, True), (0, 0, 1, False), (0, 0, 1, False),
        (1, 1, 1, True), (1, 0, 1, False), (1, 0, 1, False),
        (2, 1, 2, False), (2, 1, 1, True), (2, 0, 1, False),
    ]  # fmt: skip
    check_steps(Bench(10, 1, start_s), steps)


@starting_anywhere
def test_rl_01_the_bucket_starts_full_and_refills_continuously_burst_3(start_s):
    steps = [
        (0, 3, 2, True), (0, 1, 2, False), (0, 1, 1, True), (0, 0, 1, False),
        (1, 1, 4, False), (2, 2, 1, True), (3, 2, 1, True),
        (4, 2, 1, True), (4, 1, 1, True), (4, 0, 1, False), (4, 0, 1, False),
        (9, 3, 3, True), (9, 0, 0, True),
    ]  # fmt: skip
    check_steps(Bench(10, 3, start_s), steps)


@starting_anywhere
def test_rl_01_refilling_is_continuous_between_whole_tokens(start_s):
    bench = Bench(10, 3, start_s)
    assert bench.allow(0, 3)
    for at, tokens in [(0.25, 0.25), (0.5, 0.5), (1.75, 1.75), (2.9, 2.9), (3.1, 3), (100, 3)]:
        assert bench.tokens(at) == pytest.approx(tokens, abs=1e-7)


def test_rl_01_a_limiter_without_a_clock_of_its_own_goes_by_the_runtime(go):
    async def main():
        limiter = RateLimiter(1000, 2)
        began = now()
        assert limiter.allow(2)
        await limiter.wait(2)
        return now() - began

    assert go(main) >= 0.002 * 0.999


@given(
    rate=st.floats(1e-3, 1e6),
    burst=st.integers(0, 50),
    steps=st.lists(st.tuples(st.floats(0, 100), st.integers(0, 60)), max_size=30),
)
@settings(deadline=None)
def test_rl_01_no_stretch_of_time_lets_through_more_than_the_burst_and_what_refills(rate, burst, steps):
    clock = Clock()
    limiter = RateLimiter(rate, burst, clock)
    taken = [(0.0, 0)]
    for pause_s, n in steps:
        clock.now_s += pause_s
        assert limiter.tokens() <= burst
        if limiter.allow(n):
            taken.append((clock.now_s, n))
    for first in range(len(taken)):
        through = 0
        for at_s, n in taken[first:]:
            through += n
            allowed = burst + (at_s - taken[first][0]) * rate
            assert through <= allowed * (1 + 1e-9) + rate * 2e-9 + 1e-6


@starting_anywhere
def test_rl_02_a_refused_request_takes_nothing(start_s):
    bench = Bench(10, 3, start_s)
    assert bench.allow(0, 2)
    for _ in range(5):
        assert not bench.allow(0, 2)
        bench.reserve(0, 4, NEVER)
        bench.reserve(0, 3, NEVER, max_tenths=1)
        assert bench.tokens(0) == pytest.approx(1)
    assert bench.allow(0, 1)


@pytest.mark.parametrize("tenths", [0, 10, 1e9])
def test_rl_02_more_than_the_burst_is_always_refused(tenths):
    bench = Bench(10, 3)
    assert not bench.allow(tenths, 4)
    bench.reserve(tenths, 4, NEVER)
    assert bench.tokens(tenths) == 3


@pytest.mark.parametrize("rate", [0, 10, math.inf])
@pytest.mark.parametrize("burst", [0, 2])
def test_rl_02_nothing_is_always_allowed(rate, burst):
    bench = Bench(rate, burst)
    assert bench.allow(0, 0)
    bench.reserve(0, burst, 0)
    assert bench.allow(0, 0)


def test_rl_02_nothing_is_allowed_even_while_the_balance_is_negative():
    bench = Bench(10, 2)
    bench.reserve(0, 2, 0)
    bench.reserve(0, 2, 2)
    assert bench.allow(0, 0)
    assert bench.tokens(0) == -2


def test_rl_02_reading_the_tokens_changes_nothing():
    read, unread = Bench(10, 3), Bench(10, 3)
    given = []
    for bench in (read, unread):
        allowed = []
        for at, n in [(0, 2), (1.5, 2), (1, 1), (4, 3), (3, 1), (4, 1), (9, 3)]:
            allowed.append(bench.allow(at, n))
            if bench is read:
                for later in (at + 5, at, at - 1, at):
                    bench.tokens(later)
        given.append(allowed)
    assert given[0] == given[1]


@pytest.mark.parametrize(
    ("rate", "burst", "error"),
    [
        (-1, 1, ValueError), (math.nan, 1, ValueError), ("1", 1, TypeError), (True, 1, TypeError),
        (1, -1, ValueError), (1, 1.5, TypeError), (1, False, TypeError), (1, "2", TypeError),
    ],
)  # fmt: skip
def test_rl_02_what_is_no_rate_or_no_burst_is_refused(rate, burst, error):
    with pytest.raises(error, match="found"):
        RateLimiter(rate, burst)
    limiter = RateLimiter(1, 1, Clock())
    with pytest.raises(error, match="found"):
        (limiter.set_rate(rate), limiter.set_burst(burst))


def test_rl_02_less_than_nothing_is_refused(go):
    async def main():
        limiter = RateLimiter(1, 1)
        for take in (limiter.allow, limiter.reserve):
            with pytest.raises(ValueError, match=r"n: found -1"):
                take(-1)
        with pytest.raises(ValueError, match=r"n: found -1"):
            await limiter.wait(-1)
        return limiter.tokens()

    assert go(main) == 1


@pytest.mark.parametrize("burst", [0, 1])
def test_rl_03_an_infinite_rate_ignores_the_burst(go, burst):
    async def main():
        limiter = RateLimiter(math.inf, burst)
        for _ in range(100):
            await limiter.wait(3)
            assert limiter.allow(1000)
            assert limiter.reserve(1000).delay_s == 0
        return limiter.tokens()

    assert go(main) == math.inf


def test_rl_03_an_infinite_rate_takes_no_time():
    async def main():
        limiter = RateLimiter(math.inf, 0)
        for _ in range(1000):
            await limiter.wait(3)
        return now()

    assert run(main, runtime="simulator") == 0


@pytest.mark.parametrize("seconds", [0, -1, -0.0, -math.inf])
def test_rl_03_an_interval_of_nothing_or_less_is_an_infinite_rate(seconds):
    assert every(seconds) == math.inf


def test_rl_03_what_was_let_through_at_an_infinite_rate_gives_nothing_back():
    bench = Bench(5, 5)
    bench.reserve(0, 1, 0)
    bench.limiter.set_rate(math.inf)
    free = bench.reserve(0, 3, 0)
    bench.limiter.set_rate(5)
    before = bench.tokens(0)
    bench.cancel(0, free)
    assert bench.tokens(0) == before


def test_rl_04_at_a_rate_of_zero_the_burst_can_be_spent_once():
    bench = Bench(0, 1)
    assert bench.allow(0, 1)
    for tenths in (0, 1, 1e10):
        assert not bench.allow(tenths, 1)
        bench.reserve(tenths, 1, NEVER)
        assert bench.tokens(tenths) == 0


def test_rl_04_a_raised_rate_refills_from_that_instant():
    bench = Bench(0, 1)
    assert bench.allow(0, 1)
    bench.clock.set(1000)
    bench.limiter.set_rate(10)
    assert not bench.allow(1000, 1)
    assert not bench.allow(1000.9, 1)
    assert bench.allow(1001, 1)


def test_rl_04_after_a_raise_a_wait_ends_in_exactly_a_tenth_of_a_second():
    async def main():
        limiter = RateLimiter(0, 1)
        assert limiter.allow()
        await sleep(1e6)
        assert not limiter.allow()
        limiter.set_rate(10)
        await limiter.wait()
        return now()

    assert run(main, runtime="simulator") == 1e6 + 0.1


def test_rl_04_after_a_raise_a_wait_ends(go):
    async def main():
        limiter = RateLimiter(0, 1)
        assert limiter.allow()
        assert not limiter.allow()
        began = now()  # before: tokens come from the change of the rate on
        limiter.set_rate(500)
        await limiter.wait()
        return now() - began

    assert go(main) >= 0.002 * 0.999


def test_rl_04_a_wait_at_a_rate_of_zero_ends_with_its_context(go):
    async def main():
        limiter = RateLimiter(0, 1)
        assert limiter.allow()
        with pytest.raises(DeadlineExceededError), Context.current().with_timeout(3600):
            await limiter.wait()
        async with TaskGroup() as group:
            waiting = group.spawn(limiter.wait)
            while not waiting.waiting:
                await sleep(0)
            group.cancel()
        return limiter.tokens()

    assert go(main) == 0


def test_rl_04_a_lower_burst_holds_at_a_rate_of_zero():
    bench = Bench(0, 3)
    bench.limiter.set_burst(1)
    assert bench.tokens(0) == 1
    assert [bench.allow(0, 1) for _ in range(3)] == [True, False, False]


def test_rl_06_a_fractional_rate_allows_its_first_request():
    assert Bench(0.7692307692307693, 1).allow(0, 1)


@pytest.mark.parametrize(
    ("seconds", "rate"),
    [
        (0, math.inf), (-1e-9, math.inf), (1e-9, 1e9), (1e-6, 1e6), (1e-3, 1e3), (10e-3, 100), (100e-3, 10),
        (1, 1), (2, 0.5), (2.5, 0.4), (4, 0.25), (10, 0.1), ((2**63 - 1) / 1e9, 1e9 / (2**63 - 1)),
    ],
)  # fmt: skip
def test_rl_06_intervals_convert_to_rates(seconds, rate):
    assert every(seconds) == pytest.approx(rate, rel=1e-9, abs=0)


@given(rate=st.floats(1e-6, 1e9), n=st.integers(1, 1000), start_s=st.sampled_from([0.0, 777.7]))
@settings(deadline=None)
def test_rl_06_n_tokens_are_there_after_n_intervals_to_the_nanosecond(rate, n, start_s):
    clock = Clock(start_s)
    limiter = RateLimiter(rate, n, clock)
    assert limiter.allow(n)
    due_s = n / rate
    late_s = 1e-9 + due_s * 1e-12 + start_s * 1e-15
    reservation = limiter.reserve(n)
    assert reservation.delay_s == pytest.approx(due_s, abs=late_s)
    reservation.cancel()
    if due_s > 4 * late_s:
        clock.now_s = start_s + due_s - 2 * late_s
        assert not limiter.allow(n)
    clock.now_s = start_s + due_s + late_s
    assert limiter.allow(n)


@given(rate=st.floats(1e-10, 1e-6))
def test_rl_06_a_tiny_rate_lets_through_no_more_than_the_burst(rate):
    bench = Bench(rate, 1)
    assert [bench.allow(at, 1) for at in (0, 0, 10, 100)] == [True, False, False, False]


@pytest.mark.parametrize("rate", [3, 7, 700, 7e8 / 1e6, 1 / 3])
def test_rl_06_a_long_run_of_waits_keeps_the_rate(rate):
    async def main():
        limiter = RateLimiter(rate, 1)
        for _ in range(2001):
            await limiter.wait()
        return now()

    assert run(main, runtime="simulator") == pytest.approx(2000 / rate, abs=1e-6, rel=0)


def test_rl_07_fifteen_tasks_at_once_get_five_tokens(go):
    async def main():
        limiter = RateLimiter(1, 5, clock=lambda: 1.0)
        gate = Channel()
        allowed = []

        async def ask():
            await gate.receive_ok()
            allowed.append(limiter.allow())

        async with TaskGroup() as group:
            for _ in range(15):
                group.spawn(ask)
            await parked(gate._receivers, 15)
            gate.close()
        return allowed

    assert sorted(go(main)) == [False] * 10 + [True] * 5


def test_rl_07_fifteen_calls_at_once_get_five_tokens(go, runtime):
    if runtime == "processes":
        pytest.skip("a call runs in another process, where there is no limiter")
    meet = Barrier(1 if runtime == "simulator" else 15, timeout=10)

    async def main():
        limiter = RateLimiter(1, 5, clock=lambda: 1.0)
        allowed = []

        def ask():
            meet.wait()
            allowed.append(from_call(limiter.allow))

        async with TaskGroup() as group:
            for _ in range(15):
                group.spawn(ask)
        return allowed

    assert sorted(go(main)) == [False] * 10 + [True] * 5


async def fifteen_ask(limiter):
    allowed = []

    async def ask():
        await sleep(0)
        given = limiter.allow()
        allowed.append(given if isinstance(given, bool) else await given)

    async with TaskGroup() as group:
        for _ in range(15):
            group.spawn(ask)
    return sum(allowed)


def test_rl_07_no_order_of_tasks_lets_a_sixth_through():
    assert set(explored(lambda: fifteen_ask(RateLimiter(1, 5, clock=lambda: 1.0)))) == {5}


def test_rl_07_a_limiter_that_can_be_interrupted_between_looking_and_taking_is_found_out():
    """The known-bad twin of the test above."""

    class TwoSteps:
        tokens = 5

        async def allow(self):
            seen = self.tokens
            await sleep(0)
            self.tokens = seen - 1 if seen else seen
            return seen > 0

    assert max(explored(lambda: fifteen_ask(TwoSteps()), seeds=20)) > 5


def test_rl_07_a_limiter_inside_a_call_is_refused(go, runtime):
    if runtime == "processes":
        pytest.skip("a call runs in another process, where there is no limiter")

    async def main(clock):
        limiter = RateLimiter(1, 1, clock)
        for use in (limiter.allow, limiter.reserve, limiter.tokens):
            with pytest.raises(RuntimeError, match="inside a call: use from_call"):
                await call(use)
        return limiter.tokens()

    assert go(main, None) == 1
    assert go(main, lambda: 1.0) == 1


@pytest.mark.parametrize("clock", [None, lambda: 1.0])
def test_rl_07_a_limiter_in_use_on_one_runtime_is_refused_on_another(go, runtime, clock):
    limiter = RateLimiter(1, 1, clock)
    raised = []

    async def use():
        limiter.allow()

    def elsewhere(run_it):
        try:
            run_it()
        except RuntimeError as error:
            raised.append(str(error))

    def in_a_thread(run_it):
        thread = Thread(target=elsewhere, args=(run_it,))
        thread.start()
        thread.join()

    async def main():
        limiter.allow()
        in_a_thread(lambda: run(use))
        in_a_thread(limiter.allow)

    go(main)
    assert f"in use on {runtime} and cannot be used on asyncio" in raised[0]
    assert len(raised) == 2


def test_rl_07_a_limiter_may_be_used_by_one_run_after_another(go):
    limiter = RateLimiter(1, 2)

    async def first():
        await sleep(0.001)
        return limiter.allow(2)

    async def second():
        return limiter.allow(), 0 <= limiter.tokens() < 1, limiter.reserve(2).delay_s <= 2

    assert go(first) is True
    assert go(second) == (False, True, True)


def test_rl_07_a_later_run_refills_by_its_own_clock():
    limiter = RateLimiter(1, 1)

    async def late():
        await sleep(1000)
        return limiter.allow()

    async def early():
        at_once = limiter.allow()
        await sleep(1)
        return at_once, limiter.allow()

    assert run(late, runtime="simulator") is True
    assert run(early, runtime="simulator") == (False, True)


@starting_anywhere
def test_rl_09_a_clock_that_steps_back_mints_no_tokens(start_s):
    steps = [
        (1, 3, 1, True), (0, 2, 1, True), (0, 1, 1, True), (0, 0, 1, False), (0, 0, 1, False),
        (1, 1, 1, True), (1, 0, 1, False), (1, 0, 1, False),
        (2, 1, 1, True), (2, 0, 1, False), (2, 0, 1, False),
    ]  # fmt: skip
    check_steps(Bench(10, 3, start_s), steps)


@starting_anywhere
def test_rl_09_reservations_survive_a_clock_that_steps_back(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(1, 2, 1)
    bench.reserve(0, 1, 1)
    bench.reserve(2, 2, 3)
    bench.reserve(0, 3, NEVER)
    bench.reserve(2, 1, 4)
    bench.reserve(0, 2, NEVER, max_tenths=1)
    bench.reserve(2, 1, 5)


def test_rl_09_a_cancel_after_a_step_back_mints_no_tokens():
    bench = Bench(10, 2, start_s=100.0)
    bench.reserve(10, 2, 10)
    overtaken = bench.reserve(10, 2, 12)
    bench.reserve(-90, 1, -87)
    assert bench.tokens(-90) == pytest.approx(-3)
    bench.cancel(-90, overtaken)
    assert bench.tokens(-90) == pytest.approx(-1)


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(0, 4)), max_size=40))
@settings(deadline=None)
def test_rl_09_whatever_the_clock_does_standing_still_mints_nothing(steps):
    bench = Bench(10, 3)
    for at, n in steps:
        there = bench.tokens(at)
        assert there <= 3
        took = bench.allow(at, n)
        assert bench.tokens(at) == pytest.approx(there - (n if took else 0), abs=1e-7)


def test_rl_09_the_clock_that_is_not_given_never_steps_back(go):
    async def main():
        times = []
        limiter = RateLimiter(1, 1)
        for _ in range(100):
            times.append(limiter.reserve(0).made_s)
            await sleep(0)
        return times

    times = go(main)
    assert times == sorted(times)


@starting_anywhere
def test_rl_10_a_reservation_debits_at_once_and_says_how_long_to_wait(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 2, 0)
    bench.reserve(0, 2, 2)
    bench.reserve(3, 2, 4)


@starting_anywhere
def test_rl_10_nothing_is_allowed_while_the_balance_is_negative(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 3, NEVER)
    bench.reserve(0, 2, 0)
    check_steps(bench, [(1, 1, 2, False)])
    bench.reserve(1, 2, 2)
    check_steps(bench, [(1, -1, 1, False), (3, 1, 1, True)])


@starting_anywhere
def test_rl_10_a_reservation_above_the_longest_wait_is_refused_and_leaves_no_trace(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 2, 0, max_tenths=1)
    bench.reserve(0, 1, 1, max_tenths=1)
    before = bench.tokens(0)
    refused = bench.reserve(0, 1, NEVER, max_tenths=1)
    assert bench.tokens(0) == before
    bench.cancel(0, refused)
    assert bench.tokens(0) == before
    bench.reserve(0, 1, 2)


@starting_anywhere
def test_rl_10_what_is_due_at_that_very_time_is_neither_late_nor_too_long_a_wait(start_s):
    for first in range(10):
        bench = Bench(10, 2, start_s)
        bench.reserve(first, 2, first)
        for at in range(first + 1, 100):
            assert bench.reserve(at, 1, at).delay_s == 0
        bench.reserve(99, 1, 100)
        for at in range(100, 200):
            bench.reserve(at, 1, at + 1, max_tenths=1)


@starting_anywhere
def test_rl_11_cancelling_a_refused_reservation_does_nothing(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 2, 0)
    bench.cancel(0, bench.reserve(0, 3, NEVER))
    bench.reserve(0, 2, 2)


@starting_anywhere
def test_rl_11_cancelling_the_last_reservation_gives_everything_back(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 2, 0)
    bench.cancel(1, bench.reserve(0, 2, 2))
    bench.reserve(1, 2, 2)


@starting_anywhere
def test_rl_11_cancelling_too_late_does_nothing(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 2, 0)
    late = bench.reserve(0, 2, 2)
    bench.cancel(3, late)
    bench.reserve(3, 2, 4)


@starting_anywhere
def test_rl_11_a_cancel_at_the_promised_time_is_not_too_late(start_s):
    for due in range(1, 30):
        bench = Bench(10, due, start_s)
        bench.reserve(0, due, 0)
        reservation = bench.reserve(0, due, due)
        bench.cancel(due, reservation)
        assert bench.tokens(due) == pytest.approx(due, abs=1e-6)


@starting_anywhere
def test_rl_11_a_fully_overtaken_reservation_gives_nothing_back(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 2, 0)
    overtaken = bench.reserve(0, 1, 1)
    bench.reserve(0, 1, 2)
    bench.cancel(0, overtaken)
    bench.reserve(0, 1, 3)


@starting_anywhere
def test_rl_11_a_half_overtaken_reservation_gives_half_back(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(0, 2, 0)
    overtaken = bench.reserve(0, 2, 2)
    bench.reserve(0, 1, 3)
    bench.cancel(2, overtaken)
    bench.reserve(2, 2, 4)


@starting_anywhere
def test_rl_11_several_cancels_restore_as_if_the_later_one_had_never_been(start_s):
    bench = Bench(10, 4, start_s)
    bench.reserve(0, 4, 0)
    first = bench.reserve(0, 3, 3)
    bench.reserve(0, 1, 4)
    last = bench.reserve(0, 1, 5)
    bench.cancel(1, last)
    bench.cancel(1, first)
    bench.reserve(1, 3, 5)


@pytest.mark.parametrize("start_s", [*STARTS, *(2**power - 0.05 for power in range(4, 22))])
@pytest.mark.parametrize("taken", [(2, 2), (4, 3, 1, 1), (7, 7, 1, 2, 3, 5, 1), (3, 3, 3, 3, 3)])
def test_rl_11_cancelling_all_in_reverse_restores_everything(start_s, taken):
    bench = Bench(10, max(taken), start_s)
    for at in range(20):
        full = bench.tokens(1000 * at)
        made = [bench.limiter.reserve(n) for n in taken]
        for reservation in reversed(made):
            reservation.cancel()
        assert bench.limiter.tokens() == pytest.approx(full, abs=1e-6)


@starting_anywhere
def test_rl_11_after_a_cancel_the_one_before_is_the_last_even_at_its_very_time(start_s):
    for due in range(1, 40):
        bench = Bench(10, 40, start_s)
        bench.reserve(0, 40, 0)
        first = bench.reserve(0, due, due)
        last = bench.reserve(0, 1, due + 1)
        bench.cancel(due, last)
        bench.cancel(due, first)
        assert bench.tokens(due) == pytest.approx(due, abs=1e-6)


@starting_anywhere
def test_rl_11_a_cancel_after_a_step_back_gives_back_what_was_not_overtaken(start_s):
    bench = Bench(10, 2, start_s)
    bench.reserve(1, 2, 1)
    overtaken = bench.reserve(1, 2, 3)
    bench.reserve(1, 1, 4)
    bench.cancel(0, overtaken)
    bench.reserve(1, 2, 4)


class Ledger:
    """
    The limiter over again, in fractions, by another idea: when would the balance be zero?

    At a constant rate, and on a clock that never steps back, the balance at t is (t - zero) x rate, up to
    the burst; to take n moves `zero` by n / rate, and what is taken is there at `zero`, or now.
    """

    def __init__(self, rate: int, burst: int) -> None:
        self.rate, self.burst = Fraction(rate), burst
        self.zero = -burst / self.rate
        self.last = None

    def tokens(self, now):
        return min((now - self.zero) * self.rate, Fraction(self.burst))

    def reserve(self, now, n, max_delay):
        zero = max(self.zero, now - self.burst / self.rate) + n / self.rate
        at = max(now, zero)
        if n > self.burst or at - now > max_delay:
            return None
        if n > 0:
            self.zero, self.last = zero, at
        return at

    def cancel(self, now, at, n):
        if at < now or n == 0:
            return
        restored = n - max((self.last - at) * self.rate, 0)
        if restored <= 0:
            return
        zero = max(self.zero, now - self.burst / self.rate) - restored / self.rate
        self.zero = max(zero, now - self.burst / self.rate)
        if at == self.last and at - n / self.rate >= now:
            self.last = at - n / self.rate


@given(
    rate=st.sampled_from([1, 2, 5, 10, 100]),
    burst=st.integers(1, 6),
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("pass"), st.integers(1, 30)),
            st.tuples(st.just("allow"), st.integers(0, 7)),
            st.tuples(st.just("reserve"), st.integers(0, 7), st.sampled_from([0, 10, 50, 10_000])),
            st.tuples(st.just("cancel"), st.integers(0, 5)),
        ),
        max_size=40,
    ),
    start_s=st.sampled_from(STARTS),
)
@settings(deadline=None, max_examples=300)
def test_rl_11_the_limiter_agrees_with_a_ledger_in_fractions(rate, burst, steps, start_s):
    clock, ledger = Clock(start_s), Ledger(rate, burst)
    limiter = RateLimiter(rate, burst, clock)
    hundredths = 0
    made = []
    for step in steps:
        at = Fraction(hundredths, 100)
        clock.now_s = start_s + hundredths / 100
        match step:
            case "pass", pause:
                hundredths += pause
            case "allow", n:
                assert limiter.allow(n) is (n == 0 or ledger.reserve(at, n, 0) is not None)
            case "reserve", 0, _:
                assert limiter.reserve(0).delay_s == 0
            case "reserve", n, wait:
                ours = limiter.reserve(n, max_delay_s=wait / 100 + 1e-8)
                theirs = ledger.reserve(at, n, Fraction(wait, 100))
                assert ours.ok is (theirs is not None)
                if theirs is not None:
                    assert ours.at_s - start_s == pytest.approx(float(theirs), abs=1e-7)
                    made.append((ours, theirs, n))
            case "cancel", which if which < len(made):
                ours, theirs, n = made.pop(-1 - which)
                ours.cancel()
                ledger.cancel(at, theirs, n)
        clock.now_s = start_s + hundredths / 100
        assert limiter.tokens() == pytest.approx(float(ledger.tokens(Fraction(hundredths, 100))), abs=1e-5)


def test_rl_11_a_cancelled_wait_gives_its_tokens_back(go):
    async def main():
        limiter = RateLimiter(10, 3, clock=lambda: 1.0)
        await limiter.wait(2)
        async with TaskGroup() as group:
            waiting = group.spawn(limiter.wait, 3)
            while limiter.tokens() > 0 or not waiting.waiting:
                await sleep(0)
            assert limiter.tokens() == pytest.approx(-2)
            group.cancel()
        assert limiter.tokens() == pytest.approx(1)
        await limiter.wait(1)
        return limiter.allow()

    assert go(main) is False


def test_rl_11_a_wait_cancelled_half_way_gives_back_exactly_what_it_took():
    async def main():
        limiter = RateLimiter(10, 3)
        await limiter.wait(2)
        async with TaskGroup() as group:
            group.spawn(limiter.wait, 3)
            await sleep(0.1)
            group.cancel()
        assert now() == 0.1
        await limiter.wait(2)
        return now(), limiter.tokens()

    assert run(main, runtime="simulator") == (0.1, pytest.approx(0))


def test_rl_12_more_than_the_burst_raises_first_then_a_dead_context_and_neither_costs_a_token(go):
    async def main():
        limiter = RateLimiter(10, 3, clock=lambda: 1.0)
        with pytest.raises(ValueError, match=r"n: found 4, allowed at most 3"):
            await limiter.wait(4)
        with pytest.raises(CancelledError), Context.current().with_cancel() as dead:
            dead.cancel()
            with pytest.raises(ValueError, match=r"n: found 4"):
                await limiter.wait(4)
            await limiter.wait(1)
        return limiter.tokens()

    assert go(main) == 3


def test_rl_12_a_refused_wait_arms_no_timer_and_takes_no_time():
    async def main():
        limiter = RateLimiter(10, 3)
        await limiter.wait(2)
        scheduler = limiter._driver
        for context in (Context.current().with_cancel(), Context.current().with_timeout(0)):
            context.cancel()
            with pytest.raises((CancelledError, DeadlineExceededError)), context:
                await limiter.wait(3)
        with pytest.raises(ValueError, match=r"n: found 4"):
            await limiter.wait(4)
        return scheduler._times, now(), limiter.tokens()

    outcome = launch(main, runtime="simulator", keep_trace=True)
    assert outcome.value == ([], 0, pytest.approx(1))
    assert "sleep" not in {verb for _, _, verb, _ in outcome.trace.events}


def test_rl_12_a_wait_that_would_outlast_the_deadline_raises_at_once_and_costs_nothing(go):
    async def main():
        limiter = RateLimiter(0.001, 3, clock=lambda: 1.0)
        await limiter.wait(2)
        with Context.current().with_timeout(100):
            with pytest.raises(DeadlineExceededError):
                await limiter.wait(3)
            assert Context.current().err is None
            await limiter.wait(1)
        return limiter.tokens()

    assert go(main) == 0


def test_rl_12_a_wait_within_the_deadline_is_served_at_its_time():
    async def main():
        limiter = RateLimiter(10, 3)
        await limiter.wait(2)
        with Context.current().with_timeout(0.1):
            with pytest.raises(DeadlineExceededError):
                await limiter.wait(3)
            assert now() == 0
        await limiter.wait(3)
        return now()

    assert run(main, runtime="simulator") == 0.2


def test_rl_12_waits_act_now_or_later():
    async def main():
        limiter = RateLimiter(10, 3)
        await limiter.wait(2)
        times = [now()]
        await limiter.wait(3)
        return [*times, now()]

    assert run(main, runtime="simulator") == [0, 0.2]


@pytest.mark.parametrize("seed", range(10))
def test_rl_15_waits_get_consecutive_slots_in_the_order_of_their_calls(seed):
    async def main():
        limiter = RateLimiter(10, 1)
        called, served = [], []

        async def wait(number):
            called.append(number)
            await limiter.wait()
            served.append((number, now()))

        async with TaskGroup() as group:
            for number in range(5):
                group.spawn(wait, number)
        return called, served

    called, served = launch(main, runtime="simulator", seed=seed).value
    assert [number for number, _ in served] == called
    assert [at_s for _, at_s in served] == [0, 0.1, 0.2, 0.3, 0.4]


def test_rl_15_no_wait_ends_before_its_slot(go):
    """Which of several tasks that are due runs first is the operating system's choice on `threads`."""

    async def main():
        limiter = RateLimiter(500, 1)
        called, ended_s = [], {}

        async def wait(number):
            called.append(number)
            await limiter.wait()
            ended_s[number] = now()

        began_s = now()
        async with TaskGroup() as group:
            for number in range(5):
                group.spawn(wait, number)
        return [(ended_s[number] - began_s) * 500 for number in called]

    for slot, ended in enumerate(go(main)):
        assert ended >= slot * 0.999


def test_rl_15_every_wait_sleeps_once():
    """A herd would sleep and retry: n waits would take of the order of n x n wake-ups."""

    async def main():
        limiter = RateLimiter(10, 1)
        async with TaskGroup() as group:
            for _ in range(50):
                group.spawn(limiter.wait)

    outcome = launch(main, runtime="simulator", keep_trace=True)
    assert [verb for _, _, verb, _ in outcome.trace.events].count("sleep") == 49


def test_rl_15_who_comes_later_does_not_overtake():
    async def main():
        limiter = RateLimiter(10, 1)
        assert limiter.allow()
        served = []

        async def wait(name, seconds):
            await sleep(seconds)
            await limiter.wait()
            served.append((name, now()))

        async with TaskGroup() as group:
            group.spawn(wait, "early", 0.05)
            group.spawn(wait, "late", 0.1)
            await sleep(0.1)
            assert not limiter.allow()
        return served

    assert {tuple(served) for served in explored(main, seeds=50)} == {(("early", 0.1), ("late", 0.2))}


def test_rl_15_a_cancelled_wait_in_the_middle_moves_nobody():
    """Promised times stay; what the cancelled one had is for whoever comes next, as far as it is in time."""

    async def main():
        limiter = RateLimiter(10, 1)
        served = []

        async def wait(number):
            await limiter.wait()
            served.append((number, now()))

        async with TaskGroup() as group:
            group.spawn(wait, 0)
            await sleep(0.01)
            async with TaskGroup() as doomed:
                doomed.spawn(wait, 1)
                await sleep(0.01)
                group.spawn(wait, 2)
                await sleep(0.01)
                doomed.cancel()
        return served

    served = run(main, runtime="simulator")
    assert [number for number, _ in served] == [0, 2]
    assert served[1][1] == pytest.approx(0.2)


@starting_anywhere
def test_rl_16_a_new_rate_moves_no_promised_time(start_s):
    bench = Bench(5, 2, start_s)
    bench.reserve(0, 2, 0)
    bench.reserve(0, 2, 4)
    bench.clock.set(2)
    bench.limiter.set_rate(10)
    bench.reserve(2, 1, 4)


@starting_anywhere
def test_rl_16_a_new_burst_moves_no_promised_time(start_s):
    bench = Bench(5, 2, start_s)
    bench.reserve(0, 2, 0)
    bench.reserve(0, 2, 4)
    bench.clock.set(3)
    bench.limiter.set_burst(4)
    bench.reserve(0, 4, 9)


@starting_anywhere
def test_rl_16_a_cancel_after_a_new_rate_gives_back_at_the_old_one(start_s):
    bench = Bench(5, 2, start_s)
    bench.reserve(0, 2, 0)
    cancelled = bench.reserve(0, 2, 4)
    bench.clock.set(2)
    bench.limiter.set_rate(10)
    bench.cancel(2, cancelled)
    bench.reserve(2, 2, 3)


@given(before=st.floats(0.1, 1000), after=st.floats(0.1, 1000), at=st.floats(0.1, 5), later=st.floats(0, 5))
@settings(deadline=None)
def test_rl_16_a_change_settles_the_balance_at_the_old_rate(before, after, at, later):
    bench = Bench(before, 1_000_000)
    assert bench.allow(0, 1_000_000)
    bench.clock.set(at)
    bench.limiter.set_rate(after)
    assert bench.limiter.rate == after
    expected = (at * before + later * after) * TENTH_S
    assert bench.tokens(at + later) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("burst", "tokens"), [(1, 1), (3, 3), (8, 3)])
def test_rl_16_a_new_burst_cuts_what_is_too_much_and_adds_nothing(burst, tokens):
    bench = Bench(10, 3)
    bench.limiter.set_burst(burst)
    assert bench.limiter.burst == burst
    assert bench.tokens(0) == tokens
    assert bench.tokens(1) == min(tokens + 1, burst)


def test_rl_16_a_wait_that_was_promised_a_time_keeps_it_through_changes():
    async def main():
        limiter = RateLimiter(1, 1)
        await limiter.wait()
        async with TaskGroup() as group:
            group.spawn(limiter.wait)
            await sleep(0.5)
            limiter.set_rate(1000)
            limiter.set_burst(5)
        return now()

    assert run(main, runtime="simulator") == 1


@pytest.mark.parametrize("n", [1.5, float("nan"), True, "1"])
def test_a_number_of_tokens_is_a_whole_number(n):
    limiter = RateLimiter(1.0, burst=5)
    for ask in (limiter.allow, limiter.reserve):
        with pytest.raises(TypeError, match=r"n: found .*, allowed a whole number from 0"):
            ask(n)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_ticker_bucket_has_a_rate_above_0(rate):
    with pytest.raises(ValueError, match=r"rate: found .*, allowed a number above 0"):
        TickerBucket(rate, 5)
