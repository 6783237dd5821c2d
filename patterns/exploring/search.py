"""A search for a schedule under which a program fails, and the simplest one of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patterns.exploring import strategies
from patterns.exploring.lanes import Row, Watcher
from patterns.exploring.schedule import Schedule
from patterns.exploring.strategies import Turn
from patterns.exploring.strategies.exhaustive import NotRepeatableError
from patterns.runtimes._main import interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from patterns.exploring.director import Attempt, Program
    from patterns.exploring.strategies import Strategy

FEWER = 2_000
"""Schedules that are run to find one with fewer preemptions."""

TELL_EVERY = 256
"""Schedules between two reports of progress."""


@dataclass(frozen=True)
class Finding:
    """
    A failure.

    `error` is what the program failed with under `schedule`; `rows` are the turns of that run and
    `preempted` those of them that count as preemptions. `number` says which schedule of the search failed
    first, from 1, with `found_with` preemptions. `fewest` says that no schedule with fewer preemptions fails
    that way: all of them were run. `repeatable` is False when the program did not fail again under the same
    schedule.
    """

    error: BaseException
    schedule: Schedule
    rows: tuple[Row, ...]
    preempted: tuple[int, ...]
    number: int
    found_with: int
    fewest: bool
    repeatable: bool = True


@dataclass(frozen=True)
class Search:
    """
    How a search ended.

    `distinct` counts schedules that differ; `missed` says what may have been missed; `over` is True when
    there was no further schedule.
    """

    schedules: int
    distinct: int
    finding: Finding | None
    missed: str
    over: bool = False
    interrupted: bool = False


def search(
    program: Program,
    strategy: Strategy,
    schedules: int,
    tell: Callable[[int, int], None] | None = None,
) -> Search:
    """
    Run a program under up to so many schedules, until one fails.

    Ctrl-C ends the search after the schedule under way. `tell(schedules, distinct)` is called now and then.
    """
    seen: set[int] = set()
    stopped: list[bool] = []
    count, over, finding = 0, False, None
    with interruptible(lambda: stopped.append(True), -1):
        while count < schedules and not stopped:
            if not strategy.begin():
                over = True
                break
            tried = program.attempt(strategy)
            count += 1
            seen.add(hash(tuple(tried.taken)))
            if tried.error is not None and not stopped:
                finding = _simplest(program, tried, count, stopped)
                break
            if tell is not None and count % TELL_EVERY == 0:
                tell(count, len(seen))
    missed = strategy.missed(count) if count and finding is None else ""
    return Search(count, len(seen), finding, missed, over, bool(stopped))


def replay(program: Program, schedule: Schedule) -> Search:
    """Run a program under one schedule."""
    stopped: list[bool] = []
    with interruptible(lambda: stopped.append(True), -1):
        tried = program.attempt(Following(schedule))
    if stopped:
        return Search(1, 1, None, "every other schedule", interrupted=True)
    finding = None if tried.error is None else _finding(program, tried, tried, 1, fewest=False)
    return Search(1, 1, finding, "every other schedule", over=True)


class Following:
    """The strategy that takes the plain schedule but for some deviations."""

    def __init__(self, schedule: Schedule) -> None:
        self._deviations = dict(schedule.deviations)
        self._at = -1

    def begin(self) -> bool:
        """Start anew."""
        self._at = -1
        return True

    def choose(self, ready: Sequence[Any], last: Turn) -> int:
        """Return what the schedule says, or the plain choice."""
        count = len(ready)
        taken = self.pick(count)
        return (taken - 1) % count if last is Turn.COULD_GO_ON else taken

    def pick(self, count: int) -> int:
        """Return what the schedule says, or 0."""
        self._at += 1
        taken = self._deviations.get(self._at, 0)
        return taken if taken < count else 0

    def ended(self, attempt: Attempt) -> None:
        """Learn nothing."""

    def missed(self, schedules: int) -> str:
        """Return what one schedule misses."""
        del schedules
        return "every other schedule"


def _simplest(program: Program, failed: Attempt, number: int, stopped: Sequence[bool]) -> Finding:
    """
    Take away what the failure does not need, then look for one with fewer preemptions; as far as that has
    come when it is stopped.
    """

    def fails(deviations: Sequence[tuple[int, int]]) -> Attempt | None:
        if stopped:
            return None
        tried = program.attempt(Following(Schedule(tuple(deviations))))
        return tried if type(tried.error) is type(failed.error) else None

    best = fails(Schedule.of(failed.taken).deviations)
    if best is None:
        return _finding(program, failed, failed, number, fewest=False)
    best = _without_needless(best, fails)
    fewest = not best.preempted
    if best.preempted:
        fewest, fewer = _with_fewer_preemptions(program, best, stopped)
        best = fewer or best
    return _finding(program, failed, best, number, fewest=fewest)


def _without_needless(best: Attempt, fails: Callable[[Sequence[tuple[int, int]]], Attempt | None]) -> Attempt:
    """
    Leave deviations out, in ever smaller pieces, while it still fails.

    Source: Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 2002.
    """
    deviations = Schedule.of(best.taken).deviations
    size = len(deviations)
    while size > 0:
        at = 0
        while at < len(deviations):
            fewer = fails(deviations[:at] + deviations[at + size :])
            if fewer is not None and _size(fewer) < _size(best):
                best, deviations = fewer, Schedule.of(fewer.taken).deviations
            else:
                at += size
        size //= 2
    return best


def _size(tried: Attempt) -> tuple[int, int]:
    """Return how far a run is from simple: its preemptions, then its deviations."""
    return len(tried.preempted), len(Schedule.of(tried.taken).deviations)


def _with_fewer_preemptions(
    program: Program, best: Attempt, stopped: Sequence[bool]
) -> tuple[bool, Attempt | None]:
    """Return whether it is certain how few will do, and the first failure of the kind with fewer, if any."""
    strategy = strategies.make("exhaustive", seed=0, depth=0, preemptions=len(best.preempted) - 1)
    for _ in range(FEWER):
        if stopped:
            break
        if not strategy.begin():
            return True, None
        try:
            tried = program.attempt(strategy)
        except NotRepeatableError:
            break
        if type(tried.error) is type(best.error):
            return True, tried
    return False, None


def _finding(program: Program, failed: Attempt, best: Attempt, number: int, *, fewest: bool) -> Finding:
    """Run the schedule once more, watched."""
    watcher = Watcher()
    schedule = Schedule.of(best.taken)
    again = program.attempt(Following(schedule), watcher.watch)
    error = again.error or failed.error
    if error is None:
        raise AssertionError("a finding without an error")
    return Finding(
        error=error,
        schedule=schedule,
        rows=tuple(watcher.rows),
        preempted=tuple(again.preempted),
        number=number,
        found_with=len(failed.preempted),
        fewest=fewest and again.error is not None,
        repeatable=again.error is not None,
    )
