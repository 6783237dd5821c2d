"""The plain sentences: what was found about a claim or a break-even, in words, with the figures in them.

Nothing is decided here.
"""

import math

from gopatterns_cli import figures
from gopatterns_cli.break_even import BreakEven, Payoff, Rung
from gopatterns_cli.budget import ALONE, TIMERS, WAITING, LossBudget
from gopatterns_cli.claims import ClaimResult
from gopatterns_cli.makespan import unequal_jobs
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import GOPAT, SERIAL, Cell
from gopatterns_cli.statistics.ratio import Interval, RatioEstimate
from gopatterns_cli.verdicts import Judgement, Verdict
from scenarios.notation import write_duration

DOCUMENT = "claims"
"""The group of the document's own scenarios."""


def claim_sentence(result: ClaimResult) -> str:
    """Say what the document says, what was measured and what follows.

    Such as `worker-pool/100-workers: the document says 96.7x; here 78.1x [75.0, 80.2] on asyncio: refuted.`
    """
    claim = result.claim
    says = claim.says
    if claim.speedup is not None and not result.is_paced:
        says = figures.times(claim.speedup)
    here = _here(result)
    found = f"{here}: {result.verdict}" if here else str(result.verdict)
    return f"{claim.id}: {speaker(result)} {says}; {found}{_aside(result)}{_in_go(result)}."


def _in_go(result: ClaimResult) -> str:
    """Say what Go makes of it: `; Go here 94.5x [93.1, 96.0]: reproduced`."""
    ratios = " and ".join(figures.ratio(gain) for gain in result.go_gains if gain is not None)
    if not ratios or result.go_judgement is None:
        return ""
    return f"; Go here {ratios}: {result.go_judgement.verdict}"


def speaker(result: ClaimResult) -> str:
    """Say whose claim it is: the document's, or one of the user's own files."""
    return "the document says" if result.scenario.startswith(f"{DOCUMENT}/") else "claimed is"


def break_even_sentence(point: BreakEven) -> str:
    """Say from what waiting an arm pays, as in `... pays from 78 us [70 us, 85 us] of waiting per job`."""
    subject = f"{point.scenario}: {_arm(point)} on {point.runtime}"
    unit = "of waiting per item and stage" if point.pattern == "pipeline" else "of waiting per job"
    bottom, top = (figures.seconds(rung.wait_s) for rung in (point.rungs[0], point.rungs[-1]))
    match point.payoff:
        case Payoff.CROSSES:
            return f"{subject} pays from {_crossing(point)} {unit}{_bracket(point)}."
        case Payoff.ALWAYS:
            return f"{subject} pays at every measured cost, from {bottom} {unit}."
        case Payoff.NEVER:
            return f"{subject} does not pay up to {top} {unit}."
        case Payoff.UNDECIDED:
            measured = f"measured up to {top} {unit}"
            return f"{subject}: cannot tell from what cost it pays ({_doubt(point)}, {measured})."


def configuration(cell: Cell) -> str:
    """Say what sets a cell apart within its scenario and arm: `10 workers`, `20us per wait`, or nothing."""
    workers = [] if cell.workers is None else [figures.plural(cell.workers, "worker")]
    duration = [f"{write_duration(cell.duration_s)} per wait"] if cell.ladder else []
    rate = [] if cell.rate is None else [f"{cell.rate:,g} per second"]
    return ", ".join([*workers, *rate, *duration])


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
    by_hand = "" if point.arm == GOPAT else " written by hand"
    return f"a {point.pattern}{workers}{by_hand}"


def _crossing(point: BreakEven) -> str:
    at = figures.seconds(point.wait_s or 0.0)
    return f"{at} {_ends(point.interval)}" if point.interval else f"about {at} ({_doubt(point)})"


def _doubt(point: BreakEven) -> str:
    return f"the interval is {_ends(point.interval)}" if point.interval else "; ".join(point.warnings)


def _ends(interval: Interval) -> str:
    low = figures.seconds(max(interval.low, 0.0))
    high = figures.seconds(interval.high) if math.isfinite(interval.high) else "beyond the ladder"
    return f"[{low}, {high}]"


def _bracket(point: BreakEven) -> str:
    if point.bracket is None:
        return ""
    slower, faster = (figures.seconds(rung.wait_s) for rung in point.bracket)
    unequal = _unequal_rung(point.bracket[1])
    return f", interpolated between {slower} (slower than the loop) and {faster} (faster{unequal})"


def _unequal_rung(rung: Rung) -> str:
    if not unequal_jobs(rung.wait_s, rung.arm_wait_s):
        return ""
    return f"; its own waits lasted {figures.seconds(rung.arm_wait_s)}: unequal jobs"
