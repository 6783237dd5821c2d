"""A session against a stored baseline: speed-up against speed-up, cell by cell.

Rounds of two sessions are never paired. Each session's own ratio to its serial arm is what is compared,
because that ratio moves less between two runs than a time does; it still moves, so a baseline from
another machine or another Python is advisory. What changed between the two sessions besides the code is
in neither sample: the gate to trust measures both in the same rounds.

The gate looks at `gopat` arms only. A `native` arm is a control: if it is slower too, something else
changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gopatterns_cli.claims import ClaimResult, judge_cell
from gopatterns_cli.failure import Failure
from gopatterns_cli.machines import differences
from gopatterns_cli.measured import measured, ratios
from gopatterns_cli.measuring.cells import GOPAT, Cell
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.precision import smallest_visible_change
from gopatterns_cli.statistics.ratio import RatioEstimate, unpaired
from gopatterns_cli.verdicts import ChangeJudgement, Judgement, Verdict, combine, judge_change


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell in both sessions.

    Args:
        cell: what ran.
        before: its speed-up in the baseline.
        now: its speed-up in this session.
        slowdown: time now over time then, each as a share of its own serial arm's; 1.5 is half as slow
            again.
        judgement: regression, improved, same or inconclusive.
        gates: it may decide the exit code.
        hides: the smallest slowdown that would have been called a regression: 0.07 is 7 %.
    """

    cell: Cell
    before: RatioEstimate
    now: RatioEstimate
    slowdown: RatioEstimate
    judgement: ChangeJudgement
    gates: bool
    hides: float | None


@dataclass(frozen=True, slots=True)
class BrokenClaim:
    """A claim that held in the baseline, is now refuted, and whose cell is proved slower."""

    id: str
    before: Verdict
    now: Verdict


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """What comparing with a baseline found.

    Args:
        session: the baseline.
        tolerance: what a slowdown must exceed to be a regression: 0.05 is 5 %.
        elsewhere: what differs between the two machines or Pythons; empty when they are the same.
        decides: it may decide the exit code; false when it is advisory.
        changes: every cell that both sessions measured the same way, in the plan's order.
        broken_claims: claims that held there and are refuted here.
        unmatched: cells that only one of the two measured, or that are defined differently there.
    """

    session: Session
    tolerance: float
    elsewhere: tuple[str, ...]
    decides: bool
    changes: tuple[CellChange, ...]
    broken_claims: tuple[BrokenClaim, ...]
    unmatched: tuple[str, ...]

    @property
    def gating(self) -> tuple[CellChange, ...]:
        """The changes that may decide the exit code."""
        return tuple(change for change in self.changes if change.gates)


def against(
    session: Session,
    results: Iterable[ClaimResult],
    baseline: Session,
    tolerance: float,
    *,
    across_machines: bool = False,
) -> BaselineResult:
    """Compare `session`, whose claims are judged in `results`, with `baseline`.

    Args:
        session: the newer one.
        results: its claims; the baseline is judged by the same yardstick, whatever its own scenarios
            said.
        baseline: the older one.
        tolerance: a slowdown above 1 + tolerance is a regression.
        across_machines: let a baseline from elsewhere decide the exit code as well.

    Raises:
        Failure: exit code 5, the two have no measured cell in common.
    """
    changes = [_change(session, baseline, cell, tolerance) for cell in _common(session, baseline)]
    found = tuple(change for change in changes if change is not None)
    if not found:
        raise Failure(f"{baseline.path}: nothing to compare: no cell of {session.path} was measured there", 5)
    elsewhere = differences(session.machine, baseline.machine)
    names = {cell.name for cell in (*session.plan.cells, *baseline.plan.cells) if not cell.is_serial}
    return BaselineResult(
        session=baseline,
        tolerance=tolerance,
        elsewhere=elsewhere,
        decides=across_machines or not elsewhere,
        changes=found,
        broken_claims=tuple(_broken(results, baseline, found)),
        unmatched=tuple(sorted(names - {change.cell.name for change in found})),
    )


def _common(session: Session, baseline: Session) -> Iterator[Cell]:
    """Yield the cells that both planned in the very same way, the serial arm included."""
    for cell in session.plan.cells:
        same_serial = session.plan.serial_of(cell) == baseline.plan.serial_of(cell)
        if not cell.is_serial and cell in baseline.plan.cells and same_serial:
            yield cell


def _change(session: Session, baseline: Session, cell: Cell, tolerance: float) -> CellChange | None:
    now, before = measured(session, cell).speedup, measured(baseline, cell).speedup
    serial = session.plan.serial_of(cell)
    if now is None or before is None or serial is None:
        return None
    slowdown = unpaired(
        ratios(session, cell, serial),
        ratios(baseline, cell, serial),
        session.seen(cell.name, serial.name).levels,
        (*before.warnings, *now.warnings),
    )
    return CellChange(
        cell=cell,
        before=before,
        now=now,
        slowdown=slowdown,
        judgement=judge_change(slowdown, tolerance),
        gates=cell.arm == GOPAT,
        hides=smallest_visible_change(slowdown, tolerance),
    )


def _broken(
    results: Iterable[ClaimResult], baseline: Session, changes: Iterable[CellChange]
) -> Iterator[BrokenClaim]:
    """
    Yield the claims that held there and are refuted here, where a cell that decides one is proved slower.

    A claim at the edge of its band falls on one side in one session and on the other in the next; without
    a proof that anything is slower, that is no finding about the code.
    """
    slower = {change.cell for change in changes if _is_slower(change)}
    for result in results:
        if result.claim.rule is not None:  # it compares cells of one session with one another
            continue
        before = _judged_in(baseline, result)
        decided = {found.cell for found in result.cells}
        if before.verdict.holds and result.verdict is Verdict.REFUTED and decided & slower:
            yield BrokenClaim(result.claim.id, before.verdict, result.verdict)


def _is_slower(change: CellChange) -> bool:
    """Whether a cell is proved slower than in the baseline, by however little."""
    return change.slowdown.difference is not None and change.slowdown.difference.low > 1


def _judged_in(baseline: Session, result: ClaimResult) -> Judgement:
    """Judge the claim by the baseline's measurement of the cells that decide it here."""
    cells = [found.cell for found in result.cells]
    there = [cell for cell in cells if cell in baseline.plan.cells]
    if not there or len(there) < len(cells):
        return Judgement(Verdict.NOT_MEASURED)
    return combine([judge_cell(result.claim, baseline, measured(baseline, cell)) for cell in there])
