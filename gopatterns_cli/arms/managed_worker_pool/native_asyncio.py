"""A managed pool of asyncio tasks by hand.

`asyncio.Queue` cannot be closed before Python 3.13. So the queues have no bound, and the room in them is a
Semaphore: closing frees one place, and whoever gets it passes it on. A cancelled worker has nothing more to
wait for, which is why every job that was begun has its result, whatever ends it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class JobResult(Generic[R]):
    """What became of one job: its `value`, or its `error`."""

    job_id: Hashable
    value: R | None
    error: BaseException | None


@asynccontextmanager
async def managed_worker_pool(
    work: Callable[[T], Awaitable[R]], workers: int = 8
) -> AsyncIterator["ManagedWorkerPool[T, R]"]:
    """Open a pool for a block: its end stops the pool, an error in it cancels. Errors come as a group."""
    async with asyncio.TaskGroup() as group:
        pool = ManagedWorkerPool(work, workers, group)
        try:
            yield pool
        except BaseException:
            pool.cancel()
            raise
        finally:
            pool.close()


class ManagedWorkerPool(Generic[T, R]):
    """Runs `work(data)` for every job; results by `async for`, in the order of their end."""

    def __init__(self, work: Callable[[T], Awaitable[R]], workers: int, group: asyncio.TaskGroup) -> None:
        self._work = work
        self._jobs: asyncio.Queue[tuple[Hashable, T] | None] = asyncio.Queue()
        self._results: asyncio.Queue[JobResult[R] | None] = asyncio.Queue()
        self._room_for_jobs, self._room_for_results = (asyncio.Semaphore(2 * workers) for _ in range(2))
        self._closed = False
        self._workers = [group.create_task(self._worker()) for _ in range(workers)]
        for worker in self._workers:
            worker.add_done_callback(self._end)

    async def submit(self, job_id: Hashable, data: T) -> None:
        """Have the job done; waits for room, and raises RuntimeError once the pool is closed."""
        await self._room_for_jobs.acquire()
        if self._closed:
            self._room_for_jobs.release()
            raise RuntimeError("submit to a pool that was stopped or cancelled")
        self._jobs.put_nowait((job_id, data))

    async def stop(self) -> None:
        """Accept no more jobs, and wait until those accepted are done; results are kept, however many."""
        self.close()
        await asyncio.wait(self._workers)

    def cancel(self) -> list[Hashable]:
        """Drop the jobs that were not begun, cancel those under way; return the ids of the dropped ones."""
        self.close()
        dropped = [self._jobs.get_nowait() for _ in range(self._jobs.qsize())]
        self._jobs.put_nowait(None)
        for worker in self._workers:
            worker.cancel()
        return [job[0] for job in dropped if job is not None]

    def close(self) -> None:
        """Accept no more jobs."""
        if not self._closed:
            self._closed = True
            self._jobs.put_nowait(None)
            self._room_for_jobs.release()
            self._room_for_results.release()

    async def __aiter__(self) -> AsyncIterator[JobResult[R]]:
        while (result := await self._results.get()) is not None:
            self._room_for_results.release()
            yield result
        self._results.put_nowait(None)  # for the next reader

    async def _worker(self) -> None:
        while (job := await self._jobs.get()) is not None:
            self._room_for_jobs.release()
            result = await self._result(*job)
            with suppress(asyncio.CancelledError):  # the pool is closed then, and there is room
                await self._room_for_results.acquire()
            if self._closed:
                self._room_for_results.release()
            self._results.put_nowait(result)
        self._jobs.put_nowait(None)  # for the next worker

    async def _result(self, job_id: Hashable, data: T) -> JobResult[R]:
        try:
            return JobResult(job_id, await self._work(data), None)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it is the job's result
            return JobResult(job_id, None, error)

    def _end(self, _: asyncio.Task[None]) -> None:
        if all(worker.done() for worker in self._workers):
            self._results.put_nowait(None)
