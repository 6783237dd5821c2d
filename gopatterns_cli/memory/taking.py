"""Looking, in this process, at what a worker or an item takes: the difference of two looks."""

from collections.abc import Callable

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.memory import arms, system


class UnseenError(Failure):
    """What was held could not be seen."""


def looked_at(cell: Cell) -> Callable[[int], float]:
    """A cell, ready to be looked at so many times: the bytes that one worker or item takes, times that."""
    return lambda times: sum(taken(cell) for _ in range(times))


def taken(cell: Cell) -> float:
    """Return the bytes that one of what a cell holds takes.

    Raises:
        UnseenError: there were not two looks, the family of processes did not grow, or not by as many
            processes as were asked for.
    """
    seen: list[system.Reading] = []
    system.reading()  # what looking itself takes is there
    arms.holder(cell)(cell.count, lambda: seen.append(system.reading()))
    if len(seen) != 2:
        raise UnseenError(f"{cell.name}: {len(seen)} looks, where 2 are right")
    first, second = seen
    more = second.processes - first.processes
    if arms.has_processes(cell) and more != cell.count:
        raise UnseenError(f"{cell.name}: {more} more processes, {cell.count} were asked for")
    if second.taken <= first.taken:
        raise UnseenError(
            f"{cell.count:,} more of {cell.operation} did not make the process grow: more are needed"
        )
    return (second.taken - first.taken) / cell.count
