"""
The strategies, found by listing this folder.

A module here has a class `Strategy`, made with the keywords of `make`, and a docstring whose first line says
what it does.
"""

from __future__ import annotations

from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from patterns.exploring.director import Attempt


class Turn(Enum):
    """
    What became of the task that had the last turn.

    It `COULD_GO_ON`: it stands between two operations, and to let another go on is a preemption. It
    `GAVE_WAY`, by `sleep(0)` or inside a call, and to let it go on before the others is counted as one, too.
    It `STOPPED`: it waits or has ended, and whoever is next is no preemption.
    """

    COULD_GO_ON = "could go on"
    GAVE_WAY = "gave way"
    STOPPED = "stopped"


class Strategy(Protocol):
    """Decides who has the next turn, in one schedule after another."""

    def begin(self) -> bool:
        """Start a new schedule; False when there is none left."""

    def choose(self, ready: Sequence[Any], last: Turn) -> int:
        """
        Return the index of the next task among two or more. The one that had the last turn is at the end,
        unless it stopped.
        """

    def pick(self, count: int) -> int:
        """Return the number of the case that a select takes, of `count` that are ready."""

    def ended(self, attempt: Attempt) -> None:
        """Take note of how the schedule went."""

    def missed(self, schedules: int) -> str:
        """Return what a search of so many schedules, in which nothing failed, may have missed."""


def names() -> tuple[str, ...]:
    """Return the names of the strategies, sorted."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))


def make(name: str, *, seed: int, depth: int, preemptions: int) -> Strategy:
    """
    Return a strategy. Each takes of the keywords what it needs.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in names():
        raise ValueError(f"strategy: found {name!r}, allowed {', '.join(names())}")
    module = import_module(f"patterns.exploring.strategies.{name}")
    strategy: Strategy = module.Strategy(seed=seed, depth=depth, preemptions=preemptions)
    return strategy
