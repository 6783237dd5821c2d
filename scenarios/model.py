"""A checked scenario: what to measure, and what the document claims about it.

Frozen data, plus the form in which they travel to a worker and into a session file. Nothing here reads a
file or imports pydantic: a worker that is handed a scenario as JSON needs this module alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

Json = dict[str, Any]

OVERHEAD = "overhead"
"""What a file names in place of a pattern when it measures an operation: what the layer itself costs."""

OPERATIONS = (
    "buffered",
    "unbuffered",
    "pipeline",
    "pool-no-op",
    "pool-wait",
    "fan-out",
    "select-2-parked",
    "select-2-ready",
    "select-8-parked",
    "select-8-ready",
    "semaphore",
    "semaphore-contended",
    "spawn",
    "cancel",
    "task-memory",
    "channel-memory",
    "limiter",
)
"""The operations there are; what each one is stands where it is measured."""

FOOTPRINT = "memory"
"""The kind of job that is none: workers or items of a pattern are held, and what they take is looked at."""

IDLE_WORKER, QUEUED_ITEM = "idle-worker", "queued-item"

HELD: Mapping[str, tuple[str, ...]] = {
    IDLE_WORKER: (
        "worker-pool",
        "managed-worker-pool",
        "fan-out-fan-in",
        "pipeline",
        "errgroup",
        "error-collection",
        "semaphore",
        "token-bucket",
    ),
    QUEUED_ITEM: ("worker-pool", "managed-worker-pool", "pipeline"),
}
"""What is held, and the patterns that have it."""

MEMORY = frozenset({"task-memory", "channel-memory", *HELD})
"""Those whose figure is bytes."""

POOLED = frozenset({"pool-no-op", "pool-wait", "fan-out"})
"""Those that take workers."""

COMBINATION = "combination"
"""What a file names beside patterns: a pool that fetches and a fan-out that computes, one behind the
other."""

BEST_AT_CORES, OVERSUBSCRIPTION, ADVISED = "best-at-cores", "oversubscription", "advised"
RULES = (BEST_AT_CORES, OVERSUBSCRIPTION, ADVISED)
"""What a claim says in place of a figure: as many workers as cores are the best; too many are slower; what is
advised is as good as the best."""

SERIAL_LOOP, IDEAL = "serial", "ideal"
"""What a break-even may be against, besides a runtime."""


@dataclass(frozen=True)
class Job:
    """What one item of the workload costs.

    Attributes:
        kind: `wait` for a latency; `cpu`, computing that takes so long in Python; `mixed`, a share of each;
            `image`, fetched in that time and then made smaller; `http`, a page that a server on loopback
            gives after that time; `python`, a function of the user's; `operation`, one of the layer itself;
            `memory`, none: what a worker or an item takes is looked at.
        duration_s: how long one job takes, in seconds; 0 for `python`.
        count: how many jobs a run has, at least 1; of `python` at the most, 0 for all inputs; of `memory`
            how many are held, and then as many again.
        share: the share of `mixed` that computes, above 0 and below 1.
        function: of `python`, as MODULE:FUNCTION.
        inputs: of `python`, as MODULE:ITERABLE, a file of lines or a glob of paths.
        operation: of `operation`, its name, one of `OPERATIONS`; of `memory` what is held, one of `HELD`.
    """

    kind: str
    duration_s: float
    count: int
    share: float = 0.0
    function: str | None = None
    inputs: str | None = None
    operation: str | None = None


@dataclass(frozen=True)
class Arms:
    """The configurations in which the scenario is measured.

    Attributes:
        workers: worker counts, in the file's order; empty where the pattern takes none.
        runtimes: the runtimes to measure on, in the file's order.
        home: the one of them whose `gopat` arm gives the verdicts.
        pool: `cold`, `warm` or both.
        buffer: capacity of the channels between tasks; 0 is a rendezvous.
        durations_s: the ladder of job durations in seconds; a single one when there is no ladder.
        buffers: the ladder of capacities in place of the single `buffer`; empty when there is none.
        stages: numbers of stages that a pipeline cuts an item's work into; empty for the document's pipeline,
            each of whose three stages takes a job's time.
        rates: requests per second that a limiter lets through, one after the other; empty for no limiter.
        best: of an operation, the peers that a quick session measures: the first three that are here.
    """

    workers: tuple[int, ...]
    runtimes: tuple[str, ...]
    home: str
    pool: tuple[str, ...]
    buffer: int
    durations_s: tuple[float, ...]
    rates: tuple[float, ...] = ()
    best: tuple[str, ...] = ()
    buffers: tuple[int, ...] = ()
    stages: tuple[int, ...] = ()


@dataclass(frozen=True)
class Advice:
    """The configurations that are advised.

    Attributes:
        pattern: the pattern.
        workers: the lowest and the highest worker count; None when they are the cores, or there are none.
        cores: as many workers as there are cores.
        stages: the lowest and the highest number of stages; None for a pattern without.
    """

    pattern: str
    workers: tuple[int, int] | None = None
    cores: bool = False
    stages: tuple[int, int] | None = None


@dataclass(frozen=True)
class Against:
    """What a ladder of durations is climbed for: from which duration an arm is no slower than something.

    Attributes:
        what: `serial`, the plain loop; `ideal`, the makespan of the arm's own waits; or a runtime.
        within: an arm counts as no slower when it takes at most so many times as long, 1 or more.
    """

    what: str = SERIAL_LOOP
    within: float = 1.0


@dataclass(frozen=True)
class Claim:
    """A figure of the document that can be measured.

    Attributes:
        id: fixed name, the same in files, results and exports.
        where: the cell it speaks of; keys among workers, pool and runtime. `workers` is there wherever the
            pattern takes workers, but for a plain loop; without `pool` it is cold, without `runtime` home.
        speedup: the claimed ratio, or None when `gain` holds a range or `rule` a rule.
        gain: lowest and highest claimed ratio, or None.
        band: factor around the claim inside which it counts as reproduced, above 1.
        source: where the figure stands.
        says: the document's own wording of the figure, such as `10x`.
        serial_s: the document's serial time in seconds, where it gives one.
        time_s: the document's concurrent time in seconds, where it gives one.
        complexity: the document's mark, 1 to 5.
        memory: the document's mark: low, medium or high.
        needs_cores: cores without which the claim is out of reach; None when any will do.
        job_kind: the kind of job it speaks of, where that is not the kind the file measures.
        arm: the arm that decides: `gopat`, or `serial` or `ticker` where it speaks of those.
        per_second: jobs per second that it speaks of in place of a ratio; `speedup` is 1 then.
        rule: one of `RULES` where it gives no figure; None where it does.
        advised: of the rule `advised`, what is.
    """

    id: str
    where: Mapping[str, int | str] = field(hash=False)
    speedup: float | None
    gain: tuple[float, float] | None
    band: float
    source: str
    says: str
    serial_s: float | None = None
    time_s: float | None = None
    complexity: int | None = None
    memory: str | None = None
    needs_cores: int | None = None
    job_kind: str | None = None
    arm: str = "gopat"
    per_second: float | None = None
    rule: str | None = None
    advised: Advice | None = None

    @property
    def workers(self) -> int | None:
        """The worker count it speaks of, or None when the pattern takes none."""
        workers = self.where.get("workers")
        return workers if isinstance(workers, int) else None

    @property
    def pool(self) -> str:
        """The pool it speaks of: cold unless it says otherwise."""
        return str(self.where.get("pool", "cold"))


@dataclass(frozen=True)
class Scenario:
    """One checked scenario file.

    Attributes:
        name: group and stem for a shipped file (`claims/pipeline`), the stem for any other.
        path: the file, as messages name it.
        about: one sentence on what it measures.
        pattern: name of the pattern in `patterns`; of several the first.
        job: what one item costs.
        arms: the configurations to measure.
        claims: the document's figures about it, in the file's order.
        skip: runtimes left out, each with the reason.
        patterns: all of them, where several do the same work; empty for one.
        against: what a ladder of durations is climbed for.
        sought: the file asks for the break-even, so that rungs are laid about it; else it is for a curve.
        marks: what the document says of points of a sweep: worker count and speed-up; drawn, not judged.
    """

    name: str
    path: str
    about: str
    pattern: str
    job: Job
    arms: Arms
    claims: tuple[Claim, ...] = ()
    skip: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    patterns: tuple[str, ...] = ()
    against: Against = Against()
    sought: bool = False
    marks: tuple[tuple[int, float], ...] = ()

    @property
    def stem(self) -> str:
        """The name without its group, as it stands in the names of cells."""
        return self.name.rpartition("/")[2]

    @property
    def is_footprint(self) -> bool:
        """Whether it looks at memory and takes no time."""
        return self.job.kind == FOOTPRINT

    @property
    def group(self) -> str | None:
        """The group of a shipped scenario; None for a user's own file."""
        return self.name.rpartition("/")[0] or None


