"""Every table of a comparison, drawn up as a grid: which columns it has, and what stands in its cells.

Figures are formatted here and nothing is computed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gopatterns_cli import figures
from gopatterns_cli.baseline import BaselineResult, CellChange
from gopatterns_cli.claims import ClaimResult
from gopatterns_cli.comparison import Comparison
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import NATIVE, Cell
from gopatterns_cli.render import headlines
from gopatterns_cli.render.cost_grids import cost_grid
from gopatterns_cli.render.grid import DECIDES, NOTHING, Block, Column, Grid, Line
from gopatterns_cli.render.matrix_grid import matrix_grid
from gopatterns_cli.render.memory_grids import complexity_grid, footprint_grid, memory_grid
from gopatterns_cli.ruling import IN_GO, Ruling
from gopatterns_cli.sentences import configuration, ran, says
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.tables import Configuration, Overhead, Row, SummaryRow, Table
from gopatterns_cli.words import tr
from scenarios.model import ADVISED

_THEN_AND_NOW = "then and now: speed-up over the serial arm of the same session, of operations over Go"

TIME = 2
"""So many columns stand before what is put behind the time."""

MEASURED_COLUMNS = (
    Column("arm"),
    Column("time", figures=True),
    Column("speed-up"),
    Column("ideal", figures=True),
    Column("hides", figures=True),
    Column("verdict"),
)

PACED_COLUMNS = tuple(
    Column("of the rate") if column.title == "speed-up" else column for column in MEASURED_COLUMNS
)

PREDICTED = Column("predicted", figures=True, yields=True)
"""Beside the time, in a session that predicted it."""

CHANGE_COLUMNS = (
    Column("arm"),
    Column("then", figures=True),
    Column("now", figures=True),
    Column("time now/then"),
    Column("hides", figures=True),
    Column("verdict"),
)

OVERHEAD_COLUMNS = (
    Column("arms"),
    Column("gopat", figures=True),
    Column("by hand", figures=True),
    Column("gopat/by hand"),
)

CLAIM_COLUMNS = (
    Column("claim"),
    Column("document"),
    Column("Go here"),
    Column("Python here"),
    Column("by hand, same runtime"),
    Column("verdict"),
)

SELECTION_LEAD = (
    "the best of what is advised against the best of the rest, chosen on odd rounds and tested on even ones"
)

SELECTION_COLUMNS = (
    Column("workload"),
    Column("document"),
    Column("best of the rest, Python"),
    Column("over the advised"),
    Column("best of the rest, Go"),
    Column("over the advised"),
    Column("verdict"),
)

SUMMARY_COLUMNS = (
    Column("pattern"),
    Column("use"),
    Column("gain"),
    Column("Go here"),
    Column("Python here"),
    Column("complexity"),
    Column("memory"),
    Column("verdict"),
)


def measured_grid(table: Table) -> Grid:
    """Draw up one of the document's result tables as it was measured."""
    grid = Grid(
        title=table.scenario.rpartition("/")[2],
        lead=(tr(table.about),),
        columns=PACED_COLUMNS if any(block.cell.rate for block in table.configurations) else MEASURED_COLUMNS,
        blocks=tuple(
            Block(_heading(table, block), tuple(_measured_line(row) for row in block.rows))
            for block in table.configurations
        ),
    )
    rows = [row for block in table.configurations for row in block.rows]
    if all(row.measured.predicted_s is None for row in rows):
        return grid
    return _beside_the_time(grid, [_predicted(row.measured) for row in rows])


def _beside_the_time(grid: Grid, texts: list[str]) -> Grid:
    """Put the column of predictions behind that of times; one text per row."""
    left = iter(texts)
    blocks = tuple(
        replace(
            block,
            lines=tuple(
                replace(line, cells=(*line.cells[:TIME], next(left), *line.cells[TIME:]))
                for line in block.lines
            ),
        )
        for block in grid.blocks
    )
    return replace(grid, columns=(*grid.columns[:TIME], PREDICTED, *grid.columns[TIME:]), blocks=blocks)


def _predicted(found: Measured) -> str:
    if found.predicted_s is None:
        return NOTHING
    error = "" if found.prediction_error is None else f" ({figures.error(found.prediction_error)})"
    return figures.seconds(found.predicted_s) + error


