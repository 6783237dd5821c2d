"""Claims that give a rule in place of a figure, each judged by what a session measured.

`best-at-cores`: as many workers as there are cores. Refuted when another count is proved quicker by more than
x1.10, after Holm's correction over the counts; reproduced when every other count is proved not to be.
`oversubscription`: the most workers. Reproduced when another count is proved quicker by more than x1.10 in
the same way, refuted when every other is proved not to be. `advised`: the best of what is advised against the
best of the rest, the plain loop among them. Reproduced when the rest is proved to be no quicker than x1.10,
refuted when it is proved to be. Both are chosen on odd rounds and tested on even ones, so that no luck of the
choice is in the test.

The rules stand in CLAIMS and were fixed before anything was measured. A rule about worker counts is decided
on the scenario's home runtime; advice leaves the runtime open, so all of them compete. Go is judged beside it
and decides nothing. What was planned and not measured could have been the best: without it nothing is proved
that is about all the others.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from gopatterns_cli import figures
from gopatterns_cli.measured import Measured, ratio, ratios
from gopatterns_cli.measuring.cells import COLD, GO, GOPAT, Cell
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.ratio import RatioEstimate, paired
from gopatterns_cli.verdicts import SAME_WITHIN, Judgement, Verdict, beaten
from gopatterns_cli.words import tr
from scenarios.model import ADVISED, BEST_AT_CORES, Claim, Scenario

IN_GO, IN_PYTHON = "Go", "Python"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was found of a rule among some cells.

    Args:
        where: the runtime, `Go`, or `Python` where all runtimes compete.
        cell: what the claim speaks of: as many workers as cores, the most workers, the best that is advised.
        best: the best of the others.
        lead: time of the first over time of the second: above 1 the claim's own is the slower one.
        judgement: what follows.
    """

    where: str
    cell: Cell
    best: Cell
    lead: RatioEstimate
    judgement: Judgement


def rulings(
    session: Session, scenario: Scenario, claim: Claim, measured: Sequence[Measured]
) -> tuple[Ruling, ...]:
    """Judge a rule: first what decides the claim, then the other runtimes, then Go; empty if nothing was."""
    cells = [found.cell for found in measured]
    found = (_ruled(session, claim, where, part) for where, part in _parts(scenario, claim, cells))
    return tuple(ruling for ruling in found if ruling is not None)


def _parts(scenario: Scenario, claim: Claim, cells: Sequence[Cell]) -> Iterator[tuple[str, list[Cell]]]:
    """The cells that compete with one another, under the name of where they do."""
    ours = [cell for cell in cells if cell.arm == GOPAT and cell.pool == COLD]
    in_go = [cell for cell in cells if cell.arm == GO]
    if claim.rule == ADVISED:
        yield IN_PYTHON, [*(cell for cell in cells if cell.is_serial and not cell.is_go), *ours]
        yield IN_GO, [*(cell for cell in cells if cell.is_serial and cell.is_go), *in_go]
        return
    for runtime in dict.fromkeys([scenario.arms.home, *scenario.arms.runtimes]):
        yield runtime, [cell for cell in ours if cell.runtime == runtime]
    yield IN_GO, in_go


def _ruled(session: Session, claim: Claim, where: str, cells: Sequence[Cell]) -> Ruling | None:
    if claim.rule == ADVISED:
        return _advised(session, claim, where, cells)
    if claim.rule == BEST_AT_CORES:
        wanted = claim.advised.workers if claim.advised is not None else None
        reference = next((cell for cell in cells if wanted and cell.workers == wanted[0]), None)
    else:
        reference = max(cells, key=lambda cell: cell.workers or 0, default=None)
    if reference is None:
        return None
    others = {cell: ratio(session, reference, cell) for cell in cells if cell is not reference}
    return _against(session, claim, where, reference, others)


