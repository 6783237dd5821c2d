"""Pipeline: numbers are produced, squared, and the even squares tripled; each of the three is a stage
of its own. Where the job waits, every number waits in each of the three.

Cut into so many stages it is another workload: a number's wait is dealt to the stages evenly, and each of
them adds 1.
"""

from collections.abc import Callable
from typing import Any

from gopatterns_cli.measuring.workload import Workload


def square(number: int) -> int:
    """The second stage."""
    return number * number


def stages(dropped: object) -> tuple[Callable[[int], Any], ...]:
    """The stages after the source; the last one answers `dropped` for an odd number."""

    def triple_even(number: int) -> Any:
        return number * 3 if number % 2 == 0 else dropped

    return square, triple_even


WORKLOAD = Workload(stages=stages, ordered=True, setting="buffer", source_waits=True)


def add_one(number: int) -> int:
    """A stage of a pipeline that is cut into many."""
    return number + 1


def cut(count: int) -> Workload:
    """The workload of a pipeline of so many stages, among which an item's work is dealt."""
    return Workload(stages=lambda _dropped: (add_one,) * count, ordered=True, setting="buffer")
