"""A simulation one event at a time."""

from __future__ import annotations

import pytest

from gopatterns_cli.live.stepping import Step, said
from patterns import Channel

from watched import a_task


def stepped(keys, times):
    """Step through events at these times with these keys; return where it stopped, and whether it ended."""
    seen, shown, stops = [], [], []
    keys = iter(keys)

    def show(line):
        shown.append(line)
        return next(keys)

    step = Step(lambda *event: seen.append(event), show, lambda: stops.append(True))
    for at_ns in times:
        step.observe(at_ns, a_task(1), "sleep", None)
    assert len(seen) == len(times)
    return [float(line.split()[0]) for line in shown], bool(stops)


SECOND = 10**9


@pytest.mark.parametrize(
    ("keys", "stopped", "over"),
    [
        ("    ", [0.0, 0.0, 1.0, 2.0], False),
        ("tt ", [0.0, 1.0, 2.0], False),
        (" T ", [0.0, 0.0, 1.0], False),
        ("c", [0.0], False),
        ("x\rc", [0.0, 0.0, 1.0], False),
        (" q", [0.0, 0.0], True),
        ("\x03", [0.0], True),
    ],
)
def test_keys_say_where_it_stops(keys, stopped, over):
    times = [0, 0, SECOND, 2 * SECOND][: 4 if keys != " T " else 3]
    assert stepped(keys, times) == (stopped, over)


def test_an_event_is_said_in_words():
    channel = Channel(3)
    task = a_task(4)
    assert said(SECOND, task, "job", 7) == "1.000000 s  worker 4 begins job 7"
    assert said(0, task, "receive", channel).startswith(
        "0.000000 s  worker 4 waits to receive on Channel 0/3 made"
    )
    assert said(0, task, "resume", None) == "0.000000 s  worker 4 goes on"
    assert said(0, task, "join", "a group") == "0.000000 s  worker 4 waits for join a group"
