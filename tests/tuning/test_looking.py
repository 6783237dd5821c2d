"""One job looked at in a fresh process: what is found of functions that are known, and what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.asking import asked
from gopatterns_cli.measuring.processes import LostRunError
from gopatterns_cli.tuning import sample as samples
from gopatterns_cli.tuning.calling import Caller
from gopatterns_cli.tuning.look import Look
from gopatterns_cli.tuning.sample import Failed, load
from gopatterns_cli.tuning.stages import last_stage, stage

from looks import a_look

FUNCTIONS = """\
import asyncio
import hashlib
import itertools
import os
import random
import sys
import threading
import time

ITEMS = list(range(40))
ONE = [1]
LOCKS = [threading.Lock() for _ in range(3)]


def endless():
    number = 0
    while True:
        yield number
        number += 1


def hangs():
    time.sleep(3_600)
    yield 1


def slow():
    for number in range(5):
        time.sleep(0.3)
        yield number


def large():
    for number in range(1_000):
        SIZES.append(number)
        yield bytes(2**26)


def large_last():
    yield 1
    yield bytes(2**28 + 1)


SIZES = []


def size(data):
    assert len(SIZES) == 5
    return 0


def nap(number):
    time.sleep(0.01)
    return number


def spin(number):
    total = 0
    for step in range(200_000):
        total += step
    return total


def digest(number):
    return hashlib.pbkdf2_hmac("sha256", b"x", b"y", 20_000)


def prints(number):
    print("loud")
    os.write(1, b"louder")
    return number


def fails_on_threes(number):
    if number % 3 == 0:
        raise ValueError(f"no {number}\\nplease")
    return number


def fails(number):
    raise KeyError("gone")


def another(number):
    return random.random()


kept = []


def leaks(number):
    kept.append(bytearray(2**18))
    return number


def generates(number):
    yield number


def ends(number):
    os._exit(3)


def ends_well(number):
    os._exit(0)


def needs_a_loop(number):
    return asyncio.get_running_loop().create_task(slowly(number))


def gives_an_awaitable(number):
    return slowly(number)


async def slowly(number):
    await asyncio.sleep(0.005)
    return number


async def stuck(number):
    time.sleep(0.02)
    return number


async def yields(number):
    return number


lock_of = []


async def one_loop_only(number):
    loop = asyncio.get_running_loop()
    lock_of.append(loop)
    if lock_of[0] is not loop:
        raise RuntimeError("another loop")
    return number


class Result:
    def __init__(self, value):
        self.value = value


def an_object(number):
    return Result(number)


def another_object(number):
    return Result(random.random())


def no_number_in_a_list(number):
    return [number, float("nan")]


async def one_connection_only(number):
    lock_of.append(asyncio.get_running_loop())
    if lock_of[0] is not lock_of[-1]:
        raise OSError("closed")
    return number


async def one_loop_where_nothing_is_kept(number):
    lock_of.append(asyncio.get_running_loop())
    if number % 2 and lock_of[0] is not lock_of[-1]:
        raise RuntimeError("got Future attached to a different loop")
    return number


async def fails_once(number):
    await asyncio.sleep(0.06)
    lock_of.append(asyncio.get_running_loop())
    if lock_of[0] is not lock_of[-1] and not kept:
        kept.append(number)
        raise OSError("try again")
    return number


def unpicklable(number):
    return lambda: number


def of_a_lock(lock):
    return lock is not None
"""


@pytest.fixture
def look(tmp_path, monkeypatch):
    """Look at a function of a user's module; `folder` has the sample afterwards."""
    name = f"looked_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(FUNCTIONS, encoding="utf-8")
    (tmp_path / "sample").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run(function, inputs="ITEMS", seconds=2.0, timeout_s=50.0, rate=None):
        request = {
            "function": f"{name}:{function}",
            "inputs": inputs if "." in inputs else f"{name}:{inputs}",
            "files": [],
            "folder": str(tmp_path / "sample"),
            "seed": 1,
            "seconds": seconds,
            "rate": rate,
        }
        return Look.from_json(asked("gopatterns_cli.tuning.looking", request, timeout_s))

    yield run
    sys.modules.pop(name, None)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "sample"


