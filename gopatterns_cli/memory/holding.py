"""What everybody who holds workers or items has in common: two lots, and a look at each.

A holder is a function of a count and of `look`. It brings so many together and calls `look`, brings as many
again and calls it a second time, then lets go of all. Between the two looks nothing else may be made that
lasts.
"""

import gc
from collections.abc import Callable, Iterator

from gopatterns_cli.memory.system import resident
from gopatterns_cli.overhead.operations import Look

Holder = Callable[[int, Look], None]

TWICE = range(2)
"""The lots."""

STAGES = 3
"""Of a pipeline by hand and of Go's, as the document's has them: so many pipelines make a lot of stages."""


def busy_workers(count: int) -> int:
    """
    So many workers of a managed pool have room for three lots of jobs, twice as many as they are: one that
    nobody looks at, in whose time what the workers leave behind is forgotten, and the two.
    """
    return (3 * count + 1) // 2


FIRST = 1_000
"""The first item: smaller integers are kept by Python itself, and take nothing."""


def soaked() -> list[object]:
    """
    Take up, and return, what Python has kept free of memory: thousands of workers leave a lot behind when
    they begin, and items would lie in that unseen.
    """
    taken: list[object] = []
    gc.collect()
    began = resident()
    while resident() - began < SOAKED:
        taken += [(number, number + 1) for number in range(FIRST, FIRST + 10_000)]
    return taken


SOAKED = 1 << 20
"""Bytes that a process must grow by until nothing is free any more."""


def numbers(count: int) -> Iterator[int]:
    """A lot of items, each an integer of its own."""
    return iter(range(FIRST, FIRST + count))
