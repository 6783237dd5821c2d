"""What the trials show, set beside the figures that the gate is to reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median

from gopatterns_cli.outcome import PROVED_WORSE
from gopatterns_cli.trials.coverage import Coverage, coverage
from gopatterns_cli.trials.drawn import COMPARISONS, DrawnJob, drawn_jobs
from gopatterns_cli.trials.edge import CLAIMS, reproduced
from gopatterns_cli.trials.log import Log
from gopatterns_cli.trials.rates import Rate
from gopatterns_cli.trials.trial import Trial

SEED = 1
"""What is drawn is the same for the same log."""

NULL_JOBS, DRAWN_JOBS, POWER_TRIALS, INTERVALS, QUIET_TRIALS = 100, 300, 60, 450, 50
"""So many there must be at least before a figure is said to be reached."""

MOST_FAILING, MOST_AT_THE_EDGE = 0.01, 0.05
POWER = {0.2: 0.95, 0.1: 0.85}
"""By the share of a slowdown how often it is to be caught."""
COVERED = (0.93, 0.97)
MOST_COST_S = 0.35


class Standing(StrEnum):
    """What is to be said of a figure."""

    REACHED = "reached"
    MISSED = "missed"
    TOO_FEW = "too few to say"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure to reach: its name, what it is to be, what was found, and how that stands."""

    name: str
    target: str
    found: Rate | float
    standing: Standing


@dataclass(frozen=True, slots=True)
class Failed:
    """Null jobs on a quiet or a loaded machine: how many failed, and how many canaries alarmed."""

    loaded: bool
    failed: Rate
    alarms: Rate


@dataclass(frozen=True, slots=True)
class Caught:
    """Trials of one slowdown: how many were caught, how many rounds they took, the median of what was found.

    Args:
        slowed: by what share the new version was slower.
        rate: of those that the gate called a regression, exit code 3.
        rounds: median.
        ratio: median of the estimates.
    """

    slowed: float
    rate: Rate
    rounds: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a session costs per worker process beyond what is timed, in seconds: mean over `trials`."""

    loaded: bool
    trials: int
    cost_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that the trials of a log show.

    Args:
        log: what there is.
        seed: what was drawn was drawn with it.
        failed: of the live null jobs.
        alarms: canaries of those.
        live: the same for a quiet and a loaded machine.
        drawn_failed: of the null jobs of 20 comparisons that were drawn.
        drawn_alarms: canaries of those.
        drawn: the same for a quiet and a loaded machine.
        power: by slowdown, the largest first.
        coverage: of intervals.
        edge: of claims whose truth lies at their band's edge, how many are called reproduced.
        costs: on a quiet and a loaded machine.
        figures: those that are to be reached, of which something is known.
    """

    log: Log
    seed: int
    failed: Rate
    alarms: Rate
    live: tuple[Failed, ...]
    drawn_failed: Rate
    drawn_alarms: Rate
    drawn: tuple[Failed, ...]
    power: tuple[Caught, ...]
    coverage: Coverage
    edge: Rate
    costs: tuple[Cost, ...]
    figures: tuple[Figure, ...]

    @property
    def missed(self) -> bool:
        """Whether a figure is missed."""
        return any(figure.standing is Standing.MISSED for figure in self.figures)


def report(log: Log, seed: int = SEED, jobs: int = DRAWN_JOBS) -> Report:
    """Compute what the trials of a log show; `jobs` of 20 comparisons are drawn.

    Cost: about ten seconds for 300 of them; more where rounds scatter.
    """
    null = [trial for trial in log.trials if not trial.slowed]
    drawn = drawn_jobs(log.trials, seed, jobs)
    failed, drawn_failed = _failed(null), _failed(drawn)
    edge = reproduced(log.trials, seed)
    power, covered, costs = _power(log.trials), coverage(log.trials, seed), _costs(log.trials)
    return Report(
        log=log,
        seed=seed,
        failed=failed,
        alarms=_alarms(null),
        live=_by_load(null),
        drawn_failed=drawn_failed,
        drawn_alarms=_alarms(drawn),
        drawn=_by_load(drawn),
        power=power,
        coverage=covered,
        edge=edge,
        costs=costs,
        figures=(
            *_null_figures(failed, drawn_failed, covered, edge),
            *_power_figures(power),
            *_cost_figures(costs),
        ),
    )


