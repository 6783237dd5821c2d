"""Jobs of a tuning in real worker processes: right on every arm, weighed, and what is wrong is one line."""

from __future__ import annotations

import pickle
import sys
from dataclasses import replace

import pytest

from gopatterns_cli.measuring.cells import GOPAT, NATIVE, Cell
from gopatterns_cli.measuring.kinds.tuned import Paced, Runs, Weighed
from gopatterns_cli.measuring.processes import LostRunError, Order, launch
from gopatterns_cli.tuning.grid import (
    ASYNCIO,
    FAN_OUT,
    FIBERS,
    POOL,
    PROCESSES,
    THREADS,
    Bounds,
    Candidate,
    Lane,
    cell_of,
    plain_cell,
)
from gopatterns_cli.tuning.judging import Judge, Unknown
from gopatterns_cli.tuning.sample import Failed, Sample, load, store, write

from looks import a_look

WORK = """\
import asyncio
import os
import threading

LOCKS = [threading.Lock() for _ in range(12)]


def picky(number):
    if number % 4 == 0:
        raise ValueError("no fours")
    return number * 2


async def slowly(number):
    await asyncio.sleep(0)
    return picky(number)


def future(number):
    return asyncio.get_running_loop().create_task(slowly(number))


def in_a_crowd(number):
    if threading.current_thread() is not threading.main_thread():
        raise OSError("too many")
    return number


async def beside_others(number):
    if len(asyncio.all_tasks()) > 1:
        raise OSError("too many")
    return number


def has_lock(lock):
    return lock.locked()


def exits(number):
    os._exit(3)


def no_memory(number):
    raise MemoryError
"""

INPUTS = list(range(12))
ANSWERS = [Failed("ValueError") if number % 4 == 0 else number * 2 for number in INPUTS]


@pytest.fixture
def sample(tmp_path, monkeypatch):
    """Write a sample of a function and return a look at it, and its folder."""
    name = f"jobs_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(WORK, encoding="utf-8")
    folder = tmp_path / "sample"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)

    def written(function, form="plain", answers=ANSWERS, failures=("ValueError",)):
        stored = store(folder, "inputs", INPUTS)
        known = store(folder, "answers", answers)
        write(
            folder,
            Sample(f"{name}:{function}", form, "x.txt", 12, 12, 1, bool(stored), known, tuple(failures)),
        )
        return a_look(function=f"{name}:{function}", form=form, count=12), folder

    yield written
    sys.modules.pop(name, None)


def order(cell):
    return Order(cell, loops=2, values=1, warmups=1, hash_seed=1, timeout_s=50)


def candidate(pattern, arm, runtime):
    return Candidate(Lane(pattern, arm, runtime), 3)


PLAIN_ARMS = [
    *((POOL, GOPAT, runtime) for runtime in (THREADS, ASYNCIO, FIBERS, PROCESSES)),
    *((POOL, NATIVE, runtime) for runtime in (THREADS, PROCESSES)),
    (FAN_OUT, GOPAT, THREADS),
]


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("arm", PLAIN_ARMS)
def test_every_arm_does_them_right_and_is_weighed(sample, arm, ordered):
    look, folder = sample("picky")
    bounds = Bounds(ordered=ordered and arm[0] == POOL)
    run = launch(order(cell_of(candidate(*arm), look, bounds, folder, 12)))
    assert len(run.values) == 1
    assert run.metadata["gopat_peak_bytes"] > 2**20


def test_processes_weigh_more_than_the_plain_loop(sample):
    look, folder = sample("picky")
    alone = launch(order(plain_cell(look, Bounds(), folder, 12))).metadata["gopat_peak_bytes"]
    for arm in (GOPAT, NATIVE):
        cell = cell_of(candidate(POOL, arm, PROCESSES), look, Bounds(), folder, 12)
        assert launch(order(cell)).metadata["gopat_peak_bytes"] > 1.5 * alone


