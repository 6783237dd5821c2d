"""What was found of the machine: plain text, the answer first and the worst below it, and JSON.

Colour says bad, remark and good, and nothing else.
"""

from collections.abc import Iterator
from io import StringIO
from json import dumps
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from gopatterns_cli import figures
from gopatterns_cli.doctor.finding import Examined, Finding, Level
from gopatterns_cli.render.json import plain

SCHEMA = 1

STYLES = {Level.BAD: "red", Level.REMARK: "yellow", Level.UNKNOWN: "", Level.GOOD: "green"}

NARROW = 60
"""Columns from which level and topic have columns of their own."""

LEAST = 20


def text(examined: Examined, columns: int, color_system: str | None = None) -> str:
    """Draw the answer and a line for each finding as text that ends with a line break.

    Args:
        examined: what was found.
        columns: how many there are; a longer line is wrapped.
        color_system: one of Rich's, such as `standard`; None for plain text.
    """
    width, out = max(columns, LEAST), StringIO()
    console = Console(
        file=out,
        width=width,
        color_system=color_system,  # type: ignore[arg-type]  # Rich's Literal; the value comes from Rich
        force_terminal=color_system is not None,
        highlight=False,
        legacy_windows=False,
    )
    for part in _parts(examined, width):
        console.print(part, soft_wrap=True)
    return out.getvalue()


def json(examined: Examined) -> str:
    """Return everything that was found as JSON; a figure's unit is in its key, and null cannot be told."""
    written = {"schema": SCHEMA, "answer": answer(examined), "fit": examined.fit, **plain(examined)}
    return dumps(written, indent=2, allow_nan=False) + "\n"


def answer(examined: Examined) -> str:
    """Return the one sentence that answers the question."""
    bad, remarks = examined.of(Level.BAD), examined.of(Level.REMARK)
    if bad:
        more = f"; and {figures.plural(len(remarks), 'remark')}" if remarks else ""
        return f"not fit: {_topics(bad)}{more}"
    if remarks:
        return f"fit, with {figures.plural(len(remarks), 'remark')}: {_topics(remarks)}"
    return "fit to measure: nothing was found that bends the figures"


def _topics(findings: tuple[Finding, ...]) -> str:
    return ", ".join(finding.topic for finding in findings)


def _parts(examined: Examined, width: int) -> Iterator[Text]:
    yield Text("\n".join(wrap(answer(examined), width, subsequent_indent="  ")), style="bold")
    yield Text()
    levels = max(len(level) for level in Level)
    topics = max(len(finding.topic) for finding in examined.findings)
    for finding in examined.findings:
        said = f"{finding.found}: {finding.means}" if finding.means else finding.found
        if width < NARROW:
            start, indent = f"{finding.level}: {finding.topic}: ", "  "
        else:
            start = f"{finding.level:<{levels}}  {finding.topic:<{topics}}  "
            indent = " " * len(start)
        lines = wrap(said, width, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False)
        part = Text("\n".join(lines))
        part.stylize(STYLES[finding.level], 0, len(finding.level))
        yield part
