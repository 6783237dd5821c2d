"""Requests held to a rate by a bucket of tokens; beside it the document's bucket, which a ticker fills."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

from patterns.channel import Channel
from patterns.demo import Demo, Option, busy
from patterns.group import TaskGroup
from patterns.rate_limiter import RateLimiter
from patterns.timer import Ticker

if TYPE_CHECKING:
    from types import TracebackType

    from patterns.demo import Options


class TickerBucket:
    """
    The known-bad twin: a buffered channel that a ticker of period 1 / rate fills, as in the document.

        async with TickerBucket(rate=5, burst=5) as bucket:
            await bucket.wait()

    It starts empty, so that a first burst has to wait; a tick that comes late is a token lost, so that at
    high rates it falls below what is asked; and it needs a task for as long as it lives. `RateLimiter`
    does none of that.

    Args:
        rate: ticks per second, above 0.
        burst: tokens that the channel holds.
    """

    def __init__(self, rate: float, burst: int) -> None:
        if not 0 < rate < math.inf:
            raise ValueError(f"rate: found {rate!r}, allowed a number above 0")
        self._period_s = 1 / rate
        self._tokens: Channel[None] = Channel(burst)
        self._group = TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._group.spawn(self._fill, name="ticker")
        return self

    def allow(self) -> bool:
        """Take a token if there is one."""
        return self._tokens.try_receive() is not None

    async def wait(self) -> None:
        """Wait for a token and take it."""
        await self._tokens.receive()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._group.cancel()
        await self._group.__aexit__(kind, error, trace)

    async def _fill(self) -> None:
        ticker = Ticker(self._period_s)
        try:
            async for _ in ticker.channel:
                self._tokens.try_send(None)
        finally:
            ticker.stop()


async def _demo(options: Options) -> list[str]:
    burst = max(round(options.rate), 1)
    if options.ticker:
        async with TickerBucket(options.rate, burst) as bucket:
            return await _requests(options, bucket)
    limiter = RateLimiter(options.rate, burst)
    if options.empty:
        limiter.allow(burst)
    return await _requests(options, limiter)


async def _requests(options: Options, bucket: RateLimiter | TickerBucket) -> list[str]:
    answers = []
    for number in range(1, options.jobs + 1):
        if options.allow:
            allowed = bucket.allow()
        else:
            await bucket.wait()
            allowed = True
        if allowed:
            await busy(number, 0.0)
        answers.append("let through" if allowed else "refused")
    return answers


def _ideal_ns(options: Options) -> int:
    """Return the time of the last token; who only asks waits for none."""
    if options.allow:
        return 0
    rate: float = options.rate
    at_once = 0 if options.empty or options.ticker else max(round(rate), 1)
    jobs: int = options.jobs
    return round(max(jobs - at_once, 0) / rate * 1e9)


demo = Demo(
    main=_demo,
    options=(
        Option("jobs", 20, "requests, as fast as they are let through"),
        Option("rate", 5.0, "tokens per second; the bucket holds one second's", 1e-6, per_second=True),
        Option("allow", False, "ask in place of waiting, and be refused"),
        Option("empty", False, "start with an empty bucket, as the document's does"),
        Option("ticker", False, "the known-bad twin: a bucket that a ticker fills"),
    ),
    ideal_ns=_ideal_ns,
)
