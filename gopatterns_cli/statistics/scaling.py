"""How throughput grows with workers: two laws, the one that the rounds speak for, and the knee.

Both are fitted to the logarithm of the throughput by least squares, all rounds at once:

    X(N) = L N / (1 + s (N - 1) + k N (N - 1)),   s, k >= 0

which with k = 0 is Amdahl's law. L is the throughput of one worker, s the share of the work that does not
overlap, k what every two workers cost each other. The law with the smaller AICc is chosen; intervals come
from drawing the rounds anew, with the worker counts of a round kept together, because they share its noise.

Sources:
    G. M. Amdahl, Validity of the Single Processor Approach, AFIPS Conf. Proc. 30 (1967).
    N. J. Gunther, Guerrilla Capacity Planning (2007), chapter 4: the Universal Scalability Law.
    C. M. Hurvich, C.-L. Tsai, Regression and Time Series Model Selection in Small Samples, Biometrika 76
        (1989): AICc.
    D. W. Marquardt, An Algorithm for Least-Squares Estimation of Nonlinear Parameters, SIAM J. Appl. Math. 11
        (1963).
    A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application (1997), section 3.8: resampling
        clusters.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from gopatterns_cli.statistics.ratio import Interval

AMDAHL, USL = "Amdahl", "USL"

FEWEST_COUNTS = 5
"""Fewer worker counts cannot tell the two laws apart."""

FARTHEST = 2
"""Nothing is said beyond so many times the largest count that was measured."""

RESAMPLES = 400
LEVEL = 0.95
WITHIN = 1.10
"""What lies so near to the best is as good."""

_STEPS = 60
_STARTS = ((0.3, 0.03), (0.01, 0.001))
_ENOUGH = 1e-10
_NEAR_0 = 1e-6
"""A start at 0 itself would never leave it: the slope of a square is 0 there."""

Rounds = Sequence[Mapping[int, float]]
"""Per round, the throughput by worker count."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """A law, fitted.

    Args:
        law: `Amdahl` or `USL`.
        one: throughput of one worker, in the unit of what was fitted.
        serial: the share of the work that does not overlap, from 0.
        crosstalk: what every two workers cost each other, from 0; 0 of Amdahl's law.
        intervals: of `serial` and of `crosstalk`, at 95 %.
        misfit: how far a measured count typically lies from the law: 0.1 is 10 %.
        largest: the largest worker count that was measured.
    """

    law: str
    one: float
    serial: float
    crosstalk: float
    intervals: tuple[Interval, Interval]
    misfit: float
    largest: int

    def at(self, workers: int) -> float | None:
        """Return the throughput that the law gives; None beyond twice the largest count measured."""
        if workers > FARTHEST * self.largest:
            return None
        return self.one * _shape(workers, self.serial, self.crosstalk)

    @property
    def peak(self) -> int | None:
        """The worker count with the highest throughput; None where there is none, or it is too far out."""
        if self.crosstalk <= 0:
            return None
        peak = max(1, round(math.sqrt(max(1 - self.serial, 0) / self.crosstalk)))
        return peak if peak <= FARTHEST * self.largest else None

    @property
    def most(self) -> float | None:
        """How many times one worker's throughput many workers reach by Amdahl's law; None without a bound."""
        return 1 / self.serial if self.law == AMDAHL and self.serial > 0 else None


def fit(rounds: Rounds, seed: int = 0) -> Scaling | None:
    """Fit both laws and return the better one; None for fewer than five worker counts, or no round.

    Args:
        rounds: per round, the throughput above 0 by worker count; a count may be missing from a round.
        seed: what the resampling draws from.

    Cost: linear in the resamples, rounds and counts; about 0.1 s.
    """
    counts = sorted({workers for one in rounds for workers in one})
    if len(counts) < FEWEST_COUNTS:
        return None
    points = [(workers, math.log(x)) for one in rounds for workers, x in one.items()]
    amdahl, usl = _fitted(_means(rounds), bound=True), _fitted(_means(rounds), bound=False)
    law = USL if _aicc(points, usl, 3) < _aicc(points, amdahl, 2) else AMDAHL
    best = usl if law == USL else amdahl
    return Scaling(
        law=law,
        one=math.exp(best[0]),
        serial=best[1],
        crosstalk=best[2],
        intervals=_intervals(rounds, best, bound=law == AMDAHL, drawn=random.Random(seed)),
        misfit=math.expm1(math.sqrt(fmean(_residual(point, best) ** 2 for point in _means(rounds)))),
        largest=counts[-1],
    )


def knee(throughputs: Mapping[int, float], within: float = WITHIN) -> int:
    """Return the smallest worker count whose throughput lies within that factor of the best.

    Args:
        throughputs: by worker count, at least one.
        within: 1.10 lets a count be 10 % slower than the best.

    Raises:
        ValueError: there are no counts.
    """
    best = max(throughputs.values())
    return min(workers for workers, x in throughputs.items() if x * within >= best)


_Point = tuple[int, float]
_Law = tuple[float, float, float]
"""The logarithm of `one`, then `serial` and `crosstalk`."""


def _shape(workers: int, serial: float, crosstalk: float) -> float:
    return workers / (1 + serial * (workers - 1) + crosstalk * workers * (workers - 1))


def _residual(point: _Point, law: _Law) -> float:
    workers, log_x = point
    return log_x - law[0] - math.log(_shape(workers, law[1], law[2]))


def _means(rounds: Rounds) -> list[_Point]:
    """The mean logarithm per count: with the same rounds behind each, it has the fit of all points."""
    logs: dict[int, list[float]] = {}
    for one in rounds:
        for workers, x in one.items():
            logs.setdefault(workers, []).append(math.log(x))
    return sorted((workers, fmean(found)) for workers, found in logs.items())


def _fitted(
    points: Sequence[_Point], starts: Sequence[tuple[float, float]] = _STARTS, *, bound: bool
) -> _Law:
    """Fit one law, Amdahl's if `bound`, from several starts; squares keep both parameters at 0 or above."""
    found = [_descended(points, math.sqrt(s), 0.0 if bound else math.sqrt(k)) for s, k in starts]
    return min(found, key=lambda law: _loss(points, law))


