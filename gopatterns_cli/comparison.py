"""A session set beside the document, and beside a baseline if there is one: everything that `compare` shows.

`compare` turns sessions into one value. Renderers draw it and compute nothing; what they need is here,
decided and in order. No number is formatted here except inside a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from gopatterns_cli.baseline import BaselineResult, CellChange, against
from gopatterns_cli.break_even import BreakEven, break_evens
from gopatterns_cli.budget import LossBudget, loss_budget
from gopatterns_cli.canary import Canary, canary
from gopatterns_cli.changes import Changed
from gopatterns_cli.claims import ClaimResult, claim_results, scenarios_of
from gopatterns_cli.complexity import Written, stored
from gopatterns_cli.costs import CostRow, CostTable, Standing, cost_tables, standings
from gopatterns_cli.curves import Curve, curves
from gopatterns_cli.failure import Failure
from gopatterns_cli.footprints import FootprintRow, FootprintTable, footprint_tables
from gopatterns_cli.machines import differences
from gopatterns_cli.matrices import Matrix, matrix
from gopatterns_cli.measured import Measured, measured
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.notes import baseline_notes, notes
from gopatterns_cli.outcome import NOTHING_TO_COMPARE, Outcome, outcome
from gopatterns_cli.practice import StatementResult, statement_results
from gopatterns_cli.predicted import Prediction, prediction
from gopatterns_cli.sentences import (
    DOCUMENT,
    break_even_sentence,
    budget_sentence,
    claim_sentence,
    curve_sentence,
)
from gopatterns_cli.session import COMPLETE, Session, SessionError, load, newest
from gopatterns_cli.tables import Overhead, SummaryRow, Table, overheads, summary, table
from gopatterns_cli.verdicts import TOLERANCE, Change, Verdict
from scenarios.marks import Mark, marks
from scenarios.model import OVERHEAD, Scenario

MEMORY_GROUP = "memory"
"""The group whose sessions say what workers take."""

MEMORY_IN_TEXT = re.compile(rb'"group"\s*:\s*"memory"')


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim's result and the sentence about it."""

    result: ClaimResult
    sentence: str


@dataclass(frozen=True, slots=True)
class BreakEvenLine:
    """A break-even and the sentence about it."""

    point: BreakEven
    sentence: str


@dataclass(frozen=True, slots=True)
class CurveLine:
    """A curve and the sentence about it."""

    curve: Curve
    sentence: str


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """Where the missing speed-up of a claim went, and the sentence about it."""

    id: str
    budget: LossBudget
    sentence: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """The smallest relative change that would have been seen, of the median row and of the worst."""

    median: float
    worst: float
    worst_cell: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that is known about a session, decided and in order.

    Args:
        session: what was measured, and under which conditions.
        tally: how often each verdict on a claim was found, worst first.
        change_tally: the same for what changed since the baseline, of the cells that gate.
        tables: one per scenario, in the plan's order.
        costs: of operations, what they cost: a table per configuration.
        standings: how each of our runtimes stands against the best peer of those tables.
        footprints: what workers and items take of memory: a table per pattern and thing.
        complexity: beside those, every text of every pattern, counted.
        marks: beside those, the document's marks of complexity and memory.
        claims: every claim of those scenarios.
        statements: what else the document says, where it is the document's claims that were measured.
        summary: the document's summary table; empty when the session holds none of its claims.
        memory: the session that its memory is from, where that is another one.
        overheads: what the layer costs.
        budgets: for every claim that was measured, where the missing speed-up went: here, then in Go.
        break_evens: for every ladder of durations.
        curves: for every arm that was measured over workers, stages, buffers or latency.
        matrices: scenarios of many cells as one table each.
        baseline: what comparing with a baseline found; None without one.
        canary: what the arm that was measured twice shows; None without one.
        hidden: what the session could not have seen; None when nothing has an interval.
        prediction: how good the predictions were; None without any.
        notes: what a reader of the tables must know.
        outcome: the exit code and its reason.
    """

    session: Session
    tally: tuple[tuple[str, int], ...]
    change_tally: tuple[tuple[str, int], ...]
    tables: tuple[Table, ...]
    costs: tuple[CostTable, ...]
    standings: tuple[Standing, ...]
    footprints: tuple[FootprintTable, ...]
    complexity: Mapping[str, tuple[Written, ...]]
    marks: tuple[Mark, ...]
    claims: tuple[ClaimLine, ...]
    statements: tuple[StatementResult, ...]
    summary: tuple[SummaryRow, ...]
    memory: Path | None
    overheads: tuple[Overhead, ...]
    budgets: tuple[BudgetLine, ...]
    break_evens: tuple[BreakEvenLine, ...]
    curves: tuple[CurveLine, ...]
    matrices: tuple[Matrix, ...]
    baseline: BaselineResult | None
    canary: Canary | None
    hidden: Hidden | None
    prediction: Prediction | None
    notes: tuple[str, ...]
    outcome: Outcome

    @property
    def row_tables(self) -> tuple[Table, ...]:
        """The tables whose cells need a row each."""
        return _in_rows(self.tables, self.matrices)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found of every claim and statement, in words."""
        return (
            *(line.sentence for line in self.claims),
            *(statement.sentence for statement in self.statements),
        )


