"""How arms scale: speed-up over workers, stages, buffers or latency, with the ideal, the law and the
prediction.

The scale below is logarithmic. The one at the side is drawn both ways; a switch shows one of them. The table
behind a chart has every figure in it.
"""

import math
from collections.abc import Callable, Iterator, Sequence

from gopatterns_cli import figures
from gopatterns_cli.axes import Axis
from gopatterns_cli.curves import Curve, Point
from gopatterns_cli.measuring.cells import NATIVE, WARM
from gopatterns_cli.render.grid import NOTHING
from gopatterns_cli.render.matrix_grid import NOUNS, written
from gopatterns_cli.render.report.axis import ROOM, LogScale, steps
from gopatterns_cli.render.report.html import Html, joined, tag
from gopatterns_cli.render.report.marks import DIAMOND, arm_of, spoken_arm, style_of
from gopatterns_cli.sentences import besides
from gopatterns_cli.words import tr

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 10, 34
"""Pixels of a chart, and around the field inside."""

LAW_POINTS = 24

NOTHING_BELOW = 3
"""So many times below the least value the scale goes on where there is 0, which then stands at its end."""

Place = Callable[[float], float]


def scaling(curves: Sequence[Curve], name: str) -> Html:
    """Draw the curves of one scenario over one axis, and its figures as a table.

    Args:
        curves: at least one.
        name: of the group of switches, one per page.
    """
    ways = [
        tag("g", _field(curves, logarithmic=logarithmic), class_=way)
        for way, logarithmic in (("log", True), ("lin", False))
    ]
    axis = curves[0].axis
    title = tr("{scenario}: speed-up over {axis}", scenario=curves[0].scenario, axis=tr(NOUNS[axis]))
    chart = tag(
        "svg",
        tag("title", title),
        *ways,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="chart",
        role="img",
        aria_label=tr("{title}; the table below has its figures", title=title),
    )
    switches = (
        tag("label", tag("input", type="radio", name=name, value=way, checked=way == "log"), said)
        for way, said in (("log", tr("logarithmic")), ("lin", tr("linear")))
    )
    return tag(
        "div",
        tag("fieldset", tag("legend", tr("speed-up"), class_="unseen"), *switches, class_="switch"),
        chart,
        tag("details", tag("summary", tr("the figures")), _table(curves)),
        class_="scaling",
    )


def _field(curves: Sequence[Curve], *, logarithmic: bool) -> Html:
    points = [point for curve in curves for point in curve.points]
    nothing = min((point.x for point in points if point.x > 0), default=1.0) / NOTHING_BELOW
    xs = LogScale.over(point.x or nothing for point in points)
    heights = [height for point in points for height in _heights(point)]
    across: Place = lambda x: LEFT + (WIDTH - LEFT - RIGHT) * xs.at(x) / 100  # noqa: E731 - two of a kind
    up, marks = _upward(heights, logarithmic=logarithmic)
    drawn = [
        *_grid(curves[0].axis, points, marks, across, up),
        *(part for curve in curves for part in _curve(curve, across, up, said=logarithmic)),
    ]
    return joined(drawn)


def _upward(heights: Sequence[float], *, logarithmic: bool) -> tuple[Place, list[float]]:
    """Return where a height stands, and the marks of that scale."""
    field = HEIGHT - TOP - BOTTOM
    if logarithmic:
        scale = LogScale.over(heights)
        return lambda value: TOP + field * (1 - scale.at(value) / 100), scale.marks()
    top = max(heights, default=1.0) * ROOM
    return lambda value: TOP + field * (1 - min(max(value / top, 0.0), 1.0)), steps(0.0, top, most=8)


def _heights(point: Point) -> Iterator[float]:
    known = [point.ideal, point.document, point.predicted]
    if point.speedup is not None:
        known.append(point.speedup.estimate)
        ends = point.speedup.difference
        known += [] if ends is None else [ends.low, ends.high]
    yield from (height for height in known if height and 0 < height < math.inf)


def _grid(
    axis: Axis, points: Sequence[Point], marks: Sequence[float], across: Place, up: Place
) -> Iterator[Html]:
    for mark in marks:
        y = round(up(mark), 1)
        yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="line")
        yield tag("text", figures.times(mark), x=LEFT - 6, y=y + 4, text_anchor="end")
    taken = -math.inf
    for x in sorted({point.x for point in points}):
        place, label = round(across(x), 1), written(axis, x)
        if place - taken > 8 * len(label) + 8:
            yield tag("text", label, x=place, y=HEIGHT - BOTTOM + 16, text_anchor="middle")
            taken = place
    yield tag("text", tr(NOUNS[axis]), x=(LEFT + WIDTH - RIGHT) / 2, y=HEIGHT - 3, text_anchor="middle")


