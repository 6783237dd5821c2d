"""A recorded run in the Chrome trace-event format, which Perfetto and chrome://tracing open.

A task is a row: a slice per job, in it and between them slices of what the task waits for, a mark where a
cancel found it. How full a channel is makes a counter. Times are microseconds from the first event on.

Source: "Trace Event Format", Google, 2016, sections "Complete", "Counter", "Instant" and "Metadata Events".
"""

import json
from collections.abc import Iterator
from typing import Any

from gopatterns_cli.live.recording import Recording

PROCESS = 1
QUIET = frozenset({"rest", "bind", "hold", "let go"})
"""What takes no time, and ends no wait."""

JOB_ENDS = frozenset({"done", "dropped", "end"})
STEPS = frozenset({"spawn", "resume"})


def written(recording: Recording, title: str, about: dict[str, Any]) -> Iterator[str]:
    """Write the file, in pieces of text.

    Args:
        recording: the events.
        title: what ran, in a line.
        about: what else is known of the run, for whoever reads the file.
    """
    yield '{"displayTimeUnit": "ms", "otherData": '
    yield json.dumps(about)
    yield ', "traceEvents": [\n'
    yield json.dumps(_named("process_name", 0, title))
    for event in _events(recording):
        yield ",\n"
        yield json.dumps(event)
    yield "\n]}\n"


def _events(recording: Recording) -> Iterator[dict[str, Any]]:
    for number, name in recording.names.items():
        yield _named("thread_name", number, name)
        yield {**_named("thread_sort_index", number, ""), "args": {"sort_index": number}}
    slices: _Slices | None = None
    at_ns = 0
    for at_ns, number, verb, detail in recording.events():
        slices = slices or _Slices(at_ns, recording.channels())
        yield from slices.take(at_ns, number, verb, detail)
    if slices is not None:
        yield from slices.rest(at_ns)


class _Slices:
    """Makes slices of events: a wait ends with the task's next event, a job with `done` or `dropped`."""

    def __init__(self, began_ns: int, channels: dict[int, str]) -> None:
        self._began_ns = began_ns
        self._channels = channels
        self._waits: dict[int, tuple[int, str]] = {}
        self._jobs: dict[int, tuple[int, str]] = {}

    def take(self, at_ns: int, number: int, verb: str, detail: Any) -> Iterator[dict[str, Any]]:
        """Take one event, and yield what is whole by it."""
        if isinstance(detail, tuple):
            channel, values, _ = detail
            name = self._channels[channel]
            yield {**self._at(0, at_ns), "ph": "C", "name": name, "args": {"values": values}}
        if verb in QUIET:
            return
        if verb == "cancel":
            yield {**self._at(number, at_ns), "ph": "i", "s": "t", "name": "cancelled", "cat": "cancel"}
            return
        yield from self._over(self._waits, number, at_ns)
        if verb == "job":
            self._jobs[number] = (at_ns, f"job {detail}")
        elif verb in JOB_ENDS:
            yield from self._over(self._jobs, number, at_ns)
        elif verb not in STEPS:
            self._waits[number] = (at_ns, verb)

    def rest(self, at_ns: int) -> Iterator[dict[str, Any]]:
        """Yield what was not over when the run was."""
        for kind in (self._waits, self._jobs):
            for number in list(kind):
                yield from self._over(kind, number, at_ns)

    def _over(self, kind: dict[int, tuple[int, str]], number: int, at_ns: int) -> Iterator[dict[str, Any]]:
        if number in kind:
            start_ns, name = kind.pop(number)
            category = "job" if kind is self._jobs else "wait"
            length = {"dur": (at_ns - start_ns) / 1e3, "name": name, "cat": category}
            yield {**self._at(number, start_ns), "ph": "X", **length}

    def _at(self, number: int, at_ns: int) -> dict[str, Any]:
        return {"pid": PROCESS, "tid": number, "ts": (at_ns - self._began_ns) / 1e3}


def _named(kind: str, number: int, name: str) -> dict[str, Any]:
    return {"pid": PROCESS, "tid": number, "ph": "M", "name": kind, "args": {"name": name}}
