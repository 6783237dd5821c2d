"""What a cell will take: its own text on the simulator, with virtual jobs of its kind and duration."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import import_module
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import BUCKET, COLD, GOPAT, Cell
from gopatterns_cli.measuring.estimating import SLOW_VALUES, loops_of, values_of
from gopatterns_cli.measuring.machine import has_gil
from gopatterns_cli.measuring.timing import workload_of
from gopatterns_cli.predicting.costs import MachineCosts, known_costs, measured_costs
from gopatterns_cli.predicting.standing import PREDICTED
from patterns import DROP, RateLimiter, call, now, sleep
from patterns.launch import launch
from patterns.runtimes.simulator import simulated_cost, spend

KINDS = frozenset({"wait", "cpu", "mixed"})
"""The kinds of jobs of which it is known beforehand what they take."""

MOST_STEPS = 100_000
"""Jobs, slices of computing and tasks of a cell that is simulated: it takes a few seconds at the most."""


SLICE_S = 5e-3
"""Computing is simulated in slices of this length."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """Seconds by the name of a cell, and by the name of each other one why it has none."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    none: Mapping[str, str] = field(default_factory=dict)


def predictions(
    cells: Iterable[Cell], *, quick: bool, measures: bool, say: Callable[[str], object]
) -> Predictions:
    """Predict every one of our arms whose jobs are known.

    Args:
        cells: of a plan.
        quick: as its session is.
        measures: costs that are not known yet are measured; else their cells have no prediction.
        say: told before that.
    """
    seconds, none = {}, {}

    @cache
    def costs_of(runtime: str) -> tuple[MachineCosts | None, str]:
        try:
            known = measured_costs(runtime, say) if measures else known_costs(runtime)
        except Failure as error:
            return None, error.message
        return known, f"what operations cost on {runtime} is not measured yet"

    for cell in cells:
        if cell.arm != GOPAT or cell.operation is not None:
            continue
        reason = unpredictable(cell)
        known, lacking = (None, reason) if reason else costs_of(cell.runtime or "")
        if known is None:
            none[cell.name] = lacking
        else:
            seconds[cell.name] = predicted_s(cell, known, quick=quick)
    return Predictions(seconds, none)


def unpredictable(cell: Cell) -> str:
    """Say why a cell cannot be predicted; empty when it can."""
    if cell.job_kind not in KINDS:
        return f"what a job of the kind {cell.job_kind} takes is not known before"
    if cell.operations and cell.runtime != "processes" and not has_gil():
        return "the simulator has one interpreter, and this Python computes in several threads at once"
    if cell.runtime not in PREDICTED:
        return f"the simulator does not stand for {cell.runtime}"
    if _steps(cell) > MOST_STEPS:
        return f"it has more than {MOST_STEPS:,} steps to simulate"
    return ""


def predicted_s(cell: Cell, known: MachineCosts, *, quick: bool) -> float:
    """Return the seconds that one run of a cell will take as a session measures it."""
    if cell.pattern == BUCKET:
        return _inside_s(cell, known, _requests)
    if cell.pool != COLD:
        return _inside_s(cell, known, _again)
    run_s = known.costs.run_s + _inside_s(cell, known, _once)
    if values_of(run_s, quick=quick) == SLOW_VALUES:  # then nothing has run in the process before
        run_s += known.first_s / loops_of(run_s)
    return run_s


def _steps(cell: Cell) -> int:
    workload = None if cell.pattern == BUCKET else workload_of(cell)
    stages = 1 if workload is None else len(workload.stages(None)) + workload.source_waits
    slices = (cell.duration_s - cell.sleep_s) / SLICE_S if cell.operations else 0
    return round(cell.count * (stages + slices)) + (cell.workers or 0)


def _inside_s(cell: Cell, known: MachineCosts, main: Callable[..., Awaitable[float]]) -> float:
    outcome = launch(main, cell, known, runtime="simulator", costs=known.costs)
    if outcome.error is not None:
        raise outcome.error
    seconds: float = outcome.value
    return seconds


async def _once(cell: Cell, known: MachineCosts) -> float:
    """Run the cell's text; return the virtual seconds."""
    began = now()
    setting = workload_of(cell).setting
    await _arm(cell)(*_parts(cell, known), **{setting: getattr(cell, setting)})
    return now() - began


async def _again(cell: Cell, known: MachineCosts) -> float:
    """Run it twice inside one runtime; return the seconds of the second."""
    await _once(cell, known)
    return await _once(cell, known)


async def _requests(cell: Cell, known: MachineCosts) -> float:
    """Run a limiter; return the seconds from the first request to the last."""
    del known
    stamps: list[float] = []
    await _arm(cell)(cell.rate, cell.count, lambda: stamps.append(now()))
    return stamps[-1] - stamps[0]


def _arm(cell: Cell) -> Callable[..., Awaitable[Any]]:
    name = cell.pattern.replace("-", "_")
    arm: Callable[..., Awaitable[Any]] = getattr(import_module(f"gopatterns_cli.arms.{name}.gopat"), name)
    return arm


def _parts(cell: Cell, known: MachineCosts) -> tuple[Any, ...]:
    """What the text is called with: a source and its stages, whose jobs take virtual time."""
    workload = workload_of(cell)
    admit = None if cell.rate is None else RateLimiter(cell.rate, burst=1).wait
    stages = [_job(cell, known, compute, admit) for compute in workload.stages(DROP)]
    if workload.apart:
        stages = [
            _job(replace(cell, operations=0), known, _as_it_is, admit),
            *(_job(replace(cell, share=1.0), known, compute, None) for compute in workload.stages(DROP)),
        ]
    items = range(cell.count)
    if not workload.source_waits:
        return items, *stages
    return _produced(items, _job(cell, known, _as_it_is, None), known), *stages


def _job(
    cell: Cell,
    known: MachineCosts,
    compute: Callable[[int], Any],
    admit: Callable[[], Awaitable[None]] | None,
) -> Callable[[int], Awaitable[Any]]:
    """Return a job that sleeps, computes and then does its arithmetic, as the cell's jobs do."""
    sleep_s = cell.sleep_s
    computes = None
    if cell.operations:
        computes = simulated_cost(cell.operations / known.operations_per_s, computes="python")(partial(int))
    own_s = known.waiting_s if sleep_s or computes else known.computing_s

    async def job(item: int) -> Any:
        if admit is not None:
            await admit()
        if sleep_s:
            await sleep(sleep_s)
        if computes is not None:
            await call(computes)
        spend(own_s)
        return compute(item)

    return job


def _as_it_is(item: int) -> int:
    return item


async def _produced(
    items: Iterable[int], produce: Callable[[int], Awaitable[Any]], known: MachineCosts
) -> AsyncIterator[int]:
    stepping_s = max(known.producing_s - known.computing_s, 0.0)
    for item in items:
        spend(stepping_s)
        yield await produce(item)
