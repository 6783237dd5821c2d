"""A plan that fits a time: fewer rounds first, then fewer arms, and what was left out is said."""

import math
from collections.abc import Callable, Sequence

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import BUCKET, GO, GOPAT, NATIVE, WARM, Cell
from gopatterns_cli.measuring.estimating import expected_s
from scenarios.notation import write_duration

FEWER_ROUNDS = (8, 6)
"""What a budget makes of 12 rounds, before it leaves arms out; with fewer than 6 there is no interval."""

LESS: Sequence[tuple[str, "Callable[[Cell], bool]"]] = (
    ("warm pools", lambda cell: cell.pool == WARM),
    ("ladders of durations", lambda cell: cell.ladder),
    ("arms written by hand", lambda cell: cell.arm == NATIVE),
    ("our limiter beside the ticker's", lambda cell: cell.pattern == BUCKET and cell.arm in {GOPAT, GO}),
    ("rates below 1,000 per second", lambda cell: cell.rate is not None and cell.rate < 1_000),
)
"""What a budget leaves out, first to last: what no claim is decided by."""


def fitted(
    cells: tuple[Cell, ...], rounds: int, budget_s: float, *, quick: bool, fewest: int
) -> tuple[tuple[Cell, ...], int, tuple[str, ...]]:
    """Return the cells and the rounds that fit a time, at least `fewest`, and what was left out for it."""
    allowed = [rounds, *(fewer for fewer in FEWER_ROUNDS if fewest <= fewer < rounds)]
    left_out: list[str] = []
    steps: list[tuple[str, Callable[[Cell], bool]]] = [("", lambda _: False), *LESS]
    for name, leaves_out in steps:
        fewer = tuple(cell for cell in cells if not leaves_out(cell))
        if all(cell.runtime is None for cell in fewer):  # that would be all of it
            continue
        if name and len(fewer) < len(cells):
            left_out.append(name)
        cells = fewer
        for count in allowed:
            if expected_s(cells, count, quick=quick) <= budget_s:
                less = [f"{rounds - count} of {rounds} rounds"] if count < rounds else []
                return cells, count, (*less, *left_out)
    least_s = math.ceil(expected_s(cells, allowed[-1], quick=quick))
    raise Failure(f"--budget: found {write_duration(budget_s)}, allowed from {least_s}s for these targets", 2)
