"""What is known of a runtime without measuring it: how it has tasks sleep and calls compute."""

from dataclasses import replace

from gopatterns_cli.measuring.machine import cores_at_once
from gopatterns_cli.predicting.benchmarks import LONG_S, MIDDLE_S, SHORT_S
from patterns.runtimes._process_calls import PER_CORE
from patterns.runtimes._process_calls import cores as may_run_on
from patterns.runtimes.simulator import Costs

PREDICTED = ("asyncio", "fibers", "processes", "threads")
"""The runtimes that the simulator can stand for."""


def standing_for(runtime: str, cores: int | None = None) -> Costs:
    """Return the form of a runtime's costs, all of them nothing yet; `cores` of this machine unless given."""
    here = max(int(cores_at_once("processes")), 1) if cores is None else cores
    costs = Costs(runtime, cores=here, late=tuple((seconds, 0.0) for seconds in (SHORT_S, MIDDLE_S, LONG_S)))
    if runtime == "threads":
        return replace(costs, own_timers=True)
    if runtime == "processes":
        return replace(costs, apart=True, most_calls=PER_CORE * (may_run_on() if cores is None else cores))
    return costs