@pytest.mark.parametrize(("function", "form"), [("slowly", "async"), ("future", "loop")])
@pytest.mark.parametrize("arm", [GOPAT, NATIVE])
@pytest.mark.parametrize("ordered", [False, True])
def test_async_functions_and_those_that_need_a_loop_run_on_asyncio(sample, function, form, arm, ordered):
    look, folder = sample(function, form)
    assert launch(
        order(cell_of(candidate(POOL, arm, ASYNCIO), look, Bounds(ordered=ordered), folder, 12))
    ).values
    assert launch(order(plain_cell(look, Bounds(), folder, 5, first=9))).values


def test_a_rate_is_held_by_our_pool_and_in_the_plain_loop(sample):
    look, folder = sample("picky")
    bounds = Bounds(rate=2_000.0)
    assert launch(order(plain_cell(look, bounds, folder, 12))).values[0] >= 11 / 2_000
    cell = cell_of(candidate(POOL, GOPAT, THREADS), look, bounds, folder, 12)
    assert launch(order(cell)).values[0] >= 11 / 2_000


def test_inputs_that_cannot_be_stored_are_taken_from_where_they_came(sample, tmp_path):
    look, folder = sample("has_lock", answers=[False] * 12, failures=())
    module = look.function.partition(":")[0]
    write(folder, Sample(look.function, "plain", f"{module}:LOCKS", 12, 12, 1, stored=False, known=12))
    cell = cell_of(candidate(POOL, GOPAT, THREADS), look, Bounds(), folder, 12)
    assert launch(order(cell)).values


def lost(cell):
    with pytest.raises(LostRunError) as raised:
        launch(order(cell))
    (line,) = str(raised.value).splitlines()
    return line


@pytest.mark.parametrize(
    ("function", "answers", "failures", "message"),
    [
        ("picky", [0] * 12, ("ValueError",), "wrong answer: "),
        ("in_a_crowd", [], (), "wrong answer: Failed(kind='OSError') where no failure is right"),
        ("exits", [], (), "ended with 3"),
        ("no_memory", [], ("MemoryError",), "MemoryError"),
    ],
)
def test_an_answer_that_is_not_the_plain_loops_ends_the_measurement(
    sample, function, answers, failures, message
):
    look, folder = sample(function, answers=answers, failures=failures)
    assert message in lost(cell_of(candidate(POOL, GOPAT, THREADS), look, Bounds(), folder, 12))


def test_a_task_that_fails_beside_others_only_is_not_excused(sample):
    look, folder = sample("beside_others", "async", answers=[], failures=())
    assert "Failed(kind='OSError')" in lost(
        cell_of(candidate(POOL, NATIVE, ASYNCIO), look, Bounds(), folder, 12)
    )


LEARNING = [
    *(("picky", "plain", arm) for arm in PLAIN_ARMS),
    ("slowly", "async", (POOL, GOPAT, ASYNCIO)),
    ("future", "loop", (POOL, NATIVE, ASYNCIO)),
]


@pytest.mark.parametrize(("function", "form", "arm"), LEARNING)
def test_a_failure_that_the_look_did_not_meet_is_an_answer_if_the_function_fails_so_by_itself(
    sample, function, form, arm
):
    look, folder = sample(function, form, answers=[], failures=())
    run = launch(order(cell_of(candidate(*arm), look, Bounds(), folder, 12)))
    assert run.metadata["gopat_failing"] == {"ValueError": "no fours"}


def test_the_plain_loop_learns_such_a_failure_too_and_nothing_is_learned_twice(sample):
    look, folder = sample("picky", answers=[], failures=())
    assert launch(order(plain_cell(look, Bounds(), folder, 12))).metadata["gopat_failing"]
    look, folder = sample("picky", answers=[], failures=("ValueError",))
    assert launch(order(plain_cell(look, Bounds(), folder, 12))).metadata["gopat_failing"] == {}


def test_what_works_in_one_loop_only_cannot_be_asked_again(sample):
    look, folder = sample("slowly", "async", answers=[], failures=())
    write(folder, replace(load(folder), one_loop=True))
    cell = cell_of(candidate(POOL, GOPAT, ASYNCIO), look, Bounds(), folder, 12)
    assert "where no failure is right" in lost(cell)


