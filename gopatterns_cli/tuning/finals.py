"""The finals: a few candidates and the plain loop, measured in paired rounds, and what follows from them.

The rounds are those of METHOD: in each of them everybody runs once, in a fresh process, in an order that is
drawn; all share a hash seed. A ratio is estimated inside the rounds. The plain loop may work on fewer inputs
than the others, where it would take too long: then the ratio is of the time per job.

The best of a few is chosen by the same rounds that say how much better it is, so its lead over the next best
is a little flattered; over the plain loop that hardly matters.

Where the plain loop is ahead of all there is one early look, so that nobody waits for the rest. It is surer
than the last one, 99 %, and asks for more: that none is even as fast, where the last asks that none is faster
by a factor worth having. So it adds next to nothing to the share of wrong verdicts.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from gopatterns_cli.measuring.cells import GOPAT
from gopatterns_cli.measuring.drafting import HASH_SEEDS, ROUNDS, drawn_orders
from gopatterns_cli.measuring.looks import LEVELS, THREE
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.statistics.ratio import FEWEST_ROUNDS, RatioEstimate, paired
from gopatterns_cli.tuning.found import Dropped, Entrant, Value
from gopatterns_cli.tuning.grid import Candidate
from gopatterns_cli.tuning.searching import ranking

PAYS, NOT_HERE, UNPROVED = "pays", "no pattern pays here", "not proved"
"""
What is found: the best is proved faster than the plain loop; proved to gain nothing worth having, which is
asked first; neither.
"""

WORTH = 1.10
"""A gain below this factor is none worth having: the interval's upper end decides."""

EARLY = THREE[0]
"""The look after which the rounds end if the plain loop is ahead of every finalist."""

