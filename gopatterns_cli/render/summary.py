"""A demo's summary: one figure per line, aligned, the same on a terminal and in a pipe."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gopatterns_cli import figures
from gopatterns_cli.demonstration import Figures
from scenarios.notation import write_duration

if TYPE_CHECKING:
    from patterns.demo import Option
    from patterns.runtimes._main import Outcome

SHOWN_RESULTS = 8
SHOWN_LEAKS = 5
WIDE = 60


def title(pattern: str, runtime: str, options: "Sequence[Option]", chosen: dict[str, Any]) -> str:
    """Say in one line what is run."""
    words = []
    rest = list(options)
    if {"jobs", "latency"} <= chosen.keys():
        words.append(f"{figures.plural(chosen['jobs'], 'job')} of {write_duration(chosen['latency'])}")
        rest = [option for option in options if option.name not in {"jobs", "latency"}]
    words += [word for option in rest if (word := _chosen(option, chosen[option.name]))]
    return f"{pattern} on {runtime}: {', '.join(words)}"


def _chosen(option: "Option", value: Any) -> str:
    """Say what was chosen; nothing of a flag that is off and of a choice that is left at nothing."""
    if not value:
        return ""
    name = option.name.replace("_", " ")
    match option.kind:
        case "flag":
            return name
        case "count":
            return _counted(value, name) if name.endswith("s") else f"{name} {value:_}"
        case "duration":
            return f"{name} {write_duration(value)}"
        case "rate":
            return f"{value:g} per second"
        case _:
            return f"{name} {value}"


def summary(
    taken: Figures,
    shared_by: tuple[str, int] | None,
    outcome: "Outcome",
    columns: int,
    *,
    note: str = "",
    serial: str = "",
) -> list[str]:
    """Write the figures as lines, explained where there is room.

    Args:
        taken: the figures.
        shared_by: the tasks that shared the work, such as `workers`, and how many, if that is known.
        outcome: the results, and what was left behind.
        columns: how wide the screen is.
        note: what kind of time it was; below the figures where there is no room beside them.
        serial: how the serial time is worked out.
    """
    rows = [
        ("start", _seconds(taken.start_s), "of the worker processes, before the run"),
        ("elapsed", _seconds(taken.elapsed_s), note),
        ("ideal", _seconds(taken.ideal_s), "on an infinitely fast machine"),
        ("serial", _seconds(taken.serial_s), f"{serial}, by arithmetic"),
        ("speed-up", taken.speedup and f"{taken.speedup:_.2f}x", "serial / elapsed"),
        ("efficiency", taken.efficiency and f"{taken.efficiency:.1%}", _per(shared_by)),
        ("peak concurrency", f"{taken.peak_concurrency:_}", "jobs at once" + ", at least" * taken.sampled),
        ("leaked tasks", f"{taken.leaked_tasks:_}", ""),
    ]
    if taken.abandoned_calls:
        rows.append(("abandoned calls", f"{taken.abandoned_calls:_}", "still running"))
    told = [(name, value, why) for name, value, why in rows if value]
    names = max(len(name) for name, _, _ in told)
    values = max(len(value) for _, value, _ in told)
    bare = [f"{name:<{names}}  {value:>{values}}" for name, value, _ in told]
    explained = [f"{line}  {why}".rstrip() for line, (_, _, why) in zip(bare, told, strict=True)]
    fits = max(map(len, explained)) <= columns
    return [
        *(explained if fits else bare),
        *([] if fits else textwrap.wrap(note, columns)),
        *_leaks(outcome.leaked, columns),
        *textwrap.wrap(
            _results(outcome.value, columns), columns, subsequent_indent="  ", break_on_hyphens=False
        ),
    ]


def _leaks(leaked: Sequence[str], columns: int) -> list[str]:
    """Name the tasks that were left behind, the first of them."""
    shown = [f"  {line}" for line in leaked[:SHOWN_LEAKS]]
    more = [f"  and {len(leaked) - SHOWN_LEAKS:_} more"] if len(leaked) > SHOWN_LEAKS else []
    return [line if len(line) <= columns else f"{line[: columns - 3]}..." for line in [*shown, *more]]


def _seconds(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return figures.seconds(seconds) if 0 < seconds < 0.01 else f"{seconds:_.3f} s"


def _per(shared_by: tuple[str, int] | None) -> str:
    """Say what the speed-up is divided by: so many workers, stages or permits."""
    return "" if shared_by is None else f"speed-up / {_counted(shared_by[1], shared_by[0])}"


def _counted(count: int, plural: str) -> str:
    return f"{count:_} {plural if count != 1 else plural.removesuffix('s')}"


def _results(results: Sequence[Any], columns: int) -> str:
    most = SHOWN_RESULTS if columns >= WIDE else SHOWN_RESULTS // 2
    shown = ", ".join(str(result) for result in results[:most])
    more = f", ... ({len(results):_})" if len(results) > most else ""
    return f"results: {shown or 'none'}{more}"
