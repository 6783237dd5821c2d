"""Versions set beside one another: everything that `compare` shows of a session that measured several."""

from collections import Counter
from dataclasses import dataclass

from gopatterns_cli import figures
from gopatterns_cli.canary import Canary, canary
from gopatterns_cli.changes import Changed, changes
from gopatterns_cli.comparison import Hidden, hidden
from gopatterns_cli.failure import Failure
from gopatterns_cli.notes import versus_notes
from gopatterns_cli.outcome import (
    BROKEN,
    DONE,
    NOTHING_TO_COMPARE,
    PROVED_WORSE,
    UNDECIDED,
    Outcome,
    untrustworthy,
)
from gopatterns_cli.session import Session
from gopatterns_cli.verdicts import Change
from gopatterns_cli.words import tr


@dataclass(frozen=True, slots=True)
class Versus:
    """What a session says about versions, decided and in order.

    Args:
        session: what was measured.
        changes: every cell in every version but the base, worst first.
        tally: how often each verdict was found, worst first.
        canary: what the arm that was measured twice shows; None where no round has both.
        hidden: what the session could not have seen; None when nothing has an interval.
        notes: what a reader must know.
        outcome: the exit code and its reason.
    """

    session: Session
    changes: tuple[Changed, ...]
    tally: tuple[tuple[str, int], ...]
    canary: Canary | None
    hidden: Hidden | None
    notes: tuple[str, ...]
    outcome: Outcome


def versus(session: Session, *, strict: bool = False) -> Versus:
    """Compare the versions of a session.

    Args:
        session: what was measured, with several versions in its plan.
        strict: whatever cannot be told is an exit code of its own.

    Raises:
        Failure: exit code 5: there is no cell that two versions ran.
    """
    found = sorted(changes(session), key=_worst_first)
    if not any(change.ratio is not None or change.broken for change in found):
        why = next((f": {change.lost[0]}" for change in found if change.lost), ": no round was finished")
        raise Failure(f"{session.path}: nothing to compare{why}", NOTHING_TO_COMPARE)
    counts = Counter(change.judgement.verdict for change in found)
    watched = canary(session)
    return Versus(
        session=session,
        changes=tuple(found),
        tally=tuple((str(verdict), counts[verdict]) for verdict in Change if counts[verdict]),
        canary=watched,
        hidden=hidden(found),
        notes=tuple(versus_notes(session, found)),
        outcome=_outcome(found, watched, strict=strict),
    )


def _worst_first(change: Changed) -> tuple[int, float]:
    order = [Change.REGRESSION, Change.INCONCLUSIVE, Change.IMPROVED, Change.SAME]
    return order.index(change.judgement.verdict), -(change.ratio.estimate if change.ratio else 0.0)


def _outcome(found: list[Changed], watched: Canary | None, *, strict: bool) -> Outcome:
    worse = [regression(change) for change in found if change.judgement.verdict is Change.REGRESSION]
    disturbed = watched is not None and not watched.is_quiet
    if watched is not None and disturbed and worse:
        return Outcome(UNDECIDED, figures.listed([untrustworthy(watched), *worse]))
    if worse:
        return Outcome(PROVED_WORSE, figures.listed(worse))
    broken = [
        tr("{cell} does not run: {why}", cell=change.cell.name, why=change.why_broken)
        for change in found
        if change.broken
    ]
    if broken:
        return Outcome(BROKEN, figures.listed(broken))
    if watched is not None and disturbed and strict:
        return Outcome(UNDECIDED, untrustworthy(watched))
    undecided = [change.cell.name for change in found if change.judgement.verdict is Change.INCONCLUSIVE]
    if strict and undecided:
        which = figures.listed(undecided)
        return Outcome(UNDECIDED, tr("{n} inconclusive: {which}", n=len(undecided), which=which))
    return Outcome(DONE)


def regression(change: Changed) -> str:
    """Say of a regression how large it is."""
    over = "" if change.ratio is None else figures.ratio(change.ratio)
    told = {"cell": change.cell.name, "ratio": over, "base": change.base}
    if change.cell.is_memory:
        return tr("regression: {cell} takes {ratio} the memory of {base}", **told)
    return tr("regression: {cell} takes {ratio} the time of {base}", **told)
