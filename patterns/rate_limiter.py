"""
Rate limiters: a bucket of tokens that fills at a rate, by arithmetic on a clock.

There is no background task and no timer: how many tokens there are follows from the time that has passed.
What never belongs here: a ticker that fills the bucket (it loses ticks, so it holds no rate that is asked
for; `token_bucket` shows it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patterns import traps
from patterns.errors import DeadlineExceededError

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.context import Context
    from patterns.traps import Driver


GRAIN_S = 1e-9
"""Times are compared to the nanosecond: 0.3 - 0.2 is less than 0.1."""


class RateLimiter:
    """
    Lets through `rate` operations a second, and up to `burst` at once. The bucket starts full.

        >>> async def main():
        ...     limiter = RateLimiter(rate=2, burst=1)
        ...     for _ in range(3):
        ...         await limiter.wait()
        ...     return now(), limiter.allow(), limiter.reserve().delay_s
        >>> run(main, runtime="simulator")
        (1.0, False, 0.5)

    Args:
        rate: tokens per second, from 0; fractions are exact; `math.inf` lets everything through, whatever
            the burst.
        burst: how many tokens the bucket holds, from 0.
        clock: gives the time in seconds; the running runtime's `now` unless given. One that steps back
            mints no tokens.

    Raises:
        TypeError, ValueError: the rate or the burst is not of this form.
        RuntimeError: used from two runtimes at once, or from inside a `call`. One run after another may use
            it: the tokens stay as they were, and fill by the new run's clock.

    Cost: constant per operation, and no memory that grows.

    Source: golang.org/x/time/rate.
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] | None = None) -> None:
        self._rate = _checked_rate(rate)
        self._burst = _checked_burst(burst)
        self._clock = clock
        self._driver: Driver | None = None
        self._tokens = float(burst)
        self._settled_s = -math.inf
        self._last_event_s = -math.inf

    @property
    def rate(self) -> float:
        """Tokens per second."""
        return self._rate

    @property
    def burst(self) -> int:
        """How many tokens the bucket holds."""
        return self._burst

    def allow(self, n: int = 1) -> bool:
        """Take `n` tokens if they are there now, all or none of them."""
        return self.reserve(n, max_delay_s=0.0).ok

    def reserve(self, n: int = 1, max_delay_s: float = math.inf) -> Reservation:
        """
        Take `n` tokens now and say how long to wait until they are there.

        Returns:
            A reservation whose `ok` is False, and which took nothing, when `n` is above the burst or the
            wait would be longer than `max_delay_s` seconds.

        Raises:
            ValueError: `n` is below 0.
        """
        _check_count(n)
        now_s = self._now_s()
        if self._rate == math.inf or n == 0:
            return Reservation(self, n, now_s, now_s, self._rate)
        tokens = self.tokens_at(now_s) - n
        delay_s = self._seconds(-tokens)
        if n > self._burst or delay_s == math.inf or delay_s - max_delay_s >= GRAIN_S:
            return Reservation(self, 0, now_s, math.inf, self._rate)
        self._settled_s, self._tokens = now_s, tokens
        self._last_event_s = now_s + delay_s
        return Reservation(self, n, now_s, self._last_event_s, self._rate)

    async def wait(self, n: int = 1) -> None:
        """
        Wait until `n` tokens are there, and take them. Waits are served in the order of their calls.

        Raises:
            ValueError: `n` is below 0, or above the burst.
            DeadlineExceededError: the wait would outlast the context's deadline; raised at once.

        Cancellation: the tokens go back as far as `Reservation.cancel` says; a wait that was refused took
            none.
        """
        _check_count(n)
        task = traps.running()
        if n > self._burst and self._rate != math.inf:
            raise ValueError(f"n: found {n}, allowed at most {self._burst}, the burst")
        if task.context.dead:
            await traps.refuse(task)
        reservation = self.reserve(n, max_delay_s=_seconds_left(task.context))
        if not reservation.ok:
            if task.context.deadline is None:
                await traps.park(traps.Waiter(task, "wait", self))  # at a rate of 0 no token ever comes
            raise DeadlineExceededError("the wait for a token would outlast the context's deadline")
        delay_s = reservation.delay_s
        if delay_s > 0:
            try:
                await traps.sleep(delay_s)
            except BaseException:
                reservation.cancel()
                raise

    def tokens(self) -> float:
        """Return how many tokens there are; below 0 when more were reserved. Changes nothing."""
        return math.inf if self._rate == math.inf else self.tokens_at(self._now_s())

    def tokens_at(self, now_s: float) -> float:
        """Return how many tokens there are at a time of its clock, which may lie before the last one seen."""
        if self._rate == math.inf:
            return float(self._burst)
        elapsed_s = max(now_s - self._settled_s, 0.0)
        filled = elapsed_s * self._rate if self._rate > 0 else 0.0
        return min(self._tokens + filled, float(self._burst))

    def set_rate(self, rate: float) -> None:
        """Change the rate from now on; promised times do not move."""
        rate = _checked_rate(rate)
        self._settle()
        self._rate = rate

    def set_burst(self, burst: int) -> None:
        """Change how many tokens the bucket holds, from now on; promised times do not move."""
        burst = _checked_burst(burst)
        self._settle()
        self._burst = burst

    def __repr__(self) -> str:
        """Return its rate and burst."""
        return f"<RateLimiter {self._rate:g}/s, burst {self._burst}>"

    def give_back(self, reservation: Reservation) -> None:
        """Return what a reservation took, less what was reserved after it; for `Reservation.cancel`."""
        now_s = self._now_s()
        if reservation.n == 0 or math.inf in (self._rate, reservation.rate):
            return
        if reservation.at_s < now_s - GRAIN_S:
            return
        overtaken = (self._last_event_s - reservation.at_s) * reservation.rate
        restored = reservation.n - max(overtaken, 0.0)  # below 0 after the clock has stepped back
        if restored <= 0:
            return
        self._tokens = min(self.tokens_at(now_s) + restored, float(self._burst))
        self._settled_s = now_s
        if abs(reservation.at_s - self._last_event_s) < GRAIN_S and reservation.rate > 0:
            before_s = reservation.at_s - reservation.n / reservation.rate
            if before_s >= now_s - GRAIN_S:
                self._last_event_s = before_s

    def _now_s(self) -> float:
        """Return the clock's time, having refused a wrong place."""
        if self._clock is not None and not traps.runs_here():
            if self._is_in_use():
                self._refuse("a thread without a runtime")
            return self._clock()
        driver = traps.running().driver
        now_s = driver.now()  # which refuses the inside of a call
        if driver is not self._driver:
            if self._is_in_use():
                self._refuse(driver.name)
            if self._driver is not None and self._clock is None:
                self._settled_s = now_s
            self._driver = driver
            if driver.follow is not None:
                driver.follow(traps.running(), "bind", self)
        return now_s if self._clock is None else self._clock()

    def _is_in_use(self) -> bool:
        return self._driver is not None and bool(self._driver.live) and not self._driver.finished

    def _refuse(self, place: str) -> None:
        if self._driver is not None:
            raise traps.in_use(self, self._driver, place)

    def _settle(self) -> None:
        now_s = self._now_s()
        self._tokens = self.tokens_at(now_s)
        self._settled_s = now_s

    def _seconds(self, missing: float) -> float:
        """Return how long so many tokens take; what takes less than the grain is there."""
        if missing <= 0:
            return 0.0
        seconds = missing / self._rate if self._rate > 0 else math.inf
        return seconds if seconds >= GRAIN_S else 0.0