def _descended(points: Sequence[_Point], a: float, b: float) -> _Law:
    """Marquardt's steps in the roots of the two parameters; the level is the mean residual at each."""
    damping, law = 1e-3, _levelled(points, a, b)
    loss = _loss(points, law)
    for _ in range(_STEPS):
        da, db = _step(points, a, b, damping)
        tried = _levelled(points, a + da, b + db)
        tried_loss = _loss(points, tried)
        if tried_loss < loss:
            gained, a, b, law, loss = loss - tried_loss, a + da, b + db, tried, tried_loss
            damping /= 4
            if gained < _ENOUGH * (loss + _ENOUGH):
                break
        else:
            damping *= 8
            if damping > 1e12:
                break
    return law


def _levelled(points: Sequence[_Point], a: float, b: float) -> _Law:
    level = fmean(log_x - math.log(_shape(workers, a * a, b * b)) for workers, log_x in points)
    return level, a * a, b * b


def _loss(points: Sequence[_Point], law: _Law) -> float:
    return sum(_residual(point, law) ** 2 for point in points)


def _step(points: Sequence[_Point], a: float, b: float, damping: float) -> tuple[float, float]:
    law = _levelled(points, a, b)
    rows = []
    for workers, _ in points:
        under = 1 + law[1] * (workers - 1) + law[2] * workers * (workers - 1)
        rows.append((-2 * a * (workers - 1) / under, -2 * b * workers * (workers - 1) / under))
    mean_a, mean_b = (fmean(column) for column in zip(*rows, strict=True))  # the level follows the others
    rows = [(row_a - mean_a, row_b - mean_b) for row_a, row_b in rows]
    residuals = [_residual(point, law) for point in points]
    aa = sum(x * x for x, _ in rows) * (1 + damping) + _ENOUGH
    bb = sum(y * y for _, y in rows) * (1 + damping) + _ENOUGH
    ab = sum(x * y for x, y in rows)
    ra = sum(x * r for (x, _), r in zip(rows, residuals, strict=True))
    rb = sum(y * r for (_, y), r in zip(rows, residuals, strict=True))
    determinant = aa * bb - ab * ab
    return (ra * bb - rb * ab) / determinant, (rb * aa - ra * ab) / determinant


def _aicc(points: Sequence[_Point], law: _Law, parameters: int) -> float:
    """Akaike's criterion for small samples; the variance is a parameter, too."""
    n, k = len(points), parameters + 1
    if n - k - 1 <= 0:
        return math.inf
    loss = max(_loss(points, law), n * 1e-18)
    return n * math.log(loss / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def _intervals(rounds: Rounds, best: _Law, *, bound: bool, drawn: random.Random) -> tuple[Interval, Interval]:
    laws = [best] * 2
    for _ in range(RESAMPLES):
        points = _means(drawn.choices(rounds, k=len(rounds)))
        if len(points) >= FEWEST_COUNTS:
            laws.append(_fitted(points, [(max(best[1], _NEAR_0), max(best[2], _NEAR_0))], bound=bound))
    return _middle([law[1] for law in laws]), _middle([law[2] for law in laws])


def _middle(values: Sequence[float]) -> Interval:
    """The middle 95 %."""
    cuts = quantiles(values, n=40, method="inclusive")
    return Interval(cuts[0], cuts[-1], LEVEL)
