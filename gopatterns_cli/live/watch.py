"""What a demo's tasks are doing, kept up to date from the runtime's own events.

Here belongs counting, no drawing. `Watch.observe` is called by the tasks themselves, so it is short;
another thread may read the rest at any time, because every field is replaced whole.
"""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gopatterns_cli.live.things import Things

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

WORKING, IDLE, WAITING = "working", "idle", "waiting"
SENDING, RECEIVING = "blocked on send", "blocked on receive"
CANCELLED, ENDED = "cancelled", "ended"
STATES = (WORKING, IDLE, RECEIVING, SENDING, WAITING, CANCELLED, ENDED)

OVER = (ENDED, CANCELLED)

BLOCKED = {"send": SENDING, "receive": RECEIVING}
MAIN = "main"
"""The task that a run begins with."""

STAGE = "stage "
"""How the tasks are called that a job goes through one after another."""

PART_OF_WORK = ("sleep", "call")
"""How a job takes its time: a task that waits so inside a job works on it."""

KEPT_LANES = 200
KEPT_SPANS = 500
"""Spans kept per lane: a terminal has fewer columns."""

KEPT_CANCELS = 20


@dataclass(frozen=True, slots=True)
class Span:
    """What a lane did from one time to another, in nanoseconds of its runtime's clock."""

    start_ns: int
    end_ns: int
    state: str


class Lane:
    """One task: what it does now, on which job, and what it did; times are its runtime's, in nanoseconds."""

    __slots__ = ("context", "done", "heard_ns", "job", "name", "since_ns", "spans", "spent", "state", "task")

    def __init__(self, task: Any, at_ns: int) -> None:
        self.task = task
        self.name: str = task.name
        self.state = IDLE
        self.job: int | None = None
        self.done = 0
        self.since_ns = at_ns
        self.spans: deque[Span] = deque(maxlen=KEPT_SPANS)
        self.spent = 0
        """How many spans there were, kept or not."""
        self.context: Any = None
        """What it stood under when a cancel found it: by the time that this is drawn it has left it."""
        self.heard_ns: int | None = None
        """How long that cancel was under way until the task went on, and learned of it."""

    def enter(self, state: str, at_ns: int) -> None:
        """Be in another state from now on; what it did until now is a span of its own."""
        if self.state not in (IDLE, ENDED):
            self.spans.append(Span(self.since_ns, at_ns, self.state))
            self.spent += 1
        self.state, self.since_ns = state, at_ns


@dataclass(slots=True)
class Cancel:
    """A cancel that went down a tree of contexts: when, how many tasks it found, and how many know by now.

    `last_ns` is when the last of these went on, and learned of it.
    """

    at_ns: int
    tasks: int = 0
    reached: int = 0
    last_ns: int = 0


