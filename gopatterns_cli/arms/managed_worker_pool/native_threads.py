"""A managed pool of threads by hand.

An executor has submit, stop and drop already. By hand come what it lacks: a submit that waits for room, and
results in the order of their end. Closing frees one place of each Semaphore, and whoever gets it passes it
on. A thread cannot be cancelled: a job under way is handed an Event, and ends early only if it looks at it.
"""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Semaphore
from typing import Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class JobResult(Generic[R]):
    """What became of one job: its `value`, or its `error`."""

    job_id: Hashable
    value: R | None
    error: BaseException | None


class ManagedWorkerPool(Generic[T, R]):
    """Runs `work(data, cancelled)` for every job; results by `for`, in the order of their end.

    The end of its `with` block stops the pool, an error in the block cancels it.
    """

    def __init__(self, work: Callable[[T, Event], R], workers: int = 8) -> None:
        self._work = work
        self._threads = ThreadPoolExecutor(workers)
        self._results: SimpleQueue[JobResult[R] | None] = SimpleQueue()
        self._room_for_jobs, self._room_for_results = (Semaphore(2 * workers) for _ in range(2))
        self._closed, self._cancelled, self._submitting = Event(), Event(), Lock()
        self._dropped: list[Hashable] = []

    def submit(self, job_id: Hashable, data: T) -> None:
        """Have the job done; waits for room, and raises RuntimeError once the pool is closed."""
        self._room_for_jobs.acquire()
        with self._submitting:
            if self._closed.is_set():
                self._room_for_jobs.release()
                raise RuntimeError("submit to a pool that was stopped or cancelled")
            job = self._threads.submit(self._run, job_id, data)
            job.add_done_callback(partial(self._note_dropped, job_id))

    def stop(self) -> None:
        """Accept no more jobs, and wait until those accepted are done; results are kept, however many."""
        self._close(drop=False)
        self._threads.shutdown(wait=True)
        self._results.put(None)

    def cancel(self) -> list[Hashable]:
        """Drop the jobs that were not begun, tell those under way; return the ids of the dropped ones."""
        self._cancelled.set()
        self._close(drop=True)
        return list(self._dropped)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *failure: object) -> None:
        if kind is not None:
            self.cancel()
        self.stop()

    def __iter__(self) -> Iterator[JobResult[R]]:
        for result in iter(self._results.get, None):
            self._room_for_results.release()
            yield result
        self._results.put(None)  # for the next reader

    def _run(self, job_id: Hashable, data: T) -> None:
        self._room_for_jobs.release()
        try:
            result = JobResult(job_id, self._work(data, self._cancelled), None)
        except BaseException as error:  # noqa: BLE001 - it is the job's result
            result = JobResult(job_id, None, error)
        self._room_for_results.acquire()
        if self._closed.is_set():
            self._room_for_results.release()
        self._results.put(result)

    def _note_dropped(self, job_id: Hashable, job: Future[None]) -> None:
        if job.cancelled():
            self._dropped.append(job_id)

    def _close(self, *, drop: bool) -> None:
        with self._submitting:
            self._closed.set()
            self._threads.shutdown(wait=False, cancel_futures=drop)
        self._room_for_jobs.release()
        self._room_for_results.release()
