"""How long an arm takes: the timed region, drawn here and nowhere else.

Cold, the default: the runtime and every thread are made inside the timed region and taken down in it,
for each run of the workload. Warm: the runtime is entered once per value and all runs happen inside it,
on the same event loop, threads and caches; a first run fills those and is not timed.

The answer of every single run is checked, outside the timed region. It runs in the worker process only.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any

import patterns
from gopatterns_cli.measuring.cells import GOPAT, NATIVE, SERIAL, WARM, Cell
from gopatterns_cli.measuring.workload import Jobs, Workload

Arm = Callable[..., Any]
Parts = Callable[[], tuple[Any, ...]]
"""Makes what an arm is called with for one run: a fresh source and its stages."""
TimeLoops = Callable[[int], float]
"""Runs the workload so many times; returns the seconds that the arm took."""

PIPELINE_THREADS = 2
"""What the hand-written pipeline of threads needs beside the caller's own."""


def workload_of(cell: Cell) -> Workload:
    """The jobs of the cell's pattern."""
    workload: Workload = import_module(f"gopatterns_cli.arms.{_folder(cell)}").WORKLOAD
    return workload


def timed_arm(jobs: Jobs) -> TimeLoops:
    """The cell's arm, ready to be timed."""
    cell = jobs.cell
    file = f"{cell.arm}_{cell.runtime}" if cell.arm == NATIVE else cell.arm
    arm = getattr(import_module(f"gopatterns_cli.arms.{_folder(cell)}.{file}"), _folder(cell))
    if cell.arm == SERIAL:
        return partial(_each, jobs, jobs.blocking(), arm)
    setting = getattr(cell, jobs.workload.setting)
    if cell.arm == NATIVE and cell.runtime == "threads":
        return _native_threads(jobs, arm, setting)
    enter: Callable[..., Any] = _asyncio_run
    if cell.arm == GOPAT:
        parts = jobs.awaiting(patterns.sleep, patterns.DROP)
        enter = partial(patterns.run, runtime=cell.runtime or "")
    else:
        parts = jobs.awaiting(asyncio.sleep)
    if cell.pool == WARM:
        return lambda loops: enter(_each_awaited, loops, jobs, parts, arm, setting)
    return partial(_each, jobs, parts, lambda *given: enter(arm, *given, setting))


def _folder(cell: Cell) -> str:
    return cell.pattern.replace("-", "_")


def _asyncio_run(main: Callable[..., Awaitable[Any]], *given: Any) -> Any:
    return asyncio.run(main(*given))  # type: ignore[arg-type] # an async def gives a coroutine


def _native_threads(jobs: Jobs, arm: Arm, setting: int) -> TimeLoops:
    threads = jobs.cell.workers or PIPELINE_THREADS

    def cold(*given: Any) -> Any:
        with ThreadPoolExecutor(threads) as executor:
            return arm(*given, setting, executor)

    def warm(loops: int) -> float:
        with ThreadPoolExecutor(threads) as executor:
            _each(jobs, jobs.blocking(), partial(_with_threads, arm, setting, executor), 1)
            return _each(jobs, jobs.blocking(), partial(_with_threads, arm, setting, executor), loops)

    return warm if jobs.cell.pool == WARM else partial(_each, jobs, jobs.blocking(), cold)


def _with_threads(arm: Arm, setting: int, executor: ThreadPoolExecutor, *given: Any) -> Any:
    return arm(*given, setting, executor)


def _each(jobs: Jobs, parts: Parts, arm: Arm, loops: int) -> float:
    """Run a blocking arm so many times, the clock running only while it does."""
    taken_s = 0.0
    for _ in range(loops):
        given = parts()
        start = time.perf_counter()
        answer = arm(*given)
        taken_s += time.perf_counter() - start
        jobs.check(answer)
    return taken_s


async def _each_awaited(loops: int, jobs: Jobs, parts: Parts, arm: Arm, setting: int) -> float:
    """Run an awaiting arm once to warm up, then so many times, inside a runtime that has been entered."""
    jobs.check(await arm(*parts(), setting))
    taken_s = 0.0
    for _ in range(loops):
        given = parts()
        start = time.perf_counter()
        answer = await arm(*given, setting)
        taken_s += time.perf_counter() - start
        jobs.check(answer)
    return taken_s
