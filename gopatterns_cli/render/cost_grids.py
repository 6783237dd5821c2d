"""What operations cost, drawn up as grids: a table per configuration, and all of them in brief."""

from collections.abc import Iterable, Mapping, Sequence
from string import ascii_lowercase

from gopatterns_cli import figures
from gopatterns_cli.costs import CostRow, CostTable
from gopatterns_cli.measuring.cells import GO, GOPAT, PEER, Cell
from gopatterns_cli.render.grid import NOTHING, Block, Column, Grid, Line
from gopatterns_cli.sentences import configuration
from gopatterns_cli.words import tr
from patterns import runtimes

PINNED = "pinned"

SCALED = "*"
"""Marks an arm that was given fewer items."""

LESS = "*"
"""Marks, in brief, a peer that does less."""


def cost_grid(table: CostTable) -> Grid:
    """Draw up what an operation costs each arm; what a peer lacks stands below, by a letter."""
    lacking = dict.fromkeys(row.lacks for row in table.rows if row.lacks)
    letters = dict(zip(lacking, ascii_lowercase, strict=False))
    pools = {row.cell.pool for row in table.rows}
    return Grid(
        title=_name(table),
        lead=(tr(table.about),),
        columns=(
            Column("arm"),
            Column("per item", figures=True),
            Column("of the rate", figures=True),
            Column("over Go" if "/go/" in table.reference else tr("over {what}", what=table.reference)),
            Column("hides", figures=True),
            Column("lacks"),
        ),
        blocks=(
            Block(
                "",
                tuple(_line(row, table.reference, letters, several=len(pools) > 1) for row in table.rows),
                tuple(_feet(table, letters)),
            ),
        ),
    )


def brief_grid(tables: Sequence[CostTable]) -> Grid:
    """Draw up every operation in one row: ours on each runtime, the best peer, Go."""
    measured_on = {row.cell.runtime for table in tables for row in table.rows if row.cell.arm == GOPAT}
    named = tuple(name for name in runtimes.names() if name in measured_on)
    marked = any(row.cell.name == table.best_peer and row.lacks for table in tables for row in table.rows)
    less = tr("{mark} does less than ours: what it lacks is named below its table", mark=LESS)
    return Grid(
        title="what an operation costs",
        lead=(
            tr("time per item, and below it the ratio to Go's; of a limiter what it holds of its rate"),
            *([less] if marked else []),
        ),
        columns=(
            Column("operation"),
            *(Column(name) for name in named),
            Column("best peer"),
            Column("Go"),
        ),
        blocks=(Block("", tuple(_brief_line(table, named) for table in tables)),),
    )


def _brief_line(table: CostTable, named: Iterable[str]) -> Line:
    cold = [row for row in table.rows if row.cell.pool == table.cell.pool and not row.cell.pin]
    ours = {row.cell.runtime: row for row in cold if row.cell.arm == GOPAT}
    best = next((row for row in cold if row.cell.name == table.best_peer), None)
    in_go = next((row for row in cold if row.cell.arm == GO), None)
    peer = NOTHING if best is None else f"{best.cell.runtime}{LESS * bool(best.lacks)}\n{_brief(best)}"
    return Line((_name(table), *(_brief(ours.get(name)) for name in named), peer, _brief(in_go)))


def _brief(row: CostRow | None) -> str:
    if row is None or row.item_s is None:
        return NOTHING
    if row.cell.rate is not None:
        return _rate(row)
    over = [] if row.ratio is None else [figures.ratio(row.ratio)]
    return "\n".join([_figure(row), *over])


def _line(row: CostRow, reference: str, letters: Mapping[str, str], *, several: bool) -> Line:
    cell = row.cell
    over = NOTHING if row.ratio is None else figures.ratio(row.ratio)
    hides = NOTHING if row.hides is None else figures.percent(row.hides)
    if cell.rate is not None:  # a rate says it all
        reference, over, hides = "", NOTHING, NOTHING
    return Line(
        (
            f"{_who(cell)} {cell.pool}" if several and cell.pool else _who(cell),
            NOTHING if row.item_s is None else _figure(row) + SCALED * row.scaled,
            NOTHING if cell.rate is None else _rate(row),
            "1" if cell.name == reference else over,
            hides,
            letters.get(row.lacks, NOTHING),
        )
    )


def _feet(table: CostTable, letters: Mapping[str, str]) -> Iterable[str]:
    yield from (f"{letter}: {tr(text)}" for text, letter in letters.items())
    if any(row.scaled for row in table.rows):
        yield tr("{mark} fewer items, because it is slow", mark=SCALED)
    for row in table.rows:
        if row.item_s is None:
            yield f"{_who(row.cell)}: {figures.listed(row.measured.lost) or tr('not measured')}"


def _figure(row: CostRow) -> str:
    value = row.item_s or 0.0
    return figures.taken(value) if row.cell.is_memory else figures.seconds(value)


def _rate(row: CostRow) -> str:
    return NOTHING if row.measured.speedup is None else figures.percent_of(row.measured.speedup.estimate)


def _name(table: CostTable) -> str:
    return tr(", ").join(part for part in (table.scenario, configuration(table.cell)) if part)


def _who(cell: Cell) -> str:
    """Ours with its runtime, a peer by its name alone."""
    parts = [cell.runtime] if cell.arm == PEER else [cell.arm, cell.runtime, tr(PINNED) * cell.pin]
    return " ".join(part for part in parts if part)
