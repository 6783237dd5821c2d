"""`gopat doctor`: is this machine fit to measure on, and how often is its gate wrong?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from gopatterns_cli import options
from gopatterns_cli.failure import Failure

DONE, NOT_FIT = 0, 4

TRIALS = 60
"""Of each slowdown, as METHOD has them."""

GROUPS = {
    "gate": ("aa", "power", "trials", "log"),
    "show": ("results", "strict", "as_json"),
}
"""The options of its help, by what they are for."""


def doctor(
    *,
    aa: Annotated[
        int | None,
        typer.Option("--aa", metavar="N", parser=options.count(), help="Try the gate on so many null jobs."),
    ] = None,
    power: Annotated[
        Any,
        typer.Option(metavar="P,...", parser=options.percentages, help="And on versions so many % slower."),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            metavar="N", parser=options.count(), help="So many for each of those.", show_default=str(TRIALS)
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where all of it is kept.", show_default="DIR/doctor.jsonl"),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 if something is bad.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with numbers.")] = False,
    results: Annotated[
        Path, typer.Option(metavar="DIR", envvar="GOPAT_RESULTS", help="Looked at, too.")
    ] = Path("results"),
) -> int:
    """Say whether this machine is fit to measure on.

    In about three seconds, worst first; advice, unless --strict. With --aa or --power it measures for an hour
    or more how often the gate between two versions is wrong. Ctrl-C keeps what is done, and the same command
    goes on.

    gopat doctor --strict && gopat bench all

    gopat doctor --aa 100 --power 20,10
    """
    if aa is not None or power is not None:
        return _tried(aa, power, trials, log or results / "doctor.jsonl", strict=strict, as_json=as_json)
    for name, given in (("--trials", trials), ("--log", log)):
        if given is not None:
            raise Failure(f"{name}: found it alone, allowed beside --aa or --power", 2)
    from gopatterns_cli.doctor.examining import examine  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import doctor as render  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.drawing import colors  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light

    examined = examine(results)
    print(render.json(examined) if as_json else render.text(examined, width(), colors()), end="")
    return NOT_FIT if strict and not examined.fit else DONE


def _tried(
    aa: int | None,
    power: tuple[float, ...] | None,
    trials: int | None,
    path: Path,
    *,
    strict: bool,
    as_json: bool,
) -> int:
    from gopatterns_cli.carrying import say  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import trials as render  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.trials.log import load  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.trials.report import report  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.trials.running import carried_out  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.trials.wanted import Trials  # noqa: PLC0415 - keeps --help light

    found = report(carried_out(Trials(aa or 0, power or (), trials or TRIALS), load(path), say))
    print(render.json(found) if as_json else render.text(found), end="")
    return NOT_FIT if strict and found.missed else DONE
