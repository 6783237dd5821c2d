"""Successive halving over landscapes that are known: no process is started and no clock is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gopatterns_cli.measuring.cells import GOPAT, NATIVE
from gopatterns_cli.measuring.processes import HungError, LostRunError
from gopatterns_cli.tuning import searching
from gopatterns_cli.tuning.confirming import confirmed
from gopatterns_cli.tuning.cost import Cost
from gopatterns_cli.tuning.found import Value
from gopatterns_cli.tuning.grid import (
    POOL,
    PROCESSES,
    THREADS,
    Bounds,
    Candidate,
    Lane,
    ladder,
    processes_ladder,
    searched,
    twins,
)
from gopatterns_cli.tuning.opening import FEWEST, OPENING, opening
from gopatterns_cli.tuning.searching import LATE, MISSED, UNLIKELY, kept, ranking, search

from looks import a_look

OURS, BY_HAND = Lane(POOL, GOPAT, THREADS), Lane(POOL, NATIVE, THREADS)
ELSEWHERE = Lane(POOL, NATIVE, PROCESSES)


class World:
    """A machine on which every candidate takes a known time, and a clock that its measurements move."""

    def __init__(self, look, run_s, seconds=30.0, cores=2, lost=(), start_s=0.3):
        self.cost = Cost(look, cores, start_s)
        self.candidates = searched(look, Bounds(), cores)
        self.run_s = run_s
        self.seconds = seconds
        self.spent_s = 0.0
        self.lost = dict(lost)
        self.asked = []

    def measure(self, candidate, count, most_s):
        run_s = self.run_s(candidate, count)
        self.asked.append((candidate, count))
        self.spent_s += self.cost.start_s + min(max(run_s, 0.1), most_s)
        if candidate in self.lost:
            raise LostRunError(self.lost[candidate])
        if run_s > most_s:
            raise HungError("hung")
        return Value(candidate, count, run_s)

    def search(self):
        return search(
            self.candidates, self.cost, self.seconds, 1.2, lambda: self.seconds - self.spent_s, self.measure
        )


def waiting(job_s, best=100):
    """Jobs that wait: more workers help up to a point and harm a little beyond it."""

    def run_s(candidate, count):
        workers = min(candidate.workers, count, best)
        crowd = 1 + 0.002 * max(candidate.workers - best, 0)
        start_s = 0.1 if candidate.lane.runtime == PROCESSES else 0.0
        slower = 1.03 if candidate.lane.arm == NATIVE else 1.0
        return start_s + -(-count // workers) * job_s * crowd * slower + 20e-6 * count

    return run_s


def computing(job_s, cores=2, start_s=0.15):
    """Jobs that hold the GIL: only processes help, and they cost something to start."""

    def run_s(candidate, count):
        if candidate.lane.runtime != PROCESSES:
            return count * job_s * 1.02
        return start_s * (1 + candidate.workers / 10) + count * job_s / min(candidate.workers, cores)

    return run_s


def locked(job_s):
    """Jobs that look as if they waited, and hold a lock: only processes help."""

    def run_s(candidate, count):
        lanes = min(candidate.workers, count) if candidate.lane.runtime == PROCESSES else 1
        return 0.1 * (lanes > 1) + -(-count // lanes) * job_s

    return run_s


def said(found, lane):
    """Why candidates of a lane were not measured, by their workers."""
    return {one.candidate.workers: one.why for one in found.not_measured if one.candidate.lane == lane}


def best_of(world, count):
    return min(world.candidates, key=lambda one: world.run_s(one, count))


@pytest.mark.parametrize("job_s", [0.002, 0.020, 0.100])
def test_the_winner_of_a_search_is_near_the_best_of_all(job_s):
    world = World(a_look(job_s=job_s), waiting(job_s))
    found = world.search()
    best = best_of(world, found.count)
    assert world.run_s(found.ranking[0], found.count) <= 1.10 * world.run_s(best, found.count)
    assert world.spent_s <= world.seconds + 1


@pytest.mark.parametrize("start_s", [0.3, 0.7, 1.2])
def test_a_search_goes_to_all_inputs_however_long_a_process_takes_to_start(start_s):
    look = a_look(count=200, read=200)
    world = World(look, waiting(0.020), 21.0, start_s=start_s)
    found = world.search()
    assert found.count == 200
    assert world.run_s(found.ranking[0], 200) <= 1.10 * world.run_s(best_of(world, 200), 200)


@pytest.mark.parametrize("start_s", [0.3, 0.7, 1.2])
@pytest.mark.parametrize("count", [200, 1_000])
def test_where_jobs_do_not_overlap_as_they_seemed_to_there_is_time_left_for_what_helps(start_s, count):
    world = World(a_look(count=count, read=count), locked(0.020), 21.0, start_s=start_s)
    assert world.search().ranking[0].lane.runtime == PROCESSES


@pytest.mark.parametrize(
    ("cpu_share", "gil_share", "seconds"),
    [
        (0.02, 0.2, 0.02),
        (1.0, 0.2, 0.2),
        (1.0, 1.0, 1.0),
        (0.02, 0.9, 0.9),
        (0.5, None, 0.5),
        (2.0, None, 1.0),
    ],
)
def test_a_gil_that_seems_held_while_a_job_waits_counts_only_if_it_nearly_always_is(
    cpu_share, gil_share, seconds
):
    look = a_look(job_s=1.0, cpu_share=cpu_share, gil_share=gil_share)
    assert look.serial_s == pytest.approx(seconds)


def test_no_more_jobs_compute_at_once_than_there_are_cores():
    look = a_look(cpu_share=1.0, gil_share=0.0)
    assert Cost(look, 2, 0.3).run_s(Candidate(OURS, 200), 200) == pytest.approx(2.0, rel=0.05)


def test_processes_that_are_slow_to_start_win_where_there_is_enough_to_compute():
    look = a_look(job_s=0.005, cpu_share=1.0, gil_share=1.0)
    world = World(look, computing(0.005))
    found = world.search()
    assert found.ranking[0].lane.runtime == PROCESSES


def test_without_the_patience_for_lanes_they_would_be_lost(monkeypatch):
    """The known-bad twin of the test above."""
    look = a_look(job_s=0.001, cpu_share=1.0, gil_share=1.0)
    run_s = computing(0.001, start_s=0.12)
    assert World(look, run_s).search().ranking[0].lane.runtime == PROCESSES
    monkeypatch.setattr(searching, "LANE_HOPELESS", 0.0)
    monkeypatch.setattr(searching, "HOPELESS", 1.05)
    assert World(look, run_s).search().ranking[0].lane.runtime != PROCESSES


@pytest.mark.parametrize(("longest_s", "patience"), [(0.25, False), (1.2, True)])
def test_there_is_patience_with_a_lane_only_where_more_inputs_come(longest_s, patience):
    """Processes take three times as long; over 63 inputs the best takes half of the shorter limit."""
    world = World(
        a_look(), lambda one, count: (6e-3 if one.lane.runtime == PROCESSES else 2e-3) * count, 60.0
    )
    candidates = searched(a_look(), Bounds(workers=10), 2)
    left_s = lambda: world.seconds - world.spent_s  # noqa: E731 - as it is handed over
    found = search(candidates, world.cost, world.seconds, longest_s, left_s, world.measure)
    elsewhere = [value.candidate for value in found.values if value.candidate.lane.runtime == PROCESSES]
    assert (found.count > 63) is patience
    assert (len(elsewhere) > len(set(elsewhere))) is patience


def test_a_search_measures_a_part_of_what_everything_would_take():
    world = World(a_look(), waiting(0.020))
    found = world.search()
    on_all = sum(world.cost.start_s + world.run_s(one, 1_000) for one in world.candidates)
    assert found.count == 1_000
    assert world.spent_s < on_all


def test_nobody_is_measured_on_fewer_inputs_than_it_has_workers():
    world = World(a_look(), waiting(0.020))
    world.search()
    smallest = {
        min(one.workers for one in world.candidates if one.lane == lane) for lane in (OURS, ELSEWHERE)
    }
    assert all(one.workers <= count or one.workers in smallest for one, count in world.asked)


def test_more_workers_join_only_where_the_fewer_were_good():
    world = World(a_look(job_s=0.005), waiting(0.005, best=5))
    found = world.search()
    asked = {one.workers for one, _ in world.asked if one.lane == OURS}
    assert asked == {5, 10, 20, 50, 100, 200}
    assert found.count == 1_000
    assert said(found, OURS) == {2: UNLIKELY, 500: MISSED, 1_000: MISSED}


def test_a_candidate_that_fails_costs_itself_only():
    failing = Candidate(OURS, 50)
    world = World(a_look(), waiting(0.020), lost={failing: "the worker ended with -9"})
    found = world.search()
    assert [(one.candidate, one.why) for one in found.dropped] == [(failing, "the worker ended with -9")]
    assert found.ranking
    assert failing not in found.ranking


def test_where_all_fail_there_is_no_ranking_and_each_reason_is_kept():
    look = a_look(count=20, read=20)
    world = World(look, waiting(0.020))
    world.lost = dict.fromkeys(world.candidates, "broken")
    found = world.search()
    assert found.ranking == ()
    assert {one.why for one in found.dropped} == {"broken"}


@pytest.mark.parametrize(("job_s", "seconds", "come_in"), [(1e-4, 3.0, True), (0.5, 8.0, False)])
def test_whom_the_first_rung_had_no_time_for_comes_in_later_if_it_looks_nearly_as_good(
    job_s, seconds, come_in
):
    world = World(a_look(job_s=job_s, count=10, read=10), waiting(job_s), seconds)
    _, first = opening(world.candidates, world.cost, seconds, 1.2)
    late = set(world.candidates) - set(first)
    assert late
    assert bool({value.candidate for value in world.search().values} & late) is come_in


def test_the_best_are_measured_again_and_a_lucky_one_falls_back():
    world = World(a_look(), waiting(0.020), seconds=60.0)
    found = world.search()
    lucky = found.ranking[-1]
    values = [replace(one, run_s=one.run_s * 0.5) if one.candidate == lucky else one for one in found.values]
    found = replace(found, values=tuple(values), ranking=(lucky, *found.ranking[:-1]))
    left_s = lambda: world.seconds - world.spent_s  # noqa: E731 - as it is handed over
    again = confirmed(found, [], world.cost, left_s, world.measure)
    assert again.ranking[0] != lucky
    assert len(again.values) > len(found.values)


def test_twins_are_measured_beside_the_best_and_one_that_fails_costs_itself_only():
    world = World(a_look(), waiting(0.020), seconds=60.0)
    found = world.search()
    good, bad = twins(found.ranking[0], a_look(), Bounds())[:2]
    world.lost = {bad: "broken"}
    both = confirmed(found, [good, bad], world.cost, lambda: 60.0, world.measure)
    assert good in both.ranking
    assert bad not in both.ranking
    assert bad in {one.candidate for one in both.dropped}


def test_twins_that_there_was_no_time_for_are_said_and_no_other_is():
    world = World(a_look(), waiting(0.020), seconds=60.0)
    found = world.search()
    first, second = twins(found.ranking[0], a_look(), Bounds())[:2]
    left = iter([60.0] + [0.0] * 100)
    late = confirmed(found, [first, second], world.cost, lambda: next(left), world.measure)
    assert first in late.ranking
    assert (second, LATE) in {(one.candidate, one.why) for one in late.not_measured}
    assert len(late.not_measured) == len(found.not_measured) + 1


def test_a_twin_that_was_measured_after_all_is_no_longer_among_those_that_were_not():
    world = World(a_look(), waiting(0.020), seconds=60.0)
    found = world.search()
    missed = found.not_measured[0].candidate
    both = confirmed(found, [missed], world.cost, lambda: 60.0, world.measure)
    assert missed in both.ranking
    assert missed not in {one.candidate for one in both.not_measured}


def test_who_failed_in_the_search_is_not_tried_again_as_a_twin():
    failing = Candidate(OURS, 50)
    world = World(a_look(), waiting(0.020), seconds=60.0, lost={failing: "broken"})
    found = world.search()
    both = confirmed(found, [failing], world.cost, lambda: 60.0, world.measure)
    assert [one.candidate for one in both.dropped] == [failing]


def test_without_time_nothing_is_confirmed_and_the_ranking_stays():
    world = World(a_look(), waiting(0.020))
    found = world.search()
    assert confirmed(found, [], world.cost, lambda: 0.0, world.measure).values == found.values


def test_where_the_first_few_all_fail_others_come_in():
    look = a_look(job_s=2.0, count=200, read=200)
    world = World(look, waiting(2.0), seconds=27.0)
    _, first = opening(world.candidates, world.cost, 27.0, 1.2)
    world.lost = dict.fromkeys(first, "it took 900 MB, more than --max-memory")
    found = world.search()
    assert {one.candidate for one in found.dropped} == set(first)
    assert found.ranking
    assert not set(found.ranking) & set(first)


def test_jobs_of_two_seconds_keep_the_budget_and_what_was_left_out_is_said():
    world = World(a_look(job_s=2.0, count=200, read=200), waiting(2.0), seconds=27.0)
    found = world.search()
    assert found.ranking
    assert world.spent_s <= world.seconds + 3
    assert found.count == 10
    assert said(found, OURS) == {2: UNLIKELY, 5: UNLIKELY, 20: LATE, 50: LATE, 100: LATE, 200: LATE}


def test_a_candidate_slower_than_the_plain_loop_is_ended():
    slow = Candidate(OURS, 50)
    usual = waiting(0.020)
    world = World(a_look(), lambda one, count: 1_000.0 if one == slow else usual(one, count))
    found = world.search()
    assert slow in {one.candidate for one in found.dropped}
    assert world.spent_s <= world.seconds + 1


def test_the_first_rung_has_all_inputs_when_they_are_quick():
    look = a_look(job_s=5e-6, cpu_share=1.0, gil_share=1.0)
    world = World(look, waiting(5e-6))
    count, members = opening(world.candidates, world.cost, 15.0 / OPENING, 1.2)
    assert count == look.count
    assert set(members) == set(world.candidates)


def test_the_first_rung_of_slow_jobs_has_the_most_promising_of_each_lane():
    look = a_look(job_s=2.0)
    world = World(look, waiting(2.0))
    count, members = opening(world.candidates, world.cost, 9.0 / OPENING, 1.2)
    assert count == FEWEST
    assert members[0].workers == FEWEST
    assert len({one.lane for one in members}) == len(members)


def test_of_those_tied_with_the_best_the_fewest_workers_come_first():
    times = {Candidate(OURS, 100): 1.0, Candidate(OURS, 20): 1.015, Candidate(OURS, 10): 1.2}
    assert ranking(times) == [Candidate(OURS, 20), Candidate(OURS, 100), Candidate(OURS, 10)]


def test_half_are_kept_and_never_fewer_than_the_finalists():
    times = {Candidate(OURS, workers): 1 + workers / 1_000 for workers in ladder(1_000)}
    ranked = ranking(times)
    assert len(kept(ranked, times, lanes_too=False)) == -(-len(times) // 2)
    few = ranked[:3]
    assert kept(few, times, lanes_too=False) == few


def test_the_hopeless_are_not_kept_even_in_the_better_half():
    times = {Candidate(OURS, 2): 10.0, Candidate(OURS, 5): 9.0, Candidate(OURS, 10): 1.0}
    assert kept(ranking(times), times, lanes_too=True) == [Candidate(OURS, 10)]


def test_fewer_workers_are_compared_with_the_best_on_the_most_inputs_that_both_had():
    world = World(a_look(), waiting(0.020))
    found = world.search()
    best = found.ranking[0]
    curve = found.curve(best)
    assert curve[best.workers].share == pytest.approx(1.0)
    assert all(0 < point.share < 1.1 for point in curve.values())
    assert list(curve) == sorted(curve)
    assert {point.candidate.lane.elsewhere for point in curve.values()} == {best.lane.elsewhere}


# The grid


def test_the_ladders_end_with_what_is_allowed():
    assert ladder(200) == (2, 5, 10, 20, 50, 100, 200)
    assert ladder(30) == (2, 5, 10, 20, 30)
    assert ladder(2) == (2,)
    assert ladder(1) == ()
    assert processes_ladder(8) == (2, 4, 8)
    assert processes_ladder(3) == (2, 3)


def test_an_async_function_is_searched_on_loops_and_a_plain_one_on_threads_and_processes():
    plain = {(one.lane.arm, one.lane.runtime) for one in searched(a_look(), Bounds(), 2)}
    assert plain == {(arm, runtime) for arm in (GOPAT, NATIVE) for runtime in (THREADS, PROCESSES)}
    looped = {(one.lane.arm, one.lane.runtime) for one in searched(a_look(form="async"), Bounds(), 2)}
    assert looped == {(GOPAT, "asyncio"), (NATIVE, "asyncio"), (GOPAT, "fibers")}
    bound = searched(a_look(form="async", not_on={"fibers": "TypeError"}), Bounds(), 2)
    assert "fibers" not in {one.lane.runtime for one in bound}


def test_what_cannot_travel_is_not_searched_on_processes():
    found = searched(a_look(stays="its answer cannot be pickled"), Bounds(), 2)
    assert {one.lane.runtime for one in found} == {THREADS}


def test_under_a_rate_only_arms_with_a_limiter_are_searched():
    found = searched(a_look(), Bounds(rate=50.0), 2)
    assert {one.lane.arm for one in found} == {GOPAT}


def test_twins_do_the_same_another_way_and_a_fan_out_keeps_no_order():
    best = Candidate(OURS, 50)
    found = twins(best, a_look(), Bounds())
    assert {one.workers for one in found} == {50}
    assert best not in found
    assert {one.lane.pattern for one in found} == {POOL, "fan-out-fan-in"}
    assert {one.lane.pattern for one in twins(best, a_look(), Bounds(ordered=True))} == {POOL}
