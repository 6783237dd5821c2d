"""What a scenario file must also satisfy: rules between fields, and names that must exist.

Every rule looks at a file that may have holes: `shapes.py` leaves None where a value does not fit. It says
nothing about a hole, that would be a second message about one mistake, and yields (trail, found, allowed)
for each thing that is wrong.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from pydantic import BaseModel

from scenarios.model import (
    ADVISED,
    COMBINATION,
    FOOTPRINT,
    HELD,
    IDEAL,
    OPERATIONS,
    OVERHEAD,
    POOLED,
    SERIAL_LOOP,
)
from scenarios.near import did_you_mean
from scenarios.problem import bare, shown
from scenarios.wire import AT_CORES, WireArms, WireClaim, WireJob, WireScenario, WireWhere

Finding = tuple[str, str, str]

BUCKET = "token-bucket"
"""The pattern that is measured without jobs, at the rates in `arms.rates`."""

PIPELINE = "pipeline"

NEEDED: Mapping[str, tuple[str, ...]] = {
    "mixed": ("duration", "count", "share"),
    "python": ("function", "inputs"),
    "operation": ("operation", "count"),
    FOOTPRINT: ("operation", "count"),
}
"""The keys that a kind of job cannot do without; of the others those are a duration and a count."""

TAKEN_TOO: Mapping[str, tuple[str, ...]] = {"python": ("count",), "operation": ("duration",)}
"""What it may have besides: an operation that is held to a rate lasts for a time."""

FEWEST_COUNTS = 3
"""Of worker counts, for a claim about which is the best."""

TIMES_TOLERANCE = 0.01
"""How far a claimed speed-up may lie from the ratio of the document's own times: they are rounded figures."""


def findings(
    wire: WireScenario, labels: Sequence[str], patterns: Mapping[str, bool], runtimes: Sequence[str]
) -> Iterator[Finding]:
    """Apply every rule.

    Args:
        wire: the file.
        labels: what a trail calls each claim, in the file's order.
        patterns: the names of the patterns that exist, each with whether it takes workers.
        runtimes: the names of the runtimes that exist.
    """
    named = wire.pattern or []
    first = named[0] if named else None
    yield from _patterns(named, patterns)
    if wire.job:
        yield from _job(wire.job, named)
    if wire.arms:
        yield from _arms(wire.arms, runtimes)
        yield from _ladders(wire.arms, named)
    if wire.job and wire.job.kind == FOOTPRINT:
        yield from _footprint(wire, patterns)
        yield from _skip(wire, runtimes)
        return
    if first == BUCKET and wire.arms and "rates" not in wire.arms.model_fields_set:
        yield "arms.rates", "nothing", "a list such as [100, 1_000], because token-bucket holds a rate"
    taking = [name for name in named if patterns.get(name, name == COMBINATION)]
    if named and all(name in {*patterns, COMBINATION} for name in named):
        yield from _takes_workers(wire, labels, taking[0] if taking else named[0], takes_workers=bool(taking))
    if wire.job and first == OVERHEAD:
        operation = wire.job.operation
        yield from _takes_workers(wire, labels, operation, takes_workers=operation in POOLED)
    yield from _swept(wire)
    yield from _claims(wire, labels)
    yield from _skip(wire, runtimes)


def _patterns(named: Sequence[str], patterns: Collection[str]) -> Iterator[Finding]:
    for name in named:
        if len(named) > 1 or name != OVERHEAD:
            yield from _known("pattern", name, [*patterns, COMBINATION])
    if len(set(named)) < len(named):
        yield "pattern", "a value more than once", "each value once"


def _known(trail: str, found: str, allowed: Collection[str]) -> Iterator[Finding]:
    if found not in allowed:
        yield trail, shown(found), ", ".join(allowed) + did_you_mean(found, allowed)


