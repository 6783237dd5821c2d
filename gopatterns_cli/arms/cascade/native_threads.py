"""A cascade of cancels over threads by hand.

An Event knows no parent, so the tree is a small class: a cancel sets its own Event and all those below. A
thread cannot be cancelled: a worker waits on its Event with a time-out instead of sleeping, which wakes it at
once and tells it at the same time that it is to go: a poll of half a second is `cancelled.wait(0.5)`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event, Lock

GROUPS = 2
"""Branches of the tree."""


class Scope:
    """What can be cancelled, with everything below it."""

    def __init__(self) -> None:
        self.cancelled = Event()
        self._below: list[Scope] = []
        self._growing = Lock()

    def branch(self) -> "Scope":
        """Return a new scope below this one, cancelled if this one is."""
        below = Scope()
        with self._growing:
            self._below.append(below)
            if self.cancelled.is_set():
                below.cancel()
        return below

    def cancel(self) -> None:
        """Cancel this one and everything below; nothing above."""
        with self._growing:
            self.cancelled.set()
            for scope in self._below:
                scope.cancel()


def cascade(poll: Callable[[int, Event], bool], workers: int, root: Scope) -> dict[int, int]:
    """Have the workers poll until `root` is cancelled; return by worker how many polls it ended.

    A poll answers whether it was cancelled. An error in one cancels the root.
    """
    polls = dict.fromkeys(range(1, workers + 1), 0)
    branches = [root.branch() for _ in range(GROUPS)]

    def worker(number: int, scope: Scope) -> None:
        try:
            while not poll(number, scope.cancelled):
                polls[number] += 1
        except BaseException:
            root.cancel()
            raise

    with ThreadPoolExecutor(workers) as threads:
        try:
            ended = [threads.submit(worker, n, branches[n % GROUPS].branch()) for n in polls]
            wait(ended)
        except BaseException:  # Ctrl-C: the end of the block would wait for workers that nobody tells
            root.cancel()
            raise
    for each in ended:
        each.result()
    return polls
