"""What a user writes, for type checkers only: `mypy --strict` and strict pyright have nothing to say."""

# pyright: strict

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import assert_type

from patterns import (
    DROP,
    Channel,
    Context,
    ErrGroup,
    JobResult,
    RateLimiter,
    Receiver,
    Result,
    Selected,
    Semaphore,
    Sender,
    TaskGroup,
    Ticker,
    Timer,
    WaitGroup,
    WorkerPool,
    after,
    call,
    collect_errors,
    fan_in,
    fan_out,
    from_call,
    now,
    pipeline,
    race_timeout,
    receiving,
    run,
    select,
    sending,
    sleep,
    try_select,
    worker_pool,
)


async def fetch(number: int) -> str:
    """Work that is awaited."""
    await sleep(0.1)
    return str(number)


def blocking(number: int) -> str:
    """Work that blocks."""
    return str(number)


async def patterns_() -> None:
    """The results have the type that the work gives."""
    async with worker_pool(range(3), fetch, workers=2) as results:
        assert_type(results, Receiver[str])
        async for result in results:
            assert_type(result, str)
    async with worker_pool([1, 2], blocking, workers=2, ordered=True) as plain:
        assert_type(await plain.receive(), str)
    async with fan_out(range(3), fetch, workers=2) as channels, fan_in(*channels) as merged:
        assert_type(channels, list[Receiver[str]])
        assert_type(await merged.receive_ok(), tuple[str | None, bool])
    async with pipeline(range(3), fetch, lambda text: DROP if text == "1" else text) as output:
        async for value in output:
            print(value)
    assert_type(await collect_errors([1, 2], fetch), list[Result[str]])
    assert_type(await collect_errors([1, 2], blocking, workers=2), list[Result[str]])
    assert_type(await race_timeout(fetch, 1, seconds=0.5), str)
    assert_type(await race_timeout(blocking, 1, seconds=0.5), str)
    pool: WorkerPool[str] = WorkerPool(fetch, workers=2)
    async with pool:
        await pool.submit("first", 1)
        assert_type(pool.try_submit("second", 2), bool)
        await pool.stop()
        async for done in pool.results:
            assert_type(done, JobResult[str])


async def blocks() -> None:
    """Channels and what is built on them."""
    channel: Channel[int] = Channel(1)
    await channel.send(1)
    assert_type(await channel.receive(), int)
    assert_type(channel.sender, Sender[int])
    assert_type(channel.receiver, Receiver[int])
    assert_type(channel.try_receive(), tuple[int | None, bool] | None)
    assert_type(await select(receiving(channel), sending(channel, 1), receiving(after(1.0))), Selected)
    assert_type(try_select(receiving(None)), Selected | None)
    timer, ticker = Timer(1.0), Ticker(0.1)
    assert_type(await timer.channel.receive(), float)
    assert_type(timer.stop(), bool)
    ticker.stop()
    async with Semaphore(2), TaskGroup() as group:
        group.spawn(fetch, 1)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Semaphore(2))
    limiter = RateLimiter(rate=5, burst=5)
    assert_type(limiter.allow(), bool)
    await limiter.wait()
    assert_type(limiter.reserve().delay_s, float)


async def groups() -> None:
    """Groups, contexts and calls."""
    with Context.current().with_timeout(1.0) as context:
        assert_type(context.deadline, float | None)
        stop = context.after_func(print, "over")
        assert_type(stop(), bool)
    errors = ErrGroup(limit=2)
    await errors.go(fetch, 1)
    assert_type(errors.try_go(blocking, 2), bool)
    await errors.wait()
    waiting = WaitGroup()
    waiting.go(fetch, 1)
    await waiting.wait()
    assert_type(await call(blocking, 1), str)
    assert_type(from_call(blocking, 1), str)
    assert_type(now(), float)


async def answer(number: int) -> int:
    """A main task."""
    return number


assert_type(run(answer, 42, runtime="threads"), int)
