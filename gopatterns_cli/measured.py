"""What one session found out about one cell: its time, its speed-up over the serial arm, what to beware of.

The only place where rounds are paired. Pairs are made on equal round numbers of one session, never
across files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import mean, median

from gopatterns_cli.makespan import ideal_s, unequal_jobs
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.trace import PARTS
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.precision import smallest_visible_change
from gopatterns_cli.statistics.ratio import RatioEstimate, paired


@dataclass(frozen=True, slots=True)
class Measured:
    """One cell as a session measured it. Times are medians over the rounds, in seconds.

    Args:
        cell: what ran.
        time_s: one run of the workload; None when no round measured it.
        wait_s: mean real duration of one of its waits; None when its jobs do not wait.
        serial_wait_s: the same of the serial arm.
        speedup: serial time over its time, paired by round; None without a common round.
        unequal_jobs: its waits and those of the serial arm differ by more than 10 %.
        over_ideal: its time over the ideal makespan of its own waits; None where there is none.
        hides: the smallest relative change of the speed-up that would have been seen: 0.03 is 3 %.
        lost: why rounds are missing, each reason once.
        parts: where the time of a run went, in seconds by part, as means over the rounds; None where nobody
            noted it.
        rounds_s: its time in each round that measured it.
        predicted_s: what the simulator gave it before anything was measured; None without a prediction.
        prediction_error: by what share that is more than its time: -0.04 is 4 % less. None without both.
    """

    cell: Cell
    time_s: float | None
    wait_s: float | None
    serial_wait_s: float | None
    speedup: RatioEstimate | None
    unequal_jobs: bool
    over_ideal: float | None
    hides: float | None
    lost: tuple[str, ...]
    parts: Mapping[str, float] | None = None
    rounds_s: tuple[float, ...] = ()
    predicted_s: float | None = None
    prediction_error: float | None = None


def measured(session: Session, cell: Cell) -> Measured:
    """Return what `session` found out about `cell`."""
    serial = session.plan.serial_of(cell)
    speedup = None if serial in {None, cell} else ratio(session, serial, cell)
    asked_s = replace(cell, count=session.plan.items(cell)).asked_s
    if asked_s is not None:
        speedup = paced(session, cell, asked_s)
    wait_s = _median(session.job_seconds(cell.name))
    serial_wait_s = None if serial is None else _median(session.job_seconds(serial.name))
    time_s, predicted_s = _median(session.seconds(cell.name)), session.plan.predicted.get(cell.name)
    return Measured(
        cell=cell,
        time_s=time_s,
        wait_s=wait_s,
        serial_wait_s=serial_wait_s,
        speedup=speedup,
        unequal_jobs=unequal_jobs(wait_s and wait_s * (cell.stages or 1), serial_wait_s),
        over_ideal=_over_ideal(session, cell),
        hides=None if speedup is None else smallest_visible_change(speedup),
        lost=tuple(dict.fromkeys(loss.why for loss in session.lost if loss.cell == cell.name)),
        parts=_parts(session, cell),
        rounds_s=tuple(session.seconds(cell.name).values()),
        predicted_s=predicted_s,
        prediction_error=None if time_s is None or predicted_s is None else predicted_s / time_s - 1,
    )


def paced(session: Session, cell: Cell, asked_s: float) -> RatioEstimate | None:
    """Return what was asked over the cell's time, 1 when it kept the pace; None when no round measured it."""
    seen = session.seen(cell.name)
    times = [seconds for number, seconds in session.seconds(cell.name).items() if number <= seen.rounds]
    if not times:
        return None
    lost = max(seen.rounds - len(times), 0)
    return paired([asked_s] * len(times), times, seen.levels, lost, seen.doubts)


def ratio(session: Session, numerator: Cell, denominator: Cell) -> RatioEstimate | None:
    """Return the ratio of two cells' times over the rounds that measured both; None when no round did.

    It is that of the times per item: one of the two may have been given fewer.
    """
    seen = session.seen(numerator.name, denominator.name)
    found = ratios(session, numerator, denominator)
    if not found:
        return None
    return paired(found, [1.0] * len(found), seen.levels, max(seen.rounds - len(found), 0), seen.doubts)


def whole_ratio(
    session: Session, numerator: Cell, denominator: Cell, levels: tuple[float, float], upto: int
) -> RatioEstimate | None:
    """
    Return the ratio over all rounds up to one that measured both, whatever was settled or lost before; None
    without any.
    """
    above, below = session.seconds(numerator.name), session.seconds(denominator.name)
    common = sorted(number for number in above.keys() & below.keys() if number <= upto)
    if not common:
        return None
    return paired([above[number] for number in common], [below[number] for number in common], levels)


def ratios(session: Session, numerator: Cell, denominator: Cell) -> list[float]:
    """Return the same, one per round that counts and measured both, in the order of the rounds."""
    seen = session.seen(numerator.name, denominator.name)
    above, below = session.seconds(numerator.name), session.seconds(denominator.name)
    fair = _per_item(session, numerator, denominator)
    common = sorted(number for number in above.keys() & below.keys() if number <= seen.rounds)
    return [fair * above[number] / below[number] for number in common]


def _per_item(session: Session, numerator: Cell, denominator: Cell) -> float:
    """What makes a ratio of times one of times per item."""
    if numerator.is_memory:
        return 1.0
    return session.plan.items(denominator) / session.plan.items(numerator)


def _parts(session: Session, cell: Cell) -> Mapping[str, float] | None:
    found = (run.budget for run in session.runs_of(cell.name))
    budgets = [budget for budget in found if budget is not None and budget.keys() >= {"whole_s", *PARTS}]
    if not budgets:
        return None
    return {part: mean(budget[part] for budget in budgets) for part in ("whole_s", *PARTS)}


def _over_ideal(session: Session, cell: Cell) -> float | None:
    waits, times = session.job_seconds(cell.name), session.seconds(cell.name)
    ideals = {number: ideal_s(cell, wait_s) for number, wait_s in waits.items()}
    return _median(
        {number: times[number] / ideal for number, ideal in ideals.items() if ideal and number in times}
    )


def _median(by_round: dict[int, float]) -> float | None:
    return median(by_round.values()) if by_round else None
