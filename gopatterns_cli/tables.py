"""The document's result tables, measured: which rows stand in them and in which order.

One table per scenario, in it one block per configuration under what the document says about it, in that
one row per arm and runtime. Then the layer's own overhead and the document's summary table. Values only:
nothing is formatted here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gopatterns_cli.claims import ClaimResult, judge_cell, speaks_about
from gopatterns_cli.complexity import Written, ours
from gopatterns_cli.footprints import FootprintTable
from gopatterns_cli.makespan import unequal_jobs
from gopatterns_cli.measured import Measured, ratio
from gopatterns_cli.measuring.cells import GOPAT, NATIVE, Cell
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.verdicts import Judgement, Verdict
from scenarios.model import Scenario

USES = {
    "summary/worker-pool": "many independent jobs",
    "summary/pipeline": "stream processing",
    "summary/fan-out": "CPU-bound jobs",
    "summary/rate-limit": "bounded concurrency",
}
"""What the document's summary table has each pattern for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One arm in one configuration.

    Args:
        measured: what was found out about it.
        about: id of the claim that it is judged by; None when no claim speaks about it.
        judgement: its own verdict; None when no claim speaks about it.
        decides: the claim's verdict comes from here.
    """

    measured: Measured
    about: str | None
    judgement: Judgement | None
    decides: bool


@dataclass(frozen=True, slots=True)
class Configuration:
    """The rows of one configuration, under what the document says about it.

    Args:
        cell: one of its cells; all of them share pattern, workers, stages, buffer and duration.
        claims: the claims that give one figure for it; a range stands in the summary.
        serial: the serial arm that its rows are set against.
        go_serial: the one that those of Go are set against.
        rows: gopat before native before Go, in the plan's order.
    """

    cell: Cell
    claims: tuple[ClaimResult, ...]
    serial: Measured | None
    go_serial: Measured | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One of the document's result tables, measured: a scenario with its configurations."""

    scenario: str
    about: str
    pattern: str
    document_serial_s: float | None
    configurations: tuple[Configuration, ...]

    @property
    def is_judged(self) -> bool:
        """Whether a claim gives a figure for one of its cells, so that each needs a row of its own."""
        return any(row.judgement is not None for block in self.configurations for row in block.rows)


@dataclass(frozen=True, slots=True)
class Overhead:
    """What the layer costs.

    Args:
        gopat: our pattern.
        native: the same written by hand, in the same configuration.
        ratio: time of the first over time of the second, paired by round.
        unequal_jobs: the waits of the two differ by more than 10 %.
    """

    gopat: Measured
    native: Measured
    ratio: RatioEstimate
    unequal_jobs: bool


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One row of the document's summary table.

    Args:
        id: the claim's id.
        pattern: the pattern that it is about.
        says: the gain as the document writes it.
        complexity: the document's mark, 1 to 5.
        memory: the document's mark: low, medium or high.
        use: what the document says that it is for.
        cells: what was measured of it on the runtime that decides.
        elsewhere: the same on the other runtimes.
        go: the same in Go.
        judgement: the verdict on the gain.
        is_paced: a gain is the share of a rate that is held.
        written: our text of the pattern, counted; None where there is none.
        taken: bytes of an idle worker of ours on its home runtime; None where nobody looked.
        size: what that is called: low, medium or high; None where the rounds do not agree.
    """

    id: str
    pattern: str
    says: str
    complexity: int | None
    memory: str | None
    use: str
    cells: tuple[Measured, ...]
    elsewhere: tuple[Measured, ...]
    go: tuple[Measured, ...]
    judgement: Judgement
    is_paced: bool
    written: Written | None = None
    taken: float | None = None
    size: str | None = None


def table(
    session: Session, scenario: Scenario, results: Sequence[ClaimResult], cells: Iterable[Measured]
) -> Table:
    """Arrange the measured cells of `scenario` under its claims."""
    measured = tuple(cells)
    keys = dict.fromkeys(_key(found.cell) for found in measured if not found.cell.is_serial)
    return Table(
        scenario=scenario.name,
        about=scenario.about,
        pattern=scenario.pattern,
        document_serial_s=next((r.claim.serial_s for r in results if r.claim.serial_s is not None), None),
        configurations=tuple(_configuration(session, key, scenario, results, measured) for key in keys),
    )


def overheads(session: Session, cells: Mapping[Cell, Measured]) -> Iterator[Overhead]:
    """Set every `gopat` cell beside the `native` one of the same configuration, in the plan's order."""
    for cell, found in cells.items():
        by_hand = replace(cell, arm=NATIVE)
        if cell.arm == GOPAT and by_hand in cells and not cell.is_footprint:
            cost = ratio(session, cell, by_hand)
            native = cells[by_hand]
            if cost is not None:
                yield Overhead(found, native, cost, unequal_jobs(found.wait_s, native.wait_s))


