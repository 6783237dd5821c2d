"""Rounds drawn from trials: whole trials one after another, so that what follows whom stays as it was."""

import random
from collections.abc import Sequence

Block = tuple[float, ...]
"""The ratios of one trial, a round each, in the order of the rounds."""


def drawn(blocks: Sequence[Block], rounds: int, draws: random.Random) -> Block:
    """Return so many rounds: blocks drawn with replacement and put together, the last one cut.

    Args:
        blocks: at least one, none of them empty.
        rounds: how many.
        draws: where chance comes from.
    """
    together: list[float] = []
    while len(together) < rounds:
        together += draws.choice(blocks)
    return tuple(together[:rounds])
