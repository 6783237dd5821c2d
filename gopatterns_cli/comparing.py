"""Versions of a project measured beside one another: built, planned, carried out in the same rounds.

Building a version runs that project's build, as `pip install` of it does, and measuring it runs its code.
"""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import scenarios
from gopatterns_cli.app import version
from gopatterns_cli.beginning import ready
from gopatterns_cli.measuring import processes
from gopatterns_cli.measuring.calibrating import operations_per_s
from gopatterns_cli.measuring.counting import counted_in
from gopatterns_cli.measuring.disk import exists
from gopatterns_cli.measuring.drafting import computes, draft_versions
from gopatterns_cli.measuring.estimating import VALUE_S
from gopatterns_cli.measuring.machine import facts
from gopatterns_cli.measuring.processes import Launcher, Order
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.options import ALL, LARGEST_SEED
from gopatterns_cli.session import INTERRUPTED, RUNNING, Session, load, taken, write
from gopatterns_cli.sweeping import measured_here
from gopatterns_cli.verdicts import TOLERANCE
from gopatterns_cli.versions.making import Say, rebuilt
from gopatterns_cli.versions.version import Version

GROUP = "versions"
"""What such a session goes by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the versions is to be measured.

    Args:
        targets: as `bench` takes them.
        runtimes: these, or None for each scenario's home runtime.
        quick: six rounds; the verdicts have little to go by.
        rounds: so many, and one look; None for three looks.
        seed: draws the orders; None for a new one.
        tolerance: a slowdown beyond it is a regression, 0.05 is 5 %.
        value_s: the least that a value takes.
    """

    targets: tuple[str, ...] = ("all",)
    runtimes: Sequence[str] | None = None
    quick: bool = False
    rounds: int | None = None
    seed: int | None = None
    tolerance: float = TOLERANCE
    value_s: float = VALUE_S


def checked(wanted: Wanted, output: Path | None) -> Wanted:
    """Return what is wanted with its runtimes named; see, before anything is built, that it can be had.

    Raises:
        Failure: exit code 2: a target means nothing, or the session's file is there.
    """
    if output is not None and exists(output):
        raise taken(output)
    scenarios.find(*wanted.targets)
    return replace(wanted, runtimes=measured_here()) if wanted.runtimes == (ALL,) else wanted


def begun(versions: Sequence[Version], wanted: Wanted, results: Path, output: Path | None) -> Session:
    """Draft a session of versions that are built; nothing is on disk yet.

    Raises:
        Failure: exit code 2: a target means nothing, or there is nothing that could be measured.
    """
    chosen = ready(
        scenarios.find(*wanted.targets).scenarios,
        lambda job: min(counted_in(built.environment, job) for built in versions),
    )
    seed = wanted.seed if wanted.seed is not None else random.SystemRandom().randrange(LARGEST_SEED)
    plan = draft_versions(
        chosen,
        versions,
        quick=wanted.quick,
        rounds=wanted.rounds,
        seed=seed,
        runtimes=wanted.runtimes,
        tolerance=wanted.tolerance,
        operations_per_s=operations_per_s() if any(map(computes, chosen)) else 0.0,
        value_s=wanted.value_s,
    )
    now = datetime.now(UTC)
    return Session(
        path=output or results / f"{now:%Y%m%dT%H%M%SZ}-{GROUP}.json",
        started=now.isoformat(timespec="microseconds"),
        group=GROUP,
        quick=wanted.quick,
        status=RUNNING,
        plan=plan,
        machine=facts(),
        version=version(),
        command=" ".join(["gopat", *sys.argv[1:]]),
    )


def launcher_of(versions: Sequence[Version], run: Callable[[Order], Run] | None = None) -> Launcher:
    """Return what runs each worker, by `run` if given, in the environment of its cell's version."""
    environments = {built.label: built.environment for built in versions}

    def launched(order: Order) -> Run:
        return (run or processes.launch)(replace(order, environment=environments[order.cell.version]))

    return launched


@contextmanager
def again(session: Session, say: Say) -> Iterator[Launcher]:
    """Build the versions of a session that is gone on with; without versions there is nothing to build.

    Raises:
        Failure: exit code 2: they are not what they were.
    """
    if not session.plan.versions:
        yield processes.launch
        return
    write(replace(session, status=RUNNING))  # for whoever else would go on with it meanwhile
    try:
        with rebuilt(session.plan.versions, say) as versions:
            yield launcher_of(versions)
    except BaseException:
        if load(session.path).status == RUNNING:
            write(replace(load(session.path), status=INTERRUPTED))
        raise
