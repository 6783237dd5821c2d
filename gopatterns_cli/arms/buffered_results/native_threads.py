"""Answers of threads of which only the first is taken, by hand.

The queue has room for every answer, so no thread ever waits for a reader, and the executor ends although
nobody reads the others. With `Queue(1)` and a put that waits, the second answer would fill the queue, the
third thread would wait for ever, and the executor for it. What lies in the queue is the ended future, so that
an error is an answer, too. A thread cannot be cancelled: those that come late are waited for.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import TypeVar

R = TypeVar("R")


def buffered_results(ask: Callable[[int], R], workers: int, go_on: Callable[[R], object]) -> R:
    """Ask all at once, go on with the first answer, and return it when all have ended."""
    answers: Queue[Future[R]] = Queue(workers)
    with ThreadPoolExecutor(workers) as threads:
        asked = [threads.submit(ask, number) for number in range(1, workers + 1)]
        for answer in asked:
            answer.add_done_callback(answers.put_nowait)
        first = answers.get().result()
        go_on(first)
    for answer in asked:
        answer.result()
    return first