def test_a_blocking_sleep_waits_and_holds_nothing(look):
    found = look("nap")
    assert found.nature == "waits"
    assert found.job_s >= 0.01
    assert found.stays == ""
    assert found.same_again is True


def test_pure_python_computes_and_holds_the_gil(look):
    found = look("spin")
    assert found.nature == "computes, holding the GIL"
    assert found.gil_share > 0.95  # no other thread gets it, however busy the machine is


def test_a_digest_in_c_computes_without_the_gil(look):
    found = look("digest")
    assert found.cpu_share > 0.5
    assert found.gil_share < 0.95  # another thread gets it, fewer times where the machine is busy


@pytest.mark.parametrize(
    ("shares", "nature"),
    [
        ((0.01, 0.0, None), "waits"),
        ((0.01, None, 1.9), "blocks the event loop"),
        ((0.01, None, 1.1), "waits"),
        ((1.0, 1.0, None), "computes, holding the GIL"),
        ((1.0, 0.2, None), "computes without the GIL"),
        ((3.0, 0.2, None), "computes without the GIL"),
        ((0.4, 0.4, None), "waits and computes, holding the GIL"),
        ((1.0, None, None), "computes"),
    ],
)
def test_the_nature_of_a_job_follows_from_its_shares(shares, nature):
    cpu_share, gil_share, pair = shares
    assert a_look(cpu_share=cpu_share, gil_share=gil_share, pair=pair).nature == nature


def test_what_it_prints_spoils_nothing(look):
    assert look("prints").looked_at == 40


def test_failures_are_counted_and_kept_as_answers(look, folder):
    found = look("fails_on_threes")
    (failing,) = found.failing
    assert (failing.kind, failing.jobs, found.looked_at) == ("ValueError", 14, 40)
    assert failing.message.startswith("no ")
    assert "\n" not in failing.message
    sample = load(folder)
    answers = samples.answers(folder, sample, 0, 40)
    inputs = samples.arguments(folder, sample, 0, 40)
    assert [answers[number] for number in range(40)] == [
        Failed("ValueError") if given % 3 == 0 else given for given in inputs
    ]


def test_an_order_is_drawn_once_and_begins_anew_at_its_end(look, folder):
    look("prints")
    sample = load(folder)
    inputs = samples.arguments(folder, sample, 0, 40)
    assert sorted(inputs) == list(range(40))
    assert inputs != list(range(40))
    assert samples.arguments(folder, sample, 38, 4) == [*inputs[38:], *inputs[:2]]
    assert samples.answers(folder, sample, 38, 4) == dict(enumerate([*inputs[38:], *inputs[:2]]))


def test_another_answer_each_time_is_seen_and_none_is_called_right(look, folder):
    found = look("another")
    assert found.same_again is False
    assert found.known == 0
    assert samples.answers(folder, load(folder), 0, 10) == {}


@pytest.mark.parametrize("function", ["an_object", "no_number_in_a_list"])
def test_answers_that_are_equal_to_nothing_are_the_same_by_what_is_in_them(look, function):
    found = look(function)
    assert found.same_again is True
    assert found.known == 40


def test_an_object_with_something_else_in_it_is_another_answer(look):
    assert look("another_object").same_again is False


def test_a_leak_is_seen_and_no_leak_is_none(look):
    assert look("leaks").leak_bytes >= 2**17
    assert look("prints").leak_bytes == 0


def test_an_async_function_waits_and_does_not_go_elsewhere(look):
    found = look("slowly")
    assert (found.form, found.nature) == ("async", "waits")
    assert found.stays == "an async function stays in its process"
    assert found.not_on["fibers"] == "RuntimeError: no running event loop"
    assert look("yields").not_on == {}


def test_an_async_function_that_blocks_the_loop_is_seen(look):
    assert look("stuck").nature == "blocks the event loop"


@pytest.mark.parametrize("function", ["needs_a_loop", "gives_an_awaitable"])
def test_a_plain_function_that_needs_a_loop_is_called_in_one(look, function):
    found = look(function)
    assert found.form == "loop"
    assert found.failing == ()
    assert found.same_again is True


@pytest.mark.parametrize(
    "function", ["one_loop_only", "one_connection_only", "one_loop_where_nothing_is_kept"]
)
def test_a_function_that_works_in_one_loop_only_is_seen(look, function):
    found = look(function)
    assert found.one_loop
    assert found.same_again is None