def compare(
    session: Session,
    baseline: Session | None = None,
    *,
    tolerance: float = TOLERANCE,
    strict: bool = False,
    across_machines: bool = False,
    memory: Session | None = None,
) -> Comparison:
    """Set a session beside the document, and beside `baseline`.

    Args:
        session: what was measured.
        baseline: an older session, or None.
        tolerance: a slowdown against the baseline above 1 + tolerance is a regression: 0.05 is 5 %.
        strict: whatever cannot be told is an exit code of its own.
        across_machines: let a baseline from another machine or Python decide the exit code as well.
        memory: a session of memory on the same machine and Python, for the document's summary table.

    Raises:
        Failure: exit code 5, nothing was measured, or nothing that the baseline has too; SessionError,
            exit code 2, a scenario inside the session cannot be read.
    """
    if not session.runs:
        raise Failure(f"{session.path}: nothing to compare: no round was finished", NOTHING_TO_COMPARE)
    cells = {cell: measured(session, cell) for cell in session.plan.cells}
    parts = [(scenario, _of(scenario, cells)) for scenario in scenarios_of(session)]
    judged = [(scenario, found, claim_results(session, scenario, found)) for scenario, found in parts]
    claims = tuple(result for _, _, results in judged for result in results)
    change = None
    if baseline is not None:
        change = against(session, claims, baseline, tolerance, across_machines=across_machines)
    watched = canary(session, tolerance)
    points = break_evens(session, [scenario for scenario, _ in parts])
    drawn = [curve for scenario, found in parts for curve in curves(session, scenario, found)]
    squares = (matrix(scenario, found) for scenario, found in parts)
    matrices = tuple(one for one in squares if one is not None)
    tables = tuple(
        table(session, scenario, results, found)
        for scenario, found, results in judged
        if found and scenario.pattern != OVERHEAD and not scenario.is_footprint
    )
    costs = tuple(cost_tables(session, (scenario for scenario, _ in parts), cells))
    footprints = tuple(footprint_tables(session, (scenario for scenario, _ in parts), cells))
    return Comparison(
        session=session,
        tally=_tally(Verdict, (result.verdict for result in claims)),
        change_tally=_tally(Change, (found.judgement.verdict for found in change.gating)) if change else (),
        tables=tables,
        costs=costs,
        standings=standings(costs),
        footprints=footprints,
        complexity=stored() if footprints else {},
        marks=marks() if footprints else (),
        claims=tuple(ClaimLine(result, claim_sentence(result)) for result in claims),
        statements=statement_results(session.plan.go_practices) if session.group == DOCUMENT else (),
        summary=summary(claims, footprints or _workers(memory)),
        memory=None if memory is None else memory.path,
        overheads=tuple(overheads(session, cells)),
        budgets=tuple(_budgets(session, claims, cells)),
        break_evens=tuple(BreakEvenLine(point, break_even_sentence(point)) for point in points),
        curves=tuple(CurveLine(curve, curve_sentence(curve)) for curve in drawn),
        matrices=matrices,
        baseline=change,
        canary=watched,
        hidden=hidden(change.gating if change else _seen(cells.values(), costs, footprints)),
        prediction=prediction(cells.values()),
        notes=(
            *(baseline_notes(change) if change else ()),
            *notes(
                session,
                cells.values(),
                claims,
                break_even=bool(points),
                in_rows=bool(_in_rows(tables, matrices)),
            ),
        ),
        outcome=outcome(claims, change, watched, strict=strict),
    )


