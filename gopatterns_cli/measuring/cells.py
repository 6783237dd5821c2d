"""The cells of a scenario: one arm in one configuration, the unit that is measured.

A cell knows what to run and is called by a name that is a contract (the pyperf benchmark's name, the key in
every JSON). It never knows how long it took. The worker process reads it, so nothing heavy is imported here.
"""

from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

from gopatterns_cli.measuring.typed import checked, shown
from scenarios.model import FOOTPRINT, MEMORY
from scenarios.notation import write_duration

if TYPE_CHECKING:
    from collections.abc import Mapping


SERIAL, NATIVE, GOPAT, TICKER = "serial", "native", "gopat", "ticker"
GO, GO_SERIAL, GO_TICKER = "go", "go-serial", "go-ticker"
PEER = "peer"
"""The arms. A ticker's is the document's token bucket; those of Go are real Go; a peer is another library."""
IN_PYTHON = frozenset({NATIVE, GOPAT, TICKER, PEER})
"""Those that have a runtime."""
COLD, WARM = "cold", "warm"
BUCKET = "token-bucket"
"""The pattern whose arms have no jobs: requests held to a rate."""
PIPELINE = "pipeline"
PATTERN, BUFFER = "pattern", "buffer"
"""Axes that stand in a cell's name only where the scenario has several of them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm of a scenario in one configuration.

    Args:
        scenario: the scenario's stem, without its group.
        pattern: `worker-pool`, `pipeline`, `fan-out-fan-in`; `overhead` where it is an operation.
        arm: `serial`, `native`, `gopat`, `ticker`, `peer`, `go`, `go-serial` or `go-ticker`.
        runtime: None for a serial arm and for Go, of a peer its name; `pool` and `workers` are None for
            serial arms, too.
        pool: `cold` or `warm`.
        workers: None where the pattern takes none.
        buffer: capacity of the hops between stages, in items.
        job_kind: what one job does: `wait`, `cpu`, `mixed`, `image`, `http`, `python`, `tuned` (a user's
            function under `gopat tune`) or `operation`; `memory` where nothing is timed.
        duration_s: what one job is asked to take; of an `image` fetching it, of `http` what the server waits.
        count: number of jobs in one run of the workload.
        ladder: the scenario measures several durations, so the name tells which.
        share: the share of `mixed` that computes, from 0 to 1.
        operations: what computing is, where a job computes: so many, the same in every arm and language.
        rate: requests per second that a limiter lets through; None where there is none.
        function: of `python` and `tuned`, as MODULE:FUNCTION.
        inputs: of `python`, as MODULE:ITERABLE, a file or a glob; of `tuned` where its sample is kept.
        operation: of `operation`, its name; of `memory`, what is held.
        pin: its threads are kept on one core.
        ordered: the results come in the order of the jobs.
        stages: how many an item's work is cut into; None for the document's pipeline and for other patterns.
        varied: `pattern` or `buffer`, where the scenario has several, so the name tells which.
        version: of two versions that are compared, the label of the one that runs; empty where there is one.
        again: it is another cell, measured a second time in every round: the canary.
    """

    scenario: str
    pattern: str
    arm: str
    runtime: str | None
    pool: str | None
    workers: int | None
    buffer: int
    job_kind: str
    duration_s: float
    count: int
    ladder: bool = False
    share: float = 0.0
    operations: int = 0
    rate: float | None = None
    function: str | None = None
    inputs: str | None = None
    operation: str | None = None
    pin: bool = False
    ordered: bool = False
    stages: int | None = None
    varied: tuple[str, ...] = ()
    version: str = ""
    again: bool = False

    @property
    def twin(self) -> Self:
        """Of a canary the cell that it measures a second time."""
        return replace(self, again=False)

    @property
    def is_serial(self) -> bool:
        """A plain loop, which others are compared with."""
        return self.arm in {SERIAL, GO_SERIAL}

    @property
    def is_go(self) -> bool:
        """Real Go."""
        return self.arm in {GO, GO_SERIAL, GO_TICKER}

    @property
    def is_memory(self) -> bool:
        """Its values are no seconds but the bytes that an item takes."""
        return self.operation in MEMORY

    @property
    def is_footprint(self) -> bool:
        """It looks at what a worker or an item of a pattern takes."""
        return self.job_kind == FOOTPRINT

    @property
    def sleep_s(self) -> float:
        """What a job sleeps itself, in seconds; of one that is cut into stages, what each of them does."""
        if self.job_kind in {"cpu", "http", "python", "tuned"}:
            return 0.0
        return self.duration_s * (1 - self.share) / (self.stages or 1)

    @property
    def asked_s(self) -> float | None:
        """How long it takes from the first job that a limiter lets through to the last; None without one."""
        return None if self.rate is None else (self.count - 1) / self.rate

    @property
    def name(self) -> str:
        """The scenario, the arm, then every axis that applies: `pipeline/gopat/asyncio/cold`."""
        axes = [self.scenario, self.arm, self.runtime, self.pool]
        if PATTERN in self.varied and not self.is_serial:
            axes.append(self.pattern)
        if self.stages is not None:
            axes.append(f"stages={self.stages}")
        if BUFFER in self.varied and not self.is_serial:
            axes.append(f"buffer={self.buffer}")
        if self.workers is not None:
            axes.append(f"workers={self.workers}")
        if self.rate is not None:
            axes.append(f"rate={self.rate:g}")
        if self.pin:
            axes.append("pinned")
        if self.ordered:
            axes.append("ordered")
        if self.ladder:
            axes.append(f"duration={write_duration(self.duration_s)}")
        axes += [self.version or None, "again" if self.again else None]
        return "/".join(axis for axis in axes if axis is not None)

    def to_json(self) -> dict[str, Any]:
        """A plain dict that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: "Mapping[str, Any]") -> Self:
        """The cell that `to_json` wrote.

        Raises:
            KeyError: a key is missing; one too many is ignored.
            TypeError, ValueError: a value is of the wrong type, or there is no such cell.
        """
        later = {field.name for field in fields(cls) if field.default is not MISSING}
        required = {field.name: data[field.name] for field in fields(cls) if field.name not in later}
        others = {name: data[name] for name in later & data.keys()}
        cell = checked(cls(**required, **{**others, "varied": tuple(data.get("varied", ()))}))
        serial = cell.is_serial and (cell.runtime, cell.pool) == (None, None)
        python = cell.arm in IN_PYTHON and bool(cell.runtime) and cell.pool in {COLD, WARM}
        go = cell.arm in {GO, GO_TICKER} and (cell.runtime, cell.pool) == (None, COLD)
        if not serial and not python and not go:
            raise ValueError(f"a cell cannot be {shown((cell.arm, cell.runtime, cell.pool))}")
        if 0 in {cell.count, cell.workers, cell.stages}:
            raise ValueError(f"the cell {cell.name} has no jobs, no workers or no stages")
        return cell
