"""`gopat explore`: a program under many schedules, and the one under which it fails."""

import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Annotated, Any

import typer

from gopatterns_cli import completing
from gopatterns_cli.options import count

GROUPS = {
    "what": ("target", "replay"),
    "search": ("schedules", "strategy", "seed", "depth", "preemptions", "most_turns"),
    "show": ("as_json",),
}
"""The options of its help, by what they are for."""


def explore(  # noqa: PLR0913, PLR0917 - one parameter per option; Typer passes them by name
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            autocompletion=completing.patterns,
            help="A pattern, MODULE:FUNCTION or FILE.py:FUNCTION.",
        ),
    ],
    schedules: Annotated[
        int, typer.Option(metavar="N", parser=count(1), help="How many, at the most.")
    ] = 1_000,
    strategy: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            autocompletion=completing.one_of("random", "pct", "exhaustive"),
            help="random, pct or exhaustive.",
        ),
    ] = "random",
    seed: Annotated[int, typer.Option(metavar="N", parser=count(0), help="Of random and pct.")] = 0,
    depth: Annotated[
        int, typer.Option(metavar="N", parser=count(1, 100), help="Events in a certain order, for pct.")
    ] = 3,
    preemptions: Annotated[
        int, typer.Option(metavar="N", parser=count(0, 100), help="Of a schedule, for exhaustive.")
    ] = 2,
    most_turns: Annotated[
        int, typer.Option(metavar="N", parser=count(1), help="A schedule with more does not end.")
    ] = 10_000,
    replay: Annotated[
        str | None, typer.Option(metavar="SCHEDULE", help="Run this one only, as a failure prints it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    **wanted: Any,
) -> int:
    """Run a program under many schedules and print one that fails.

    An error, a deadlock, a task left behind and a run without an end are failures: the exit code is 1. The
    schedule is made simple, drawn, and replays from the printed line. A TARGET of yours is imported and run.

    gopat explore worker-pool --workers 3 --jobs 5

    gopat explore tests/test_pool.py:stops --strategy exhaustive
    """
    from gopatterns_cli.exploration import Request, explored  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.interrupts import dumping  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import explored as render  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light

    given = {name: None if value is False else value for name, value in wanted.items()}
    request = Request(target, strategy, seed, depth, preemptions, schedules, most_turns, replay)
    with dumping(), redirect_stdout(sys.stderr if as_json else sys.stdout):
        found = explored(request, given)
    for line in [render.json(found)] if as_json else render.lines(found, width()):
        print(line)
    if found.search.interrupted:
        raise KeyboardInterrupt
    return int(found.search.finding is not None)


def with_demo_options(arguments: Sequence[str] | None) -> Callable[..., int]:
    """Return `explore` with the options of the demo that arguments name, or of all demos."""
    from gopatterns_cli import demo_options  # noqa: PLC0415 - keeps `gopat --help` light

    return demo_options.added(explore, arguments)