@pytest.mark.parametrize("inputs", ["ITEMS", "ONE"])
def test_a_call_that_fails_once_is_not_taken_for_one_that_needs_its_loop(look, inputs):
    found = look("fails_once", inputs=inputs)
    assert not found.one_loop
    assert found.same_again is False


def test_what_cannot_be_pickled_stays(look):
    assert look("unpicklable").stays.startswith("its answer cannot be pickled")
    locks = look("of_a_lock", inputs="LOCKS")
    assert locks.stays.startswith("its input cannot be pickled")
    assert locks.known == 3


def test_inputs_that_never_end_are_cut_off(look):
    found = look("prints", inputs="endless")
    assert found.more
    assert not found.sized
    assert found.called
    assert found.read == found.count <= 10_000


def test_inputs_that_are_too_large_together_are_read_no_further(look):
    found = look("size", inputs="large", seconds=20.0)
    assert found.read == found.count == 4  # with which it was too much
    assert (found.more, found.cut) == (True, "together they are too large")
    assert found.failing == ()


def test_inputs_of_which_the_last_is_too_large_are_all_there(look):
    found = look("prints", inputs="large_last", seconds=20.0)
    assert (found.count, found.more) == (2, False)


def test_inputs_that_come_slowly_are_read_as_long_as_there_is_time(look):
    found = look("prints", inputs="slow", seconds=0.5)
    assert (found.count, found.more, found.cut) == (1, True, "there was no time to read them")


def test_a_stage_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    """Whoever reads it between the opening of a file and its writing sees the one before."""
    stage(tmp_path, "first")
    seen = []
    write_text = Path.write_text

    def interrupted(path, text, **how):
        path.open("w").close()
        seen.append(last_stage(tmp_path))
        write_text(path, text, **how)

    monkeypatch.setattr(Path, "write_text", interrupted)
    stage(tmp_path, "second")
    assert [*seen, last_stage(tmp_path)] == ["first", "second"]


def test_an_input_that_never_comes_and_a_job_that_never_ends_are_named(look, folder):
    with pytest.raises(LostRunError, match="hung"):
        look("prints", inputs="hangs", timeout_s=3.0)
    assert last_stage(folder).startswith("reading ")


def test_lines_of_a_file_are_inputs(look, tmp_path):
    (tmp_path / "lines.txt").write_text("a\nb\n", encoding="utf-8")
    assert look("prints", inputs="lines.txt").count == 2


@pytest.mark.parametrize(
    ("function", "inputs", "code", "message"),
    [
        ("nope", "ITEMS", 2, 'TARGET: found "nope" of '),
        ("slowy", "ITEMS", 2, "did you mean slowly?"),
        ("generates", "ITEMS", 2, "a generator; allowed a function or async def"),
        ("fails", "ITEMS", 1, "fails on all 40 inputs that were tried: KeyError: 'gone'"),
        ("nap", "missing.txt", 2, "--inputs: found missing.txt, which is not there"),
    ],
)
def test_what_is_wrong_is_one_line(look, function, inputs, code, message):
    with pytest.raises(Failure) as raised:
        look(function, inputs)
    assert raised.value.exit_code == code
    assert message in raised.value.message
    assert "\n" not in raised.value.message


def test_a_function_that_ends_its_process_is_said(look, folder):
    with pytest.raises(LostRunError, match="ended with 3"):
        look("ends")
    assert "on its first input" in last_stage(folder)


def test_a_function_that_ends_its_process_without_an_error_is_said_as_well(look):
    with pytest.raises(LostRunError, match="was ended by what it ran"):
        look("ends_well")


def test_a_rate_is_kept_by_waiting_for_a_turn(monkeypatch):
    """On a clock of its own: what sleeps moves it."""
    from gopatterns_cli.tuning import calling

    now = [0.0]
    monkeypatch.setattr(calling.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(calling.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    begun = []
    caller = Caller(lambda _: begun.append(now[0]), "plain", rate=4.0)
    list(caller.each(range(5), seconds=100.0))
    assert begun == [0.0, 0.25, 0.5, 0.75, 1.0]
