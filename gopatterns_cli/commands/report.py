"""`gopat report`: a session as one HTML page."""

from pathlib import Path
from typing import Annotated

import typer

from gopatterns_cli import options

GROUPS = {
    "what": ("session", "results", "quick"),
    "file": ("output",),
}
"""The options of its help, by what they are for."""


def report(
    session: options.Chosen = options.CLAIMS,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The page; - is standard output.",
            show_default="beside the session",
        ),
    ] = None,
    results: options.Results = Path("results"),
    quick: Annotated[bool, typer.Option("--quick", help="Quick sessions only.")] = False,
) -> None:
    """Write a session as one HTML page.

    Drawings, tables, conditions and the raw values are in the file: it needs no network, and reads without
    scripts, on paper and in the dark.

    gopat report

    gopat report results/base.json --output page.html
    """
    from gopatterns_cli import figures  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.failure import Failure  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.measuring import disk  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.report.page import render  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.showing import chosen, compared  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.words import asked, spoken  # noqa: PLC0415 - keeps --help light

    with spoken(asked()):
        found = compared(
            chosen(session, results, quick=quick), None, tolerance=None, strict=False, across_machines=False
        )
        page = render(found)
    if output is not None and str(output) == "-":
        print(page, end="")
        return
    place = output or found.session.path.with_suffix(".html")
    if place.resolve() == found.session.path.resolve():
        raise Failure(f"--output: found {place}, the session itself; allowed another file", 2)
    if disk.exists(place) and not place.is_file():
        raise Failure(f"--output: found {place}, allowed a file or -", 2)
    disk.replace(place, page)
    print(f"{place}: {figures.taken(len(page.encode()))}")
