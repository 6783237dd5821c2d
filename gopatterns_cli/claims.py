"""The document's claims, each judged by what a session measured.

A claim speaks about the `gopat` arm on the scenario's home runtime (or on the runtime that it names
itself), cold unless it says warm. Its verdict comes from there and from nowhere else; every other cell
has a verdict of its own, which decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gopatterns_cli.measured import Measured, paced
from gopatterns_cli.measuring.cells import BUCKET, COLD, GO, GO_SERIAL, GO_TICKER, GOPAT, SERIAL, TICKER
from gopatterns_cli.measuring.plan import NEEDS_CORES
from gopatterns_cli.measuring.typed import checked, shown
from gopatterns_cli.ruling import IN_GO as IN_GO_ALONE
from gopatterns_cli.ruling import IN_PYTHON, Ruling, rulings
from gopatterns_cli.session import Session, SessionError
from gopatterns_cli.statistics.ratio import RatioEstimate
from gopatterns_cli.verdicts import SAME_WITHIN, Judgement, Verdict, accepted, combine, judge
from gopatterns_cli.words import retold, tr
from scenarios.model import RULES, Claim, Scenario, from_json


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """A claim beside what was measured.

    Args:
        claim: what the document says.
        scenario: full name of the scenario that measures it.
        pattern: the pattern that the scenario runs.
        runtime: the runtime that decides.
        accepted: the lowest and the highest speed-up that reproduce it.
        cells: what decided, in the plan's order; empty when nothing was measured.
        judgement: the verdict.
        gains: of each of the cells, the ratio that the claim is about.
        judgements: of each of them, what is found by itself.
        go: the same cells in real Go; empty when there was none.
        go_gains, go_judgements: the same of those.
        go_judgement: what is found of the claim in Go; it decides nothing.
        elsewhere: the same cells on the other runtimes; they decide nothing.
        rulings: of a claim that gives a rule, what was found of it, the deciding one first.
    """

    claim: Claim
    scenario: str
    pattern: str
    runtime: str
    accepted: tuple[float, float]
    cells: tuple[Measured, ...]
    judgement: Judgement
    gains: tuple[RatioEstimate | None, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    go: tuple[Measured, ...] = ()
    go_gains: tuple[RatioEstimate | None, ...] = ()
    go_judgements: tuple[Judgement, ...] = ()
    go_judgement: Judgement | None = None
    elsewhere: tuple[Measured, ...] = ()
    rulings: tuple[Ruling, ...] = ()

    @property
    def is_paced(self) -> bool:
        """Whether it is about a pace that is kept, in place of a speed-up."""
        return self.claim.per_second is not None or self.pattern == BUCKET

    @property
    def verdict(self) -> Verdict:
        """The verdict alone."""
        return self.judgement.verdict


def scenarios_of(session: Session) -> tuple[Scenario, ...]:
    """Return the scenarios as they were when the session was planned, in the order of its cells.

    One that was not measured, because this machine cannot decide its claims, comes last.

    Raises:
        SessionError: one of them cannot be read.
    """
    try:
        scenarios = tuple(checked(from_json(dict(data))) for data in session.plan.scenarios.values())
        for claim in (claim for scenario in scenarios for claim in scenario.claims):
            _check(claim)
    except (TypeError, ValueError) as error:
        raise SessionError(session.path, f"damaged session: {error}") from None
    stems = [cell.scenario for cell in session.plan.cells]
    known = [scenario for scenario in scenarios if scenario.stem in stems or scenario.claims]
    return tuple(sorted(known, key=lambda s: stems.index(s.stem) if s.stem in stems else len(stems)))


def _check(claim: Claim) -> None:
    """Raise ValueError for a claim that no cell could be judged by."""
    if claim.rule is not None:
        if claim.rule not in RULES:
            raise ValueError(f"claim {claim.id} cannot have the rule {shown(claim.rule)}")
        return
    low, high = claimed(claim)
    if not 0 < low <= high or claim.band < 1:
        raise ValueError(f"claim {claim.id} cannot be {shown((low, high))} within {claim.band}")
    if claim.arm not in IN_GO:
        raise ValueError(f"claim {claim.id} cannot be about the arm {shown(claim.arm)}")
    if claim.per_second is not None and not claim.per_second > 0:
        raise ValueError(f"claim {claim.id} cannot be about {shown(claim.per_second)} per second")
    if not claim.where.keys() <= {"workers", "pool", "runtime"}:
        raise ValueError(f"claim {claim.id} cannot be about {shown(sorted(claim.where))}")


def claim_results(session: Session, scenario: Scenario, cells: Iterable[Measured]) -> tuple[ClaimResult, ...]:
    """Judge every claim of `scenario` by its measured cells, in the file's order."""
    measured = tuple(cells)
    return tuple(
        (_result if claim.rule is None else _ruled)(session, scenario, claim, measured)
        for claim in scenario.claims
    )


