"""What measuring a candidate will cost, as far as is known: to plan and to begin well, never to judge."""

import math
from dataclasses import dataclass

from gopatterns_cli.measuring.estimating import SLOW_S, VALUE_S
from gopatterns_cli.tuning.grid import ASYNCIO, FIBERS, PROCESSES, THREADS, Candidate
from gopatterns_cli.tuning.look import Look

HAND_S = {THREADS: 20e-6, ASYNCIO: 10e-6, FIBERS: 5e-6, PROCESSES: 100e-6}
START_S = {THREADS: 50e-6, ASYNCIO: 10e-6, FIBERS: 5e-6, PROCESSES: 15e-3}
"""What handing over a job, and what starting a worker, costs at the least, in seconds; only for planning."""

PATIENCE, GRACE_S = 2.0, 1.0
"""A candidate is ended once it has taken so many times as long as the plain loop would, and so much more."""


@dataclass(slots=True)
class Cost:
    """What a measurement will cost, as far as is known: to plan and to begin well, never to judge.

    Args:
        look: what is known of one job.
        cores: how many run at once.
        start_s: what a worker process costs beside what it times, and the wait for its first call at a rate;
            corrected by those that have run.
        rate: jobs per second at the most; None for no limit.
    """

    look: Look
    cores: int
    start_s: float
    rate: float | None = None

    def run_s(self, candidate: Candidate, count: int) -> float:
        """Guess how long one run takes, at the least."""
        workers = min(candidate.workers, count)
        overlapping_s = math.ceil(count / workers) * self.look.job_s
        computing_s = count * self.look.job_s * min(self.look.cpu_share, 1.0) / min(workers, self.cores)
        in_turn_s = 0.0 if candidate.lane.runtime == PROCESSES else count * self.look.serial_s
        layer_s = count * HAND_S[candidate.lane.runtime] + workers * START_S[candidate.lane.runtime]
        return max(overlapping_s, computing_s, in_turn_s, self.least_s(count)) + layer_s

    def all_s(self, candidate: Candidate, count: int) -> float:
        """Guess how long a measurement takes, its process included; a quick run is repeated."""
        return self.start_s + max(self.run_s(candidate, count), VALUE_S)

    def first_s(self, candidate: Candidate, count: int) -> float:
        """
        How long to expect a run to take of a candidate that was never measured: not so short that it would
        be repeated often, in case no two jobs overlap.
        """
        return max(self.run_s(candidate, count), min(self.plain_s(count), SLOW_S))

    def least_s(self, count: int) -> float:
        """How long any run takes at the least: one job, and as long as the rate has the last one wait."""
        return self.look.job_s + ((count - 1) / self.rate if self.rate else 0.0)

    def plain_s(self, count: int) -> float:
        """How long the plain loop takes."""
        return self.look.plain_s(count, self.rate)

    @property
    def paced(self) -> bool:
        """The plain loop waits for the rate, not for its jobs."""
        return self.rate is not None and self.look.job_s * self.rate < 1

    def most_s(self, count: int) -> float:
        """How long a run may take before it is of no interest any more."""
        return PATIENCE * self.plain_s(count) + GRACE_S
