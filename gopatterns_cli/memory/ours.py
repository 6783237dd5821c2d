"""Our patterns, holding idle workers or queued items: the same text on every runtime."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from types import ModuleType
from typing import Any

import patterns
from gopatterns_cli.memory.holding import TWICE, Holder, busy_workers, numbers, soaked
from gopatterns_cli.overhead.operations import Look, unseen
from patterns import (
    CancelledError,
    Channel,
    ErrGroup,
    RateLimiter,
    Semaphore,
    TaskGroup,
    WorkerPool,
    collect_errors,
    fan_in,
    fan_out,
)
from patterns.launch import launch
from scenarios.model import IDLE_WORKER, QUEUED_ITEM

PROCESSES = "processes"

CALLING = frozenset({"worker-pool", "managed-worker-pool", "fan-out-fan-in", "pipeline"})
"""Those whose workers call a plain function, so that on `processes` each has a process of its own."""

Work = Callable[[int], Any]
Lot = Callable[[AsyncExitStack, int, Work], Awaitable[None]]
"""Enters a pattern with so many workers, which all work once; the stack leaves it."""

SLOWEST = 1e-3
"""Tokens per second: nobody gets one while he is looked at."""


def holder(pattern: str, held: str, runtime: str) -> Holder:
    """What holds so many, and then as many again, on a runtime; KeyError when the pattern has none of it."""
    if held == QUEUED_ITEM:
        queue = QUEUES[pattern]
        return lambda count, look: _run(queue, count, look, runtime=runtime)
    lot = LOTS[pattern]
    if has_processes(pattern, held, runtime):
        return lambda count, look: _in_processes(lot, count, look)
    return lambda count, look: _run(_two_lots, lot, count, look, runtime=runtime)


def has_processes(pattern: str, held: str, runtime: str) -> bool:
    """Whether each of what is held has a process."""
    return runtime == PROCESSES and held == IDLE_WORKER and pattern in CALLING


def _run(main: Callable[..., Awaitable[None]], *args: Any, runtime: str, workers: int | None = None) -> None:
    outcome = launch(main, *args, runtime=runtime, workers=workers)
    if outcome.error is not None:
        raise outcome.error


async def _two_lots(lot: Lot, count: int, look: Look) -> None:
    async with AsyncExitStack() as stack:
        for _ in TWICE:
            await lot(stack, count, Muster(count).work)
            look()


def _in_processes(lot: Lot, count: int, look: Look) -> None:
    """Two runs, the second with twice as many: processes are started with a run, and end with it."""
    with _without_main():
        for workers in (count, 2 * count):
            _run(_one_lot, lot, workers, look, runtime=PROCESSES, workers=workers)


@contextmanager
def _without_main() -> Iterator[None]:
    """A started process imports its parent's main module: here that is the tool's, which is not looked at."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


async def _one_lot(lot: Lot, count: int, look: Look) -> None:
    async with AsyncExitStack() as stack:
        await lot(stack, count, abs)
        look()


class Muster:
    """Jobs that end when all of them have begun: so every worker has had one."""

    def __init__(self, count: int) -> None:
        self._missing = count
        self._all_here: Channel[None] = Channel()

    async def work(self, number: int) -> int:
        """Wait for the others."""
        self._missing -= 1
        if self._missing == 0:
            self._all_here.close()
        await self._all_here.receive_ok()
        return number


# Idle workers


async def worker_pool(stack: AsyncExitStack, count: int, work: Work) -> None:
    """Workers at the jobs' channel."""
    jobs: Channel[int] = Channel()
    results = await stack.enter_async_context(patterns.worker_pool(jobs, work, workers=count))
    await _worked(count, jobs, results)


async def managed_worker_pool(stack: AsyncExitStack, count: int, work: Work) -> None:
    """The same of a pool that is told what to do."""
    pool: WorkerPool[int] = await stack.enter_async_context(WorkerPool(work, workers=count))
    for job in range(count):
        await pool.submit(job, job)
    for _ in range(count):
        await pool.results.receive()


async def fan_out_fan_in(stack: AsyncExitStack, count: int, work: Work) -> None:
    """Workers with a channel each, which are merged."""
    items: Channel[int] = Channel()
    channels = await stack.enter_async_context(fan_out(items, work, workers=count))
    merged = await stack.enter_async_context(fan_in(*channels))
    await _worked(count, items, merged)


async def pipeline(stack: AsyncExitStack, count: int, work: Work) -> None:
    """So many stages in a row; an item goes through all of them, so none waits for another with it."""
    stage = abs if work is abs else _through
    items: Channel[int] = Channel()
    output = await stack.enter_async_context(patterns.pipeline(items, *[stage] * count))
    await items.send(0)
    await output.receive()


