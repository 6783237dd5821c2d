"""`@explore`: a test under many schedules."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from patterns.exploring import strategies
from patterns.exploring.director import MOST_TURNS, Program
from patterns.exploring.lanes import lanes
from patterns.exploring.schedule import Schedule
from patterns.exploring.search import replay as follow
from patterns.exploring.search import search

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.exploring.search import Finding


def explore(
    *,
    schedules: int = 1_000,
    strategy: str = "random",
    seed: int = 0,
    depth: int = 3,
    preemptions: int = 2,
    most_turns: int = MOST_TURNS,
    replay: str | None = None,
) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., None]]:
    """
    Return a decorator for an `async def` test: it runs on the simulator under that many schedules.

        >>> @explore(schedules=100)
        ... async def test_two_tasks_count():
        ...     counted = Channel(2)
        ...     async with TaskGroup() as group:
        ...         group.spawn(counted.send, 1)
        ...         group.spawn(counted.send, 1)
        ...     assert len(counted) == 2
        >>> test_two_tasks_count()

    Every operation of the library is a point at which another task may go on. The test gets its arguments
    (fixtures, say) as they are, the same for all schedules: whatever it changes, it makes itself.

    Args:
        schedules: how many, at the most.
        strategy: `random`; `pct`, for bugs that need several events in a certain order; or `exhaustive`.
        seed: of `random` and `pct`.
        depth: how many events in a certain order `pct` finds with a known chance.
        preemptions: how many there are in a schedule of `exhaustive`, at the most.
        most_turns: a schedule that takes more fails.
        replay: the schedule to run, and no other, as a failure prints it.

    Raises:
        whatever the test raises under the simplest schedule that fails, with a note: the schedule as a
            diagram, and the line that replays it.
        LeakError: an AssertionError: tasks were left behind.
        EndlessError: an AssertionError: too many turns.
        TypeError: the test is not `async def`.
        ValueError: a wrong strategy or schedule, or `schedules` below 1.
    """
    if schedules < 1:
        raise ValueError(f"schedules: found {schedules}, allowed from 1")
    followed = None if replay is None else Schedule.parse(replay)
    searched = {"seed": seed, "depth": depth, "preemptions": preemptions}
    strategies.make(strategy, **searched)

    def decorate(test: Callable[..., Awaitable[Any]]) -> Callable[..., None]:
        if not inspect.iscoroutinefunction(test):
            raise TypeError(f"explore takes an async def function, found {test!r}")

        @functools.wraps(test)
        def explored(*args: Any, **keywords: Any) -> None:
            program = Program(functools.partial(test, *args, **keywords), (), most_turns)
            if followed is not None:
                found = follow(program, followed)
            else:
                found = search(program, strategies.make(strategy, **searched), schedules)
            if found.interrupted:
                raise KeyboardInterrupt
            if found.finding is not None:
                found.finding.error.add_note(_note(found.finding))
                raise found.finding.error

        return explored

    return decorate


def _note(finding: Finding) -> str:
    count = len(finding.preempted)
    lines = [
        f"schedule {finding.number:,} of the search fails; with {count} preemption{'s' * (count != 1)}:",
        *lanes(finding.rows, finding.preempted),
        f'replay: @explore(replay="{finding.schedule}")',
    ]
    if not finding.repeatable:
        lines.append("it did not fail again under that schedule: the program does not do the same each time")
    return "\n".join(lines)
