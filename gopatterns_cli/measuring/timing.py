"""How long an arm takes: the timed region, drawn here and nowhere else.

Cold, the default: the runtime and every thread are made inside the timed region and taken down in it,
for each run of the workload. Warm: the runtime is entered once per value and all runs happen inside it,
on the same event loop, threads and caches; a first run fills those and is not timed.

The answer of every single run is checked, outside the timed region. It runs in the worker process only.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib import import_module
from operator import itemgetter
from typing import Any

import patterns
from gopatterns_cli.measuring import lifeline
from gopatterns_cli.measuring.cells import GOPAT, NATIVE, SERIAL, WARM, Cell
from gopatterns_cli.measuring.jobs import Jobs, Parts, WrongRunError
from gopatterns_cli.measuring.workload import Workload

Arm = Callable[..., Any]
Back = Callable[[Any], list[Any]]
"""Makes results of what an arm answers, once the clock has stopped."""
TimeLoops = Callable[[int], float]
"""Runs the workload so many times; returns the seconds that the arm took."""

SPIN_S = 1e-3
"""A sleep ends late; the rest is waited by reading the clock."""


def workload_of(cell: Cell) -> Workload:
    """The jobs of the cell's pattern."""
    folder = import_module(f"gopatterns_cli.arms.{_folder(cell)}")
    workload: Workload = folder.WORKLOAD if cell.stages is None else folder.cut(cell.stages)
    return replace(workload, ordered=True) if cell.ordered else workload


def timed_arm(jobs: Jobs) -> TimeLoops:
    """The cell's arm, ready to be timed."""
    cell = jobs.cell
    arm = _arm(cell)
    if cell.arm == SERIAL:
        return partial(_each, jobs, jobs.blocking(), arm)
    setting = {jobs.workload.setting: getattr(cell, jobs.workload.setting)}
    if cell.arm == NATIVE and cell.runtime == "threads":
        return _with_executor(jobs, jobs.blocking(), arm, setting, ThreadPoolExecutor)
    if cell.arm == NATIVE and cell.runtime == "processes":
        return _with_executor(jobs, jobs.elsewhere(), arm, setting, processes, jobs.back)
    if cell.arm == GOPAT:
        enter = partial(patterns.run, runtime=cell.runtime or "")
        admit = None if cell.rate is None else patterns.RateLimiter(cell.rate, burst=1).wait
        parts = jobs.awaiting(patterns.sleep, patterns.call, patterns.DROP, admit)
    else:
        enter = partial(_asyncio_run, cell.workers if jobs.block else None)
        parts = jobs.awaiting(asyncio.sleep, _in_executor)
    if cell.pool == WARM:
        return lambda loops: enter(_each_awaited, loops, jobs, parts, arm, setting)
    return partial(_each, jobs, parts, lambda *given: enter(partial(arm, **setting), *given))


def timed_limiter(cell: Cell) -> TimeLoops:
    """
    The cell's limiter, ready to be timed: from the first request that it lets through to the last, as fast as
    it lets them through.
    """
    arm = _arm(cell)

    def served(loops: int) -> float:
        taken_s = 0.0
        for _ in range(loops):
            stamps: list[float] = []
            note = lambda: stamps.append(time.perf_counter())  # noqa: B023, E731 - called before the next
            patterns.run(arm, cell.rate, cell.count, note, runtime=cell.runtime or "")
            if len(stamps) != cell.count:
                raise WrongRunError(
                    f"{len(stamps):,} requests were let through, {cell.count:,} were asked for"
                )
            taken_s += stamps[-1] - stamps[0]
        return taken_s

    return served


def slowed(timed: TimeLoops, share: float) -> TimeLoops:
    """Return what takes longer than `timed` by that share, 0.2 is 20 %, exactly: it waits afterwards."""

    def longer(loops: int) -> float:
        taken_s = timed(loops)
        start = now = time.perf_counter()
        end = start + share * taken_s
        time.sleep(max(end - SPIN_S - start, 0.0))
        while now < end:
            now = time.perf_counter()
        return taken_s + now - start

    return longer


