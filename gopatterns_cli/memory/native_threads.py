"""The patterns written by hand with threads, holding workers or items."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Lock
from typing import Any

from gopatterns_cli.arms.error_collection.native_threads import error_collection
from gopatterns_cli.arms.fan_out_fan_in.native_threads import fan_out_fan_in
from gopatterns_cli.arms.managed_worker_pool.native_threads import ManagedWorkerPool
from gopatterns_cli.arms.pipeline.native_threads import pipeline
from gopatterns_cli.arms.semaphore.native_threads import semaphore
from gopatterns_cli.arms.worker_pool.native_threads import worker_pool
from gopatterns_cli.memory.holding import STAGES, TWICE, Holder, busy_workers, numbers, soaked
from gopatterns_cli.overhead.operations import Look, unseen
from scenarios.model import IDLE_WORKER, QUEUED_ITEM

Work = Callable[[int], int]
Pool = Callable[[Iterable[int], Work, int, ThreadPoolExecutor], Any]


def holder(pattern: str, held: str) -> Holder:
    """What holds so many, and then as many again; KeyError when the pattern has none of it."""
    return HOLDS[held][pattern]


class Lot:
    """So many that come, and wait in their jobs until the lot is let go."""

    def __init__(self, count: int) -> None:
        self._missing = count
        self._lock = Lock()
        self._complete, self.let_go = Event(), Event()

    def come(self) -> None:
        """Count one in."""
        with self._lock:
            self._missing -= 1
            if self._missing == 0:
                self._complete.set()

    def work(self, number: int, *_: Any) -> int:
        """Come, and wait until the lot is let go."""
        self.come()
        self.let_go.wait()
        return number

    def muster(self, number: int, *_: Any) -> int:
        """Come, and wait until all have come: so every worker has a job."""
        self.come()
        self._complete.wait()
        return number

    def gather(self, *pools: "Future[Any]") -> None:
        """Wait until all have come; raise the error of a pool that ended before."""
        for pool in pools:
            pool.add_done_callback(lambda _: self._complete.set())
        self._complete.wait()
        for pool in pools:
            if pool.done():
                pool.result()


class Lots:
    """What is held, and threads for those who call a pattern, as it keeps its caller until its end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def threads(self, count: int) -> ThreadPoolExecutor:
        """So many threads, started when they are needed."""
        return self._stack.enter_context(ThreadPoolExecutor(count))

    def lot(self, count: int) -> Lot:
        """A lot that is let go before the threads are waited for."""
        lot = Lot(count)
        self._stack.callback(lot.let_go.set)
        return lot


def _in_jobs(pool: Pool) -> Holder:
    """Workers that wait in their jobs."""

    def hold(count: int, look: Look) -> None:
        with ExitStack() as stack:
            lots = Lots(stack)
            callers = lots.threads(len(TWICE))
            for _ in TWICE:
                workers = lots.threads(count)
                lot = lots.lot(count)
                lot.gather(callers.submit(pool, range(count), lot.work, count, workers))
                look()

    return hold


def _with_its_own_threads(items: Iterable[int], work: Work, workers: int, _: ThreadPoolExecutor) -> Any:
    return error_collection(items, work, workers)


def idle_in_managed_worker_pool(count: int, look: Look) -> None:
    """Workers at the jobs' queue."""
    with ExitStack() as stack:
        for _ in TWICE:
            pool = stack.enter_context(ManagedWorkerPool(Lot(count).muster, count))
            for job in range(count):
                pool.submit(job, job)
            results = iter(pool)
            for _ in range(count):
                next(results)
            look()


def stages(count: int, look: Look) -> None:
    """Stages at their queues: an item has gone through each pipeline, and the source has no other."""
    pipelines = count // STAGES
    with ExitStack() as stack:
        lots = Lots(stack)
        for _ in TWICE:
            callers, threads = lots.threads(pipelines), lots.threads((STAGES - 1) * pipelines)
            lot = lots.lot(pipelines)
            lot.gather(
                *(
                    callers.submit(
                        pipeline, _one_item(lot), _square, _arriving(lot), buffer=0, threads=threads
                    )
                    for _ in range(pipelines)
                )
            )
            look()


