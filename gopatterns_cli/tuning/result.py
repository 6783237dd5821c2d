"""What a tuning found, decided and in order: renderers draw it and compute nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from gopatterns_cli.statistics.scaling import knee
from gopatterns_cli.tuning.finals import PAYS, Finals, Standing
from gopatterns_cli.tuning.found import Search, Share
from gopatterns_cli.tuning.grid import Bounds, Candidate
from gopatterns_cli.tuning.look import Look


@dataclass(frozen=True, slots=True)
class Code:
    """A text to paste.

    Args:
        kind: `patterns` or `standard library`.
        text: the module.
        each_s: seconds per job when it was run; None when it could not be.
        count: over how many inputs it was run.
        known: how many of its answers were compared with the plain loop's.
        wrong: what is wrong with it; empty when it ran and its answers are right.
    """

    kind: str
    text: str
    each_s: float | None
    count: int
    known: int
    wrong: str


@dataclass(frozen=True, slots=True)
class Tuned:
    """A tuning's result.

    Args:
        look: what one job is like.
        bounds: what the user allows.
        search: what was searched.
        finals: what the rounds found.
        knee: the candidate with the fewest workers whose throughput is within x1.10 of the winner's, by the
            search; None where there is no winner.
        curve: by worker count, throughput as a share of the winner's.
        codes: the code to paste; empty where no pattern pays.
        seconds: what it all took.
        budget_s: what it was allowed to take.
        seed: the orders were drawn from it.
        left_out: what there was no time or no reason for, in words.
        notes: what a reader must know.
        figure: over how many inputs a scenario is measured, and the speed-up there; None without one.
        scenario: the file that `bench` and `compare` watch; empty without one.
    """

    look: Look
    bounds: Bounds
    search: Search
    finals: Finals
    knee: Candidate | None
    curve: Mapping[int, Share]
    codes: tuple[Code, ...]
    seconds: float
    budget_s: float
    seed: int
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    figure: tuple[int, float] | None = None
    scenario: str = ""

    @property
    def verdict(self) -> str:
        """What was found of the best: `pays`, `no pattern pays here` or `not proved`."""
        return self.finals.verdict

    @property
    def winner(self) -> Standing | None:
        """The best finalist, whether it pays or not; None when none could be measured."""
        return self.finals.standings[0] if self.finals.standings else None

    @property
    def favourite(self) -> tuple[Candidate, float]:
        """The best of the search, and about how many times as fast as the plain loop it was there."""
        best = self.search.ranking[0]
        last = [value for value in self.search.values if value.candidate == best][-1]
        return best, self.look.plain_s(last.count, self.bounds.rate) / last.run_s

    @property
    def pays(self) -> bool:
        """The best is proved faster than the plain loop, and not by less than is worth having."""
        return self.verdict == PAYS


def knee_of(curve: Mapping[int, Share]) -> Candidate | None:
    """Return the candidate with the fewest workers that is near enough to the best; None without a curve."""
    if not curve:
        return None
    return curve[knee({workers: point.share for workers, point in curve.items()})].candidate
