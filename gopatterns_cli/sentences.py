"""The plain sentences: what was found about a claim or a break-even, in words, with the figures in them.

Nothing is decided here.
"""

import math
from collections.abc import Callable

from gopatterns_cli import figures
from gopatterns_cli.axes import Axis
from gopatterns_cli.baseline import CellChange
from gopatterns_cli.break_even import BreakEven, Payoff, Rung
from gopatterns_cli.budget import ALONE, TIMERS, WAITING, LossBudget
from gopatterns_cli.changes import Changed
from gopatterns_cli.claims import ClaimResult
from gopatterns_cli.curves import Curve, Point
from gopatterns_cli.makespan import UNEQUAL_ABOVE, unequal_jobs
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import BUFFER, NATIVE, PATTERN, PIPELINE, SERIAL, WARM, Cell
from gopatterns_cli.ruling import Ruling
from gopatterns_cli.statistics.ratio import Interval, RatioEstimate
from gopatterns_cli.statistics.scaling import USL, WITHIN
from gopatterns_cli.verdicts import Judgement, Verdict
from gopatterns_cli.words import tr
from scenarios.model import ADVISED, IDEAL, SERIAL_LOOP, Against
from scenarios.notation import write_duration

QUANTITIES: dict[Axis, Callable[[float], str]] = {
    Axis.WORKERS: lambda x: figures.plural(int(x), "worker"),
    Axis.STAGES: lambda x: figures.plural(int(x), "stage"),
    Axis.BUFFER: lambda x: tr("a buffer of {n}", n=f"{int(x):,}"),
    Axis.DURATION: lambda x: tr("jobs of {duration}", duration=write_duration(x)),
}
"""How a value of an axis is said."""

NO_SHARE = 1e-8
"""A fitted share below this is none: the fit only comes near to 0."""

DOCUMENT = "claims"
"""The group of the document's own scenarios."""


def claim_sentence(result: ClaimResult) -> str:
    """Say what the document says, what was measured and what follows.

    Such as `worker-pool/100-workers: the document says 96.7x; here 78.1x [75.0, 80.2] on asyncio: refuted.`
    """
    claim = result.claim
    if claim.rule is not None:
        return _rule_sentence(result)
    paced = claim.speedup is None or result.is_paced
    figure = tr(claim.says) if paced else figures.times(claim.speedup or 0.0)
    here = _here(result)
    verdict = tr(result.verdict)
    found = tr("{found}: {verdict}", found=here, verdict=verdict) if here else verdict
    told = f"{found}{_aside(result)}{_in_go(result)}"
    return tr("{id}: {says}; {found}.", id=claim.id, says=says(result, figure), found=told)


def _rule_sentence(result: ClaimResult) -> str:
    """
    Say what a rule says and what was found: `...; here 2 workers on asyncio, 1,000 workers are 151x [149,
    153] as fast: refuted; in Go ...`.
    """
    claim = result.claim
    told = [_ruled(ruling, advised=claim.rule == ADVISED) for ruling in result.rulings]
    undecided = [] if result.cells else [f"{tr(result.verdict)}{_aside(result)}"]
    found = tr("here {found}", found=tr("; ").join([*undecided, *told]))
    return tr("{id}: {says}; {found}.", id=claim.id, says=says(result, tr(claim.says)), found=found)


def _ruled(ruling: Ruling, *, advised: bool) -> str:
    judgement = ruling.judgement
    told = {
        "cell": ran(ruling.cell),
        "where": ruling.where if advised else _where(ruling.where),
        "best": ran(ruling.best),
        "ratio": figures.ratio(ruling.lead),
        "verdict": f"{tr(judgement.verdict)}{_aside_of(judgement.reason)}",
    }
    single = ruling.best.is_serial or PATTERN in ruling.best.varied or ruling.best.workers == 1
    if advised:
        return tr("in {where} {cell}; {best} is {ratio} as fast: {verdict}", **told)
    if single:
        return tr("{cell} {where}; {best} is {ratio} as fast: {verdict}", **told)
    return tr("{cell} {where}; {best} are {ratio} as fast: {verdict}", **told)


def ran(cell: Cell) -> str:
    """Say what ran, with its runtime where several compete."""
    if cell.is_serial:
        return tr("the plain loop")
    what = configuration(cell)
    if PATTERN in cell.varied and cell.runtime:
        return tr("{what} {where}", what=what, where=_where(cell.runtime))
    return what


