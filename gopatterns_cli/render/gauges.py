"""Channels, semaphores and buckets as lines of text: how full each is, and who waits; or was, at the most."""

from collections.abc import Sequence

from rich.text import Text

from gopatterns_cli.live.things import Level
from gopatterns_cli.render.glyphs import glyphs
from gopatterns_cli.render.lanes import WIDE

MOST_CELLS = 20
FEW_CELLS = 8


def gauges(levels: Sequence[Level], columns: int, most: int) -> list[Text]:
    """Draw levels, in at most so many lines, of which the last counts those that found no room."""
    fits = len(levels) <= most
    shown = levels[: most if fits else max(most - 1, 0)]
    width = min(max((len(level.name) for level in shown), default=0), max(2 * columns // 5, 12))
    lines = [_gauge(level, width, columns) for level in shown]
    if not fits and most > 0:
        lines.append(Text(f"and {len(levels) - len(shown)} more", style="dim"))
    return lines


def _gauge(level: Level, width: int, columns: int) -> Text:
    name = level.name if len(level.name) <= width else f"{level.name[: width - 3]}..."
    text = Text(f"{name:<{width}}  ")
    peak = f"{level.peak_is} {_figure(level.peak)}" if level.peak is not None and level.most > 0 else ""
    said = ", ".join(filter(None, [peak, level.note]))
    note = f"  {said}" if said else ""
    if level.most > 0:
        cells = _cells(level.most, MOST_CELLS if columns >= WIDE else FEW_CELLS)
        full = round(cells * min(max(level.value / level.most, 0.0), 1.0))
        block, rest = glyphs("█·", "#.")
        text.append(block * full, "blue")
        text.append(rest * (cells - full), "dim")
        text.append(f" {_figure(level.value)}/{_figure(level.most)}")
        if len(text) + len(level.holds) + len(note) < columns:
            text.append(f" {level.holds}")
    else:
        text.append("hand to hand", "dim")
    text.append(note, "yellow" if "wait" in note else "dim")
    text.truncate(columns, overflow="ellipsis")
    return text


def _cells(values: float, most: int) -> int:
    """One cell per value where there are few."""
    return int(values) if values <= most and values == int(values) else most


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
