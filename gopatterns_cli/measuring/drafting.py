"""
Making a plan: which cells, how many rounds, in which order, what is out of reach here. Draws from the
seed alone.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.estimating import expected_s
from gopatterns_cli.measuring.fitting import fitted
from gopatterns_cli.measuring.kinds import missing
from gopatterns_cli.measuring.machine import cores_at_once
from gopatterns_cli.measuring.plan import LEVELS, Plan
from gopatterns_cli.memory.choosing import cells_of as footprints
from gopatterns_cli.overhead.choosing import cells_of as operations
from scenarios.model import MEMORY, OVERHEAD, Scenario, to_json

ROUNDS, QUICK_ROUNDS = 12, 6

HASH_SEEDS = 2**32


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
    out_of_reach = _out_of_reach(scenarios)
    measured = [scenario for scenario in scenarios if not missing(scenario.job.kind)]
    planned: tuple[Cell, ...] = ()
    not_here: dict[str, None] = {}
    for scenario in _short(measured, out_of_reach) if quick else measured:
        if scenario.pattern == OVERHEAD:
            found, lacking = operations(scenario, quick=quick, runtimes=runtimes, go=not no_go)
            planned, not_here = planned + found, not_here | dict.fromkeys(lacking)
        elif scenario.is_footprint:
            found, lacking = footprints(scenario, quick=quick, wanted=runtimes, go=not no_go)
            planned, not_here = planned + found, not_here | dict.fromkeys(lacking)
        else:
            found = cells_of(scenario, quick=quick, runtimes=runtimes, go=not no_go)
            planned += tuple(_computing(cell, operations_per_s) for cell in found)
    few = quick or all(cell.operation is not None for cell in planned)
    count = rounds or (QUICK_ROUNDS if few else ROUNDS)
    left_out: tuple[str, ...] = ()
    if budget_s is not None:
        planned, count, left_out = fitted(planned, count, budget_s, quick=quick, fixed=rounds is not None)
    drawn = random.Random(seed)
    orders = _orders([cell.name for cell in planned], count, drawn)
    return Plan(
        seed=seed,
        rounds=count,
        levels=LEVELS,
        expected_s=expected_s(planned, count, quick=quick),
        cells=planned,
        orders=orders,
        hash_seeds=tuple(drawn.randrange(1, HASH_SEEDS) for _ in range(count)),
        scenarios={scenario.name: to_json(scenario) for scenario in scenarios},
        out_of_reach=out_of_reach,
        no_go=no_go,
        left_out=left_out,
        not_here=tuple(not_here),
    )


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


def _orders(names: Sequence[str], rounds: int, drawn: random.Random) -> tuple[tuple[str, ...], ...]:
    """Draw an order per round: balanced, because rounds come in pairs that are each other's reverse."""
    orders: list[tuple[str, ...]] = []
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
                reasons[claim.id] = (
                    f"it takes {claim.needs_cores} cores that run Python at once, {home} has {here:g} here"
                )
    return reasons
