"""Jobs that only compute, in pure Python: a loop of integer arithmetic that holds the GIL throughout.

How many operations make up the duration that was asked for is found once per machine and Python. Every arm
does the same number of them, and so does Go, which needs a fraction of the time for it.
"""

from functools import cache, partial

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.kinds import SEEDS, Effect


def effect(cell: Cell, port: int) -> Effect:
    """Return the loop."""
    del port
    return Effect(function=partial(spin, cell.operations), expected=partial(spun, cell.operations))


def spin(operations: int, item: int) -> int:
    """Return the last of a row of pseudo-random numbers, from 0 to 65,535."""
    state = item % SEEDS + 1
    for _ in range(operations):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    return state & 0xFFFF


def spun(operations: int, item: int) -> int:
    """Return the same, each only once computed."""
    return _known(operations, item % SEEDS)


_known = cache(spin)
