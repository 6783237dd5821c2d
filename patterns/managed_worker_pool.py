"""A pool that is told what to do while it runs: submit, stop, cancel."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from patterns import traps
from patterns.channel import Channel
from patterns.context import Context
from patterns.demo import Demo, Option, batches, busy
from patterns.errors import CancelledError, ChannelClosedError, PoolClosedError
from patterns.group import TaskGroup, asynchronous
from patterns.select import receiving, select, sending
from patterns.stage import at_least_one, first_of, is_uncalled_for
from patterns.traps import is_foreign_cancel

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from types import TracebackType

    from patterns.channel import Receiver
    from patterns.demo import Options

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class JobResult(Generic[R]):
    """
    What became of one job: its `value`, or its `error`.

        >>> async def main():
        ...     async with WorkerPool(int) as pool:
        ...         await pool.submit("first", "x")
        ...         result = await pool.results.receive()
        ...         return result.job_id, result.value, result.error
        >>> run(main, runtime="simulator")
        ('first', None, ValueError("invalid literal for int() with base 10: 'x'"))
    """

    job_id: Hashable
    value: R | None
    error: BaseException | None


class WorkerPool(Generic[R]):
    """
    `workers` tasks that run `work(data)` for every job submitted, and hand in a `JobResult` for each.

        >>> async def main():
        ...     async with WorkerPool(abs, workers=2) as pool:
        ...         await pool.submit("first", -3)
        ...         await pool.stop()
        ...         return await pool.results.receive()
        >>> run(main, runtime="simulator")
        JobResult(job_id='first', value=3, error=None)

    Up to 2 x `workers` jobs and as many results wait; then `submit` waits for a worker and a worker for
    a reader. After `stop` results are kept whatever their number, so that it may be awaited first and
    the results read afterwards.

    A job that fails is a result with an error: it stops neither its worker nor the others. A `SystemExit`,
    a `KeyboardInterrupt` or another error that is no `Exception` is so too, and `stop`, or the end of the
    block, raises the first of them when all workers have ended.

    Leaving the block without `stop` stops the pool, as an executor's does; leaving it by an error cancels.

    Args:
        work: an `async def` is awaited in the worker; a plain function runs through `call`.
        workers: at least 1.

    Raises:
        TypeError, ValueError: an argument is not of this form.

    Source: the document's managed worker pool; there a submit that races with the stop sends on a closed
    channel, and here it is accepted or raises `PoolClosedError`.
    """

    def __init__(self, work: Callable[[Any], Any], workers: int = 8) -> None:
        self._workers = at_least_one("workers", workers)
        self._perform = asynchronous(work)
        self._jobs: Channel[tuple[Hashable, Any]] = Channel(2 * workers)
        self._results: Channel[JobResult[R]] = Channel(2 * workers)
        self._closing: Channel[None] = Channel()
        self._group = TaskGroup()
        self._context: Context | None = None
        self._left = 0
        self._stopped: Channel[None] = Channel()
        self._fatal: BaseException | None = None
        self._dropped: tuple[Hashable, ...] = ()

    async def __aenter__(self) -> Self:
        if self._context is not None:
            raise RuntimeError("a WorkerPool is entered once: make another one of the same function")
        await self._group.__aenter__()
        try:
            self._context = Context.current().with_cancel()
            self._left = self._workers
            for number in range(1, self._workers + 1):
                self._group.spawn(self._worker, self._context, name=f"worker {number}")
        except BaseException as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise
        return self

    @property
    def results(self) -> Receiver[JobResult[R]]:
        """Where the results come, in the order of their end; closed when all workers have ended."""
        return self._results.receiver

    async def submit(self, job_id: Hashable, data: Any) -> None:
        """
        Have `work(data)` run, waiting for room.

        Raises:
            PoolClosedError: the pool was stopped or cancelled before the job was accepted.

        Cancellation: the job was not accepted.
        """
        self._check_open()
        try:
            chosen = await select(sending(self._jobs, (job_id, data)), receiving(self._closing))
        except ChannelClosedError:
            chosen = None
        if chosen is None or chosen.index == 1:
            raise PoolClosedError("the pool was closed while this job waited for room")

    def try_submit(self, job_id: Hashable, data: Any) -> bool:
        """
        Have `work(data)` run if there is room now.

        Raises:
            PoolClosedError: the pool was stopped or cancelled.
        """
        self._check_open()
        return self._jobs.try_send((job_id, data))

    async def stop(self) -> None:
        """
        Accept no more jobs, wait until those accepted are done and every worker has ended.

        A second call waits as well.

        Raises:
            the first error of a job that is no `Exception`.

        Cancellation: the wait ends; the workers go on to the end of the accepted jobs.
        """
        self._close()
        self._results.lift_bound()
        if self._context is not None:
            await self._stopped.receive_ok()
        self._raise_fatal()

    def cancel(self) -> tuple[Hashable, ...]:
        """
        Accept no more jobs, drop those that were not begun, and cancel those under way.

        Returns:
            The ids of the jobs that were dropped, oldest first; the same at every call. A job that was
            under way is a result with a `CancelledError`, unless it ended all the same.
        """
        self._close()
        dropped = deque(self._dropped)
        while (job := (self._jobs.try_receive() or (None, False))[0]) is not None:
            dropped.append(job[0])
        self._dropped = tuple(dropped)
        self._results.lift_bound()
        if self._context is not None:
            self._context.cancel()
        return self._dropped

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.cancel()
        self._close()
        self._results.lift_bound()
        try:
            await self._group.__aexit__(kind, error, trace)
        except BaseExceptionGroup as failures:
            raise first_of(failures) from None
        finally:
            self._end()
        self._raise_fatal()

    def __repr__(self) -> str:
        """Return how many workers it has, and how many of them live."""
        return f"<WorkerPool {self._left}/{self._workers} workers>"

    def _check_open(self) -> None:
        if self._closing.closed:
            raise PoolClosedError("submit to a pool that was stopped or cancelled")
        if self._context is None:
            raise PoolClosedError("submit to a pool that was not started: use async with")

    def _close(self) -> None:
        """Tell parked submitters first: only then is the jobs' channel sure to have no sender left."""
        if not self._closing.closed:
            self._closing.close()
            self._jobs.close()

    def _end(self) -> None:
        """Tell submitters, readers and whoever waits in `stop` that no worker is left."""
        self._close()
        for channel in (self._results, self._stopped):
            if not channel.closed:
                channel.close()

    def _raise_fatal(self) -> None:
        fatal, self._fatal = self._fatal, None
        if fatal is not None:
            raise fatal

    async def _worker(self, context: Context) -> None:
        try:
            with context:
                await self._take_jobs()
        finally:
            self._left -= 1
            if self._left == 0:
                self._end()

    async def _take_jobs(self) -> None:
        try:
            async for job in self._jobs:
                await self._hand_in(await self._result(*job))
        except BaseException as error:
            if is_uncalled_for(error):  # somebody cancels this one `asyncio.Task` while it waits for a job
                self._fatal = self._fatal or error
                self.cancel()
            raise

    async def _result(self, job_id: Hashable, data: Any) -> JobResult[R]:
        try:
            return JobResult(job_id, await self._perform(data), None)
        except BaseException as raised:
            error = traps.translated(raised)
            cancelled = isinstance(error, CancelledError) or is_foreign_cancel(error)
            if isinstance(error, GeneratorExit) or (is_foreign_cancel(error) and not is_uncalled_for(error)):
                self._keep(JobResult(job_id, None, error))
                raise
            if not (cancelled or isinstance(error, Exception)) and self._fatal is None:
                self._fatal = error
            return JobResult(job_id, None, error)

    async def _hand_in(self, result: JobResult[R]) -> None:
        if not self._results.try_send(result):
            try:
                await self._results.send(result)
            except BaseException:
                self._keep(result)
                raise

    def _keep(self, result: JobResult[R]) -> None:
        """Hand in the result of a worker that ends; whatever ends it, no job goes without one."""
        self._results.lift_bound()
        self._results.try_send(result)


async def _demo(options: Options) -> list[Any]:
    async def process(number: int) -> int:
        await busy(number, options.latency)
        return number

    async def submit_all() -> None:
        for number in range(1, options.jobs + 1):
            await pool.submit(number, number)
        await pool.stop()

    pool: WorkerPool[int] = WorkerPool(process, workers=options.workers)
    async with pool, TaskGroup() as group:
        group.spawn(submit_all)
        return [result.value async for result in pool.results]


demo = Demo(
    main=_demo,
    options=(
        Option("workers", 5, "tasks that take jobs", least=1, tasks=True),
        Option("jobs", 10, "jobs submitted, then the pool is stopped"),
        Option("latency", 0.1, "how long one job waits"),
    ),
    steps=lambda options: options.jobs,
    ideal_ns=lambda options: batches(options.jobs, options.workers) * options.latency_ns,
    serial_ns=lambda options: options.jobs * options.latency_ns,
)
