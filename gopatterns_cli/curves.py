"""How an arm scales: its throughput over workers, stages, buffers or latency, the law behind it, and the
knee.

A curve is drawn where a scenario measures at least three values of one axis on one arm. Over workers a law is
fitted (`statistics.scaling`); over the other axes there is no law to fit, and the points stand by themselves.
Nothing is formatted here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from gopatterns_cli.axes import FEWEST_VALUES, Axis, arm_over, swept
from gopatterns_cli.makespan import ideal_s, stages_of
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.statistics.scaling import Scaling, fit, knee
from scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Point:
    """One value of the axis.

    Args:
        x: workers, stages, items of a buffer, or seconds of a job.
        cell: what ran.
        per_s: jobs per second, the median over the rounds.
        speedup: over the serial loop, per job; None without one.
        ideal: the speed-up of an infinitely fast machine; None where no rule says it.
        document: what the document says of it; None where it says nothing.
        predicted: the speed-up that the simulator gave it before anything was measured; None without one.
    """

    x: float
    cell: Cell
    per_s: float
    speedup: RatioEstimate | None
    ideal: float | None
    document: float | None
    predicted: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """One arm over one axis.

    Args:
        scenario: its stem.
        axis: what is varied.
        arm: `gopat`, `native` or `go`.
        runtime: None of Go.
        pool: `cold` or `warm`.
        points: at least three, rising.
        scaling: the law over workers; None over other axes, and with fewer than five counts.
        best: the point with the highest throughput; over latency, with the highest speed-up.
        knee: the first point that lies within x1.10 of that.
        efficiency: its speed-up over its ideal; None where there is none. Above 1 it is shown as it is.
    """

    scenario: str
    axis: Axis
    arm: str
    runtime: str | None
    pool: str | None
    points: tuple[Point, ...]
    scaling: Scaling | None
    best: Point
    knee: Point
    efficiency: float | None

    def law(self, workers: int) -> float | None:
        """The speed-up that the fitted law gives; None without one, or too far beyond what was measured."""
        per_s = None if self.scaling is None else self.scaling.at(workers)
        gains = [point.speedup.estimate / point.per_s for point in self.points if point.speedup is not None]
        return None if per_s is None or not gains else per_s * median(gains)


def curves(session: Session, scenario: Scenario, measured: Iterable[Measured]) -> tuple[Curve, ...]:
    """Return every curve of a scenario, in the plan's order; none where several patterns are compared."""
    if scenario.patterns or scenario.job.operation is not None:
        return ()
    found = [one for one in measured if not one.cell.is_serial and one.cell.rate is None]
    axis = swept([one.cell for one in found])
    arms: Mapping[object, list[Measured]] = defaultdict(list)
    for one in found:
        if one.time_s is not None:
            arms[arm_over(axis, one.cell)].append(one)
    return tuple(
        _curve(session, scenario, axis, points) for points in arms.values() if len(points) >= FEWEST_VALUES
    )


def _curve(session: Session, scenario: Scenario, axis: Axis, measured: Sequence[Measured]) -> Curve:
    points = tuple(sorted((_point(axis, one, scenario) for one in measured), key=lambda point: point.x))
    first = points[0].cell
    heights = dict(enumerate(_height(axis, point) for point in points))
    best, at = points[max(heights, key=lambda i: heights[i])], points[knee(heights)]
    known = at.speedup is not None and at.ideal is not None
    return Curve(
        scenario=scenario.stem,
        axis=axis,
        arm=first.arm,
        runtime=first.runtime,
        pool=first.pool,
        points=points,
        scaling=fit(_rounds(session, points)) if axis is Axis.WORKERS else None,
        best=best,
        knee=at,
        efficiency=at.speedup.estimate / at.ideal if known and at.speedup and at.ideal else None,
    )


def _height(axis: Axis, point: Point) -> float:
    """What is to be high: throughput, but over latency, which sets it, the speed-up."""
    if axis is Axis.DURATION:
        return 0.0 if point.speedup is None else point.speedup.estimate
    return point.per_s


def _point(axis: Axis, measured: Measured, scenario: Scenario) -> Point:
    cell, x = measured.cell, axis.of(measured.cell) or 0.0
    said = dict(scenario.marks) if axis is Axis.WORKERS else {}
    return Point(
        x=x,
        cell=cell,
        per_s=cell.count / median(measured.rounds_s),
        speedup=measured.speedup,
        ideal=_ideal(cell),
        document=said.get(int(x)),
        predicted=_predicted(measured),
    )


def _predicted(measured: Measured) -> float | None:
    time_s, predicted_s, speedup = measured.time_s, measured.predicted_s, measured.speedup
    return (
        None if not time_s or not predicted_s or speedup is None else speedup.estimate * time_s / predicted_s
    )


def _ideal(cell: Cell) -> float | None:
    """The speed-up over one job after the other, on a machine that only the number of jobs holds back."""
    makespan = ideal_s(cell, 1.0)
    return None if not makespan or not cell.sleep_s else cell.count * stages_of(cell) / makespan


def _rounds(session: Session, points: Sequence[Point]) -> list[Mapping[int, float]]:
    rounds: dict[int, dict[int, float]] = defaultdict(dict)
    for point in points:
        for number, seconds in session.seconds(point.cell.name).items():
            rounds[number][int(point.x)] = point.cell.count / seconds
    return [rounds[number] for number in sorted(rounds)]
