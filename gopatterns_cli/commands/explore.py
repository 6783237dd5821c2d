"""`gopat explore`: a program under many schedules, and the one under which it fails."""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Annotated, Any

import typer

from gopatterns_cli.options import count


def explore(  # noqa: PLR0913, PLR0917 - one parameter per option; Typer passes them by name
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET", help="A pattern, or an async def of yours: MODULE:FUNCTION or FILE.py:FUNCTION."
        ),
    ],
    schedules: Annotated[
        int, typer.Option(metavar="N", parser=count(1), help="How many, at the most.")
    ] = 1_000,
    strategy: Annotated[str, typer.Option(metavar="NAME", help="random, pct or exhaustive.")] = "random",
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

    The simulator lets another task go on before any operation; time is virtual. An error, a deadlock, a task
    left behind and a run without an end are failures: the exit code is 1 then. The schedule is made as
    simple as can be, drawn with a lane per task, and replays from the printed line. A TARGET of yours is
    imported and run. A pattern takes some of the options below.

    gopat explore worker-pool --schedules 10_000

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


def with_every_option() -> Callable[..., int]:
    """Return `explore` with the options of all demos in its signature, which Typer reads."""
    from gopatterns_cli.demo_options import with_demo_options  # noqa: PLC0415 - keeps `gopat --help` light

    return with_demo_options(explore)
