"""What an operation costs, arm by arm: one table per configuration, the quickest arm first, Go as 1.0.

Ratios are of the time per item and paired by round, like every other. Values only: nothing is formatted here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gopatterns_cli.measured import Measured, ratio
from gopatterns_cli.measuring.cells import GO, GOPAT, PEER, Cell
from gopatterns_cli.overhead import peers
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.precision import smallest_visible_change
from gopatterns_cli.statistics.ratio import RatioEstimate
from patterns import runtimes
from scenarios.model import OVERHEAD, Scenario

ALL = ""

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "asyncio": ("asyncio", ("asyncio", "asyncio and a thread")),
    "threads": ("thread", ("threads",)),
}
"""By runtime, what the peers of its kind are called, and their families; others are set beside all peers."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """One arm.

    Args:
        measured: what was found out about it.
        items: how many items a run of it has.
        scaled: whether those are fewer than the file says, because it is slow.
        item_s: seconds per item, or bytes, the median over the rounds; None when no round measured it.
        ratio: its time per item over the reference's; None for the reference, and without a common round.
        over_peer: of ours, its time per item over that of the best peer of its kind.
        peer: the name of that peer; empty where there is none.
        hides: the smallest relative change of `ratio` that would have been seen.
        lacks: what a peer does less than the others.
    """

    measured: Measured
    items: int
    scaled: bool
    item_s: float | None
    ratio: RatioEstimate | None
    over_peer: RatioEstimate | None
    peer: str
    hides: float | None
    lacks: str

    @property
    def cell(self) -> Cell:
        """What ran."""
        return self.measured.cell


@dataclass(frozen=True, slots=True)
class CostTable:
    """One operation in one configuration.

    Args:
        scenario: its file's name.
        about: what one item is.
        cell: one of its cells; all of them share workers and rate.
        reference: name of the cell that the others are set against: Go's, or ours where there is no Go.
        best_peer: name of the quickest peer's cell; None where none was measured.
        rows: the quickest first, those that failed last.
    """

    scenario: str
    about: str
    cell: Cell
    reference: str
    best_peer: str | None
    rows: tuple[CostRow, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one of our runtimes stands against the peers of its kind.

    Args:
        kind: what those are: `asyncio`, `thread`; empty for all of them.
        ahead: tables in which it is proved quicker than every peer.
        behind: tables in which a peer is proved quicker.
        of: tables in which both were measured.
    """

    runtime: str
    kind: str
    ahead: int
    behind: int
    of: int


def cost_tables(
    session: Session, scenarios: Iterable[Scenario], cells: Mapping[Cell, Measured]
) -> Iterator[CostTable]:
    """Yield the tables of a session's operations, in the plan's order."""
    for scenario in scenarios:
        if scenario.pattern != OVERHEAD:
            continue
        found = [one for cell, one in cells.items() if cell.scenario == scenario.stem]
        for key in dict.fromkeys(_key(one.cell) for one in found):
            yield _table(session, scenario, [one for one in found if _key(one.cell) == key])


def standings(tables: Sequence[CostTable]) -> tuple[Standing, ...]:
    """Return how each of our runtimes stands, cold, where time counts; a limiter is judged by its rate."""
    rows = [
        row
        for table in tables
        for row in table.rows
        if row.cell.rate is None and row.cell.pool == table.cell.pool and not row.cell.pin
    ]
    ours = [row for row in rows if row.over_peer is not None]
    measured_on = {row.cell.runtime for row in ours}
    return tuple(_standing(name, ours) for name in runtimes.names() if name in measured_on)


def _standing(runtime: str, ours: Sequence[CostRow]) -> Standing:
    rows = [row for row in ours if row.cell.runtime == runtime]
    ends = [row.over_peer.difference for row in rows if row.over_peer is not None]
    known = [end for end in ends if end is not None]
    return Standing(
        runtime=runtime,
        kind=KINDS.get(runtime, (ALL, ()))[0],
        ahead=sum(end.high < 1 for end in known),
        behind=sum(end.low > 1 for end in known),
        of=len(rows),
    )


def _did_not_grow(found: Measured) -> bool:
    """Memory that was not seen to grow is not known: what was freed before has been used again."""
    return found.cell.is_memory and (found.time_s or 0.0) < 1


def _key(cell: Cell) -> tuple[int | None, float | None]:
    return cell.workers, cell.rate


def _table(session: Session, scenario: Scenario, found: Sequence[Measured]) -> CostTable:
    timed = [one for one in found if one.time_s is not None and not _did_not_grow(one)]
    per_item = {one.cell: _item_s(session, one) for one in timed}
    reference = _reference(scenario, [one.cell for one in timed])
    cold = found[0].cell.pool
    others = sorted(
        (cell for cell in per_item if cell.arm == PEER and cell.pool == cold), key=per_item.__getitem__
    )
    best = next(iter(others), None)
    rows = [
        _row(session, one, per_item.get(one.cell), reference, _of_its_kind(one.cell, others)) for one in found
    ]
    return CostTable(
        scenario=scenario.stem,
        about=scenario.about,
        cell=found[0].cell,
        reference="" if reference is None else reference.name,
        best_peer=None if best is None else best.name,
        rows=tuple(sorted(rows, key=lambda row: (row.item_s is None, row.item_s or 0.0))),
    )


def _reference(scenario: Scenario, timed: Sequence[Cell]) -> Cell | None:
    """Go, or else ours at home, or else whatever was measured first."""
    in_go = [cell for cell in timed if cell.arm == GO]
    at_home = [cell for cell in timed if cell.arm == GOPAT and cell.runtime == scenario.arms.home]
    return next(iter([*in_go, *at_home, *timed]), None)


def _item_s(session: Session, found: Measured) -> float:
    return (found.time_s or 0.0) / _gaps(session, found.cell)


def _gaps(session: Session, cell: Cell) -> int:
    """What a run's figure is shared by: its items; of requests at a rate the gaps; memory is one's own."""
    if cell.is_memory:
        return 1
    items = session.plan.items(cell)
    return items if cell.rate is None else items - 1


def _of_its_kind(cell: Cell, peers_by_time: Sequence[Cell]) -> Cell | None:
    """The best peer that one of ours is fairly set beside: on the same loop, or threads as well."""
    if cell.arm != GOPAT:
        return None
    _, families = KINDS.get(cell.runtime or "", (ALL, ()))
    kin = (one for one in peers_by_time if not families or peers.about(one.runtime or "").family in families)
    return next(kin, None)


def _row(
    session: Session, found: Measured, item_s: float | None, reference: Cell | None, best: Cell | None
) -> CostRow:
    cell, items = found.cell, session.plan.items(found.cell)
    over = None if reference is None or reference == cell else ratio(session, cell, reference)
    return CostRow(
        measured=found,
        items=items,
        scaled=items < cell.count,
        item_s=item_s,
        ratio=over,
        over_peer=None if best is None else ratio(session, cell, best),
        peer="" if best is None else str(best.runtime),
        hides=None if over is None else smallest_visible_change(over),
        lacks=peers.about(cell.runtime or "").lacks.get(cell.operation or "", "") if cell.arm == PEER else "",
    )
