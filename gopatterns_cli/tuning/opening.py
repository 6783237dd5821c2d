"""The first rung of a search: over how many inputs it is, and who is in it. Nothing is measured here."""

import math
from collections.abc import Iterable, Iterator, Sequence

from gopatterns_cli.tuning.cost import Cost
from gopatterns_cli.tuning.grid import Candidate

FEWEST = 10
"""Inputs to begin with, where there are so many."""

OPENING, WORST = 0.35, 0.75
"""
Shares of the search's time: what the first rung may take, and what it may take even if no two jobs overlap.
Then there is some left for whoever only comes in when that is seen.
"""

PROMISING = 4.0
"""
Where there is no time for all, those wait that would take over so many times as long as the best, going by
one job. That says what a run takes at the least, so the best may well take a few times as long.
"""


def opening(
    candidates: Sequence[Candidate], cost: Cost, seconds: float, longest_s: float
) -> tuple[int, list[Candidate]]:
    """
    Return the inputs of the first rung and who is in it, best first: the most inputs on which there is time
    for all that they can tell apart, or else for all that are promising there; where even the fewest are too
    many, the most on which there is time for the best of each promising lane, and as many more as fit. A
    process takes its time to start, over few inputs as over many.

    Args:
        candidates: each lane's from few workers to many.
        cost: what measuring will cost.
        seconds: what the search may take, of which the rung has its share.
        longest_s: what the run of the best may take.
    """

    def fit(members: Sequence[Candidate], count: int) -> bool:
        at_best_s = sum(cost.all_s(one, count) for one in members)
        at_worst_s = len(members) * (cost.start_s + 2 * cost.plain_s(count))
        return (
            at_best_s <= seconds * OPENING
            and at_worst_s <= seconds * WORST
            and cost.run_s(members[0], count) <= longest_s
        )

    rungs = [(count, _able(candidates, cost, count)) for count in _counts(cost.look.count)]
    for count, able in rungs:
        for members in (able, _promising(able, cost, count)):
            if fit(members, count):
                return count, members
    few = [(count, able, _one_of_each_lane(_promising(able, cost, count))) for count, able in rungs]
    count, able, firsts = next((rung for rung in few if fit(rung[2], rung[0])), few[-1])
    chosen: list[Candidate] = []
    took_s = 0.0
    for one in [*firsts, *(one for one in able if one not in firsts)]:
        took_s += cost.all_s(one, count)
        if not chosen or took_s <= seconds * OPENING:
            chosen.append(one)
    return count, chosen


def best_first(candidates: Iterable[Candidate], cost: Cost, count: int) -> list[Candidate]:
    """Sort candidates by what a run is expected to take."""
    return sorted(candidates, key=lambda one: (cost.run_s(one, count), one))


def _counts(most: int) -> Iterator[int]:
    """All inputs, half of them and so on."""
    count = most
    while count > FEWEST:
        yield count
        count = max(math.ceil(count / 2), FEWEST)
    yield count


def _able(candidates: Sequence[Candidate], cost: Cost, count: int) -> list[Candidate]:
    """Those that so many inputs can tell apart, best first."""
    smallest = {one.lane: one for one in reversed(candidates)}
    able = (one for one in candidates if one.workers <= count or one == smallest[one.lane])
    return best_first(able, cost, count)


def _promising(able: Sequence[Candidate], cost: Cost, count: int) -> list[Candidate]:
    good_s = PROMISING * cost.run_s(able[0], count)
    return [one for one in able if cost.run_s(one, count) <= good_s]


def _one_of_each_lane(ranked: Sequence[Candidate]) -> list[Candidate]:
    firsts = {one.lane: one for one in reversed(ranked)}.values()
    return sorted(firsts, key=ranked.index)
