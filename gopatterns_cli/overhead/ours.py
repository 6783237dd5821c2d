"""Our library in each operation: the same text on every runtime."""

import itertools
from time import perf_counter
from typing import Any

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, WAIT_S, Look, unseen
from patterns import (
    DROP,
    CancelledError,
    Channel,
    RateLimiter,
    Semaphore,
    TaskGroup,
    receiving,
    select,
    sleep,
    worker_pool,
)
from patterns import fan_in as merged
from patterns import fan_out as fanned_out
from patterns import pipeline as stages

LACKS: dict[str, str] = {}


async def buffered(count: int) -> tuple[int, int]:
    """One task sends, one receives until the channel is closed."""
    return await _passed_on(count, CAPACITY)


async def unbuffered(count: int) -> tuple[int, int]:
    """The same by rendezvous."""
    return await _passed_on(count, 0)


async def _passed_on(count: int, capacity: int) -> tuple[int, int]:
    channel: Channel[int] = Channel(capacity)
    seen = total = 0

    async def produce() -> None:
        for number in range(count):
            await channel.send(number)
        channel.close()

    async def consume() -> None:
        nonlocal seen, total
        async for number in channel:
            seen += 1
            total += number

    async with TaskGroup() as group:
        group.spawn(produce)
        group.spawn(consume)
    return seen, total


async def pipeline(count: int) -> list[int]:
    """The document's pipeline, without room between its stages."""

    async def square(number: int) -> int:
        return number * number

    async def triple_even(number: int) -> Any:
        return number * 3 if number % 2 == 0 else DROP

    async with stages(range(count), square, triple_even) as output:
        return [number async for number in output]


async def pool_no_op(count: int, workers: int) -> list[int]:
    """Jobs that only compute."""

    async def double(number: int) -> int:
        return 2 * number

    async with worker_pool(range(count), double, workers=workers, buffer=CAPACITY) as results:
        return [result async for result in results]


async def pool_wait(count: int, workers: int) -> list[int]:
    """Jobs that sleep."""

    async def double(number: int) -> int:
        await sleep(WAIT_S["pool-wait"])
        return 2 * number

    async with worker_pool(range(count), double, workers=workers, buffer=CAPACITY) as results:
        return [result async for result in results]


async def fan_out(count: int, workers: int) -> list[int]:
    """Jobs that sleep, over a channel for each worker."""

    async def double(number: int) -> int:
        await sleep(WAIT_S["fan-out"])
        return 2 * number

    async with (
        fanned_out(range(count), double, workers=workers) as channels,
        merged(*channels) as results,
    ):
        return [result async for result in results]


async def select_parked(count: int, cases: int) -> tuple[int, int]:
    """A consumer waits at unbuffered channels, each with its producer."""
    channels: list[Channel[int]] = [Channel() for _ in range(cases)]
    async with TaskGroup() as group:
        for first, channel in enumerate(channels):
            group.spawn(_produce, channel, range(first, count, cases))
        return await _selected(channels, count)


async def select_ready(count: int, cases: int) -> tuple[int, int]:
    """The producers have filled the channels and ended before the consumer begins."""
    channels: list[Channel[int]] = [Channel(count // cases + 1) for _ in range(cases)]
    async with TaskGroup() as group:
        for first, channel in enumerate(channels):
            group.spawn(_produce, channel, range(first, count, cases))
    return await _selected(channels, count)


async def _produce(channel: Channel[int], numbers: range) -> None:
    for number in numbers:
        await channel.send(number)


async def _selected(channels: list[Channel[int]], count: int) -> tuple[int, int]:
    cases = [receiving(channel) for channel in channels]
    seen = total = 0
    for _ in range(count):
        chosen = await select(*cases)
        seen += chosen.ok
        total += chosen.value
    return seen, total


async def semaphore(count: int) -> tuple[int, int, int]:
    """One task alone with one permit."""
    permits = Semaphore(1)
    done = 0
    for _ in range(count):
        async with permits:
            done += 1
    async with permits:
        held = permits.try_acquire()
    return done, int(held), int(permits.try_acquire())


async def semaphore_contended(count: int) -> tuple[int, int]:
    """More tasks than permits."""
    permits = Semaphore(PERMITS)
    holders = done = most = 0

    async def take(turns: int) -> None:
        nonlocal holders, done, most
        for _ in range(turns):
            async with permits:
                holders += 1
                most = max(most, holders)
                await sleep(0)
                holders -= 1
                done += 1

    async with TaskGroup() as group:
        for first in range(TASKS):
            group.spawn(take, len(range(first, count, TASKS)))
    return done, most


async def spawn(count: int) -> int:
    """Tasks that do nothing but count themselves."""
    ran = itertools.count()

    async def nothing() -> None:
        next(ran)

    async with TaskGroup() as group:
        for _ in range(count):
            group.spawn(nothing)
    return next(ran)


async def cancel(count: int, look: Look = unseen) -> int:
    """Tasks parked at a channel that nobody sends to."""
    never: Channel[None] = Channel()
    parked: Channel[None] = Channel(count)
    ended = 0

    async def wait() -> None:
        nonlocal ended
        parked.try_send(None)
        try:
            await never.receive()
        except CancelledError:
            ended += 1
            raise

    async with TaskGroup() as group:
        for _ in range(count):
            group.spawn(wait)
        for _ in range(count):
            await parked.receive()
        look()
        group.cancel()
    return ended


async def limiter(count: int, per_second: int) -> list[float]:
    """Requests one after the other, as fast as they are let through."""
    rate = RateLimiter(per_second, 1)
    stamps = []
    for _ in range(count):
        await rate.wait()
        stamps.append(perf_counter())
    return stamps


async def channels(count: int, look: Look = unseen) -> int:
    """Channels without room, as long as they are wanted."""
    made: list[Any] = [Channel() for _ in range(count)]
    look()
    return len(made)
