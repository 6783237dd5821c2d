"""What a demo looks like while it runs, drawn from events made by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gopatterns_cli.live.things import Level
from gopatterns_cli.live.watch import RECEIVING, WORKING, Lane, Span
from gopatterns_cli.render.demo import Picture
from gopatterns_cli.render.gauges import gauges
from gopatterns_cli.render.rates import Rates
from gopatterns_cli.render.timeline import Axis, Timeline
from patterns import Channel

from watched import a_task, a_watch, told

SECOND = 10**9


def plain(picture, columns, lines, now_ns, *, over=False):
    return picture.drawn(columns, lines, now_ns, over=over).plain.splitlines()


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("lines", [10, 24, 60])
@pytest.mark.parametrize("lanes", [0, 1, 3, 150, 1000])
def test_a_picture_fits_its_screen(columns, lines, lanes):
    watch, tasks = a_watch(lanes)
    channels = [Channel(3) for _ in range(8)]
    for channel in channels:
        watch.observe(0, a_task(0, "main"), "bind", channel)
    for task in tasks:
        watch.observe(0, task, "job", task.number)
        watch.observe(1, task, "cancel", None)
    picture = Picture(watch, "a title of a demo that is as long as they come here", lanes, SECOND)
    drawn = plain(picture, columns, lines, SECOND // 2)
    assert len(drawn) <= lines - 2
    assert max(map(len, drawn)) <= columns
    assert drawn[-1].startswith("jobs 0 of")


def test_a_lane_shows_its_jobs_along_the_time():
    watch, (task,) = a_watch(1)
    told(watch, task, (0, "job", 1), (500, "done", 1), (500, "job", 2))
    lane = plain(Picture(watch, "a title", 2, 1000), 100, 24, 750)[1]
    assert lane.startswith("worker 1  working")
    assert "job 2" in lane
    drawn = lane.split()[-1]
    assert len(set(drawn)) == 2
    assert drawn.count(drawn[0]) == pytest.approx(2 * drawn.count(drawn[-1]), abs=3)


def test_tasks_under_contexts_of_their_own_are_drawn_as_a_tree():
    root = SimpleNamespace(parent=None, dead=False)
    branches = [SimpleNamespace(parent=root, dead=dead) for dead in (False, True)]
    watch, tasks = a_watch(4)
    for task in tasks:
        leaf = SimpleNamespace(parent=branches[task.number % 2], dead=False)
        task.context = leaf
    drawn = plain(Picture(watch, "a title", None, 0), 80, 24, 0)
    assert [line.split("idle")[0].rstrip() for line in drawn[1:-1]] == [
        "context 1  cancelled",
        "  worker 1",
        "  worker 3",
        "context 2  alive",
        "  worker 2",
        "  worker 4",
    ]


def test_tasks_under_one_context_are_drawn_plainly():
    context = SimpleNamespace(parent=None, dead=False)
    watch, tasks = a_watch(2)
    for task in tasks:
        task.context = context
    drawn = plain(Picture(watch, "a title", None, 0), 80, 24, 0)
    assert [line.split()[0] for line in drawn[1:-1]] == ["worker", "worker"]


def test_rates_are_those_of_the_last_second_and_at_the_end_of_the_whole_run():
    watch, (task,) = a_watch(1)
    watch.observe(0, task, "sleep", None)
    picture = Picture(watch, "a title", None, 0)
    for second in range(1, 5):
        for _ in range(10 * second):
            told(watch, task, (second * SECOND, "job", 1), (second * SECOND, "done", 1))
        last = plain(picture, 120, 24, second * SECOND)[-1]
    assert last.endswith("40.0/s")
    assert plain(picture, 120, 24, 4 * SECOND, over=True)[-1].endswith("25.0/s")


def test_a_rate_of_too_short_a_time_is_left_out():
    rates = Rates()
    assert rates.per_s(1, 5) == ""
    rates.look(0, {1: 0})
    rates.look(1000, {1: 5})
    assert rates.per_s(1, 5) == ""
    rates.look(SECOND, {1: 500})
    assert (rates.per_s(1, 500), rates.per_s(2, 0)) == ("500/s", "")


def a_lane(*spans):
    lane = Lane(a_task(1), 0)
    lane.spans.extend(Span(*span) for span in spans)
    lane.spent = len(spans)
    return lane


def test_a_timeline_draws_each_span_once_and_then_only_new_ones():
    lane = a_lane((0, 200, WORKING), (200, 400, RECEIVING))
    timeline = Timeline(10, Axis(0, 1000))
    first = timeline.text(lane, 400).plain
    lane.spans.append(Span(400, 600, WORKING))
    lane.spent += 1
    second = timeline.text(lane, 600).plain
    assert (len(first), len(second)) == (4, 6)
    assert second.startswith(first)
    assert second[0] != second[4] != second[2]
    assert timeline.text(lane, 600).plain == second


def test_a_short_wait_hides_no_work():
    lane = a_lane((0, 1000, WORKING), (500, 501, RECEIVING))
    assert len(set(Timeline(10, Axis(0, 1000)).text(lane, 1000).plain)) == 1


def test_an_axis_grows_when_a_run_outlasts_it():
    axis = Axis(100, 1000)
    assert axis.reaching(1100) is axis
    assert axis.reaching(1200).total_ns == 1375


def test_a_gauge_says_how_full_it_is_and_who_waits():
    levels = [
        Level("stage 1 -> stage 2", "values", 2, 4, "1 sender waits"),
        Level("hop", "values", 0, 0, ""),
        Level("bucket", "tokens", 2.5, 1000, "5/s"),
    ]
    lines = [line.plain for line in gauges(levels, 80, 5)]
    assert lines[0].startswith("stage 1 -> stage 2  ")
    assert lines[0].endswith("2/4 values  1 sender waits")
    assert lines[1].split() == ["hop", "hand", "to", "hand"]
    assert lines[2].endswith("2.5/1,000 tokens  5/s")
    filled = lines[0].split()[5]
    assert (len(filled), filled.count(filled[0])) == (4, 2)


def test_gauges_that_find_no_room_are_counted():
    levels = [Level(f"channel {number}", "values", 0, 1, "") for number in range(9)]
    assert [line.plain.split()[0] for line in gauges(levels, 80, 3)] == ["channel", "channel", "and"]
    assert gauges(levels, 80, 3)[-1].plain == "and 7 more"
    assert gauges(levels, 80, 0) == []
    assert gauges([], 80, 5) == []