def _job(job: WireJob, named: Sequence[str]) -> Iterator[Finding]:
    """Each kind of job has the keys that it needs, and none that it does not take."""
    if job.kind is None:
        return
    needed = NEEDED.get(job.kind, ("duration", "count"))
    for key in needed:
        if key not in job.model_fields_set:
            yield f"job.{key}", "nothing", WireJob.model_fields[key].description or ""
    taken = {*needed, "kind", *TAKEN_TOO.get(job.kind, ())}
    for key in sorted(job.model_fields_set - taken):
        yield f"job.{key}", "a key too many", f"none, because a {job.kind} job takes no {key}"
    if job.operation:
        yield from _known("job.operation", job.operation, HELD if job.kind == FOOTPRINT else OPERATIONS)
    if job.kind == FOOTPRINT:
        return
    waiting = [name for name in named if name in {PIPELINE, BUCKET}]
    if (job.kind == "operation") != (OVERHEAD in named) and named:
        yield "job.kind", job.kind, f"operation with the pattern {OVERHEAD}, and with no other"
    elif job.kind != "wait" and waiting:
        yield "job.kind", job.kind, f"wait, the only kind of job that {waiting[0]} is measured with"
    elif job.kind != "mixed" and COMBINATION in named:
        yield "job.kind", job.kind, f"mixed, the only kind of job that {COMBINATION} is measured with"


def _footprint(wire: WireScenario, patterns: Collection[str]) -> Iterator[Finding]:
    """Memory is looked at once: nothing can be chosen but the runtimes, and nothing claimed of a time."""
    held = (wire.job and wire.job.operation) or ""
    for name in wire.pattern or ():
        if held in HELD and name in {OVERHEAD, *patterns}:
            yield from _known("pattern", name, HELD[held])
    written = wire.arms.model_fields_set if wire.arms else set()
    for key in sorted(written - {"runtimes", "home"}):
        yield f"arms.{key}", "a key too many", "none, because memory is looked at once"
    for key in ("marks", "break_even"):
        if key in wire.model_fields_set:
            yield key, "a key too many", "none, because memory is looked at once"
    if wire.claim:
        yield "claim", "a claim", "none, because claims are about times and this file about memory"


def _arms(arms: WireArms, runtimes: Sequence[str]) -> Iterator[Finding]:
    for name in arms.runtimes or ():
        yield from _known("arms.runtimes", name, runtimes)
    if arms.home and arms.runtimes:
        yield from _known("arms.home", arms.home, arms.runtimes)
    for key in ("workers", "runtimes", "pool", "durations", "rates", "buffers", "stages"):
        values = getattr(arms, key) or ()
        if len(set(values)) < len(values):
            yield f"arms.{key}", "a value more than once", "each value once"


def _swept(wire: WireScenario) -> Iterator[Finding]:
    """Marks at whole worker counts, figures beside one pattern, a break-even against what is there."""
    if wire.marks and any(workers != int(workers) or workers < 1 for workers, _ in wire.marks):
        yield "marks", shown(wire.marks), "pairs of a worker count and a speed-up, such as [[10, 9.98]]"
    if wire.marks and wire.arms and "workers" not in wire.arms.model_fields_set:
        yield "marks", "a key too many", "none, because nothing is measured by workers"
    figures = [claim for claim in wire.claim or () if claim and not claim.rule]
    if len(wire.pattern or ()) > 1 and figures:
        yield "claim", "a figure beside several patterns", "rules beside several patterns"
    ladder = (wire.arms and wire.arms.durations) or ()
    if wire.break_even and wire.break_even.against == IDEAL and 0.0 in ladder:
        yield "arms.durations", "0s", "durations above 0 against ideal, which takes no time there"
    if wire.break_even and wire.break_even.against and wire.arms and wire.arms.runtimes:
        allowed = [SERIAL_LOOP, IDEAL, *wire.arms.runtimes]
        yield from _known("break_even.against", wire.break_even.against, allowed)


