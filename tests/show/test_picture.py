"""What a demo looks like while it runs, drawn from events made by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from rich.cells import cell_len

from gopatterns_cli.live.things import Level
from gopatterns_cli.live.watch import CANCELLED, IDLE, RECEIVING, STATES, WORKING, Lane, Span, Watch
from gopatterns_cli.render.gauges import gauges
from gopatterns_cli.render.lanes import legend
from gopatterns_cli.render.picture import Picture
from gopatterns_cli.render.rates import Rates
from gopatterns_cli.render.timeline import Axis, Timeline
from gopatterns_cli.words import asking
from patterns import Channel, Semaphore

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
    assert [line.split("idle")[0].rstrip() for line in drawn[1:-2]] == [
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
    assert [line.split()[0] for line in drawn[1:-2]] == ["worker", "worker"]


def test_when_all_is_over_the_tree_is_drawn_as_the_cancel_found_it_with_how_long_it_took():
    root = SimpleNamespace(parent=None, dead=False)
    branches = [SimpleNamespace(parent=root, dead=False) for _ in range(2)]
    watch, tasks = a_watch(4)
    for task in tasks:
        task.context = SimpleNamespace(parent=branches[task.number % 2], dead=False)
    for task in tasks:
        task.context.dead = task.context.parent.dead = True
        watch.observe(10, task, "cancel", task.context)
    for task in tasks[:3]:
        task.context = root  # it has left the block
        watch.observe(10 + 1000 * task.number, task, "resume", None)
        watch.observe(5000, task, "end", None)
    drawn = plain(Picture(watch, "a title", None, 0), 80, 24, 5000, over=True)
    assert [line.split("  cancelled  ")[-1].rstrip() for line in drawn[1:-3] if "context" in line] == [
        "2 of 2 tasks went on within 3.00 us",
        "1 of 2 tasks went on within 2.00 us",
    ]
    assert [line[:12].rstrip() for line in drawn[1:-3]] == [
        "context 1  c"[:12], "  worker 1", "  worker 3", "context 2  c", "  worker 2", "  worker 4",
    ]  # fmt: skip
    assert drawn[-2].startswith("cancelled at 0.000 s: 4 tasks, 3 went on within 3.00 us")


def test_one_that_a_cancel_found_between_two_jobs_stays_in_the_tree():
    root = SimpleNamespace(parent=None, dead=False)
    branches = [SimpleNamespace(parent=root, dead=True) for _ in range(2)]
    watch, tasks = a_watch(4)
    for task in tasks:
        branch, task.context = branches[task.number % 2], root
        watch.observe(10, task, "cancel", branch)
        for verb, subject in (("resume", None), ("job", 2), ("rest", None), ("dropped", 2), ("end", None)):
            watch.observe(20, task, verb, subject)
    drawn = plain(Picture(watch, "a title", None, 0), 80, 24, 5000, over=True)
    assert [line[:9] for line in drawn if line.startswith("context")] == ["context 1", "context 2"]


def test_when_all_is_over_what_tasks_used_is_told_with_the_most_it_held():
    watch, (task, *_) = a_watch(1)
    channel, semaphore = Channel(4), Semaphore(2)
    for thing in (channel, semaphore):
        watch.observe(0, task, "bind", thing)
    assert channel.put(1)
    assert channel.put(2)
    assert semaphore.try_acquire(2)
    watch.observe(1, task, "sleep", None)
    channel.take()
    semaphore.release(1)
    picture = Picture(watch, "a title", None, 0)
    assert not any("most" in line for line in plain(picture, 80, 24, 5))
    del channel
    assert not any("values" in line for line in plain(picture, 80, 24, 5))
    gauges = [line for line in plain(picture, 80, 24, 5, over=True) if "most" in line]
    assert [line.split(maxsplit=3)[-1].strip() for line in gauges] == [
        "1/4 values  most 2", "permits held  most 2",
    ]  # fmt: skip


def test_jobs_that_go_through_stages_are_counted_as_jobs_and_their_steps_as_steps():
    watch = Watch(line_per_job=False)
    first, last = (a_task(number, f"stage {number} name") for number in (1, 2))
    for task in (first, last):
        watch.observe(0, task, "spawn", None)
    for task, job in ((first, 1), (first, 2), (last, 1)):
        told(watch, task, (1, "job", job), (2, "done", job))
    assert plain(Picture(watch, "a title", 8, 0), 80, 24, 5)[-1].startswith("jobs 1  steps 3 of 8  ")
    assert plain(Picture(watch, "a title", None, 0), 80, 24, 5)[-1].startswith("jobs 1  0.00 s")


@pytest.mark.parametrize(("columns", "lines", "there"), [(80, 24, True), (59, 24, False), (80, 8, False)])
def test_a_legend_stands_below_the_lanes_where_there_is_room(columns, lines, there):
    watch, _ = a_watch(4)
    drawn = plain(Picture(watch, "a title", None, 0), columns, lines, 0)
    assert any(line.startswith("worker 4") for line in drawn)
    assert any("jobs in turn" in line for line in drawn) == there


def test_every_glyph_of_a_lane_stands_in_the_legend():
    spans = [(0, 100, WORKING), (100, 200, WORKING)]
    spans += [(200 + 100 * n, 300 + 100 * n, state) for n, state in enumerate(STATES) if state != IDLE]
    lane = a_lane(*spans)
    lane.state, lane.since_ns = WORKING, 900
    drawn = Timeline(20, Axis(0, 1000)).text(lane, 1000).plain
    assert len(set(drawn) - {" "}) == 7
    assert set(drawn) - {" "} <= set(legend())


def test_the_legend_is_in_the_language_that_is_asked_for_also_where_a_thread_draws():
    watch, _ = a_watch(1)
    with asking("zh"):
        picture = Picture(watch, "a title", None, 0)
    (line,) = (line for line in plain(picture, 80, 24, 0) if "·" in line)
    assert "等待" in line
    assert cell_len(line) <= 80


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
        Level("bucket", "tokens", 2.5, 1000, "5/s", 1.5, "fewest"),
        Level("hop", "values", 0, 0, "closed", 0),
    ]
    lines = [line.plain for line in gauges(levels, 80, 5)]
    assert lines[0].startswith("stage 1 -> stage 2  ")
    assert lines[0].endswith("2/4 values  1 sender waits")
    assert lines[1].split() == ["hop", "hand", "to", "hand"]
    assert lines[2].endswith("2.5/1,000 tokens  5/s")
    assert lines[3].endswith("2.5/1,000 tokens  fewest 1.5, 5/s")
    assert lines[4].endswith("hand to hand  closed")
    filled = lines[0].split()[5]
    assert (len(filled), filled.count(filled[0])) == (4, 2)


def test_gauges_that_find_no_room_are_counted():
    levels = [Level(f"channel {number}", "values", 0, 1, "") for number in range(9)]
    assert [line.plain.split()[0] for line in gauges(levels, 80, 3)] == ["channel", "channel", "and"]
    assert gauges(levels, 80, 3)[-1].plain == "and 7 more"
    assert gauges(levels, 80, 0) == []
    assert gauges([], 80, 5) == []


def test_a_cancel_is_seen_though_it_ends_a_job_at_once():
    lane = a_lane((0, 500, WORKING))
    lane.state, lane.since_ns = CANCELLED, 499
    assert Timeline(10, Axis(0, 1000)).text(lane, 500).plain[-1] == "x"
