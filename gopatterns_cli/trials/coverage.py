"""How often an interval holds the truth, drawn from recorded rounds of which the truth is known."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gopatterns_cli.measuring.looks import LEVELS
from gopatterns_cli.statistics.ratio import paired
from gopatterns_cli.trials.blocks import Block, drawn
from gopatterns_cli.trials.rates import Rate
from gopatterns_cli.trials.trial import Trial

ROUNDS = 12
"""Of an interval; one look after them has a level of 95 %."""

EACH = 150
"""Intervals of one kind of rounds."""


@dataclass(frozen=True, slots=True)
class Known:
    """Recorded rounds of one kind.

    Args:
        name: what was compared.
        loaded: whether processes computed beside it.
        truth: the true ratio.
        blocks: the ratios of each trial.
    """

    name: str
    loaded: bool
    truth: float
    blocks: tuple[Block, ...]

    @property
    def rounds(self) -> int:
        """How many there are."""
        return sum(map(len, self.blocks))


@dataclass(frozen=True, slots=True)
class Covered:
    """How many intervals of one kind hold the truth; `recorded` rounds are behind them."""

    name: str
    loaded: bool
    recorded: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many intervals hold the truth, of all kinds together and of each."""

    rate: Rate
    kinds: tuple[Covered, ...]


def coverage(trials: Sequence[Trial], seed: int, each: int = EACH) -> Coverage:
    """Draw intervals of all kinds of rounds that there are.

    Args:
        trials: all that were recorded.
        seed: decides what is drawn.
        each: intervals of one kind.
    """
    draws = random.Random(seed)
    hits = [(one, covered(one, draws, each)) for one in known(trials) if one.rounds >= ROUNDS]
    kinds = tuple(Covered(one.name, one.loaded, one.rounds, Rate.among(held)) for one, held in hits)
    return Coverage(Rate.among(hit for _, held in hits for hit in held), kinds)


def known(trials: Sequence[Trial]) -> Iterator[Known]:
    """Yield the rounds of trials by what is known of them."""
    for loaded in (False, True):
        alike = [trial for trial in trials if trial.loaded is loaded]
        for share in sorted({trial.slowed for trial in alike}):
            name = f"slowed by {100 * share:g}%" if share else "null pairs"
            blocks = (trial.ratios for trial in alike if trial.slowed == share)
            yield Known(name, loaded, 1 + share, tuple(filter(None, blocks)))
        yield Known("canaries", loaded, 1.0, tuple(filter(None, (trial.canary_ratios for trial in alike))))


def covered(of: Known, draws: random.Random, intervals: int) -> list[bool]:
    """Draw intervals of 12 rounds and return of each whether it holds the truth."""
    return [_holds(drawn(of.blocks, ROUNDS, draws), of.truth) for _ in range(intervals)]


def _holds(ratios: Block, truth: float) -> bool:
    found = paired(ratios, (1.0,) * len(ratios), LEVELS).difference
    if found is None:
        raise ValueError(f"{len(ratios)} rounds have no interval")
    return found.low <= truth <= found.high
