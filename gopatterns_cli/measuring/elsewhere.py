"""A whole job that can be pickled, for arms of processes by hand."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gopatterns_cli.measuring.kinds import Effect

Told = tuple[int, float, float, Any]
"""A job's number, when it began and ended, its value."""


@dataclass(frozen=True)
class Elsewhere:
    """A whole job that can be pickled: it runs in another process, and tells when it began and ended."""

    sleep_s: float
    function: Callable[[Any], Any] | None
    awaits: bool

    def __call__(self, job: tuple[int, Any]) -> Told:
        """Do the job of a number and its argument."""
        item, argument = job
        start = time.perf_counter()
        if self.sleep_s:
            time.sleep(self.sleep_s)
        call = called(Effect(function=self.function, awaits=self.awaits))
        value = item if self.function is None else call(argument)
        return item, start, time.perf_counter(), value


def called(effect: Effect) -> Callable[[Any], Any]:
    """The function as plain code calls it."""
    function: Callable[[Any], Any] = effect.function or (lambda argument: argument)
    return (lambda argument: asyncio.run(function(argument))) if effect.awaits else function
