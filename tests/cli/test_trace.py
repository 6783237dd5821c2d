"""Where a run's time went, by hand: two workers, three jobs."""

import pytest

from gopatterns_cli.measuring.trace import Trace


def test_the_parts_of_a_run_are_means_over_its_workers():
    trace = Trace(lanes=2)
    trace.spans += [(11.0, 14.0), (13.0, 15.0), (14.5, 18.0)]  # the first worker does the first and the third
    trace.add(began=10.0, ended=19.0)
    assert trace.means() == {
        "whole_s": 9.0,
        "start_s": (1.0 + 3.0) / 2,
        "work_s": (3.0 + 2.0 + 3.5) / 2,
        "hand_offs_s": 0.5 / 2,
        "tail_s": 3.0 / 2,
        "end_s": 1.0,
    }


def test_what_a_job_took_by_itself_is_its_work_and_the_way_there_a_hand_off():
    trace = Trace(lanes=1)
    trace.spans.append((1.0, 4.0))
    trace.own.append(2.5)
    trace.add(began=1.0, ended=4.0)
    assert trace.means() == {
        "whole_s": 3.0,
        "start_s": 0.0,
        "work_s": 2.5,
        "hand_offs_s": 0.5,
        "tail_s": 0.0,
        "end_s": 0.0,
    }


def test_runs_are_averaged_and_one_without_jobs_counts_for_nothing():
    trace = Trace(lanes=1)
    for length_s in (1.0, 3.0):
        trace.spans.append((0.0, length_s))
        trace.add(began=0.0, ended=length_s)
    trace.add(began=0.0, ended=100.0)
    assert trace.means()["work_s"] == pytest.approx(2.0)
    assert Trace(lanes=1).means() is None


def test_fewer_jobs_than_workers_have_as_many_lanes():
    trace = Trace(lanes=8)
    trace.spans += [(0.5, 1.0), (0.5, 1.0)]
    trace.add(began=0.0, ended=1.0)
    assert trace.means()["start_s"] == 0.5
