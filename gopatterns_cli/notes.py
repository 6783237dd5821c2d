"""What a reader of the tables must know, each said once, below them."""

from collections.abc import Collection, Iterator, Sequence

from gopatterns_cli import figures
from gopatterns_cli.baseline import BaselineResult
from gopatterns_cli.changes import Changed
from gopatterns_cli.claims import ClaimResult
from gopatterns_cli.measured import Measured
from gopatterns_cli.measuring.cells import COLD, WARM
from gopatterns_cli.session import COMPLETE, Session
from gopatterns_cli.words import tr

QUICK = "A quick session: few rounds, wide intervals. Without --quick it is measured in full."

COLUMNS = (
    "ideal: time over the ideal makespan of the arm's own waits; hides: the smallest change that this "
    "session would have seen four times in five."
)

LOOKS = "Looked at after {looks} rounds: a row stops at the look that decides it, at that look's level."
ONE_SERIAL_ARM = (
    "The speed-ups of a scenario share one serial arm, so their errors are correlated: a serial arm that was "
    "unlucky moves all of them."
)

COLD_AND_WARM = "cold: runtime and pool start and end inside the timed region; warm: they are kept."

UNEQUAL_JOBS = (
    "unequal jobs: the waits of this arm and of the serial arm really lasted more than 10% apart. The "
    "speed-up contains that; the figure under ideal does not."
)

ONLY_WAITING = (
    "Only waiting overlaps on one interpreter. Pure-Python computing does not overlap under the GIL: however "
    "much an item takes to compute, a pipeline only adds its hand-overs."
)

COSTS = (
    "Ratios are of the time per item, paired by round; tables are sorted, and rows that we lose are in them. "
    "hides: the smallest change that this session would have seen four times in five. What a peer lacks is "
    "named below its table."
)

LOTS = (
    "Bytes are what the second of two equal lots adds to a fresh process and its children, divided by its "
    "number, {how}."
)

FIGURES = {
    "pss_own": "by their proportional set size (PSS) in /proc/PID/smaps_rollup, without the pages of files",
    "pss": "by their proportional set size (PSS) in /proc/PID/smaps_rollup",
    "rss": "by their resident set size (RSS), in which what they share counts for each: this system has no "
    "/proc/PID/smaps_rollup",
}
"""By the kind of figure that the system gave."""

KERNEL = (
    "The kernel's own memory for a thread or a process is not in them. A size is said where all rounds "
    "agree. * decides the document's mark."
)

GO_GRAIN_S = 1e-3
"""Source: Go's runtime, `netpoll` on Linux: a wait below a millisecond is one."""

GO_TIMERS = (
    "A sleep of {asked} lasted {lasted} in Go: with nothing else to run Go's scheduler waits in epoll, which "
    "counts milliseconds, where time.sleep counts nanoseconds. So Python needs less time there; Go's "
    "speed-ups, whose serial loop has the same sleeps, are neither better nor worse for it."
)

NO_COMMON_ROUND = (
    "The two sessions share no round: what changed between them besides the code is in no interval. The "
    "native arms are the control: where they moved too, it was not the patterns."
)


def notes(
    session: Session,
    cells: Collection[Measured],
    claims: Collection[ClaimResult],
    *,
    break_even: bool,
    in_rows: bool,
) -> Iterator[str]:
    """Yield what applies to a session: how far it got, what was lost, how to read its figures.

    Args:
        session: what was measured.
        cells: its cells.
        claims: its claims.
        break_even: a break-even was looked for.
        in_rows: some of the cells have a row each, with all that is known about them.
    """
    yield from _of_the_session(session)
    yield from (tr("Not here: {reason}.", reason=reason) for reason in session.plan.not_here)
    if any(found.cell.is_footprint for found in cells):
        kinds = {run.metadata.get("gopat_memory") for run in session.runs}
        yield from (tr(LOTS, how=tr(how)) for kind, how in FIGURES.items() if kind in kinds)
        yield tr(KERNEL)
    timed = [found for found in cells if not found.cell.is_footprint]
    if all(found.cell.operation for found in timed):
        yield from [tr(COSTS)] * bool(timed)
        return
    homes = dict.fromkeys(result.runtime for result in claims if result.claim.rule is None)
    if homes:
        yield tr(
            "* decides the claim: the gopat arm on {runtimes}, cold unless the claim says warm.",
            runtimes=tr(", ").join(homes),
        )
    if in_rows:
        yield tr(COLUMNS)
    yield tr(ONE_SERIAL_ARM)
    if {COLD, WARM} <= {found.cell.pool for found in cells}:
        yield tr(COLD_AND_WARM)
    if any(found.unequal_jobs for found in cells):
        yield tr(UNEQUAL_JOBS)
    slow = [found for found in cells if _rounds_up(found)]
    if slow:
        asked, lasted = figures.seconds(slow[0].cell.duration_s), figures.seconds(slow[0].wait_s or 0.0)
        yield tr(GO_TIMERS, asked=asked, lasted=lasted)
    if break_even:
        yield tr(ONLY_WAITING)