def speaks_about(claim: Claim, scenario: Scenario, found: Measured) -> bool:
    """
    Whether `found` is a configuration that the claim is about, on any runtime that it does not exclude. None
    is where the claim is a rule, which compares all of them.
    """
    if claim.rule is not None:
        return False
    if claim.job_kind not in {None, scenario.job.kind} or found.cell.is_serial != (claim.arm == SERIAL):
        return False
    where = {} if found.cell.is_serial else {"pool": COLD, **claim.where}
    if found.cell.is_go:
        where.pop("runtime", None)
    return all(getattr(found.cell, axis) == wanted for axis, wanted in where.items())


def judge_cell(claim: Claim, session: Session, found: Measured) -> Judgement:
    """Judge one cell against a claim, wherever it ran."""
    speedup = gained(claim, session, found)
    if speedup is None:
        return Judgement(
            Verdict.INCONCLUSIVE,
            tr("no round measured it: {why}", why=tr("; ").join(found.lost) or tr("not run yet")),
        )
    return judge(speedup, *accepted(claimed(claim), claim.band))


def gained(claim: Claim, session: Session, found: Measured) -> RatioEstimate | None:
    """Return the ratio that a claim is about: to the serial arm, or to the pace that it names."""
    if claim.per_second is None:
        return found.speedup
    jobs = found.cell.count if found.cell.rate is None else found.cell.count - 1  # between first and last
    return paced(session, found.cell, jobs / claim.per_second)


def claimed(claim: Claim) -> tuple[float, float]:
    """Return the lowest and the highest speed-up that the document gives, equal unless it gives a range.

    Raises:
        ValueError: it gives neither, which no checked scenario does.
    """
    if claim.speedup is not None:
        return claim.speedup, claim.speedup
    if claim.gain is not None:
        return claim.gain
    raise ValueError(f"claim {claim.id} has neither speedup nor gain")


def _result(
    session: Session, scenario: Scenario, claim: Claim, measured: tuple[Measured, ...]
) -> ClaimResult:
    runtime = str(claim.where.get("runtime", scenario.arms.home))
    about = [found for found in measured if speaks_about(claim, scenario, found)]
    here = (claim.arm, None if claim.arm == SERIAL else runtime)
    cells = tuple(found for found in about if (found.cell.arm, found.cell.runtime) == here)
    go = tuple(found for found in about if found.cell.arm == IN_GO[claim.arm])
    elsewhere = tuple(found for found in about if found.cell.arm == claim.arm and found not in cells)
    unmeasured = _unmeasured(session, scenario, claim)
    if unmeasured:
        cells = ()
        go = go if unmeasured.verdict is Verdict.OUT_OF_REACH else ()
    judgements = tuple(judge_cell(claim, session, found) for found in cells)
    go_judgements = tuple(judge_cell(claim, session, found) for found in go)
    return ClaimResult(
        claim=claim,
        scenario=scenario.name,
        pattern=scenario.pattern,
        runtime=runtime,
        accepted=accepted(claimed(claim), claim.band),
        cells=cells,
        judgement=unmeasured or combine(judgements),
        gains=tuple(gained(claim, session, found) for found in cells),
        judgements=judgements,
        go=go,
        go_gains=tuple(gained(claim, session, found) for found in go),
        go_judgements=go_judgements,
        go_judgement=combine(go_judgements) if go else None,
        elsewhere=elsewhere,
    )


def _ruled(session: Session, scenario: Scenario, claim: Claim, measured: tuple[Measured, ...]) -> ClaimResult:
    """Judge a claim that gives a rule; what decides is the first ruling, unless that is Go's."""
    unmeasured = _unmeasured(session, scenario, claim)
    found = () if unmeasured else rulings(session, scenario, claim, measured)
    deciding = {scenario.arms.home, IN_PYTHON}
    here = next((ruling for ruling in found if ruling.where in deciding), None)
    in_go = next((ruling for ruling in found if ruling.where == IN_GO_ALONE), None)
    return ClaimResult(
        claim=claim,
        scenario=scenario.name,
        pattern=scenario.pattern,
        runtime=scenario.arms.home if here is None else here.where,
        accepted=(1 / SAME_WITHIN, SAME_WITHIN),
        cells=() if here is None else tuple(one for one in measured if one.cell == here.cell),
        judgement=unmeasured or (combine([]) if here is None else here.judgement),
        go=() if in_go is None else tuple(one for one in measured if one.cell == in_go.cell),
        go_judgement=None if in_go is None else in_go.judgement,
        rulings=found,
    )


IN_GO = {GOPAT: GO, TICKER: GO_TICKER, SERIAL: GO_SERIAL}
"""The arm of Go that does the same as one of ours."""


def _unmeasured(session: Session, scenario: Scenario, claim: Claim) -> Judgement | None:
    """Return why the claim could not be measured here, decided before measuring; None when it could."""
    out_of_reach = session.plan.out_of_reach.get(claim.id)
    if out_of_reach is not None:
        return Judgement(Verdict.OUT_OF_REACH, retold(out_of_reach, NEEDS_CORES))
    if claim.job_kind not in {None, scenario.job.kind}:
        kinds = {"kind": claim.job_kind, "other": scenario.job.kind}
        reason = tr("it speaks about {kind} jobs and these {other}", **kinds)
        return Judgement(Verdict.NOT_MEASURED, reason)
    return None