MARGIN = 1.1
"""Rounds are planned to take so much longer than they should: machines get busy."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be measured, settled before the first round.

    Args:
        finalists: the candidates, best of the search first.
        rounds: how many rounds; 0 when there is no time for any.
        count: inputs of a candidate's run.
        plain_count: inputs of the plain loop's run.
        orders: per round, in which order they run.
        hash_seeds: per round.
    """

    finalists: tuple[Candidate, ...]
    rounds: int
    count: int
    plain_count: int
    orders: tuple[tuple[Entrant, ...], ...] = ()
    hash_seeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a finalist stands after the rounds.

    Args:
        candidate: who.
        each_s: seconds per job, median over the rounds.
        speedup: the plain loop's time over its own, paired by round; None when it was never measured.
        memory_bytes: what it took at the most; None where nobody knows.
        lost: rounds in which it failed, each with the reason.
    """

    candidate: Candidate
    each_s: float
    speedup: RatioEstimate | None
    memory_bytes: int | None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finals:
    """What the rounds found.

    Args:
        plan: what was planned.
        rounds: how many rounds were measured.
        standings: the finalists that could be measured, the winner first.
        out: those that failed in every round, each with the first reason.
        plain_each_s: seconds per job of the plain loop; None when it was never measured.
        plain_memory_bytes: what that took at the most.
        plain_lost: rounds in which it failed, each with the reason.
        behind: time of the next best over the winner's, paired by round; None when there is no other.
        verdict: `pays`, `no pattern pays here` or `not proved`.
        hopeless: the rounds ended early, since the plain loop was ahead of all.
    """

    plan: Plan
    rounds: int
    standings: tuple[Standing, ...]
    out: tuple[Dropped, ...]
    plain_each_s: float | None
    plain_memory_bytes: int | None
    plain_lost: tuple[str, ...]
    behind: RatioEstimate | None
    verdict: str
    hopeless: bool = False

    @property
    def ours(self) -> Standing | None:
        """The best of those that our patterns run; None when there is none."""
        return next((one for one in self.standings if one.candidate.lane.arm == GOPAT), None)


Run = Callable[[Entrant, int, int], Value]
"""Measures an entrant in the round of that number, from 0, with a hash seed; raises LostRunError."""


def planned(
    entrants: Sequence[Candidate],
    expected_s: Callable[[Entrant], float],
    seconds: float,
    counts: tuple[int, int],
    seed: int,
) -> Plan:
    """Plan as many rounds as fit, up to 12; rather fewer finalists than too few rounds for an interval.

    Args:
        entrants: the candidates, best first.
        expected_s: how long measuring an entrant takes, its process included.
        seconds: what all rounds may take.
        counts: inputs of a candidate's run, and of the plain loop's.
        seed: draws the orders.
    """
    count, plain_count = counts
    finalists = list(entrants)
    while True:
        round_s = expected_s(None) + sum(expected_s(one) for one in finalists)
        rounds = min(int(max(seconds, 0.0) / (round_s * MARGIN)), ROUNDS)
        if rounds >= FEWEST_ROUNDS or len(finalists) == 1:
            break
        finalists.pop()
    drawn = random.Random(seed)
    everybody: list[Entrant] = [None, *finalists]
    orders = drawn_orders(everybody, rounds, drawn)
    hash_seeds = tuple(drawn.randrange(1, HASH_SEEDS) for _ in range(rounds))
    return Plan(tuple(finalists), rounds, count, plain_count, orders, hash_seeds)


@dataclass(slots=True)
class Rounds:
    """Rounds under way: per entrant and round what was measured, and what was lost; if they ended early."""

    values: dict[Entrant, dict[int, Value]] = field(default_factory=dict)
    lost: dict[Entrant, list[str]] = field(default_factory=dict)
    done: int = 0
    hopeless: bool = False


def carry_out(
    plan: Plan, rounds: Rounds, run: Run, left_s: Callable[[], float], reserve_s: float = 0.0
) -> None:
    """
    Measure the rounds into `rounds`; one that there is no time for any more is not begun. Where there are too
    few for an interval, `reserve_s` that was kept for later is used up. After the early look they end where
    the plain loop is ahead of every finalist.
    """
    round_s = 0.0
    for number, (order, hash_seed) in enumerate(zip(plan.orders, plan.hash_seeds, strict=True)):
        before_s = left_s()
        spare_s = reserve_s if number < FEWEST_ROUNDS else 0.0
        if number and before_s + spare_s < round_s:
            return
        for entrant in order:
            try:
                value = run(entrant, number, hash_seed)
            except LostRunError as error:
                rounds.lost.setdefault(entrant, []).append(str(error))
            else:
                rounds.values.setdefault(entrant, {})[number] = value
        rounds.done = number + 1
        round_s = before_s - left_s()
        if rounds.done == EARLY.rounds < plan.rounds and _hopeless(plan, rounds):
            rounds.hopeless = True
            return


def decided(plan: Plan, rounds: Rounds) -> Finals:
    """Say what the rounds found so far."""
    plain = rounds.values.get(None, {})
    levels = EARLY.levels if rounds.hopeless else LEVELS
    standings = {
        one: Standing(
            candidate=one,
            each_s=median(value.each_s for value in rounds.values[one].values()),
            speedup=_ratio(rounds, None, one, levels),
            memory_bytes=_memory(rounds, one),
            lost=tuple(rounds.lost.get(one, ())),
        )
        for one in plan.finalists
        if rounds.values.get(one)
    }
    times = {one: standing.each_s for one, standing in standings.items()}
    ranked = [standings[one] for one in ranking(times)] if times else []
    winner = ranked[0] if ranked else None
    second = ranked[1] if len(ranked) > 1 else None
    return Finals(
        plan=plan,
        rounds=rounds.done,
        standings=tuple(ranked),
        out=tuple(
            Dropped(one, rounds.lost[one][0])
            for one in plan.finalists
            if one in rounds.lost and one not in rounds.values
        ),
        plain_each_s=median(value.each_s for value in plain.values()) if plain else None,
        plain_memory_bytes=_memory(rounds, None),
        plain_lost=tuple(rounds.lost.get(None, ())),
        behind=_ratio(rounds, second.candidate, winner.candidate, levels) if winner and second else None,
        verdict=verdict(None if winner is None else winner.speedup),
        hopeless=rounds.hopeless,
    )


def verdict(speedup: RatioEstimate | None) -> str:
    """Say what a speed-up over the plain loop proves by its interval."""
    if speedup is None or speedup.difference is None:
        return UNPROVED
    if speedup.difference.high <= WORTH:
        return NOT_HERE
    return PAYS if speedup.difference.low > 1 else UNPROVED


def _hopeless(plan: Plan, rounds: Rounds) -> bool:
    """Whether the plain loop is ahead of every finalist, as sure as the early look has to be."""
    found = [_ratio(rounds, None, one, EARLY.levels) for one in plan.finalists]
    return all(one is not None and one.difference is not None and one.difference.high < 1 for one in found)


def _ratio(
    rounds: Rounds, above: Entrant, below: Entrant, levels: tuple[float, float] = LEVELS
) -> RatioEstimate | None:
    """The time per job of one over that of another, of the rounds that have both."""
    first, second = rounds.values.get(above, {}), rounds.values.get(below, {})
    both = sorted(first.keys() & second.keys())
    if not both:
        return None
    lost = max(rounds.done - len(both), 0)
    return paired(
        [first[number].each_s for number in both],
        [second[number].each_s for number in both],
        levels,
        lost,
    )


def _memory(rounds: Rounds, entrant: Entrant) -> int | None:
    taken = [value.memory_bytes for value in rounds.values.get(entrant, {}).values()]
    return max((size for size in taken if size is not None), default=None)
