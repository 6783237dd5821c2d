"""Ratios below one another on one scale: claims with what the document says, and changes between versions.

A row is a row of a table: what its drawing shows stands beside it in words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gopatterns_cli import figures
from gopatterns_cli.changes import Changed
from gopatterns_cli.claims import ClaimResult, claimed
from gopatterns_cli.comparison import Comparison
from gopatterns_cli.costs import CostTable
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import GOPAT
from gopatterns_cli.render.grid import NOTHING
from gopatterns_cli.render.report.axis import LogScale, ruler
from gopatterns_cli.render.report.html import Html, tag
from gopatterns_cli.render.report.marks import ROW, Mark, arm_of, band, diamond, dot, spoken_arm, strip
from gopatterns_cli.ruling import Ruling
from gopatterns_cli.sentences import configuration
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.verdicts import SAME_WITHIN
from gopatterns_cli.versus import Versus
from gopatterns_cli.words import tr

PEERS = "best peer"

APART = 11
"""Pixels between two marks of a row that stand below one another."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Args:
        name: what it is about.
        says: what the document says, or what is compared.
        value: that as a figure, and its end where it is a range; None where there is none.
        band: what is as good as that.
        decides: what decides, in words.
        marks: everything that is drawn, what decides in front.
        verdict: what was found.
    """

    name: str
    says: str
    value: tuple[float, float] | None
    band: tuple[float, float]
    decides: tuple[str, ...]
    marks: tuple[Mark, ...]
    verdict: str


def claim_rows(comparison: Comparison) -> list[Row]:
    """Return a row per claim that gives a figure, and was measured."""
    results = (line.result for line in comparison.claims)
    return [_claim(result) for result in results if result.claim.rule is None and (result.cells or result.go)]


def rule_rows(comparison: Comparison) -> list[Row]:
    """Return a row per claim that gives a rule: what it speaks of, over the best of the others."""
    results = (line.result for line in comparison.claims)
    return [_rule(result) for result in results if result.rulings]


def cost_rows(comparison: Comparison) -> list[Row]:
    """Return a row per operation in one configuration: ours and the best peer over Go."""
    return [row for table in comparison.costs if (row := _cost(table)).marks]


def change_rows(versus: Versus) -> list[Row]:
    """Return a row per cell that was measured in two versions, worst first."""
    return [_change(change, versus.session.plan.tolerance) for change in versus.changes if change.ratio]


def arms(rows: Iterable[Row]) -> list[str]:
    """Return the arms that have marks, each once."""
    return list(dict.fromkeys(mark.arm for row in rows for mark in row.marks))


def forest(rows: Sequence[Row], titles: tuple[str, str, str, str], caption: str) -> Html:
    """Draw rows on one scale.

    Args:
        rows: at least one.
        titles: of the columns for the name, for what is said, for what decides, and for what was found.
        caption: what is drawn, in a sentence.
    """
    scale = LogScale.over(_values(rows))
    marks = ruler(scale, figures.times)
    head = tag(
        "tr",
        *(tag("th", title, scope="col") for title in titles[:3]),
        tag("th", tag("span", tr("drawn"), class_="unseen"), marks, scope="col", class_="drawing"),
        tag("th", titles[3], scope="col"),
    )
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", head),
        tag("tbody", *(_row(row, scale) for row in rows)),
        class_="forest",
    )


def _values(rows: Iterable[Row]) -> Iterator[float]:
    yield 1.0
    for row in rows:
        yield from row.band
        for mark in row.marks:
            yield mark.ratio.estimate
            if mark.ratio.difference is not None:
                yield from (mark.ratio.difference.low, mark.ratio.difference.high)


def _row(row: Row, scale: LogScale) -> Html:
    lines = len(row.marks) + (row.value is not None)
    height = max(ROW, APART * (lines + 1))
    drawn: list[str] = [band(*row.band, scale, height)]
    one = f"{scale.at(1.0)}%"
    drawn.append(tag("line", x1=one, x2=one, y1=0, y2=height, class_="one"))
    if row.value is not None:
        said = tr("the document: {says}", says=row.says)
        drawn += [diamond(value, scale, APART, said) for value in dict.fromkeys(row.value)]
    first = 1 if row.value is None else 2
    drawn += [dot(mark, scale, APART * place) for place, mark in enumerate(row.marks, first)]
    return tag(
        "tr",
        tag("th", row.name, scope="row"),
        tag("td", row.says, class_="says"),
        tag("td", *(tag("span", one) for one in row.decides), class_="n several"),
        tag("td", strip(drawn, height), class_="drawing"),
        tag("td", tr(row.verdict), class_=f"verdict {row.verdict.replace(' ', '-')}"),
    )


def _claim(result: ClaimResult) -> Row:
    marks = [
        *_marks(result.cells, result.gains),
        *_marks(result.go, result.go_gains),
        *_marks(result.elsewhere, [found.speedup for found in result.elsewhere]),
    ]
    known = [gain for gain in result.gains if gain is not None]
    return Row(
        name=result.claim.id,
        says=tr(result.claim.says),
        value=claimed(result.claim),
        band=result.accepted,
        decides=tuple(map(figures.ratio, known)) or (NOTHING,),
        marks=tuple(marks),
        verdict=str(result.verdict),
    )


def _marks(cells: Sequence[Measured], gains: Sequence[RatioEstimate | None]) -> Iterator[Mark]:
    for found, gain in zip(cells, gains, strict=True):
        if gain is not None:
            yield Mark(arm_of(found.cell), gain, _named(found))


def _named(found: Measured) -> str:
    parts = [spoken_arm(arm_of(found.cell)), configuration(found.cell)]
    return tr(", ").join(part for part in parts if part)


def _rule(result: ClaimResult) -> Row:
    first, *_ = result.rulings
    return Row(
        name=result.claim.id,
        says=tr(result.claim.says),
        value=None,
        band=(1 / SAME_WITHIN, SAME_WITHIN),
        decides=(figures.ratio(first.lead),),
        marks=tuple(map(_ruling, result.rulings)),
        verdict=str(result.verdict),
    )


def _ruling(ruling: Ruling) -> Mark:
    said = tr("{where}: {cell} over {best}", where=ruling.where, cell=ruling.cell.name, best=ruling.best.name)
    return Mark(ruling.where, ruling.lead, said)


def _change(change: Changed, tolerance: float) -> Row:
    if change.ratio is None:
        raise ValueError(f"{change.cell.name} has no ratio")
    compared = tr("{new} over {base}", new=change.new, base=change.base)
    said = f"{change.cell.name}{tr(', ')}{compared}"
    return Row(
        name=change.cell.name,
        says=compared,
        value=None,
        band=(1 / (1 + tolerance), 1 + tolerance),
        decides=(figures.ratio(change.ratio),),
        marks=(Mark(arm_of(change.cell), change.ratio, said),),
        verdict=str(change.judgement.verdict),
    )


def _cost(table: CostTable) -> Row:
    peer = next((row for row in table.rows if row.cell.name == table.best_peer), None)
    ours = [
        row
        for row in table.rows
        if row.cell.arm == GOPAT and row.cell.pool == table.cell.pool and not row.cell.pin
    ]
    marks = [
        Mark(PEERS if row is peer else arm_of(row.cell), row.ratio, str(row.cell.runtime))
        for row in [*ours, *([] if peer is None else [peer])]
        if row.ratio is not None
    ]
    best = next((row for row in ours if row.over_peer is not None), None)
    said = figures.ratio(best.over_peer) if best is not None and best.over_peer is not None else NOTHING
    return Row(
        name=tr(", ").join(part for part in (table.scenario, configuration(table.cell)) if part),
        says=NOTHING if peer is None else str(peer.cell.runtime),
        value=None,
        band=(1.0, 1.0),
        decides=(said,),
        marks=tuple(marks),
        verdict="" if best is None else str(best.cell.runtime),
    )