def _ladders(arms: WireArms, named: Sequence[str]) -> Iterator[Finding]:
    """One ladder beside the workers at a time, and stages for a pipeline alone."""
    if named and arms.stages and PIPELINE not in named:
        yield "arms.stages", "a key too many", f"none, because {named[0]} has no stages"
    if len(named) > 1 and PIPELINE in named and not arms.stages:
        allowed = "a list such as [1, 2, 5], because other patterns do the same work in one stage"
        yield "arms.stages", "nothing", allowed
    if named and arms.buffers and PIPELINE not in named:
        yield "arms.buffers", "a key too many", f"none, because {named[0]} has no stages to buffer between"
    if arms.buffers and "buffer" in arms.model_fields_set:
        yield "arms.buffers", "both buffer and buffers", "one of them"


def _takes_workers(
    wire: WireScenario, labels: Sequence[str], what: str | None, *, takes_workers: bool
) -> Iterator[Finding]:
    written = wire.arms is not None and "workers" in wire.arms.model_fields_set
    if takes_workers and wire.arms and not written:
        yield "arms.workers", "nothing", f"a list such as [1, 10, 100], because {what} takes workers"
    if takes_workers:
        return
    too_many = ["arms.workers"] * written + [
        f"{label}.where.workers"
        for label, claim in zip(labels, wire.claim or (), strict=False)
        if claim and claim.where and "workers" in claim.where.model_fields_set
    ]
    for trail in too_many:
        yield trail, "a key too many", f"none, because {what} takes no workers"


def _claims(wire: WireScenario, labels: Sequence[str]) -> Iterator[Finding]:
    ids = set()
    for label, claim in zip(labels, wire.claim or (), strict=False):
        if claim is None:
            continue
        if claim.id in ids:
            yield f"{label}.id", f"{shown(claim.id)} a second time", "an id of its own for each claim"
        ids.add(claim.id or label)
        yield from _figure(label, claim)
        yield from _times(label, claim)
        if claim.rule:
            yield from _rule(label, claim, wire)
            continue
        if wire.arms and wire.arms.rates and BUCKET not in (wire.pattern or ()) and claim.per_second is None:
            yield label, "no per_second", "one such as per_second = 100, because arms.rates hold a pace"
        if wire.arms:
            yield from _cell(label, claim, wire.arms)


def _figure(label: str, claim: WireClaim) -> Iterator[Finding]:
    figures = ("speedup", "gain", "per_second", "rule")
    written = [name for name in figures if name in claim.model_fields_set]
    if not written:
        allowed = "one of them, such as speedup = 9.98, gain = [10, 100] or per_second = 100"
        yield label, "neither speedup nor gain nor per_second nor rule", allowed
    if len(written) > 1:
        yield label, f"both {' and '.join(written)}", "one of them"
    if claim.gain and claim.gain[0] >= claim.gain[1]:
        yield f"{label}.gain", shown(claim.gain), "the lower end first, such as [10, 100]"


def _rule(label: str, claim: WireClaim, wire: WireScenario) -> Iterator[Finding]:
    """A rule compares all cells; `advised` says which of them are."""
    for key in ("where", "arm", "job", "band"):
        if key in claim.model_fields_set:
            yield f"{label}.{key}", "a key too many", "none, because a rule compares all cells"
    for key in ("durations", "buffers"):
        if wire.arms and len(getattr(wire.arms, key) or ()) > 1:
            yield label, f"a rule beside several {key}", "rules where all cells do the same work"
    if wire.arms and "cold" not in (wire.arms.pool or ["cold"]):
        yield label, "a rule without cold pools", "arms.pool with cold, which rules compare"
    if claim.rule != ADVISED and len(wire.pattern or ()) > 1:
        yield label, f"{claim.rule} beside several patterns", f"{claim.rule} beside one pattern"
    if claim.rule != ADVISED and "advised" in claim.model_fields_set:
        yield f"{label}.advised", "a key too many", f"none, because the rule is {claim.rule}"
    if claim.rule == ADVISED and "advised" not in claim.model_fields_set:
        yield f"{label}.advised", "nothing", WireClaim.model_fields["advised"].description or ""
    if claim.rule != ADVISED and wire.arms and len(wire.arms.workers or ()) < FEWEST_COUNTS:
        yield "arms.workers", shown(wire.arms.workers), f"at least {FEWEST_COUNTS}, for {claim.rule}"
    yield from _advised(f"{label}.advised", claim, wire)


