"""`gopat compare`: a session set beside the document, and beside a baseline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gopatterns_cli import options

if TYPE_CHECKING:
    from gopatterns_cli.comparison import Comparison
    from gopatterns_cli.session import Session

FORMATS = ("terminal", "json", "markdown")


def compare(  # noqa: PLR0913 - one parameter per option
    session: Annotated[
        str,
        typer.Argument(
            metavar="SESSION",
            help="A session file, or the group or scenario to look for.",
            show_default="the document's claims",
        ),
    ] = "claims",
    *,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="An older session, compared speed-up against speed-up."),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(
            metavar="PERCENT",
            parser=options.percentage,
            show_default="5%",
            help="A slowdown beyond it is a regression.",
        ),
    ] = 0.05,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 if a verdict is inconclusive.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Look for quick sessions only.")] = False,
    across_machines: Annotated[
        bool,
        typer.Option("--across-machines", help="Let a baseline from another machine or Python decide, too."),
    ] = False,
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORM", parser=options.one_of(*FORMATS), help="terminal, json or markdown."
        ),
    ] = "terminal",
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    results: Annotated[
        Path, typer.Option(metavar="DIR", envvar="GOPAT_RESULTS", help="Where the sessions lie.")
    ] = Path("results"),
) -> int:
    """Set what was measured beside what the document claims.

    Without SESSION, the newest one of the document's claims. With --baseline it is a gate: the exit code
    is 3 for a proved regression, or a claim that held there and is now refuted; 5 when there is nothing to
    compare.
    """
    from gopatterns_cli import comparison  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.session import load  # noqa: PLC0415

    chosen = _chosen(session, results, quick=quick)
    found = comparison.compare(
        chosen,
        None if baseline is None else load(baseline),
        tolerance=tolerance,
        strict=strict,
        across_machines=across_machines,
        memory=comparison.memory_beside(chosen),
    )
    print(_rendered(found, "json" if as_json else form), end="")
    return found.outcome.code


def _chosen(target: str, folder: Path, *, quick: bool) -> "Session":
    from gopatterns_cli.session import load, newest  # noqa: PLC0415 - keeps --help light

    path = Path(target)
    if path.suffix == ".json" or path.is_file() or path.name != target:
        return load(path)
    return load(newest(folder, target, lambda session: session.quick or not quick))


def _rendered(found: "Comparison", form: str) -> str:
    from gopatterns_cli.render import json, markdown, terminal  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415

    if form == "json":
        return json.render(found)
    if form == "markdown":
        return markdown.render(found)
    return terminal.render(found, width(), terminal.colors())