def summary(
    results: Iterable[ClaimResult], footprints: Iterable[FootprintTable] = ()
) -> tuple[SummaryRow, ...]:
    """
    Return the document's summary table: every claim that gives a range, and the limiter's; beside its marks
    what was counted of our text, and what was looked at of memory.
    """
    summed_up = [r for r in results if r.claim.gain is not None or r.claim.id.startswith("summary/")]
    workers = {table.pattern: table.deciding for table in footprints if table.mark is not None}
    return tuple(
        SummaryRow(
            id=result.claim.id,
            pattern=result.pattern,
            says=result.claim.says,
            complexity=result.claim.complexity,
            memory=result.claim.memory,
            use=USES.get(result.claim.id, ""),
            cells=result.cells,
            elsewhere=result.elsewhere,
            go=result.go,
            judgement=result.judgement,
            is_paced=result.is_paced,
            written=ours(result.pattern),
            taken=None if (row := workers.get(result.pattern)) is None else row.taken,
            size=None if row is None else row.size,
        )
        for result in summed_up
    )


Key = tuple[str, int | None, int | None, int, float, float | None]


def _key(cell: Cell) -> Key:
    return cell.pattern, cell.workers, cell.stages, cell.buffer, cell.duration_s, cell.rate


def _configuration(
    session: Session,
    key: Key,
    scenario: Scenario,
    results: Sequence[ClaimResult],
    measured: Sequence[Measured],
) -> Configuration:
    arms = [found for found in measured if not found.cell.is_serial and _key(found.cell) == key]
    arms.sort(key=lambda found: (found.cell.is_go, found.cell.arm != GOPAT))
    loops = [found for found in measured if found.cell.is_serial and found.cell.duration_s == key[4]]
    figures = (result for result in results if result.claim.speedup is not None)
    return Configuration(
        cell=arms[0].cell,
        claims=tuple(r for r in figures if any(speaks_about(r.claim, scenario, found) for found in arms)),
        serial=next((found for found in loops if not found.cell.is_go), None),
        go_serial=next((found for found in loops if found.cell.is_go), None),
        rows=tuple(_row(session, found, scenario, results) for found in arms),
    )


def _row(session: Session, found: Measured, scenario: Scenario, results: Sequence[ClaimResult]) -> Row:
    about = min(
        (result for result in results if speaks_about(result.claim, scenario, found)),
        key=_generality,
        default=None,
    )
    if about is None:
        return Row(found, None, None, decides=False)
    beyond = about.judgement if about.verdict is Verdict.OUT_OF_REACH else None
    judgement = beyond or judge_cell(about.claim, session, found)
    return Row(found, about.claim.id, judgement, decides=found in about.cells)


def _generality(result: ClaimResult) -> tuple[bool, int]:
    """A figure comes before a range, and a claim about fewer cells before one about more."""
    return result.claim.gain is not None, -len(result.claim.where)
