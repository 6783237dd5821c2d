"""A picture drawn over itself again and again, whatever becomes of the terminal's width meanwhile."""

import os
import select
from collections.abc import Callable, Sequence
from contextlib import suppress

from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType, Segment, Segments
from rich.text import Text

from gopatterns_cli.interrupts import deferred
from gopatterns_cli.render.picture import Picture

CUT_OFF, BREAK = (Segments([Segment(f"\x1b[?7{letter}", control=[])]) for letter in "lh")
"""Have the terminal cut off what is wider than it is, or break it as terminals do: DECAWM."""

LINES_BREAK = "\x1b[?7h"
"""`BREAK`, where nothing is drawn any more."""


class Screen:
    """A picture that is drawn over itself; its last state stays.

    Between the first and the last nobody has to wait for the terminal: what it does not take at once is kept,
    and whoever draws asks `is_free` before, which writes what was kept, or waits.

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
        self._file: int | None = None
        self._left = b""

    def start(self) -> None:
        """Draw it once: the first picture loads what draws, which is not the demo's time."""
        self._console.show_cursor(False)
        self._file = _own_file(self._console)
        self._draw()
        self.wait()

    def draw(self, below: str = "") -> None:
        """Draw it as it is now, with lines below it."""
        self._below = below
        self._draw()

    def tell(self, text: str) -> None:
        """
        Print something that stays, above the picture. A signal's handler may, while one is drawn, and on a
        terminal that takes nothing: it comes with the next picture.
        """
        self._untold.append(text)
        with suppress(OSError):  # whoever draws next is told
            if self.is_free():
                self._draw()

    def is_free(self) -> bool:
        """Whether the terminal has taken all that there was: one that was stopped (Ctrl-S) has not."""
        if not self._is_drawing:
            self._write()
        return not self._left and not self._is_drawing

    def wait(self) -> None:
        """Wait until the terminal has taken everything; an interrupt ends that."""
        while not self.is_free() and self._file is not None:
            select.select((), (self._file,), ())

    def stop(self) -> None:
        """Leave it as it was at the end; an interrupt ends the wait for a terminal that takes nothing."""
        self._below, self._over = "", True
        try:
            self.wait()
            self._draw()
            self._end()
            self.wait()
        except BaseException:
            self._left = b""  # the rest of a picture, in which lines were cut off
            with suppress(OSError):
                self._put(LINES_BREAK)
                self._end()
            raise
        finally:
            if self._file is not None:
                os.close(self._file)
                self._file = None

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
        console = self._console
        with console.capture() as drawn:
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
        self._put(drawn.get())

    def _end(self) -> None:
        """Go on below it, with a cursor."""
        with self._console.capture() as end:
            self._console.line()
            self._console.show_cursor(True)
        self._put(end.get())

    def _put(self, text: str) -> None:
        if self._file is None:
            self._console.file.write(text)
            self._console.file.flush()
        else:
            self._left += text.encode(self._console.encoding, "replace")
            self._write()

    def _write(self) -> None:
        """Write what the terminal takes at once."""
        with suppress(BlockingIOError):
            while self._left and self._file is not None:
                self._left = self._left[os.write(self._file, self._left) :]


def _own_file(console: Console) -> int | None:
    """
    Open a console's terminal once more, for writes that do not wait; None where it is none. That it does not
    wait holds for a file that is open, not for a descriptor, and the shell's must go on as it is.
    """
    try:
        return os.open(os.ttyname(console.file.fileno()), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None


def back(widths: Sequence[int], columns: int) -> Control:
    """Go back over lines of these widths, the cursor at the end of the last, and empty them."""
    rows = sum(max(-(-width // columns), 1) for width in widths)
    if not rows:
        return Control()
    empty = (ControlType.ERASE_IN_LINE, 2)
    return Control(ControlType.CARRIAGE_RETURN, empty, *((ControlType.CURSOR_UP, 1), empty) * (rows - 1))
