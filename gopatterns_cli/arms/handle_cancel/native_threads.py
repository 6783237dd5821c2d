"""Threads that wait for an answer and for the cancel, by hand.

A thread cannot be cancelled and waits for one thing at a time. So the cancel comes by the same way as the
answer: as a message in the queue that the thread waits at, which wakes it at once. For a queue that is not
one's own, `get(timeout=...)` between looks at an Event is what is left, at the price of the polls.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

CANCELLED = None


def handle_cancel(answers: Sequence[SimpleQueue[int | None]], after: Callable[[], object]) -> list[str]:
    """Have a worker listen to each queue until `after` returns, then cancel.

    Returns what became of each, in the order of their end.
    """
    ended: list[str] = []

    def listen(number: int, answer: SimpleQueue[int | None]) -> None:
        received = answer.get()
        what = "was cancelled" if received is CANCELLED else f"received {received}"
        ended.append(f"worker {number} {what}")

    with ThreadPoolExecutor(len(answers) or 1) as threads:
        try:
            for number, answer in enumerate(answers, 1):
                threads.submit(listen, number, answer)
            after()
        finally:
            for answer in answers:
                answer.put(CANCELLED)
    return ended
