"""Go's behaviours as a table of plain text: a line per id, and below it why it differs, if it does."""

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import wrap

from gopatterns_cli.conformance import NOT_HERE, PASS, Row

SHORTEST = 20
"""Columns that a sentence needs; a narrower screen has it on lines of its own."""


def text(rows: Sequence[Row], runtimes: Sequence[str], columns: int) -> str:
    """Render the table at any width: the counts first, then every row."""
    answer = wrap(_answer(rows, runtimes), max(columns, SHORTEST), subsequent_indent="  ")
    return "\n".join([*answer, "", *_lines(rows, runtimes, columns)])


def _answer(rows: Sequence[Row], runtimes: Sequence[str]) -> str:
    found = Counter(_verdict(row, runtimes) for row in rows)
    return ", ".join([f"{len(rows)} behaviours", *(f"{count} {verdict}" for verdict, count in found.items())])


def _verdict(row: Row, runtimes: Sequence[str]) -> str:
    if row.not_offered:
        return "not offered"
    wrong = [name for name in runtimes if row.outcome(name) not in {PASS, NOT_HERE}]
    if wrong:
        return "not held everywhere"
    return "differ on purpose" if row.differs else "held"


def _lines(rows: Sequence[Row], runtimes: Sequence[str], columns: int) -> Iterator[str]:
    widths = [max(len(name), len("untested")) for name in runtimes]
    heading = f"{'id':<6}" + "".join(
        f"  {name:<{width}}" for name, width in zip(runtimes, widths, strict=True)
    )
    yield heading.rstrip()
    for row in rows:
        outcomes = [row.outcome(name) for name in runtimes]
        cells = "".join(f"  {cell:<{width}}" for cell, width in zip(outcomes, widths, strict=True))
        start = f"{row.id:<6}{cells}  "
        yield from _wrapped(row.behaviour, start, columns)
        if row.differs:
            yield from _wrapped(f"differs on purpose: {row.differs}", " " * 8, columns)
        if row.not_offered:
            yield from _wrapped(f"not offered: {row.not_offered}", " " * 8, columns)


def _wrapped(words: str, start: str, columns: int) -> Iterator[str]:
    if columns - len(start) < SHORTEST and start.strip():
        yield start.rstrip()
        start = " " * 4
    yield from wrap(
        words, max(columns, SHORTEST), initial_indent=start, subsequent_indent=" " * min(len(start), 8)
    )
