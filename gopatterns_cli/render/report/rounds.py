"""What every round gave: the distribution of each arm on a common scale, and its rounds one after the other.

A drift of the machine is seen as strips that lean the same way.
"""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from gopatterns_cli import figures
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.render.report.axis import LogScale, ruler
from gopatterns_cli.render.report.html import Html, joined, tag
from gopatterns_cli.render.report.marks import ROW, arm_of, style_of
from gopatterns_cli.session import Session
from gopatterns_cli.words import tr

WIDTH, HALF = 1000, ROW // 2
SPLIT, STRIP = 600, 660
"""A drawing's own measure: where the distribution ends, and where the rounds begin."""

SPREAD = 0.10
"""A strip reaches so far above and below its median, as a share of it; what lies beyond is at its edge."""


Write = Callable[[float], str]


def rounds(session: Session, cells: Sequence[Cell]) -> Html:
    """Draw the rounds of some cells of one scenario as a table; empty where nothing was measured."""
    found = [(cell, session.seconds(cell.name)) for cell in cells]
    measured = [(cell, by_round) for cell, by_round in found if by_round]
    if not measured:
        return Html()
    scale = LogScale.over(value for _, by_round in measured for value in by_round.values())
    write = figures.taken if measured[0][0].is_memory else figures.seconds
    marks = ruler(scale, write)
    strips = tr("round by round, within {share}", share=figures.percent(SPREAD))
    head = tag(
        "tr",
        tag("th", tr("arm"), scope="col"),
        tag("th", tr("median"), scope="col"),
        tag("th", marks, tag("span", strips), scope="col"),
    )
    last = session.rounds_done
    body = (_row(cell, by_round, scale, last, write) for cell, by_round in measured)
    return tag("table", tag("thead", head), tag("tbody", *body), class_="rounds")


def _row(cell: Cell, by_round: dict[int, float], scale: LogScale, last: int, write: Write) -> Html:
    middle = median(by_round.values())
    return tag(
        "tr",
        tag("th", cell.name.removeprefix(f"{cell.scenario}/"), scope="row"),
        tag("td", write(middle)),
        tag("td", _drawn(by_round, middle, scale, last)),
        class_=f"mark {style_of(arm_of(cell))}",
    )


def _drawn(by_round: dict[int, float], middle: float, scale: LogScale, last: int) -> Html:
    """Draw a dot per round and a line at their median; to the right a bar per round, up where it took longer.

    The drawing is stretched to the place that it has, and strokes keep their width.
    """
    places = sorted({round(SPLIT / 100 * scale.at(value)) for value in by_round.values()})
    dots = "".join(f"M{place} {HALF}h0" for place in places)
    bars = []
    for number, value in by_round.items():
        off = round(max(min(value / middle - 1, SPREAD), -SPREAD) / SPREAD * (HALF - 1))
        place = STRIP + (WIDTH - STRIP) * (number - 0.5) / max(last, 1)
        bars.append(f"M{place:.0f} {HALF}v{-off or -1}")
    return tag(
        "svg",
        tag("title", " ".join(figures.error(value / middle - 1) for value in by_round.values())),
        tag("path", d=dots, class_="d"),
        tag("path", d=f"M{SPLIT / 100 * scale.at(middle):.0f} 3V{ROW - 3}", class_="m"),
        tag("path", d="".join(bars), class_="b"),
        viewBox=f"0 0 {WIDTH} {ROW}",
        preserveAspectRatio="none",
    )


def by_scenario(session: Session, cells: Iterable[Cell]) -> Html:
    """Draw the rounds of all cells, folded away scenario by scenario."""
    everything = list(cells)
    return joined(
        tag("details", tag("summary", scenario), rounds(session, own))
        for scenario in dict.fromkeys(cell.scenario for cell in everything)
        if (own := [cell for cell in everything if cell.scenario == scenario])
    )
