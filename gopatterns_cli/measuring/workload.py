"""What the jobs of a pattern are: what they compute, and which answer is the right one.

Each folder of `arms/` that is measured holds one `WORKLOAD`. What a job does besides its arithmetic is its
kind (`kinds/`), the same for every pattern.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Compute = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Workload:
    """The jobs of one pattern.

    Attributes:
        stages: given the mark that means "drop this item", the functions that an item goes through. As None,
            the mark drops an item from the expected answer too.
        ordered: the results come in the order of the items.
        setting: what an arm takes besides its work: the cell's `workers` or its `buffer`.
        source_waits: producing an item waits as long as a stage does.
        apart: an arm is handed a job's waiting and its computing as two functions.
    """

    stages: Callable[[object], tuple[Compute, ...]]
    ordered: bool
    setting: str
    source_waits: bool = False
    apart: bool = False

    def expected(self, items: list[Any]) -> list[Any]:
        """The right answer for these items, in their order."""
        results = items
        for stage in self.stages(None):
            results = [stage(item) for item in results]
        return [result for result in results if result is not None]

    def waits(self, count: int) -> int:
        """How many waits a right run has: every item in every stage, and in the source where that waits."""
        return count * (len(self.stages(None)) + self.source_waits)
