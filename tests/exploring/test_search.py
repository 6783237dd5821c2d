"""The search for a failing schedule: what it finds, how simple it makes it, what it may have missed."""

from __future__ import annotations

import signal
from itertools import pairwise
from random import Random

import pytest

from patterns import (
    Channel,
    Context,
    DeadlockError,
    Semaphore,
    TaskGroup,
    call,
    catalogue,
    receiving,
    select,
    sleep,
)
from patterns.exploring import strategies
from patterns.exploring.director import EndlessError, LeakError, Program
from patterns.exploring.lanes import lanes
from patterns.exploring.schedule import Schedule
from patterns.exploring.search import replay, search
from patterns.exploring.strategies.exhaustive import NotRepeatableError

from planting import PLANTED, planted

NAMES = strategies.names()


def made(name, *, seed=0, depth=3, preemptions=2):
    return strategies.make(name, seed=seed, depth=depth, preemptions=preemptions)


def searched(main, name="random", schedules=1_000, most_turns=10_000, **how):
    return search(Program(main, (), most_turns), made(name, **how), schedules)


def test_the_strategies_are_the_files_of_their_folder():
    assert NAMES == ("exhaustive", "pct", "random")


@pytest.mark.parametrize("bug", PLANTED)
@pytest.mark.parametrize("strategy", ["random", "pct"])
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_bug_is_found_and_replays_from_what_is_printed(bug, strategy, seed):
    program = planted(bug).bad
    finding = searched(program, strategy, seed=seed).finding
    assert finding.repeatable
    again = replay(Program(program), Schedule.parse(str(finding.schedule))).finding
    assert (type(again.error), str(again.error)) == (type(finding.error), str(finding.error))
    assert again.rows == finding.rows
    assert len(again.preempted) == len(finding.preempted) <= finding.found_with


@pytest.mark.parametrize("bug", PLANTED)
def test_the_correct_twin_of_a_planted_bug_fails_under_no_schedule(bug):
    for strategy in NAMES:
        found = searched(planted(bug).good, strategy, schedules=500)
        assert found.finding is None
        assert found.missed


@pytest.mark.parametrize("pattern", catalogue.names())
def test_every_pattern_holds_under_many_schedules(pattern):
    demo = catalogue.load(pattern).demo
    found = search(Program(demo.main, (demo.choose(),)), made("random"), 50)
    assert found.finding is None
    assert found.schedules == 50


def interleavings(first, second):
    """Return how many orders there are of the turns of two tasks."""
    if not first or not second:
        return 1
    return interleavings(first - 1, second) + interleavings(first, second - 1)


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 3), (2, 2), (3, 2)])
def test_the_exhaustive_search_runs_every_order_once_per_bound_and_knows_it(first, second):
    orders = set()

    async def main():
        order, channel = [], Channel(9)

        async def send(name, count):
            for _ in range(count):
                await channel.send(name)  # a turn before it, and one that ends with it
                order.append(name)

        async with TaskGroup() as group:
            group.spawn(send, "a", first)
            group.spawn(send, "b", second)
        orders.add("".join(order))

    found = searched(main, "exhaustive", schedules=100_000, preemptions=20)
    assert found.over
    assert found.distinct == interleavings(first + 1, second + 1)
    assert len(orders) == interleavings(first, second)
    assert found.missed == "nothing: every schedule was run"


def test_a_bound_of_preemptions_leaves_out_what_needs_more():
    async def main():
        seen, channel = [], Channel(9)

        async def send(name):
            for _ in range(2):
                await channel.send(name)
                seen.append(name)

        async with TaskGroup() as group:
            group.spawn(send, "a")
            group.spawn(send, "b")
        assert seen != ["a", "b", "a", "b"]

    without = searched(main, "exhaustive", preemptions=1)
    assert (without.finding, without.over) == (None, True)
    assert without.missed == "failures that need 2 preemptions or more; none needs fewer"
    assert len(searched(main, "exhaustive", preemptions=2).finding.preempted) == 2


@pytest.mark.parametrize("first", ["a", "b"])
def test_who_wakes_first_at_one_instant_is_no_preemption(first):
    """Whoever had the last turn before time passed has stopped, too."""

    async def main():
        order, log = [], Channel(9)

        async def snooze(name):
            await log.send(name)
            await sleep(1)
            order.append(name)

        async with TaskGroup() as group:
            group.spawn(snooze, "a")
            group.spawn(snooze, "b")
        assert order[0] != first

    finding = searched(main).finding
    assert finding.preempted == ()
    assert len(finding.schedule.deviations) == (first == "b")


