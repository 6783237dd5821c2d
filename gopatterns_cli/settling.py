"""What a look settles: whose verdict stands, and needs no more rounds.

Decisions only. Every comparison stops by itself: an arm goes on as long as one that it is needed for does.
Once the canary was not quiet nothing stops before the last look.
"""

from gopatterns_cli.canary import canary
from gopatterns_cli.changes import Changed, changes
from gopatterns_cli.claims import judge_cell, scenarios_of, speaks_about
from gopatterns_cli.measured import measured
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.session import Session
from gopatterns_cli.verdicts import Change, Verdict


def settled(session: Session) -> frozenset[str]:
    """Return the names of the cells that this look has settled, or that nothing is to be found out about."""
    names = {cell.name for cell in session.plan.cells}
    return frozenset() if _disturbed(session) else frozenset(names - _needed(session))


def _disturbed(session: Session) -> bool:
    """Whether the canary was not quiet at this look or at one before: then all goes on to the last one."""
    looks = [look.rounds for look in session.plan.looks if look.rounds <= session.rounds_done]
    found = [canary(session, upto=rounds) for rounds in looks]
    return any(one is not None and not one.is_quiet for one in found)


def _needed(session: Session) -> set[str]:
    """The cells of claims, or of versions, that are undecided, and what those are compared with."""
    if session.plan.versions:
        return {name for change in changes(session) if is_open(change) for name in change.names}
    needed: set[str] = set()
    for scenario in scenarios_of(session):
        cells = [cell for cell in session.plan.cells if cell.scenario == scenario.stem]
        for cell in cells:
            if cell.name not in session.plan.loops:  # no number of rounds will measure it
                continue
            found = measured(session, cell)
            about = [claim for claim in scenario.claims if speaks_about(claim, scenario, found)]
            judgements = [judge_cell(claim, session, found) for claim in about]
            if any(judgement.verdict is Verdict.INCONCLUSIVE for judgement in judgements):
                needed |= _with_its_serial(session, cell)
    return needed


def is_open(change: Changed) -> bool:
    """Whether more rounds can tell what changed: not where a version does not run at all."""
    return change.ratio is not None and change.judgement.verdict is Change.INCONCLUSIVE


def _with_its_serial(session: Session, cell: Cell) -> set[str]:
    serial = session.plan.serial_of(cell)
    return {cell.name} if serial is None else {cell.name, serial.name}
