"""Where the time of a claim's arms went: the share of the work first, then what was lost, by cause."""

from collections.abc import Sequence

from gopatterns_cli import figures
from gopatterns_cli.comparison import BudgetLine
from gopatterns_cli.render.grid import NOTHING
from gopatterns_cli.render.report.html import Html, tag
from gopatterns_cli.render.report.marks import arm_of, spoken_arm, strip
from gopatterns_cli.words import tr

IDEAL = "its share"
HEIGHT = 18

DRAWN = 3
"""The column that is drawn."""


def losses(lines: Sequence[BudgetLine]) -> Html:
    """Draw budgets as stacked bars of one length, so that the shares can be compared."""
    causes = list(dict.fromkeys(cause for line in lines for cause in line.budget.losses))
    head = (tr("claim"), tr("arm"), tr("took"), tr("where it went"), *map(tr, causes))
    return tag(
        "table",
        tag(
            "caption",
            tr("a bar is a run in shares; a cause below nothing was gained, and is not drawn"),
        ),
        tag("thead", tag("tr", *(_title(title, drawn=place == DRAWN) for place, title in enumerate(head)))),
        tag("tbody", *(_row(line, causes) for line in lines)),
        class_="losses",
    )


def legend(lines: Sequence[BudgetLine]) -> Html:
    """Say which colour is which cause."""
    causes = dict.fromkeys(cause for line in lines for cause in line.budget.losses)
    return tag(
        "ul",
        *(tag("li", tag("span", class_=f"key {_style(cause)}"), tr(cause)) for cause in [IDEAL, *causes]),
        class_="legend",
    )


def _title(title: str, *, drawn: bool) -> Html:
    return tag("th", title, scope="col", class_="drawing" if drawn else None)


def _row(line: BudgetLine, causes: Sequence[str]) -> Html:
    budget = line.budget
    parts = {IDEAL: budget.ideal_s, **budget.losses}
    shown = {name: parts[name] for name in (IDEAL, *causes) if parts.get(name, 0.0) > 0}
    whole = sum(shown.values()) or 1.0
    drawn: list[str] = []
    left = 0.0
    for name, seconds in shown.items():
        width = 100 * seconds / whole
        said = f"{tr(name)}: {figures.seconds(seconds)}, {figures.percent(seconds / whole)}"
        bar = tag("rect", x=f"{left:.2f}%", width=f"{width:.2f}%", y=2, height=HEIGHT - 4)
        drawn.append(tag("g", tag("title", said), bar, class_=f"bar {_style(name)}"))
        left += width
    cells = (_figure(budget.losses.get(cause)) for cause in causes)
    return tag(
        "tr",
        tag("th", line.id, scope="row"),
        tag("td", spoken_arm(arm_of(budget.cell))),
        tag("td", figures.seconds(budget.took_s), class_="n"),
        tag("td", strip(drawn, HEIGHT), class_="drawing"),
        *(tag("td", cell, class_="n") for cell in cells),
    )


def _figure(seconds: float | None) -> str:
    return NOTHING if seconds is None else figures.seconds(seconds)


def _style(cause: str) -> str:
    return f"cause-{cause.replace(' ', '-')}"
