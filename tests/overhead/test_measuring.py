"""Answers are judged, and a slow arm gets fewer items. No time is asserted."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from gopatterns_cli.measuring.cells import COLD, PEER, Cell
from gopatterns_cli.overhead import arms, timing
from gopatterns_cli.overhead.operations import OPERATIONS, WrongAnswerError
from scenarios.model import OVERHEAD

WRONG = {
    "buffered": [(9, 45), (10, 44), (11, 45)],
    "unbuffered": [(9, 36)],
    "pipeline": [[0, 12, 48, 108], [12, 0, 48, 108, 192], [0, 12, 48, 108, 192, 192]],
    "pool-no-op": [list(range(0, 18, 2)), [0, *range(0, 18, 2)], [0, *range(0, 20, 2)], list(range(10))],
    "pool-wait": [list(range(0, 22, 2))],
    "fan-out": [[]],
    "select-2-parked": [(10, 46)],
    "select-2-ready": [(9, 45)],
    "select-8-parked": [(0, 0)],
    "select-8-ready": [(10, 90)],
    "semaphore": [(9, 0, 1), (10, 1, 1), (10, 0, 0)],
    "semaphore-contended": [(10, 4), (10, 0), (9, 3)],
    "spawn": [9, 11],
    "cancel": [9, 0],
    "task-memory": [9],
    "channel-memory": [11],
    "limiter": [
        [i / 1000 for i in range(9)],
        [i / 2000 for i in range(10)],
        [0.0, 0.001, 0.003, 0.002, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009],
    ],
}
"""By operation, answers for 10 items that are wrong in one way each."""

RIGHT = {"limiter": [i / 900 for i in range(10)], "semaphore-contended": (10, 2)}
"""Right ones of the operations that have more than one."""


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_wrong_answer_is_refused_and_the_right_one_taken(name):
    operation = OPERATIONS[name]
    setting = 1000 if operation.paced else None
    operation.check(RIGHT.get(name, operation.expected(10)), 10, setting)
    for answer in WRONG[name]:
        with pytest.raises(WrongAnswerError, match=name):
            operation.check(answer, 10, setting)


def test_results_of_a_pool_may_come_in_any_order():
    OPERATIONS["pool-no-op"].check([4, 0, 2], 3)


class Counting:
    """An arm that notes how often it is entered, and gives the answers of a list."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.entered = 0
        self.arm = arms.Arm("counting", SimpleNamespace(spawn=self.spawn), self.enter)

    def enter(self, fn, *args):
        self.entered += 1
        return fn(*args)

    def spawn(self, _count):
        return self.answers.pop(0)


def test_a_cold_value_enters_the_loop_each_time():
    counting = Counting([7, 7, 7])
    assert len(timing.measure(OPERATIONS["spawn"], counting.arm, count=7, loops=3)) == 3
    assert (counting.entered, counting.answers) == (3, [])


def test_warm_values_enter_it_once_and_do_not_have_the_first_run():
    counting = Counting([7, 7, 7, 7])
    assert len(timing.measure(OPERATIONS["spawn"], counting.arm, count=7, loops=3, pool="warm")) == 3
    assert (counting.entered, counting.answers) == (1, [])


@pytest.mark.parametrize("answers", [[6, 7, 7, 7], [7, 7, 7, 6]], ids=["first", "last"])
def test_a_wrong_answer_in_any_run_is_an_error(answers):
    with pytest.raises(WrongAnswerError):
        timing.measure(OPERATIONS["spawn"], Counting(answers).arm, count=7, loops=3, pool="warm")


def test_a_pool_that_is_neither_cold_nor_warm_is_refused():
    with pytest.raises(ValueError, match="allowed cold, warm"):
        timing.measure(OPERATIONS["spawn"], Counting([]).arm, count=7, pool="tepid")


@pytest.mark.parametrize(
    ("seconds", "count"),
    [
        (lambda items: 1e-5 * items, 10_000),  # fits as a whole
        (lambda items: 1e-3 * items, 1000),
        (lambda items: 1e-6 * items**2, 625),  # slow with many only: 1,600 take 2.56 s
        (lambda items: 0.5, 10_000),  # takes as long to begin as to do it
    ],
    ids=["fast", "slow", "slower and slower", "beginning"],
)
def test_a_slow_arm_gets_fewer_items(monkeypatch, seconds, count):
    monkeypatch.setattr(timing, "measure", lambda *_, count, **__: [seconds(count)])
    assert timing.fitting(spawning(10_000), 2.0) == count


def test_what_an_item_takes_is_seen_while_it_is_there():
    held, seen = [], []

    def spawn(count, look=lambda: None):
        held.append(bytearray(count * 50_000))
        look()
        seen.append(held.pop())
        return count

    arm = arms.Arm("holding", SimpleNamespace(cancel=spawn), lambda fn, *args: fn(*args))
    assert 25_000 < timing.taken(OPERATIONS["task-memory"], arm, count=1000) < 100_000
    assert [len(held) for held in seen] == [5_000_000, 50_000_000]


def test_memory_that_does_not_grow_is_no_answer():
    def channels(count, look=lambda: None):
        look()
        return count

    arm = arms.Arm("nothing", SimpleNamespace(channels=channels), lambda fn, *args: fn(*args))
    with pytest.raises(WrongAnswerError, match="did not make the process grow"):
        timing.taken(OPERATIONS["channel-memory"], arm, count=1000)


def test_what_is_held_to_a_rate_keeps_its_requests():
    assert timing.fitting(replace(spawning(7), operation="limiter", rate=2.0), 0.001) == 7


def spawning(count):
    return Cell(
        "spawn", OVERHEAD, PEER, "asyncio-queue", COLD, None, 0, "operation", 0.0, count, operation="spawn"
    )
