"""Sweeps from the command line: a scenario's own workers, latencies, stages or buffers replaced by others.

A sweep is after the curve: claims of a figure go, and what they say of a worker count is drawn in it. A rule
stays where it still compares the same work: over other workers or stages, not over other jobs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import BUCKET, PIPELINE
from gopatterns_cli.measuring.limits import most_workers
from patterns import runtimes
from scenarios.model import Arms, Claim, Scenario

SIMULATOR = "simulator"
"""It has no real time to measure."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was asked for in place of what the scenarios have; None where nothing was.

    Args:
        workers: worker counts.
        latencies_s: durations of a job, in seconds.
        stages: numbers of stages that an item's work is cut into.
        buffers: capacities of the channels between tasks.
    """

    workers: tuple[int, ...] | None = None
    latencies_s: tuple[float, ...] | None = None
    stages: tuple[int, ...] | None = None
    buffers: tuple[int, ...] | None = None

    @property
    def options(self) -> Mapping[str, object]:
        """What was given, by the name of the option."""
        named = {
            "--workers": self.workers,
            "--latency": self.latencies_s,
            "--stages": self.stages,
            "--buffer": self.buffers,
        }
        return {name: values for name, values in named.items() if values is not None}


def swept(scenario: Scenario, sweep: Sweep) -> Scenario:
    """Return a scenario with what was asked for in place of its own.

    Raises:
        Failure: exit code 2: its pattern has no workers, stages or buffers, or its jobs no latency.
    """
    if not sweep.options:
        return scenario
    if scenario.job.operation is not None or scenario.pattern == BUCKET:
        first = next(iter(sweep.options))
        raise Failure(f"{first}: found {scenario.stem}, which has no jobs, allowed a scenario with jobs", 2)
    arms = _arms(scenario, sweep)
    same_jobs = sweep.latencies_s is None and sweep.buffers is None
    return replace(
        scenario,
        arms=arms,
        job=scenario.job
        if sweep.latencies_s is None
        else replace(scenario.job, duration_s=arms.durations_s[0]),
        claims=tuple(claim for claim in scenario.claims if claim.rule is not None and same_jobs),
        marks=(*scenario.marks, *_marks(scenario.claims)) if same_jobs else (),
    )


def _marks(claims: Sequence[Claim]) -> Iterator[tuple[int, float]]:
    for claim in claims:
        if claim.workers is not None and claim.speedup is not None and claim.per_second is None:
            yield claim.workers, claim.speedup


def _arms(scenario: Scenario, sweep: Sweep) -> Arms:
    arms, patterns = scenario.arms, scenario.patterns or (scenario.pattern,)
    if sweep.workers is not None:
        if not arms.workers:
            raise _refused("--workers", scenario, "takes no workers")
        arms = replace(arms, workers=sweep.workers)
    if sweep.stages is not None:
        if PIPELINE not in patterns:
            raise _refused("--stages", scenario, "has no stages")
        if not any(sweep.latencies_s or arms.durations_s):
            why = "has jobs that take no time, which stages cannot share; --latency gives them some"
            raise _refused("--stages", scenario, why)
        arms = replace(arms, stages=sweep.stages)
    if sweep.buffers is not None:
        if PIPELINE not in patterns:
            raise _refused("--buffer", scenario, "has no buffers between stages")
        arms = replace(arms, buffers=sweep.buffers)
    return arms if sweep.latencies_s is None else _slower(scenario, arms, sweep.latencies_s)


def _slower(scenario: Scenario, arms: Arms, latencies_s: tuple[float, ...]) -> Arms:
    if scenario.job.kind == "python":
        raise _refused("--latency", scenario, "has jobs that take what they take")
    if 0.0 in latencies_s and scenario.job.kind != "wait":
        raise _refused("--latency", scenario, f"has {scenario.job.kind} jobs, which take longer than 0s")
    return replace(arms, durations_s=latencies_s)


def _refused(option: str, scenario: Scenario, why: str) -> Failure:
    return Failure(f"{option}: found {scenario.stem}, which {why}", 2)


def everywhere(scenario: Scenario) -> Scenario:
    """Return a scenario that is measured on every runtime that can run here, but for those that it skips."""
    if scenario.job.operation is not None:
        return scenario
    return replace(scenario, arms=replace(scenario.arms, runtimes=measured_here()))


def measured_here() -> tuple[str, ...]:
    """Return the runtimes that have a real time and can run here."""
    return tuple(name for name in runtimes.names() if name != SIMULATOR and not runtimes.unavailable(name))


def check_workers(scenario: Scenario, wanted: Sequence[str] | None) -> None:
    """Refuse more workers than one of the runtimes takes here, before anything is started.

    Raises:
        Failure: exit code 2; the message says how many it takes.
    """
    names = [name for name in scenario.arms.runtimes if wanted is None or name in wanted]
    for name in names:
        most = most_workers(name)
        too_many = [count for count in scenario.arms.workers if count > most]
        if too_many and name not in scenario.skip:
            raise Failure(f"--workers: found {too_many[0]:_}, allowed at most {most:_.0f} on {name} here", 2)
