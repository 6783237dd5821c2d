"""`gopat compare`: a session set beside the document, and beside a baseline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gopatterns_cli import options
from gopatterns_cli.render.forms import FORMS

if TYPE_CHECKING:
    from gopatterns_cli.session import Session


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
        float | None,
        typer.Option(
            metavar="PERCENT",
            parser=options.percentage,
            show_default="5%",
            help="A slowdown beyond it is a regression.",
        ),
    ] = None,
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
            "--format",
            metavar="FORM",
            parser=options.one_of(*FORMS),
            help=f"One of {', '.join(FORMS)}; each for a session and for versions.",
        ),
    ] = "terminal",
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Of versions, list what has not become worse, too.")
    ] = False,
    results: Annotated[
        Path, typer.Option(metavar="DIR", envvar="GOPAT_RESULTS", help="Where the sessions lie.")
    ] = Path("results"),
) -> int:
    """Set what was measured beside what the document claims.

    Without SESSION, the newest one of the document's claims. With --baseline it is a gate: the exit code
    is 3 for a proved regression, or a claim that held there and is now refuted; 5 when there is nothing to
    compare.
    """
    from gopatterns_cli.session import load  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.showing import shown  # noqa: PLC0415

    return shown(
        _chosen(session, results, quick=quick),
        None if baseline is None else load(baseline),
        form="json" if as_json else form,
        tolerance=tolerance,
        strict=strict,
        across_machines=across_machines,
        verbose=verbose,
    )


def _chosen(target: str, folder: Path, *, quick: bool) -> "Session":
    from gopatterns_cli.session import load, newest  # noqa: PLC0415 - keeps --help light

    path = Path(target)
    if path.suffix == ".json" or path.is_file() or path.name != target:
        return load(path)
    return load(newest(folder, target, lambda session: session.quick or not quick))
