"""Two versions, or more, measured in the same rounds: what changed, cell by cell.

The first version is the base; every other one is compared with it. Rounds are paired, so whatever a round's
machine did to one version it did to the other: this is the gate to trust.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from gopatterns_cli.measured import ratio
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.session import Session
from gopatterns_cli.statistics import signed_rank
from gopatterns_cli.statistics.precision import smallest_visible_change
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.verdicts import Change, ChangeJudgement, judge_change
from gopatterns_cli.words import tr


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell in two versions.

    Args:
        cell: what ran, without the version.
        base, new: the labels of the two.
        base_s, new_s: seconds of one run, medians over the rounds; None where no round measured it.
        ratio: new time over base time, paired by round; None where no round has both.
        judgement: regression, improved, same or inconclusive.
        hides: the smallest slowdown that would have been called a regression: 0.07 is 7 %.
        lost: why rounds are missing, each reason once, with the version that it is about.
        broken: it ran in the base, and could not be run at all in the new version.
    """

    cell: Cell
    base: str
    new: str
    base_s: float | None
    new_s: float | None
    ratio: RatioEstimate | None
    judgement: ChangeJudgement
    hides: float | None
    lost: tuple[str, ...]
    broken: bool

    @property
    def why_broken(self) -> str:
        """Why the new version does not run, with its label."""
        return next(reason for reason in self.lost if reason.startswith(_of(self.new, "")))

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two cells in the session."""
        return replace(self.cell, version=self.base).name, replace(self.cell, version=self.new).name


def _of(label: str, why: str) -> str:
    return f"{label}: {why}"


def changes(session: Session) -> tuple[Changed, ...]:
    """Return what changed in every version but the first, in the plan's order."""
    return tuple(_changes(session))


def _changes(session: Session) -> Iterator[Changed]:
    first, *others = session.plan.versions
    for base in session.plan.cells:
        for other in others if base.version == first.label else ():
            yield _changed(session, base, replace(base, version=other.label))


def _changed(session: Session, base: Cell, new: Cell) -> Changed:
    tolerance = session.plan.tolerance
    found = ratio(session, new, base)
    lost = tuple(
        dict.fromkeys(
            _of(loss_of.version, loss.why)
            for loss in session.lost
            for loss_of in (base, new)
            if loss.cell == loss_of.name
        )
    )
    if found is None:
        why = tr("no round measured both: {why}", why=tr("; ").join(lost) or tr("not run yet"))
        judgement = ChangeJudgement(Change.INCONCLUSIVE, why)
    else:
        judgement = judge_change(found, tolerance, signed_rank.typical_half_width)
    base_s, new_s = _median_s(session, base), _median_s(session, new)
    return Changed(
        cell=replace(base, version=""),
        base=base.version,
        new=new.version,
        base_s=base_s,
        new_s=new_s,
        ratio=found,
        judgement=judgement,
        hides=None if found is None else smallest_visible_change(found, tolerance),
        lost=lost,
        broken=base_s is not None and new_s is None and any(loss.cell == new.name for loss in session.lost),
    )


def _median_s(session: Session, cell: Cell) -> float | None:
    by_round = session.seconds(cell.name)
    return median(by_round.values()) if by_round else None
