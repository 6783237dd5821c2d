"""What trials of the gate show, as Markdown that reads well on a terminal, and as JSON."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from json import dumps

from gopatterns_cli.figures import percent_of, plural, seconds, times
from gopatterns_cli.machines import described
from gopatterns_cli.render.json import plain
from gopatterns_cli.trials.coverage import ROUNDS
from gopatterns_cli.trials.drawn import COMPARISONS
from gopatterns_cli.trials.rates import Rate
from gopatterns_cli.trials.report import Failed, Report

SCHEMA = 1


def text(report: Report) -> str:
    """Draw the answer, a table for each kind of trial, the command and the machine; it ends with a line
    break.
    """
    return "\n".join(line for part in _parts(report) for line in (*part, "")).rstrip("\n") + "\n"


def json(report: Report) -> str:
    """Return the same as JSON, without the single trials, which are in the log; shares are from 0 to 1."""
    written = {name: value for name, value in plain(report).items() if name != "log"}
    head = {"schema": SCHEMA, "answer": answer(report), "missed": report.missed, **report.log.head}
    return dumps({**head, "log": str(report.log.path), **written}, indent=2, allow_nan=False) + "\n"


def answer(report: Report) -> str:
    """Return the one sentence that answers the question."""
    null = f"{_counted(report.failed)} null jobs failed {_ends(report.failed)}" if report.failed.of else ""
    caught = [
        f"{_counted(one.rate)} slowdowns of {100 * one.slowed:g}% were caught {_ends(one.rate)}"
        for one in report.power
    ]
    return "; ".join(filter(None, [null, *caught])) or "no trial yet"


def _parts(report: Report) -> Iterator[Sequence[str]]:
    yield [answer(report)]
    if report.figures:
        yield _table(
            ("figure", "target", "found", ""),
            [
                (
                    one.name,
                    one.target,
                    _rate(one.found) if isinstance(one.found, Rate) else seconds(one.found),
                    str(one.standing),
                )
                for one in report.figures
            ],
        )
    if report.live:
        yield _table(("null jobs, live", "failed", "canary alarms"), _failed(report.live))
    if report.drawn:
        title = f"null jobs of {COMPARISONS} comparisons, drawn"
        yield _table((title, "failed", "canary alarms"), _failed(report.drawn))
    if report.power:
        rows = [
            (f"+{100 * one.slowed:g}%", _rate(one.rate), f"{one.rounds:g}", times(one.ratio))
            for one in report.power
        ]
        yield _table(("slowdown", "caught", "rounds, median", "ratio, median"), rows)
    if report.coverage.kinds:
        covered = [
            (f"{one.name}, {_state(loaded=one.loaded)}", _rate(one.rate), f"{one.recorded:,}")
            for one in report.coverage.kinds
        ]
        title = f"95% intervals of {ROUNDS} rounds, drawn"
        yield _table((title, "hold the truth", "recorded rounds"), covered)
    if report.costs:
        costs = [(_state(loaded=one.loaded), seconds(one.cost_s), str(one.trials)) for one in report.costs]
        yield _table(("a worker beyond what is timed", "mean", "trials"), costs)
    yield list(_notes(report))


def _notes(report: Report) -> Iterator[str]:
    yield "- Brackets: exact 95% intervals. Draws repeat rounds, so those of drawn rates are too narrow."
    yield f"- Loaded: as many processes compute beside it as there are cores. Drawn with seed {report.seed}."
    log = report.log
    yield f"- {plural(len(log.trials), 'trial')} in {log.path}, gopat {log.head['gopat']}."
    yield f"- {described(log.head['machine'])}."
    yield f"- `{shlex.join(['gopat', *sys.argv[1:]])}`"


def _failed(parts: Sequence[Failed]) -> list[tuple[str, ...]]:
    return [(_state(loaded=one.loaded), _rate(one.failed), _rate(one.alarms)) for one in parts]


def _state(*, loaded: bool) -> str:
    return "loaded" if loaded else "quiet"


def _rate(rate: Rate) -> str:
    if rate.share is None:
        return "none"
    return f"{_counted(rate)}, {percent_of(rate.share)} {_ends(rate)}"


def _counted(rate: Rate) -> str:
    return f"{rate.hits:,} of {rate.of:,}"


def _ends(rate: Rate) -> str:
    return f"[{percent_of(rate.low)}, {percent_of(rate.high)}]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Draw a table whose columns are aligned in its text, too."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(f'{cell:<{width}}' for cell, width in zip(cells, widths, strict=True))} |"

    return [line(head), f"|{'|'.join('-' * (width + 2) for width in widths)}|", *map(line, rows)]
