"""The whole page: answer first, then the conditions, the drawings, every table, and what it was made from.

One file with everything in it: no request leaves it. What moves in it is a few lines of script, without which
it reads as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from gopatterns_cli.comparison import Comparison
from gopatterns_cli.entries import Found
from gopatterns_cli.measuring.cells import NATIVE
from gopatterns_cli.render import headlines
from gopatterns_cli.render.grids import grids
from gopatterns_cli.render.matrix_grid import NOUNS
from gopatterns_cli.render.report import facts
from gopatterns_cli.render.report.forest import (
    Row,
    arms,
    change_rows,
    claim_rows,
    cost_rows,
    forest,
    rule_rows,
)
from gopatterns_cli.render.report.html import Html, joined, tag
from gopatterns_cli.render.report.losses import legend, losses
from gopatterns_cli.render.report.marks import arm_of, spoken_arm, style_of
from gopatterns_cli.render.report.rounds import by_scenario
from gopatterns_cli.render.report.scaling import arm_of_curve, scaling, spoken_curve
from gopatterns_cli.render.report.tables import tables
from gopatterns_cli.versus import Versus
from gopatterns_cli.words import now_spoken, tr

if TYPE_CHECKING:
    from gopatterns_cli.axes import Axis
    from gopatterns_cli.curves import Curve

TAGS = {"zh": "zh-CN"}
"""What a page says its language is, where that is not the name that we have for it."""

Section = tuple[str, str, Html]
"""Its id, its title, and what is in it."""


def render(found: Found) -> str:
    """Write the page of a comparison."""
    sections = [section for section in _sections(found) if section[2]]
    session = found.session
    title = tr("gopat {group}, {when}", group=session.group, when=headlines.started(session))
    resources = files(__package__)
    style, script = (resources.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content=f"gopat {session.version}"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Html(style)),
    )
    body = tag(
        "body",
        tag("a", tr("to the results"), href="#results", class_="skip"),
        _top(found, title),
        tag("nav", *_contents(sections), aria_label=tr("contents")),
        tag("main", *map(_section, sections), id="results"),
        tag("script", Html(script)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang=TAGS.get(now_spoken(), now_spoken()))}\n"


def _top(found: Found, title: str) -> Html:
    lines = [*headlines.conditions(found.session), headlines.canary(found), headlines.could_hide(found)]
    return tag(
        "header",
        tag("h1", title),
        tag("p", headlines.answer(found), class_="answer"),
        *(tag("p", line) for line in lines if line),
        *(tag("p", line, class_="ending") for line in [headlines.ending(found)] if line),
    )


def _contents(sections: Sequence[Section]) -> Iterator[Html]:
    for place, title, _ in sections:
        yield tag("a", title, href=f"#{place}")


def _section(section: Section) -> Html:
    place, title, content = section
    return tag("section", tag("h2", title), content, id=place)


def _sections(found: Found) -> Iterator[Section]:
    if isinstance(found, Versus):
        rows = change_rows(found)
        said = tr("new time over old; shaded: the tolerance; what lies to the right of it has become slower")
        titles = (tr("arm"), tr("compared"), tr("ratio"), tr("verdict"))
        yield "changes", tr("What changed"), _forest(rows, titles, said)
    else:
        yield from _of_comparison(found)
    session = found.session
    yield "rounds", tr("Round by round"), by_scenario(session, session.plan.measured)
    if not isinstance(found, Versus):
        yield "tables", tr("Every table"), tables(grids(found))
    yield "notes", tr("Notes"), _list(found.notes)
    yield "environment", tr("Environment"), facts.environment(session)
    yield "plan", tr("Plan"), facts.plan(session)
    yield "raw", tr("Raw data"), facts.raw(session)


def _of_comparison(found: Comparison) -> Iterator[Section]:
    said = tr("speed-up over the plain loop; diamond: the document, shaded: its band, line: the interval")
    titles = (tr("claim"), tr("document"), tr("here"), tr("verdict"))
    yield "claims", tr("Claims"), _forest(claim_rows(found), titles, said)
    said = tr("time of what the rule speaks of over that of the best other; shaded: as good as equal")
    titles = (tr("rule"), tr("document"), tr("over the best"), tr("verdict"))
    yield "rules", tr("Rules"), _forest(rule_rows(found), titles, said)
    said = tr("time per item over Go's, logarithmic; 1 is Go")
    titles = (
        tr("operation"),
        tr("best peer"),
        tr("our best over the best peer of its kind"),
        tr("our best"),
    )
    yield "costs", tr("What operations cost"), _forest(cost_rows(found), titles, said)
    if found.budgets:
        drawn = joined([legend(found.budgets), losses(found.budgets)])
        yield "losses", tr("Where the missing speed-up went"), drawn
    yield "scaling", tr("How it scales"), joined(_charts(found))
    yield "sentences", tr("In sentences"), _list(_sentences(found))


def _charts(found: Comparison) -> Iterator[Html]:
    groups: dict[tuple[str, Axis], list[Curve]] = {}
    for line in found.curves:
        groups.setdefault((line.curve.scenario, line.curve.axis), []).append(line.curve)
    for number, ((scenario, axis), curves) in enumerate(groups.items()):
        yield tag("h3", tr("{scenario}: speed-up over {axis}", scenario=scenario, axis=tr(NOUNS[axis])))
        named = {arm_of_curve(curve): (arm_of(curve.points[0].cell), spoken_curve(curve)) for curve in curves}
        yield _switches(named)
        yield scaling(curves, f"way-{number}")


def _sentences(found: Comparison) -> Iterator[str]:
    yield from found.sentences
    yield from (line.sentence for line in found.budgets)
    yield from (line.sentence for line in found.curves if line.curve.arm != NATIVE)
    yield from (line.sentence for line in found.break_evens if line.point.arm != NATIVE)
    yield headlines.prediction(found)


def _forest(rows: Sequence[Row], titles: tuple[str, str, str, str], said: str) -> Html:
    switches = _switches({arm: (arm, spoken_arm(arm)) for arm in arms(rows)})
    return joined([switches, forest(rows, titles, said)]) if rows else Html()


def _switches(named: Mapping[str, tuple[str, str]]) -> Html:
    """
    Return what switches things on and off, by name: the arm that gives its colour, and what it is called. It
    says what the colours mean, too.
    """
    boxes = (
        tag(
            "label",
            tag("input", type="checkbox", checked=True, data_switch=name),
            tag("span", class_=f"key {style_of(arm)}"),
            said,
        )
        for name, (arm, said) in named.items()
    )
    return tag("fieldset", tag("legend", tr("shown"), class_="unseen"), *boxes, class_="switches")


def _list(lines: Iterable[str]) -> Html:
    items = [tag("li", line) for line in lines if line]
    return tag("ul", *items) if items else Html()
