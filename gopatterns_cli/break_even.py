"""From what duration of a job a pattern starts to beat the serial loop, another runtime, or comes near its
ideal.

A scenario with a ladder of durations measures both arms at every rung; what the ladder is climbed for is in
its file (`break_even`). In each round the gap between the two, in seconds per item, is followed up the
ladder; the crossing is interpolated linearly between the two adjoining rungs where the gap changes its sign
for good. x is the mean *real* duration of the serial arm's jobs at a rung.

In a round where the pattern pays at every rung the crossing lies somewhere below the ladder, in one
where it does not even pay at the top somewhere above. Such a round is carried as the bounds that it has:
the lower end of the interval is the signed-rank one over the lower bounds, the upper end that over the
upper bounds, so an unknown crossing can only widen it.

Only waiting overlaps on one interpreter. Nothing here speaks about pure-Python computing, which does not
overlap under the GIL, however much there is of it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from statistics import median

from gopatterns_cli.makespan import ideal_s
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.session import Session
from gopatterns_cli.statistics import signed_rank
from gopatterns_cli.statistics.ratio import Interval, withheld
from scenarios.model import IDEAL, SERIAL_LOOP, Against, Scenario


class Payoff(StrEnum):
    """Where the crossing lies."""

    CROSSES = "crosses"
    ALWAYS = "pays at every measured cost"
    NEVER = "does not pay at any measured cost"
    UNDECIDED = "cannot tell"


@dataclass(frozen=True, slots=True)
class Rung:
    """One duration of the ladder: medians over the rounds, in seconds.

    Args:
        asked_s: how long a wait was asked to be.
        wait_s: how long it really was in the serial arm.
        arm_wait_s: how long it really was in the other arm.
        other_per_item_s: time of what it is against, times the factor within which that counts as reached.
        per_item_s: time of the arm.
    """

    asked_s: float
    wait_s: float
    arm_wait_s: float
    other_per_item_s: float
    per_item_s: float


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From what duration of a job one arm pays.

    Args:
        scenario: name of the scenario with the ladder.
        pattern: what ran.
        job_kind: what a job does: `wait`, `cpu` and so on.
        against: what it is compared with, and within which factor.
        arm: `gopat`, `native` or `go`.
        runtime: where it ran; `Go` of Go.
        pool: `cold` or `warm`.
        workers: None where the pattern takes none.
        stages: into how many an item's work is cut; None where it is not.
        payoff: where the crossing lies.
        wait_s: the estimated crossing, seconds per job and stage; None unless it crosses.
        interval: its 95 % interval, an end beyond the ladder being infinite; None when the whole of it lies
            there, or when `warnings` says why there is none.
        bracket: waits of the two rungs between which the median gap turns negative; None if it never
        does.
        rungs: the ladder, lowest first.
        n: rounds that measured every rung.
        warnings: why there is no interval; empty when there is one.
    """

    scenario: str
    pattern: str
    job_kind: str
    against: Against
    arm: str
    runtime: str
    pool: str
    workers: int | None
    stages: int | None
    payoff: Payoff
    wait_s: float | None
    interval: Interval | None
    bracket: tuple[Rung, Rung] | None
    rungs: tuple[Rung, ...]
    n: int
    warnings: tuple[str, ...] = ()


def break_evens(session: Session, scenarios: Iterable[Scenario]) -> tuple[BreakEven, ...]:
    """Return one break-even for every arm that the session measured over a ladder, in the plan's order."""
    against = {scenario.stem: scenario.against for scenario in scenarios}
    climbed = (
        (cells, against.get(cells[0].scenario, Against())) for cells in ladders(session.plan.cells).values()
    )
    found = (
        _break_even(session, cells, goal)
        for cells, goal in climbed
        if not cells[0].is_serial and cells[0].runtime != goal.what
    )
    return tuple(point for point in found if point is not None)


