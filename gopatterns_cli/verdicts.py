"""Verdicts: what an interval says about a claim, and about two versions. Decisions only, no measuring.

The looks and their levels are fixed in the plan (`measuring.looks`). A *difference* interval (95 % where
there is one look) proves that a ratio lies outside a band, an *equivalence* interval (90 %, two one-sided
tests at 5 %) proves that it lies inside; whatever neither proves is inconclusive, which is an answer and not
a failure. A point estimate never decides.

Where several cells stand behind one claim (a range such as "10-100x" speaks about every cell that its
`where` matches), one proved counter-example refutes it and it takes every cell to reproduce it.
Reproducing is an intersection of tests and needs no correction (R. L. Berger, Multiparameter Hypothesis
Testing and Acceptance Sampling, Technometrics 24, 1982); refuting is a union, and each cell adds at most
2.5 % to the chance of a false one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gopatterns_cli.statistics import rank_sum, signed_rank
from gopatterns_cli.statistics.precision import rounds_needed
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.words import tr

TOLERANCE = 0.05
"""A slowdown up to it is no regression, unless `--tolerance` says otherwise."""

SAME_WITHIN = 1.10
"""Two versions are the same when the equivalence interval of their ratio lies inside x1.10."""


class Verdict(StrEnum):
    """What was found about a claim, in the order in which tables and counts list them."""

    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    EXCEEDED = "exceeded"
    REPRODUCED = "reproduced"
    OUT_OF_REACH = "out of reach"
    NOT_MEASURED = "not measured"

    @property
    def holds(self) -> bool:
        """The claim is proved to be no overstatement."""
        return self in {Verdict.REPRODUCED, Verdict.EXCEEDED}


class Change(StrEnum):
    """What was found about two versions, in the order in which they are tested."""

    REGRESSION = "regression"
    IMPROVED = "improved"
    SAME = "same"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, why it could not be another, and what would settle it.

    Args:
        verdict: what was found.
        reason: why nothing could be decided; empty when the interval speaks for itself.
        rounds_needed: for `inconclusive`, about how many rounds in all would settle it; None when that is
            more than anyone would measure, or cannot be told.
    """

    verdict: Verdict
    reason: str = ""
    rounds_needed: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeJudgement:
    """As `Judgement`, about two versions."""

    verdict: Change
    reason: str = ""
    rounds_needed: int | None = None


def accepted(claimed: tuple[float, float], band: float) -> tuple[float, float]:
    """Return the speed-ups that reproduce `claimed`, a range or one value twice: it widened by `band`."""
    low, high = claimed
    return low / band, high * band


def judge(speedup: RatioEstimate, low: float, high: float) -> Judgement:
    """Judge one measured speed-up against the speed-ups accepted, `low` to `high`."""
    if speedup.difference is None or speedup.equivalence is None:
        return Judgement(Verdict.INCONCLUSIVE, tr("; ").join(speedup.warnings))
    if low <= speedup.equivalence.low and speedup.equivalence.high <= high:
        return Judgement(Verdict.REPRODUCED)
    if speedup.difference.low > high:
        return Judgement(Verdict.EXCEEDED)
    if speedup.difference.high < low:
        return Judgement(Verdict.REFUTED)
    needed = rounds_needed(speedup, low, high, signed_rank.typical_half_width)
    return Judgement(Verdict.INCONCLUSIVE, rounds_needed=needed)


def beaten(logs: Sequence[Sequence[float]], level: float) -> bool:
    """Whether one of several is proved to be better than a reference by more than x1.10, after Holm's
    correction.

    Args:
        logs: of each, the logarithm per round of the reference's time over its own; empty counts as no proof.
        level: confidence that none is called better by mistake, 0.95; each test is two-sided.

    Source: S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scand. J. Statist. 6 (1979): the
    smallest p-value is tested first, at the level over the number of tests.
    """
    found = [2 * signed_rank.p_above(one, math.log(SAME_WITHIN)) for one in logs]
    return bool(found) and min(found) <= (1 - level) / len(found)


def combine(judgements: Sequence[Judgement]) -> Judgement:
    """Return the verdict on a claim that speaks about several cells: the worst of theirs.

    One refuted cell refutes; failing that, one undecided cell leaves the claim undecided until the
    slowest of them is settled; failing that, one exceeded cell exceeds. Without any cell, nothing was
    measured.
    """
    if not judgements:
        return Judgement(Verdict.NOT_MEASURED, tr("no cell of this session is what the claim speaks about"))
    order = list(Verdict)
    worst = min(judgements, key=lambda judgement: order.index(judgement.verdict))
    if worst.verdict is not Verdict.INCONCLUSIVE:
        return worst
    undecided = [judgement for judgement in judgements if judgement.verdict is Verdict.INCONCLUSIVE]
    reasons = dict.fromkeys(judgement.reason for judgement in undecided if judgement.reason)
    needs = [judgement.rounds_needed for judgement in undecided]
    known = [need for need in needs if need is not None]
    return Judgement(
        Verdict.INCONCLUSIVE, tr("; ").join(reasons), max(known) if len(known) == len(needs) else None
    )


def judge_change(
    slowdown: RatioEstimate,
    tolerance: float,
    typical_half_width: Callable[[int, float], float] = rank_sum.typical_half_width,
) -> ChangeJudgement:
    """Judge new time / old time.

    Args:
        slowdown: that ratio.
        tolerance: a regression is proved when it is above 1 + `tolerance`, 0.05 being 5 %.
        typical_half_width: of the interval, by rounds and level: that of two sessions, or of one.
    """
    if slowdown.difference is None or slowdown.equivalence is None:
        return ChangeJudgement(Change.INCONCLUSIVE, tr("; ").join(slowdown.warnings))
    limit = 1 + tolerance
    if slowdown.difference.low > limit:
        return ChangeJudgement(Change.REGRESSION)
    if slowdown.difference.high < 1 / limit:
        return ChangeJudgement(Change.IMPROVED)
    if slowdown.equivalence.low >= 1 / SAME_WITHIN and slowdown.equivalence.high <= SAME_WITHIN:
        return ChangeJudgement(Change.SAME)
    edge = SAME_WITHIN if 1 / limit <= slowdown.estimate <= limit else limit
    needed = rounds_needed(slowdown, 1 / edge, edge, typical_half_width)
    return ChangeJudgement(Change.INCONCLUSIVE, rounds_needed=needed)