def _where(where: str) -> str:
    return tr("in Go") if where == "Go" else tr("on {runtime}", runtime=where)


def _in_go(result: ClaimResult) -> str:
    """Say what Go makes of it: `; Go here 94.5x [93.1, 96.0]: reproduced`."""
    ratios = tr(" and ").join(figures.ratio(gain) for gain in result.go_gains if gain is not None)
    if not ratios or result.go_judgement is None:
        return ""
    return tr("; Go here {ratios}: {verdict}", ratios=ratios, verdict=tr(result.go_judgement.verdict))


def says(result: ClaimResult, claim: str) -> str:
    """Say what is claimed, and whose claim it is: the document's, or one of the user's own files."""
    if "/" in result.scenario:
        return tr("the document says {says}", says=claim)
    return tr("claimed is {says}", says=claim)


def change_sentence(change: Changed) -> str:
    """Say what changed: `pipeline/gopat/asyncio/cold: new takes 1.19x [1.1, 1.3] the time of base: same`."""
    judgement = change.judgement
    if change.ratio is None:
        return f"{change.cell.name}: {judgement.reason}."
    told = {
        "cell": change.cell.name,
        "new": change.new,
        "base": change.base,
        "ratio": figures.ratio(change.ratio),
        "verdict": f"{tr(judgement.verdict)}{_why_open(judgement.reason, judgement.rounds_needed)}",
    }
    if change.cell.is_memory:
        return tr("{cell}: {new} takes {ratio} the memory of {base}: {verdict}.", **told)
    return tr("{cell}: {new} takes {ratio} the time of {base}: {verdict}.", **told)


def baseline_sentence(change: CellChange) -> str:
    """Say what changed since the baseline, as `change_sentence` does."""
    judgement = change.judgement
    told = {
        "cell": change.cell.name,
        "ratio": figures.ratio(change.slowdown),
        "verdict": f"{tr(judgement.verdict)}{_why_open(judgement.reason, judgement.rounds_needed)}",
    }
    if change.cell.is_memory:
        return tr("{cell}: it takes {ratio} the memory of the baseline: {verdict}.", **told)
    return tr("{cell}: it takes {ratio} the time of the baseline: {verdict}.", **told)


def _why_open(reason: str, rounds: int | None) -> str:
    needs = tr("needs about {n} rounds", n=rounds) if rounds else ""
    return _aside_of(tr("; ").join(part for part in (reason, needs) if part))


def _aside_of(text: str) -> str:
    """Put a text in brackets behind another; nothing where there is none."""
    return tr(" ({aside})", aside=text) if text else ""


def break_even_sentence(point: BreakEven) -> str:
    """Say from what cost an arm pays, as in `... pays from 78 us [70 us, 85 us] of waiting per job`."""
    told = {
        "scenario": point.scenario,
        "arm": _arm(point),
        "where": _where(point.runtime),
        "unit": _unit(point),
        "bottom": figures.seconds(point.rungs[0].wait_s),
        "top": figures.seconds(point.rungs[-1].wait_s),
    }
    does, does_not, other = _payoff(point.against)
    match point.payoff:
        case Payoff.CROSSES:
            told |= {"at": _crossing(point), "between": _bracket(point, other)}
            return tr("{scenario}: {arm} {where} {does} from {at} {unit}{between}.", does=does, **told)
        case Payoff.ALWAYS:
            return tr(
                "{scenario}: {arm} {where} {does} at every measured cost, from {bottom} {unit}.",
                does=does,
                **told,
            )
        case Payoff.NEVER:
            return tr("{scenario}: {arm} {where} {does_not} up to {top} {unit}.", does_not=does_not, **told)
        case Payoff.UNDECIDED:
            told |= {"does": does, "doubt": _doubt(point)}
            return tr(
                "{scenario}: {arm} {where}: cannot tell from what cost it {does} ({doubt}, measured up to "
                "{top} {unit}).",
                **told,
            )


def _unit(point: BreakEven) -> str:
    """Say of what there is a cost: `of waiting per item and stage`."""
    doing = {"cpu": tr("computing"), "wait": tr("waiting")}.get(point.job_kind, tr("work"))
    if point.pattern != PIPELINE:
        return tr("of {doing} per job", doing=doing)
    if point.stages is None:
        return tr("of {doing} per item and stage", doing=doing)
    return tr("of {doing} per item", doing=doing)


