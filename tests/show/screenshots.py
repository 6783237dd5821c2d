"""Pictures of what people see, of the real thing: `python tests/show/screenshots.py FOLDER`.

Commands are run on a terminal of their own at three sizes, and what stands on it is written as SVG: in the
middle of a run where one moves, else the first screen that is full. The page of the newest session of the
document's claims is opened in Chromium at three widths, light and dark, and written as PNG.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import string
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pyte
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.style import Style
from rich.text import Text

SIZES = ((40, 20), (80, 24), (200, 40))
WIDTHS = ((400, "light"), (1280, "dark"), (2000, "light"))
HEIGHT = 900
MOST_LINES = 1000
"""What any command here prints fits in so many."""

FORMAT = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, monospace; font-size: {char_height}px }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
<rect fill="#0f1419" width="{width}" height="{height}" rx="8"/>
<g transform="translate(9, 9)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""
"""Rich's own form, without its frame and without fonts from elsewhere."""


@dataclass(frozen=True)
class Shot:
    """A command, and when its terminal is looked at: after so many seconds, or at its end from the top."""

    name: str
    arguments: tuple[str, ...]
    after_s: float | None = None


SHOTS = (
    Shot("run-cascade", ("run", "cascade", "--latency", "200ms", "--after", "1s")),
    Shot("run-pipeline", ("run", "pipeline", "--jobs", "20", "--latency", "100ms", "--buffer", "2"), 1.2),
    Shot("run-worker-pool", ("run", "worker-pool", "--workers", "10", "--latency", "100ms")),
    Shot("compare", ("compare",)),
    Shot("help", ("bench", "--help")),
)


def main() -> None:
    """Take every picture."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        for columns, lines in SIZES:
            place = folder / f"{shot.name}-{columns}.svg"
            place.write_text(drawn(screen(shot, columns, lines), columns, lines), encoding="utf-8")
            print(place)
    for place in pages(folder):
        print(place)


def screen(shot: Shot, columns: int, lines: int) -> pyte.Screen:
    """Run a command on a terminal, and return what stands on it, or stood before it went out at the top."""
    shown = pyte.Screen(columns, lines if shot.after_s is not None else MOST_LINES)
    stream = pyte.ByteStream(shown)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "gopatterns_cli", *shot.arguments]
    running = subprocess.Popen(command, stdout=slave, stderr=slave, stdin=slave, env=environment)
    os.close(slave)
    began_s: float | None = None
    while running.poll() is None or select.select([master], [], [], 0)[0]:
        if shot.after_s is not None and began_s is not None and time.monotonic() - began_s > shot.after_s:
            break
        if select.select([master], [], [], 0.05)[0]:
            try:
                stream.feed(os.read(master, 65_536).replace(b"\n", b"\r\n").replace(b"\r\r", b"\r"))
            except OSError:
                break
            began_s = began_s or time.monotonic()
    running.terminate()
    running.wait()
    os.close(master)
    return shown


def drawn(shown: pyte.Screen, columns: int, lines: int) -> str:
    """Write the first lines of a terminal as SVG, without the empty ones below."""
    console = Console(width=columns, record=True, file=StringIO(), force_terminal=True)
    last = max((row for row in range(lines) if shown.display[row].strip()), default=0)
    for row in range(last + 1):
        line = Text()
        for column in range(columns):
            cell = shown.buffer[row][column]
            colour = None if cell.fg == "default" else named(cell.fg)
            line.append(cell.data, Style(color=colour, bold=cell.bold, dim=False))
        line.rstrip()
        console.print(line, no_wrap=True, crop=True)
    return console.export_svg(title="", code_format=FORMAT, unique_id="gopat")


def named(colour: str) -> str:
    """Return a colour of the emulator as one of Rich's."""
    if colour == "brown":
        return "yellow"
    is_hex = len(colour) == 6 and all(digit in string.hexdigits for digit in colour)
    return f"#{colour}" if is_hex else colour


def pages(folder: Path) -> list[Path]:
    """Open the page of the newest session at three widths, and return the pictures."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if chromium is None:
        raise SystemExit("there is no Chromium here")
    places = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as started:
        page_file = Path(place) / "page.html"
        command = [sys.executable, "-m", "gopatterns_cli", "report", "--output", str(page_file)]
        subprocess.run(command, check=True, capture_output=True)
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for width, scheme in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
            page.goto(page_file.as_uri())
            places.append(folder / f"report-{width}.png")
            page.screenshot(path=places[-1])
        browser.close()
    return places


if __name__ == "__main__":
    main()
