"""Every arm of an operation in turn, in a fresh process per round.

The order is drawn once and rotated by one place each round, so that no arm has a place of its own, and a
machine that grows slower meets all of them.
"""

import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import golang
from gopatterns_cli.overhead import arms
from gopatterns_cli.overhead.operations import Operation
from gopatterns_cli.overhead.worker import Cell

MOST_S = 2.0
"""The longest that one value may take; an arm that is slower gets fewer items."""

HANGS_S = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """What was found for one arm.

    Attributes:
        seconds: of one item, the median over the rounds; None when it failed.
        count: items of a value.
        scaled: whether those are fewer than the operation has.
        problem: why it failed.
    """

    arm: str
    count: int
    scaled: bool = False
    seconds: float | None = None
    problem: str = ""


def measured(
    cell: Cell,
    operation: Operation,
    names: Sequence[str],
    *,
    rounds: int,
    seed: int,
    tell: Callable[[str], None],
) -> list[Row]:
    """Return a row for every arm that does the operation, the fastest first; failed ones are last.

    Args:
        cell: the operation's name, its setting, count and pool; its arm is replaced.
        operation: the same operation.
        names: arms that are here.
        rounds: processes per arm.
        seed: of the order.
        tell: called with a line before each process.
    """
    rows = {}
    for name in (name for name in names if does(name, operation)):
        tell(f"{operation.name} {name}: probe")
        rows[name] = _probed(replace(cell, arm=name))
    order = [name for name in rows if not rows[name].problem]
    random.Random(seed).shuffle(order)
    found: dict[str, list[float]] = {name: [] for name in order}
    for number in range(rounds):
        place = number % max(len(order), 1)
        for name in order[place:] + order[:place]:
            row = rows[name]
            if row.problem:
                continue
            tell(f"{operation.name} {name}: round {number + 1} of {rounds}")
            try:
                found[name].append(_value(replace(cell, arm=name, count=row.count)) / row.count)
            except Failure as error:
                rows[name] = replace(row, problem=error.message)
    done = [row if row.problem else replace(row, seconds=median(found[name])) for name, row in rows.items()]
    return sorted(done, key=lambda row: (row.seconds is None, row.seconds or 0.0, row.arm))


def does(name: str, operation: Operation) -> bool:
    """Whether an arm, which is here, does an operation."""
    return operation.in_go if name == arms.GO else arms.load(name).can(operation)


def _probed(cell: Cell) -> Row:
    if cell.arm == arms.GO:
        return Row(cell.arm, cell.count)
    try:
        count = int(str(_answer(cell, probe=MOST_S)["count"]))
    except Failure as error:
        return Row(cell.arm, cell.count, problem=error.message)
    return Row(cell.arm, count, scaled=count < cell.count)


def _value(cell: Cell) -> float:
    if cell.arm == arms.GO:
        asked = {"pattern": "overhead", "operation": cell.operation, "count": cell.count}
        words = ("-cell", json.dumps({**asked, "arm": "go", "workers": cell.setting or 0}))
        warm = ("-warmups", "1") if cell.pool == "warm" else ()
        (value,) = _floats(golang.asked((*words, *warm), HANGS_S)["values"])
    else:
        (value,) = _floats(_answer(cell)["values"])
    return value


def _floats(values: object) -> list[float]:
    if not isinstance(values, list):
        raise Failure(f"found {values!r}, expected values")
    return [float(value) for value in values]


def _answer(cell: Cell, **more: float) -> dict[str, object]:
    """What a fresh process says.

    Raises:
        Failure: it fails, hangs, or its answer is wrong.
    """
    asked = json.dumps({**asdict(cell), **more})
    command = [sys.executable, "-m", "gopatterns_cli.overhead.worker", asked]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=HANGS_S, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
            raise Failure(said[0])
        answer: dict[str, object] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Failure(f"no answer within {HANGS_S:.0f} s") from None
    except ValueError as error:
        raise Failure(f"its answer cannot be read: {error}") from None
    if "wrong" in answer:
        raise Failure(str(answer["wrong"]))
    return answer
