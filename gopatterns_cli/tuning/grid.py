"""The grid: every way in which a user's jobs can be run here, and which of them are searched.

A lane is an arm on a runtime; a candidate is a lane with so many workers. On asyncio and fibers a plain
function runs in threads, as it does on threads, only through more hands: those two are tried beside the best
of the threads, and not at every number of workers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import COLD, GOPAT, NATIVE, SERIAL, Cell
from gopatterns_cli.tuning.look import Look
from patterns import runtimes

POOL, FAN_OUT = "worker-pool", "fan-out-fan-in"

THREADS, ASYNCIO, FIBERS, PROCESSES = "threads", "asyncio", "fibers", "processes"

WAITERS = 1_000
"""So many workers are tried at the most, unless more are asked for."""

PER_CORE = 4
"""Worker processes for each core, at the most."""

RUNGS = tuple(step * 10**exponent for exponent in range(6) for step in (1, 2, 5))


@dataclass(frozen=True, slots=True, order=True)
class Lane:
    """One way of running jobs: a pattern, an arm (ours, or by hand with the standard library), a runtime."""

    pattern: str
    arm: str
    runtime: str

    @property
    def by(self) -> str:
        """What its code is written with, in words."""
        return "patterns" if self.arm == GOPAT else "the standard library"

    @property
    def words(self) -> str:
        """The lane in words."""
        return f"{self.runtime}, {self.by}{', as a fan-out' * (self.pattern == FAN_OUT)}"

    @property
    def elsewhere(self) -> bool:
        """Its jobs run in other processes: a worker is another thing there than in a lane of this one."""
        return self.runtime == PROCESSES


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A lane with so many workers."""

    lane: Lane
    workers: int

    @property
    def words(self) -> str:
        """The candidate in words: `50 workers on threads, patterns`."""
        return f"{self.workers:,} workers on {self.lane.words}"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the user allows.

    Args:
        workers: at the most; None for what waiting jobs may need.
        rate: calls per second at the most; None for no limit.
        ordered: the results come in the order of the inputs.
        memory_bytes: of all processes of a candidate together; None for no limit.
    """

    workers: int | None = None
    rate: float | None = None
    ordered: bool = False
    memory_bytes: float | None = None


def most_workers(look: Look, asked: int | None) -> int:
    """Return how many workers may be tried: those asked for, or what waiting jobs may need at the most.

    Raises:
        Failure: exit code 2: more were asked for than the machine, or the runtime, allows.
    """
    runtime = THREADS if look.is_plain else ASYNCIO
    most: int = runtimes.load(runtime).max_tasks()
    if asked is not None and asked > most:
        raise Failure(f"--max-workers: found {asked:_}, allowed at most {most:_} on {runtime} here", 2)
    return min(WAITERS, most) if asked is None else asked


def searched(look: Look, bounds: Bounds, cores: int) -> tuple[Candidate, ...]:
    """Return what is searched: each lane from few workers to many, no more of them than there are inputs.

    Raises:
        Failure: as `most_workers`.
    """
    most = min(most_workers(look, bounds.workers), look.count)
    waiting, computing = ladder(most), processes_ladder(min(most, PER_CORE * cores))
    lanes = [Lane(POOL, GOPAT, THREADS), Lane(POOL, NATIVE, THREADS)]
    if not look.is_plain:
        lanes = [Lane(POOL, GOPAT, ASYNCIO), Lane(POOL, NATIVE, ASYNCIO)]
        lanes += [Lane(POOL, GOPAT, FIBERS)] * (FIBERS not in look.not_on)
    found = [Candidate(lane, workers) for lane in lanes for workers in waiting]
    if look.is_plain and not look.stays:
        lanes = [Lane(POOL, GOPAT, PROCESSES), Lane(POOL, NATIVE, PROCESSES)]
        found += [Candidate(lane, workers) for lane in lanes for workers in computing]
    return tuple(candidate for candidate in found if _keeps(candidate, bounds))


def twins(best: Candidate, look: Look, bounds: Bounds) -> tuple[Candidate, ...]:
    """
    Return what does the same as the best, another way: the same workers on other runtimes, in the other
    arm, and as a fan-out, which keeps no order.
    """
    runtimes = [best.lane.runtime]
    if look.is_plain and best.lane.runtime == THREADS:
        runtimes += [ASYNCIO, FIBERS]
    found = [Candidate(Lane(POOL, GOPAT, runtime), best.workers) for runtime in runtimes]
    found += [Candidate(Lane(POOL, NATIVE, by_hand(best, look)), best.workers)]
    if not bounds.ordered:
        found += [Candidate(Lane(FAN_OUT, GOPAT, best.lane.runtime), best.workers)]
    return tuple(twin for twin in found if twin != best and _keeps(twin, bounds))


def counterpart(best: Candidate, look: Look) -> Candidate:
    """Return the same pool in the other arm: by hand where it is ours, ours where it is by hand."""
    if best.lane.arm == NATIVE:
        return Candidate(Lane(POOL, GOPAT, best.lane.runtime), best.workers)
    return Candidate(Lane(POOL, NATIVE, by_hand(best, look)), best.workers)


def by_hand(best: Candidate, look: Look) -> str:
    """Return the runtime on which the standard library does what a candidate does."""
    if not look.is_plain:
        return ASYNCIO
    return PROCESSES if best.lane.runtime == PROCESSES else THREADS


def ladder(most: int) -> tuple[int, ...]:
    """Return the worker counts to try: 2, 5, 10, 20 and so on, up to `most` and with it."""
    return _closed((workers for workers in RUNGS if workers > 1), most)


def processes_ladder(most: int) -> tuple[int, ...]:
    """Return the counts of processes to try: 2, 4, 8 and so on, up to `most` and with it."""
    return _closed((2**exponent for exponent in range(1, 20)), most)


def plain_cell(look: Look, bounds: Bounds, folder: Path, count: int, first: int = 0) -> Cell:
    """
    Return the plain loop as a cell: the serial arm; of an async function a single task that awaits one call
    after the other, by hand, or by our pool where a rate has to be held.
    """
    if look.is_plain:
        cell = Cell("tune", POOL, SERIAL, None, None, None, 0, "tuned", 0.0, count)
        return replace(cell, rate=bounds.rate, function=look.function, inputs=f"{folder}:{first}")
    arm = NATIVE if bounds.rate is None else GOPAT
    return cell_of(Candidate(Lane(POOL, arm, ASYNCIO), 1), look, bounds, folder, count, first)


def cell_of(
    candidate: Candidate, look: Look, bounds: Bounds, folder: Path, count: int, first: int = 0
) -> Cell:
    """Return a candidate as a cell that works on `count` inputs of the sample, from number `first` on."""
    lane = candidate.lane
    return Cell(
        scenario="tune",
        pattern=lane.pattern,
        arm=lane.arm,
        runtime=lane.runtime,
        pool=COLD,
        workers=candidate.workers,
        buffer=0,
        job_kind="tuned",
        duration_s=0.0,
        count=count,
        rate=bounds.rate,
        function=look.function,
        inputs=f"{folder}:{first}",
        ordered=bounds.ordered,
    )


def _keeps(candidate: Candidate, bounds: Bounds) -> bool:
    """The standard library has no limiter: its arms keep no rate."""
    return bounds.rate is None or candidate.lane.arm == GOPAT


def _closed(rungs: Iterator[int], most: int) -> tuple[int, ...]:
    below = [rung for rung in rungs if rung < most]
    return (*below, most) if most > 1 else ()
