"""One trial, live: a session of one comparison and its canary, by the code of `compare --ref`."""

import random
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from gopatterns_cli.comparing import Wanted, begun, launcher_of
from gopatterns_cli.measuring.machine import cores
from gopatterns_cli.measuring.processes import Order, launch
from gopatterns_cli.measuring.rounds import carry_out
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.options import LARGEST_SEED
from gopatterns_cli.session import Session
from gopatterns_cli.settling import settled
from gopatterns_cli.trials.busy import busy
from gopatterns_cli.trials.trial import Found, Trial
from gopatterns_cli.trials.twins import Twins
from gopatterns_cli.trials.wanted import Kind
from gopatterns_cli.versions.making import NEW
from gopatterns_cli.versus import versus

MEASURED = Wanted(targets=(str(Path(__file__).with_name("identical.toml")),), value_s=0.025)
"""One arm of ours, so one comparison."""

Launch = Callable[[Order], Run]
Load = Callable[[int], AbstractContextManager[None]]


class Counting:
    """A launcher that counts its workers and the seconds that they timed."""

    def __init__(self, run: Launch, slowed: float) -> None:
        self._run, self._slowed = run, slowed
        self.workers, self.timed_s = 0, 0.0

    def __call__(self, order: Order) -> Run:
        """Run a worker; one of the new version is slowed."""
        self.workers += 1
        if order.cell.version == NEW:
            order = replace(order, slowed=self._slowed)
        run = self._run(order)
        self.timed_s += order.loops * sum(run.values) + sum(loops * seconds for loops, seconds in run.warmups)
        return run


def tried(kind: Kind, twins: Twins, run: Launch = launch, load: Load = busy) -> Trial:
    """Carry out one trial.

    Args:
        kind: what it is of.
        twins: what is compared.
        run: runs a worker.
        load: keeps so many cores busy inside its block.

    Raises:
        Failure: nothing could be measured.
        KeyboardInterrupt: there is no trial.

    Cost: 8 to 24 rounds of three workers.
    """
    counting = Counting(run, kind.slowed)
    seed = random.SystemRandom().randrange(LARGEST_SEED)
    with tempfile.TemporaryDirectory(dir=twins.folder, prefix="trial-") as folder:
        session = begun(twins.versions, replace(MEASURED, seed=seed), Path(folder), None)
        with load(cores()) if kind.loaded else nullcontext():
            start = time.perf_counter()
            launcher = launcher_of(twins.versions, counting)
            session = carry_out(session, launcher, lambda *_: None, settled)
            seconds = time.perf_counter() - start
    return _trial(kind, session, seconds, counting)


def _trial(kind: Kind, session: Session, seconds: float, counting: Counting) -> Trial:
    found = versus(session)
    (change,) = found.changes
    if change.ratio is None:  # versus has raised
        raise AssertionError(change.judgement.reason)
    base, new = change.names
    canary = found.canary
    again = session.plan.canary
    return Trial(
        slowed=kind.slowed,
        loaded=kind.loaded,
        seed=session.plan.seed,
        rounds=session.rounds_done,
        verdict=str(change.judgement.verdict),
        ratio=Found.of(change.ratio),
        canary=None if canary is None or canary.ratio is None else Found.of(canary.ratio),
        alarm=canary is not None and canary.alarms,
        code=found.outcome.code,
        seconds=seconds,
        workers=counting.workers,
        cost_s=max(seconds - counting.timed_s, 0.0) / counting.workers,
        ratios=_ratios(session, new, base),
        canary_ratios=() if again is None else _ratios(session, again.name, again.twin.name),
    )


def _ratios(session: Session, above: str, below: str) -> tuple[float, ...]:
    seconds, others = session.seconds(above), session.seconds(below)
    return tuple(seconds[number] / others[number] for number in sorted(seconds.keys() & others.keys()))
