"""What stands for a figure: a dot with its interval, a band, the document's diamond; places in percent."""

from dataclasses import dataclass

from gopatterns_cli import figures
from gopatterns_cli.measuring.cells import NATIVE, Cell
from gopatterns_cli.render.report.axis import LogScale
from gopatterns_cli.render.report.html import Html, joined, tag
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.words import tr

BY_HAND = " by hand"

DIAMOND = "M0,-6L5,0L0,6L-5,0Z"
"""A path around its own middle."""

ROW = 22
"""Pixels of a row."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A measured ratio.

    Args:
        arm: what it is of, which gives its colour and lets it be switched off.
        ratio: with its intervals, if it has them.
        said: what is said about it when it is pointed at.
    """

    arm: str
    ratio: RatioEstimate
    said: str


def arm_of(cell: Cell) -> str:
    """Name the arm that a cell belongs to: its runtime, `Go`, or a runtime `by hand`."""
    if cell.is_serial:
        return "loop in Go" if cell.is_go else "loop"
    if cell.is_go:
        return "Go"
    return f"{cell.runtime}{BY_HAND}" if cell.arm == NATIVE else str(cell.runtime)


def spoken_arm(arm: str) -> str:
    """Say what an arm is called in the language that is spoken."""
    name, by_hand, _ = arm.partition(BY_HAND)
    return tr("{what} by hand", what=name) if by_hand else tr(arm)


def style_of(arm: str) -> str:
    """Name the class that gives an arm its colour."""
    return "arm-" + "".join(letter if letter.isalnum() else "-" for letter in arm.lower())


def dot(mark: Mark, scale: LogScale, middle: float) -> Html:
    """Draw a ratio with its interval at a height."""
    parts: list[str] = []
    ends = mark.ratio.difference
    if ends is not None:
        low, high = scale.at(ends.low), scale.at(ends.high)
        parts.append(tag("line", x1=f"{low}%", x2=f"{high}%", y1=middle, y2=middle, class_="whisker"))
    place = f"{scale.at(mark.ratio.estimate)}%"
    shape = tag("circle", cx=place, cy=middle, r=4.5, class_="hollow" if BY_HAND in mark.arm else None)
    said = f"{mark.said}: {figures.ratio(mark.ratio)}, {figures.plural(mark.ratio.n, 'round')}"
    return tag("g", tag("title", said), *parts, shape, class_=f"mark {style_of(mark.arm)}", data_arm=mark.arm)


def band(low: float, high: float, scale: LogScale, height: float) -> Html:
    """Draw the stretch inside which a claim is reproduced."""
    left, right = scale.at(low), scale.at(high)
    width = f"{max(right - left, 0.3):.2f}%"
    return tag("rect", x=f"{left}%", width=width, y=0, height=height, class_="band")


def diamond(value: float, scale: LogScale, middle: float, said: str) -> Html:
    """Draw what the document says."""
    nested = tag("path", d=DIAMOND)
    turned = tag("svg", nested, x=f"{scale.at(value)}%", y=middle, overflow="visible")
    return tag("g", tag("title", said), turned, class_="document")


def strip(content: "list[str]", height: float = ROW) -> Html:
    """Put marks into a row's drawing, which a table says in words beside it."""
    return tag("svg", joined(content), height=height, width="100%", class_="strip", aria_hidden="true")
