"""Sessions of versions whose truth is known, written in no time: nothing is run."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gopatterns_cli.measuring.drafting import draft_versions
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.session import COMPLETE, Loss, Session
from gopatterns_cli.versions.version import Version
from gopatterns_cli.versus import versus

from synthetic import MACHINE, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gopatterns_cli.measuring.cells import Cell
    from gopatterns_cli.measuring.plan import Plan
    from gopatterns_cli.versus import Versus

TEN = "worker-pool/gopat/asyncio/cold/workers=10"
HUNDRED = "worker-pool/gopat/asyncio/cold/workers=100"
PIPELINE = "pipeline/gopat/asyncio/cold"

DECIDED, LAST = 8, 24
"""Rounds of a cell that stopped at the first look, and of one that did not."""


def version(label: str, **changes: object) -> Version:
    made = Version(
        label=label,
        kind="ref",
        what=label,
        commit="3f2c1a0" * 5,
        dirty=False,
        content="",
        interpreter="",
        python_version=label if label[0].isdigit() else "3.13.0",
        packages=(),
    )
    return replace(made, **changes)


BOTH = (
    version("base", what="origin/main"),
    version("new", kind="tree", what="the working tree", commit="9b0d44a" * 5, dirty=True),
)

PYTHONS = tuple(
    version(number, kind="tree", what="the working tree", interpreter=f"python{number}")
    for number in ("3.12.1", "3.13.0", "3.14.2")
)


@dataclass(frozen=True)
class Measured:
    """What a session of versions is made of.

    Args:
        slower: by cell without its version, factor on its time in every version but the base.
        noisy: by cell, the standard deviation of its logarithm of time, where that is not 1 %; it is measured
            in all rounds.
        off: factor on the time of the canary.
        fails: by cell with its version, why it cannot be run.
        versions: what is compared.
        stems: shipped scenarios.
        machine: facts.
        seed: decides the noise.
    """

    slower: Mapping[str, float] = field(default_factory=dict)
    noisy: Mapping[str, float] = field(default_factory=dict)
    off: float = 1.0
    fails: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[Version, ...] = BOTH
    stems: tuple[str, ...] = ("worker-pool", "pipeline")
    machine: Mapping[str, object] = field(default_factory=lambda: dict(MACHINE))
    seed: int = 5


MIXED = Measured(slower={HUNDRED: 1.19, TEN: 0.84}, noisy={PIPELINE: 0.12})
"""One regression, one improvement, one that cannot be told."""


def session(path: Path, measured: Measured = MIXED) -> Session:
    """The session that measuring this would give."""
    drafted = draft_versions(
        [named(stem) for stem in measured.stems],
        measured.versions,
        quick=False,
        rounds=None,
        seed=71,
        runtimes=None,
        tolerance=0.05,
    )
    names = [cell.name for cell in drafted.measured if cell.name not in measured.fails]
    plan = replace(drafted, loops=dict.fromkeys(names, 2), values=dict.fromkeys(names, 3))
    long = {cell.name for cell in plan.cells if replace(cell, version="").name in measured.noisy}
    rounds = LAST if long else DECIDED
    return Session(
        path=path,
        started="2026-11-29T04:12:33.000001Z",
        group="versions",
        quick=False,
        status=COMPLETE,
        plan=plan,
        machine=measured.machine,
        lost=tuple(Loss(0, name, why) for name, why in measured.fails.items()),
        rounds_done=rounds,
        stopped={name: DECIDED for name in names if name not in long and not name.endswith("/again")},
        runs=tuple(_runs(plan, measured, rounds)),
        version="0.1.0",
        command="gopat compare --ref origin/main",
    )


def found(path: Path, measured: Measured = MIXED, *, strict: bool = False) -> Versus:
    """What is found in that session."""
    return versus(session(path, measured), strict=strict)


def _runs(plan: Plan, measured: Measured, rounds: int) -> Iterator[Run]:
    drawn = random.Random(measured.seed)
    for number in range(1, rounds + 1):
        for position, cell in enumerate(plan.measured):
            seconds = _seconds(cell, measured, drawn)
            goes_on = replace(cell, version="").name in measured.noisy or cell.twin == plan.canary.twin
            stays = number <= DECIDED or goes_on
            if cell.name not in measured.fails and stays:
                facts = {"gopat_cell": cell.name, "gopat_round": number, "gopat_pos": position}
                pyperf = {
                    "name": cell.name,
                    "unit": "second",
                    "loops": 2,
                    "platform": "Linux-6.1-x86_64",
                }
                yield Run((seconds,) * 3, (), {**facts, **pyperf, "gopat_hashseed": number})


def _seconds(cell: Cell, measured: Measured, drawn: random.Random) -> float:
    name = replace(cell.twin, version="").name
    factor = 1.0 if cell.version == measured.versions[0].label else measured.slower.get(name, 1.0)
    noise = math.exp(drawn.gauss(0, measured.noisy.get(name, 0.01)))
    return 0.03 * factor * noise * (measured.off if cell.again else 1.0)


UNDECIDED = {"slower": {PIPELINE: 1.07}, "noisy": {PIPELINE: 0.1}}
"""Of a `Timed`: what no number of rounds decides."""


class Timed:
    """A launcher: by cell without its version how much slower the new one is, its noise, what cannot run."""

    def __init__(self, slower=(), *, noisy=(), off=1.0, fails=()):
        self.slower, self.noisy, self.off, self.fails = dict(slower), dict(noisy), off, dict(fails)
        self.drawn = random.Random(5)
        self.orders = []

    def __call__(self, order):
        cell = order.cell
        self.orders.append(order)
        if cell.name in self.fails:
            raise LostRunError(self.fails[cell.name])
        name = replace(cell, version="", again=False).name
        factor = 1.0 if cell.version == "base" else self.slower.get(name, 1.0)
        seconds = 0.03 * factor * math.exp(self.drawn.gauss(0, self.noisy.get(name, 0.01)))
        seconds *= self.off if cell.again else 1.0
        return Run((seconds,) * order.values, (), {"gopat_cell": cell.name, "gopat_hashseed": 1})
