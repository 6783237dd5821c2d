"""Every event, kept for a file."""

from __future__ import annotations

from gopatterns_cli.live.recording import Recording
from patterns import Channel

from watched import a_task


def test_events_are_kept_in_their_order_with_what_they_are_of():
    recording = Recording()
    recording.observe(5, a_task(2), "job", 7)
    recording.observe(6, a_task(3), "send", Channel(4))
    recording.observe(7, a_task(2), "done", 7)
    assert list(recording.events()) == [(5, 2, "job", 7), (6, 3, "send", (0, 0, 4)), (7, 2, "done", 7)]
    assert recording.names == {2: "worker 2", 3: "worker 3"}
    assert recording.missed == 0


def test_beyond_the_most_they_are_counted():
    recording = Recording(most=2)
    for at_ns in range(5):
        recording.observe(at_ns, a_task(1), "sleep", None)
    assert (len(recording), recording.missed) == (2, 3)
    assert [event[0] for event in recording.events()] == [0, 1]
