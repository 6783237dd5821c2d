"""Tasks and events made by hand, for what watches a run."""

from __future__ import annotations

from types import SimpleNamespace

from gopatterns_cli.live.watch import Watch


def a_task(number, name="", context=None):
    return SimpleNamespace(number=number, name=name or f"worker {number}", context=context)


def a_watch(lanes=3):
    """Return a watch of so many tasks that were started at 0, and the tasks."""
    watch = Watch(line_per_job=True)
    tasks = [a_task(number) for number in range(1, lanes + 1)]
    for task in tasks:
        watch.observe(0, task, "spawn", None)
    return watch, tasks


def told(watch, task, *events):
    """Tell a watch of events `(at_ns, verb, subject)`; return the lane's state after each."""
    states = []
    for at_ns, verb, subject in events:
        watch.observe(at_ns, task, verb, subject)
        states.append(watch.lanes[task.number].state)
    return states
