"""The list of kept sessions as text at any width, and as JSON."""

from collections.abc import Iterator, Sequence
from json import dumps
from textwrap import wrap

from gopatterns_cli import figures
from gopatterns_cli.keeping import Kept
from gopatterns_cli.render.json import plain

SCHEMA = 1
NARROW = 100


def text(sessions: Sequence[Kept], columns: int) -> str:
    """Draw the sessions, newest first: a line each where there is room, else a few."""
    return "".join(f"{line}\n" for one in sessions for line in _lines(one, columns))


def json(sessions: Sequence[Kept]) -> str:
    """Return the same as JSON."""
    return dumps({"schema": SCHEMA, "sessions": plain(sessions)}, indent=2, allow_nan=False) + "\n"


def _lines(one: Kept, columns: int) -> Iterator[str]:
    if one.problem:
        yield from _wrapped(f"{one.path.name}: {one.problem}", columns)
        return
    when = f"{one.started[:16].replace('T', ' ')} UTC"
    length = f"{figures.plural(one.arms, 'arm')}, {figures.plural(one.rounds, 'round')}, {one.status}"
    found = ", ".join(f"{count} {verdict}" for verdict, count in one.tally)
    parts = [when, one.group, length, found, one.machine, figures.taken(one.size), one.path.name]
    if columns < NARROW:
        yield from _wrapped(f"{one.path.name}: {one.group}", columns)
        for part in (when, length, found, one.machine, figures.taken(one.size)):
            yield from (f"  {line}" for line in _wrapped(part, columns - 2) if part)
        return
    yield from _wrapped("; ".join(part for part in parts if part), columns)


def _wrapped(line: str, columns: int) -> list[str]:
    return wrap(line, max(columns, 20), subsequent_indent="  ", break_on_hyphens=False) or [""]