def curve_sentence(curve: Curve) -> str:
    """Say where more no longer helps, how good that is, the law behind it, and what to take."""
    at, best = curve.knee, curve.best
    noun = QUANTITIES[curve.axis]
    found = f"{noun(at.x)} {_gained(at)}{_efficiency(curve)}"
    more = "" if at is best else tr(", the best is {what} with {gain}", what=noun(best.x), gain=_gained(best))
    return tr(
        "{scenario}: {subject}: {found}{law}. {advice}",
        scenario=curve.scenario,
        subject=_subject(curve),
        found=f"{found}{more}",
        law=_law(curve),
        advice=_advice(curve),
    )


def _subject(curve: Curve) -> str:
    cell = curve.points[0].cell
    where = _where("Go" if cell.is_go else str(curve.runtime))
    what = tr("{what} {where}", what=cell.pattern, where=where)
    by_hand = tr("{what} by hand", what=what) if curve.arm == NATIVE else what
    return f"{by_hand}{besides(cell, curve.axis)}"


def besides(cell: Cell, axis: Axis) -> str:
    """Say what sets an arm apart from others over the same axis: `, 10 workers, warm`; empty if nothing."""
    parts = [
        figures.plural(cell.workers, "worker") if cell.workers and axis is not Axis.WORKERS else "",
        figures.plural(cell.stages, "stage") if cell.stages and axis is not Axis.STAGES else "",
        _buffer(cell) if axis is not Axis.BUFFER else "",
        QUANTITIES[Axis.DURATION](cell.duration_s) if cell.ladder and axis is not Axis.DURATION else "",
        tr(WARM) if cell.pool == WARM else "",
    ]
    return "".join(f"{tr(', ')}{part}" for part in parts if part)


def _buffer(cell: Cell) -> str:
    return tr("buffer {n}", n=f"{cell.buffer:,}") if BUFFER in cell.varied else ""


def _gained(point: Point) -> str:
    return tr("no speed-up known") if point.speedup is None else figures.ratio(point.speedup)


def _efficiency(curve: Curve) -> str:
    if curve.efficiency is None:
        return ""
    share = figures.percent(curve.efficiency)
    if curve.efficiency > UNEQUAL_ABOVE:
        return tr(", {share} of ideal, because its waits were shorter than the loop's", share=share)
    return tr(", {share} of ideal", share=share)


def _law(curve: Curve) -> str:
    """The law over workers: what does not overlap, what workers cost each other, where the peak is."""
    law = curve.scaling
    if law is None:
        return ""
    serial, crosstalk = law.intervals
    apart = f"{_share(law.serial)} {_shares(serial)}"
    parts = [tr("{law}: {share} of the work does not overlap", law=law.law, share=apart)]
    if law.law == USL:
        cost = f"{_share(law.crosstalk)} {_shares(crosstalk)}"
        parts.append(tr("each pair of workers costs {share}", share=cost))
    if law.peak is not None:
        parts.append(tr("peak at about {n}", n=f"{law.peak:,}"))
    parts.append(tr("points lie {share} off", share=figures.percent(law.misfit)))
    return _aside_of(tr(", ").join(parts))


def _share(share: float) -> str:
    return "0%" if share < NO_SHARE else f"{figures.significant(100 * share, 2)}%"


def _shares(ends: Interval) -> str:
    return f"[{_share(ends.low)}, {_share(ends.high)}]"


def _advice(curve: Curve) -> str:
    noun, last = QUANTITIES[curve.axis], curve.points[-1]
    best, at = curve.best.speedup, curve.knee
    if best is not None and best.difference is not None and best.difference.high < 1:
        return tr("Take the plain loop: it is quicker than every point.")
    if best is not None and best.difference is not None and best.difference.low <= 1:
        return tr("Nothing here is proved quicker than the plain loop.")
    if curve.axis is Axis.DURATION:
        return _over_durations(curve)
    if at is last:
        return tr("Take {what} or measure more: it still grows.", what=noun(at.x))
    return tr("Take {what}: more gains less than 10%.", what=noun(at.x))


