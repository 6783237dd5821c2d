"""What `gopat bench` prints: the plan before, the table after. Plain text, one line per cell."""

from collections.abc import Iterator

from gopatterns_cli.figures import plural, ratio, seconds, taken
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.session import Session


def plan(session: Session, columns: int) -> Iterator[str]:
    """Say what is going to be measured and how long it should take."""
    drafted = session.plan
    yield f"{session.group}: {plural(len(drafted.cells), 'arm')}, {_length(drafted)}, seed {drafted.seed}"
    for cell in drafted.cells:
        yield f"  {cell.name}"[:columns]
    if drafted.left_out:
        yield f"left out for the budget: {', '.join(drafted.left_out)}"
    yield from (f"not here: {reason}" for reason in drafted.not_here)
    if drafted.no_go:
        yield f"no figures for Go: {drafted.no_go}"
    for claim, reason in drafted.out_of_reach.items():
        yield f"out of reach: {claim}: {reason}"


def table(session: Session, rows: list[Measured], columns: int) -> Iterator[str]:
    """Say how long each cell took and how much faster than its serial arm it was, with the interval."""
    texts = [(row.cell.name, _time(row), _speedup(row)) for row in rows]
    widths = [max(len(text[index]) for text in [*texts, TITLES]) for index in range(3)]
    narrow = sum(widths) + 4 > columns
    for name, time, speedup in [TITLES, *texts]:
        if narrow:
            yield name
            yield f"  {time:>{widths[1]}}  {speedup}".rstrip()
        else:
            yield f"{name:<{widths[0]}}  {time:>{widths[1]}}  {speedup}".rstrip()
    for loss in session.lost:
        where = "calibration" if loss.round == 0 else f"round {loss.round}"
        yield f"lost: {loss.cell}, {where}: {loss.why}"
    yield f"session: {session.path}"


TITLES = ("arm", "time", "speed-up")


def _time(row: Measured) -> str:
    if row.time_s is None:
        return "-"
    return taken(row.time_s) if row.cell.is_memory else seconds(row.time_s)


def _speedup(row: Measured) -> str:
    mark = " (unequal jobs)" if row.unequal_jobs else ""
    return "" if row.speedup is None else ratio(row.speedup) + mark


def _length(drafted: Plan) -> str:
    first = drafted.looks[0].rounds
    if first == drafted.rounds:
        return f"{plural(drafted.rounds, 'round')}, about {_about(drafted.expected_s)}"
    return (
        f"{first} rounds in about {_about(drafted.first_s)}, then of what is undecided up to "
        f"{drafted.rounds}, at most {_about(drafted.expected_s)}"
    )


def _about(expected_s: float) -> str:
    return f"{expected_s / 60:.0f} min" if expected_s >= 90 else f"{expected_s:.0f} s"