def _in_rows(tables: Iterable[Table], matrices: Iterable[Matrix]) -> tuple[Table, ...]:
    """Those that are judged, and those whose scenario is no matrix."""
    many = {matrix.scenario for matrix in matrices}
    return tuple(one for one in tables if one.is_judged or one.scenario.rpartition("/")[2] not in many)


def memory_beside(session: Session) -> Session | None:
    """
    Return the newest full session of memory on the same machine and Python that lies beside a session of the
    document's claims; None where there is none, and of any other session.
    """
    folder = session.path.parent
    if session.group != DOCUMENT or not any(map(_may_be_of_memory, folder.glob("*.json"))):
        return None

    def fits(found: Session) -> bool:
        alike = not differences(session.machine, found.machine)
        return alike and found.status == COMPLETE and not found.quick

    with suppress(SessionError):
        return load(newest(folder, MEMORY_GROUP, fits))
    return None


def _may_be_of_memory(path: Path) -> bool:
    """Whether its text names the group, which is quicker found out than what else is in a session."""
    try:
        return MEMORY_IN_TEXT.search(path.read_bytes()) is not None
    except OSError:
        return False


def _workers(session: Session | None) -> tuple[FootprintTable, ...]:
    """The footprints of another session."""
    if session is None:
        return ()
    cells = {cell: measured(session, cell) for cell in session.plan.cells}
    return tuple(footprint_tables(session, scenarios_of(session), cells))


def _of(scenario: Scenario, cells: Mapping[Cell, Measured]) -> tuple[Measured, ...]:
    return tuple(found for cell, found in cells.items() if cell.scenario == scenario.stem)


def _budgets(
    session: Session, claims: Iterable[ClaimResult], cells: Mapping[Cell, Measured]
) -> Iterator[BudgetLine]:
    """One per cell that a claim with a single figure is about."""
    for result in claims:
        for found in (*result.cells, *result.go) if result.claim.speedup is not None else ():
            serial = session.plan.serial_of(found.cell)
            budget = None if serial is None else loss_budget(found, cells[serial])
            if budget is not None and not found.cell.is_serial:
                yield BudgetLine(result.claim.id, budget, budget_sentence(result, found, budget))


def _tally(kind: type[Verdict | Change], found: Iterable[Verdict | Change]) -> tuple[tuple[str, int], ...]:
    counts = Counter(found)
    return tuple((str(verdict), counts[verdict]) for verdict in kind if counts[verdict])


def _seen(
    cells: Iterable[Measured], tables: Iterable[CostTable], footprints: Iterable[FootprintTable]
) -> Iterator[Measured | CostRow | FootprintRow]:
    """The rows with a ratio: of operations and memory they stand in their tables; a limiter's is its rate."""
    yield from (found for found in cells if found.cell.operation is None)
    yield from (row for table in tables for row in table.rows if row.cell.rate is None)
    yield from (row for table in footprints for row in table.rows)


def hidden(cells: Iterable[Measured | CellChange | CostRow | FootprintRow | Changed]) -> Hidden | None:
    """Return what could not have been seen in rows that have a ratio; None where none has an interval."""
    hides = sorted((found.hides, found.cell.name) for found in cells if found.hides is not None)
    if not hides:
        return None
    return Hidden(median(share for share, _ in hides), *hides[-1])