def baseline_grid(baseline: BaselineResult) -> Grid:
    """Draw up what changed since the baseline."""
    headings: dict[str, list[Line]] = {}
    for change in baseline.changes:
        parts = [change.cell.scenario, configuration(change.cell)]
        headings.setdefault(tr(", ").join(part for part in parts if part), []).append(_change_line(change))
    return Grid(
        title="against the baseline",
        lead=(*headlines.conditions(baseline.session), tr(_THEN_AND_NOW), _limit(baseline)),
        columns=CHANGE_COLUMNS,
        blocks=tuple(Block(heading, tuple(lines)) for heading, lines in headings.items()),
    )


def overhead_grid(overheads: Iterable[Overhead]) -> Grid:
    """Draw up what the layer costs over code written by hand on the same runtime."""
    headings: dict[str, list[Line]] = {}
    for overhead in overheads:
        headings.setdefault(overhead.gopat.cell.scenario, []).append(_overhead_line(overhead))
    return Grid(
        title="what the layer costs",
        lead=(tr("time of gopat over time of the same pattern written by hand with the standard library"),),
        columns=OVERHEAD_COLUMNS,
        blocks=tuple(Block(heading, tuple(lines)) for heading, lines in headings.items()),
    )


def summary_grid(comparison: Comparison) -> Grid:
    """Draw up the document's summary table with what was measured beside it."""
    rows = comparison.summary
    memory = tr(", and what an idle worker of it takes")
    if comparison.memory is not None:
        memory += tr(" ({aside})", aside=comparison.memory)
    if all(row.taken is None for row in rows):
        memory = tr("; memory comes with `gopat bench memory`")
    lead = tr(
        "gain, complexity and memory as the document has them; below its marks lines and branches of our text"
    )
    return Grid(
        title="summary",
        lead=(f"{lead}{memory}",),
        columns=SUMMARY_COLUMNS,
        blocks=(Block("", tuple(_summary_line(row) for row in rows)),),
    )


def selection_grid(comparison: Comparison) -> Grid:
    """Draw up the document's selection table: what it recommends for a workload, and what is best here."""
    gains = {row.measured.cell: row.measured.speedup for row in _rows(comparison)}
    lines = [
        _selection_line(line.result, gains)
        for line in comparison.claims
        if line.result.claim.rule == ADVISED and line.result.rulings
    ]
    return Grid(
        title="selection",
        lead=(tr(SELECTION_LEAD),),
        columns=SELECTION_COLUMNS,
        blocks=(Block("", tuple(lines)),),
    )


def _selection_line(result: ClaimResult, gains: Mapping[Cell, RatioEstimate | None]) -> Line:
    ours = [ruling for ruling in result.rulings if ruling.where != IN_GO]
    in_go = [ruling for ruling in result.rulings if ruling.where == IN_GO]
    verdict = str(result.verdict)
    return Line(
        cells=(
            result.scenario.rpartition("/")[2],
            tr(result.claim.says),
            *(_best(ours[0], gains) if ours else (NOTHING, NOTHING)),
            *(_best(in_go[0], gains) if in_go else (NOTHING, NOTHING)),
            tr(verdict),
        ),
        verdict=verdict,
    )


def _best(ruling: Ruling, gains: Mapping[Cell, RatioEstimate | None]) -> tuple[str, str]:
    """What is best of the rest, with its gain over the loop, and by how much it leads what is advised."""
    gain = gains.get(ruling.best)
    over_the_loop = "" if gain is None else "\n" + tr("{gain} the loop", gain=figures.times(gain.estimate))
    return f"{ran(ruling.best)}{over_the_loop}", figures.ratio(ruling.lead).replace(" ", "\n", 1)


def claims_grid(comparison: Comparison) -> Grid:
    """Draw up one row per figure of the document: what it says, what Go does here, what Python does here."""
    rows = {row.measured.cell: row for row in _rows(comparison)}
    lines = [
        _claim_line(line.result, number, rows, tr("no Go here") if comparison.session.plan.no_go else NOTHING)
        for line in comparison.claims
        if line.result.claim.gain is None and line.result.claim.rule is None
        if not line.result.claim.id.startswith("summary/")
        for number in range(max(len(line.result.cells), len(line.result.go)))
    ]
    return Grid(title="", lead=(), columns=CLAIM_COLUMNS, blocks=(Block("", tuple(lines)),))