def _failed(jobs: Iterable[Trial | DrawnJob]) -> Rate:
    return Rate.among(job.code != 0 for job in jobs)


def _alarms(jobs: Iterable[Trial | DrawnJob]) -> Rate:
    return Rate.among(job.alarm for job in jobs)


def _by_load(jobs: Sequence[Trial | DrawnJob]) -> tuple[Failed, ...]:
    parts = {loaded: [job for job in jobs if job.loaded is loaded] for loaded in (False, True)}
    return tuple(Failed(loaded, _failed(part), _alarms(part)) for loaded, part in parts.items() if part)


def _power(trials: Sequence[Trial]) -> tuple[Caught, ...]:
    shares = sorted({trial.slowed for trial in trials if trial.slowed}, reverse=True)
    return tuple(_caught(share, [trial for trial in trials if trial.slowed == share]) for share in shares)


def _caught(share: float, trials: Sequence[Trial]) -> Caught:
    return Caught(
        slowed=share,
        rate=Rate.among(trial.code == PROVED_WORSE for trial in trials),
        rounds=median(trial.rounds for trial in trials),
        ratio=median(trial.ratio.estimate for trial in trials),
    )


def _costs(trials: Sequence[Trial]) -> tuple[Cost, ...]:
    parts = {loaded: [one.cost_s for one in trials if one.loaded is loaded] for loaded in (False, True)}
    return tuple(Cost(loaded, len(part), fmean(part)) for loaded, part in parts.items() if part)


def _null_figures(failed: Rate, drawn: Rate, covered: Coverage, edge: Rate) -> Iterable[Figure]:
    if not failed.of:
        return
    enough = failed.of >= NULL_JOBS
    standing = _standing(failed.hits == 0, enough=enough or failed.hits > 0)
    yield Figure("null jobs that fail, live", f"0 of at least {NULL_JOBS}", failed, standing)
    few = (drawn.share or 0.0) <= MOST_FAILING
    name = f"null jobs of {COMPARISONS} comparisons that fail, drawn"
    target = f"at most 1% of at least {DRAWN_JOBS}"
    yield Figure(name, target, drawn, _standing(few, enough=enough and drawn.of >= DRAWN_JOBS))
    low, high = COVERED
    inside = covered.rate.share is not None and low <= covered.rate.share <= high
    standing = _standing(inside, enough=enough and covered.rate.of >= INTERVALS)
    target = f"93 to 97% of at least {INTERVALS}"
    yield Figure("95% intervals that hold the truth", target, covered.rate, standing)
    few = (edge.share or 0.0) <= MOST_AT_THE_EDGE
    name, target = "claims at their band's edge called reproduced", f"at most 5% of {CLAIMS}"
    yield Figure(name, target, edge, _standing(few, enough=enough and edge.of >= CLAIMS))


def _power_figures(power: Iterable[Caught]) -> Iterable[Figure]:
    for one in power:
        least = POWER.get(one.slowed)
        if least is not None:
            standing = _standing((one.rate.share or 0.0) >= least, enough=one.rate.of >= POWER_TRIALS)
            target = f"at least {100 * least:g}% of {POWER_TRIALS}"
            yield Figure(f"+{100 * one.slowed:g}% is caught by round 24", target, one.rate, standing)


def _cost_figures(costs: Iterable[Cost]) -> Iterable[Figure]:
    for one in costs:
        if not one.loaded:
            standing = _standing(one.cost_s < MOST_COST_S, enough=one.trials >= QUIET_TRIALS)
            name = "seconds per worker process beyond what is timed"
            yield Figure(name, f"under {MOST_COST_S} s, of at least {QUIET_TRIALS}", one.cost_s, standing)


def _standing(good: bool, *, enough: bool) -> Standing:
    if not enough:
        return Standing.TOO_FEW
    return Standing.REACHED if good else Standing.MISSED
