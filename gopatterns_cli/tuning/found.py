"""What a search found: measurements, a ranking, what it left out. Values only; `searching` finds them."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from statistics import median

from gopatterns_cli.tuning.grid import Candidate

Entrant = Candidate | None
"""What is measured: a candidate, or the plain loop as None."""


@dataclass(frozen=True, slots=True)
class Value:
    """One measurement over so many inputs.

    Args:
        candidate: what ran; None for the plain loop.
        count: over how many inputs.
        run_s: seconds of one run over them.
        memory_bytes: what all its processes took at the most; None where nobody knows.
    """

    candidate: Entrant
    count: int
    run_s: float
    memory_bytes: int | None = None

    @property
    def each_s(self) -> float:
        """Seconds per job."""
        return self.run_s / self.count


@dataclass(frozen=True, slots=True)
class Dropped:
    """A candidate that was not measured to the end, and why."""

    candidate: Candidate
    why: str


@dataclass(frozen=True, slots=True)
class Share:
    """A candidate's throughput as a share of the best's."""

    candidate: Candidate
    share: float


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    Args:
        ranking: the candidates of the last rung, best first.
        values: every measurement, in the order in which they were made.
        dropped: those that failed, hung or took too much memory.
        not_measured: those that there was no reason or no time to measure.
        count: the inputs of the last rung.
        rungs: how many rungs there were.
    """

    ranking: tuple[Candidate, ...]
    values: tuple[Value, ...]
    dropped: tuple[Dropped, ...]
    not_measured: tuple[Dropped, ...]
    count: int
    rungs: int

    @property
    def favourites(self) -> tuple[Candidate, ...]:
        """The best, and the best of those with another number of workers."""
        best = self.ranking[0]
        others = (one for one in self.ranking if one.workers != best.workers)
        return (best, *islice(others, 1))

    def each_s(self, candidate: Candidate) -> float:
        """Seconds per job on the most inputs on which a candidate was measured."""
        values = [value for value in self.values if value.candidate == candidate]
        most = max(value.count for value in values)
        return median(value.each_s for value in values if value.count == most)

    def curve(self, best: Candidate) -> "dict[int, Share]":
        """
        Return, by worker count, the best throughput as a share of `best`'s, each on the most inputs on which
        both were measured; of lanes whose workers are the same thing as its own.
        """
        times: dict[tuple[Entrant, int], list[float]] = defaultdict(list)
        for value in self.values:
            times[value.candidate, value.count].append(value.each_s)
        latest: dict[Candidate, tuple[int, float]] = {}
        for (candidate, count), seconds in times.items():
            alike = candidate is not None and candidate.lane.elsewhere == best.lane.elsewhere
            if candidate is not None and alike and (best, count) in times:
                share = median(times[best, count]) / median(seconds)
                latest[candidate] = max(latest.get(candidate, (0, 0.0)), (count, share))
        curve: dict[int, Share] = {}
        for candidate, (_, share) in sorted(latest.items()):
            known = curve.get(candidate.workers)
            if known is None or share > known.share:
                curve[candidate.workers] = Share(candidate, share)
        return dict(sorted(curve.items()))
