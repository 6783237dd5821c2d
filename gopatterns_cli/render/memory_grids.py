"""What workers and items take, and how complex the patterns are, drawn up as grids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gopatterns_cli import figures
from gopatterns_cli.complexity import Written
from gopatterns_cli.footprints import LOW_BELOW, MEDIUM_BELOW, FootprintRow, FootprintTable
from gopatterns_cli.measuring.cells import GO, GOPAT, NATIVE
from gopatterns_cli.render.grid import DECIDES, NOTHING, Block, Column, Grid, Line
from gopatterns_cli.words import tr
from patterns import runtimes
from scenarios.marks import Mark
from scenarios.model import IDLE_WORKER

IN_JOBS = "^"
"""Marks an arm whose workers cannot idle."""


def footprint_grid(table: FootprintTable) -> Grid:
    """Draw up what a worker or an item takes, arm by arm."""
    mark = None if table.mark is None else tr(table.mark.memory or "")
    says = [] if mark is None else [tr("the document says {says}", says=mark)]
    return Grid(
        title=table.scenario,
        lead=(tr(table.about), *says),
        columns=(
            Column("arm"),
            Column("each takes", figures=True),
            Column("over Go"),
            Column("hides", figures=True),
            Column("size"),
            Column("verdict"),
        ),
        blocks=(Block("", tuple(map(_line, table.rows)), tuple(_feet(table))),),
    )


def memory_grid(tables: Sequence[FootprintTable]) -> Grid:
    """Draw up every pattern in one row: ours on each runtime, Go's, the document's mark."""
    looked_on = {row.cell.runtime for table in tables for row in table.rows if row.cell.arm == GOPAT}
    named = tuple(name for name in runtimes.names() if name in looked_on)
    return Grid(
        title="memory",
        lead=(
            tr(
                "bytes for each idle worker and each queued item; low: under {low} KB for each worker; "
                "medium: under {medium} KB; high: more",
                low=LOW_BELOW // 1024,
                medium=MEDIUM_BELOW // 1024,
            ),
        ),
        columns=(
            Column("pattern"),
            *(Column(name) for name in named),
            Column("Go"),
            Column("document"),
            Column("verdict"),
        ),
        blocks=(Block("", tuple(_brief_line(table, named) for table in tables)),),
    )


def complexity_grid(written: Mapping[str, Sequence[Written]], marks: Iterable[Mark]) -> Grid:
    """Draw up lines and branches of every text of every pattern, with the document's marks."""
    stars = {mark.pattern: mark.complexity for mark in marks}
    by_hand = dict.fromkeys(
        text.runtime or "" for texts in written.values() for text in texts if text.arm == NATIVE
    )
    named = sorted(by_hand)
    return Grid(
        title="complexity",
        lead=(tr("lines with code / branches of a pattern's text: ours, by hand, in Go; counted by lizard"),),
        columns=(
            Column("pattern"),
            Column("document"),
            Column("gopat", figures=True),
            *(Column(name, figures=True) for name in named),
            Column("Go", figures=True),
        ),
        blocks=(
            Block(
                "",
                tuple(_written_line(name, texts, stars.get(name), named) for name, texts in written.items()),
            ),
        ),
    )


def size_of(row: FootprintRow) -> str:
    """The class of a worker, or that the rounds do not agree on one."""
    if row.taken is None or row.cell.operation != IDLE_WORKER:
        return NOTHING
    return row.size or "undecided"


def _line(row: FootprintRow) -> Line:
    cell = row.cell
    verdict = "" if row.judgement is None else str(row.judgement.verdict)
    return Line(
        cells=(
            " ".join(part for part in (cell.arm, cell.runtime) if part) + IN_JOBS * row.in_jobs,
            _taken(row),
            "1" if cell.arm == GO and row.taken is not None else _over(row),
            NOTHING if row.hides is None else figures.percent(row.hides),
            tr(size_of(row)),
            (f"{tr(verdict)} {DECIDES}" if row.decides and verdict else tr(verdict)) or NOTHING,
        ),
        verdict=verdict,
    )


def _feet(table: FootprintTable) -> Iterator[str]:
    if any(row.in_jobs for row in table.rows):
        yield tr("{mark} looked at while they wait in their jobs: they end with those", mark=IN_JOBS)
    for row in table.rows:
        if row.taken is None:
            yield f"{row.cell.name}: {figures.listed(row.measured.lost) or tr('not looked at')}"


def _brief_line(table: FootprintTable, named: Iterable[str]) -> Line:
    ours = {row.cell.runtime: row for row in table.rows if row.cell.arm == GOPAT}
    in_go = next((row for row in table.rows if row.cell.arm == GO), None)
    verdict = "" if table.judgement is None else str(table.judgement.verdict)
    what = tr("worker") if table.held == IDLE_WORKER else tr("item")
    return Line(
        cells=(
            f"{table.pattern}{tr(', ')}{what}",
            *(_brief(ours.get(name)) for name in named),
            _brief(in_go),
            NOTHING if table.mark is None else tr(table.mark.memory or NOTHING),
            tr(verdict) or NOTHING,
        ),
        verdict=verdict,
    )


def _brief(row: FootprintRow | None) -> str:
    if row is None or row.taken is None:
        return NOTHING
    size = size_of(row)
    return _taken(row) if size == NOTHING else f"{_taken(row)}\n{tr(size)}"


def _written_line(pattern: str, texts: Sequence[Written], stars: int | None, named: Iterable[str]) -> Line:
    by_hand = {text.runtime: text for text in texts if text.arm == NATIVE}
    others = {text.arm: text for text in texts if text.arm != NATIVE}
    return Line(
        (
            pattern,
            NOTHING if stars is None else tr("{n} of 5", n=stars),
            _counts(others.get(GOPAT)),
            *(_counts(by_hand.get(name)) for name in named),
            _counts(others.get(GO)),
        )
    )


def _counts(text: Written | None) -> str:
    return NOTHING if text is None else f"{text.lines} / {text.branches}"


def _taken(row: FootprintRow) -> str:
    return NOTHING if row.taken is None else figures.taken(row.taken)


def _over(row: FootprintRow) -> str:
    return NOTHING if row.ratio is None else figures.ratio(row.ratio)
