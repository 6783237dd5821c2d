"""What a session measured, cell by cell, for forms that hand the times themselves to another tool."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gopatterns_cli.entries import Found
from gopatterns_cli.measuring.cells import Cell


@dataclass(frozen=True, slots=True)
class Times:
    """One cell, in one version.

    Args:
        cell: what ran, without the version.
        version: its label; empty where there is only one.
        runs: runs of the workload in each round.
        seconds: of one run, one per round that measured it; of memory bytes per item.
    """

    cell: Cell
    version: str
    runs: int
    seconds: tuple[float, ...]


def times(found: Found, version: str | None = None) -> Iterator[Times]:
    """Yield what was measured of every version, or of one, in the plan's order; the canary is left out.

    A baseline's times are left out as well: two sessions are compared ratio against ratio.
    """
    session = found.session
    for cell in session.plan.cells:
        seconds = session.seconds(cell.name)
        if seconds and version in {None, cell.version}:
            runs = session.plan.loops.get(cell.name, 1) * session.plan.values.get(cell.name, 1)
            yield Times(replace(cell, version=""), cell.version, runs, tuple(seconds.values()))


def newest(found: Found) -> Iterator[Times]:
    """Yield what was measured of the newest version; of all where there is only one."""
    versions = found.session.plan.versions
    return times(found, versions[-1].label if versions else None)
