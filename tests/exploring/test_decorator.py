"""`@explore`: a test under many schedules, with what it prints when it fails."""

from __future__ import annotations

import pytest

from patterns import Channel, TaskGroup, explore

from planting import planted


@explore(schedules=200)
async def test_a_test_that_holds_passes():
    await planted("lost_update").good()


@explore(schedules=20)
async def test_fixtures_go_through(tmp_path, capsys):
    assert tmp_path.exists()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("tasks", [1, 2])
@explore(schedules=20, strategy="exhaustive")
async def test_parameters_go_through(tasks):
    channel = Channel(2)
    async with TaskGroup() as group:
        for number in range(tasks):
            group.spawn(channel.send, number)
    assert len(channel) == tasks


def noted(error):
    (note,) = error.__notes__
    return note.splitlines()


def test_the_failure_is_the_tests_own_with_the_schedule_that_replays():
    bad = explore()(planted("lost_update").bad)
    with pytest.raises(AssertionError) as caught:
        bad()
    lines = noted(caught.value)
    assert lines[0] == "schedule 1 of the search fails; with 1 preemption:"
    assert lines[1].split() == ["main", "add", "2", "add", "3", "add", "4"]
    before, schedule, after = lines[-1].split('"')
    assert (before, after) == ("replay: @explore(replay=", ")")

    again = explore(replay=schedule)(planted("lost_update").bad)
    with pytest.raises(AssertionError) as repeated:
        again()
    assert noted(repeated.value)[1:] == lines[1:]


def test_a_replay_that_does_not_fail_passes():
    explore(replay="plain")(planted("lost_update").bad)()


def test_an_explored_test_returns_nothing():
    async def main():
        return "something"

    assert explore(schedules=1)(main)() is None


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"schedules": 0}, "schedules: found 0, allowed from 1"),
        ({"strategy": "luck"}, "strategy: found 'luck', allowed exhaustive, pct, random"),
        ({"replay": "x"}, "schedule: found 'x', allowed"),
    ],
)
def test_what_cannot_be_explored_is_refused_before_anything_runs(how, message):
    with pytest.raises(ValueError, match=message):
        explore(**how)


def test_a_plain_function_is_refused():
    with pytest.raises(TypeError, match="explore takes an async def function"):
        explore()(print)


def test_a_skip_stays_a_skip():
    async def skipped():
        pytest.skip("not here")

    with pytest.raises(pytest.skip.Exception):
        explore()(skipped)()
