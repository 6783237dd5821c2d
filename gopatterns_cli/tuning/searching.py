"""Successive halving: many candidates on few inputs, then half of them on twice as many, and so on.

Who falls behind on few inputs is dropped, so that most of the time goes to who may win. Two things differ
from the textbook. A candidate with more workers than there are inputs would be measured as a smaller one: it
comes in once there are enough, and only if the next smaller one of its lane is still there. And a candidate
that takes longer than the plain loop could is ended at once.

Source: K. Jamieson, A. Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization,
AISTATS 2016.

Pure: it is handed what measures and what says how much time is left, and starts nothing itself.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from gopatterns_cli.measuring.estimating import VALUE_S
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.tuning.cost import Cost
from gopatterns_cli.tuning.found import Dropped, Search, Value
from gopatterns_cli.tuning.grid import Candidate
from gopatterns_cli.tuning.opening import best_first, opening

FINALISTS = 3
"""So many come to the finals; a rung keeps as many, even where that is more than half."""

HOPELESS, LANE_HOPELESS = 2.0, 4.0
"""
Who takes so many times as long as the best is dropped, even where half of them would be kept. With the best
of a lane there is more patience while more inputs are to come: what a lane costs to start weighs less then.
"""

TIED = 1.02
"""Of those that take no longer than so many times the best, the one with the fewest workers comes first."""

MISSED = "fewer workers of the same were not among the best"
LATE = "there was no time for it"
UNLIKELY = f"going by one job, it would take over {HOPELESS:g} times as long as the best"
"""Why a candidate was not measured."""

Measure = Callable[[Candidate, int, float], Value]
"""Measures a candidate over so many inputs, in so many seconds at the most; raises LostRunError."""


def search(
    candidates: Sequence[Candidate],
    cost: Cost,
    seconds: float,
    longest_s: float,
    left_s: Callable[[], float],
    measure: Measure,
) -> Search:
    """Find the best of many candidates.

    Args:
        candidates: each lane's from few workers to many.
        cost: what measuring will cost.
        seconds: what the whole search may take.
        longest_s: no more inputs are taken than the best can do in that time: the finals need it, too.
        left_s: how much of `seconds` is left.
        measure: measures one candidate.
    """
    halving = _Halving(candidates, cost, left_s, measure)
    count, alive = opening(candidates, cost, seconds, longest_s)
    halving.waits((candidate for candidate in candidates if candidate not in alive), count)
    while alive:
        left = halving.rung(alive, count, longest_s)
        if not left:
            alive = halving.instead(count)
            continue
        following = halving.following(left, count, longest_s)
        joining = halving.joining(left, following)
        if following == count and not joining:
            break
        alive, count = halving.affordable([*left, *joining], following), following
    return halving.found()


def ranking(times: Mapping[Candidate, float]) -> list[Candidate]:
    """Return the candidates, best first; of those tied with the best the one with the fewest workers."""
    best = min(times.values())

    def key(one: Candidate) -> tuple[float, int, Candidate]:
        tied = times[one] <= TIED * best
        return (best, one.workers, one) if tied else (times[one], 0, one)

    return sorted(times, key=key)


def kept(
    ranked: Sequence[Candidate], times: Mapping[Candidate, float], *, lanes_too: bool
) -> list[Candidate]:
    """Return the better half, best first; of each lane the best one, too, if `lanes_too`."""
    best_s = min(times.values())
    half = ranked[: max(math.ceil(len(ranked) / 2), min(FINALISTS, len(ranked)))]
    good = {one for one in half if times[one] <= HOPELESS * best_s}
    if lanes_too:
        firsts = {one.lane: one for one in reversed(ranked)}.values()
        good |= {one for one in firsts if times[one] <= LANE_HOPELESS * best_s}
    return [one for one in ranked if one in good]


class _Halving:
    """The search under way: what was measured, and who waits to come in."""

    def __init__(
        self, candidates: Sequence[Candidate], cost: Cost, left_s: Callable[[], float], measure: Measure
    ) -> None:
        self._candidates = candidates
        self._cost = cost
        self._left_s = left_s
        self._measure = measure
        self._values: list[Value] = []
        self._dropped: list[Dropped] = []
        self._waiting: list[Candidate] = []
        self._cut: list[Candidate] = []
        self._ranking: list[Candidate] = []
        self._kept: list[Candidate] = []
        self._count = self._rungs = self._first = 0

    def waits(self, candidates: Iterable[Candidate], count: int) -> None:
        """Keep these for later; the first rung is over `count` inputs."""
        self._waiting += candidates
        self._first = count

    def rung(self, alive: Sequence[Candidate], count: int, longest_s: float) -> list[Candidate]:
        """
        Measure all that are alive over `count` inputs and return the better half, best first; with the best
        of each lane where more inputs follow.
        """
        measured = []
        for candidate in alive:
            if self._values and self._left_s() < self._expected_s(candidate, count):
                self._cut.append(candidate)
                continue
            try:
                value = self._measure(candidate, count, self._cost.most_s(count))
            except LostRunError as error:
                self._dropped.append(Dropped(candidate, str(error)))
                continue
            self._values.append(value)
            measured.append(candidate)
        if not measured:
            return []
        times = {one: median(self._times(one, count)) for one in measured}
        ranked = ranking(times)
        earlier = {one: self._last_s(one) for one in self._ranking if one in self._cut}
        self._ranking = ranking({**earlier, **times})
        self._count = count
        self._rungs += 1
        patient = kept(ranked, times, lanes_too=True)
        more = self.following(patient, count, longest_s) > count
        self._kept = patient if more else kept(ranked, times, lanes_too=False)
        return self._kept

    def following(self, kept: Sequence[Candidate], count: int, longest_s: float) -> int:
        """Return over how many inputs the next rung is: twice as many, unless that would take too long."""
        twice = min(2 * count, self._cost.look.count)
        times = [self._last_s(one) * twice for one in kept]
        times += [self._guess_s(one, twice) for one in self._ready(kept, twice)]
        return twice if min(times) <= longest_s else count

    def joining(self, kept: Sequence[Candidate], count: int) -> list[Candidate]:
        """Take out those that wait, that have enough inputs now, and whose smaller neighbour was kept."""
        found = self._ready(kept, count)
        self._waiting = [one for one in self._waiting if one not in found]
        return found

    def instead(self, count: int) -> list[Candidate]:
        """Return who comes in where nobody of the first rung could be measured; nobody after a later one."""
        if self._ranking:
            return []
        able = best_first((one for one in self._waiting if one.workers <= count), self._cost, count)
        found = self.affordable(able, count) if able and self._left_s() > 0 else []
        self._cut = [one for one in self._cut if one not in able]
        self._waiting = [one for one in self._waiting if one not in found]
        return found

    def affordable(self, members: Iterable[Candidate], count: int) -> list[Candidate]:
        """
        Leave off the least promising as long as there is no time for them. What was measured before is not
        measured alone: that would tell nothing.
        """
        left_s = self._left_s()
        alive = sorted(members, key=lambda one: (self._expected_s(one, count), one))
        while len(alive) > 1 and sum(self._expected_s(one, count) for one in alive) > left_s:
            self._cut.append(alive.pop())
        return alive if len(alive) > 1 or not self._has(alive[0]) else []

    def found(self) -> Search:
        """Return what is known now."""
        measured = {value.candidate for value in self._values}
        out = [Dropped(one, LATE) for one in self._cut if one not in measured]
        waiting = [Dropped(one, self._why(one)) for one in self._waiting]
        return Search(
            tuple(self._ranking),
            tuple(self._values),
            tuple(self._dropped),
            (*out, *waiting),
            self._count,
            self._rungs,
        )

    def _why(self, waiting: Candidate) -> str:
        """Say why one that waited did not come in."""
        failed = {one.candidate for one in self._dropped}
        lane = [one for one in self._candidates if one.lane == waiting.lane]
        fewer = [one for one in lane[: lane.index(waiting)] if one in failed or self._has(one)]
        if fewer:
            return LATE if fewer[-1] in self._kept else MISSED
        return UNLIKELY if waiting.workers <= self._count else LATE

    def _ready(self, kept: Sequence[Candidate], count: int) -> list[Candidate]:
        """
        Those that wait and may come in: the next larger of who was kept, and whom the first rung had no time
        for, where they look nearly as good as the best.
        """
        enough = [one for one in self._waiting if one.workers <= count]
        good_s = HOPELESS * min(self._last_s(one) for one in kept) * count
        return [
            one
            for one in enough
            if self._smaller(one) in kept or (self._overdue(one) and self._cost.run_s(one, count) <= good_s)
        ]

    def _overdue(self, candidate: Candidate) -> bool:
        """Whether it could have been in the first rung, and nothing smaller of its lane was measured."""
        smaller = self._smaller(candidate)
        return candidate.workers <= self._first and (smaller is None or not self._has(smaller))

    def _times(self, candidate: Candidate, count: int) -> list[float]:
        return [
            value.each_s for value in self._values if (value.candidate, value.count) == (candidate, count)
        ]

    def _expected_s(self, candidate: Candidate, count: int) -> float:
        """What measuring takes: by what it took before, else at the least."""
        known = self._has(candidate)
        run_s = self._last_s(candidate) * count if known else self._guess_s(candidate, count)
        return self._cost.start_s + max(run_s, VALUE_S)

    def _guess_s(self, candidate: Candidate, count: int) -> float:
        """A run at the least, by the look, and by the next fewer workers: twice as many are twice as fast."""
        run_s, smaller = self._cost.run_s(candidate, count), self._smaller(candidate)
        if smaller is None or not self._has(smaller):
            return run_s
        return max(run_s, self._last_s(smaller) * count * smaller.workers / candidate.workers)

    def _has(self, candidate: Candidate) -> bool:
        return any(value.candidate == candidate for value in self._values)

    def _last_s(self, candidate: Candidate) -> float:
        """Seconds per job, the last time that it was measured."""
        return next(value.each_s for value in reversed(self._values) if value.candidate == candidate)

    def _smaller(self, candidate: Candidate) -> Candidate | None:
        """The next smaller candidate of a lane; None for its smallest."""
        lane = [one for one in self._candidates if one.lane == candidate.lane]
        place = lane.index(candidate)
        return lane[place - 1] if place else None
