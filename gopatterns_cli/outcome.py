"""How a comparison ends: the exit code, and the reason when it is not 0.

A refuted claim alone is no failure: the document is put to the test, not the code. What fails is a
proved regression, a claim that held in the baseline and is now refuted, and with `--strict` whatever
cannot be told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gopatterns_cli import figures
from gopatterns_cli.baseline import BaselineResult, CellChange
from gopatterns_cli.canary import Canary
from gopatterns_cli.claims import ClaimResult
from gopatterns_cli.figures import ratio
from gopatterns_cli.verdicts import Change, Verdict
from gopatterns_cli.words import tr

DONE, BROKEN, PROVED_WORSE, UNDECIDED, NOTHING_TO_COMPARE = 0, 1, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """An exit code of DESIGN's table, and its reason: empty for 0."""

    code: int
    reason: str = ""


def outcome(
    results: Iterable[ClaimResult],
    baseline: BaselineResult | None,
    canary: Canary | None,
    *,
    strict: bool,
) -> Outcome:
    """Decide the exit code from the claims, the baseline unless it is advisory, and the canary."""
    gate = baseline if baseline is not None and baseline.decides else None
    worse = _worse(gate) if gate else []
    if canary is not None and not canary.is_quiet and (worse or strict):
        return Outcome(UNDECIDED, figures.listed([untrustworthy(canary), *worse]))
    if worse:
        return Outcome(PROVED_WORSE, figures.listed(worse))
    undecided = [result.claim.id for result in results if result.verdict is Verdict.INCONCLUSIVE]
    undecided += [change.cell.name for change in _gating(gate, Change.INCONCLUSIVE)]
    if strict and undecided:
        which = figures.listed(undecided)
        return Outcome(UNDECIDED, tr("{n} inconclusive: {which}", n=len(undecided), which=which))
    return Outcome(DONE)


def untrustworthy(canary: Canary) -> str:
    """Say why nothing can be trusted."""
    cell = canary.cell.name
    if canary.ratio is None or not canary.alarms:
        return tr("untrustworthy: {cell}, measured twice, was lost too often", cell=cell)
    found = ratio(canary.ratio)
    return tr("untrustworthy: {cell}, measured twice, differs from itself: {ratio}", cell=cell, ratio=found)


def _worse(gate: BaselineResult) -> list[str]:
    broken = [
        tr("{id} was {verdict} in the baseline and is now refuted", id=claim.id, verdict=tr(claim.before))
        for claim in gate.broken_claims
    ]
    return [*broken, *(_regression(change) for change in _gating(gate, Change.REGRESSION))]


def _gating(gate: BaselineResult | None, verdict: Change) -> list[CellChange]:
    return [change for change in gate.gating if change.judgement.verdict is verdict] if gate else []


def _regression(change: CellChange) -> str:
    told = {"cell": change.cell.name, "ratio": ratio(change.slowdown)}
    if change.cell.is_memory:
        return tr("regression: {cell} takes {ratio} the memory of the baseline", **told)
    return tr("regression: {cell} takes {ratio} the time of the baseline", **told)
