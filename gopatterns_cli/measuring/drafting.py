"""
Making a plan: which cells, how many rounds, in which order, what is out of reach here. Draws from the
seed alone.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import COLD, GOPAT, Cell
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.estimating import VALUE_S, expected_s
from gopatterns_cli.measuring.fitting import fitted
from gopatterns_cli.measuring.kinds import missing
from gopatterns_cli.measuring.limits import most_workers
from gopatterns_cli.measuring.looks import THREE, Look, once
from gopatterns_cli.measuring.machine import cores, cores_at_once
from gopatterns_cli.measuring.plan import NEEDS_CORES, Plan
from gopatterns_cli.memory.choosing import cells_of as footprints
from gopatterns_cli.overhead.choosing import cells_of as operations
from gopatterns_cli.versions.version import Version
from scenarios.model import (
    ADVISED,
    BEST_AT_CORES,
    MEMORY,
    OVERHEAD,
    OVERSUBSCRIPTION,
    Advice,
    Claim,
    Scenario,
    to_json,
)

T = TypeVar("T")

ROUNDS, QUICK_ROUNDS = 12, 6
RULE_ROUNDS = {BEST_AT_CORES: 10, OVERSUBSCRIPTION: 10, ADVISED: 12}
"""What a rule takes: ten rounds have a smallest p of 0.1 %, which twenty counts by Holm need; of twelve, six
are left to test what was chosen on the others."""

HASH_SEEDS = 2**32

IMAGE = "image"
"""The kind of job that takes Pillow."""


def draft(  # noqa: PLR0913 - one keyword per option
    scenarios: Sequence[Scenario],
    *,
    quick: bool,
    rounds: int | None,
    seed: int,
    runtimes: Sequence[str] | None,
    no_go: str = "",
    operations_per_s: float = 0.0,
    budget_s: float | None = None,
) -> Plan:
    """
    Write down what is to be measured; loops and values are settled by the calibration. `no_go` says why
    there are no arms of Go, and is empty where there are; `operations_per_s` how fast this machine computes,
    for jobs that do. A plan that takes longer than `budget_s` gets fewer rounds, then fewer arms, and says
    which.

    Raises:
        Failure: exit code 2: nothing fits the budget.
    """
    scenarios = [_at_cores(scenario, cores()) for scenario in scenarios]
    out_of_reach = _out_of_reach(scenarios)
    chosen = [scenario for scenario in scenarios if not missing(scenario.job.kind)]
    chosen = [*_short(chosen, out_of_reach)] if quick else chosen
    planned, not_here = _arms(
        chosen, quick=quick, runtimes=runtimes, go=not no_go, operations_per_s=operations_per_s
    )
    looks: tuple[Look, ...] = THREE
    if rounds is not None or quick or budget_s is not None or not all(map(_is_looked_at, scenarios)):
        looks = once(rounds or (QUICK_ROUNDS if quick else max(map(_rounds, scenarios))))
    left_out: tuple[str, ...] = ()
    if budget_s is not None:
        count = looks[-1].rounds
        fewest = count if rounds is not None else max(map(_fewest_rounds, scenarios))
        planned, count, left_out = fitted(planned, count, budget_s, quick=quick, fewest=fewest)
        looks = once(count)
    return planned_for(
        planned,
        looks,
        seed,
        canary_of(scenarios, planned),
        quick=quick,
        scenarios={scenario.name: to_json(scenario) for scenario in scenarios},
        out_of_reach=out_of_reach,
        no_go=no_go,
        left_out=left_out,
        not_here=not_here,
    )


def draft_versions(  # noqa: PLR0913 - one keyword per option
    scenarios: Sequence[Scenario],
    versions: Sequence[Version],
    *,
    quick: bool,
    rounds: int | None,
    seed: int,
    runtimes: Sequence[str] | None,
    tolerance: float,
    operations_per_s: float = 0.0,
    value_s: float = VALUE_S,
) -> Plan:
    """
    Write down what is to be measured of versions, the base first: our arms on their home runtimes, or on
    `runtimes`, and the plain loop where the function is the user's. All in the same rounds.

    Raises:
        Failure: exit code 2: there is no such arm.
    """
    chosen = [scenario for scenario in scenarios if scenario.job.kind != IMAGE]
    found, not_here = _arms(
        chosen, quick=True, runtimes=runtimes, go=False, operations_per_s=operations_per_s
    )
    without = tuple(f"{one.stem}: versions are run without Pillow" for one in scenarios if one not in chosen)
    watched = [cell for cell in found if cell.arm == GOPAT or (cell.is_serial and cell.function is not None)]
    if not watched:
        raise Failure("--target: found nothing that a version can be measured by: no arm of ours", 2)
    cells = [replace(cell, version=version.label) for cell in watched for version in versions]
    looks = THREE if rounds is None and not quick else once(rounds or QUICK_ROUNDS)
    return planned_for(
        cells,
        looks,
        seed,
        canary_of(chosen, [cell for cell in cells if cell.version == versions[0].label]),
        quick=quick,
        scenarios={scenario.name: to_json(scenario) for scenario in chosen},
        not_here=(*not_here, *without),
        versions=tuple(versions),
        tolerance=tolerance,
        value_s=value_s,
    )


def _arms(
    scenarios: Sequence[Scenario],
    *,
    quick: bool,
    runtimes: Sequence[str] | None,
    go: bool,
    operations_per_s: float,
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Return the cells of scenarios, and what of them cannot be measured here."""
    planned: tuple[Cell, ...] = ()
    not_here: dict[str, None] = {}
    for scenario in scenarios:
        if scenario.pattern == OVERHEAD:
            found, lacking = operations(scenario, quick=quick, runtimes=runtimes, go=go)
        elif scenario.is_footprint:
            found, lacking = footprints(scenario, quick=quick, wanted=runtimes, go=go)
        else:
            every = cells_of(scenario, quick=quick, runtimes=runtimes, go=go)
            possible, too_many = _possible(every)
            lacking = tuple(too_many)
            found = tuple(_computing(cell, operations_per_s) for cell in possible)
        planned, not_here = planned + found, not_here | dict.fromkeys(lacking)
    return planned, tuple(not_here)


