"""Where a break-even roughly lies, before the first round: the ladder gets finer there.

It is searched for by bisection where a scenario's file asks for one: first among the rungs of its ladder,
then between the two about the crossing, until they are no further apart than `NARROW`. These become rungs,
too. The others stay: a probe is one process of the arm and one of each that it is compared with, and where a
crossing is as shallow as one percent it errs by more than a rung. The figure and its interval come from the
rounds.

A ladder whose ends are both on one side of the crossing, or that cannot be probed, stays as it is.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gopatterns_cli.break_even import arm_of, is_ahead, ladders, rival, rivals
from gopatterns_cli.claims import scenarios_of
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.choosing import lasting
from gopatterns_cli.measuring.drafting import with_cells
from gopatterns_cli.measuring.processes import Launcher, LostRunError, Order
from gopatterns_cli.measuring.rounds import TIMEOUT_S
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.session import Session
from scenarios.model import IDEAL, Against
from scenarios.notation import write_duration

NARROW = 1.5
"""A bracket whose ends are no further apart is narrow enough; finer than that one probe cannot tell."""

VALUES = 3
"""So many values a probe has."""

Say = Callable[[str], object]


def bracketed(session: Session, launcher: Launcher, say: Say) -> Session:
    """Search for the break-evens that a new session is to find, and lay rungs about them.

    Args:
        session: nothing of it is measured yet.
        launcher: runs a worker.
        say: is told where each was found.

    Returns:
        The session with other cells where something was found; nothing is written.
    """
    scenarios = scenarios_of(session)
    sought = {one.stem: one.against for one in scenarios if one.sought}
    counts = {one.stem: one.job.count for one in scenarios}
    plan = session.plan
    laid: dict[tuple[object, ...], set[float]] = defaultdict(set)
    known: dict[str, Run] = {}
    climbed = ladders(plan.cells)
    for rungs in climbed.values():
        first, against = rungs[0], sought.get(rungs[0].scenario)
        if against is None or first.is_serial or not _is_compared(session, first, against):
            continue
        durations = [cell.duration_s for cell in rungs]
        search = _Search(session, launcher, rungs[-1], against, counts[first.scenario], known)
        bracket = search.bracket(durations)
        say(_found(first, bracket))
        for cell in (first, *rivals(plan, first, against)):
            laid[arm_of(cell)].update(bracket or ())
    if not any(laid.values()):
        return session
    finer = {arm: _finer(climbed[arm], durations, counts) for arm, durations in laid.items()}
    cells = tuple(_with_rungs(plan.cells, finer))
    return replace(session, plan=with_cells(plan, cells, scenarios, quick=session.quick))


def _is_compared(session: Session, cell: Cell, against: Against) -> bool:
    """Whether there is something to be ahead of: the arm itself is none, nor is one of Python's for Go."""
    other = rival(session.plan, cell, against)
    return against.what == IDEAL or (other is not None and other != cell)


@dataclass(frozen=True, slots=True)
class _Search:
    """Of one arm: its ladder's top, what it is to beat, its scenario's jobs, what was probed before."""

    session: Session
    launcher: Launcher
    cell: Cell
    against: Against
    count: int
    known: dict[str, Run]

    def bracket(self, durations: Sequence[float]) -> tuple[float, float] | None:
        """Return two durations between which the arm gets ahead; None where the ladder's ends do not tell."""
        try:
            if self._is_ahead(durations[0]) or not self._is_ahead(durations[-1]):
                return None
            low, high = 0, len(durations) - 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if self._is_ahead(durations[middle]) else (middle, high)
            behind, ahead = durations[low], durations[high]
            while behind > 0 and ahead / behind > NARROW:
                between = _rounded(math.sqrt(behind * ahead))
                behind, ahead = (behind, between) if self._is_ahead(between) else (between, ahead)
        except LostRunError:
            return None
        return behind, ahead

    def _is_ahead(self, duration_s: float) -> bool:
        """Measure a rung once and tell whether the arm was ahead."""
        plan = self.session.plan
        wanted = (self.cell, *rivals(plan, self.cell, self.against))
        cells = tuple(lasting(cell, duration_s, self.count) for cell in wanted)
        runs = tuple(self._run(cell) for cell in cells)
        seen = replace(self.session, plan=replace(plan, cells=cells), runs=runs, rounds_done=1)
        return is_ahead(seen, cells[0], self.against)

    def _run(self, cell: Cell) -> Run:
        if cell.name not in self.known:
            hash_seed = self.session.plan.hash_seeds[0]
            run = self.launcher(Order(cell, 1, VALUES, 1, hash_seed, timeout_s=TIMEOUT_S * 5))
            self.known[cell.name] = replace(run, metadata={**run.metadata, "gopat_round": 1})
        return self.known[cell.name]


def _rounded(seconds: float) -> float:
    """Round to two digits, so that a cell's name stays short."""
    return float(f"{seconds:.1e}")


def _finer(rungs: Sequence[Cell], durations: Iterable[float], counts: Mapping[str, int]) -> list[Cell]:
    """Return a ladder with rungs of these durations besides its own, the lowest first."""
    there, top = {cell.duration_s: cell for cell in rungs}, rungs[-1]
    new = {one: lasting(top, one, counts[top.scenario]) for one in durations if one not in there}
    return sorted([*rungs, *new.values()], key=lambda cell: cell.duration_s)


def _with_rungs(cells: Iterable[Cell], finer: Mapping[tuple[object, ...], Sequence[Cell]]) -> Iterator[Cell]:
    """Yield the cells of a plan, with finer ladders in the place of the old ones."""
    left = dict(finer)
    for cell in cells:
        arm = arm_of(cell)
        if arm not in finer:
            yield cell
        else:
            yield from left.pop(arm, ())


def _found(cell: Cell, bracket: tuple[float, float] | None) -> str:
    name = replace(cell, ladder=False).name
    if bracket is None:
        return f"{name}: no crossing found in a first search"
    behind, ahead = map(write_duration, bracket)
    return f"{name}: it crosses between {behind} and {ahead}, says a first search"
