"""The patterns written by hand on asyncio, holding workers or items."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Any

from gopatterns_cli.arms.error_collection.native_asyncio import error_collection
from gopatterns_cli.arms.fan_out_fan_in.native_asyncio import fan_out_fan_in
from gopatterns_cli.arms.managed_worker_pool.native_asyncio import managed_worker_pool
from gopatterns_cli.arms.pipeline.native_asyncio import pipeline
from gopatterns_cli.arms.semaphore.native_asyncio import semaphore
from gopatterns_cli.arms.worker_pool.native_asyncio import worker_pool
from gopatterns_cli.memory.holding import STAGES, TWICE, Holder, busy_workers, numbers, soaked
from gopatterns_cli.overhead.operations import Look, unseen
from scenarios.model import IDLE_WORKER, QUEUED_ITEM

Work = Callable[[int], Awaitable[int]]
Pool = Callable[[Iterable[int], Work, int], Coroutine[Any, Any, Any]]
Hold = Callable[[int, Look], Coroutine[Any, Any, None]]


def holder(pattern: str, held: str) -> Holder:
    """What holds so many, and then as many again; KeyError when the pattern has none of it."""
    hold = HOLDS[held][pattern]
    return lambda count, look: asyncio.run(hold(count, look))


class Lot:
    """So many that come, and wait in their jobs until the lot is let go; `complete` when all have come."""

    def __init__(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        self._missing = count
        self.complete: asyncio.Future[None] = loop.create_future()
        self.let_go: asyncio.Future[None] = loop.create_future()

    def come(self) -> None:
        """Count one in."""
        self._missing -= 1
        if self._missing == 0:
            self.complete.set_result(None)

    async def work(self, number: int) -> int:
        """Come, and wait until the lot is let go."""
        self.come()
        await self.let_go
        return number

    async def muster(self, number: int) -> int:
        """Come, and wait until all have come: so every worker has a job."""
        self.come()
        await self.complete
        return number


def _in_jobs(pool: Pool) -> Hold:
    """Workers that wait in their jobs."""

    async def hold(count: int, look: Look) -> None:
        async with asyncio.TaskGroup() as group:
            lots = []
            for _ in TWICE:
                lots.append(lot := Lot(count))
                group.create_task(pool(range(count), lot.work, count))
                await lot.complete
                look()
            for lot in lots:
                lot.let_go.set_result(None)

    return hold


async def idle_in_managed_worker_pool(count: int, look: Look) -> None:
    """Workers at the jobs' queue."""
    readers = []
    async with AsyncExitStack() as stack:
        for _ in TWICE:
            pool = await stack.enter_async_context(managed_worker_pool(Lot(count).muster, count))
            for job in range(count):
                await pool.submit(job, job)
            readers.append(results := aiter(pool))
            for _ in range(count):
                await anext(results)
            look()
    for results in readers:  # a generator that is dropped before its end is closed in a task of its own
        async for _ in results:
            pass


async def stages(count: int, look: Look) -> None:
    """Stages at their queues: an item has gone through each pipeline, and the source has no other."""
    pipelines = count // STAGES
    async with asyncio.TaskGroup() as group:
        lots = []
        for _ in TWICE:
            lots.append(lot := Lot(pipelines))
            for _ in range(pipelines):
                group.create_task(pipeline(_one_item(lot), _square, _arriving(lot), buffer=0))
            await lot.complete
            look()
        for lot in lots:
            lot.let_go.set_result(None)


async def waiters(count: int, look: Look) -> None:
    """Tasks at a semaphore, whose one permit the first of them has."""
    async with asyncio.TaskGroup() as group:
        lots = []
        for _ in TWICE:
            lots.append(lot := Lot(1))
            group.create_task(semaphore(range(count + 1), _first_comes(lot), 1))
            await lot.complete  # the others were started in the same turn of the loop
            look()
        for lot in lots:
            lot.let_go.set_result(None)


async def jobs_of_managed_worker_pool(count: int, look: Look) -> None:
    """Jobs submitted, behind workers that are busy."""
    workers = busy_workers(count)
    lot = Lot(workers)
    async with managed_worker_pool(lot.work, workers) as pool:
        for job in range(workers):
            await pool.submit(job, job)
        await lot.complete
        soak = soaked()
        for see in (unseen, look, look):
            for job in numbers(count):
                await pool.submit(job, job)
            see()
        del soak
        pool.cancel()


async def items_of_pipeline(count: int, look: Look) -> None:
    """Items in the queue before the last stage, which has taken one and keeps it."""
    async with asyncio.TaskGroup() as group:
        let_go = []
        for _ in TWICE:
            let_go.append(last := Lot(1))
            squared = Lot(count + 1)
            group.create_task(pipeline(_items(count), _counted(squared), last.work, buffer=count))
            await squared.complete
            look()
        for last in let_go:
            last.let_go.set_result(None)


async def _one_item(lot: Lot) -> AsyncIterator[int]:
    yield 0
    await lot.let_go


async def _items(count: int) -> AsyncIterator[int]:
    yield 0
    for number in numbers(count):
        yield number


async def _square(number: int) -> int:
    return number * number


def _arriving(lot: Lot) -> Work:
    async def triple(number: int) -> int:
        lot.come()
        return number

    return triple


def _counted(squared: Lot) -> Work:
    async def square(number: int) -> int:
        squared.come()
        return number

    return square


def _first_comes(lot: Lot) -> Work:
    async def work(number: int) -> int:
        if not lot.complete.done():
            lot.come()
        await lot.let_go
        return number

    return work


HOLDS: Mapping[str, Mapping[str, Hold]] = {
    IDLE_WORKER: {
        "worker-pool": _in_jobs(worker_pool),
        "managed-worker-pool": idle_in_managed_worker_pool,
        "fan-out-fan-in": _in_jobs(fan_out_fan_in),
        "pipeline": stages,
        "error-collection": _in_jobs(error_collection),
        "semaphore": waiters,
    },
    QUEUED_ITEM: {
        "managed-worker-pool": jobs_of_managed_worker_pool,
        "pipeline": items_of_pipeline,
    },
}