def waiters(count: int, look: Look) -> None:
    """Threads at a semaphore, whose one permit the first of them has."""
    with ExitStack() as stack:
        lots = Lots(stack)
        callers = lots.threads(len(TWICE))
        for _ in TWICE:
            lot = lots.lot(1)
            jobs = Dealt(range(count + 1))
            lot.gather(callers.submit(semaphore, jobs, _first_comes(lot), 1))
            jobs.dealt.wait()
            look()


def jobs_of_worker_pool(count: int, look: Look) -> None:
    """Jobs in their queue, behind one worker."""
    with ExitStack() as stack:
        lots = Lots(stack)
        callers = lots.threads(len(TWICE))
        for _ in TWICE:
            worker = lots.threads(1)
            lot = lots.lot(1)
            lot.gather(callers.submit(worker_pool, _items(count), _first_comes(lot), 1, worker))
            look()


def jobs_of_managed_worker_pool(count: int, look: Look) -> None:
    """Jobs submitted, behind workers that are busy."""
    workers = busy_workers(count)
    with ExitStack() as stack:
        lot = Lot(workers)
        pool = stack.enter_context(ManagedWorkerPool(lot.work, workers))
        stack.callback(lot.let_go.set)
        stack.callback(pool.cancel)
        for job in range(workers):
            pool.submit(job, job)
        lot.gather()
        soak = soaked()
        for see in (unseen, look, look):
            for job in numbers(count):
                pool.submit(job, job)
            see()
        del soak


def items_of_pipeline(count: int, look: Look) -> None:
    """Items in the queue before the last stage, which has taken one and keeps it."""
    with ExitStack() as stack:
        lots = Lots(stack)
        callers = lots.threads(len(TWICE))
        for _ in TWICE:
            threads = lots.threads(STAGES - 1)
            last, squared = lots.lot(1), Lot(count + 1)
            squared.gather(
                callers.submit(
                    pipeline,
                    _items(count),
                    _arriving(squared),
                    _first_comes(last),
                    buffer=count,
                    threads=threads,
                )
            )
            look()


class Dealt(list[int]):
    """Jobs, and whether all of them have been handed out."""

    def __init__(self, jobs: Iterable[int]) -> None:
        super().__init__(jobs)
        self.dealt = Event()

    def __iter__(self) -> Iterator[int]:
        """Hand them out."""
        yield from super().__iter__()
        self.dealt.set()


def _one_item(lot: Lot) -> Iterator[int]:
    yield 0
    lot.let_go.wait()


def _items(count: int) -> Iterator[int]:
    yield 0
    yield from numbers(count)


def _square(number: int) -> int:
    return number * number


def _arriving(lot: Lot) -> Work:
    def stage(number: int) -> int:
        lot.come()
        return number

    return stage


def _first_comes(lot: Lot) -> Work:
    first = iter([True])

    def work(number: int) -> int:
        if next(first, False):
            lot.come()
        lot.let_go.wait()
        return number

    return work


HOLDS: Mapping[str, Mapping[str, Holder]] = {
    IDLE_WORKER: {
        "worker-pool": _in_jobs(worker_pool),
        "managed-worker-pool": idle_in_managed_worker_pool,
        "fan-out-fan-in": _in_jobs(fan_out_fan_in),
        "pipeline": stages,
        "error-collection": _in_jobs(_with_its_own_threads),
        "semaphore": waiters,
    },
    QUEUED_ITEM: {
        "worker-pool": jobs_of_worker_pool,
        "managed-worker-pool": jobs_of_managed_worker_pool,
        "pipeline": items_of_pipeline,
    },
}
