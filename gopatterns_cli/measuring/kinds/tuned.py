"""Jobs of a tuning: a function of the user's over a sample of inputs, both looked at before.

A job that fails gives its failure as an answer, as it does in the plain loop, so that some bad inputs do not
end a measurement. An answer that is not the plain loop's does (`judging`). The cell's `inputs` are
FOLDER:FIRST, the sample's folder and the number of the first job in it.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import nlargest
from pathlib import Path
from typing import Any

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.kinds import Effect
from gopatterns_cli.memory.system import peak_bytes
from gopatterns_cli.tuning import sample as samples
from gopatterns_cli.tuning.judging import Judge, Unknown
from gopatterns_cli.tuning.pace import Pace
from gopatterns_cli.tuning.sample import PLAIN, Failed, Sample


@dataclass(frozen=True, slots=True)
class Attempt:
    """Calls a function; what it raises is its answer, unless memory ran out."""

    function: Callable[[Any], Any]

    def __call__(self, argument: Any) -> Any:
        """Return the answer or the failure."""
        try:
            return self.function(argument)
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's function does
            return Failed(type(error).__name__)


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer from another process, with what that process has taken at the most."""

    value: Any
    process: int
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Weighing:
    """Calls a function in another process and weighs that."""

    function: Callable[[Any], Any]

    def __call__(self, argument: Any) -> Weighed:
        """Return the answer, weighed."""
        return Weighed(self.function(argument), os.getpid(), peak_bytes())


class Paced:
    """Calls a function so many times a second at the most, from wherever it is called."""

    def __init__(self, function: Callable[[Any], Any], rate: float) -> None:
        self._function = function
        self._pace = Pace(rate)

    def __call__(self, argument: Any) -> Any:
        """Wait for its turn, and call."""
        time.sleep(self._pace.wait_s())
        return self._function(argument)


def effect(cell: Cell, port: int) -> Effect:
    """Return the function, its inputs, and their answers as far as they are known."""
    del port
    _first_to_go()
    place, _, first = (cell.inputs or "").rpartition(":")
    folder = Path(place)
    sample = samples.load(folder)
    awaits = sample.form != PLAIN
    function = _awaiting(sample) if awaits else _calling(cell, sample)  # first: inputs may be of its module
    arguments = samples.arguments(folder, sample, int(first), cell.count)
    right = samples.answers(folder, sample, int(first), cell.count)
    runs = Runs(Judge(sample, cell.rate), cell.workers or 0)
    return Effect(
        function=function,
        awaits=awaits,
        arguments=arguments,
        expected=lambda item: right[item] if item in right else Unknown(arguments[item]),
        is_number=False,
        same=runs.is_right,
        facts=runs.facts,
    )


def _calling(cell: Cell, sample: Sample) -> Callable[[Any], Any]:
    attempt = Attempt(sample.imported())
    if cell.runtime == "processes":
        return Weighing(attempt)
    return Paced(attempt, cell.rate) if cell.is_serial and cell.rate is not None else attempt


def _awaiting(sample: Sample) -> Callable[[Any], Any]:
    function = sample.awaitable()

    async def attempt(argument: Any) -> Any:
        try:
            return await function(argument)
        except MemoryError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's function does
            return Failed(type(error).__name__)

    return attempt


@dataclass(slots=True)
class Runs:
    """What is found out of the runs of one cell: which answers are right, and what its processes took.

    Args:
        judge: knows which answers are right.
        processes: so many there are at once at the most, beside this one.
        peaks: what each process took at the most, by its id; every run has new ones.
    """

    judge: Judge
    processes: int
    peaks: dict[int, int] = field(default_factory=dict)

    def is_right(self, found: Any, right: Any) -> bool:
        """Whether an answer is right, weighed or not."""
        if isinstance(found, Weighed):
            self.peaks[found.process] = max(found.peak_bytes, self.peaks.get(found.process, 0))
            found = found.value
        return self.judge.is_right(found, right)

    def facts(self) -> dict[str, Any]:
        """Return what all processes at once took at the most, and failures that the look did not meet."""
        others_bytes = sum(nlargest(self.processes, self.peaks.values()))
        return {"peak_bytes": self.judge.peak_bytes + others_bytes, "failing": self.judge.learned}


def _first_to_go() -> None:
    """Have the kernel, should memory run out, end this measurement first, and none beside it."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