def narrow(scenario: Scenario, claim_ids: Collection[str]) -> Scenario:
    """Keep only these claims, and of the arms only what they are decided on. All runtimes stay.

    Args:
        scenario: the whole scenario.
        claim_ids: ids of its claims; at least one.
    """
    claims = tuple(claim for claim in scenario.claims if claim.id in claim_ids)
    if any(claim.rule for claim in claims):  # which compares all of them
        return replace(scenario, claims=claims)
    wanted = {claim.workers for claim in claims}
    workers = tuple(count for count in scenario.arms.workers if count in wanted)
    pools = {claim.pool for claim in claims}
    arms = replace(
        scenario.arms,
        workers=workers or scenario.arms.workers[:1],
        pool=tuple(pool for pool in scenario.arms.pool if pool in pools),
    )
    return replace(scenario, arms=arms, claims=claims)


def to_json(scenario: Scenario) -> Json:
    """Turn a scenario into plain dicts, lists, text and numbers, ready for `json.dumps`."""
    claims = [
        {
            **vars(claim),
            "where": dict(claim.where),
            "advised": None if claim.advised is None else _listed(vars(claim.advised)),
        }
        for claim in scenario.claims
    ]
    return _listed(
        {
            **vars(scenario),
            "against": dict(vars(scenario.against)),
            "job": dict(vars(scenario.job)),
            "arms": _listed(vars(scenario.arms)),
            "claims": [_listed(claim) for claim in claims],
            "skip": dict(scenario.skip),
        }
    )


def from_json(data: Json) -> Scenario:
    """Turn what `to_json` made back into the equal scenario.

    Raises:
        ValueError: a key is missing or of the wrong shape; the message names it.
    """
    try:
        parts = {
            "job": Job(**data["job"]),
            "arms": Arms(**_tupled(data["arms"])),
            "claims": tuple(_claim(claim) for claim in data["claims"]),
            "skip": MappingProxyType(dict(data["skip"])),
            "against": Against(**data.get("against", {})),
            "marks": tuple((workers, speedup) for workers, speedup in data.get("marks", ())),
        }
        return Scenario(**{**_tupled(data), **parts})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a scenario: {error}") from error


def _claim(data: Json) -> Claim:
    advised = data.get("advised")
    parts = {
        "where": MappingProxyType(dict(data["where"])),
        "advised": None if advised is None else Advice(**_tupled(advised)),
    }
    return Claim(**{**_tupled(data), **parts})


def _listed(values: Json) -> Json:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def _tupled(values: Json) -> Json:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