def _over_durations(curve: Curve) -> str:
    """Latency is no setting: say from which one on it pays best, or that it pays less beyond one."""
    at, noun = curve.knee, QUANTITIES[curve.axis]
    later = [point.speedup.estimate for point in curve.points if point.x > at.x and point.speedup is not None]
    highest = 0.0 if curve.best.speedup is None else curve.best.speedup.estimate
    if not later:
        return tr("It still grows.")
    if min(later) * WITHIN < highest:
        lowest = figures.times(min(later))
        return tr(
            "Beyond {what} the speed-up is lower, down to {gain}.", what=noun(curve.best.x), gain=lowest
        )
    return tr("From {what} on it is as good as it gets.", what=noun(at.x))


def _payoff(against: Against) -> tuple[str, str, str]:
    """Say what a ladder is climbed for: that it is reached, that it is not, and what it is slower than."""
    if against.what == SERIAL_LOOP:
        return tr("pays"), tr("does not pay"), tr("the loop")
    if against.what == IDEAL:
        share = figures.percent(against.within - 1)
        less = tr("costs less than {share} over its ideal", share=share)
        return less, tr("costs {share} or more over its ideal", share=share), tr("that")
    beats, not_ = tr("beats {what}", what=against.what), tr("does not beat {what}", what=against.what)
    return beats, not_, against.what


def configuration(cell: Cell) -> str:
    """Say what sets a cell apart within its scenario and arm: `10 workers`, `20us per wait`, or nothing."""
    pattern = [cell.pattern] if PATTERN in cell.varied else []
    workers = [] if cell.workers is None else [figures.plural(cell.workers, "worker")]
    stages = [] if cell.stages is None else [figures.plural(cell.stages, "stage")]
    wait = write_duration(cell.duration_s)
    duration = [tr("{duration} per wait", duration=wait)] if cell.ladder else []
    rate = [] if cell.rate is None else [tr("{n} per second", n=f"{cell.rate:,g}")]
    parts = [*pattern, *workers, *stages, _buffer(cell), *rate, *duration]
    return tr(", ").join(part for part in parts if part)


def budget_sentence(result: ClaimResult, found: Measured, budget: LossBudget) -> str:
    """Say where the missing speed-up went.

    Such as `worker-pool/100-workers on asyncio: 12 ms and not 10 ms, so 86x and not 100x: start 1.1 ms, ...`
    """
    where = _where("Go" if found.cell.is_go else str(found.cell.runtime))
    told = {
        "id": result.claim.id,
        "where": where,
        "took": figures.seconds(budget.took_s),
        "ideal": figures.seconds(budget.ideal_s),
        "so": _so(result, found),
    }
    if budget.lost_s <= 0:
        return tr("{id} {where}: {took}, no longer than the work dealt evenly, {ideal}{so}.", **told)
    losses = sorted(budget.losses.items(), key=lambda loss: -abs(loss[1]))
    causes = [_cause(found, *loss) for loss in losses if abs(loss[1]) >= LEAST * budget.lost_s]
    return tr("{id} {where}: {took} and not {ideal}{so}: {causes}.", causes=tr(", ").join(causes), **told)


def _so(result: ClaimResult, found: Measured) -> str:
    """Say what follows for the speed-up: `, so 86x and not 100x`."""
    if found.speedup is None:
        return ""
    here, claimed = found.speedup.estimate, result.claim.speedup or 0.0
    if here < claimed:
        return tr(", so {here} and not {claimed}", here=figures.times(here), claimed=figures.times(claimed))
    return tr(", so {here}", here=figures.times(here))


def _cause(found: Measured, cause: str, seconds: float) -> str:
    """Say where time went, or was gained."""
    if seconds > 0:
        return f"{_lost_to(found, cause)} {figures.seconds(seconds)}"
    what = tr("jobs shorter than in the serial loop") if cause == WAITING else _lost_to(found, cause)
    return tr("{what} {seconds} gained", what=what, seconds=figures.seconds(-seconds))


def _lost_to(found: Measured, cause: str) -> str:
    if cause == WAITING:
        where = WAITED_FOR.get(found.cell.runtime or "", "a core")
        return tr("waiting for {what}", what=tr("a core" if found.cell.is_go else where))
    named = {TIMERS: "timers that fire late", ALONE: "work that does not overlap"}
    return tr(named.get(cause, cause))


LEAST = 0.005
"""A cause of less than this share of what was lost is left out of the sentence; the JSON has it."""

