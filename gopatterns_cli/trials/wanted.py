"""Which trials are wanted, and which of them are still missing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gopatterns_cli import figures
from gopatterns_cli.trials.trial import Trial


@dataclass(frozen=True, slots=True)
class Kind:
    """What a trial is of.

    Args:
        slowed: by what share the new version is slower, 0.2 is 20 %; 0 where the two are alike.
        loaded: with as many processes that compute beside it as there are cores.
    """

    slowed: float
    loaded: bool

    @property
    def name(self) -> str:
        """What it is called: `null job, loaded`."""
        what = f"trial at +{100 * self.slowed:g}%" if self.slowed else "null job"
        return f"{what}, loaded" if self.loaded else what


@dataclass(frozen=True, slots=True)
class Trials:
    """How many trials are wanted.

    Args:
        null: null jobs, every second one loaded.
        slowed: the shares by which the new version is slowed.
        each: trials of each of these, on a quiet machine.
    """

    null: int
    slowed: tuple[float, ...]
    each: int

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All of them, in the order in which they are carried out."""
        null = tuple(Kind(0.0, loaded=number % 2 == 1) for number in range(self.null))
        return null + tuple(Kind(share, loaded=False) for share in self.slowed for _ in range(self.each))


def missing(wanted: Trials, there: Iterable[Trial]) -> Iterator[Kind]:
    """Yield the kinds that are to be carried out besides the trials that are there, in order."""
    have = Counter(Kind(trial.slowed, trial.loaded) for trial in there)
    for kind in wanted.kinds:
        if have[kind]:
            have[kind] -= 1
        else:
            yield kind


def standing(wanted: Trials, there: Iterable[Trial]) -> str:
    """Say how many there are of how many: `12 of 100 null jobs, 0 of 60 trials at +20%`."""
    have = Counter(trial.slowed for trial in there)
    null = [f"{have[0.0]} of {figures.plural(wanted.null, 'null job')}"] if wanted.null else []
    slowed = [f"{have[share]} of {wanted.each} trials at +{100 * share:g}%" for share in wanted.slowed]
    return ", ".join([*null, *slowed])