def ladders(cells: Iterable[Cell]) -> dict[tuple[object, ...], list[Cell]]:
    """Return the cells that differ in nothing but the duration, the lowest first, by what they share."""
    found: dict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.ladder:
            found[arm_of(cell)].append(cell)
    return {arm: sorted(rungs, key=lambda cell: cell.duration_s) for arm, rungs in found.items()}


def arm_of(cell: Cell) -> tuple[object, ...]:
    """What the cells of one ladder share."""
    shape = (cell.pattern, cell.workers, cell.stages, cell.buffer)
    return cell.scenario, cell.arm, cell.runtime, cell.pool, *shape


def rivals(plan: Plan, cell: Cell, against: Against) -> tuple[Cell, ...]:
    """Return what a rung takes beside its own cell: the loop, whose jobs are its measure, and the rival."""
    found = (plan.serial_of(cell), rival(plan, cell, against))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def is_ahead(session: Session, cell: Cell, against: Against) -> bool:
    """Tell whether the arm was ahead at one rung, in the last round that measured all of it."""
    climbs = _climbs(session, [cell], against)
    return bool(climbs) and climbs[-1].arm_s[0] < climbs[-1].other_s[0]


def crossing(waits_s: Sequence[float], gaps_s: Sequence[float]) -> tuple[float, float]:
    """Return bounds of the wait at which the gap turns negative for good.

    Args:
        waits_s: seconds of waiting at each rung, rising.
        gaps_s: pattern minus serial loop, seconds per item, at each rung.

    Returns:
        Twice the interpolated crossing, in seconds; from the top rung to infinity when the gap is not
        negative there; from minus infinity to the bottom rung when it is never positive.
    """
    if gaps_s[-1] >= 0:
        return waits_s[-1], math.inf
    steps = pairwise(zip(waits_s, gaps_s, strict=True))
    turns = [
        (x + (to_x - x) * gap / (gap - to_gap)) for (x, gap), (to_x, to_gap) in steps if gap >= 0 > to_gap
    ]
    return (turns[-1], turns[-1]) if turns else (-math.inf, waits_s[0])


@dataclass(frozen=True, slots=True)
class _Climb:
    """One round's way up the ladder: real durations of jobs, and seconds per item of both."""

    waits_s: tuple[float, ...]
    arm_waits_s: tuple[float, ...]
    other_s: tuple[float, ...]
    arm_s: tuple[float, ...]

    @property
    def crossing_s(self) -> tuple[float, float]:
        return crossing(
            self.waits_s, [arm - other for arm, other in zip(self.arm_s, self.other_s, strict=True)]
        )


def _break_even(session: Session, cells: Sequence[Cell], against: Against) -> BreakEven | None:
    climbs = _climbs(session, cells, against)
    if not climbs:
        return None
    first, level = cells[0], session.plan.looks[-1].difference
    lows, highs = zip(*(climb.crossing_s for climb in climbs), strict=True)
    doubts = session.seen(*(cell.name for cell in cells)).doubts
    warnings = (*doubts, *withheld(len(climbs), session.rounds_done - len(climbs)))
    interval = None if warnings else _interval(lows, highs, level)
    estimate = (signed_rank.estimate(lows) + signed_rank.estimate(highs)) / 2
    payoff = _payoff(estimate, interval, climbs)
    rungs = _rungs(cells, climbs)
    return BreakEven(
        scenario=first.scenario,
        pattern=first.pattern,
        job_kind=first.job_kind,
        against=against,
        arm=first.arm,
        runtime="Go" if first.is_go else str(first.runtime),
        pool=str(first.pool),
        workers=first.workers,
        stages=first.stages,
        payoff=payoff,
        wait_s=estimate if payoff is Payoff.CROSSES else None,
        interval=None if payoff in {Payoff.ALWAYS, Payoff.NEVER} else interval,
        bracket=_bracket(rungs),
        rungs=rungs,
        n=len(climbs),
        warnings=warnings,
    )