def test_a_select_takes_every_ready_case():
    taken = set()

    async def main():
        channels = [Channel(1) for _ in range(3)]
        for channel in channels:
            channel.try_send(None)
        taken.add((await select(*(receiving(channel) for channel in channels))).index)

    assert searched(main, "exhaustive").distinct == 3
    assert taken == {0, 1, 2}


def test_what_runs_in_a_call_may_be_overtaken_before_and_after():
    orders = set()

    async def main():
        order = []

        async def through_call():
            await call(order.append, "in the call")
            order.append("after the call")

        async def beside():
            order.append("beside")

        async with TaskGroup() as group:
            group.spawn(through_call)
            group.spawn(beside)
        orders.add(order.index("beside"))

    searched(main, "exhaustive")
    assert orders == {0, 1, 2}


def test_a_failure_is_made_as_simple_as_it_can_be():
    async def main():
        total, log = [0], Channel(99)

        async def add():
            for _ in range(5):
                before = total[0]
                await log.send("adding")
                total[0] = before + 1

        async with TaskGroup() as group:
            for _ in range(4):
                group.spawn(add)
        assert total[0] == 20

    finding = searched(main).finding
    assert finding.found_with > 3
    assert len(finding.preempted) == 1
    assert finding.fewest
    assert len(finding.schedule.deviations) <= 2


def test_the_chance_of_pct_is_at_least_what_the_paper_says():
    """Three events in a certain order, among three tasks."""

    async def main():
        order, log = [], Channel(99)

        async def step(name, count):
            for _ in range(count):
                await log.send(name)
            order.append(name)

        async with TaskGroup() as group:
            for name, count in (("a", 4), ("b", 2), ("c", 1)):
                group.spawn(step, name, count)
        assert order != ["a", "c", "b"]

    strategy = made("pct", depth=3)
    program = Program(main)
    failed = 0
    for _ in range(2_000):
        strategy.begin()
        failed += program.attempt(strategy).error is not None
    least = 1 / (strategy._tasks * strategy._turns**2)
    assert failed / 2_000 >= least


@pytest.mark.parametrize("strategy", NAMES)
def test_a_task_that_waits_by_giving_way_ends_under_every_strategy(strategy):
    async def main():
        flag = []

        async def wait():
            while not flag:
                await sleep(0)

        async def fetch():
            while not flag:
                await call(int)

        async with TaskGroup() as group:
            group.spawn(wait)
            group.spawn(fetch)
            group.spawn(call, flag.append, True)

    assert searched(main, strategy, schedules=300, most_turns=2_000).finding is None


async def never_ends():
    while True:
        await sleep(1)


async def never_gives_up():
    while True:
        try:
            await sleep(1)
        except BaseException:  # noqa: BLE001 (that is the fault)
            unraisable.append(1)


unraisable = []


async def leaves_a_task():
    context = Context.background().with_cancel()
    context.after_func(never_ends)
    context.cancel()


async def locks_up():
    await Channel().receive()


async def leaves_by_exit():
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("program", "error"),
    [
        (never_ends, EndlessError),
        (leaves_a_task, LeakError),
        (locks_up, DeadlockError),
        (leaves_by_exit, SystemExit),
    ],
)
def test_what_counts_as_a_failure(program, error):
    finding = searched(program, most_turns=500).finding
    assert type(finding.error) is error
    assert str(finding.schedule) == "plain"
    assert finding.preempted == ()


def test_a_program_that_does_not_repeat_itself_is_told_so():
    runs = []

    async def fails_once():
        runs.append(1)
        assert len(runs) != 3

    finding = searched(fails_once).finding
    assert not finding.repeatable
    assert not finding.fewest
    assert finding.number == 3


def test_the_exhaustive_search_refuses_a_program_that_takes_another_way():
    runs = []

    async def main():
        runs.append(1)
        async with TaskGroup() as group:
            for _ in range(2 + len(runs) % 2):
                group.spawn(sleep, 0)

    with pytest.raises(NotRepeatableError, match="does not do the same under the same schedule"):
        searched(main, "exhaustive")