def _arm(cell: Cell) -> Arm:
    file = f"{cell.arm}_{cell.runtime}" if cell.arm == NATIVE else cell.arm
    arm: Arm = getattr(import_module(f"gopatterns_cli.arms.{_folder(cell)}.{file}"), _folder(cell))
    return _in_order(cell, arm) if cell.ordered else arm


def _in_order(cell: Cell, arm: Arm) -> Arm:
    """
    The arm with its results in the order of the jobs, for jobs whose results carry their number: our pool
    keeps it, by hand one sorts.
    """
    if cell.arm == GOPAT:
        return partial(arm, ordered=True)
    if cell.runtime != "asyncio":
        return lambda *given, **settings: sorted(arm(*given, **settings), key=itemgetter(0))

    async def sorting(*given: Any, **settings: Any) -> list[Any]:
        return sorted(await arm(*given, **settings), key=itemgetter(0))

    return sorting


def _folder(cell: Cell) -> str:
    return cell.pattern.replace("-", "_")


def _asyncio_run(threads: int | None, main: Callable[..., Awaitable[Any]], *given: Any) -> Any:
    """
    Run on asyncio, with so many threads for what blocks. None where nothing does: asyncio starts a thread to
    take them down, which the arm would pay for.
    """

    async def with_threads() -> Any:
        if threads is not None:
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
        return await main(*given)

    return asyncio.run(with_threads())


async def _in_executor(function: Callable[[Any], Any], argument: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, function, argument)


def _with_executor(
    jobs: Jobs,
    parts: Parts,
    arm: Arm,
    setting: Mapping[str, int],
    kind: Callable[[int], Executor],
    back: Back = list,
) -> TimeLoops:
    lanes = jobs.cell.workers or len(
        jobs.workload.stages(None)
    )  # the last stage is the caller's, a source is not
    runtime = str(jobs.cell.runtime)  # what an arm calls its executor

    def cold(*given: Any) -> Any:
        with kind(lanes) as executor:
            return arm(*given, **setting, **{runtime: executor})

    def warm(loops: int) -> float:
        with kind(lanes) as executor:
            ready = partial(arm, **setting, **{runtime: executor})
            _each(jobs, parts, ready, 1, back)
            return _each(jobs, parts, ready, loops, back)

    return warm if jobs.cell.pool == WARM else lambda loops: _each(jobs, parts, cold, loops, back)


def processes(lanes: int) -> ProcessPoolExecutor:
    """Make a pool whose processes end with this one, however that ends; else they would wait for ever."""
    if multiprocessing.get_start_method() != "fork":  # their parent is another process then
        return ProcessPoolExecutor(lanes)
    return ProcessPoolExecutor(lanes, initializer=lifeline.hold, initargs=(os.getpid(),))


def _each(jobs: Jobs, parts: Parts, arm: Arm, loops: int, back: Back = list) -> float:
    """Run a blocking arm so many times, the clock running only while it does; `back` reads its answer."""
    taken_s = 0.0
    for _ in range(loops):
        given = parts()
        start = time.perf_counter()
        answer = arm(*given)
        end = time.perf_counter()
        taken_s += end - start
        jobs.check(back(answer), start, end)
    return taken_s


async def _each_awaited(loops: int, jobs: Jobs, parts: Parts, arm: Arm, setting: Mapping[str, int]) -> float:
    """Run an awaiting arm once to warm up, then so many times, inside a runtime that has been entered."""
    taken_s = 0.0
    for loop in range(loops + 1):
        given = parts()
        start = time.perf_counter()
        answer = await arm(*given, **setting)
        end = time.perf_counter()
        taken_s += (end - start) * (loop > 0)
        jobs.check(answer, start, end)
    return taken_s
