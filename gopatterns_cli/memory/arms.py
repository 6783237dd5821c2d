"""Who can hold what: ours on every runtime, and the hand-written ones that have it."""

from gopatterns_cli.measuring.cells import GOPAT, Cell
from gopatterns_cli.memory import native_asyncio, native_processes, native_threads, ours
from gopatterns_cli.memory.holding import Holder

BY_HAND = {"asyncio": native_asyncio, "threads": native_threads, "processes": native_processes}


def holder(cell: Cell) -> Holder:
    """What holds the workers or items of a cell; KeyError when nobody does."""
    held, runtime = cell.operation or "", cell.runtime or ""
    if cell.arm == GOPAT:
        return ours.holder(cell.pattern, held, runtime)
    found: Holder = BY_HAND[runtime].holder(cell.pattern, held)
    return found


def is_held_by_hand(pattern: str, held: str, runtime: str) -> bool:
    """Whether the pattern that is written by hand on a runtime has something of the kind."""
    return runtime in BY_HAND and pattern in BY_HAND[runtime].HOLDS[held]


def has_processes(cell: Cell) -> bool:
    """Whether each of what a cell holds has a process."""
    if cell.arm == GOPAT:
        return ours.has_processes(cell.pattern, cell.operation or "", cell.runtime or "")
    return cell.runtime == ours.PROCESSES
