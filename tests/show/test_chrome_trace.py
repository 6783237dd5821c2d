"""The file that Perfetto and chrome://tracing open."""

from __future__ import annotations

import json

from gopatterns_cli.live.recording import Recording
from gopatterns_cli.render.chrome_trace import written
from patterns import Channel

from watched import a_task

US = 1000


def events_of(*told):
    """Return the trace events of events `(at_us, task, verb, subject)`, without the names."""
    recording = Recording()
    for at_us, task, verb, subject in told:
        recording.observe(at_us * US + 5_000_000, task, verb, subject)
    file = json.loads("".join(written(recording, "a title", {"jobs": 3})))
    assert file["otherData"] == {"jobs": 3}
    return [event for event in file["traceEvents"] if event["ph"] != "M"]


def test_every_task_has_a_row_with_its_name():
    recording = Recording()
    recording.observe(0, a_task(3), "spawn", None)
    file = json.loads("".join(written(recording, "a title", {})))
    named = {(event["name"], event["tid"]): event["args"] for event in file["traceEvents"]}
    assert named["process_name", 0] == {"name": "a title"}
    assert named["thread_name", 3] == {"name": "worker 3"}


def test_a_job_is_a_slice_and_what_it_waits_for_lies_inside():
    task = a_task(3)
    events = events_of(
        (0, task, "job", 7), (10, task, "sleep", None), (60, task, "resume", None), (70, task, "done", 7)
    )
    assert [(event["name"], event["cat"], event["ts"], event["dur"]) for event in events] == [
        ("sleep", "wait", 10.0, 50.0),
        ("job 7", "job", 0.0, 70.0),
    ]
    assert {event["tid"] for event in events} == {3}


def test_a_cancel_is_a_mark_and_ends_no_wait_by_itself():
    task = a_task(3)
    events = events_of(
        (0, task, "receive", None),
        (40, task, "cancel", None),
        (45, task, "resume", None),
        (50, task, "end", None),
    )
    assert [(event["ph"], event["name"], event["ts"]) for event in events] == [
        ("i", "cancelled", 40.0),
        ("X", "receive", 0.0),
    ]
    assert events[1]["dur"] == 45.0


def test_a_channels_fill_is_a_counter():
    channel = Channel(4)
    assert channel.put(1)
    events = events_of((0, a_task(3), "send", channel))
    (counter,) = (event for event in events if event["ph"] == "C")
    assert (counter["name"], counter["args"]) == ("channel 0", {"values": 1})


def test_counters_are_named_by_the_text_that_makes_their_channels():
    merged = Channel(4)
    events = events_of((0, a_task(3), "send", merged))
    assert [event["name"] for event in events if event["ph"] == "C"] == ["merged"]


def test_what_was_not_over_ends_with_the_run():
    first, second = a_task(3), a_task(4)
    events = events_of((0, first, "job", 7), (5, first, "sleep", None), (30, second, "spawn", None))
    assert {(event["name"], event["ts"] + event["dur"]) for event in events} == {
        ("job 7", 30.0),
        ("sleep", 30.0),
    }


def test_a_run_without_events_is_a_file_all_the_same():
    file = json.loads("".join(written(Recording(), "a title", {})))
    assert [event["name"] for event in file["traceEvents"]] == ["process_name"]