def planned_for(
    cells: Sequence[Cell], looks: Sequence[Look], seed: int, canary: Cell | None, *, quick: bool, **facts: Any
) -> Plan:
    """Draw the orders and the hash seeds of a plan, whose other `facts` are known."""
    measured = [*cells, *([] if canary is None else [canary])]
    rounds = looks[-1].rounds
    drawn = random.Random(seed)
    orders = drawn_orders([cell.name for cell in measured], rounds, drawn)
    return Plan(
        seed=seed,
        looks=tuple(looks),
        expected_s=expected_s(measured, rounds, quick=quick),
        first_s=expected_s(measured, looks[0].rounds, quick=quick),
        cells=tuple(cells),
        orders=orders,
        hash_seeds=tuple(drawn.randrange(1, HASH_SEEDS) for _ in range(rounds)),
        canary=canary,
        **facts,
    )


def with_cells(plan: Plan, cells: Sequence[Cell], scenarios: Sequence[Scenario], *, quick: bool) -> Plan:
    """Return a plan in which nothing is measured yet with other cells, and with orders drawn for those."""
    drawn = planned_for(cells, plan.looks, plan.seed, canary_of(scenarios, cells), quick=quick)
    told = {name: getattr(drawn, name) for name in ("cells", "orders", "hash_seeds", "canary")}
    return replace(plan, **told, expected_s=drawn.expected_s, first_s=drawn.first_s)


def canary_of(scenarios: Sequence[Scenario], cells: Sequence[Cell]) -> Cell | None:
    """
    Return one of the cells to be measured a second time: the first of our arms on its scenario's home
    runtime, else the first that is none of Go's; one that takes time rather than memory. None where there is
    no such cell.
    """
    homes = {scenario.stem: scenario.arms.home for scenario in scenarios}
    able = sorted((cell for cell in cells if not cell.is_go), key=lambda cell: cell.is_memory)
    ours = [cell for cell in able if cell.arm == GOPAT and cell.pool == COLD]
    at_home = [cell for cell in ours if cell.runtime == homes[cell.scenario]]
    chosen = next(iter([*at_home, *able]), None)
    return None if chosen is None else replace(chosen, again=True)


def _is_looked_at(scenario: Scenario) -> bool:
    """Whether all that it is to decide are claims with a figure, each decided by itself."""
    return bool(scenario.claims) and all(claim.rule is None for claim in scenario.claims)


