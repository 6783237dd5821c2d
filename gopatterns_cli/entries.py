"""A comparison as a flat list: what other tools take, one entry per thing that has a verdict.

Of versions, and of a baseline, an entry is a cell that changed or did not; of a session alone it is a claim.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from gopatterns_cli.baseline import CellChange
from gopatterns_cli.changes import Changed
from gopatterns_cli.comparison import ClaimLine, Comparison
from gopatterns_cli.outcome import untrustworthy
from gopatterns_cli.sentences import baseline_sentence, change_sentence
from gopatterns_cli.session import Session
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.verdicts import Change, Verdict
from gopatterns_cli.versus import Versus

Found = Comparison | Versus
"""Either kind of comparison."""


class Status(StrEnum):
    """What an entry means for whoever only wants to know whether to worry."""

    FAILED = "failed"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that has a verdict.

    Args:
        suite: the scenario.
        name: the claim's id, or the cell's name; of more than two versions with the one that is compared.
        verdict: the verdict's word: `regression`, `refuted`.
        status: whether to worry. A refuted claim is no failure, the document is put to the test, unless it
            held in a baseline that decides.
        ratio: what was judged; None where it was not measured.
        of: what that is a ratio of: `new / base`, `now / baseline`, `speed-up`.
        hides: the smallest change that would have been seen, 0.07 is 7 %; None without an interval.
        message: one sentence.
        cells: by label, the names of the cells in the session whose times are behind it.
    """

    suite: str
    name: str
    verdict: str
    status: Status
    ratio: RatioEstimate | None
    of: str
    hides: float | None
    message: str
    cells: tuple[tuple[str, str], ...]


def entries(found: Found) -> tuple[Entry, ...]:
    """Return the entries of a comparison, in its order.

    Where the canary alarms no regression is a failure: nothing can be told.
    """
    listed = _of_versions(found) if isinstance(found, Versus) else _of_session(found)
    return tuple(_trusted(entry, found) for entry in listed)


def _trusted(entry: Entry, found: Found) -> Entry:
    watched = found.canary
    if watched is None or watched.is_quiet or entry.verdict not in MOVED_BY_NOISE:
        return entry
    if entry.status is not Status.FAILED:
        return entry
    return replace(entry, status=Status.UNDECIDED, message=f"{entry.message} It is {untrustworthy(watched)}.")


MOVED_BY_NOISE = frozenset({str(Change.REGRESSION), str(Verdict.REFUTED)})
"""Verdicts that a machine may make up; that something does not run is no matter of noise."""


def values_of(session: Session, entry: Entry) -> Iterator[tuple[str, str, tuple[float, ...]]]:
    """Yield, for each of an entry's cells, its label, its name and its time in each round, in seconds."""
    for label, name in entry.cells:
        yield label, name, tuple(session.seconds(name).values())


WORRIES = {
    Change.REGRESSION: Status.FAILED,
    Change.IMPROVED: Status.PASSED,
    Change.SAME: Status.PASSED,
    Change.INCONCLUSIVE: Status.UNDECIDED,
}

CLAIMED = {
    Verdict.REFUTED: Status.PASSED,
    Verdict.EXCEEDED: Status.PASSED,
    Verdict.REPRODUCED: Status.PASSED,
    Verdict.INCONCLUSIVE: Status.UNDECIDED,
    Verdict.OUT_OF_REACH: Status.SKIPPED,
    Verdict.NOT_MEASURED: Status.SKIPPED,
}


PAIR = 2


def _of_versions(found: Versus) -> Iterator[Entry]:
    several = len(found.session.plan.versions) > PAIR
    for change in found.changes:
        yield _of_change(change, change.names[1] if several else change.cell.name)


def _of_change(change: Changed, name: str) -> Entry:
    status = Status.FAILED if change.broken else WORRIES[change.judgement.verdict]
    base, new = change.names
    return Entry(
        suite=change.cell.scenario,
        name=name,
        verdict=str(change.judgement.verdict),
        status=status,
        ratio=change.ratio,
        of=f"{change.new} / {change.base}",
        hides=change.hides,
        message=change_sentence(change),
        cells=((change.base, base), (change.new, new)),
    )


def _of_session(found: Comparison) -> Iterator[Entry]:
    gate = found.baseline if found.baseline is not None and found.baseline.decides else None
    broken = {claim.id: str(claim.before) for claim in gate.broken_claims} if gate else {}
    yield from _against_baseline(found)
    for line in found.claims:
        entry = _of_claim(line)
        before = broken.get(line.result.claim.id)
        if before is not None:
            told = f"{entry.message} It was {before} in the baseline."
            entry = replace(entry, status=Status.FAILED, message=told)
        yield entry


def _against_baseline(found: Comparison) -> Iterator[Entry]:
    if found.baseline is None:
        return
    decides = found.baseline.decides
    for change in found.baseline.changes:
        yield _since_baseline(change, decides=decides)


def _since_baseline(change: CellChange, *, decides: bool) -> Entry:
    """An entry that may not decide the exit code fails nobody."""
    verdict = change.judgement.verdict
    weighs = decides and change.gates
    status = WORRIES[verdict] if weighs or verdict is not Change.REGRESSION else Status.SKIPPED
    return Entry(
        suite=change.cell.scenario,
        name=change.cell.name,
        verdict=str(verdict),
        status=status,
        ratio=change.slowdown,
        of="now / baseline",
        hides=change.hides,
        message=baseline_sentence(change),
        cells=(("now", change.cell.name),),
    )


def _of_claim(line: ClaimLine) -> Entry:
    result = line.result
    gains = [
        (gain, found) for gain, found in zip(result.gains, result.cells, strict=False) if gain is not None
    ]
    ratio, found = gains[0] if gains else (None, None)
    if result.rulings:
        ratio = result.rulings[0].lead
    return Entry(
        suite=result.scenario.rpartition("/")[2],
        name=result.claim.id,
        verdict=str(result.verdict),
        status=CLAIMED[result.verdict],
        ratio=ratio,
        of="of what is asked" if result.is_paced else "speed-up",
        hides=None if found is None else found.hides,
        message=line.sentence,
        cells=tuple((found.cell.name, found.cell.name) for found in result.cells),
    )
