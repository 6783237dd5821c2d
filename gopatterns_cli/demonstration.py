"""A demo's options as they were asked for, and the figures that follow from how it went."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gopatterns_cli.failure import Failure

if TYPE_CHECKING:
    from patterns.demo import Demo, Option, Options

MOST_JOBS = 10_000_000
"""A demo keeps its results."""

MOST_TASKS = 1_000_000
"""No runtime takes more; some take fewer."""

TASK_OPTIONS = ("workers", "stages", "permits")
"""The options that say how many tasks share the work."""


@dataclass(frozen=True)
class Figures:
    """What a demo took. Times in seconds; a figure without meaning here is None.

    `serial_s` is arithmetic: what a plain loop would wait. `efficiency` is the speed-up divided by the
    number of tasks that share the work. `start_s` is the time to start a pool of processes. `sampled`: events
    came too fast to take each, so the peak is what was seen of it.
    """

    start_s: float | None
    elapsed_s: float
    ideal_s: float | None
    serial_s: float | None
    speedup: float | None
    efficiency: float | None
    peak_concurrency: int
    leaked_tasks: int
    abandoned_calls: int
    sampled: bool = False


def known_options() -> "dict[str, Option]":
    """Return every option that a demo takes, by its name, those first that most of them take.

    Patterns that share a name share what it means.
    """
    from patterns import catalogue  # noqa: PLC0415 - keeps --help light

    taken = [option for name in catalogue.names() for option in catalogue.load(name).demo.options]
    uses = Counter(option.name for option in taken)
    return {option.name: option for option in sorted(taken, key=lambda option: -uses[option.name])}


def choose(pattern: str, demo: "Demo", runtime: str, wanted: Mapping[str, Any]) -> "Options":
    """Settle a demo's options: those that were given (not None), and its defaults.

    Raises:
        Failure: the demo has no such option, it is below the least, or the runtime takes fewer tasks; exit
            code 2.
    """
    from patterns import runtimes  # noqa: PLC0415 - keeps --help light

    missing = None if runtime == "simulator" else demo.missing()
    if missing:
        raise Failure(f"{pattern}: {missing}; or --runtime simulator", 1)
    given = {name: value for name, value in wanted.items() if value is not None}
    known = {option.name: option for option in demo.options}
    for name, value in given.items():
        if name not in known:
            allowed = ", ".join(f"--{option}" for option in known)
            raise Failure(f"--{name}: found an option that {pattern} does not take, allowed {allowed}", 2)
        if known[name].kind != "text" and value < known[name].least:
            raise Failure(f"--{name}: found {value:g}, allowed from {known[name].least:g}", 2)
    most = runtimes.load(runtime).max_tasks()
    for name in [option.name for option in demo.options if option.tasks]:
        if given.get(name, 0) > most:
            raise Failure(f"--{name}: found {given[name]:_}, allowed at most {most:_} on {runtime} here", 2)
    try:
        return demo.choose(**given)
    except ValueError as error:
        raise Failure(f"--{error}", 2) from None


def figures(demo: "Demo", options: "Options", outcome: Any, peak: int, *, sampled: bool = False) -> Figures:
    """Work out the figures of a run from its outcome and the most jobs that it did at once."""
    ideal_s = None if demo.ideal_ns is None else demo.ideal_ns(options) / 1e9
    serial_s = None if demo.serial_ns is None else demo.serial_ns(options) / 1e9
    speedup = serial_s / outcome.elapsed_s if serial_s and outcome.elapsed_s else None
    tasks = tasks_of(options)
    return Figures(
        start_s=outcome.start_s,
        elapsed_s=outcome.elapsed_s,
        ideal_s=ideal_s,
        serial_s=serial_s,
        speedup=speedup,
        efficiency=None if speedup is None or tasks is None else speedup / tasks,
        peak_concurrency=peak,
        leaked_tasks=len(outcome.leaked),
        abandoned_calls=outcome.abandoned_calls,
        sampled=sampled,
    )


def sharing(options: "Options") -> tuple[str, int] | None:
    """Say which tasks share the work, such as `workers`, and how many; None where no option does."""
    return next(((name, vars(options)[name]) for name in TASK_OPTIONS if name in vars(options)), None)


def tasks_of(options: "Options") -> int | None:
    """How many tasks share the work; None when that is no option of the demo."""
    found = sharing(options)
    return None if found is None else found[1]