def _curve(curve: Curve, across: Place, up: Place, *, said: bool) -> Iterator[Html]:
    """Draw a curve; only one of the two ways says what its marks are, for both."""
    arm = arm_of_curve(curve)
    style = f"{style_of(arm_of(curve.points[0].cell))}{' warm' * (curve.pool == WARM)}"
    ideal = [(across(point.x), up(point.ideal)) for point in curve.points if point.ideal]
    if len(ideal) > 1:
        yield tag("path", d=_line(ideal), class_="ideal")
    law = list(_law(curve, across, up))
    drawn = [tag("path", d=_line(law), class_="law")] if len(law) > 1 else []
    measured = [
        (across(point.x), up(point.speedup.estimate)) for point in curve.points if point.speedup is not None
    ]
    if len(measured) > 1:
        drawn.append(tag("path", d=_line(measured), class_="curve"))
    of = (spoken_curve(curve), curve.axis)
    drawn += [part for point in curve.points for part in _point(of, point, across, up, said=said)]
    yield tag("g", *drawn, class_=f"mark {style}", data_arm=arm)
    for point in curve.points:
        if point.document:
            where = f"translate({across(point.x):.1f} {up(point.document):.1f})"
            words = tr("the document: {says}", says=figures.times(point.document))
            yield tag("g", *_said(words, said), tag("path", d=DIAMOND, transform=where), class_="document")


def arm_of_curve(curve: Curve) -> str:
    """Name what a curve is of; arms of one runtime are told apart by what else they have."""
    cell = curve.points[0].cell
    return f"{arm_of(cell)}{besides(cell, curve.axis)}"


def spoken_curve(curve: Curve) -> str:
    """Say what a curve is of in the language that is spoken."""
    cell = curve.points[0].cell
    return f"{spoken_arm(arm_of(cell))}{besides(cell, curve.axis)}"


def _said(words: str, said: bool) -> list[Html]:
    return [tag("title", words)] if said else []


def _point(of: tuple[str, Axis], point: Point, across: Place, up: Place, *, said: bool) -> Iterator[Html]:
    (arm, axis), x = of, round(across(point.x), 1)
    if point.predicted:
        y = round(up(point.predicted), 1)
        words = tr("{arm}, predicted: {gain}", arm=arm, gain=figures.times(point.predicted))
        yield tag("g", *_said(words, said), tag("circle", cx=x, cy=y, r=5, class_="predicted"))
    if point.speedup is None:
        return
    drawn: list[str] = []
    ends = point.speedup.difference
    if ends is not None:
        y1, y2 = round(up(ends.low), 1), round(up(ends.high), 1)
        drawn.append(tag("line", x1=x, x2=x, y1=y1, y2=y2, class_="whisker"))
    hollow = "hollow" if point.cell.arm == NATIVE else None
    drawn.append(tag("circle", cx=x, cy=round(up(point.speedup.estimate), 1), r=3.5, class_=hollow))
    at = written(axis, point.x)
    words = tr("{arm}, {at}: {gain}", arm=arm, at=at, gain=figures.ratio(point.speedup))
    yield tag("g", *_said(words, said), *drawn)


def _law(curve: Curve, across: Place, up: Place) -> Iterator[tuple[float, float]]:
    first, last = curve.points[0].x, curve.points[-1].x
    if curve.scaling is None or first <= 0:
        return
    steps = {round(first * (last / first) ** (step / LAW_POINTS)) for step in range(LAW_POINTS + 1)}
    for workers in sorted(steps):
        height = curve.law(workers)
        if height:
            yield across(workers), up(height)


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _table(curves: Sequence[Curve]) -> Html:
    axis = curves[0].axis
    titles = ("arm", NOUNS[axis], "jobs per second", "speed-up", "ideal", "law", "predicted", "document")
    head = [tr(title) for title in titles]
    rows = (
        tag("tr", tag("th", spoken_curve(curve), scope="row"), *(tag("td", cell) for cell in cells))
        for curve in curves
        for point in curve.points
        for cells in [_cells(curve, point, axis)]
    )
    return tag(
        "table",
        tag("thead", tag("tr", *(tag("th", title, scope="col") for title in head))),
        tag("tbody", *rows),
    )


def _cells(curve: Curve, point: Point, axis: Axis) -> tuple[str, ...]:
    law = curve.law(int(point.x)) if axis is Axis.WORKERS else None
    return (
        written(axis, point.x),
        figures.significant(point.per_s),
        NOTHING if point.speedup is None else figures.ratio(point.speedup),
        *(
            NOTHING if not one else figures.times(one)
            for one in (point.ideal, law, point.predicted, point.document)
        ),
    )
