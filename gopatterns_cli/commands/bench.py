"""`gopat bench`: scenarios measured, round after round, in one session file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gopatterns_cli import completing, options
from gopatterns_cli.failure import Failure

if TYPE_CHECKING:
    from gopatterns_cli.session import Session

GROUPS = {
    "what": ("targets", "quick", "runtime", "go"),
    "sweep": ("workers", "latency", "stages", "buffer"),
    "rounds": ("rounds", "budget", "seed", "resume"),
    "file": ("results", "output"),
    "show": ("only_list", "as_json"),
}
"""The options of its help, by what they are for."""


def bench(  # noqa: PLR0913 - one parameter per option
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            autocompletion=completing.targets,
            help="all, group, scenario, pattern, claim, TOML file.",
        ),
    ] = None,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="The claims on their home runtime, 6 rounds, 90 s.")
    ] = False,
    rounds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=options.count(1, 1_000),
            help="12; of sweeps 10; quick, or of no claim, 6.",
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(metavar="TIME", parser=options.duration, help="Fewer rounds, then arms, to fit: 5m."),
    ] = None,
    runtime: Annotated[
        Any,
        typer.Option(
            metavar="A,B",
            parser=options.runtime_list,
            autocompletion=completing.runtime_list,
            help="Only these of each scenario's, or all.",
        ),
    ] = None,
    workers: Annotated[
        Any, typer.Option(metavar="N..M", parser=options.counts(1, 1_000_000), help="Sweep over workers.")
    ] = None,
    latency: Annotated[
        Any, typer.Option(metavar="T..U", parser=options.durations, help="Sweep over what a job takes.")
    ] = None,
    stages: Annotated[
        Any, typer.Option(metavar="N..M", parser=options.counts(1, 1_000), help="Sweep over stages.")
    ] = None,
    buffer: Annotated[
        Any, typer.Option(metavar="N..M", parser=options.counts(0), help="Sweep over buffers.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", parser=options.seed, help="Draws the order of the arms."),
    ] = None,
    go: Annotated[bool, typer.Option("--go/--no-go", help="Measure real Go beside Python.")] = True,
    results: Annotated[
        Path, typer.Option(metavar="DIR", envvar="GOPAT_RESULTS", help="Where the session goes.")
    ] = Path("results"),
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="The session's file.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted session.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Print the plan and measure nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int | None:
    """Measure scenarios in fresh processes, in rounds.

    Each round is kept at once: an interruption loses one, and --resume goes on.

    gopat bench all --quick

    gopat bench worker-pool --workers 1..10000
    """
    from gopatterns_cli import interrupts  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.beginning import (  # noqa: PLC0415 - keeps --help light
        begun,
        with_practices,
        with_predictions,
    )
    from gopatterns_cli.bracketing import bracketed  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.carrying import carried_out, say  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.comparing import again  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.measured import measured  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.measuring.processes import launch  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.measuring.resuming import interrupted  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render import benched  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.session import create  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.showing import shown  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.sweeping import Sweep  # noqa: PLC0415 - keeps --help light

    sweep = Sweep(workers, latency, stages, buffer)
    if resume:
        _check_resume(
            {
                "--quick": quick,
                "--rounds": rounds,
                "--seed": seed,
                "--runtime": runtime,
                "--budget": budget,
                **sweep.options,
            }
        )
        session = interrupted(results, targets or [], output)
    else:
        wanted = {
            "quick": quick,
            "rounds": rounds,
            "seed": seed,
            "runtimes": runtime,
            "go": go,
            "budget": budget,
            "sweep": sweep,
        }
        session = begun(targets or [], results, output, wanted)
    if only_list:
        _print_plan(session, as_json=as_json)
        return None
    with interrupts.heard():
        for line in benched.plan(session, width()):
            print(line, file=sys.stderr, flush=True)
        if not resume:
            whole = budget is None and not quick
            session = bracketed(session, launch, say) if whole else session
            session = with_predictions(session, say, measures=whole)
            session = create(with_practices(session), exactly=output is not None)
        with again(session, say) as launcher:
            session = carried_out(session, launcher)
    if as_json:
        _print_json(session)
        return None
    if session.plan.versions:  # the gate between them was only interrupted
        return shown(session)
    if _has_tables(session):
        shown(session)
        return None
    rows = [measured(session, cell) for cell in session.plan.cells]
    for line in benched.table(session, rows, width()):
        print(line)
    return None


def _check_resume(chosen: dict[str, Any]) -> None:
    """Refuse what a session has decided when it was begun."""
    given = [option for option, value in chosen.items() if value is not None and value is not False]
    if given:
        raise Failure(f"--resume: found with {', '.join(given)}, allowed alone: a session keeps its plan", 2)


def _print_plan(session: "Session", *, as_json: bool) -> None:
    import json  # noqa: PLC0415 - only when asked for

    from gopatterns_cli.render import benched  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.render.listing import width  # noqa: PLC0415 - keeps --help light

    if as_json:
        print(json.dumps(session.plan.to_json(), indent=2))
        return
    for line in benched.plan(session, width()):
        print(line)


def _has_tables(session: "Session") -> bool:
    """Whether a list of cells says too little: of operations, of sweeps and where patterns are compared."""
    from gopatterns_cli.claims import scenarios_of  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.matrices import matrix  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.measured import measured  # noqa: PLC0415 - keeps --help light

    cells = session.plan.cells
    if not session.runs or all(cell.operation for cell in cells):
        return bool(session.runs)
    return any(
        matrix(scenario, [measured(session, cell) for cell in cells if cell.scenario == scenario.stem])
        for scenario in scenarios_of(session)
    )


def _print_json(session: "Session") -> None:
    import json  # noqa: PLC0415 - only when asked for

    cells = {
        cell.name: {"seconds": session.seconds(cell.name), "job_seconds": session.job_seconds(cell.name)}
        for cell in session.plan.cells
    }
    head = {"session": str(session.path), "status": session.status, "rounds": session.rounds_done}
    print(json.dumps({**head, "cells": cells, "lost": [vars_of(loss) for loss in session.lost]}, indent=2))


def vars_of(loss: Any) -> dict[str, Any]:
    """A loss as a plain dict."""
    return {"round": loss.round, "cell": loss.cell, "why": loss.why}
