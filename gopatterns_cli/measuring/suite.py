"""A pyperf suite: what worker processes measured, in the form that `python -m pyperf stats` and `hist` read.

It is handled as plain JSON: whoever only wants to look at one never imports pyperf.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from gopatterns_cli.measuring.typed import checked, fits, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PYPERF_FORMAT: Final = "1.0"

BUDGET = "gopat_budget_"
"""Before the name of each part of a budget: pyperf knows figures and text, no tables."""

SHORTEST_S, LONGEST_S = 1e-12, 1e12
"""No measured time lies beyond these; a ratio of two that lie between them is a number."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one worker process measured.

    Args:
        values: seconds per run of the workload, one per value.
        warmups: (loops, seconds per run of the workload), values that do not count.
        metadata: pyperf's facts about the process, and ours: `gopat_cell`, `gopat_round`, `gopat_pos`,
            `gopat_hashseed`, and where the job does something `gopat_job_s` and `gopat_budget_...`.
    """

    values: tuple[float, ...]
    warmups: tuple[tuple[int, float], ...]
    metadata: Mapping[str, Any]

    @property
    def cell(self) -> str:
        """The name of the cell that ran."""
        return str(self.metadata["gopat_cell"])

    @property
    def round(self) -> int:
        """The round, counted from 1."""
        return int(self.metadata["gopat_round"])

    @property
    def middle(self) -> float:
        """The median of its values: what counts of a process."""
        return median(self.values)

    @property
    def budget(self) -> Mapping[str, float] | None:
        """Where a run's time went, in seconds by part; None where nobody noted it."""
        keys = [key for key in self.metadata if key.startswith(BUDGET)]
        return {key.removeprefix(BUDGET): float(self.metadata[key]) for key in keys} or None

    @property
    def job_s(self) -> float | None:
        """Mean seconds that the jobs really took; None when they do not wait."""
        seconds = self.metadata.get("gopat_job_s")
        return None if seconds is None else float(seconds)


def read_runs(suite: Mapping[str, Any]) -> "Iterator[Run]":
    """Every run of a suite, with the metadata that it shares with others.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no suite, or a value is no time that can be
            measured.
    """
    common = suite.get("metadata", {})
    for benchmark in suite["benchmarks"]:
        shared = {**common, **benchmark.get("metadata", {})}
        for run in benchmark["runs"]:
            yield read_run(run, shared)


def read_run(run: Mapping[str, Any], shared: Mapping[str, Any]) -> Run:
    """One run of a pyperf suite, with the metadata that it shares with others.

    Raises:
        TypeError, ValueError, AttributeError: it is no such thing, or a value is no time that can be
            measured.
    """
    metadata = {**shared, **run.get("metadata", {})}
    values, wait_s = tuple(run["values"]), metadata.get("gopat_job_s")
    for value in (*values, *([] if wait_s is None else [wait_s])):
        if not fits(value, float) or not SHORTEST_S <= value <= LONGEST_S:
            raise ValueError(f"a measured time cannot be {shown(value)}")
    if not values:
        raise ValueError("a run has no values")
    for key, part in metadata.items():
        if key.startswith(BUDGET) and not _is_part(part):
            raise ValueError(f"a part of a run's time cannot be {shown(part)}")
    warmups = tuple((loops, value) for loops, value in run.get("warmups", ()))
    return checked(Run(values, warmups, metadata))


def _is_part(part: Any) -> bool:
    """Whether it is a difference of measured times."""
    number = isinstance(part, (int, float)) and not isinstance(part, bool)
    return number and -LONGEST_S <= part <= LONGEST_S


def suite_of(names: "Sequence[str]", runs: "Sequence[Run]") -> dict[str, Any]:
    """The suite of `runs`: a benchmark per name that was measured, what all runs share said once."""
    benchmarks = [[_run(run) for run in runs if run.cell == name] for name in names]
    measured = [written for written in benchmarks if written]
    common = _common([run["metadata"] for written in measured for run in written])
    return {
        "version": PYPERF_FORMAT,
        "metadata": common,
        "benchmarks": [_factored(written, common) for written in measured],
    }


def _run(run: Run) -> dict[str, Any]:
    written: dict[str, Any] = {"metadata": dict(run.metadata), "values": list(run.values)}
    if run.warmups:
        written["warmups"] = [list(warmup) for warmup in run.warmups]
    return written


def _factored(runs: "Sequence[Mapping[str, Any]]", common: Mapping[str, Any]) -> dict[str, Any]:
    shared = _without(_common([run["metadata"] for run in runs]), common)
    written = [{**run, "metadata": _without(run["metadata"], {**common, **shared})} for run in runs]
    return {"metadata": shared, "runs": written}


def _common(facts: "Sequence[Mapping[str, Any]]") -> dict[str, Any]:
    if not facts:
        return {}
    first, *others = facts
    return {
        key: value
        for key, value in first.items()
        if all(key in other and other[key] == value for other in others)
    }


def _without(facts: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in known}