def _rows(comparison: Comparison) -> Iterator[Row]:
    for table in comparison.tables:
        for block in table.configurations:
            yield from block.rows


def grids(comparison: Comparison) -> Iterator[Grid]:
    """Yield every table of a comparison in the order of reading: what changed comes first."""
    if comparison.baseline is not None:
        yield baseline_grid(comparison.baseline)
    yield from (measured_grid(table) for table in comparison.row_tables)
    yield from (matrix_grid(matrix) for matrix in comparison.matrices)
    selection = selection_grid(comparison)
    if any(selection.lines):
        yield selection
    yield from (cost_grid(table) for table in comparison.costs)
    if comparison.footprints:
        yield memory_grid(comparison.footprints)
        yield from (footprint_grid(table) for table in comparison.footprints)
        yield complexity_grid(comparison.complexity, comparison.marks)
    if comparison.summary:
        yield summary_grid(comparison)
    if comparison.overheads:
        yield overhead_grid(comparison.overheads)


def _limit(baseline: BaselineResult) -> str:
    tolerance = f"{100 * baseline.tolerance:g}%"
    return tr(
        "a regression: proved to take more than {tolerance} longer now, as a share of the serial arm's time",
        tolerance=tolerance,
    )


def _heading(table: Table, block: Configuration) -> str:
    name = configuration(block.cell)
    says = tr("; ").join(_document(claim) for claim in block.claims)
    serial = "" if block.serial is None or block.serial.time_s is None else _serial(table, block.serial)
    in_go = "" if block.go_serial is None or block.go_serial.time_s is None else _in_go(block.go_serial)
    told = tr("; ").join(part for part in (says, serial, in_go) if part)
    return tr("{name}: {told}", name=name, told=told) if name and told else name or told


def _document(result: ClaimResult) -> str:
    time = [] if result.claim.time_s is None else [figures.seconds(result.claim.time_s)]
    speedup = tr(result.claim.says) if result.is_paced else figures.times(result.claim.speedup or 0.0)
    low, high = (figures.significant(end) for end in result.accepted)
    said = says(result, tr(", ").join([*time, speedup]))
    return tr("{says} ({low} to {high} reproduces it)", says=said, low=low, high=high)


def _serial(table: Table, serial: Measured) -> str:
    here, document = figures.seconds(serial.time_s or 0.0), table.document_serial_s
    if document is None:
        return tr("serial loop {here}", here=here)
    return tr("serial loop {here}, document {document}", here=here, document=figures.seconds(document))


def _in_go(serial: Measured) -> str:
    return tr("in Go {seconds}", seconds=figures.seconds(serial.time_s or 0.0))


def _measured_line(row: Row) -> Line:
    found, judgement = row.measured, row.judgement
    verdict = "" if judgement is None else str(judgement.verdict)
    decided = f"{tr(verdict)} {DECIDES}" if row.decides else tr(verdict)
    marks = [mark for mark in (decided, tr("unequal jobs") if found.unequal_jobs else "") if mark]
    return Line(
        cells=(
            _arm(found.cell),
            _seconds(found.time_s),
            NOTHING if found.speedup is None else figures.ratio(found.speedup),
            NOTHING if found.over_ideal is None else figures.times(found.over_ideal),
            _share(found.hides),
            "\n".join(marks) or NOTHING,
        ),
        verdict=verdict,
    )


def _change_line(change: CellChange) -> Line:
    verdict = str(change.judgement.verdict)
    return Line(
        cells=(
            _arm(change.cell),
            figures.times(change.before.estimate),
            figures.times(change.now.estimate),
            figures.ratio(change.slowdown),
            _share(change.hides),
            tr(verdict),
        ),
        verdict=verdict if change.gates else "",
    )


def _overhead_line(overhead: Overhead) -> Line:
    cell = overhead.gopat.cell
    parts = [configuration(cell), f"{cell.runtime} {cell.pool}"]
    return Line(
        cells=(
            tr(", ").join(part for part in parts if part),
            _seconds(overhead.gopat.time_s),
            _seconds(overhead.native.time_s),
            figures.ratio(overhead.ratio) + (f"\n{tr('unequal jobs')}" if overhead.unequal_jobs else ""),
        )
    )


