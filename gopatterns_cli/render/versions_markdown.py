"""Versions beside each other as GitHub Markdown: the answer, what is not the same, the rest folded away.

A pull request's comment takes 64 KB; a long list is cut between two lines and says how much it left out.
"""

from collections.abc import Iterator, Sequence

from gopatterns_cli.changes import Changed
from gopatterns_cli.render import headlines
from gopatterns_cli.render.grid import Column
from gopatterns_cli.render.marking import (
    CLOSED,
    OPEN,
    bold,
    bullets,
    escaped,
    joined,
    shortened,
    table,
    within,
)
from gopatterns_cli.render.versions_rows import ChangeRow, quiet, row, titles
from gopatterns_cli.render.whiskers import scale
from gopatterns_cli.verdicts import Change
from gopatterns_cli.versus import Versus
from gopatterns_cli.words import tr

LIMIT = 64 * 1024

CHANGED, SAME, NOTES = 28 * 1024, 16 * 1024, 12 * 1024
"""Bytes that each part takes at most."""

FIELDS = ("name", "base", "new", "ratio", "interval", "hides", "verdict")
TO_THE_RIGHT = frozenset({"base", "new", "ratio", "hides"})


def render(found: Versus) -> str:
    """Write a comparison of versions; less than 64 KB."""
    changed = [change for change in found.changes if change.judgement.verdict is not Change.SAME]
    same = [change for change in found.changes if change.judgement.verdict is Change.SAME]
    parts = [
        f"## {escaped(headlines.answer(found))}",
        bold(headlines.ending(found)),
        *map(escaped, headlines.conditions(found.session)),
        escaped(headlines.canary(found)),
        *_table(found, changed, CHANGED),
        escaped(headlines.could_hide(found)),
        *_folded(quiet(same), _table(found, same, SAME)),
        *_folded(tr("notes"), _notes(found.notes)),
    ]
    return shortened(joined(parts), LIMIT)


def _table(found: Versus, changes: Sequence[Changed], limit: int) -> Iterator[str]:
    if not changes:
        return
    on = scale([], found.session.plan.tolerance)
    title = titles(found)
    columns = [Column(tr(getattr(title, field)), figures=field in TO_THE_RIGHT) for field in FIELDS]
    head, rule, *lines = table(columns, (_cells(row(found, change, on)) for change in changes)).splitlines()
    kept, rest = within(lines, limit)
    yield "\n".join([head, rule, *kept])
    yield rest


def _cells(one: ChangeRow) -> Iterator[str]:
    *fields, verdict = FIELDS
    yield from (getattr(one, field) for field in fields)
    aside = tr(" ({aside})", aside=one.aside) if one.aside else ""
    yield f"{tr(getattr(one, verdict))}{aside}"


def _notes(notes: Sequence[str]) -> Iterator[str]:
    kept, rest = within(notes, NOTES)
    yield bullets([*kept, *([rest] if rest else [])])


def _folded(title: str, parts: Iterator[str]) -> Iterator[str]:
    inner = [part for part in parts if part]
    if inner:
        yield f"{OPEN}<summary>{escaped(title)}</summary>"
        yield from inner
        yield CLOSED
