"""One measurement of a tuning: a worker process, what it may take, the user's rate between two of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.estimating import SLOW_S, loops_of
from gopatterns_cli.measuring.processes import Launcher, LostRunError, Order
from gopatterns_cli.tuning.cost import GRACE_S, Cost
from gopatterns_cli.tuning.found import Entrant, Value
from gopatterns_cli.tuning.grid import Bounds

END_S = 2.0
"""What a process may take beside its start and its runs, before it is taken for hung."""


@dataclass(slots=True)
class Runner:
    """Runs workers one after the other, and keeps what they measured.

    Args:
        launcher: runs a worker.
        bounds: what the user allows.
        left_s: how much of the budget is left.
        cost: what measuring costs; what a process costs beside what it times is corrected here.
        one_loop: the function works in the first event loop of a process only, so each does one run.
        clock: seconds, always rising.
        rest: sleeps.
        values: what was measured so far.
        learned: what failures say that the look did not meet, by their kind.
    """

    launcher: Launcher
    bounds: Bounds
    left_s: Callable[[], float]
    cost: Cost
    one_loop: bool
    clock: Callable[[], float] = time.monotonic
    rest: Callable[[float], None] = time.sleep
    values: list[Value] = field(default_factory=list)
    learned: dict[str, str] = field(default_factory=dict)
    _starts_s: list[float] = field(default_factory=list)
    _free_s: float = 0.0

    def measure(
        self, entrant: Entrant, cell: Cell, expected_s: float, most_s: float, hash_seed: int = 1
    ) -> Value:
        """Run one worker: a quick run is warmed up and repeated, a slow one is run once.

        Args:
            entrant: whom the cell stands for.
            cell: what runs.
            expected_s: what a run is expected to take, in seconds.
            most_s: what it may take; and no longer than there is time.
            hash_seed: the PYTHONHASHSEED.

        Raises:
            LostRunError: it failed, or took more memory than the user allows; HungError: more time.
        """
        loops = 1 if self.one_loop else loops_of(expected_s)
        warmups = 0 if self.one_loop or expected_s > SLOW_S else 1
        wanted_s = most_s * (loops + warmups) + self.cost.start_s + END_S
        order = Order(cell, loops, 1, warmups, hash_seed, min(wanted_s, max(self.left_s(), GRACE_S)))
        began_s = self.clock()
        self.keep_pace()
        try:
            run = self.launcher(order)
        finally:
            self.pace_begins()
        self.learned |= run.metadata.get("gopat_failing", {})
        memory, most = run.metadata.get("gopat_peak_bytes"), self.bounds.memory_bytes
        if entrant is not None and memory is not None and most is not None and memory > most:
            raise LostRunError(f"it took {memory / 2**20:,.0f} MB, more than --max-memory")
        self._starts_s.append(max(self.clock() - began_s - run.values[0] * (loops + warmups), 0.0))
        self.cost.start_s = median(self._starts_s)
        value = Value(entrant, cell.count, run.values[0], memory)
        self.values.append(value)
        return value

    def keep_pace(self) -> None:
        """Wait until another process may call the function: the last call of the one before was one, too."""
        if self.bounds.rate is not None:
            self.rest(max(self._free_s - self.clock(), 0.0))

    def pace_begins(self) -> None:
        """Note that a process has ended, whose last call was perhaps just now."""
        if self.bounds.rate is not None:
            self._free_s = self.clock() + 1 / self.bounds.rate
