"""Ratios of times: the estimate, its two intervals, and what to know about them.

A ratio is estimated as a difference of logarithms and exponentiated at the end, so that swapping the two
arms gives exactly the inverse: 1.25x slower and 0.8x as fast are the same finding.

Two intervals travel together. The *difference* interval (95 %) proves that two things differ; the
*equivalence* interval (90 %, two one-sided tests at 5 %) proves that they do not, within a band fixed
beforehand.

Source: D. J. Schuirmann, A Comparison of the Two One-Sided Tests Procedure and the Power Approach for
Assessing the Equivalence of Average Bioavailability, J. Pharmacokinetics and Biopharmaceutics 15 (1987).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gopatterns_cli.statistics import rank_sum, signed_rank
from gopatterns_cli.words import tr

FEWEST_ROUNDS = 6
"""Five rounds have no 95 % interval: their smallest and largest value cover at 93.75 %."""

MOST_LOST = 0.10
"""Share of rounds that may be lost. What crashes or times out is not lost at random."""


@dataclass(frozen=True)
class Interval:
    """The values from `low` to `high`, at a confidence of `level`."""

    low: float
    high: float
    level: float


@dataclass(frozen=True)
class RatioEstimate:
    """A ratio of two times, in ratio space: 2.0 means twice.

    Without both intervals there is no verdict; `warnings` says why, or the rounds are too few for the level.
    """

    estimate: float
    difference: Interval | None
    equivalence: Interval | None
    n: int
    warnings: tuple[str, ...] = ()


def paired(
    numerators: Sequence[float],
    denominators: Sequence[float],
    levels: tuple[float, float],
    lost: int = 0,
    doubts: Sequence[str] = (),
) -> RatioEstimate:
    """Estimate numerator / denominator from rounds that measured both.

    Args:
        numerators: seconds, one per round, above 0.
        denominators: seconds of the same rounds in the same order.
        levels: confidence of the difference and of the equivalence interval, fixed in the session's plan.
        lost: rounds in which one of the two is missing.
        doubts: why there must not be an interval, if there is a reason.

    Raises:
        ValueError: the two differ in length.
        statistics.StatisticsError: there is no round at all.
    """
    logs = [math.log(a / b) for a, b in zip(numerators, denominators, strict=True)]
    return _estimate(
        signed_rank.estimate(logs),
        lambda level: signed_rank.interval(logs, level),
        len(logs),
        tuple(doubts) or withheld(len(logs), lost),
        levels,
    )


def unpaired(
    first: Sequence[float],
    second: Sequence[float],
    levels: tuple[float, float],
    doubts: Sequence[str] = (),
) -> RatioEstimate:
    """Estimate first / second from the rounds of two sessions, which share nothing.

    Args:
        first: one ratio or time per round of the one session, above 0.
        second: the same of the other session; it may have another number of rounds.
        levels: confidence of the difference and of the equivalence interval.
        doubts: why one of the two samples must not have an interval, if there is a reason.

    Raises:
        statistics.StatisticsError: one of the two is empty.
    """
    logs, others = [math.log(x) for x in first], [math.log(x) for x in second]
    n = min(len(logs), len(others))
    return _estimate(
        rank_sum.estimate(logs, others),
        lambda level: rank_sum.interval(logs, others, level),
        n,
        tuple(dict.fromkeys((*withheld(n, 0), *doubts))),
        levels,
    )


def withheld(n: int, lost: int) -> tuple[str, ...]:
    """Say why `n` rounds must not have an interval when `lost` more are missing; empty when they may."""
    reasons = []
    if n < FEWEST_ROUNDS:
        few = tr("too few rounds for an interval: {n}, and it takes {needed}", n=n, needed=FEWEST_ROUNDS)
        reasons.append(few)
    if lost > MOST_LOST * (n + lost):
        share = f"{MOST_LOST:.0%}"
        all_ = {"lost": lost, "n": n + lost, "share": share}
        reasons.append(tr("{lost} of {n} rounds lost, more than {share}: no verdict", **all_))
    return tuple(reasons)


def _estimate(
    log_estimate: float,
    log_interval: Callable[[float], tuple[float, float] | None],
    n: int,
    warnings: tuple[str, ...],
    levels: tuple[float, float],
) -> RatioEstimate:
    def exponentiated(level: float) -> Interval | None:
        ends = None if warnings else log_interval(level)
        return None if ends is None else Interval(math.exp(ends[0]), math.exp(ends[1]), level)

    difference, equivalence = (exponentiated(level) for level in levels)
    return RatioEstimate(math.exp(log_estimate), difference, equivalence, n, warnings)
