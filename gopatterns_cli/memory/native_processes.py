"""The patterns written by hand with an executor's processes, holding idle ones.

Their items wait in the executor's own queue, whichever the pattern: what one takes there is not the
pattern's.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children
from typing import Any

from gopatterns_cli.arms.fan_out_fan_in.native_processes import fan_out_fan_in
from gopatterns_cli.arms.worker_pool.native_processes import worker_pool
from gopatterns_cli.measuring.timing import processes
from gopatterns_cli.memory.holding import Holder
from gopatterns_cli.overhead.operations import Look
from scenarios.model import IDLE_WORKER, QUEUED_ITEM

Pool = Callable[[range, Callable[[int], int], int, Any], list[int]]


def holder(pattern: str, held: str) -> Holder:
    """What holds so many, and then twice as many; KeyError when the pattern has none of it."""
    return HOLDS[held][pattern]


def _idle(pool: Pool) -> Holder:
    """Two executors, one after the other: none is made by a process that has the threads of another one."""

    def hold(count: int, look: Look) -> None:
        for workers in (count, 2 * count):
            with processes(workers) as executor:
                _fill(pool, workers, executor)
                look()

    return hold


def _fill(pool: Pool, workers: int, executor: ProcessPoolExecutor) -> None:
    """Give out jobs until every process has been started: some executors start one only when none is idle."""
    while len(active_children()) < workers:
        pool(range(workers), abs, workers, executor)


HOLDS: Mapping[str, Mapping[str, Holder]] = {
    IDLE_WORKER: {"worker-pool": _idle(worker_pool), "fan-out-fan-in": _idle(fan_out_fan_in)},
    QUEUED_ITEM: {},
}
