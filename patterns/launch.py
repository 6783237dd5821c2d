"""The way in: run a main task on a runtime."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from patterns import runs, runtimes, traps
from patterns.pinning import pinned

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.runtimes._costs import Costs
    from patterns.runtimes._main import Outcome

T = TypeVar("T")


def run(
    main: Callable[..., Awaitable[T]],
    *args: Any,
    runtime: str = "asyncio",
    seed: int | None = None,
    pin: bool = False,
) -> T:
    """
    Run `main(*args)` on `runtime` and return its result.

        >>> async def main(name):
        ...     return f"hello {name}"
        >>> run(main, "world")
        'hello world'

    `seed` is the simulator's; other runtimes take no notice of it. `pin` is for `threads`: all of them stay
    on one core, as batch work, where handing a value from one to another is cheaper. The price: calls that
    leave the GIL do not run beside each other, processes that they start stay on that core too, and where
    another program wants it, a thread that is woken has its turn some milliseconds later.

    Ctrl-C cancels every task, waits for them and then raises KeyboardInterrupt; calls in flight get half a
    second. Two runs may live in two threads.

    Raises:
        whatever `main` raises.
        DeadlockError: every task is parked and nothing can wake one.
        RuntimeError: called from inside a task.
        ValueError: there is no such runtime here, or `pin` on another than `threads`, or on a system that
            cannot pin.

    Warns:
        ResourceWarning: tasks were left behind, or calls abandoned; they are named.
    """
    outcome = launch(main, *args, runtime=runtime, seed=seed, pin=pin)
    try:
        _warn(outcome)
    except ResourceWarning:  # where warnings are errors, the main task's own comes first
        if outcome.error is None:
            raise
    if outcome.error is not None:
        raise outcome.error
    value: T = outcome.value
    return value


def _warn(outcome: Outcome) -> None:
    if outcome.leaked:
        warnings.warn("tasks left behind:\n  " + "\n  ".join(outcome.leaked), ResourceWarning, stacklevel=3)
    if outcome.abandoned_calls:
        warnings.warn(
            f"abandoned_calls: {outcome.abandoned_calls} still ran at the end", ResourceWarning, stacklevel=3
        )


def launch(  # noqa: PLR0913 - a keyword for each thing that a runtime can be told
    main: Callable[..., Awaitable[Any]],
    *args: Any,
    runtime: str = "asyncio",
    seed: int | None = None,
    observe: Callable[[int, traps.Task, str, Any], None] | None = None,
    keep_trace: bool = False,
    workers: int | None = None,
    pin: bool = False,
    costs: Costs | None = None,
) -> Outcome:
    """
    Run `main(*args)` as `run` does, and return how it ended in place of raising its error.

    `observe(at_ns, task, verb, subject)` is told what tasks do (see `traps.Driver`), in the thread of the
    task; it must be quick and must not raise. `workers` processes are started beforehand, on `processes`.
    `costs` are for the simulator, which then stands for the runtime that they were measured on.
    """
    module = runtimes.load(runtime)
    if costs is not None and runtime != "simulator":
        raise ValueError(f"costs: found with {runtime}, allowed on the simulator only")
    if traps.current_seat() is not traps.NOWHERE:
        raise RuntimeError("run inside a task: await the function instead")
    try:
        with pinned(runtime) if pin else nullcontext():
            outcome: Outcome = module.run(
                main,
                args,
                seed=seed,
                observe=observe,
                keep_trace=keep_trace,
                workers=workers,
                **({} if costs is None else {"costs": costs}),
            )
    finally:
        runs.look_around()
    return outcome


def note(text: str, detail: Any = None) -> None:
    """Tell whoever observes this run what the running task does, in a word; costs little when nobody does."""
    task = traps.seated()
    if task is not None and task.driver.observe is not None:
        task.driver.observe(task, text, detail)
