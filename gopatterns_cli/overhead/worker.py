"""A fresh process of one arm: `python -m gopatterns_cli.overhead.worker JSON` answers with JSON.

It takes the fields of `Cell`; with `probe`, it answers how many items fit into a time, without, the values.
"""

import json
import sys
from dataclasses import dataclass

from gopatterns_cli.overhead import arms, timing
from gopatterns_cli.overhead.operations import OPERATIONS, WrongAnswerError


@dataclass(frozen=True, slots=True)
class Cell:
    """What one process measures.

    Attributes:
        arm, operation: their names.
        setting: workers or cases, where the operation has them.
        pool: see `timing.measure`.
    """

    arm: str
    operation: str
    setting: int | None
    count: int
    pool: str


def values(cell: Cell) -> list[float]:
    """Seconds; one value."""
    operation = OPERATIONS[cell.operation]
    return timing.measure(
        operation, arms.load(cell.arm), count=cell.count, setting=cell.setting, pool=cell.pool
    )


def fitting(cell: Cell, most_s: float) -> int:
    """How many items, at most those of the cell, take no longer than `most_s`.

    The count grows in steps up to the whole: a few items tell what beginning costs, not what many cost.
    """
    operation, arm = OPERATIONS[cell.operation], arms.load(cell.arm)
    count = min(max(cell.count // 100, 2), cell.count)
    while True:
        seconds = timing.measure(operation, arm, count=count, setting=cell.setting)[0]
        if seconds > most_s:
            return max(int(count * most_s / seconds), 1)
        if count == cell.count:
            return count
        count = min(count * 4, cell.count)


def main() -> int:
    """Do what the argument says; a wrong answer is an answer too."""
    asked = json.loads(sys.argv[1])
    most_s = asked.pop("probe", None)
    cell = Cell(**asked)
    try:
        found: dict[str, object] = (
            {"values": values(cell)} if most_s is None else {"count": fitting(cell, most_s)}
        )
    except WrongAnswerError as error:
        found = {"wrong": str(error)}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
