"""
The processes runtime: tasks in this process, `call` in worker processes.

The coordinator is the scheduler on the machine's clock. Only `call` crosses over, so what a job computes
runs on a core of its own, whatever the interpreter lock; functions and arguments are pickled, which is
checked before anything starts. A worker process that dies costs the call that it was busy with and is
replaced; one that is abandoned is killed and replaced. No worker outlives its parent.

Start a script that uses it with `if __name__ == "__main__":`, as for `multiprocessing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.runtimes._process_calls import PER_CORE, ProcessCalls, cores
from patterns.runtimes._real_clock import RealClock, run_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.runtimes._main import Outcome
    from patterns.traps import Task


def missing() -> str | None:
    """Return why worker processes cannot be started here, None where they can."""
    try:
        import multiprocessing.synchronize  # noqa: F401, PLC0415 (missing where the system has no semaphores)
    except ImportError as error:
        return str(error)
    return None


def max_tasks() -> int:
    """Return how many tasks it takes at once; at most `max_calls` of them are in a `call`."""
    return 1_000_000


def max_calls() -> int:
    """Return how many calls run at once: a worker process each."""
    return PER_CORE * cores()


def run(
    main: Callable[..., Awaitable[Any]],
    args: tuple[Any, ...] = (),
    *,
    seed: int | None = None,
    observe: Callable[[int, Task, str, Any], None] | None = None,
    keep_trace: bool = False,
    workers: int | None = None,
) -> Outcome:
    """Run `main(*args)`; `workers` processes are started beforehand, else each when it is needed."""
    del seed, keep_trace
    clock = RealClock()
    calls = ProcessCalls(clock)
    try:
        start_s = None if workers is None else calls.start(workers)
        started = run_on(clock, calls, "processes", main, args, observe)
        return started.outcome(start_s=start_s)
    finally:
        calls.close()
        clock.close()
