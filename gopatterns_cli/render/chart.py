"""Curves of one scenario drawn in text: both axes are logarithmic, one letter per arm.

The ideal is a line of dots, what the document says a D. Where two arms meet in one place stands the later one
of the legend. Plain ASCII, so that it reads the same in a pipe and in a file.
"""

import math
import string
from collections.abc import Iterator, Sequence

from gopatterns_cli import figures
from gopatterns_cli.curves import Curve, Point
from gopatterns_cli.measuring.cells import NATIVE
from gopatterns_cli.render.matrix_grid import NOUNS, written
from gopatterns_cli.sentences import besides
from gopatterns_cli.words import tr

ROWS = 14
WIDEST = 72
NARROWEST = 40
"""Below so many columns there is no chart: the table says the same."""

NEAR = 0.1
"""A power of ten that lies so near is the end of the axis: 0.98x needs no 0.1x below it."""

IDEAL, DOCUMENT = ".", "D"


def chart(curves: Sequence[Curve], columns: int) -> Iterator[str]:
    """Yield the lines of a chart of curves over the same axis; none where the screen is too narrow.

    Args:
        curves: at least one.
        columns: how many there are.
    """
    if columns < NARROWEST:
        return
    axis = curves[0].axis
    values = sorted({point.x for curve in curves for point in curve.points})
    labels = [written(axis, value) for value in values]
    heights = [height for curve in curves for point in curve.points for height in _heights(point)]
    if not heights:
        return
    bottom, top = _decades(heights)
    margin = max(len(figures.times(10.0**power)) for power in range(bottom, top + 1)) + 2
    width = min(columns, WIDEST) - margin
    at = {value: _place(index, len(values), width) for index, value in enumerate(values)}
    canvas = [[" "] * width for _ in range(ROWS)]
    for mark, points in _marks(curves):
        for x, height in points:
            canvas[_row(math.log10(height), bottom, top)][at[x]] = mark
    yield tr("speed-up over {axis}: {legend}", axis=tr(NOUNS[axis]), legend=_legend(curves))
    powers = {_row(power, bottom, top): figures.times(10.0**power) for power in range(bottom, top + 1)}
    for row, line in enumerate(canvas):
        label = powers.get(row, "")
        yield f"{label:>{margin - 2}} |{''.join(line)}".rstrip()
    yield f"{'':{margin - 2}} +{'-' * width}"
    yield f"{'':{margin}}{_under(labels, [at[value] for value in values], width)}".rstrip()


def _marks(curves: Sequence[Curve]) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """What is drawn, in the order of drawing: the ideal below, the document on top."""
    points = [point for curve in curves for point in curve.points]
    yield IDEAL, [(point.x, point.ideal) for point in points if point.ideal]
    for letter, curve in zip(_letters(curves), curves, strict=True):
        yield letter, [(p.x, p.speedup.estimate) for p in curve.points if p.speedup is not None]
    yield DOCUMENT, [(point.x, point.document) for point in points if point.document]


def _heights(point: Point) -> Iterator[float]:
    if point.speedup is not None:
        yield point.speedup.estimate
    for height in (point.ideal, point.document):
        if height:
            yield height


def _letters(curves: Sequence[Curve]) -> list[str]:
    """A letter per curve: of the runtime's own, in capitals where it is written by hand."""
    taken: list[str] = []
    for curve in curves:
        name = "go" if curve.runtime is None else curve.runtime
        letters = name + string.ascii_lowercase
        wanted = letters.upper() if curve.arm == NATIVE else letters
        free = (letter for letter in wanted if letter not in {*taken, DOCUMENT} and letter.isalpha())
        taken.append(next(free, "?"))
    return taken


def _legend(curves: Sequence[Curve]) -> str:
    named = [f"{letter} {_name(curve)}" for letter, curve in zip(_letters(curves), curves, strict=True)]
    points = [point for curve in curves for point in curve.points]
    ideal = [f"{IDEAL} {tr('ideal')}"] if any(point.ideal for point in points) else []
    document = [f"{DOCUMENT} {tr('document')}"] if any(point.document for point in points) else []
    return tr(", ").join([*named, *ideal, *document])


def _name(curve: Curve) -> str:
    cell = curve.points[0].cell
    where = "Go" if curve.runtime is None else curve.runtime
    arm = tr("{what} by hand", what=where) if curve.arm == NATIVE else where
    return f"{arm}{besides(cell, curve.axis).replace(',', '')}"


def _decades(heights: Sequence[float]) -> tuple[int, int]:
    low, high = math.log10(min(heights)), math.log10(max(heights))
    bottom = math.floor(low + NEAR)
    return bottom, max(math.ceil(high - NEAR), bottom + 1)


def _place(index: int, count: int, width: int) -> int:
    return round(index / max(count - 1, 1) * (width - 1))


def _row(power: float, bottom: int, top: int) -> int:
    """The row of a height, counted from the top, by its logarithm."""
    from_below = round((power - bottom) / (top - bottom) * (ROWS - 1))
    return ROWS - 1 - min(max(from_below, 0), ROWS - 1)


def _under(labels: Sequence[str], places: Sequence[int], width: int) -> str:
    """The values below their columns, those left out that do not fit beside the one before."""
    line = ""
    for label, place in zip(labels, places, strict=True):
        start = min(max(place - len(label) // 2, 0), width - len(label))
        if not line or start > len(line):
            line = f"{line:<{start}}{label}"
    return line
