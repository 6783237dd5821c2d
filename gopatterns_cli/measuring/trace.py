"""When each job of a run began and ended, and so where the time of the run went.

A run has lanes: its workers, or the plain loop. Each lane starts, works on jobs, waits between two of them,
and is idle once there is none left. On average over the lanes these parts add up to the whole, whatever
the jobs did. It is noted in the very runs that are timed.
"""

from dataclasses import dataclass, field
from typing import Any

Budget = dict[str, float]

PARTS = ("start_s", "work_s", "hand_offs_s", "tail_s", "end_s")
"""Of `whole_s`: until a lane's first job; jobs; between jobs; from a lane's last job to the last of all;
from there until the arm returns."""


@dataclass(slots=True)
class Trace:
    """The jobs of the run under way, and the sums over the runs that were checked.

    Args:
        lanes: how many jobs there are at once, at the most.
        spans: when each job began and ended, on the performance counter, in any order. Noted in one step, as
            jobs run in several threads.
        own: what they took without the way to where they ran, where that is another thread or process.
    """

    lanes: int
    spans: list[tuple[float, float]] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    sums: Budget = field(default_factory=dict)
    runs: int = 0

    def add(self, began: float, ended: float) -> None:
        """Sum up a run that took from `began` to `ended`, and forget its jobs."""
        starts, ends = sorted(start for start, _ in self.spans), sorted(end for _, end in self.spans)
        if starts:
            lanes = min(self.lanes, len(starts))
            whole, last = ended - began, ends[-1]
            work = sum(self.own) if self.own else sum(ends) - sum(starts)
            parts = {
                "start_s": sum(start - began for start in starts[:lanes]) / lanes,
                "work_s": work / lanes,
                "tail_s": sum(last - end for end in ends[-lanes:]) / lanes,
                "end_s": ended - last,
            }
            parts["hand_offs_s"] = whole - sum(parts.values())
            for part, seconds in {"whole_s": whole, **parts}.items():
                self.sums[part] = self.sums.get(part, 0.0) + seconds
            self.runs += 1
        self.forget()

    def forget(self) -> None:
        """Forget the jobs of a run."""
        self.spans.clear()
        self.own.clear()

    def means(self) -> dict[str, Any] | None:
        """Return seconds by part, as means over the runs; None when no job was noted."""
        if not self.runs:
            return None
        return {part: seconds / self.runs for part, seconds in self.sums.items()}