WAITED_FOR = {
    "asyncio": "the event loop",
    "fibers": "the scheduler",
    "threads": "the GIL or a core",
    "processes": "a process or a core",
}


def _here(result: ClaimResult) -> str:
    """Say what was measured, as `here 78.1x [75.0, 80.2] on asyncio`; empty when nothing was."""
    pairs = zip(result.gains, result.cells, strict=True)
    found = [(gain, configuration(cell.cell)) for gain, cell in pairs if gain is not None]
    where = tr("in the serial loop") if result.claim.arm == SERIAL else _where(result.runtime)
    several = [tr("{gain} with {what}", gain=figures.ratio(gain), what=name) for gain, name in found]
    gains = figures.ratio(found[0][0]) if len(found) == 1 else tr(" and ").join(several)
    if not gains:
        return ""
    if result.is_paced:
        return tr("here {gains} of that pace {where}", gains=gains, where=where)
    slower = _slower(found[0][0]) if len(found) == 1 else ""
    return tr("here {gains} {where}{slower}", gains=gains, where=where, slower=slower)


def _slower(speedup: RatioEstimate) -> str:
    if speedup.estimate >= 1:
        return ""
    return tr(", {factor} slower than the serial loop", factor=figures.times(1 / speedup.estimate))


def _aside(result: ClaimResult) -> str:
    asides = [result.judgement.reason or _rounds(result.judgement), *map(_unequal_jobs, result.cells)]
    return _aside_of(tr("; ").join(aside for aside in asides if aside))


def _rounds(judgement: Judgement) -> str:
    if judgement.verdict is not Verdict.INCONCLUSIVE:
        return ""
    if judgement.rounds_needed is None:
        return tr("it stands at the edge of the band, and measuring longer would hardly settle it")
    return tr("about {n} rounds would settle it", n=f"{judgement.rounds_needed:,}")


def _unequal_jobs(found: Measured) -> str:
    if not found.unequal_jobs:
        return ""
    told = {
        "here": figures.seconds(found.wait_s or 0.0),
        "there": figures.seconds(found.serial_wait_s or 0.0),
        "ideal": ""
        if found.over_ideal is None
        else tr("; {factor} its ideal makespan", factor=figures.times(found.over_ideal)),
    }
    if found.cell.job_kind == "wait":
        return tr("unequal jobs: a wait lasted {here}, in the serial loop {there}{ideal}", **told)
    return tr("unequal jobs: a job lasted {here}, in the serial loop {there}{ideal}", **told)


def _arm(point: BreakEven) -> str:
    arm = tr("a {pattern}", pattern=point.pattern)
    if point.workers is not None:
        arm = tr("{what} of {count}", what=arm, count=figures.plural(point.workers, "worker"))
    if point.stages is not None:
        arm = tr("{what} of {count}", what=arm, count=figures.plural(point.stages, "stage"))
    if point.arm == NATIVE:
        arm = tr("{what} written by hand", what=arm)
    return f"{arm}{_aside_of(tr(WARM))}" if point.pool == WARM else arm


def _crossing(point: BreakEven) -> str:
    at = figures.seconds(point.wait_s or 0.0)
    if point.interval:
        return f"{at} {_ends(point.interval)}"
    return tr("about {at} ({doubt})", at=at, doubt=_doubt(point))


def _doubt(point: BreakEven) -> str:
    if point.interval:
        return tr("the interval is {ends}", ends=_ends(point.interval))
    return tr("; ").join(point.warnings)


def _ends(interval: Interval) -> str:
    low = figures.seconds(max(interval.low, 0.0))
    high = figures.seconds(interval.high) if math.isfinite(interval.high) else tr("beyond the ladder")
    return f"[{low}, {high}]"


def _bracket(point: BreakEven, other: str) -> str:
    if point.bracket is None:
        return ""
    slower, faster = (figures.seconds(rung.wait_s) for rung in point.bracket)
    return tr(
        ", interpolated between {slower} (slower than {other}) and {faster} (faster{unequal})",
        slower=slower,
        other=other,
        faster=faster,
        unequal=_unequal_rung(point.bracket[1]),
    )


def _unequal_rung(rung: Rung) -> str:
    if not unequal_jobs(rung.wait_s, rung.arm_wait_s):
        return ""
    return tr("; its own lasted {seconds}: unequal jobs", seconds=figures.seconds(rung.arm_wait_s))
