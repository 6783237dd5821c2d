"""Virtual time at a pace that can be watched."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gopatterns_cli.live.pacing import GLANCE_S, Pace


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now_s = 100.0
        self.longest_s = 0.0

    def rest(self, seconds):
        self.longest_s = max(self.longest_s, seconds)
        self.now_s += seconds


def a_pace(speed, time, driver=None):
    seen = []
    pace = Pace(speed, lambda *event: seen.append((time.now_s, event[0])), lambda: time.now_s, time.rest)
    task = SimpleNamespace(driver=driver or SimpleNamespace(interrupted=None))
    return pace, seen, task


@pytest.mark.parametrize("speed", [0.1, 1.0, 100.0])
def test_an_event_comes_when_its_virtual_time_has_come(speed):
    time = Time()
    pace, seen, task = a_pace(speed, time)
    for at_ns in (0, 0, 10**9, 3 * 10**9):
        pace.observe(at_ns, task, "sleep", None)
    assert [round(at_s - 100.0, 9) for at_s, _ in seen] == [0.0, 0.0, 1 / speed, 3 / speed]
    assert time.longest_s <= GLANCE_S


def test_the_time_that_is_shown_passes_while_an_event_is_held_back_and_never_overtakes_it():
    time = Time()
    shown = []
    pace = Pace(
        2.0,
        lambda *event: None,
        lambda: time.now_s,
        lambda seconds: (shown.append(pace.now_ns), time.rest(seconds)),
    )
    task = SimpleNamespace(driver=SimpleNamespace(interrupted=None))
    assert pace.now_ns == 0
    pace.observe(0, task, "spawn", None)
    pace.observe(10**9, task, "sleep", None)
    assert shown == sorted(shown)
    assert 0 < shown[-1] < 10**9
    time.now_s += 60.0
    assert pace.now_ns == 10**9


def test_a_run_that_is_interrupted_waits_no_longer():
    time = Time()
    driver = SimpleNamespace(interrupted=None)
    pace, seen, task = a_pace(1.0, time, driver)
    pace.observe(0, task, "spawn", None)
    driver.interrupted = lambda: None
    pace.observe(60 * 10**9, task, "sleep", None)
    assert seen[-1] == (100.0, 60 * 10**9)
