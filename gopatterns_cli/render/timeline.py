"""A lane's past as a row of cells, one per stretch of time; what was drawn once is not drawn again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from gopatterns_cli.live.watch import CANCELLED, RECEIVING, SENDING, WORKING, Lane, Span
from gopatterns_cli.render.glyphs import glyphs

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = {WORKING: "green", SENDING: "yellow", RECEIVING: "cyan", CANCELLED: "red"}
"""A state that has no style of its own is dim. All are among the sixteen that a terminal's theme sets."""

GLYPHS = "█▓▒><·x", "#=-><.x"
"""Jobs in two shades in turn, one under way, a wait to send, to receive, and for something else, a cancel."""

GROWTH = 1.25
"""By how much the axis grows when a run outlasts it: everything is then drawn anew."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The stretch of time that a row of cells stands for, in nanoseconds."""

    began_ns: int
    total_ns: int

    def reaching(self, now_ns: int) -> "Axis":
        """Return one that goes on until now: this one where it does."""
        elapsed_ns = now_ns - self.began_ns
        return self if elapsed_ns <= self.total_ns else Axis(self.began_ns, round(elapsed_ns * GROWTH))


class Timeline:
    """The cells of one lane.

    Args:
        room: how many there are.
        axis: what they stand for.
    """

    def __init__(self, room: int, axis: Axis) -> None:
        self.room = room
        self.axis = axis
        self._cells: list[tuple[str, str]] = [(" ", "")] * room
        self._drawn = 0
        self._jobs = 0

    def text(self, lane: Lane, now_ns: int) -> Text:
        """Draw what the lane has done, and what it does."""
        fresh = lane.spent - self._drawn
        spans = list(lane.spans)
        for span in spans[len(spans) - min(fresh, len(spans)) :]:
            self._draw(self._cells, span)
        self._drawn = lane.spent
        cells = list(self._cells)
        if lane.state in (WORKING, *STYLES):
            self._draw(cells, Span(lane.since_ns, max(now_ns, lane.since_ns), lane.state), open_=True)
        return _text(cells)

    def _draw(self, cells: list[tuple[str, str]], span: Span, *, open_: bool = False) -> None:
        began_ns, total_ns = self.axis.began_ns, self.axis.total_ns
        left = min(max(self.room * (span.start_ns - began_ns) // total_ns, 0), self.room - 1)
        right = min(-(-self.room * (span.end_ns - began_ns) // total_ns), self.room)
        working = span.state == WORKING
        if working or span.state == CANCELLED:
            right = max(right, left + 1)
        if working and not open_:
            self._jobs += 1
        cell = (_glyph(span.state, self._jobs, open_=open_), STYLES.get(span.state, "dim"))
        for place in range(left, right):
            is_seen = working or span.state == CANCELLED or right - left > 1  # a short wait hides no work
            if is_seen or cells[place][0] == " ":
                cells[place] = cell


def _glyph(state: str, jobs: int, *, open_: bool) -> str:
    """Return how a state looks: jobs in two shades in turn, the one that goes on in a third."""
    first, second, going, sending, receiving, waiting, cancelled = glyphs(*GLYPHS)
    if state == WORKING:
        return going if open_ else (second, first)[jobs % 2]
    return {SENDING: sending, RECEIVING: receiving, CANCELLED: cancelled}.get(state, waiting)


def _text(cells: "Iterable[tuple[str, str]]") -> Text:
    """Put cells together, neighbours of one style in one piece."""
    text, piece, styled = Text(), "", ""
    for glyph, style in cells:
        if style != styled:
            text.append(piece, styled)
            piece, styled = "", style
        piece += glyph
    text.append(piece, styled)
    text.rstrip()
    return text