@dataclass(frozen=True, slots=True)
class Reservation:
    """
    `n` tokens, to be used from the clock's time `at_s` on; made by `RateLimiter.reserve` at `made_s`.

        >>> async def main():
        ...     limiter = RateLimiter(rate=10, burst=1)
        ...     limiter.reserve()
        ...     return limiter.reserve().delay_s
        >>> run(main, runtime="simulator")
        0.1

    `rate` is the limiter's rate then.
    """

    limiter: RateLimiter
    n: int
    made_s: float
    at_s: float
    rate: float

    @property
    def ok(self) -> bool:
        """Whether the tokens were taken."""
        return self.at_s != math.inf

    @property
    def delay_s(self) -> float:
        """Seconds from the reservation until the tokens are there; infinite when they were refused."""
        return max(self.at_s - self.made_s, 0.0)

    def cancel(self) -> None:
        """
        Give the tokens back, less those that were reserved after them, as they would now come too late.

        Does nothing when their time has passed, or when they were refused.
        """
        if self.ok:
            self.limiter.give_back(self)


def every(seconds: float) -> float:
    """
    Return the rate of one operation every `seconds`: infinite for 0 or less.

        >>> limiter = RateLimiter(rate=every(0.5), burst=1)
        >>> limiter.rate
        2.0
    """
    return math.inf if seconds <= 0 else 1 / seconds


def _seconds_left(context: Context) -> float:
    return math.inf if context.deadline is None else max(context.deadline - traps.now(), 0.0)


def _checked_rate(rate: float) -> float:
    if isinstance(rate, bool) or not isinstance(rate, (int, float)):
        raise TypeError(f"rate: found {rate!r}, allowed a number from 0, tokens per second")
    if not rate >= 0:
        raise ValueError(f"rate: found {rate!r}, allowed a number from 0, tokens per second")
    return float(rate)


def _checked_burst(burst: int) -> int:
    if isinstance(burst, bool) or not isinstance(burst, int):
        raise TypeError(f"burst: found {burst!r}, allowed a whole number from 0")
    if burst < 0:
        raise ValueError(f"burst: found {burst}, allowed a whole number from 0")
    return burst


def _check_count(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"n: found {n!r}, allowed a whole number from 0")
    if n < 0:
        raise ValueError(f"n: found {n}, allowed a whole number from 0")
