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
from scenarios.model import ADVISED, IDEAL, SERIAL_LOOP, Against
from scenarios.notation import write_duration

QUANTITIES: dict[Axis, Callable[[float], str]] = {
    Axis.WORKERS: lambda x: figures.plural(int(x), "worker"),
    Axis.STAGES: lambda x: figures.plural(int(x), "stage"),
    Axis.BUFFER: lambda x: f"a buffer of {int(x):,}",
    Axis.DURATION: lambda x: f"jobs of {write_duration(x)}",
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
    says = claim.says
    if claim.rule is not None:
        return _rule_sentence(result)
    if claim.speedup is not None and not result.is_paced:
        says = figures.times(claim.speedup)
    here = _here(result)
    found = f"{here}: {result.verdict}" if here else str(result.verdict)
    return f"{claim.id}: {speaker(result)} {says}; {found}{_aside(result)}{_in_go(result)}."


def _rule_sentence(result: ClaimResult) -> str:
    """
    Say what a rule says and what was found: `...; here 2 workers on asyncio, 1,000 workers are 151x [149,
    153] as fast: refuted; in Go ...`.
    """
    claim = result.claim
    told = [_ruled(ruling, advised=claim.rule == ADVISED) for ruling in result.rulings]
    undecided = [] if result.cells else [f"{result.verdict}{_aside(result)}"]
    found = "; ".join([*undecided, *told])
    return f"{claim.id}: {speaker(result)} {claim.says}; here {found}."


def _ruled(ruling: Ruling, *, advised: bool) -> str:
    here = f"{ran(ruling.cell)}{'' if advised else f' {_where(ruling.where)}'}"
    verdict = (
        f"{ruling.judgement.verdict}{f' ({ruling.judgement.reason})' if ruling.judgement.reason else ''}"
    )
    prefix = f"in {ruling.where} " if advised else ""
    other = ran(ruling.best)
    return (
        f"{prefix}{here}; {other} {_is_or_are(ruling.best)} {figures.ratio(ruling.lead)} as fast: {verdict}"
    )


def ran(cell: Cell) -> str:
    """Say what ran, with its runtime where several compete."""
    if cell.is_serial:
        return "the plain loop"
    on = f" on {cell.runtime}" if PATTERN in cell.varied and cell.runtime else ""
    return f"{configuration(cell)}{on}"


def _is_or_are(cell: Cell) -> str:
    return "is" if cell.is_serial or PATTERN in cell.varied or cell.workers == 1 else "are"


def _where(where: str) -> str:
    return "in Go" if where == "Go" else f"on {where}"


def _in_go(result: ClaimResult) -> str:
    """Say what Go makes of it: `; Go here 94.5x [93.1, 96.0]: reproduced`."""
    ratios = " and ".join(figures.ratio(gain) for gain in result.go_gains if gain is not None)
    if not ratios or result.go_judgement is None:
        return ""
    return f"; Go here {ratios}: {result.go_judgement.verdict}"


def speaker(result: ClaimResult) -> str:
    """Say whose claim it is: the document's, or one of the user's own files."""
    return "the document says" if "/" in result.scenario else "claimed is"


def change_sentence(change: Changed) -> str:
    """Say what changed: `pipeline/gopat/asyncio/cold: new takes 1.19x [1.1, 1.3] the time of base: same`."""
    judgement = change.judgement
    if change.ratio is None:
        return f"{change.cell.name}: {judgement.reason}."
    what = "memory" if change.cell.is_memory else "time"
    found = (
        f"{change.new} takes {figures.ratio(change.ratio)} the {what} of {change.base}: {judgement.verdict}"
    )
    aside = _why_open(judgement.reason, judgement.rounds_needed)
    return f"{change.cell.name}: {found}{aside}."


def baseline_sentence(change: CellChange) -> str:
    """Say what changed since the baseline, as `change_sentence` does."""
    judgement = change.judgement
    what = "memory" if change.cell.is_memory else "time"
    found = f"it takes {figures.ratio(change.slowdown)} the {what} of the baseline: {judgement.verdict}"
    return f"{change.cell.name}: {found}{_why_open(judgement.reason, judgement.rounds_needed)}."


def _why_open(reason: str, rounds: int | None) -> str:
    told = [*([reason] if reason else []), *([f"needs about {rounds} rounds"] if rounds else [])]
    return f" ({'; '.join(told)})" if told else ""


def break_even_sentence(point: BreakEven) -> str:
    """Say from what cost an arm pays, as in `... pays from 78 us [70 us, 85 us] of waiting per job`."""
    subject = f"{point.scenario}: {_arm(point)} {'in' if point.runtime == 'Go' else 'on'} {point.runtime}"
    does, does_not, fails = _payoff(point.against)
    doing = "computing" if point.job_kind == "cpu" else "waiting" if point.job_kind == "wait" else "work"
    unit = f"of {doing} per job"
    if point.pattern == PIPELINE:
        unit = f"of {doing} per item and stage" if point.stages is None else f"of {doing} per item"
    bottom, top = (figures.seconds(rung.wait_s) for rung in (point.rungs[0], point.rungs[-1]))
    match point.payoff:
        case Payoff.CROSSES:
            return f"{subject} {does} from {_crossing(point)} {unit}{_bracket(point, fails)}."
        case Payoff.ALWAYS:
            return f"{subject} {does} at every measured cost, from {bottom} {unit}."
        case Payoff.NEVER:
            return f"{subject} {does_not} up to {top} {unit}."
        case Payoff.UNDECIDED:
            measured = f"measured up to {top} {unit}"
            return f"{subject}: cannot tell from what cost it {does} ({_doubt(point)}, {measured})."


def curve_sentence(curve: Curve) -> str:
    """Say where more no longer helps, how good that is, the law behind it, and what to take."""
    at, best = curve.knee, curve.best
    noun = QUANTITIES[curve.axis]
    subject = f"{curve.scenario}: {_subject(curve)}"
    found = f"{noun(at.x)} {_gained(at)}{_efficiency(curve)}"
    more = "" if at is best else f", the best is {noun(best.x)} with {_gained(best)}"
    return f"{subject}: {found}{more}{_law(curve)}. {_advice(curve)}"


def _subject(curve: Curve) -> str:
    cell = curve.points[0].cell
    where = "in Go" if cell.is_go else f"on {curve.runtime}"
    return f"{cell.pattern} {where}{' by hand' if curve.arm == NATIVE else ''}{besides(cell, curve.axis)}"


def besides(cell: Cell, axis: Axis) -> str:
    """Say what sets an arm apart from others over the same axis: `, 10 workers, warm`; empty if nothing."""
    parts = [
        figures.plural(cell.workers, "worker") if cell.workers and axis is not Axis.WORKERS else "",
        figures.plural(cell.stages, "stage") if cell.stages and axis is not Axis.STAGES else "",
        f"buffer {cell.buffer:,}" if BUFFER in cell.varied and axis is not Axis.BUFFER else "",
        f"jobs of {write_duration(cell.duration_s)}" if cell.ladder and axis is not Axis.DURATION else "",
        WARM if cell.pool == WARM else "",
    ]
    return "".join(f", {part}" for part in parts if part)


def _gained(point: Point) -> str:
    return "no speed-up known" if point.speedup is None else figures.ratio(point.speedup)


def _efficiency(curve: Curve) -> str:
    if curve.efficiency is None:
        return ""
    why = ", because its waits were shorter than the loop's" if curve.efficiency > UNEQUAL_ABOVE else ""
    return f", {figures.percent(curve.efficiency)} of ideal{why}"


def _law(curve: Curve) -> str:
    """The law over workers: what does not overlap, what workers cost each other, where the peak is."""
    law = curve.scaling
    if law is None:
        return ""
    serial, crosstalk = law.intervals
    parts = [f"{law.law}: {_share(law.serial)} {_shares(serial)} of the work does not overlap"]
    if law.law == USL:
        parts.append(f"each pair of workers costs {_share(law.crosstalk)} {_shares(crosstalk)}")
    if law.peak is not None:
        parts.append(f"peak at about {law.peak:,}")
    parts.append(f"points lie {figures.percent(law.misfit)} off")
    return f" ({', '.join(parts)})"


def _share(share: float) -> str:
    return "0%" if share < NO_SHARE else f"{figures.significant(100 * share, 2)}%"


def _shares(ends: Interval) -> str:
    return f"[{_share(ends.low)}, {_share(ends.high)}]"


def _advice(curve: Curve) -> str:
    noun, last = QUANTITIES[curve.axis], curve.points[-1]
    best, at = curve.best.speedup, curve.knee
    if best is not None and best.difference is not None and best.difference.high < 1:
        return "Take the plain loop: it is quicker than every point."
    if best is not None and best.difference is not None and best.difference.low <= 1:
        return "Nothing here is proved quicker than the plain loop."
    if curve.axis is Axis.DURATION:
        return _over_durations(curve)
    if at is last:
        return f"Take {noun(at.x)} or measure more: it still grows."
    return f"Take {noun(at.x)}: more gains less than 10%."


def _over_durations(curve: Curve) -> str:
    """Latency is no setting: say from which one on it pays best, or that it pays less beyond one."""
    at, noun = curve.knee, QUANTITIES[curve.axis]
    later = [point.speedup.estimate for point in curve.points if point.x > at.x and point.speedup is not None]
    highest = 0.0 if curve.best.speedup is None else curve.best.speedup.estimate
    if not later:
        return "It still grows."
    if min(later) * WITHIN < highest:
        return f"Beyond {noun(curve.best.x)} the speed-up is lower, down to {figures.times(min(later))}."
    return f"From {noun(at.x)} on it is as good as it gets."


def _payoff(against: Against) -> tuple[str, str, str]:
    """Say what a ladder is climbed for: that it is reached, that it is not, and what it is slower than."""
    if against.what == SERIAL_LOOP:
        return "pays", "does not pay", "the loop"
    if against.what == IDEAL:
        share = figures.percent(against.within - 1)
        return f"costs less than {share} over its ideal", f"costs {share} or more over its ideal", "that"
    return f"beats {against.what}", f"does not beat {against.what}", against.what


def configuration(cell: Cell) -> str:
    """Say what sets a cell apart within its scenario and arm: `10 workers`, `20us per wait`, or nothing."""
    pattern = [cell.pattern] if PATTERN in cell.varied else []
    workers = [] if cell.workers is None else [figures.plural(cell.workers, "worker")]
    stages = [] if cell.stages is None else [figures.plural(cell.stages, "stage")]
    buffer = [f"buffer {cell.buffer:,}"] if BUFFER in cell.varied else []
    duration = [f"{write_duration(cell.duration_s)} per wait"] if cell.ladder else []
    rate = [] if cell.rate is None else [f"{cell.rate:,g} per second"]
    return ", ".join([*pattern, *workers, *stages, *buffer, *rate, *duration])


def budget_sentence(result: ClaimResult, found: Measured, budget: LossBudget) -> str:
    """Say where the missing speed-up went.

    Such as `worker-pool/100-workers on asyncio: 12 ms and not 10 ms, so 86x and not 100x: start 1.1 ms, ...`
    """
    where = "in Go" if found.cell.is_go else f"on {found.cell.runtime}"
    took, ideal = figures.seconds(budget.took_s), figures.seconds(budget.ideal_s)
    says = figures.times(result.claim.speedup or 0.0)
    speedup = ""
    if found.speedup is not None:
        here, claimed = found.speedup.estimate, result.claim.speedup or 0.0
        speedup = f", so {figures.times(here)}" + (f" and not {says}" if here < claimed else "")
    if budget.lost_s <= 0:
        return f"{result.claim.id} {where}: {took}, no longer than the work dealt evenly, {ideal}{speedup}."
    waiting = "a core" if found.cell.is_go else WAITED_FOR.get(found.cell.runtime or "", "a core")
    names = {**{cause: cause for cause in budget.losses}, WAITING: f"waiting for {waiting}"}
    named = {**names, TIMERS: "timers that fire late", ALONE: "work that does not overlap"}
    gained = {**named, WAITING: "jobs shorter than in the serial loop"}
    losses = sorted(budget.losses.items(), key=lambda loss: -abs(loss[1]))
    causes = ", ".join(
        f"{named[cause]} {figures.seconds(seconds)}"
        if seconds > 0
        else f"{gained[cause]} {figures.seconds(-seconds)} gained"
        for cause, seconds in losses
        if abs(seconds) >= LEAST * budget.lost_s
    )
    return f"{result.claim.id} {where}: {took} and not {ideal}{speedup}: {causes}."


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
    where = "in the serial loop" if result.claim.arm == SERIAL else f"on {result.runtime}"
    paced = " of that pace" if result.is_paced else ""
    if len(found) == 1:
        speedup, _ = found[0]
        return f"here {figures.ratio(speedup)}{paced} {where}{'' if paced else _slower(speedup)}"
    parts = [f"{figures.ratio(speedup)} with {name}" for speedup, name in found]
    return f"here {' and '.join(parts)}{paced} {where}" if parts else ""


def _slower(speedup: RatioEstimate) -> str:
    if speedup.estimate >= 1:
        return ""
    return f", {figures.times(1 / speedup.estimate)} slower than the serial loop"


def _aside(result: ClaimResult) -> str:
    asides = [result.judgement.reason or _rounds(result.judgement), *map(_unequal_jobs, result.cells)]
    said = "; ".join(aside for aside in asides if aside)
    return f" ({said})" if said else ""


def _rounds(judgement: Judgement) -> str:
    if judgement.verdict is not Verdict.INCONCLUSIVE:
        return ""
    if judgement.rounds_needed is None:
        return "it stands at the edge of the band, and measuring longer would hardly settle it"
    return f"about {judgement.rounds_needed:,} rounds would settle it"


def _unequal_jobs(found: Measured) -> str:
    if not found.unequal_jobs:
        return ""
    here, there = figures.seconds(found.wait_s or 0.0), figures.seconds(found.serial_wait_s or 0.0)
    ideal = "" if found.over_ideal is None else f"; {figures.times(found.over_ideal)} its ideal makespan"
    what = "wait" if found.cell.job_kind == "wait" else "job"
    return f"unequal jobs: a {what} lasted {here}, in the serial loop {there}{ideal}"


def _arm(point: BreakEven) -> str:
    workers = "" if point.workers is None else f" of {figures.plural(point.workers, 'worker')}"
    by_hand = " written by hand" if point.arm == NATIVE else ""
    warm = " (warm)" if point.pool == WARM else ""
    stages = "" if point.stages is None else f" of {figures.plural(point.stages, 'stage')}"
    return f"a {point.pattern}{workers}{stages}{by_hand}{warm}"


def _crossing(point: BreakEven) -> str:
    at = figures.seconds(point.wait_s or 0.0)
    return f"{at} {_ends(point.interval)}" if point.interval else f"about {at} ({_doubt(point)})"


def _doubt(point: BreakEven) -> str:
    return f"the interval is {_ends(point.interval)}" if point.interval else "; ".join(point.warnings)


def _ends(interval: Interval) -> str:
    low = figures.seconds(max(interval.low, 0.0))
    high = figures.seconds(interval.high) if math.isfinite(interval.high) else "beyond the ladder"
    return f"[{low}, {high}]"


def _bracket(point: BreakEven, other: str) -> str:
    if point.bracket is None:
        return ""
    slower, faster = (figures.seconds(rung.wait_s) for rung in point.bracket)
    unequal = _unequal_rung(point.bracket[1])
    return f", interpolated between {slower} (slower than {other}) and {faster} (faster{unequal})"


def _unequal_rung(rung: Rung) -> str:
    if not unequal_jobs(rung.wait_s, rung.arm_wait_s):
        return ""
    return f"; its own lasted {figures.seconds(rung.arm_wait_s)}: unequal jobs"