async def errgroup(stack: AsyncExitStack, count: int, work: Work) -> None:
    """Tasks of one group, which wait."""
    del work
    group, busy = ErrGroup(), Busy(count)
    stack.push_async_callback(_ended, group)
    for number in range(count):
        await group.go(busy.work, number)
    await busy.begun(count)


async def error_collection(stack: AsyncExitStack, count: int, work: Work) -> None:
    """Workers that wait in their items; they end with those."""
    del work
    busy = Busy(count)
    group = await stack.enter_async_context(TaskGroup())
    stack.callback(group.cancel)
    group.spawn(collect_errors, range(count), busy.work, count)
    await busy.begun(count)


async def semaphore(stack: AsyncExitStack, count: int, work: Work) -> None:
    """Tasks that wait for the permit that somebody else holds."""
    del work
    permits = Semaphore(1)
    await permits.acquire()
    await _waiting(stack, count, permits.acquire)


async def token_bucket(stack: AsyncExitStack, count: int, work: Work) -> None:
    """Tasks that wait for a token that is due much later."""
    del work
    limiter = RateLimiter(SLOWEST, burst=1)
    await limiter.wait()
    await _waiting(stack, count, limiter.wait)


async def _worked(count: int, jobs: Channel[int], results: Any) -> None:
    for job in range(count):
        await jobs.send(job)
    for _ in range(count):
        await results.receive()


async def _ended(group: ErrGroup) -> None:
    group.context.cancel()
    with suppress(CancelledError):
        await group.wait()


async def _through(item: int) -> int:
    return item


async def _waiting(stack: AsyncExitStack, count: int, wait: Callable[[], Awaitable[Any]]) -> None:
    came: Channel[None] = Channel(count)

    async def waiter() -> None:
        came.try_send(None)  # suspends nobody: it waits, too, before anyone sees this
        await wait()

    group = await stack.enter_async_context(TaskGroup())
    stack.callback(group.cancel)
    for _ in range(count):
        group.spawn(waiter)
    for _ in range(count):
        await came.receive()


LOTS: Mapping[str, Lot] = {
    "worker-pool": worker_pool,
    "managed-worker-pool": managed_worker_pool,
    "fan-out-fan-in": fan_out_fan_in,
    "pipeline": pipeline,
    "errgroup": errgroup,
    "error-collection": error_collection,
    "semaphore": semaphore,
    "token-bucket": token_bucket,
}


# Queued items


class Busy:
    """Jobs that do not end."""

    def __init__(self, count: int) -> None:
        self._begun: Channel[None] = Channel(count)
        self._never: Channel[None] = Channel()

    async def work(self, number: int) -> int:
        """Begin, and wait for ever."""
        self._begun.try_send(None)
        await self._never.receive_ok()
        return number

    async def begun(self, count: int) -> None:
        """Return when so many have begun."""
        for _ in range(count):
            await self._begun.receive()


async def jobs_of_worker_pool(count: int, look: Look) -> None:
    """Jobs in their channel, behind one worker."""
    busy = Busy(1)
    jobs: Channel[int] = Channel(2 * count)
    async with patterns.worker_pool(jobs, busy.work, workers=1):
        await jobs.send(0)
        await busy.begun(1)
        for _ in TWICE:
            for job in numbers(count):
                await jobs.send(job)
            look()


async def jobs_of_managed_worker_pool(count: int, look: Look) -> None:
    """Jobs submitted, behind workers that are busy."""
    workers = busy_workers(count)
    busy = Busy(workers)
    pool: WorkerPool[int] = WorkerPool(busy.work, workers=workers)
    async with pool:
        for job in range(workers):
            await pool.submit(job, job)
        await busy.begun(workers)
        soak = soaked()
        for see in (unseen, look, look):
            for job in numbers(count):
                await pool.submit(job, job)
            see()
        del soak
        pool.cancel()


async def items_of_pipeline(count: int, look: Look) -> None:
    """Items in the hop behind the only stage: who asks for the next one has left the last one there."""
    done: Channel[None] = Channel()

    def source() -> Iterator[int]:
        for _ in TWICE:
            yield from numbers(count)
            look()
        done.close()

    async with patterns.pipeline(source(), _through, buffer=2 * count):
        await done.receive_ok()


QUEUES: Mapping[str, Callable[[int, Look], Awaitable[None]]] = {
    "worker-pool": jobs_of_worker_pool,
    "managed-worker-pool": jobs_of_managed_worker_pool,
    "pipeline": items_of_pipeline,
}
