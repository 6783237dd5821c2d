"""How much the same computation varies from one turn to the next, and what change that hides."""

import math
import time
from collections.abc import Sequence
from statistics import mean, median, stdev

from gopatterns_cli.doctor.finding import Finding, Level
from gopatterns_cli.figures import percent, plural, seconds, times
from gopatterns_cli.measuring.drafting import ROUNDS
from gopatterns_cli.measuring.kinds.cpu import spin
from gopatterns_cli.measuring.looks import LEVELS
from gopatterns_cli.statistics import ratio
from gopatterns_cli.statistics.precision import smallest_visible_change
from gopatterns_cli.verdicts import TOLERANCE

TOPIC = "noise"

TURN_S = 0.01

REHEARSALS = 8
"""Sessions that the turns are enough for: 192 turns, about two seconds."""


def judged(turns_s: Sequence[float]) -> Finding:
    """Judge how much equal turns differ.

    A pair is a turn and the next one, as a round has two arms; nothing differs between them but what the
    machine does. Hidden in one pair is what 95 of 100 of these pairs stay below. Hidden in a session is the
    smallest change that the session's own interval of as many pairs would have seen four times in five, the
    median over as many sessions as there are turns for. Both are of short turns in one process: fresh
    processes differ more, longer values less.

    bad: the session would miss the tolerance of `gopat compare`. remark: one pair does.

    Args:
        turns_s: what each turn took, at least two rounds' worth of a session.
    """
    pair, session = hidden_in_a_pair(turns_s), hidden_in_a_session(turns_s)
    variation, worst = stdev(turns_s) / mean(turns_s), max(turns_s) / median(turns_s)
    figures = {
        "turn_median_s": median(turns_s),
        "turns": len(turns_s),
        "coefficient_of_variation": variation,
        "worst_over_median": worst,
        "hidden_in_one_pair_share": pair,
        "hidden_in_a_session_share": session,
        "session_rounds": ROUNDS,
    }
    found = (
        f"{plural(len(turns_s), 'equal turn')} of {seconds(median(turns_s))} vary by {percent(variation)}, "
        f"the worst took {times(worst)} the median"
    )
    means = (
        f"a change below about {percent(pair)} cannot be seen in one pair here, "
        f"below about {percent(session)} not in {ROUNDS} rounds"
    )
    level = Level.BAD if session > TOLERANCE else Level.REMARK if pair > TOLERANCE else Level.GOOD
    return Finding(TOPIC, level, found, means, figures)


def hidden_in_a_pair(turns_s: Sequence[float]) -> float:
    """Return the relative change that 95 of 100 pairs of equal turns stay below: 0.03 is 3 %."""
    differences = sorted(abs(math.log(one / other)) for one, other in _pairs(turns_s))
    return math.expm1(differences[math.ceil(LEVELS[0] * len(differences)) - 1])


def hidden_in_a_session(turns_s: Sequence[float]) -> float:
    """Return the smallest relative change that a session of as many rounds as usual would have seen.

    Raises:
        ValueError: the turns are too few for one session.
    """
    pairs = _pairs(turns_s)
    found = []
    for start in range(0, len(pairs) - ROUNDS + 1, ROUNDS):
        numerators, denominators = zip(*pairs[start : start + ROUNDS], strict=True)
        visible = smallest_visible_change(ratio.paired(numerators, denominators, LEVELS))
        found += [] if visible is None else [visible]
    if not found:
        raise ValueError(f"{len(turns_s)} turns are too few for {ROUNDS} rounds")
    return median(found)


def turns() -> tuple[float, ...]:
    """Do the same computation again and again; return what each turn took, in seconds."""
    operations = _operations()
    return tuple(_took_s(operations) for _ in range(2 * ROUNDS * REHEARSALS))


def _operations() -> int:
    """Find how many operations a turn takes."""
    operations, took_s = 1_000, 0.0
    while took_s < TURN_S / 2:
        operations *= 2
        took_s = min(_took_s(operations) for _ in range(3))
    return round(operations * TURN_S / took_s)


def _took_s(operations: int) -> float:
    start = time.perf_counter()
    spin(operations, 0)
    return time.perf_counter() - start


def _pairs(turns_s: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(turns_s[::2], turns_s[1::2], strict=False))
