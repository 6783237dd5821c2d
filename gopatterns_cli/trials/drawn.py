"""Null jobs of many comparisons, drawn from recorded null rounds and decided as a session is.

Rounds are put into a session in memory, look after look, for whatever is still measured then. Every job is
drawn from quiet trials, or from loaded ones, in turn: a machine is in one state while it measures.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gopatterns_cli.measuring.cells import COLD, GOPAT, Cell
from gopatterns_cli.measuring.looks import THREE
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.measuring.rounds import looked_at
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.session import COMPLETE, Session
from gopatterns_cli.settling import settled
from gopatterns_cli.trials.blocks import Block, drawn
from gopatterns_cli.trials.trial import Trial
from gopatterns_cli.versions.making import BASE, NEW
from gopatterns_cli.versions.version import Version
from gopatterns_cli.versus import versus

COMPARISONS = 20

ROUNDS = THREE[-1].rounds

CELL = Cell(
    scenario="drawn",
    pattern="overhead",
    arm=GOPAT,
    runtime="asyncio",
    pool=COLD,
    workers=None,
    buffer=0,
    job_kind="operation",
    duration_s=0.0,
    count=1,
)

VERSIONS = tuple(Version(label, kind="folder", what="recorded rounds") for label in (BASE, NEW))


@dataclass(frozen=True, slots=True)
class DrawnJob:
    """How a job that was drawn ends.

    Args:
        loaded: which trials it was drawn from.
        code: the exit code of the gate.
        alarm: whether the canary alarmed.
        rounds: that it took.
    """

    loaded: bool
    code: int
    alarm: bool
    rounds: int


def drawn_jobs(trials: Sequence[Trial], seed: int, jobs: int) -> tuple[DrawnJob, ...]:
    """Draw null jobs and decide them; none where there is no null trial.

    Args:
        trials: all that were recorded.
        seed: decides what is drawn.
        jobs: how many.

    Cost: tens of milliseconds for each; more where rounds scatter.
    """
    draws = random.Random(seed)
    null = [trial for trial in trials if not trial.slowed and trial.ratios and trial.canary_ratios]
    states = [loaded for loaded in (False, True) if any(trial.loaded is loaded for trial in null)]
    if not states:
        return ()
    return tuple(_job(null, states[number % len(states)], draws) for number in range(jobs))


def _job(null: Sequence[Trial], loaded: bool, draws: random.Random) -> DrawnJob:
    alike = [trial for trial in null if trial.loaded is loaded]
    pairs = [trial.ratios for trial in alike]
    found = decided(
        [drawn(pairs, ROUNDS, draws) for _ in range(COMPARISONS)],
        drawn([trial.canary_ratios for trial in alike], ROUNDS, draws),
    )
    ended = versus(found)
    alarm = ended.canary is not None and ended.canary.alarms
    return DrawnJob(loaded, ended.outcome.code, alarm, found.rounds_done)


def decided(comparisons: Sequence[Block], canary: Block) -> Session:
    """Return the session that would have measured these ratios, with all looks that it takes.

    Args:
        comparisons: new over base, of each comparison 24 rounds.
        canary: of the first comparison's base, as many.
    """
    times = _times(comparisons, canary)
    session = _begun(len(comparisons), tuple(times))
    while session.rounds_done < ROUNDS and session.going:
        going, number = session.going, session.rounds_done + 1
        runs = [_run(name, number, seconds[number - 1]) for name, seconds in times.items() if name in going]
        session = looked_at(session.with_round(runs, ()), settled)
    return replace(session, status=COMPLETE)


def _times(comparisons: Sequence[Block], canary: Block) -> Mapping[str, Block]:
    """By cell its seconds in each round, those of the base being one."""
    times = {_again().name: canary}
    for number, ratios in enumerate(comparisons):
        base, new = _pair(number)
        times |= {base.name: (1.0,) * ROUNDS, new.name: ratios}
    return times


def _begun(comparisons: int, names: tuple[str, ...]) -> Session:
    cells = tuple(cell for number in range(comparisons) for cell in _pair(number))
    plan = Plan(
        seed=0,
        looks=THREE,
        expected_s=0.0,
        first_s=0.0,
        cells=cells,
        orders=(names,) * ROUNDS,
        hash_seeds=(0,) * ROUNDS,
        loops={cell.name: 1 for cell in cells},
        values={cell.name: 1 for cell in cells},
        canary=_again(),
        versions=VERSIONS,
    )
    return Session(Path("drawn"), "", "versions", quick=False, status=COMPLETE, plan=plan, machine={})


def _pair(number: int) -> Iterator[Cell]:
    return (replace(CELL, scenario=f"drawn-{number:02}", version=version.label) for version in VERSIONS)


def _again() -> Cell:
    return replace(next(_pair(0)), again=True)


def _run(name: str, number: int, seconds: float) -> Run:
    return Run((seconds,), (), {"gopat_cell": name, "gopat_round": number, "gopat_pos": 0})
