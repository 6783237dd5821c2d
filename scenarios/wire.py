"""A scenario file as it is written: which keys there are, and which text, number or table each takes.

One class per table, unknown keys refused. A field's description is what a user is told to write there: the
second half of `found X, allowed Y`. What needs two fields, or the list of patterns, is decided in `rules.py`.

Any field may be None, which TOML cannot write: the hole that `shapes.py` leaves where a value does not fit.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from scenarios.notation import (
    ALLOWED_COUNTS,
    ALLOWED_DURATION,
    ALLOWED_DURATIONS,
    LARGEST_COUNT,
    allowed_count,
    parse_counts,
    parse_duration,
    parse_durations,
    write_duration,
)

ID = r"[a-z0-9]+([-./_][a-z0-9]+)*"
MOST_WORKERS = 1_000_000
MOST_STAGES = 1_000
AT_CORES = [MOST_WORKERS, 1]


def _duration(value: object) -> float:
    """Read a duration; a bare number is refused, because it has no unit."""
    if isinstance(value, str):
        return parse_duration(value)
    raise ValueError("no unit")  # a TypeError would not be collected with the other problems of the file


def _durations(value: object) -> object:
    if isinstance(value, str):
        return [write_duration(duration) for duration in parse_durations(value)]
    return value


def _workers(value: object) -> object:
    if isinstance(value, str):
        return list(parse_counts(value, at_most=MOST_WORKERS))
    return [value] if isinstance(value, int) else value


def _buffers(value: object) -> object:
    return list(parse_counts(value, at_least=0)) if isinstance(value, str) else value


def _stages(value: object) -> object:
    return list(parse_counts(value, at_most=MOST_STAGES)) if isinstance(value, str) else value


def _span(value: object) -> object:
    """Read `cores` as no span that anybody could write: as many as there are."""
    return AT_CORES if value == "cores" else value


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=f"^{ID}$")]
Count = Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
Capacity = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Workers = Annotated[int, Field(ge=1, le=MOST_WORKERS)]
StageCount = Annotated[int, Field(ge=1, le=MOST_STAGES)]
Pool = Literal["cold", "warm"]
Duration = Annotated[float, BeforeValidator(_duration)]
MeasuredTime = Annotated[Duration, Field(gt=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
Rate = Annotated[float, Field(gt=0, le=1e9)]
Rates = Annotated[list[Rate], Field(min_length=1)]
Named = Annotated[str, StringConstraints(pattern=r"^[^:\s]+:[A-Za-z_]\w*$")]
Inputs = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]+$")]
Speedup = Annotated[float, Field(gt=0)]
Mark = Annotated[list[Speedup], Field(min_length=2, max_length=2)]
Marks = Annotated[list[Mark], Field(min_length=1)]
Gain = Annotated[list[Speedup], Field(min_length=2, max_length=2)]
Band = Annotated[float, Field(gt=1, le=10)]
WorkersLadder = Annotated[list[Workers], Field(min_length=1), BeforeValidator(_workers)]
DurationLadder = Annotated[list[Duration], Field(min_length=1), BeforeValidator(_durations)]
Buffers = Annotated[list[Capacity], Field(min_length=1), BeforeValidator(_buffers)]
Stages = Annotated[list[StageCount], Field(min_length=1), BeforeValidator(_stages)]
Patterns = Annotated[list[Text], Field(min_length=1), BeforeValidator(_one_or_more)]
Span = Annotated[list[Workers], Field(min_length=2, max_length=2), BeforeValidator(_span)]
AdvisedStages = Annotated[list[StageCount], Field(min_length=2, max_length=2)]
Within = Annotated[float, Field(ge=1, le=10)]
Pools = Annotated[list[Pool], Field(min_length=1), BeforeValidator(_one_or_more)]
Stars = Annotated[int, Field(ge=1, le=5)]
Runtimes = Annotated[list[Text], Field(min_length=1)]


class Table(BaseModel):
    """What all tables share: exact types, no key that is not named here, no infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class WireJob(Table):
    """The table `job`."""

    kind: Literal["wait", "cpu", "mixed", "image", "http", "python", "operation", "memory"] | None = Field(
        description="wait, cpu, mixed, image, http, python, operation or memory"
    )
    duration: Duration | None = Field(default=None, description=ALLOWED_DURATION)
    count: Count | None = Field(default=None, description=allowed_count())
    share: Share | None = Field(
        default=None, description="a number above 0 and below 1, such as 0.5: what of a mixed job computes"
    )
    function: Named | None = Field(default=None, description="MODULE:FUNCTION, the user's own")
    inputs: Inputs | None = Field(
        default=None,
        description="the user's own: MODULE:ITERABLE, a file with an input on each line, or a glob",
    )
    operation: Text | None = Field(
        default=None, description="the name of an operation, such as buffered, or what is held, idle-worker"
    )


