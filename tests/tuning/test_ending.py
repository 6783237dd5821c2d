"""How processes end that have run a user's code: its handlers are run, its threads are not waited for."""

from __future__ import annotations

import sys

import pytest

from gopatterns_cli.measuring.asking import asked
from gopatterns_cli.measuring.processes import LostRunError, Order, launch
from gopatterns_cli.tuning.grid import GOPAT, POOL, THREADS, Bounds, Candidate, Lane, cell_of
from gopatterns_cli.tuning.look import Look

WORK = """\
import atexit
import threading
from pathlib import Path

ITEMS = [1, 2, 3, 4]
NEVER = threading.Event()
LEFT = []

atexit.register(lambda: Path("ended").touch())


def plain(number):
    return number


def leaves_a_thread(number):
    if not LEFT:
        LEFT.append(threading.Thread(target=NEVER.wait, daemon=False))
        LEFT[0].start()
    return number


def leaves_a_thread_and_fails_in_a_crowd(number):
    leaves_a_thread(number)
    if threading.current_thread() is not threading.main_thread():
        raise OSError("too many")
    return number
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A user's module; its handler leaves a file in the working directory."""
    name = f"ending_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(WORK, encoding="utf-8")
    (tmp_path / "sample").mkdir()
    monkeypatch.chdir(tmp_path)
    yield name
    sys.modules.pop(name, None)


@pytest.fixture
def looked(work, tmp_path):
    def run(function):
        request = {
            "function": f"{work}:{function}",
            "inputs": f"{work}:ITEMS",
            "files": [],
            "folder": str(tmp_path / "sample"),
            "seed": 1,
            "seconds": 2.0,
            "rate": None,
        }
        return Look.from_json(asked("gopatterns_cli.tuning.looking", request, 30.0))

    return run


def order(look, tmp_path):
    candidate = Candidate(Lane(POOL, GOPAT, THREADS), 2)
    return Order(cell_of(candidate, look, Bounds(), tmp_path / "sample", 4), 1, 1, 0, 1, 30.0)


def test_handlers_of_a_users_module_are_run_at_the_end_of_every_process(looked, tmp_path):
    ended = tmp_path / "ended"
    look = looked("plain")
    assert ended.exists()
    ended.unlink()
    launch(order(look, tmp_path))
    assert ended.exists()
    ended.unlink()
    (tmp_path / "sample" / "pasted.py").write_text("def main(inputs):\n    return inputs\n", encoding="utf-8")
    request = {"folder": str(tmp_path / "sample"), "module": "pasted", "count": 4, "ordered": True}
    assert asked("gopatterns_cli.tuning.checking", request, 30.0)["wrong"] == ""
    assert ended.exists()


def test_threads_that_a_function_has_left_are_not_waited_for(looked, tmp_path):
    look = looked("leaves_a_thread")
    assert look.count == 4
    assert launch(order(look, tmp_path)).values


def test_nor_are_they_where_something_was_wrong(looked, tmp_path):
    look = looked("leaves_a_thread_and_fails_in_a_crowd")
    with pytest.raises(LostRunError, match="wrong answer"):
        launch(order(look, tmp_path))
