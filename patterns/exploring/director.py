"""One run of a program on the simulator, under a strategy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patterns.errors import CancelledError
from patterns.exploring.strategies import Turn
from patterns.runtimes._main import Main
from patterns.runtimes._scheduler import Scheduler
from patterns.runtimes.simulator import (
    COLLECT_EVERY,
    InlineCalls,
    VirtualClock,
    collect,
    collected_by_turns,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from patterns.exploring.strategies import Strategy
    from patterns.traps import Task


MOST_TURNS = 10_000
"""A run that takes more turns than this does not end, as far as anybody can tell."""


class LeakError(AssertionError):
    """Tasks were alive when the main task had ended; the message names them."""


class EndlessError(AssertionError):
    """A program took more turns than are allowed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    How one run went.

    `error` is what it failed with, a `LeakError` when only tasks were left behind, None when nothing is
    wrong. `taken` are its decisions, 0 where the plain schedule was followed.
    `preempted` are the turns, counted from 1, after which a task that could have gone on was not let, or one
    that gave way went on all the same. `tasks` and `turns` are how many there were.
    """

    error: BaseException | None
    taken: list[int]
    preempted: list[int]
    tasks: int
    turns: int


@dataclass(frozen=True)
class Program:
    """What is run, again and again: `main(*args)`; more turns than `most_turns` are an error."""

    main: Callable[..., Awaitable[Any]]
    args: tuple[Any, ...] = ()
    most_turns: int = MOST_TURNS

    def attempt(
        self, strategy: Strategy, watch: Callable[[int, Task, Scheduler], None] | None = None
    ) -> Attempt:
        """
        Run once; the strategy has begun a schedule. `watch(turn, task, driver)` is told of every turn when it
        is over.
        """
        director = Director(strategy, self.most_turns, watch)
        driver = director.driver
        started = Main(driver, self.main, self.args)
        started.begin()
        try:
            with collected_by_turns():
                driver.run(started)
        except BaseException as stopped:
            director.unwind(started)
            if not isinstance(stopped, EndlessError):
                raise
            error: BaseException | None = stopped
        else:
            outcome = started.outcome()
            error = outcome.error
            if outcome.leaked and (error is None or isinstance(error, CancelledError)):
                error = LeakError("tasks left behind:\n  " + "\n  ".join(outcome.leaked))
        tried = Attempt(error, director.taken, director.preempted, driver.spawned, director.turns)
        strategy.ended(tried)
        return tried


TURNS = {None: Turn.STOPPED, False: Turn.COULD_GO_ON, True: Turn.GAVE_WAY}


class Director:
    """Asks the strategy who is next, and writes down what it said."""

    operations = 0
    counts_all = True

    def __init__(
        self, strategy: Strategy, most_turns: int, watch: Callable[[int, Task, Scheduler], None] | None
    ) -> None:
        self.ready: list[Any] = []
        self.taken: list[int] = []
        self.preempted: list[int] = []
        self.turns = 0
        self._most_turns = most_turns
        self._strategy = strategy
        self._unwinding = False
        clock, calls = VirtualClock(), CallsThatGiveWay()
        self.driver = Scheduler("simulator", clock, self, calls)
        if watch is not None:
            self.driver.stepped = lambda task: self._unwinding or watch(self.turns, task, self.driver)

    def choose(self, ready: list[Any]) -> Any:
        """Take the next task out of the ready ones."""
        if self.turns == self._most_turns:
            raise EndlessError(f"it did not end within {self._most_turns:,} turns")
        self.turns += 1
        if self.turns % COLLECT_EVERY == 0:
            collect(self.turns)
        if self._unwinding:
            return ready.pop(0)
        gave_way, self.driver.gave_way = self.driver.gave_way, None
        count = len(ready)
        if count == 1:
            return ready.pop()
        last = TURNS[gave_way]
        index = self._strategy.choose(ready, last)
        if last is Turn.COULD_GO_ON:
            taken = (index + 1) % count
            preempts = taken > 0
        else:
            taken = index
            preempts = last is Turn.GAVE_WAY and index == count - 1
        if preempts:
            self.preempted.append(self.turns - 1)
        self.taken.append(taken)
        return ready.pop(index)

    def unwind(self, main: Main) -> None:
        """
        End what did not end by itself: cancel it, and close what goes on all the same. Left to the collector,
        it would be closed in the middle of another run.
        """
        driver, turns = self.driver, self.turns
        self._unwinding, self._most_turns = True, 2 * self._most_turns
        driver.between_turns(main.context.cancel)
        try:
            driver.run(main)
        except EndlessError:
            for task in tuple(driver.live):
                driver.close(task)
        self.turns = turns

    def pick(self, count: int) -> int:
        """Return the number of a select's case."""
        if self._unwinding:
            return 0
        taken = self._strategy.pick(count)
        self.taken.append(taken)
        return taken


class CallsThatGiveWay(InlineCalls):
    """Calls during which the other tasks may go on, before the function runs and after."""

    async def call(self, task: Task, fn: Callable[..., Any], args: tuple[Any, ...], **how: Any) -> Any:
        """Return what `fn` gives."""
        await task.driver.rest(task)
        try:
            return await super().call(task, fn, args, **how)
        finally:
            await task.driver.rest(task)