def _against(
    session: Session,
    claim: Claim,
    where: str,
    reference: Cell,
    others: Mapping[Cell, RatioEstimate | None],
) -> Ruling | None:
    known = {cell: lead for cell, lead in others.items() if lead is not None}
    if not known:
        return None
    logs = [
        [math.log(found) for found in ratios(session, reference, cell)] if lead.difference is not None else []
        for cell, lead in known.items()
    ]
    quickest = max(known, key=lambda cell: known[cell].estimate)
    holds = claim.rule == BEST_AT_CORES
    if beaten(logs, session.plan.looks[-1].difference):
        judgement = Judgement(Verdict.REFUTED if holds else Verdict.REPRODUCED)
    elif len(known) == len(others) and all(map(_is_no_quicker, known.values())):
        judgement = Judgement(Verdict.REPRODUCED if holds else Verdict.REFUTED)
    else:
        judgement = Judgement(Verdict.INCONCLUSIVE, _why_not(session, others))
    return Ruling(where, reference, quickest, known[quickest], judgement)


def _is_no_quicker(lead: RatioEstimate) -> bool:
    return lead.equivalence is not None and lead.equivalence.high <= SAME_WITHIN


def _why_not(session: Session, others: Mapping[Cell, RatioEstimate | None]) -> str:
    """Say what stands in the way of a proof; empty where it is only that the figures lie at the edge."""
    lost = [cell.name for cell, lead in others.items() if lead is None]
    if lost:
        return tr("not measured: {which}", which=figures.listed(lost))
    known = [lead for lead in others.values() if lead is not None]
    warnings = dict.fromkeys(reason for lead in known for reason in lead.warnings)
    if warnings:
        return tr("; ").join(warnings)
    needed = math.ceil(math.log2(2 * len(others) / (1 - session.plan.looks[-1].difference)))
    if session.rounds_done < needed:
        return tr(
            "{done} rounds cannot prove it among {others} others, it takes {needed}",
            done=session.rounds_done,
            others=len(others),
            needed=needed,
        )
    return ""


def _advised(session: Session, claim: Claim, where: str, cells: Sequence[Cell]) -> Ruling | None:
    advised = [cell for cell in cells if _is_advised(claim, cell)]
    chosen = _quickest(session, advised)
    best = _quickest(session, [cell for cell in cells if cell not in advised])
    lead = None if chosen is None or best is None else _on_even_rounds(session, chosen, best)
    if chosen is None or best is None or lead is None:
        return None
    lost = [cell.name for cell in cells if not session.seconds(cell.name)]
    if lead.difference is not None and lead.difference.low > SAME_WITHIN:
        judgement = Judgement(Verdict.REFUTED)
    elif _is_no_quicker(lead) and not lost:
        judgement = Judgement(Verdict.REPRODUCED)
    else:
        missing = tr("not measured: {which}", which=figures.listed(lost))
        why = missing if lost else tr("; ").join(lead.warnings)
        judgement = Judgement(Verdict.INCONCLUSIVE, why)
    return Ruling(where, chosen, best, lead, judgement)


def _is_advised(claim: Claim, cell: Cell) -> bool:
    advised = claim.advised
    if advised is None or cell.is_serial or cell.pattern != advised.pattern:
        return False
    spans = ((advised.workers, cell.workers), (advised.stages, cell.stages))
    return all(span is None or (found is not None and span[0] <= found <= span[1]) for span, found in spans)


def _quickest(session: Session, cells: Iterable[Cell]) -> Cell | None:
    """The quickest per item on odd rounds, by the mean logarithm."""
    means = {cell: _odd_mean(session, cell) for cell in cells}
    known = {cell: mean for cell, mean in means.items() if mean is not None}
    return min(known, key=lambda cell: known[cell], default=None)


def _odd_mean(session: Session, cell: Cell) -> float | None:
    logs = [math.log(s / cell.count) for number, s in session.seconds(cell.name).items() if number % 2]
    return fmean(logs) if logs else None


def _on_even_rounds(session: Session, cell: Cell, other: Cell) -> RatioEstimate | None:
    above, below = session.seconds(cell.name), session.seconds(other.name)
    even = sorted(number for number in above.keys() & below.keys() if number % 2 == 0)
    if not even:
        return None
    return paired(
        [above[number] / cell.count for number in even],
        [below[number] / other.count for number in even],
        session.plan.looks[-1].levels,
        session.rounds_done // 2 - len(even),
        session.seen(cell.name, other.name).doubts,
    )
