"""What a demo's tasks are doing, kept up to date from the runtime's own events.

Here belongs counting, no drawing. `Watch.observe` is called by the tasks themselves, so it is short;
another thread may read the rest at any time, because every field is replaced whole.
"""

from collections import deque
from typing import Any

READY, IDLE, WORKING, BLOCKED, ENDED = "ready", "idle", "working", "blocked on send", "ended"
STATES = (WORKING, IDLE, BLOCKED, READY, ENDED)

KEPT_LANES = 200
KEPT_SPANS = 500
"""Spans kept per lane: a terminal has fewer columns."""


class Lane:
    """One task: what it does now, and when it worked on what, in nanoseconds of its runtime's clock."""

    __slots__ = ("done", "job", "name", "since_ns", "spans", "state")

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = READY
        self.job: int | None = None
        self.done = 0
        self.since_ns = 0
        self.spans: deque[tuple[int, int]] = deque(maxlen=KEPT_SPANS)


class Watch:
    """The lanes of one run, the jobs that are done, and how many ran at once.

    Args:
        line_per_job: keep a record of each job that is done, for whoever prints them; else only counts.
    """

    def __init__(self, *, line_per_job: bool) -> None:
        self.lanes: dict[int, Lane] = {}
        self.counts = dict.fromkeys(STATES, 0)
        self.finished: deque[tuple[int, str, int]] = deque()
        self.done = 0
        self.running = 0
        self.peak = 0
        self.began_ns: int | None = None
        self.now_ns = 0
        self._line_per_job = line_per_job
        self._states: dict[int, str] = {}

    def observe(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        """Take one event of the runtime."""
        if self.began_ns is None and not (verb == "spawn" and task.name == "main"):
            self.began_ns = at_ns  # from the main task's first step on, as `elapsed_s`
        self.now_ns = at_ns
        number = task.number
        if verb == "job":
            self.running += 1
            self.peak = max(self.peak, self.running)
            self._enter(number, WORKING, at_ns, subject)
        elif verb == "done":
            self._finish(number, task.name, at_ns, subject)
        elif verb == "receive":
            self._enter(number, IDLE, at_ns)
        elif verb == "send":
            self._enter(number, BLOCKED, at_ns)
        elif verb == "end":
            self._enter(number, ENDED, at_ns)
        elif verb == "spawn" and task.name != "main":
            self._begin(number, task.name)

    def elapsed_ns(self, now_ns: int) -> int:
        """How long the run has gone on at a time of its clock."""
        return 0 if self.began_ns is None else max(now_ns - self.began_ns, 0)

    def _begin(self, number: int, name: str) -> None:
        self._states[number] = READY
        self.counts[READY] += 1
        if len(self.lanes) < KEPT_LANES:
            self.lanes[number] = Lane(name)

    def _enter(self, number: int, state: str, at_ns: int, job: int | None = None) -> None:
        before = self._states.get(number)
        if before is None:
            return
        self._states[number] = state
        self.counts[before] -= 1
        self.counts[state] += 1
        lane = self.lanes.get(number)
        if lane is not None:
            lane.state, lane.job, lane.since_ns = state, job, at_ns

    def _finish(self, number: int, name: str, at_ns: int, job: int) -> None:
        self.running -= 1
        self.done += 1
        if self._line_per_job:
            self.finished.append((at_ns, name, job))
        lane = self.lanes.get(number)
        if lane is not None:
            lane.done += 1
            lane.spans.append((lane.since_ns, at_ns))
        self._enter(number, READY, at_ns)
