"""The code to paste: every text there is, run."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from types import ModuleType

import pytest

from gopatterns_cli.measuring.cells import GOPAT, NATIVE
from gopatterns_cli.tuning.checking import wrong
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
)
from gopatterns_cli.tuning.look import Failing
from gopatterns_cli.tuning.pasting import ALONE, OURS, keeps_order, pasted
from gopatterns_cli.tuning.sample import Failed

from looks import a_look

WORK = """\
import asyncio
import pathlib

ITEMS = [3, 1, 2, 5, 4]


def endless():
    number = 0
    while True:
        yield number
        number += 1


def square(number):
    return number * number


async def slowly(number):
    await asyncio.sleep(0)
    return number * number


def future(number):
    return asyncio.get_running_loop().create_task(slowly(number))


def picky(number):
    if number == 2:
        raise ValueError("no twos")
    return number * number


async def picky_slowly(number):
    await asyncio.sleep(0)
    return picky(number)


def length(line):
    return len(line)


def pool(number):
    return number * number


def size(path):
    return pathlib.Path(path).stat().st_size
"""

FORMS = {"square": "plain", "slowly": "async", "future": "loop", "picky": "plain", "picky_slowly": "async"}


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A user's module of a name of its own, in the working directory."""
    name = f"work_{tmp_path.name.replace('-', '_')}"
    tmp_path.joinpath(f"{name}.py").write_text(WORK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


def looked(work, function, inputs="ITEMS", **changes):
    fails = (Failing("ValueError", "no twos", 1),) if "picky" in function else ()
    form = FORMS.get(function, "plain")
    return a_look(
        function=f"{work}:{function}",
        inputs=f"{work}:{inputs}",
        form=form,
        failing=fails,
        count=5,
        read=5,
        **changes,
    )


def run(text, inputs):
    module = ModuleType("pasted")
    exec(compile(text, "pasted.py", "exec"), module.__dict__)  # noqa: S102 - our own text
    return module.main(inputs)


PLACES = [
    *((function, runtime) for function in ("square", "picky") for runtime in (THREADS, ASYNCIO, FIBERS)),
    ("square", PROCESSES),
    *((function, ASYNCIO) for function in ("slowly", "future", "picky_slowly")),
]


@pytest.mark.parametrize("rate", [None, 2_000.0])
@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("kind", [OURS, ALONE])
@pytest.mark.parametrize(("function", "runtime"), PLACES)
def test_every_text_gives_the_right_answers(work, function, runtime, kind, ordered, rate):
    look = looked(work, function)
    bounds = Bounds(rate=rate, ordered=ordered)
    winner = Candidate(Lane(POOL, GOPAT, runtime), 2)
    found = run(pasted(kind, winner, look, bounds), [3, 1, 2, 5, 4])
    right = {0: 9, 1: 1, 2: Failed("ValueError") if look.failing else 4, 3: 25, 4: 16}
    assert wrong(found, right, 5, ordered=keeps_order(kind, bounds)) == ""


@pytest.mark.parametrize("runtime", [THREADS, ASYNCIO])
def test_a_fan_out_is_pasted_as_one(work, runtime):
    text = pasted(OURS, Candidate(Lane(FAN_OUT, GOPAT, runtime), 2), looked(work, "square"), Bounds())
    assert "fan_out(" in text
    assert sorted(run(text, [1, 2, 3])) == [1, 4, 9]


def test_a_function_that_is_called_as_the_text_calls_something_else_is_imported_under_another_name(work):
    text = pasted(OURS, Candidate(Lane(POOL, NATIVE, THREADS), 2), looked(work, "pool"), Bounds())
    assert f"from {work} import pool as one_pool" in text
    assert sorted(run(text, [1, 2, 3])) == [1, 4, 9]


def started(text, tmp_path):
    tmp_path.joinpath("pasted.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "pasted.py"], capture_output=True, text=True, check=True, cwd=tmp_path, timeout=50
    )
    return sorted(done.stdout.split(), key=int)


@pytest.mark.parametrize("kind", [OURS, ALONE])
def test_run_as_a_program_it_reads_its_inputs_and_prints_the_results(work, tmp_path, kind):
    (tmp_path / "lines.txt").write_text("a\n\nb\x0bb\n\u2028c\n", encoding="utf-8")
    threads = Candidate(Lane(POOL, GOPAT, THREADS), 2)
    lines = replace(looked(work, "length"), inputs="lines.txt")
    assert started(pasted(kind, threads, lines, Bounds()), tmp_path) == ["1", "2", "3"]
    paths = replace(looked(work, "size"), inputs="*.txt")
    assert started(pasted(kind, threads, paths, Bounds()), tmp_path) == ["12"]
    endless = looked(work, "square", inputs="endless", more=True, sized=False, called=True)
    assert started(pasted(kind, threads, endless, Bounds()), tmp_path) == ["0", "1", "4", "9", "16"]
    listed = looked(work, "square")
    elsewhere = Candidate(Lane(POOL, GOPAT, PROCESSES), 2)
    assert started(pasted(kind, elsewhere, listed, Bounds()), tmp_path) == ["1", "4", "9", "16", "25"]


def test_a_rate_is_written_as_it_is(work):
    for rate, written in ((1_234_567.0, "1234567"), (0.123456789, "0.123456789"), (50.0, "50")):
        winner = Candidate(Lane(POOL, GOPAT, THREADS), 2)
        assert f"RateLimiter({written}, " in pasted(OURS, winner, looked(work, "square"), Bounds(rate=rate))
        assert f"1 / {written}\n" in pasted(ALONE, winner, looked(work, "square"), Bounds(rate=rate))


def test_a_limited_text_begins_no_more_jobs_than_its_rate_allows(work, monkeypatch):
    """On a clock of its own: what sleeps moves it."""
    import time

    now = itertools.count(0, 1e-6)
    slept = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: next(now) + slept[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: slept.__setitem__(0, slept[0] + seconds))
    text = pasted(ALONE, Candidate(Lane(POOL, GOPAT, THREADS), 2), looked(work, "square"), Bounds(rate=10.0))
    run(text, [1, 2, 3, 4, 5])
    assert slept[0] == pytest.approx(0.4, abs=1e-3)


def test_a_wrong_text_is_caught():
    """The known-bad twin: without it a check that looks at nothing would pass as well."""
    right = {0: 1, 1: 4, 2: 9}
    assert wrong([1, 4], right, 3, ordered=False) == "2 results, 3 are right"
    assert wrong([1, 4, 8], right, 3, ordered=False) == "9 is not among the results"
    assert wrong([4, 1, 9], right, 3, ordered=True) == "4 where 1 is right"
    assert wrong([4, 1, 9], right, 3, ordered=False) == ""
    assert wrong([[1], [2]], {0: [2]}, 2, ordered=False) == ""
    assert wrong([ValueError("x"), 1, 4], {0: Failed("ValueError")}, 3, ordered=True) == ""
    assert wrong([KeyError("x"), 1, 4], {0: Failed("ValueError")}, 3, ordered=True) != ""


class Thing:
    """Is equal to itself alone."""

    def __init__(self, value):
        self.value = value


ONE_AND_TWO = {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("found", "right"),
    [
        ([{"c": 3}, {"b": 2, "a": 1}], [ONE_AND_TWO, {"c": 3}]),
        ([Thing(2), Thing(1)], [Thing(1), Thing(2)]),
        ([[float("nan")], 1], [1, [float("nan")]]),
        ([float("nan"), 1], [1, float("nan")]),
        ([[1], [1], [2]], [[2], [1], [1]]),
        ([{1, 2}, frozenset({3})], [frozenset({3}), {2, 1}]),
    ],
)
def test_answers_in_any_order_are_the_same_by_what_they_are_and_not_by_their_words(found, right):
    assert wrong(found, dict(enumerate(right)), len(right), ordered=False) == ""


@pytest.mark.parametrize(
    ("found", "right", "missing"),
    [
        ([{"a": 1}, {"a": 1}], [{"a": 1}, {"a": 2}], "{'a': 2}"),
        ([[1], [2], [2]], [[1], [1], [2]], "[1]"),
        ([1, 2, 2], [1, 1, 2], "1"),
        ([[1], 1], [1, float("nan")], "nan"),
    ],
)
def test_each_answer_found_stands_for_one(found, right, missing):
    said = wrong(found, dict(enumerate(right)), len(right), ordered=False)
    assert said == f"{missing} is not among the results"


def test_another_object_is_not_among_the_results():
    assert wrong([Thing(1), Thing(3)], {0: Thing(1), 1: Thing(2)}, 2, ordered=False)
