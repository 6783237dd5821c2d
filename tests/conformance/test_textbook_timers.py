"""
Timers, limiters and leak checks as tutorials have them, each shown to fail where ours does not.

The numbers are those of the list of textbook defects. A textbook version that passed would prove that its
test sees nothing.
"""

from __future__ import annotations

import itertools

import pytest

from patterns import (
    Channel,
    Context,
    DeadlineExceededError,
    DeadlockError,
    RateLimiter,
    TaskGroup,
    Ticker,
    Timer,
    WaitGroup,
    after,
    now,
    race_timeout,
    receiving,
    run,
    select,
    sleep,
    traps,
)
from patterns.launch import launch

from seams import explored, parked

HOUR_S = 3600.0


def simulate(main, *args):
    """Return what `main` gives on the simulator; what it leaves behind is not the question here."""
    outcome = launch(main, *args, runtime="simulator")
    if outcome.error is not None:
        raise outcome.error
    return outcome.value


def left_by(main, *args):
    """Return how many tasks a run leaves behind."""
    outcome = launch(main, *args, runtime="simulator")
    assert outcome.error is None
    return len(outcome.leaked)


async def turns(count=20):
    for _ in range(count):
        await sleep(0)


class TaskTimer:
    """The textbook's timer before Go 1.23, and any port of it: something that sleeps, and a buffer of one."""

    def __init__(self, seconds):
        self.channel = Channel(1)
        self._arm(seconds)

    def stop(self):
        was_active, self._armed = self._armed is not None, None
        return was_active

    def reset(self, seconds):
        was_active = self.stop()
        self._arm(seconds)
        return was_active

    def _arm(self, seconds):
        armed = self._armed = object()

        async def fire():
            await sleep(seconds)
            if self._armed is armed:
                self._armed = None
                self.channel.try_send(now())

        WaitGroup().go(fire)


async def select_in_a_loop(make_after):
    ready = Channel(1)
    for number in range(300):
        await ready.send(number)
        await select(receiving(ready), receiving(make_after(HOUR_S)))


def test_t13_a_timer_made_in_a_selects_loop_lives_on_in_the_textbook_and_not_in_ours():
    assert left_by(select_in_a_loop, lambda seconds: TaskTimer(seconds).channel) > 250
    assert left_by(select_in_a_loop, after) == 0


async def stop_under_a_reader(read):
    timer = Timer(1)
    async with TaskGroup() as group:
        group.spawn(read, timer)
        await parked(timer._channel._receivers, 1)
        timer.stop()
    return now()


async def read_for_ever(timer):
    await timer.channel.receive()


async def read_with_a_limit(timer):
    with pytest.raises(DeadlineExceededError), Context.current().with_timeout(5):
        await timer.channel.receive()


def test_t14_stopping_a_timer_that_is_being_read_strands_a_reader_unless_its_context_ends_it():
    with pytest.raises(DeadlockError, match="read_for_ever waits for receive on <Channel"):
        simulate(stop_under_a_reader, read_for_ever)
    assert simulate(stop_under_a_reader, read_with_a_limit) == 5


async def drain_and_reset(timer):
    if not timer.stop():
        await timer.channel.receive()
    timer.reset(2)


async def only_reset(timer):
    timer.reset(2)


async def use_again(make, reset, value_is_read):
    timer = make(1)
    if value_is_read:
        await timer.channel.receive()
    await sleep(3 - now())
    await reset(timer)
    return await timer.channel.receive()


def test_t15_stop_and_drain_hangs_when_the_value_was_read_and_a_plain_reset_gets_a_stale_one():
    assert simulate(use_again, TaskTimer, drain_and_reset, False) == 5
    with pytest.raises(DeadlockError):
        simulate(use_again, TaskTimer, drain_and_reset, True)
    assert simulate(use_again, TaskTimer, only_reset, False) == 1, "the value from before the reset"


@pytest.mark.parametrize("value_is_read", [False, True])
def test_t15_ours_has_nothing_to_drain(value_is_read):
    assert simulate(use_again, Timer, only_reset, value_is_read) == 5


async def textbook_race(work, capacity):
    answer = Channel(capacity)

    async def deliver():
        await answer.send(await work())

    WaitGroup().go(deliver)
    won = await select(receiving(answer), receiving(after(1)))
    return won.value if won.index == 0 else "timed out"


async def our_race(work):
    try:
        return await race_timeout(work, seconds=1)
    except DeadlineExceededError:
        return "timed out"


async def race_and_wait(race, log, *args):
    async def work():
        await sleep(2)
        log.append("worked on")
        return "late"

    assert await race(work, *args) == "timed out"
    await sleep(5)


