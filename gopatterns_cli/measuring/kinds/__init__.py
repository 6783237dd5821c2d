"""What a job does before its arithmetic: one file per kind, found by the kind's name.

A module here has `effect(cell, port)`, and `missing()` where it needs something that may not be here. What it
computes is a plain function that can be pickled, so that any runtime can run it; what it waits is a number of
seconds, which each arm sleeps in its own way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from operator import eq
from time import perf_counter
from types import ModuleType
from typing import Any

from gopatterns_cli.measuring.cells import Cell
from scenarios.model import FOOTPRINT

SEEDS = 8
"""There are so many different numbers and pictures to work on: answers repeat after so many."""


@dataclass(frozen=True)
class Effect:
    """The effect of the jobs of one cell.

    Args:
        sleep_s: what a job sleeps first.
        function: what it computes then, from its number, or from its argument; None when it only sleeps.
        awaits: `function` is an `async def`.
        arguments: what `function` is called with, one per job; None for the job's number.
        expected: the right value, from the job's number; None when it has to be found out by running it.
        is_number: the value is a number that goes on through the pattern's own stages.
        same: whether a value is as good as the right one.
        facts: what else there is to say of the runs so far, by name; None where nobody asks.
    """

    sleep_s: float = 0.0
    function: Callable[[Any], Any] | None = None
    awaits: bool = False
    arguments: Sequence[Any] | None = None
    expected: Callable[[int], Any] | None = None
    is_number: bool = True
    same: Callable[[Any, Any], bool] = eq
    facts: Callable[[], dict[str, Any]] | None = None

    def argument(self, item: int) -> Any:
        """Return what a job computes with."""
        return item if self.arguments is None else self.arguments[item]


@dataclass(frozen=True)
class Timed:
    """Calls a function where it runs, be that another process, and says how long it took."""

    function: Callable[[Any], Any]

    def __call__(self, argument: Any) -> tuple[float, Any]:
        """Return the seconds and the value."""
        start = perf_counter()
        value = self.function(argument)
        return perf_counter() - start, value


def effect_of(cell: Cell, port: int) -> Effect:
    """Return the effect of a cell's jobs; `port` is of the site that they fetch from."""
    effect: Effect = _kind(cell.job_kind).effect(cell, port)
    return effect


def missing(kind: str) -> str:
    """Say what jobs of a kind lack here, and how to get it; empty where they lack nothing."""
    if kind in {"operation", FOOTPRINT}:  # it has no jobs
        return ""
    looked = getattr(_kind(kind), "missing", None)
    return str(looked()) if looked is not None else ""


def _kind(kind: str) -> ModuleType:
    return import_module(f"gopatterns_cli.measuring.kinds.{kind}")