def _climbs(session: Session, cells: Sequence[Cell], against: Against) -> list[_Climb]:
    """Return the rounds that measured both arms at every rung."""
    serials = [session.plan.serial_of(cell) for cell in cells]
    others = [_per_item(session, cell, against) for cell in cells]
    arms = [session.seconds(cell.name) for cell in cells]
    waits = [{} if serial is None else session.job_seconds(serial.name) for serial in serials]
    arm_waits = [
        {number: wait_s * (cell.stages or 1) for number, wait_s in session.job_seconds(cell.name).items()}
        for cell in cells
    ]
    timed = [wait for cell, wait in zip(cells, waits, strict=True) if cell.duration_s]
    complete = sorted(set.intersection(*(set(by_round) for by_round in (*arms, *others, *timed))))
    counts = [cell.count for cell in cells]
    return [
        _Climb(
            waits_s=tuple(wait.get(number, 0.0) for wait in waits),
            arm_waits_s=tuple(wait.get(number, 0.0) for wait in arm_waits),
            other_s=tuple(against.within * other[number] for other in others),
            arm_s=tuple(arm[number] / count for arm, count in zip(arms, counts, strict=True)),
        )
        for number in complete
    ]


def _per_item(session: Session, cell: Cell, against: Against) -> Mapping[int, float]:
    """Return what a cell is compared with, in seconds per item by round; empty where that is nothing."""
    if against.what == IDEAL:
        waits = session.job_seconds(cell.name)
        ideals = {number: ideal_s(cell, wait_s) for number, wait_s in waits.items()}
        return {number: ideal / cell.count for number, ideal in ideals.items() if ideal is not None}
    other = rival(session.plan, cell, against)
    if other is None:
        return {}
    return {number: seconds / other.count for number, seconds in session.seconds(other.name).items()}


def rival(plan: Plan, cell: Cell, against: Against) -> Cell | None:
    """Return the cell that a cell is compared with; None where that is its own ideal, or is not measured."""
    if against.what == SERIAL_LOOP:
        return plan.serial_of(cell)
    other = replace(cell, runtime=against.what)
    return other if other in plan.cells and not cell.is_go else None


def _interval(lows: Sequence[float], highs: Sequence[float], level: float) -> Interval | None:
    below, above = signed_rank.interval(lows, level), signed_rank.interval(highs, level)
    return None if below is None or above is None else Interval(below[0], above[1], level)


def _payoff(estimate: float, interval: Interval | None, climbs: Sequence[_Climb]) -> Payoff:
    """Tell where the crossing lies; beyond the ladder only when the whole interval does."""
    if interval is not None and interval.low >= min(climb.waits_s[-1] for climb in climbs):
        return Payoff.NEVER
    if interval is not None and interval.high <= max(climb.waits_s[0] for climb in climbs):
        return Payoff.ALWAYS
    return Payoff.CROSSES if math.isfinite(estimate) else Payoff.UNDECIDED


def _rungs(cells: Sequence[Cell], climbs: Sequence[_Climb]) -> tuple[Rung, ...]:
    return tuple(
        Rung(
            asked_s=cell.duration_s,
            wait_s=median(climb.waits_s[i] for climb in climbs),
            arm_wait_s=median(climb.arm_waits_s[i] for climb in climbs),
            other_per_item_s=median(climb.other_s[i] for climb in climbs),
            per_item_s=median(climb.arm_s[i] for climb in climbs),
        )
        for i, cell in enumerate(cells)
    )


def _bracket(rungs: Sequence[Rung]) -> tuple[Rung, Rung] | None:
    """Return the last two adjoining rungs between which the median gap turns negative."""
    pays = [rung.per_item_s < rung.other_per_item_s for rung in rungs]
    turns = [
        (low, high) for (low, was), (high, now) in pairwise(zip(rungs, pays, strict=True)) if now and not was
    ]
    return turns[-1] if turns and pays[-1] else None
