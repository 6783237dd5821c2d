"""Costs found from times: those with which the simulator takes, for each benchmark, what a runtime took.

Every benchmark tells one cost, given the others. Where two hang together (a call needs a thread, a thread
is started for a call) going over all of them again settles both. A time that the other costs explain alone
leaves nothing for its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gopatterns_cli.predicting.benchmarks import Benchmark
from patterns.launch import launch
from patterns.runtimes.simulator import Costs

ROUNDS = 12
"""So many times all benchmarks are gone over, at the most."""

CLOSE = 0.005
"""Nothing is gone over again when every time is met to this share of it."""

STEP_S = 1e-6
"""A cost is moved so far to see what it does; `sharing`, which is a factor, by a tenth."""


def fitted(
    runtime: Costs, known: Sequence[Benchmark], seconds: Mapping[str, float], operations_per_s: float
) -> Costs:
    """Return the costs of a runtime whose benchmarks took so long, by their names."""
    costs = runtime
    for _ in range(ROUNDS):
        worst = 0.0
        for one in known:
            virtual_s = simulated(one, costs, operations_per_s)
            worst = max(worst, _moved(costs, one.cost, seconds[one.name], virtual_s))
            step = 0.1 if one.cost == "sharing" else STEP_S
            before = _get(costs, one.cost)
            more_s = simulated(one, _with(costs, one.cost, before + step), operations_per_s)
            if more_s > virtual_s:
                wanted = before + (seconds[one.name] - virtual_s) * step / (more_s - virtual_s)
                costs = _with(costs, one.cost, max(wanted, 1.0 if one.cost == "sharing" else 0.0))
        if worst < CLOSE:
            break
    return costs


def simulated(one: Benchmark, costs: Costs, operations_per_s: float) -> float:
    """Return what a benchmark takes on the simulator with these costs, in virtual seconds."""
    outcome = launch(
        one.text, *one.virtual(operations_per_s), runtime="simulator", costs=costs, workers=one.workers
    )
    return one.seconds(outcome, costs.run_s)


def _moved(costs: Costs, cost: str, measured_s: float, virtual_s: float) -> float:
    """By what share a time is missed, unless its cost is at its least already and would have to be less."""
    least = 1.0 if cost == "sharing" else 0.0
    if virtual_s > measured_s and _get(costs, cost) <= least:
        return 0.0
    return abs(measured_s - virtual_s) / measured_s


def _get(costs: Costs, cost: str) -> float:
    if cost.startswith("late"):
        return costs.late[int(cost[-1])][1]
    value: float = getattr(costs, cost)
    return value


def _with(costs: Costs, cost: str, value: float) -> Costs:
    if not cost.startswith("late"):
        changed: dict[str, Any] = {cost: value}
        return replace(costs, **changed)
    place = int(cost[-1])
    late = list(costs.late)
    late[place] = (late[place][0], value)
    return replace(costs, late=tuple(late))
