"""What workers and items take of memory, set beside the document's low, medium and high.

One table per scenario, an arm per row, the smallest first. A class is decided by all rounds: where the
smallest and the greatest of them lie in different ones, it is not. Values only: nothing is formatted here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from gopatterns_cli.measured import Measured, ratio
from gopatterns_cli.measuring.cells import GO, GOPAT, NATIVE, Cell
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.precision import smallest_visible_change
from gopatterns_cli.statistics.ratio import RatioEstimate, withheld
from gopatterns_cli.verdicts import Judgement, Verdict
from gopatterns_cli.words import tr
from scenarios.marks import Mark, marks
from scenarios.model import IDLE_WORKER, Scenario

LOW, MEDIUM, HIGH = "low", "medium", "high"
"""The document's words."""

LOW_BELOW, MEDIUM_BELOW = 4 * 1024, 64 * 1024
"""Bytes per worker; fixed before anything was measured, as the document gives no figures."""


def memory_class(bytes_per_worker: float) -> str:
    """Return what so much for each worker is called: `low`, `medium` or `high`."""
    if bytes_per_worker < LOW_BELOW:
        return LOW
    return MEDIUM if bytes_per_worker < MEDIUM_BELOW else HIGH


@dataclass(frozen=True, slots=True)
class FootprintRow:
    """One arm.

    Args:
        measured: what was found out about it.
        taken: bytes of one worker or item, the median over the rounds; None when no round saw them.
        size: of a worker, the class that all rounds agree on; None where they do not, and of items.
        judgement: of a worker, whether that is the document's mark; None where the document has none.
        decides: the document's mark is judged by this row.
        ratio: over Go's; None of Go itself, and without a common round.
        hides: the smallest relative change of `ratio` that would have been seen.
        in_jobs: its workers were looked at while they waited in their jobs, as they cannot idle.
    """

    measured: Measured
    taken: float | None
    size: str | None
    judgement: Judgement | None
    decides: bool
    ratio: RatioEstimate | None
    hides: float | None
    in_jobs: bool

    @property
    def cell(self) -> Cell:
        """What was looked at."""
        return self.measured.cell


@dataclass(frozen=True, slots=True)
class FootprintTable:
    """What one thing of a pattern takes, arm by arm.

    Args:
        scenario: its file's name.
        about: what is looked at.
        pattern: whose it is.
        held: `idle-worker` or `queued-item`.
        mark: the document's; None where it has none, and of items.
        home: the runtime whose row decides.
        rows: the smallest first, those that failed last.
    """

    scenario: str
    about: str
    pattern: str
    held: str
    mark: Mark | None
    home: str
    rows: tuple[FootprintRow, ...]

    @property
    def deciding(self) -> FootprintRow | None:
        """The row that the document's mark is judged by; None where it was not looked at."""
        return next((row for row in self.rows if row.decides), None)

    @property
    def judgement(self) -> Judgement | None:
        """What is found of the document's mark; None where there is none."""
        if self.mark is None:
            return None
        row = self.deciding
        found = None if row is None else row.judgement
        return found or Judgement(
            Verdict.NOT_MEASURED, tr("nothing was seen on {runtime}", runtime=self.home)
        )


def footprint_tables(
    session: Session, scenarios: Iterable[Scenario], cells: Mapping[Cell, Measured]
) -> Iterator[FootprintTable]:
    """Yield the tables of a session that looked at memory, in the plan's order."""
    looked = [scenario for scenario in scenarios if scenario.is_footprint]
    known = {mark.pattern: mark for mark in marks() if mark.memory} if looked else {}
    for scenario in looked:
        mark = known.get(scenario.pattern) if scenario.job.operation == IDLE_WORKER else None
        found = [one for cell, one in cells.items() if cell.scenario == scenario.stem]
        reference = next((one.cell for one in found if one.cell.arm == GO), None)
        rows = [_row(session, scenario, mark, one, reference) for one in found]
        yield FootprintTable(
            scenario=scenario.stem,
            about=scenario.about,
            pattern=scenario.pattern,
            held=scenario.job.operation or "",
            mark=mark,
            home=scenario.arms.home,
            rows=tuple(sorted(rows, key=lambda row: (row.taken is None, row.taken or 0.0))),
        )


def judged(mark: str, rounds: Sequence[float], lost: int = 0) -> Judgement:
    """Judge a mark by what a worker took in each round; `lost` more rounds did not see it.

    The median of a distribution lies between the smallest and the greatest of n values with the chance
    1 - 2 ** (1 - n), of six, which are the fewest, with 96.9 %.

    Source: H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed. (2003), section 7.1.
    """
    doubts = withheld(len(rounds), lost)
    if doubts:
        return Judgement(Verdict.INCONCLUSIVE, tr("; ").join(doubts))
    least, most = memory_class(min(rounds)), memory_class(max(rounds))
    if least != most:
        why = tr("some rounds say {least}, some {most}", least=tr(least), most=tr(most))
        return Judgement(Verdict.INCONCLUSIVE, why)
    return Judgement(Verdict.REPRODUCED if mark == least else Verdict.REFUTED)


def _row(
    session: Session, scenario: Scenario, mark: Mark | None, found: Measured, reference: Cell | None
) -> FootprintRow:
    cell, rounds = found.cell, found.rounds_s
    seen, lost = bool(rounds), session.rounds_done - len(rounds)
    sizes = {memory_class(taken) for taken in rounds} if scenario.job.operation == IDLE_WORKER else set()
    over = ratio(session, cell, reference) if seen and reference is not None and reference != cell else None
    return FootprintRow(
        measured=found,
        taken=median(rounds) if seen else None,
        size=sizes.pop() if len(sizes) == 1 else None,
        judgement=judged(mark.memory or "", rounds, lost) if mark is not None and seen else None,
        decides=cell.arm == GOPAT and cell.runtime == scenario.arms.home,
        ratio=over,
        hides=None if over is None else smallest_visible_change(over),
        in_jobs=is_looked_at_in_jobs(cell),
    )


def is_looked_at_in_jobs(cell: Cell) -> bool:
    """Whether a cell's workers cannot idle: they end with the jobs that they are given."""
    by_hand = cell.arm == NATIVE and cell.runtime != "processes" and cell.pattern in ENDING
    return cell.operation == IDLE_WORKER and (by_hand or cell.pattern == "error-collection")


ENDING = frozenset({"worker-pool", "fan-out-fan-in"})
"""Patterns whose texts by hand take their jobs from an iterator."""