def _summary_line(row: SummaryRow) -> Line:
    return Line(
        cells=(
            row.pattern,
            tr(row.use) or NOTHING,
            tr(row.says),
            _gains(row.go, paced=row.is_paced),
            _gains((*row.cells, *row.elsewhere), paced=row.is_paced),
            _complexity(row),
            _memory(row),
            tr(row.judgement.verdict),
        ),
        verdict=str(row.judgement.verdict),
    )


def _gains(cells: Sequence[Measured], *, paced: bool) -> str:
    """The lowest and the highest gain of each runtime that measured several, on a line each."""
    runtimes: dict[str, list[float]] = {}
    for found in cells:
        if found.speedup is not None:
            runtimes.setdefault(found.cell.runtime or "", []).append(found.speedup.estimate)
    write = figures.percent_of if paced else figures.times
    told = {
        name: tr(" to ").join(dict.fromkeys((write(min(gains)), write(max(gains)))))
        for name, gains in runtimes.items()
    }
    return ",\n".join(f"{name} {gain}".strip() for name, gain in told.items()) or NOTHING


def _complexity(row: SummaryRow) -> str:
    stars = [] if row.complexity is None else [tr("{n} of 5", n=row.complexity)]
    if row.written is None:
        return "\n".join(stars) or NOTHING
    branches = tr("{n} branches", n=f"{row.written.branches:,}")
    counts = f"{figures.plural(row.written.lines, 'line')},\n{branches}"
    return ";\n".join([*stars, counts])


def _memory(row: SummaryRow) -> str:
    mark = [tr(row.memory)] if row.memory else []
    size = tr("is {size}", size=tr(row.size or "undecided"))
    found = [] if row.taken is None else [f"{figures.taken(row.taken)}\n{size}"]
    return ";\n".join([*mark, *found]) or NOTHING


def _claim_line(result: ClaimResult, number: int, rows: Mapping[Cell, Row], without_go: str) -> Line:
    """One of the cells that a claim is about, and the one of Go beside it."""
    here = result.cells[number] if number < len(result.cells) else None
    in_go = result.go[number] if number < len(result.go) else None
    cell = here.cell if here is not None else in_go.cell if in_go is not None else None
    several = len(result.cells) > 1 and cell is not None
    verdict = str(result.judgements[number].verdict if several and here is not None else result.verdict)
    by_hand = None if here is None else rows.get(replace(here.cell, arm=NATIVE))
    where = tr("the loop") if here is None or here.cell.runtime is None else here.cell.runtime
    return Line(
        cells=(
            f"{result.claim.id}{tr(', ')}{configuration(cell)}" if several and cell else result.claim.id,
            tr(result.claim.says) if result.is_paced else figures.times(result.claim.speedup or 0.0),
            without_go
            if in_go is None
            else _gain(result.go_gains[number], in_go, tr(result.go_judgements[number].verdict)),
            NOTHING if here is None else _gain(result.gains[number], here, tr("on {runtime}", runtime=where)),
            NOTHING if by_hand is None else _gain(by_hand.measured.speedup, by_hand.measured, ""),
            tr(verdict),
        ),
        verdict=verdict,
    )


def _gain(gain: RatioEstimate | None, found: Measured, about: str) -> str:
    if gain is None:
        return NOTHING
    told = f"{figures.ratio(gain)}{_unequal_jobs(found)}"
    return f"{told}\n{about}" if about else told


def _unequal_jobs(found: Measured) -> str:
    if not found.unequal_jobs:
        return ""
    if found.over_ideal is None:
        return f"\n{tr('unequal jobs')}"
    return "\n" + tr("unequal jobs, ideal {factor}", factor=figures.times(found.over_ideal))


def _arm(cell: Cell) -> str:
    return " ".join(part for part in (cell.arm, cell.runtime, cell.pool) if part)


def _seconds(value: float | None) -> str:
    return NOTHING if value is None else figures.seconds(value)


def _share(value: float | None) -> str:
    return NOTHING if value is None else figures.percent(value)
