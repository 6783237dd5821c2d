"""`gopat doctor`: is this machine fit to measure on?"""

from pathlib import Path
from typing import Annotated

import typer

DONE, NOT_FIT = 0, 4


def doctor(
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 if something is bad.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with numbers.")] = False,
    results: Annotated[
        Path, typer.Option(metavar="DIR", envvar="GOPAT_RESULTS", help="Where the sessions would lie.")
    ] = Path("results"),
) -> int:
    """Say whether this machine is fit to measure on.

    In about three seconds: cores, load, steal time, clock, sleeps, frequency, memory, limits, folders, and
    how much the same computation varies. A line says what was found and what that means for the figures,
    the worst first. It is advice: the exit code is 0, unless --strict.

    gopat doctor

    gopat doctor --strict && gopat bench all
    """
    from gopatterns_cli.doctor.examining import examine  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import doctor as render  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.drawing import colors  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light

    examined = examine(results)
    print(render.json(examined) if as_json else render.text(examined, width(), colors()), end="")
    return NOT_FIT if strict and not examined.fit else DONE