def _of_the_session(session: Session) -> Iterator[str]:
    """Yield how far it got, what it left out and what it lost."""
    if session.status != COMPLETE:
        yield tr(
            "{status} after {done} of {rounds} rounds; `gopat bench --resume` goes on.",
            status=tr(session.status.capitalize()),
            done=session.rounds_done,
            rounds=session.plan.rounds,
        )
    if session.quick:
        yield tr(QUICK)
    if len(session.plan.looks) > 1:
        *first, last = (str(look.rounds) for look in session.plan.looks)
        yield tr(LOOKS, looks=tr(" and ").join([tr(", ").join(first), last]))
    if session.lost:
        losses = dict.fromkeys(f"{loss.cell} ({loss.why})" for loss in session.lost)
        count = figures.plural(len(session.lost), "measurement")
        yield tr("{count} lost: {which}.", count=count, which=figures.listed(tuple(losses)))
    if session.plan.left_out:
        yield tr("Left out for the budget: {what}.", what=tr(", ").join(session.plan.left_out))
    reasons: dict[str, list[str]] = {}
    for name, reason in session.plan.not_predicted.items():
        reasons.setdefault(reason, []).append(name)
    for reason, names in reasons.items():
        yield tr("Not predicted, as {reason}: {what}.", reason=reason, what=figures.listed(names))
    if session.plan.no_go:
        yield tr("There are no figures for Go: {reason}.", reason=session.plan.no_go)


def versus_notes(session: Session, changes: Sequence[Changed]) -> Iterator[str]:
    """Yield what applies to versions that were measured in the same rounds."""
    yield from _of_the_session(session)
    first, *others = session.plan.versions
    for other in others:
        apart = sorted({*first.packages} ^ {*other.packages})
        if apart:
            yield tr(
                "{first} and {other} depend on different packages: {packages}.",
                first=first.label,
                other=other.label,
                packages=figures.listed(apart),
            )
        if first.python_version != other.python_version:
            yield tr(
                "{first} runs on Python {version}, {other} on {other_version}.",
                first=first.label,
                version=first.python_version,
                other=other.label,
                other_version=other.python_version,
            )
    for change in changes:
        if change.ratio is None:
            why = figures.listed(change.lost)
            yield tr("{cell} was not compared: {why}.", cell=change.cell.name, why=why)


def _rounds_up(found: Measured) -> bool:
    """Whether a short sleep in Go lasted several times as long as asked."""
    cell = found.cell
    short = cell.is_go and cell.job_kind == "wait" and 0 < cell.duration_s < GO_GRAIN_S
    return short and found.wait_s is not None and found.wait_s > 2 * cell.duration_s


def baseline_notes(baseline: BaselineResult) -> Iterator[str]:
    """Yield what applies to the comparison with a baseline."""
    if baseline.elsewhere:
        advisory = tr("It is advisory: it decides nothing.")
        yield tr(
            "The baseline comes from elsewhere ({differences}). {weight}",
            differences=tr("; ").join(baseline.elsewhere),
            weight=tr("It decides all the same, as asked.") if baseline.decides else advisory,
        )
    yield tr(NO_COMMON_ROUND)
    if baseline.unmatched:
        alone = figures.plural(len(baseline.unmatched), "cell")
        yield tr(
            "{count} without the same cell on the other side: {which}.",
            count=alone,
            which=figures.listed(baseline.unmatched),
        )
