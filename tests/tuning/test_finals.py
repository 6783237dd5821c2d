"""The finals: what is planned for a time, and what rounds prove; no process is started."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gopatterns_cli.measuring.cells import GOPAT, NATIVE
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.statistics.ratio import Interval, RatioEstimate
from gopatterns_cli.tuning import finals
from gopatterns_cli.tuning.finals import NOT_HERE, PAYS, UNPROVED, Rounds, carry_out, decided, planned
from gopatterns_cli.tuning.found import Dropped, Value
from gopatterns_cli.tuning.grid import POOL, THREADS, Candidate, Lane

FIRST, SECOND, THIRD = (
    Candidate(Lane(POOL, arm, THREADS), workers) for arm, workers in ((GOPAT, 50), (NATIVE, 50), (GOPAT, 100))
)
NOISE = (1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.015, 0.985, 1.005, 0.995, 1.01, 0.99)


def plan(seconds=1_000.0, each_s=1.0, entrants=(FIRST, SECOND, THIRD), seed=1):
    return planned(entrants, lambda _: each_s, seconds, (100, 10), seed)


def measured(plan, seconds, lost=()):
    """Carry out a plan where an entrant takes `seconds[entrant]` per job, with a little noise."""

    def run(entrant, number, hash_seed):
        if (entrant, number) in lost:
            raise LostRunError("crashed")
        count = plan.plain_count if entrant is None else plan.count
        return Value(
            entrant, count, seconds[entrant] * count * NOISE[(number * 5 + len(str(entrant))) % 12], 1_000
        )

    rounds = Rounds()
    carry_out(plan, rounds, run, lambda: 1e9)
    return decided(plan, rounds)


def test_twelve_rounds_where_there_is_time():
    made = plan()
    assert made.rounds == len(made.orders) == len(made.hash_seeds) == 12
    assert all(set(order) == {None, FIRST, SECOND, THIRD} for order in made.orders)
    assert made.orders[1] == made.orders[0][::-1]


def test_fewer_finalists_before_too_few_rounds_for_an_interval():
    assert (len(plan(27.0).finalists), plan(27.0).rounds) == (3, 6)
    assert (len(plan(24.0).finalists), plan(24.0).rounds) == (2, 7)
    assert (len(plan(14.0).finalists), plan(14.0).rounds) == (1, 6)


def test_the_winner_of_the_search_stays_whatever_the_time():
    made = plan(5.0)
    assert (made.finalists, made.rounds) == ((FIRST,), 2)
    assert plan(0.5).rounds == 0
    assert plan(-3.0).rounds == 0


def test_the_same_seed_gives_the_same_plan_and_another_one_another():
    assert plan(seed=3) == plan(seed=3)
    assert plan(seed=3).orders != plan(seed=4).orders


def test_what_is_proved_faster_than_the_plain_loop_pays():
    found = measured(plan(), {None: 1.0, FIRST: 0.05, SECOND: 0.04, THIRD: 0.06})
    assert found.verdict == PAYS
    assert [one.candidate for one in found.standings] == [SECOND, FIRST, THIRD]
    assert found.standings[0].speedup.difference.low > 20
    assert found.behind.estimate == pytest.approx(1.25, rel=0.03)
    assert found.rounds == 12


def test_the_plain_loop_is_set_beside_the_others_by_the_job():
    found = measured(plan(), {None: 1.0, FIRST: 0.1, SECOND: 0.2, THIRD: 0.2})
    assert found.plan.plain_count < found.plan.count
    assert found.standings[0].speedup.estimate == pytest.approx(10, rel=0.05)
    assert found.plain_each_s == pytest.approx(1.0, rel=0.05)


def test_no_pattern_pays_where_none_is_proved_faster():
    slower = measured(plan(), {None: 1.0, FIRST: 2.0, SECOND: 3.0, THIRD: 4.0})
    assert slower.verdict == NOT_HERE
    assert slower.standings[0].speedup.difference.high < 1
    level = measured(plan(), {None: 1.0, FIRST: 1.0, SECOND: 1.5, THIRD: 1.5})
    assert level.verdict == NOT_HERE


def test_the_rounds_end_early_where_the_plain_loop_is_ahead_of_all():
    found = measured(plan(), {None: 1.0, FIRST: 1.2, SECOND: 3.0, THIRD: 4.0})
    assert (found.rounds, found.hopeless, found.verdict) == (8, True, NOT_HERE)
    assert found.standings[0].speedup.difference.level == 0.99


@pytest.mark.parametrize("best", [1.0, 0.9, 0.05])
def test_they_do_not_where_one_is_about_as_fast_or_faster(best):
    found = measured(plan(), {None: 1.0, FIRST: best, SECOND: 3.0, THIRD: 4.0})
    assert (found.rounds, found.hopeless) == (12, False)


def test_nor_where_a_finalist_failed_in_a_round_and_nothing_is_known_of_it_for_sure():
    found = measured(plan(), {None: 1.0, FIRST: 1.2, SECOND: 3.0, THIRD: 4.0}, {(FIRST, 2), (FIRST, 3)})
    assert (found.rounds, found.hopeless) == (12, False)


def test_a_wide_interval_proves_neither_a_gain_nor_that_there_is_none():
    wide = RatioEstimate(1.29, Interval(0.86, 1.85, 0.95), Interval(0.9, 1.8, 0.9), 6)
    assert finals.verdict(wide) == UNPROVED
    assert finals.verdict(replace(wide, difference=Interval(0.86, 1.05, 0.95))) == NOT_HERE
    assert finals.verdict(replace(wide, difference=Interval(1.01, 1.15, 0.95))) == PAYS


def test_a_gain_that_is_proved_to_be_small_is_none_worth_having():
    small = RatioEstimate(1.03, Interval(1.01, 1.05, 0.95), Interval(1.02, 1.04, 0.9), 12)
    assert finals.verdict(small) == NOT_HERE
    assert finals.verdict(replace(small, difference=Interval(1.01, finals.WORTH, 0.95))) == NOT_HERE


def test_too_few_rounds_use_up_what_was_kept_for_later():
    def done(reserve_s):
        left = [20.0]

        def run(entrant, number, hash_seed):
            left[0] -= 1.0
            return Value(entrant, 1, 1.0)

        rounds = Rounds()
        carry_out(plan(), rounds, run, lambda: left[0], reserve_s)
        return rounds.done

    assert [done(0.0), done(4.0), done(100.0)] == [5, 6, 6]


def test_too_few_rounds_prove_nothing():
    found = measured(plan(5.0), {None: 1.0, FIRST: 0.01})
    assert found.verdict == UNPROVED
    assert found.standings[0].speedup.difference is None
    assert found.behind is None


def test_without_a_round_there_is_no_winner():
    found = measured(plan(0.0), {})
    assert (found.verdict, found.standings, found.rounds) == (UNPROVED, (), 0)


def test_of_those_tied_the_one_with_the_fewest_workers_wins():
    found = measured(plan(entrants=(THIRD, FIRST)), {None: 1.0, THIRD: 0.100, FIRST: 0.1001})
    assert found.standings[0].candidate == FIRST


def test_a_finalist_that_fails_now_and_then_has_no_interval():
    lost = {(FIRST, number) for number in (1, 4, 7)}
    found = measured(plan(entrants=(FIRST,)), {None: 1.0, FIRST: 0.1}, lost)
    assert found.standings[0].lost == ("crashed",) * 3
    assert found.standings[0].speedup.difference is None
    assert found.verdict == UNPROVED


def test_a_finalist_that_always_fails_is_out_and_the_others_are_not():
    lost = {(FIRST, number) for number in range(12)}
    found = measured(plan(entrants=(FIRST, SECOND)), {None: 1.0, FIRST: 0.1, SECOND: 0.2}, lost)
    assert [one.candidate for one in found.standings] == [SECOND]
    assert found.out == (Dropped(FIRST, "crashed"),)
    assert found.verdict == PAYS


def test_a_plain_loop_that_fails_says_why():
    found = measured(plan(), {None: 1.0, FIRST: 0.1, SECOND: 0.2, THIRD: 0.3}, {(None, 3), (None, 5)})
    assert found.plain_lost == ("crashed",) * 2
    assert found.out == ()


def test_a_round_that_there_is_no_time_for_is_not_begun():
    made, left = plan(), [100.0]

    def run(entrant, number, hash_seed):
        left[0] -= 7.0
        return Value(entrant, 1, 1.0)

    rounds = Rounds()
    carry_out(made, rounds, run, lambda: left[0])
    assert rounds.done == 3
    assert left[0] == 100.0 - 3 * 4 * 7.0


def test_a_verdict_needs_an_interval():
    assert finals.verdict(None) == UNPROVED
