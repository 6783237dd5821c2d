"""A demo's summary: one figure per line, aligned, the same on a terminal and in a pipe."""

from collections.abc import Sequence
from typing import Any

from gopatterns_cli.demonstration import Figures
from scenarios.notation import write_duration

SHOWN_RESULTS = 8
WIDE = 60


def title(pattern: str, runtime: str, options: dict[str, Any]) -> str:
    """Say in one line what is run."""
    words = [f"{options['jobs']:_} jobs of {write_duration(options['latency'])}"]
    words += [f"{options[name]:_} {name}" for name in ("workers", "stages") if name in options]
    words += [f"buffer {options['buffer']:_}"] if options.get("buffer") else []
    words += ["ordered"] if options.get("ordered") else []
    return f"{pattern} on {runtime}: {', '.join(words)}"


def summary(
    figures: Figures, tasks: int | None, results: Sequence[Any], note: str, columns: int
) -> list[str]:
    """Write the figures as lines, explained where there is room; `note` says what kind of time it is."""
    rows = [
        ("elapsed", _seconds(figures.elapsed_s), note),
        ("ideal", _seconds(figures.ideal_s), "on an infinitely fast machine"),
        ("serial", _seconds(figures.serial_s), "jobs x latency, by arithmetic"),
        ("speed-up", "-" if figures.speedup is None else f"{figures.speedup:_.2f}x", "serial / elapsed"),
        ("efficiency", "-" if figures.efficiency is None else f"{figures.efficiency:.1%}", _per(tasks)),
        ("peak concurrency", f"{figures.peak_concurrency:_}", "jobs at once"),
        ("leaked tasks", f"{figures.leaked_tasks:_}", ""),
    ]
    if figures.abandoned_calls:
        rows.append(("abandoned calls", f"{figures.abandoned_calls:_}", "still running"))
    names = max(len(name) for name, _, _ in rows)
    values = max(len(value) for _, value, _ in rows)
    figures_only = [f"{name:<{names}}  {value:>{values}}" for name, value, _ in rows]
    explained = [f"{line}  {note}".rstrip() for line, (_, _, note) in zip(figures_only, rows, strict=True)]
    fits = max(map(len, explained)) <= columns
    return [*(explained if fits else figures_only), _results(results, columns)]


def _seconds(seconds: float) -> str:
    return f"{seconds:_.3f} s"


def _per(tasks: int | None) -> str:
    return "" if tasks is None else f"speed-up / {tasks:_} tasks"


def _results(results: Sequence[Any], columns: int) -> str:
    most = SHOWN_RESULTS if columns >= WIDE else SHOWN_RESULTS // 2
    shown = ", ".join(str(result) for result in results[:most])
    more = f", ... ({len(results):_})" if len(results) > most else ""
    return f"results: {shown or 'none'}{more}"