def _fewest_rounds(scenario: Scenario) -> int:
    """How many rounds a budget must leave: what its rules take, or what an interval takes."""
    rules = [RULE_ROUNDS[claim.rule] for claim in scenario.claims if claim.rule is not None]
    return max([QUICK_ROUNDS, *rules])


def _possible(cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], list[str]]:
    """Leave out the cells with more workers than their runtime takes here, and say so."""
    most = {name: most_workers(name) for name in {cell.runtime for cell in cells} if name}
    kept = tuple(cell for cell in cells if (cell.workers or 0) <= most.get(cell.runtime or "", math.inf))
    left = dict.fromkeys((cell.runtime, cell.workers) for cell in cells if cell not in kept)
    told = [
        f"{workers:,} workers on {name}, which takes at most {most[name]:,.0f} here"
        for name, workers in left
        if name is not None
    ]
    if told and all(cell.runtime is None for cell in kept):
        raise Failure(f"arms.workers: found {told[0]}; allowed fewer", 2)
    return kept, told


def _rounds(scenario: Scenario) -> int:
    """How many rounds decide its claims; the fewest with an interval where it has none to decide."""
    rules = [RULE_ROUNDS[claim.rule] for claim in scenario.claims if claim.rule is not None]
    if len(rules) < len(scenario.claims) or scenario.group is None:
        return max([ROUNDS, *rules])
    return max([QUICK_ROUNDS, *rules])


def _at_cores(scenario: Scenario, cores_here: int) -> Scenario:
    """Say how many workers "as many as cores" are where a claim has them, and measure so many."""
    at_cores = [claim for claim in scenario.claims if claim.rule == BEST_AT_CORES or _advises_cores(claim)]
    if not at_cores:
        return scenario
    here = (cores_here, cores_here)
    claims = tuple(
        replace(claim, advised=replace(claim.advised or Advice(scenario.pattern), workers=here, cores=True))
        if claim in at_cores
        else claim
        for claim in scenario.claims
    )
    workers = tuple(sorted({*scenario.arms.workers, cores_here}))
    return replace(scenario, claims=claims, arms=replace(scenario.arms, workers=workers))


def _advises_cores(claim: Claim) -> bool:
    return claim.advised is not None and claim.advised.cores


def computes(scenario: Scenario) -> bool:
    """Whether its jobs compute for a time, which takes calibrating."""
    return scenario.job.kind in {"cpu", "mixed"}


def _computing(cell: Cell, operations_per_s: float) -> Cell:
    if cell.job_kind not in {"cpu", "mixed"}:
        return cell
    return replace(cell, operations=max(round(operations_per_s * (cell.duration_s - cell.sleep_s)), 1))


def _short(scenarios: Sequence[Scenario], out_of_reach: Mapping[str, str]) -> Sequence[Scenario]:
    """
    Leave out what answers no claim that can be decided here, and memory among what takes time, unless nothing
    else was asked for.
    """
    answering = [
        scenario for scenario in scenarios if any(claim.id not in out_of_reach for claim in scenario.claims)
    ]
    if len(scenarios) > 1 and answering:
        return answering
    return [scenario for scenario in scenarios if scenario.job.operation not in MEMORY] or scenarios


def drawn_orders(names: Sequence[T], rounds: int, drawn: random.Random) -> tuple[tuple[T, ...], ...]:
    """Draw an order per round: balanced, because rounds come in pairs that are each other's reverse."""
    orders: list[tuple[T, ...]] = []
    while len(orders) < rounds:
        shuffled = drawn.sample(names, len(names))
        orders += [tuple(shuffled), tuple(reversed(shuffled))]
    return tuple(orders[:rounds])


def _out_of_reach(scenarios: Sequence[Scenario]) -> Mapping[str, str]:
    """Decide from the cores, the quota, the GIL and what is installed what this machine cannot show."""
    reasons: dict[str, str] = {}
    for scenario in scenarios:
        if lack := missing(scenario.job.kind):
            reasons |= {claim.id: lack for claim in scenario.claims}
            continue
        here = cores_at_once(scenario.arms.home)
        for claim in scenario.claims:
            if claim.needs_cores is not None and claim.needs_cores > here:
                home = scenario.arms.home
                reasons[claim.id] = NEEDS_CORES.format(n=claim.needs_cores, home=home, here=f"{here:g}")
    return reasons
