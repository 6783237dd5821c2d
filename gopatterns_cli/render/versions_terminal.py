"""Versions beside each other for the terminal: the answer first, the worst first, at any width.

A wide screen has a table; a narrower one the cell's name above its figures, which stay under one another; the
narrowest has the figures as lines. No figure is left out on any of them.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from gopatterns_cli.render import headlines
from gopatterns_cli.render.drawing import INDENT, Part, drawn, padded, paragraphs, section
from gopatterns_cli.render.grid import NOTHING
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.render.terminal import STYLES
from gopatterns_cli.render.versions_rows import HIDES, ChangeRow, loud, quiet, row, titles
from gopatterns_cli.render.whiskers import scale
from gopatterns_cli.versus import Versus
from gopatterns_cli.words import tr

GAPS = (2, 1)
"""Spaces between two columns: what reads best, and what still does."""

FIGURES = ("base", "new", "ratio", "bar", "interval", "hides")
WHOLE = ("name", *FIGURES, "verdict")
TO_THE_RIGHT = frozenset({"base", "new", "ratio", "hides"})


def render(found: Versus, screen: Screen) -> str:
    """Draw a comparison of versions as text that ends with a line break."""
    return drawn(_parts(found, screen), screen.columns, screen.color_system)


def _parts(found: Versus, screen: Screen) -> Iterator[Part]:
    columns = screen.columns
    yield from paragraphs([headlines.answer(found)], columns, style="bold")
    yield from paragraphs(headlines.conditions(found.session), columns)
    yield from paragraphs([line for line in [headlines.canary(found)] if line], columns, style=_alarm(found))
    shown = found.changes if screen.verbose else loud(found)
    if shown:
        ratios = [change.ratio for change in shown if change.ratio is not None]
        on = scale(ratios, found.session.plan.tolerance)
        yield Text()
        yield from paragraphs([on.legend, tr(HIDES)] if ratios else [], columns)
        yield from _rows(titles(found), [row(found, change, on) for change in shown], columns)
    counted = "" if screen.verbose else quiet(found.changes)
    if counted:
        yield Text()
        yield from paragraphs([tr("not listed: {counts}; -v lists them", counts=counted)], columns)
    yield from section(tr("notes"), found.notes, columns)
    last = [line for line in (headlines.could_hide(found), headlines.ending(found)) if line]
    if last:
        yield Text()
    yield from paragraphs(last, columns, style="bold")


def _alarm(found: Versus) -> str:
    return "bold red" if found.canary is not None and not found.canary.is_quiet else ""


def _rows(title: ChangeRow, rows: Sequence[ChangeRow], columns: int) -> Iterator[Part]:
    whole = _widths(title, rows, WHOLE)
    some = whole[1:-1]
    for gap in GAPS:
        if INDENT + sum(whole) + gap * (len(whole) - 1) <= columns:
            return _table(title, rows, whole, " " * gap, columns)
        if 2 * INDENT + sum(some) + gap * (len(some) - 1) <= columns:
            return _named_above(title, rows, some, " " * gap, columns)
    return _stacked(title, rows, columns)


def _table(
    title: ChangeRow, rows: Sequence[ChangeRow], widths: Sequence[int], between: str, columns: int
) -> Iterator[Part]:
    *fields, last = WHOLE
    yield _line(title, WHOLE, widths, between, INDENT, "dim")
    for one in rows:
        line = _line(one, fields, widths[:-1], between, INDENT)
        line.append(between)
        yield line.append(tr(getattr(one, last)), style=_style(one))
        yield from paragraphs([one.aside] if one.aside else [], columns, indent=2 * INDENT)


def _named_above(
    title: ChangeRow, rows: Sequence[ChangeRow], widths: Sequence[int], between: str, columns: int
) -> Iterator[Part]:
    yield _line(title, FIGURES, widths, between, 2 * INDENT, "dim")
    for one in rows:
        yield from _headed(one, columns)
        if one.ratio != NOTHING:
            yield _line(one, FIGURES, widths, between, 2 * INDENT)


def _stacked(title: ChangeRow, rows: Sequence[ChangeRow], columns: int) -> Iterator[Part]:
    for one in rows:
        yield from _headed(one, columns)
        told = [
            f"{tr(getattr(title, field))} {getattr(one, field)}"
            for field in FIGURES
            if field != "bar" and getattr(one, field) != NOTHING
        ]
        drawn = [] if one.bar == NOTHING else [one.bar]
        yield from paragraphs([tr(", ").join(told), *drawn] if told else [], columns, indent=2 * INDENT)


def _headed(one: ChangeRow, columns: int) -> Iterator[Part]:
    aside = tr(" ({aside})", aside=one.aside) if one.aside else ""
    line = f"{one.name}: {tr(one.verdict)}{aside}"
    yield from paragraphs([line], columns, indent=INDENT, style=_style(one))


def _style(one: ChangeRow) -> str:
    return STYLES.get(one.verdict, "bold red")


def _line(
    one: ChangeRow, fields: Sequence[str], widths: Sequence[int], between: str, indent: int, style: str = ""
) -> Text:
    cells = zip(fields, (tr(getattr(one, field)) for field in fields), widths, strict=True)
    aligned = (padded(text, width, right=field in TO_THE_RIGHT) for field, text, width in cells)
    return Text(f"{'':{indent}}{between.join(aligned)}", style=style, no_wrap=True, overflow="ignore")


def _widths(title: ChangeRow, rows: Sequence[ChangeRow], fields: Sequence[str]) -> list[int]:
    return [max(cell_len(tr(getattr(one, field))) for one in (title, *rows)) for field in fields]