def test_a_doubt_takes_its_turn_after_the_run_and_weighs_nothing(sample, monkeypatch):
    from gopatterns_cli.tuning import calling, judging

    _, folder = sample("picky", answers=[], failures=())
    monkeypatch.syspath_prepend(folder.parent)
    now, weight = [0.0], [100]
    monkeypatch.setattr(calling.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(calling.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    for module in (judging, calling):
        monkeypatch.setattr(module, "peak_bytes", lambda: weight[0])
        monkeypatch.setattr(module, "forget_peak", lambda: weight.__setitem__(0, 90))
    judge = Judge(load(folder), rate=4.0)
    assert judge.is_right(Failed("ValueError"), Unknown(4))
    assert now == [0.25]
    assert judge.learned == {"ValueError": "no fours"}
    assert judge.peak_bytes == 100
    assert judge.is_right(Failed("ValueError"), Unknown(5))  # of a kind that is known now
    assert not judge.is_right(Failed("KeyError"), Unknown(4))
    assert not judge.is_right(Failed("KeyError"), Unknown(5))


def test_processes_that_were_replaced_weigh_nothing_beside_those_that_replaced_them(sample, monkeypatch):
    from gopatterns_cli.tuning import judging

    _, folder = sample("picky")
    monkeypatch.setattr(judging, "peak_bytes", lambda: 1_000)
    runs = Runs(Judge(load(folder), None), processes=2)
    for process, peak in ((1, 10), (2, 20), (1, 15), (3, 30), (4, 5)):
        assert runs.is_right(Weighed(0, process, peak), Unknown(0))
    assert runs.facts()["peak_bytes"] == 1_000 + 30 + 20


def test_an_order_that_is_not_kept_is_caught(sample):
    """The known-bad twin of `ordered`: an arm that gives results as they come."""
    from gopatterns_cli.measuring import timing
    from gopatterns_cli.measuring.jobs import Jobs, WrongRunError

    look, folder = sample("picky")
    cell = cell_of(candidate(POOL, GOPAT, THREADS), look, Bounds(ordered=True), folder, 12)

    def run(arm):
        jobs = Jobs.of(cell, timing.workload_of(cell))
        return timing._each(jobs, jobs.blocking(), arm, 1)

    with pytest.raises(WrongRunError, match="wrong answer"):
        run(lambda items, work: [work(item) for item in reversed(items)])
    assert run(lambda items, work: [work(item) for item in items]) >= 0


def test_a_pace_gives_turns_whoever_calls(monkeypatch):
    """On a clock of its own: what sleeps moves it."""
    from gopatterns_cli.measuring.kinds import tuned

    now = [0.0]
    monkeypatch.setattr(tuned.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(tuned.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    begun = []
    paced = Paced(lambda _: begun.append(now[0]), 4.0)
    for number in range(4):
        paced(number)
    assert begun == [0.0, 0.25, 0.5, 0.75]


def test_what_cannot_be_pickled_is_not_stored(tmp_path):
    assert store(tmp_path, "inputs", [1, lambda: 2]) == 0
    assert not (tmp_path / "inputs.pickle").exists()
    assert store(tmp_path, "inputs", [1, 2]) == 2
    with (tmp_path / "inputs.pickle").open("rb") as file:
        assert [pickle.load(file), pickle.load(file)] == [1, 2]  # noqa: S301 - our own
    assert store(tmp_path, "answers", [bytes(100), bytes(100), 1], most_bytes=150) == 2


def test_a_cell_of_a_tuning_has_a_name_of_its_own():
    look = a_look()
    names = {
        cell_of(one, look, replace(Bounds(), ordered=ordered), None, 12).name
        for one in (candidate(POOL, GOPAT, THREADS), candidate(POOL, NATIVE, THREADS))
        for ordered in (True, False)
    }
    assert len(names) == 4


def test_bench_takes_lines_of_a_file_and_paths_of_a_glob_as_inputs(tmp_path, monkeypatch):
    name = f"lines_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text("def length(text):\n    return len(text)\n", encoding="utf-8")
    (tmp_path / "urls.txt").write_text("a\nbb\nccc\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for inputs, count in (("urls.txt", 3), ("*.txt", 1)):
        cell = Cell("s", POOL, GOPAT, THREADS, "cold", 2, 0, "python", 0.0, count)
        cell = replace(cell, function=f"{name}:length", inputs=inputs)
        assert launch(order(cell)).values
