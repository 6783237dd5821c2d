"""A picture drawn over itself again and again, whatever becomes of the terminal's width meanwhile."""

import select
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType, Segment, Segments
from rich.text import Text

from gopatterns_cli.interrupts import deferred
from gopatterns_cli.render.picture import Picture

CUT_OFF, BREAK = (Segments([Segment(f"\x1b[?7{letter}", control=[])]) for letter in "lh")
"""Have the terminal cut off what is wider than it is, or break it as terminals do: DECAWM."""


class Screen:
    """A picture that is drawn over itself; its last state stays.

    A terminal that becomes narrower breaks the lines that stand there: what is drawn over is counted each
    time, in rows of the width that there is now. It may tell of that late; lines drawn in between are cut off
    and not broken, so that the count is the same. (A few, xterm among them, break no lines: there some that
    stand above the picture are lost.)

    Args:
        picture: what is drawn.
        console: where.
        now_ns: the run's time.
    """

    def __init__(self, picture: Picture, console: Console, now_ns: Callable[[], int]) -> None:
        self._picture = picture
        self._console = console
        self._now_ns = now_ns
        self._below = ""
        self._over = False
        self._widths: list[int] = []
        self._is_drawing = False
        self._untold: list[str] = []

    def start(self) -> None:
        """Draw it once: the first picture loads what draws, which is not the demo's time."""
        self._console.show_cursor(False)
        self._draw()

    def draw(self, below: str = "") -> None:
        """Draw it as it is now, with lines below it."""
        self._below = below
        self._draw()

    def tell(self, text: str) -> None:
        """Print something that stays, above the picture; a signal's handler may, while one is drawn."""
        self._untold.append(text)
        if not self._is_drawing:
            self._draw()

    def is_free(self) -> bool:
        """Whether the terminal takes a picture at once: one that was stopped (Ctrl-S) does not."""
        try:
            _, taking, _ = select.select((), (self._console.file,), (), 0.0)
        except (OSError, ValueError):  # no file of the system's
            return not self._is_drawing
        return bool(taking) and not self._is_drawing

    def stop(self) -> None:
        """Leave it as it was at the end."""
        self._below, self._over = "", True
        try:
            self._draw()
        finally:
            self._console.line()
            self._console.show_cursor(True)

    def _draw(self) -> None:
        """Draw it, and again while there is something to tell that came meanwhile."""
        self._is_drawing = True
        try:
            with deferred():  # one that is interrupted would be drawn over by the wrong number of rows
                self._draw_once()
                while self._untold:
                    self._draw_once()
        finally:
            self._is_drawing = False

    def _draw_once(self) -> None:
        """Draw it over the one before, in one piece: nobody is to see half of it."""
        with self._console as console:
            columns, lines = console.size
            text = self._picture.drawn(columns, lines, self._now_ns(), self._below, over=self._over)
            rows = text.plain.split("\n")
            if len(rows) > lines and not self._over:
                text, rows = Text("\n").join(text.split("\n")[:lines]), rows[:lines]
            console.control(back(self._widths, columns))
            while self._untold:
                console.print(self._untold.pop(0), markup=False, soft_wrap=True)
            console.print(CUT_OFF, text, BREAK, sep="", end="", no_wrap=True, overflow="ignore", crop=False)
            self._widths = [cell_len(row) for row in rows]


def back(widths: Sequence[int], columns: int) -> Control:
    """Go back over lines of these widths, the cursor at the end of the last, and empty them."""
    rows = sum(max(-(-width // columns), 1) for width in widths)
    if not rows:
        return Control()
    empty = (ControlType.ERASE_IN_LINE, 2)
    return Control(ControlType.CARRIAGE_RETURN, empty, *((ControlType.CURSOR_UP, 1), empty) * (rows - 1))
