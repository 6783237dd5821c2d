"""How often a claim is called reproduced whose truth lies at its band's edge, drawn from recorded rounds.

The ratio of identical code is 1, so a claim of 1 times its band has that on its lower edge. Looked at as a
session does, three times at the most.
"""

import random
from collections.abc import Sequence

from gopatterns_cli.measuring.looks import THREE
from gopatterns_cli.statistics.ratio import paired
from gopatterns_cli.trials.blocks import Block, drawn
from gopatterns_cli.trials.coverage import known
from gopatterns_cli.trials.rates import Rate
from gopatterns_cli.trials.trial import Trial
from gopatterns_cli.verdicts import Verdict, accepted, judge

BAND = 1.10

CLAIMS = 600
"""So many are drawn."""


def reproduced(trials: Sequence[Trial], seed: int, claims: int = CLAIMS) -> Rate:
    """Draw claims at their edge, from all kinds of rounds in turn, and count those called reproduced.

    Args:
        trials: all that were recorded.
        seed: decides what is drawn.
        claims: how many; none where there is no trial.
    """
    draws = random.Random(seed)
    kinds = [one for one in known(trials) if one.blocks]
    found = []
    for number in range(claims if kinds else 0):
        kind = kinds[number % len(kinds)]
        ratios = drawn(kind.blocks, THREE[-1].rounds, draws)
        found.append(verdict(ratios, kind.truth) is Verdict.REPRODUCED)
    return Rate.among(found)


def verdict(ratios: Block, truth: float) -> Verdict:
    """Judge a claim whose lower edge is the truth, at the look that decides it."""
    claim = truth * BAND
    for look in THREE:
        seen = ratios[: look.rounds]
        found = judge(paired(seen, (1.0,) * len(seen), look.levels), *accepted((claim, claim), BAND))
        if found.verdict is not Verdict.INCONCLUSIVE:
            return found.verdict
    return Verdict.INCONCLUSIVE
