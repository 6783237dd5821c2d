"""The raw values of a session as comma-separated values: a line for every arm in every round."""

import csv
from collections.abc import Sequence
from io import StringIO

from gopatterns_cli.session import Session

COLUMNS = (
    "cell",
    "scenario",
    "pattern",
    "arm",
    "runtime",
    "pool",
    "workers",
    "buffer",
    "stages",
    "rate",
    "duration_s",
    "count",
    "version",
    "again",
    "round",
    "position",
    "value",
    "unit",
    "job_s",
)


BRIEF = ("cell", "count", "round", "position", "value", "unit", "job_s")
"""Without what stands in the cell's name."""


def render(session: Session, columns: Sequence[str] = COLUMNS) -> str:
    """Return the table with its head; `value` is the median of a process, in seconds or bytes."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for run in session.runs:
        cell = session.plan.cell(run.cell)
        facts = cell.to_json() | {"cell": cell.name, "round": run.round, "job_s": run.job_s}
        facts |= {"count": session.plan.items(cell), "position": run.metadata["gopat_pos"]}
        facts |= {"value": run.middle, "unit": "byte" if cell.is_memory else "s"}
        writer.writerow("" if facts[column] is None else facts[column] for column in columns)
    return out.getvalue()