class WireArms(Table):
    """The table `arms`."""

    workers: WorkersLadder | None = Field(default=None, description=f"{ALLOWED_COUNTS}, from 1 to 1_000_000")
    runtimes: Runtimes | None = Field(description='a list of runtimes such as ["asyncio", "threads"]')
    home: Text | None = Field(description="the runtime of arms.runtimes whose gopat arm decides the claims")
    pool: Pools | None = Field(default=None, description="cold, warm or a list of both")
    buffer: Capacity | None = Field(default=None, description=allowed_count(0))
    durations: DurationLadder | None = Field(default=None, description=ALLOWED_DURATIONS)
    rates: Rates | None = Field(default=None, description="requests per second such as [100, 1_000]")
    buffers: Buffers | None = Field(default=None, description=f"{ALLOWED_COUNTS}, from 0")
    stages: Stages | None = Field(default=None, description=f"{ALLOWED_COUNTS}, from 1 to 1_000")
    best: Runtimes | None = Field(default=None, description='a list of peers such as ["gevent", "trio"]')


class WireWhere(Table):
    """The table `where` of a claim."""

    workers: Workers | None = Field(default=None, description="one of the counts in arms.workers")
    pool: Pool | None = Field(default=None, description="cold or warm")
    runtime: Text | None = Field(default=None, description="one of the names in arms.runtimes")


class WireNeeds(Table):
    """The table `needs` of a claim."""

    cores: Count | None = Field(default=None, description=allowed_count())


class WireAdvised(Table):
    """The table `advised` of a claim."""

    pattern: Text | None = Field(description="one of the names in pattern")
    workers: Span | None = Field(
        default=None, description='the lowest and the highest count, such as [100, 10_000], or "cores"'
    )
    stages: AdvisedStages | None = Field(
        default=None, description="the lowest and the highest number of stages, such as [2, 5]"
    )


class WireBreakEven(Table):
    """The table `break_even`."""

    against: Text | None = Field(
        default=None, description="serial, ideal or one of the names in arms.runtimes"
    )
    within: Within | None = Field(default=None, description="a factor from 1 to 10, such as 1.01")


class WireClaim(Table):
    """One table `[[claim]]`."""

    id: Id | None = Field(description="lower-case words joined by - and /, such as worker-pool/10-workers")
    where: WireWhere | None = Field(default=None, description="a table such as { workers = 10 }")
    speedup: Speedup | None = Field(default=None, description="a number above 0, such as 9.98")
    gain: Gain | None = Field(default=None, description="the lowest and the highest gain, such as [10, 100]")
    band: Band | None = Field(default=None, description="a factor above 1 and at most 10, such as 1.10")
    source: Text | None = Field(description="text that says where the figure stands")
    says: Text | None = Field(
        default=None, description='the figure in the words of the source, such as "10x"'
    )
    serial: MeasuredTime | None = Field(default=None, description=f"{ALLOWED_DURATION}, above 0")
    time: MeasuredTime | None = Field(default=None, description=f"{ALLOWED_DURATION}, above 0")
    complexity: Stars | None = Field(default=None, description="a whole number from 1 to 5")
    memory: Literal["low", "medium", "high"] | None = Field(default=None, description="low, medium or high")
    needs: WireNeeds | None = Field(default=None, description="a table such as { cores = 4 }")
    job: Literal["wait", "cpu", "mixed", "image", "http", "python"] | None = Field(
        default=None, description="wait, cpu, mixed, image, http or python"
    )
    arm: Literal["gopat", "serial", "ticker"] | None = Field(
        default=None, description="gopat, serial or ticker: whose time it speaks of"
    )
    per_second: Rate | None = Field(default=None, description="jobs per second, such as 100")
    rule: Literal["best-at-cores", "oversubscription", "advised"] | None = Field(
        default=None, description="best-at-cores, oversubscription or advised"
    )
    advised: WireAdvised | None = Field(
        default=None, description='a table such as { pattern = "worker-pool", workers = [100, 10_000] }'
    )


class WireScenario(Table):
    """The whole file."""

    about: Text | None = Field(description="a sentence that says what the scenario measures")
    pattern: Patterns | None = Field(
        description="the name of a pattern, such as worker-pool, or a list of them"
    )
    job: WireJob | None = Field(
        description='a table such as { kind = "wait", duration = "1ms", count = 1_000 }',
    )
    arms: WireArms | None = Field(
        description='a table such as { workers = [10, 100], runtimes = ["asyncio"], home = "asyncio" }'
    )
    break_even: WireBreakEven | None = Field(
        default=None, description='a table such as { against = "serial" }'
    )
    marks: Marks | None = Field(
        default=None, description="pairs of a worker count and a speed-up, such as [[10, 9.98]]"
    )
    claim: list[WireClaim | None] | None = Field(
        default=None, description="[[claim]] tables, with two brackets"
    )
    skip: dict[str, Text | None] | None = Field(
        default=None,
        description='a table of runtimes, each with the reason in words, such as { processes = "why" }',
    )
