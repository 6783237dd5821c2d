"""`gopat results`: the sessions that are kept."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gopatterns_cli import completing, options
from gopatterns_cli.failure import Failure

CSV, MARKDOWN = "csv", "markdown"

GROUPS = {
    "what": ("sessions", "folder"),
    "do": ("export", "remove", "yes"),
    "show": ("as_json",),
}
"""The options of its help, by what they are for."""


def results(
    sessions: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SESSION]...",
            autocompletion=completing.session_files,
            help="Session files to export or remove.",
        ),
    ] = None,
    *,
    export: Annotated[
        str | None,
        typer.Option(
            metavar="FORM",
            parser=options.one_of(CSV, MARKDOWN),
            autocompletion=completing.one_of(CSV, MARKDOWN),
            help="csv, every arm in every round; markdown, tables.",
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take sessions away; it asks first.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
    folder: Annotated[
        Path, typer.Option("--results", metavar="DIR", envvar="GOPAT_RESULTS", help="Where they lie.")
    ] = Path("results"),
) -> None:
    """List the sessions that are kept; export one, or take some away.

    Newest first: when it was started, of what and on what, how far it came, and what was found.

    gopat results

    gopat results --export csv results/mine.json
    """
    from gopatterns_cli import keeping  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import kept as render  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light

    paths = sessions or []
    if remove and export is not None:
        raise Failure("--remove: found with --export, allowed alone", 2)
    if (remove or export is not None) and not paths:
        raise Failure("SESSION: found nothing, allowed one of those that gopat results lists", 2)
    if remove:
        if not yes:
            _ask(paths)
        keeping.remove(paths)
    elif export is not None:
        for path in paths:
            print(_exported(path, export), end="")
    elif paths:
        raise Failure("SESSION: found without --export or --remove; gopat compare SESSION shows it", 2)
    else:
        found = keeping.kept(folder)
        print(render.json(found) if as_json else render.text(found, width()), end="")


def _exported(path: Path, form: str) -> str:
    from gopatterns_cli.render import csv  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.forms import FORMS  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.screen import Screen  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.session import load  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.showing import compared  # noqa: PLC0415 - keeps --help light

    session = load(path)
    if form == CSV:
        return csv.render(session)
    found = compared(session, None, tolerance=None, strict=False, across_machines=False)
    return FORMS[MARKDOWN](found, Screen(0))


def _ask(paths: list[Path]) -> None:
    """Ask once for all; whoever cannot be asked says --yes beforehand."""
    names = ", ".join(map(str, paths))
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        raise Failure("--yes: found nothing, and no terminal to ask on; allowed --yes, which agrees", 2)
    print(f"Remove {names}? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Failure("nothing was removed: nobody agreed")