def _advised(trail: str, claim: WireClaim, wire: WireScenario) -> Iterator[Finding]:
    """What is advised must be among what is measured."""
    if claim.advised and claim.advised.pattern and wire.pattern:
        yield from _known(f"{trail}.pattern", claim.advised.pattern, wire.pattern)
    for key in ("workers", "stages"):
        ends, measured = getattr(claim.advised, key, None), getattr(wire.arms, key, None) or ()
        if ends == AT_CORES:
            continue
        if isinstance(ends, list) and ends[0] > ends[1]:
            yield f"{trail}.{key}", shown(ends), "the lower end first"
        elif isinstance(ends, list) and not any(ends[0] <= count <= ends[1] for count in measured):
            yield f"{trail}.{key}", shown(ends), f"a span with one of arms.{key} in it"


def _times(label: str, claim: WireClaim) -> Iterator[Finding]:
    written = claim.model_fields_set & {"serial", "time"}
    if len(written) == 1:
        missing = ({"serial", "time"} - written).pop()
        yield f"{label}.{missing}", "nothing", f"both serial and time, or neither ({written.pop()} is there)"
    if claim.speedup and claim.serial and claim.time:
        ratio = claim.serial / claim.time
        if abs(claim.speedup / ratio - 1) > TIMES_TOLERANCE:
            allowed = f"{ratio:.3g}, the ratio of serial to time, within 1 %"
            yield f"{label}.speedup", shown(claim.speedup), allowed


def _cell(label: str, claim: WireClaim, arms: WireArms) -> Iterator[Finding]:
    """A claim must speak of exactly one cell of each runtime that is measured; a loop has no workers."""
    where = WireWhere() if "where" not in claim.model_fields_set else claim.where
    if where is None:
        return
    trail = f"{label}.where"
    named = "workers" in where.model_fields_set
    if arms.workers and not _hole(where, "workers") and (named or claim.arm != "serial"):
        yield from _workers(f"{trail}.workers", where.workers, arms.workers)
    if not _hole(arms, "pool") and not _hole(where, "pool"):
        yield from _pool(f"{trail}.pool", where.pool, arms.pool or ["cold"])
    if where.runtime and arms.runtimes:
        yield from _known(f"{trail}.runtime", where.runtime, arms.runtimes)
    for key in ("durations", "buffers", "stages"):
        several = len(getattr(arms, key) or ())
        if several > 1:
            yield label, f"a claim beside {several} {key}", "claims beside a single one"


def _hole(table: BaseModel, key: str) -> bool:
    return key in table.model_fields_set and getattr(table, key) is None


def _workers(trail: str, found: int | None, allowed: Sequence[int]) -> Iterator[Finding]:
    counts = ", ".join(str(count) for count in allowed)
    if found is None and len(allowed) > 1:
        yield trail, "nothing", f"{counts}, because arms.workers has several"
    elif found is not None and found not in allowed:
        yield trail, shown(found), counts


def _pool(trail: str, found: str | None, allowed: Sequence[str]) -> Iterator[Finding]:
    if (found or "cold") not in allowed:
        yield trail, shown(found) if found else "nothing, which means cold", ", ".join(allowed)


def _skip(wire: WireScenario, runtimes: Sequence[str]) -> Iterator[Finding]:
    measured = (wire.arms and wire.arms.runtimes) or []
    for name in wire.skip or ():
        yield from _known(f"skip.{bare(name)}", name, runtimes)
        if name in measured:
            yield f"skip.{name}", "a runtime that arms.runtimes measures", "only runtimes that are left out"
