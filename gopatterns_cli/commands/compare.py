"""`gopat compare`: a session set beside the document, and beside a baseline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gopatterns_cli import completing, options
from gopatterns_cli.failure import Failure
from gopatterns_cli.render.forms import FORMS

if TYPE_CHECKING:
    from gopatterns_cli.session import Session

GROUPS = {
    "session": ("session", "results", "quick", "baseline", "across_machines"),
    "versions": ("ref", "python", "target", "runtime", "rounds", "seed", "output"),
    "decide": ("tolerance", "strict"),
    "show": ("form", "as_json", "verbose"),
}
"""The options of its help, by what they are for."""


def compare(  # noqa: PLR0913 - one parameter per option
    session: options.Chosen = options.CLAIMS,
    *,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            autocompletion=completing.session_files,
            help="An older session, speed-up against speed-up.",
        ),
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
    quick: Annotated[
        bool, typer.Option("--quick", help="Quick sessions only; of versions, 6 rounds.")
    ] = False,
    across_machines: Annotated[
        bool,
        typer.Option("--across-machines", help="A baseline from another machine decides, too."),
    ] = False,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORM",
            parser=options.one_of(*FORMS),
            autocompletion=completing.one_of(*FORMS),
            help=f"{', '.join(sorted(FORMS, key=len))}.",
            show_default=False,
        ),
    ] = "terminal",
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Of versions, list what has not become worse, too.")
    ] = False,
    results: options.Results = Path("results"),
    ref: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="A branch, tag, commit, folder or wheel.",
        ),
    ] = None,
    python: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="The Python of both; without --ref, of each."),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TARGET", autocompletion=completing.targets, help="What is measured, as by bench; all."
        ),
    ] = None,
    runtime: Annotated[
        Any,
        typer.Option(
            metavar="A,B",
            parser=options.runtime_list,
            autocompletion=completing.runtime_list,
            help="These, not each scenario's home runtime.",
        ),
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=options.count(1, 1_000),
            help="So many; 8, and to 24 what is undecided.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=options.seed,
            help="Draws the order of the arms.",
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="The session's file.")] = None,
) -> int:
    """Compare what was measured with what is claimed, or two versions with each other.

    gopat compare results/base.json --format markdown

    gopat compare --ref origin/main --target worker-pool
    """
    from gopatterns_cli.session import load  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.showing import chosen, shown  # noqa: PLC0415

    of_versions = {
        "--target": target,
        "--runtime": runtime,
        "--rounds": rounds,
        "--seed": seed,
        "--output": output,
    }
    if ref is None and not python:
        _refuse(of_versions, "without --ref or --python")
        found = chosen(session, results, quick=quick)
    else:
        given = {"SESSION": session != options.CLAIMS and session, "--baseline": baseline}
        _refuse({**given, "--across-machines": across_machines}, "beside --ref or --python")
        wanted = {
            "targets": tuple(target or ("all",)),
            "runtimes": runtime,
            "quick": quick,
            "rounds": rounds,
            "seed": seed,
            **({} if tolerance is None else {"tolerance": tolerance}),
        }
        found = _measured(ref, python or [], wanted, (results, output))
    return shown(
        found,
        None if baseline is None else load(baseline),
        form="json" if as_json else form,
        tolerance=tolerance,
        strict=strict,
        across_machines=across_machines,
        verbose=verbose,
    )


def _refuse(options_given: dict[str, Any], where: str) -> None:
    """Refuse options that mean nothing here."""
    given = [option for option, value in options_given.items() if value is not None and value is not False]
    if given:
        raise Failure(f"{given[0]}: found {where}, where it means nothing", 2)


def _measured(
    ref: str | None, pythons: list[str], wanted: dict[str, Any], places: tuple[Path, Path | None]
) -> "Session":
    """Build the versions, measure them, and return the session."""
    from gopatterns_cli import interrupts  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.carrying import carried_out, say  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.comparing import Wanted, begun, checked, launcher_of  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import benched  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.session import create  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.versions.making import built  # noqa: PLC0415 - keeps --help light

    asked = checked(Wanted(**wanted), places[1])
    with interrupts.heard(), built(ref, pythons, say) as versions:
        session = begun(versions, asked, *places)
        for line in benched.plan(session, width()):
            say(line)
        session = create(session, exactly=places[1] is not None)
        return carried_out(session, launcher_of(versions))
