"""asyncio by hand: its queues, semaphores and task groups."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from gopatterns_cli.overhead.operations import CAPACITY, PERMITS, TASKS, WAIT_S, Look, unseen

NAME = "asyncio-queue"
PACKAGE = None
FAMILY = "asyncio"
LACKS = {
    "buffered": "no close before 3.13: a sentinel",
    "unbuffered": "no rendezvous: one place; no close before 3.13: a sentinel",
    "pipeline": "no rendezvous: one place; no close before 3.13: a sentinel",
    "pool-no-op": "no pool: workers at a queue; no close before 3.13: sentinels",
    "pool-wait": "no pool: workers at a queue; no close before 3.13: sentinels",
    "fan-out": "no pool: workers at a queue; no close before 3.13: sentinels",
    "select-2-parked": "no select: asyncio.wait on a get() task per queue; one place",
    "select-2-ready": "no select: asyncio.wait on a get() task per queue",
    "select-8-parked": "no select: asyncio.wait on a get() task per queue; one place",
    "select-8-ready": "no select: asyncio.wait on a get() task per queue",
}

END = None


def enter(fn: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """In a fresh loop."""
    return asyncio.run(fn(*args))


async def buffered(count: int) -> tuple[int, int]:
    """One task puts, one gets until the sentinel."""
    return await _passed_on(count, CAPACITY)


async def unbuffered(count: int) -> tuple[int, int]:
    """The same with one place."""
    return await _passed_on(count, 1)


async def _passed_on(count: int, capacity: int) -> tuple[int, int]:
    queue: asyncio.Queue[int | None] = asyncio.Queue(capacity)

    async def produce() -> None:
        for number in range(count):
            await queue.put(number)
        await queue.put(END)

    async def consume() -> tuple[int, int]:
        seen = total = 0
        while (number := await queue.get()) is not END:
            seen += 1
            total += number
        return seen, total

    async with asyncio.TaskGroup() as group:
        group.create_task(produce())
        consumer = group.create_task(consume())
    return consumer.result()


async def pipeline(count: int) -> list[int]:
    """A task per stage, a queue between two; the last stage is the caller."""
    numbers: asyncio.Queue[int | None] = asyncio.Queue(1)
    squares: asyncio.Queue[int | None] = asyncio.Queue(1)
    output: asyncio.Queue[int | None] = asyncio.Queue(1)

    async def produce() -> None:
        for number in range(count):
            await numbers.put(number)
        await numbers.put(END)

    async def square() -> None:
        while (number := await numbers.get()) is not END:
            await squares.put(number * number)
        await squares.put(END)

    async def triple_even() -> None:
        while (number := await squares.get()) is not END:
            if number % 2 == 0:
                await output.put(number * 3)
        await output.put(END)

    results = []
    async with asyncio.TaskGroup() as group:
        group.create_task(produce())
        group.create_task(square())
        group.create_task(triple_even())
        while (number := await output.get()) is not END:
            results.append(number)
    return results


async def pool_no_op(count: int, workers: int) -> list[int]:
    """Jobs that only compute."""

    async def double(number: int) -> int:
        return 2 * number

    return await _pooled(count, workers, double)


async def pool_wait(count: int, workers: int) -> list[int]:
    """Jobs that sleep."""
    return await _pooled(count, workers, _waiting(WAIT_S["pool-wait"]))


async def fan_out(count: int, workers: int) -> list[int]:
    """Jobs that sleep a shorter time."""
    return await _pooled(count, workers, _waiting(WAIT_S["fan-out"]))


def _waiting(seconds: float) -> Callable[[int], Awaitable[int]]:
    async def double(number: int) -> int:
        await asyncio.sleep(seconds)
        return 2 * number

    return double


async def _pooled(count: int, workers: int, work: Callable[[int], Awaitable[int]]) -> list[int]:
    jobs: asyncio.Queue[int | None] = asyncio.Queue(workers)
    results = []

    async def worker() -> None:
        while (job := await jobs.get()) is not END:
            results.append(await work(job))

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())
        for job in range(count):
            await jobs.put(job)
        for _ in range(workers):
            await jobs.put(END)
    return results


async def select_parked(count: int, cases: int) -> tuple[int, int]:
    """A producer for each queue of one place; the consumer waits for any of its get() tasks."""
    queues: list[asyncio.Queue[int]] = [asyncio.Queue(1) for _ in range(cases)]
    async with asyncio.TaskGroup() as group:
        for first, queue in enumerate(queues):
            group.create_task(_produce(queue, range(first, count, cases)))
        return await _selected(queues, count)


async def select_ready(count: int, cases: int) -> tuple[int, int]:
    """The queues are full before the consumer begins."""
    queues: list[asyncio.Queue[int]] = [asyncio.Queue(count // cases + 1) for _ in range(cases)]
    async with asyncio.TaskGroup() as group:
        for first, queue in enumerate(queues):
            group.create_task(_produce(queue, range(first, count, cases)))
    return await _selected(queues, count)


async def _produce(queue: asyncio.Queue[int], numbers: range) -> None:
    for number in numbers:
        await queue.put(number)


async def _selected(queues: list[asyncio.Queue[int]], count: int) -> tuple[int, int]:
    getting = {asyncio.create_task(queue.get()): queue for queue in queues}
    seen = total = 0
    while seen < count:
        done, _ = await asyncio.wait(getting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            queue = getting.pop(task)
            getting[asyncio.create_task(queue.get())] = queue
            seen += 1
            total += task.result()
    for task in getting:
        task.cancel()
    await asyncio.gather(*getting, return_exceptions=True)
    return seen, total


async def semaphore(count: int) -> tuple[int, int, int]:
    """One task alone with one permit."""
    permits = asyncio.Semaphore(1)
    done = 0
    for _ in range(count):
        async with permits:
            done += 1
    async with permits:
        held = permits.locked()
    return done, int(not held), int(not permits.locked())


async def semaphore_contended(count: int) -> tuple[int, int]:
    """More tasks than permits."""
    permits = asyncio.Semaphore(PERMITS)
    holders = done = most = 0

    async def take(turns: int) -> None:
        nonlocal holders, done, most
        for _ in range(turns):
            async with permits:
                holders += 1
                most = max(most, holders)
                await asyncio.sleep(0)
                holders -= 1
                done += 1

    async with asyncio.TaskGroup() as group:
        for first in range(TASKS):
            group.create_task(take(len(range(first, count, TASKS))))
    return done, most


async def spawn(count: int) -> int:
    """Tasks that do nothing but count themselves."""
    ran = itertools.count()

    async def nothing() -> None:
        next(ran)

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(nothing())
    return next(ran)


async def cancel(count: int, look: Look = unseen) -> int:
    """Tasks that wait for an event which never comes."""
    never = asyncio.Event()
    ended = 0

    async def wait() -> None:
        nonlocal ended
        try:
            await never.wait()
        except asyncio.CancelledError:
            ended += 1
            raise

    tasks = [asyncio.create_task(wait()) for _ in range(count)]
    await asyncio.sleep(0)
    look()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return ended


async def channels(count: int, look: Look = unseen) -> int:
    """Queues, as long as they are wanted."""
    made: list[Any] = [asyncio.Queue[int](1) for _ in range(count)]
    look()
    return len(made)