class Watch:
    """The lanes of one run, its channels and the like, the jobs that are done, and how many ran at once.

    Args:
        line_per_job: keep a record of each job that is done, for whoever prints them; else only counts.
    """

    def __init__(self, *, line_per_job: bool) -> None:
        self.lanes: dict[int, Lane] = {}
        self.things = Things()
        self.cancels: deque[Cancel] = deque(maxlen=KEPT_CANCELS)
        self.counts = dict.fromkeys(STATES, 0)
        self.finished: deque[tuple[int, str, int, int]] = deque()
        """When, by whom and which job; and how many jobs were done then."""
        self.done = 0
        """Jobs: one that goes through stages is done when the last of these is done with it."""
        self.steps = 0
        """What tasks have done of jobs, each stage its own."""
        self.running = 0
        self.peak = 0
        self.over = False
        self.sampled = False
        """Events came too fast to take each: counts are of those that were taken."""
        self.top_job = 0
        self.began_ns: int | None = None
        self.now_ns = 0
        self._line_per_job = line_per_job
        self._first_stage = self._last_stage = 0
        self._entered = 0
        self._states: dict[int, str] = {}
        self._working: set[int] = set()
        self._doomed: dict[int, Cancel] = {}
        self._going_down: Cancel | None = None
        self._takes: dict[str, Callable[[int, Any, Any], object]] = {
            "spawn": self._begin,
            "rest": self._rest,
            "resume": self._resume,
            "job": self._begin_job,
            "done": self._finish_job,
            "dropped": self._drop_job,
            "cancel": self._cancel,
            "end": self._end,
            "bind": self.things.bind,
            "hold": self.things.hold,
            "let go": self.things.let_go,
        }

    def observe(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        """Take one event of the runtime."""
        if self.began_ns is None and not (verb == "spawn" and task.name == MAIN):
            self.began_ns = at_ns  # from the main task's first step on, as `elapsed_s`
        self.now_ns = at_ns
        take = self._takes.get(verb)
        if take is not None:
            take(at_ns, task, subject)
        else:
            self._wait(at_ns, task, verb, subject)
        if verb != "cancel":
            self._going_down = None

    def catch_up(self, at_ns: int, live: "Collection[Any]") -> int:
        """Take what tasks do from themselves, after events that were missed; returns how many there are."""
        tasks = list(live)
        numbers = {task.number for task in tasks}
        for number in [number for number, state in self._states.items() if state not in OVER]:
            if number not in numbers:
                self._enter(number, ENDED, at_ns)
        self._working.clear()
        self.running = 0
        for task in tasks:
            if task.number not in self._states:
                self._begin(at_ns, task, None)
            waiter = task.waiting or task.shielded
            self._enter(task.number, BLOCKED.get(waiter.verb, WAITING) if waiter else IDLE, at_ns)
        return len(tasks)

    @property
    def staged(self) -> bool:
        """Whether jobs go through stages."""
        return self._last_stage > 0

    def elapsed_ns(self, now_ns: int) -> int:
        """How long the run has gone on at a time of its clock."""
        return 0 if self.began_ns is None else max(now_ns - self.began_ns, 0)

    def _begin(self, at_ns: int, task: Any, _: Any) -> None:
        if task.name == MAIN:
            return
        self._states[task.number] = IDLE
        self.counts[IDLE] += 1
        if task.name.startswith(STAGE):
            self._first_stage, self._last_stage = self._first_stage or task.number, task.number
        if len(self.lanes) < KEPT_LANES:
            self.lanes[task.number] = Lane(task, at_ns)

    def _rest(self, at_ns: int, task: Any, _: Any) -> None:
        """Others have a turn: whatever the task does, it goes on with it."""
        del task
        self.things.look(at_ns)

    def _wait(self, at_ns: int, task: Any, verb: str, subject: Any) -> None:
        self.things.look(at_ns)
        if verb in PART_OF_WORK and task.number in self._working:
            return
        state = BLOCKED.get(verb, WAITING)
        if state is not WAITING:
            self.things.used(subject, task, verb)
        self._enter(task.number, state, at_ns)

    def _resume(self, at_ns: int, task: Any, _: Any) -> None:
        number = task.number
        if number in self._doomed:
            self._hear(number, at_ns)
        elif self._states.get(number) != (state := WORKING if number in self._working else IDLE):
            self._enter(number, state, at_ns)

    def _hear(self, number: int, at_ns: int) -> None:
        """Note that a task learns of its cancel: it goes on, or ends without having begun."""
        cancel = self._doomed.pop(number)
        cancel.reached += 1
        cancel.last_ns = max(cancel.last_ns, at_ns)
        lane = self.lanes.get(number)
        if lane is not None:
            lane.heard_ns = at_ns - cancel.at_ns

    def _enter(self, number: int, state: str, at_ns: int) -> None:
        before = self._states.get(number)
        if before is None:
            return
        self._states[number] = state
        self.counts[before] -= 1
        self.counts[state] += 1
        lane = self.lanes.get(number)
        if lane is not None:
            lane.enter(state, at_ns)

    def _begin_job(self, at_ns: int, task: Any, job: int) -> None:
        self.running += 1
        self.top_job = max(self.top_job, job)
        self.peak = max(self.peak, self.running)
        self._working.add(task.number)
        lane = self.lanes.get(task.number)
        if lane is not None:
            lane.job = job
        self._enter(task.number, WORKING, at_ns)

    def _finish_job(self, at_ns: int, task: Any, job: int) -> None:
        self.steps += 1
        if not self.staged:
            self.done += 1
        else:
            self._finish_stage(task.number, job)
        if self._line_per_job:
            self.finished.append((at_ns, task.name, job, self.done))
        lane = self.lanes.get(task.number)
        if lane is not None:
            lane.done += 1
        self._drop_job(at_ns, task, job)

    def _finish_stage(self, number: int, job: int) -> None:
        """Count a job that the last stage is done with, and all before it: some were dropped on the way."""
        if number == self._first_stage:
            self._entered = job
        if number == self._last_stage:
            self.done = max(self.done, job)

    def _drop_job(self, at_ns: int, task: Any, _: Any) -> None:
        number = task.number
        if number in self._working:  # else it began while nobody looked
            self.running -= 1
            self._working.discard(number)
        if self._states.get(number) == WORKING:
            self._enter(number, IDLE, at_ns)
        lane = self.lanes.get(number)
        if lane is not None:
            lane.job = None

    def _cancel(self, at_ns: int, task: Any, context: Any) -> None:
        if task.name == MAIN:  # it leaves its own block
            return
        cancel = self._going_down
        if cancel is None:
            cancel = self._going_down = Cancel(at_ns)
            self.cancels.append(cancel)
        cancel.tasks += 1
        self._doomed[task.number] = cancel
        lane = self.lanes.get(task.number)
        if lane is not None:
            lane.context, lane.heard_ns = context, None
        self._enter(task.number, CANCELLED, at_ns)

    def _end(self, at_ns: int, task: Any, _: Any) -> None:
        self.things.forget(at_ns, task)
        if task.number in self._doomed:
            self._hear(task.number, at_ns)
        elif self._states.get(task.number) != CANCELLED:
            self._enter(task.number, ENDED, at_ns)
            if task.number == self._last_stage:
                self.done = max(self.done, self._entered)
