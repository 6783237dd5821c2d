"""`gopat tune`: your own function over your own inputs: best pattern, runtime and workers, and the code."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gopatterns_cli import options
from gopatterns_cli.failure import Failure

if TYPE_CHECKING:
    from gopatterns_cli.render.tuning import Progress
    from gopatterns_cli.tuning.course import Course
    from gopatterns_cli.tuning.result import Tuned
    from gopatterns_cli.tuning.target import Target

LEAST_S = 5.0
MOST_WORKERS = 100_000

GROUPS = {
    "what": ("target", "inputs", "yes"),
    "within": ("budget", "max_workers", "max_memory", "rate", "ordered", "seed"),
    "show": ("scenario", "as_json"),
}
"""The options of its help, by what they are for."""


def tune(  # noqa: PLR0913 - one parameter per option
    target: Annotated[
        str,
        typer.Argument(metavar="TARGET", help="MODULE:FUNCTION or FILE.py:FUNCTION."),
    ],
    *,
    inputs: Annotated[
        str,
        typer.Option(metavar="INPUTS", help="FILE of lines, 'GLOB' or MODULE:ITERABLE."),
    ],
    budget: Annotated[
        float,
        typer.Option(
            metavar="TIME", parser=options.duration, help="What it all may take: 5m.", show_default="60s"
        ),
    ] = 60.0,
    max_workers: Annotated[
        int | None,
        typer.Option(metavar="N", parser=options.count(2, MOST_WORKERS), help="Try no more workers; 1,000."),
    ] = None,
    max_memory: Annotated[
        float | None,
        typer.Option(metavar="SIZE", parser=options.memory, help="All processes together: 500MB."),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="N", parser=options.rate, help="No more calls per second: an API's limit."),
    ] = None,
    ordered: Annotated[bool, typer.Option("--ordered", help="Results in the order of the inputs.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="It may be called again and again.")] = False,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one that bench and compare watch.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", parser=options.seed, help="Draws the orders."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find pattern, runtime and workers for a function of yours.

    It looks at one job, searches threads, tasks and processes, measures the best beside the plain loop in
    paired rounds, and prints the code to paste, or "no pattern pays here". Your function is imported and
    called again and again, many calls at once: it asks first.

    gopat tune work.py:fetch --inputs urls.txt --rate 50

    gopat tune work:shrink --inputs 'images/*.jpg' --max-memory 500MB
    """
    import random  # noqa: PLC0415 - keeps --help light
    import tempfile  # noqa: PLC0415 - keeps --help light

    from gopatterns_cli import interrupts  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.measuring.asking import asked  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.measuring.processes import launch  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import tuned as render  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.tuning import Progress  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.tuning import scenario as scenarios  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.tuning.course import Course  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.tuning.grid import Bounds  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.tuning.target import resolved  # noqa: PLC0415 - keeps --help light

    if budget < LEAST_S:
        raise Failure(f"--budget: found {budget:g}s, allowed from {LEAST_S:g}s", 2)
    if rate == 0:
        raise Failure("--rate: found 0, allowed a number above 0, such as 5 or 0.5", 2)
    found = resolved(target, inputs)
    if scenario is not None:
        scenarios.check_free(scenario)
    bounds = Bounds(max_workers, rate, ordered, max_memory)
    drawn = seed if seed is not None else random.SystemRandom().randrange(options.LARGEST_SEED)
    if not yes:
        _ask(found, bounds.rate, budget)
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="gopat-tune-") as folder, interrupts.heard():
        course = Course(
            found,
            bounds,
            budget,
            Path(folder),
            drawn,
            launch,
            asked,
            progress,
            watched=scenario is not None,
        )
        tuned = _carried_out(course, progress)
    unwritten = None
    if scenario is not None:
        tuned, unwritten = _watched(tuned, scenario, found)
    for line in [render.json(tuned)] if as_json else render.lines(tuned, width()):
        print(line)
    if unwritten is not None:
        raise unwritten


def _ask(target: "Target", rate: float | None, budget_s: float) -> None:
    """Say what is going to happen and ask for it, once; whoever cannot be asked says --yes beforehand."""
    import shutil  # noqa: PLC0415 - only when asking
    from textwrap import wrap  # noqa: PLC0415 - only when asking

    from scenarios.notation import write_rate  # noqa: PLC0415 - only when asking

    pace = "as fast as it can" if rate is None else f"at most {write_rate(rate)} times a second"
    text = (
        f"gopat tune imports {target.function} and calls it again and again on the inputs of "
        f"{target.inputs}, many calls at once, {pace}, for up to {budget_s:g} s. "
        "Whatever it writes, sends or pays for is done as often."
    )
    columns = shutil.get_terminal_size().columns
    print("\n".join(wrap(text, columns, break_on_hyphens=False)), file=sys.stderr)
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        raise Failure("--yes: found nothing, and no terminal to ask on; allowed --yes, which agrees", 2)
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Failure(f"{target.function}: not called: nobody agreed")


def _watched(tuned: "Tuned", path: Path, target: "Target") -> "tuple[Tuned, Failure | None]":
    """Write the scenario and say so in the result, or why there is none; an error is for after the result."""
    from dataclasses import replace  # noqa: PLC0415 - keeps --help light

    from gopatterns_cli.tuning import scenario  # noqa: PLC0415 - keeps --help light

    unwritten = None
    try:
        why = scenario.write(path, tuned, target)
    except Failure as error:
        why, unwritten = "it cannot be written", error
    if why:
        return replace(tuned, left_out=(*tuned.left_out, f"{path}: {why}")), unwritten
    return replace(tuned, scenario=str(path)), None


def _carried_out(course: "Course", progress: "Progress") -> "Tuned":
    from gopatterns_cli.render.tuned import found_so_far  # noqa: PLC0415 - keeps --help light

    try:
        return course.carry_out()
    except KeyboardInterrupt:
        progress.end()
        values = course.runner.values if course.runner is not None else []
        print(found_so_far(values, course.look, course.bounds.rate), file=sys.stderr, flush=True)
        raise
    finally:
        progress.end()
