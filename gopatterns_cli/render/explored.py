"""A search for a failing schedule: plain text and JSON."""

import json as _json
import shlex
import traceback
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from textwrap import wrap

from gopatterns_cli.exploration import Explored
from patterns.exploring.director import MOST_TURNS, EndlessError
from patterns.exploring.lanes import lanes
from patterns.exploring.search import Finding
from patterns.standing import LIBRARY

ENOUGH = 100
"""Schedules from which it is worth saying how many there were per second."""

WIDEST = 200
"""Columns into a pipe, where there is no terminal to ask."""


def lines(found: Explored, columns: int) -> list[str]:
    """Return the answer, then how it came about, none longer than `columns` but the replay line."""
    width = min(columns, WIDEST)
    finding = found.search.finding
    if finding is None:
        return _wrapped([_nothing(found), *_counts(found), f"may have missed: {found.search.missed}"], width)
    said = [f"fails: {_error(finding)}", *_where(finding)]
    how = [_simplicity(finding), *_counts(found)]
    if not finding.repeatable:
        how.append("it did not fail again under that schedule: the program does not do the same each time")
    drawn = lanes(finding.rows, finding.preempted, width)
    return [*_wrapped(said, width), "", *drawn, "", *_wrapped(how, width), f"replay: {replay_command(found)}"]


def json(found: Explored) -> str:
    """Return everything that is known, as JSON."""
    finding, search = found.search.finding, found.search
    written = {
        **asdict(found.request),
        "schedules_run": search.schedules,
        "distinct": search.distinct,
        "per_second": search.schedules / found.seconds if found.seconds else None,
        "over": search.over,
        "interrupted": search.interrupted,
        "missed": search.missed or None,
        "finding": None if finding is None else _finding(found, finding),
    }
    return _json.dumps(written, indent=2)


def replay_command(found: Explored) -> str:
    """Return the command line that runs the failing schedule again."""
    finding, request = found.search.finding, found.request
    words = ["gopat", "explore", request.target]
    if finding is not None:
        words += ["--replay", str(finding.schedule)]
    if request.most_turns != MOST_TURNS:
        words += ["--most-turns", str(request.most_turns)]
    return shlex.join([*words, *found.options])


def _finding(found: Explored, finding: Finding) -> dict[str, object]:
    return {
        "error": type(finding.error).__name__,
        "message": _text(finding.error),
        "number": finding.number,
        "schedule": str(finding.schedule),
        "preemptions": len(finding.preempted),
        "found_with": finding.found_with,
        "fewest": finding.fewest,
        "repeatable": finding.repeatable,
        "replay": replay_command(found),
        "turns": [{**asdict(row), "preempted": row.turn in finding.preempted} for row in finding.rows],
    }


def _nothing(found: Explored) -> str:
    if found.search.interrupted:
        return "interrupted: nothing failed until then"
    if found.request.replay is not None:
        return "this schedule does not fail"
    return "nothing fails, and the search came to its end" if found.search.over else "nothing fails"


def _counts(found: Explored) -> list[str]:
    search, request = found.search, found.request
    if request.replay is not None:
        return []
    plural = "s" * (search.schedules != 1)
    seeded = "" if request.strategy == "exhaustive" else f", seed {request.seed}"
    ran = f"{search.schedules:,} schedule{plural}, {search.distinct:,} distinct"
    if search.finding is None and search.schedules >= ENOUGH:
        ran += f", {search.schedules / found.seconds:,.0f} per second"
    return [f"{ran}; strategy {request.strategy}{seeded}"]


def _error(finding: Finding) -> str:
    errors = getattr(finding.error, "exceptions", ())
    inner = "".join(f"; {type(error).__name__}: {_text(error)}" for error in errors)
    more = "; more are allowed with --most-turns" if isinstance(finding.error, EndlessError) else ""
    return f"{type(finding.error).__name__}: {_text(finding.error)}{inner}{more}"


def _text(error: BaseException) -> str:
    """Return what an error says, whatever its own code does when it is asked."""
    try:
        return str(error)
    except Exception as unsaid:  # noqa: BLE001 - the finding is worth more than its words
        return f"(its text cannot be had: {type(unsaid).__name__})"


def _where(finding: Finding) -> list[str]:
    """Say where the innermost error was raised, in a file that is not the library's."""
    error = finding.error
    while getattr(error, "exceptions", ()):
        error = error.exceptions[0]  # type: ignore[attr-defined] # a group's
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(LIBRARY)
    ]
    if not frames:
        return []
    path = Path(frames[-1].filename)
    with suppress(ValueError):
        path = path.relative_to(Path.cwd())
    return [f"  {path}:{frames[-1].lineno}: {frames[-1].line}"]


def _simplicity(finding: Finding) -> str:
    count = len(finding.preempted)
    if count == 0:
        return "no task had to be interrupted for it"
    tasks = f"{count} preemption{'s' * (count != 1)}, marked with !"
    return f"{tasks}; none with fewer fails like that" if finding.fewest else f"{tasks}; fewer were not found"


def _wrapped(said: list[str], width: int) -> list[str]:
    return [
        part
        for text in said
        for line in text.splitlines()
        for part in wrap(line, width, subsequent_indent="  ", break_on_hyphens=False, drop_whitespace=True)
    ]
