"""A new session, before anything is measured: what is wanted, what is here, the plan."""

import random
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scenarios
from gopatterns_cli import arms
from gopatterns_cli.app import version
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import golang
from gopatterns_cli.measuring.calibrating import operations_per_s
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.disk import exists
from gopatterns_cli.measuring.drafting import computes, draft
from gopatterns_cli.measuring.kinds import missing, python
from gopatterns_cli.measuring.machine import facts
from gopatterns_cli.options import ALL, LARGEST_SEED
from gopatterns_cli.session import RUNNING, Session, taken
from gopatterns_cli.sweeping import check_workers, everywhere, measured_here, swept
from scenarios.model import Job, Scenario
from scenarios.targets import CLAIMS

PRACTICES_S = 60.0


def begun(targets: list[str], results: Path, output: Path | None, wanted: dict[str, Any]) -> Session:
    """Draft a new session for the targets; nothing is on disk yet."""
    if output is not None and exists(output):
        raise taken(output)
    if not targets:
        raise Failure(
            "TARGET: found nothing, allowed all, a group, a scenario, a pattern, a claim or a file", 2
        )
    selection = scenarios.find(*targets)
    seed = wanted["seed"] if wanted["seed"] is not None else random.SystemRandom().randrange(LARGEST_SEED)
    sweep, chosen = wanted["sweep"], ready(selection.scenarios)
    if wanted["runtimes"] == (ALL,):
        chosen, wanted["runtimes"] = [everywhere(scenario) for scenario in chosen], measured_here()
    chosen = [swept(scenario, sweep) for scenario in chosen]
    if sweep.workers is not None:
        for scenario in chosen:
            check_workers(scenario, wanted["runtimes"])
    plan = draft(
        chosen,
        quick=wanted["quick"],
        rounds=wanted["rounds"],
        seed=seed,
        runtimes=wanted["runtimes"],
        no_go=_no_go(wanted=wanted["go"]),
        budget_s=wanted["budget"],
        operations_per_s=operations_per_s() if any(map(computes, chosen)) else 0.0,
    )
    _check_arms(plan.cells)
    now = datetime.now(UTC)
    quick = "-quick" if wanted["quick"] else ""
    return Session(
        path=output or results / f"{now:%Y%m%dT%H%M%SZ}-{selection.name}{quick}.json",
        started=now.isoformat(timespec="microseconds"),
        group=selection.name,
        quick=wanted["quick"],
        status=RUNNING,
        plan=plan,
        machine=facts(),
        version=version(),
        command=" ".join(["gopat", *sys.argv[1:]]),
    )


def counted_here(job: Job) -> int:
    """Count the inputs of a job of the user's own, whose module is imported for it."""
    with redirect_stdout(sys.stderr):  # whatever it prints
        return python.counted(job.function or "", job.inputs or "", job.count)


def ready(wanted: Sequence[Scenario], counted: Callable[[Job], int] = counted_here) -> list[Scenario]:
    """Look, before anything is measured, at what jobs need; have the inputs of the user's own `counted`.

    Of several scenarios those that lack something are left out by the plan, which says so.
    """
    lacking = [f"{scenario.stem}: {lack}" for scenario in wanted if (lack := missing(scenario.job.kind))]
    if len(lacking) == len(wanted):
        raise Failure(lacking[0], 2)
    ready = []
    for scenario in wanted:
        job = scenario.job
        if job.kind == "python":
            job = replace(job, count=counted(job))
        ready.append(replace(scenario, job=job))
    return ready


def _no_go(*, wanted: bool) -> str:
    """Say why there are no arms of Go; empty where there are. Building them comes here, before the plan."""
    if not wanted:
        return "it was left out with --no-go"
    try:
        golang.toolchain()
        golang.worker()
    except golang.NoGoError as error:
        return str(error)
    except golang.BuildError as error:
        for line in error.lines:
            print(line, file=sys.stderr)
        return error.message
    return ""


def with_practices(session: Session) -> Session:
    """Count what the practices leave behind in Go, where the document's claims are measured beside Go."""
    if session.plan.no_go or session.group != CLAIMS:
        return session
    try:
        counts: Any = golang.asked(("--practices",), PRACTICES_S)
    except Failure as error:  # the rest can be measured all the same
        print(error.message, file=sys.stderr)
        return session
    return replace(session, plan=replace(session.plan, go_practices=counts))


def with_predictions(session: Session, say: Callable[[str], object], *, measures: bool) -> Session:
    """
    Predict what our arms will take, before anything is measured; costs that are not known yet are measured
    for it only where there is time, of which `say` is told.
    """
    from gopatterns_cli.predicting.prediction import predictions  # noqa: PLC0415 - nobody else needs it

    found = predictions(session.plan.cells, quick=session.quick, measures=measures, say=say)
    plan = replace(session.plan, predicted=found.seconds, not_predicted=found.none)
    return replace(session, plan=plan)


def _check_arms(cells: Sequence[Cell]) -> None:
    """Refuse, before anything is measured, a pattern or a runtime that has no arms to measure."""
    if all(cell.runtime is None for cell in cells):
        raise Failure("--runtime: found none of the scenario's runtimes: gopat list shows them", 2)
    for cell in cells:
        if cell.runtime == "simulator":
            raise Failure(
                f"{cell.scenario}: found the runtime simulator, which has no real time to measure", 2
            )
        if not cell.is_footprint and not arms.is_measured(cell.pattern):
            raise Failure(f"{cell.scenario}: found {cell.pattern}, allowed a pattern that has arms", 2)