def test_ctrl_c_ends_the_search_after_the_schedule_under_way():
    runs = []

    async def main():
        runs.append(1)
        if len(runs) == 5:
            signal.raise_signal(signal.SIGINT)

    found = searched(main)
    assert (found.interrupted, found.schedules, found.finding) == (True, 5, None)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_failure_of_a_program_that_goes_by_chance_is_kept():
    draw = Random(1)

    async def chance():
        order, log = [], Channel(99)

        async def send(name):
            for _ in range(draw.randrange(1, 6)):
                await log.send(name)
                order.append(name)

        async with TaskGroup() as group:
            for name in "abc":
                group.spawn(send, name)
        assert order == sorted(order)

    finding = searched(chance).finding
    assert type(finding.error) is AssertionError


def test_ctrl_c_in_a_replay_is_no_failure():
    async def main():
        signal.raise_signal(signal.SIGINT)
        await sleep(0)

    found = replay(Program(main), Schedule(()))
    assert (found.interrupted, found.finding) == (True, None)


def test_ctrl_c_while_a_failure_is_made_simple_ends_that_too():
    runs = []

    async def main():
        runs.append(1)
        seen, log = [], Channel(9_999)

        async def send(name):
            for _ in range(30):
                await log.send(name)
                seen.append(name)

        async with TaskGroup() as group:
            for name in range(4):
                group.spawn(send, name)
        if len(runs) == 10:
            signal.raise_signal(signal.SIGINT)
        assert sum(one != other for one, other in pairwise(seen)) < 20

    found = searched(main)
    assert found.interrupted
    assert type(found.finding.error) is AssertionError
    assert len(runs) < 15


def test_the_chance_of_pct_counts_every_task_that_there_was():
    async def main():
        async def link(number):
            await sleep(0)
            if number < 30:
                group.spawn(link, number + 1)

        async with TaskGroup() as group:
            group.spawn(link, 1)
            group.spawn(sleep, 0)

    strategy = made("pct", depth=1)
    search(Program(main), strategy, 50)
    assert strategy._tasks == 32


def test_the_same_seed_searches_the_same_schedules():
    program = Program(planted("dining_philosophers").good)

    def way(seed):
        strategy = made("random", seed=seed)
        return [(strategy.begin(), program.attempt(strategy).taken) for _ in range(20)]

    assert way(1) == way(1) != way(2)


@pytest.mark.parametrize("text", ["", "4", "4:", ":1", "4:x", "4:1;9:2", "-1:2", "4:1,"])
def test_what_is_no_schedule_is_refused(text):
    with pytest.raises(ValueError, match='allowed "plain" or pairs like 4:1,9:2'):
        Schedule.parse(text)


def test_a_schedule_beyond_the_end_or_the_choices_is_followed_as_far_as_it_goes():
    assert replay(Program(planted("lost_update").good), Schedule.parse("0:99,7777:1")).finding is None


@pytest.mark.parametrize("width", [30, 60, 120, 200])
@pytest.mark.parametrize("bug", PLANTED)
def test_the_diagram_keeps_to_its_width_and_marks_the_preemptions(width, bug):
    finding = searched(planted(bug).bad).finding
    drawn = lanes(finding.rows, finding.preempted, width)
    assert max(map(len, drawn)) <= width
    marked = [line for line in drawn if line[: len(str(finding.rows[-1].turn)) + 1].endswith("!")]
    assert len(marked) == len(finding.preempted)
    assert len({row.task for row in finding.rows}) > 1


def test_a_long_diagram_shows_its_end():
    finding = searched(never_ends, most_turns=500).finding
    drawn = lanes(finding.rows, finding.preempted)
    assert drawn[0] == "(460 turns before)"
    assert drawn[-1].split()[0] == "500"
    assert len(drawn) == 42


def test_a_strong_schedule_leaves_no_semaphore_taken():
    async def main():
        semaphore = Semaphore(1)
        context = Context.current().with_cancel()

        async def use():
            try:
                with context:
                    async with semaphore:
                        await sleep(0)
            except BaseException:
                if not context.dead:
                    raise

        async with TaskGroup() as group:
            group.spawn(use)
            group.spawn(use)
            group.spawn(cancel, context)
        assert semaphore.try_acquire()

    async def cancel(context):
        await sleep(0)
        context.cancel()

    for strategy in NAMES:
        assert searched(main, strategy).finding is None
