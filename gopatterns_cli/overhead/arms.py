"""The arms that run in this process: our library on each runtime, and the peers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from gopatterns_cli.measuring.cells import GOPAT, Cell
from gopatterns_cli.overhead import ours, peers
from gopatterns_cli.overhead.operations import Operation
from patterns import run, runtimes


@dataclass(frozen=True, slots=True)
class Arm:
    """Somebody who can do operations in this process.

    Attributes:
        enter: called with a function and its arguments, runs it in the arm's loop.
    """

    name: str
    module: ModuleType
    enter: Callable[..., Any]

    def function(self, operation: Operation) -> Callable[..., Any]:
        """What does it."""
        found: Callable[..., Any] = getattr(self.module, operation.function)
        return found


def of(cell: Cell) -> Arm:
    """The arm of a cell; ValueError when it is not here."""
    return on(cell.runtime or "", pin=cell.pin) if cell.arm == GOPAT else peer(cell.runtime or "")


def on(runtime: str, *, pin: bool = False) -> Arm:
    """Ours on a runtime; ValueError when there is none of that name, or it is not here."""
    runtimes.load(runtime)
    return Arm(f"gopat/{runtime}", ours, partial(run, runtime=runtime, pin=pin))


def peer(name: str) -> Arm:
    """A peer; ValueError when there is none of that name, or it is not here."""
    module = peers.load(name)
    return Arm(name, module, module.enter)
