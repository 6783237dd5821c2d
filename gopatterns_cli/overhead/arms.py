"""The arms: our library on each runtime, the peers, and Go where there is a toolchain."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from gopatterns_cli.measuring import golang
from gopatterns_cli.overhead import ours, peers
from gopatterns_cli.overhead.operations import Operation
from patterns import run, runtimes

OURS = "gopat/"

GO = "go"

NOT_MEASURED = {"simulator", "processes"}
"""A virtual clock has no seconds; `processes` is `fibers` with other calls, and nothing here calls."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Somebody who can do operations in this process.

    Attributes:
        enter: called with a function and its arguments, runs it in the arm's loop.
    """

    name: str
    module: ModuleType
    enter: Callable[..., Any]

    def can(self, operation: Operation) -> bool:
        """Whether it does this operation."""
        return hasattr(self.module, operation.function)

    def function(self, operation: Operation) -> Callable[..., Any]:
        """What does it."""
        found: Callable[..., Any] = getattr(self.module, operation.function)
        return found


def names() -> tuple[str, ...]:
    """The names of all arms: ours, Go, the peers; whether they are here or not."""
    here = (name for name in runtimes.names() if name not in NOT_MEASURED)
    return (*(OURS + name for name in here), GO, *peers.names())


def missing(name: str) -> str | None:
    """Why an arm cannot run here and how to get it, or None when it can.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in names():
        raise ValueError(f"arm: found {name!r}, allowed {', '.join(names())}")
    if name == GO:
        try:
            golang.toolchain()
        except golang.NoGoError as error:
            return str(error)
        return None
    return runtimes.unavailable(name.removeprefix(OURS)) if name.startswith(OURS) else peers.missing(name)


def lacks(name: str) -> dict[str, str]:
    """What an arm does less than a full peer, by operation."""
    return {} if name == GO or name.startswith(OURS) else peers.about(name).lacks


def load(name: str) -> Arm:
    """An arm that runs in this process, which Go does not.

    Raises:
        ValueError: there is none of that name, or it is not here.
    """
    if name.startswith(OURS):
        runtime = name.removeprefix(OURS)
        runtimes.load(runtime)
        return Arm(name, ours, partial(run, runtime=runtime))
    module = peers.load(name)
    return Arm(name, module, module.enter)
