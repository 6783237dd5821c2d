"""
What a runtime's operations cost on some machine: what the simulator needs to stand for it.

Nothing here reads a clock: where the figures come from is the caller's business, and the same figures give
the same run.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from math import log

from patterns.runtimes._calls import MAX_THREADS


@dataclass(frozen=True)
class Costs:
    """
    What operations cost on `runtime`, in seconds. Those of tasks are the interpreter's time.

    Args:
        runtime: the one that the simulation stands for.
        cores: how many compute at once, of calls that are processes or leave the interpreter.
        run_s: what a run takes around what is done in it, when the machine has waited before; the simulator
            leaves it to whoever adds up a whole run.
        operation_s: an operation on a channel or a source that suspends nobody.
        spawn_s: a task that is started, ends and is joined.
        park_s: a wait that another task ends: suspended, woken, resumed.
        rest_s: a turn that a task gives away.
        sleep_s: one of many sleeps, set and over.
        late: how late a sleep ends when nobody works meanwhile, by its duration, rising: pairs of seconds.
        call_s: one of many calls, handed over and taken back.
        reach_s: how long a call takes to begin, and its end to be heard, when nobody works meanwhile.
        worker_s: a thread or process that is started for a task or a call: the interpreter's share of it.
        ready_s: what a new process has to do, on a core, before its first call.
        sharing: how many times as long computing takes while another core computes.
        switch_s: for how long a thread that computes keeps the interpreter from the others.
        own_timers: every task has a thread and a timer of its own.
        apart: calls compute in processes of their own.
        most_calls: calls at once; later ones wait their turn.
    """

    runtime: str
    cores: int = 1
    run_s: float = 0.0
    operation_s: float = 0.0
    spawn_s: float = 0.0
    park_s: float = 0.0
    rest_s: float = 0.0
    sleep_s: float = 0.0
    late: tuple[tuple[float, float], ...] = ()
    call_s: float = 0.0
    reach_s: float = 0.0
    worker_s: float = 0.0
    ready_s: float = 0.0
    sharing: float = 1.0
    switch_s: float = 0.005
    own_timers: bool = False
    apart: bool = False
    most_calls: int = MAX_THREADS

    def late_s(self, seconds: float) -> float:
        """Return how late a sleep of so many seconds ends, between those that are known by proportion."""
        known = self.late
        place = bisect(known, (seconds,))
        if not known or not 0 < place < len(known):
            return known[min(place, len(known) - 1)][1] if known else 0.0
        (before, early), (after, later) = known[place - 1 : place + 1]
        return early + (later - early) * log(seconds / before) / log(after / before)


def whole_ns(seconds: float) -> int:
    """Return seconds as the simulator's clock counts them."""
    return round(seconds * 1e9)