def test_t16_a_helper_that_sends_on_an_unbuffered_channel_is_left_at_every_timeout():
    assert left_by(race_and_wait, textbook_race, [], 0) == 1
    assert left_by(race_and_wait, our_race, []) == 0


def test_t16_with_a_buffer_the_work_still_runs_on():
    buffered, ours = [], []
    assert left_by(race_and_wait, textbook_race, buffered, 1) == 0
    assert left_by(race_and_wait, our_race, ours) == 0
    assert (buffered, ours) == (["worked on"], [])


def rate_by_interval(rate, ticks_per_second):
    """Return the rate of a ticker whose period, `second / rate`, is a whole number of the clock's ticks."""
    return ticks_per_second / (ticks_per_second // int(rate))


@pytest.mark.parametrize(
    ("rate", "ticks_per_second", "got"),
    [(7e8, 10**9, 1e9), (2e9, 10**9, None), (700, 1000, 1000), (1500, 1000, None), (0.5, 1000, None)],
)
def test_t17_a_period_in_whole_ticks_is_another_rate_and_ours_is_exact(rate, ticks_per_second, got):
    if got is None:
        with pytest.raises(ZeroDivisionError):
            rate_by_interval(rate, ticks_per_second)
    else:
        assert rate_by_interval(rate, ticks_per_second) == got
    burst = max(int(rate), 1)
    limiter = RateLimiter(rate, burst, clock=lambda: 0.0)
    assert limiter.allow(burst)
    assert burst / limiter.reserve(burst).delay_s == pytest.approx(rate, rel=1e-12)


class TickLimiter:
    """One operation per tick of a ticker, which ticks no faster than its timer can."""

    def __init__(self, rate, resolution_s=0.0):
        self._ticker = Ticker(max(1 / rate, resolution_s))

    async def wait(self):
        await self._ticker.channel.receive()


async def uneven_work(limiter):
    """Four operations in a row, one of which takes three and a half tokens' time: all within the rate."""
    for _ in range(100):
        for work_s in (0.35, 0, 0, 0):
            await limiter.wait()
            await sleep(work_s)
    return 400 / now()


def test_t18_a_token_per_tick_loses_the_ticks_that_come_late():
    async def textbook():
        return await uneven_work(TickLimiter(10))

    async def ours():
        return await uneven_work(RateLimiter(10, 4))

    assert simulate(textbook) < 7
    assert simulate(ours) == pytest.approx(10, rel=0.02)


def test_t18_a_token_per_tick_is_no_faster_than_the_timer():
    async def spend(limiter):
        async with TaskGroup() as group:
            for _ in range(10):
                group.spawn(spend_some, limiter)
        return 5000 / now()

    async def spend_some(limiter):
        for _ in range(500):
            await limiter.wait()

    async def textbook():
        return await spend(TickLimiter(5000, resolution_s=0.001))

    async def ours():
        return await spend(RateLimiter(5000, 10))

    assert simulate(textbook) == pytest.approx(1000)
    assert simulate(ours) == pytest.approx(5000, rel=0.01)


class RefilledBucket:
    """A channel of tokens, and a task that fills it: with a send that waits, or with one that drops."""

    def __init__(self, rate, burst, *, full, waits):
        self._tokens = Channel(burst)
        self._ticker = Ticker(1 / rate)
        self._waits = waits
        while full and self._tokens.try_send(None):
            pass
        WaitGroup().go(self._refill)

    def allow(self):
        return self._tokens.try_receive() is not None

    async def wait(self):
        await self._tokens.receive()

    def stop(self):
        self._ticker.stop()

    async def _refill(self):
        async for _ in self._ticker.channel:
            if self._waits:
                await self._tokens.send(None)
            else:
                self._tokens.try_send(None)


async def first_burst(make):
    limiter = make()
    ended_s = []
    for _ in range(3):
        await limiter.wait()
        ended_s.append(now())
    return ended_s


def test_t19_a_bucket_that_only_a_ticker_fills_starts_empty():
    assert simulate(first_burst, lambda: RefilledBucket(10, 3, full=False, waits=False)) == [0.1, 0.2, 0.3]
    assert simulate(first_burst, lambda: RateLimiter(10, 3)) == [0, 0, 0]


async def burst_after_idling(make):
    """Return how many operations go through at one instant, an hour after the last one."""
    limiter = make()
    await sleep(HOUR_S + 0.05)
    through = 0
    for _ in range(10):
        while limiter.allow():
            through += 1
        await turns()
    assert now() == HOUR_S + 0.05
    return through


def test_t20_a_refill_that_waits_lets_a_burst_of_two_more_through():
    assert simulate(burst_after_idling, lambda: RefilledBucket(10, 3, full=True, waits=True)) == 5
    assert simulate(burst_after_idling, lambda: RateLimiter(10, 3)) == 3


class WindowLimiter:
    """So many operations per whole second."""

    def __init__(self, burst):
        self._burst = burst
        self._window, self._taken = 0, 0

    def allow(self):
        window = int(now())
        if window != self._window:
            self._window, self._taken = window, 0
        self._taken += 1
        return self._taken <= self._burst


async def around_an_edge(make):
    limiter = make()
    through = 0
    for at in (0.99, 1.01):
        await sleep(at - now())
        through += sum(limiter.allow() for _ in range(20))
    return through


def test_t21_a_window_lets_twice_the_burst_through_around_its_edge():
    assert simulate(around_an_edge, lambda: WindowLimiter(10)) == 20
    assert simulate(around_an_edge, lambda: RateLimiter(10, 10)) == 10


async def use_and_stop(make):
    for _ in range(7):
        limiter = make()
        await limiter.wait()
        await turns()
        if isinstance(limiter, RefilledBucket):
            limiter.stop()
    await sleep(HOUR_S)


def test_t22_a_refill_task_outlives_its_limiter():
    assert left_by(use_and_stop, lambda: RefilledBucket(10, 3, full=True, waits=False)) == 7
    assert left_by(use_and_stop, lambda: RateLimiter(10, 3)) == 0


class RetryingLimiter:
    """Wait as sleep-and-retry."""

    def __init__(self, rate, burst):
        self._limiter = RateLimiter(rate, burst)
        self._pause_s = 1 / rate

    async def wait(self):
        while not self._limiter.allow():
            await sleep(self._pause_s)


async def a_herd(make):
    limiter = make(10, 1)
    async with TaskGroup() as group:
        for _ in range(20):
            group.spawn(limiter.wait)


async def a_queue(make):
    """Return the order in which waits are served that came at different times."""
    limiter = make(10, 1)
    served = []

    async def wait(number):
        await sleep(number * 0.1)
        await limiter.wait()
        served.append(number)

    async with TaskGroup() as group:
        await limiter.wait()
        for number in range(4):
            group.spawn(wait, number)
    return tuple(served)


async def a_hopeless_wait(make):
    """Return when a wait of ten seconds gives up whose deadline is in five."""
    limiter = make(0.1, 1)
    await limiter.wait()
    with pytest.raises(DeadlineExceededError), Context.current().with_timeout(5):
        await limiter.wait()
    return now()


def sleeps_of(main, *args):
    events = launch(main, *args, runtime="simulator", keep_trace=True).trace.events
    return [verb for _, _, verb, _ in events].count("sleep")


def test_t23_sleep_and_retry_is_a_herd_and_ours_sleeps_once_each():
    assert sleeps_of(a_herd, RetryingLimiter) > 100
    assert sleeps_of(a_herd, RateLimiter) == 19


def test_t23_sleep_and_retry_is_overtaken_under_some_schedule_and_ours_under_none():
    in_order = {(0, 1, 2, 3)}
    assert set(explored(a_queue, RetryingLimiter, seeds=50)) > in_order
    assert set(explored(a_queue, RateLimiter, seeds=50)) == in_order


def test_t23_sleep_and_retry_waits_in_vain_and_ours_says_so_at_once():
    assert simulate(a_hopeless_wait, RetryingLimiter) == 5
    assert simulate(a_hopeless_wait, RateLimiter) == 0


async def one_ends_while_another_is_left(counts):
    live = traps.running().driver.live
    gate, group = Channel(), WaitGroup()
    group.go(gate.receive)
    await parked(gate._receivers, 1)
    counts.append(len(live))
    group.go(Channel().receive)
    await gate.send("end")
    await turns()
    counts.append(len(live))


def test_t36_counting_tasks_before_and_after_is_blind_and_ours_names_the_one_that_is_left():
    counts = []
    outcome = launch(one_ends_while_another_is_left, counts, runtime="simulator")
    assert counts[0] == counts[1], "the count sees nothing"
    assert len(outcome.leaked) == 1
    assert outcome.leaked[0].startswith("receive waits for receive on <Channel")


def test_t36_tasks_are_told_apart_by_numbers_that_are_never_used_again(runtime):
    """As idents of threads are: of fifty threads in a row nearly all have one that was seen before."""

    async def main():
        numbers = []

        async def take_down():
            numbers.append(traps.running().number)

        for _ in range(50):
            async with TaskGroup() as group:
                group.spawn(take_down)
        return numbers

    numbers = run(main, runtime=runtime)
    assert all(one < other for one, other in itertools.pairwise(numbers))
