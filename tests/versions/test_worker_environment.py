"""A worker of another version: its Python, its packages, its folder instead of the current one."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.cells import GOPAT, Cell
from gopatterns_cli.measuring.counting import counted_in
from gopatterns_cli.measuring.environment import Environment, variables
from gopatterns_cli.measuring.processes import LostRunError, Order, launch

from synthetic import named

ROOT = Path(__file__).parents[2]

TELLS = """\
from pathlib import Path

import patterns

items = [1, 2]


def work(item):
    Path({told!r}).write_text(__file__ + "\\n" + patterns.__file__, encoding="utf-8")
    return item
"""

CELL = Cell(
    scenario="own",
    pattern="worker-pool",
    arm=GOPAT,
    runtime="threads",
    pool="cold",
    workers=1,
    buffer=0,
    job_kind="python",
    duration_s=0.001,
    count=2,
    function="own:work",
    inputs="own:items",
)


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A folder to stand in, with modules that fail, and beside it those of a version."""
    here = tmp_path / "here"
    for name in ("here", "version", "installed"):
        (tmp_path / name).mkdir()
    for name in ("own.py", "code.py"):
        (here / name).write_text("raise RuntimeError('the current folder')\n", encoding="utf-8")
        (tmp_path / "version" / name).write_text(TELLS.format(told=str(tmp_path / "told")), encoding="utf-8")
    monkeypatch.chdir(here)
    monkeypatch.setenv("PYTHONPATH", str(here))
    return tmp_path


def order(there: Path, **changes):
    environment = Environment(sys.executable, (str(ROOT), str(there / "installed")), str(there / "version"))
    return Order(replace(CELL, **changes), 1, 1, 0, 1, 50.0, environment=environment)


def told(there: Path) -> list[str]:
    return (there / "told").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("runtime", ["threads", "processes"])
def test_a_function_comes_from_the_version_and_never_from_the_current_folder(there, runtime):
    launch(order(there, runtime=runtime))
    assert told(there)[0] == str(there / "version" / "own.py")


def test_without_an_environment_it_comes_from_the_current_folder(there):
    with pytest.raises(LostRunError, match="the current folder"):
        launch(replace(order(there), environment=None))


def test_what_is_installed_of_a_version_goes_before_its_folder(there):
    shutil.copy(there / "version" / "own.py", there / "installed")
    launch(order(there))
    assert told(there)[0] == str(there / "installed" / "own.py")


def test_a_module_of_its_folder_goes_before_one_of_pythons_as_in_the_current_folder(there):
    launch(order(there, function="code:work", inputs="code:items"))
    assert told(there)[0] == str(there / "version" / "code.py")


def test_a_file_is_looked_for_in_the_versions_folder(there):
    launch(order(there, function="own.py:work"))
    assert told(there)[0] == str(there / "version" / "own.py")


def test_a_file_by_its_whole_path_is_of_no_version(there):
    path = there / "here" / "own.py"
    with pytest.raises(LostRunError, match=r"own\.py, allowed a relative path where versions are compared"):
        launch(order(there, function=f"{path}:work"))


def test_a_worker_of_a_version_gets_nothing_of_the_users_pythonpath(there):
    environment = order(there).environment
    assert variables(1, given=environment)["PYTHONPATH"] == f"{ROOT}:{there / 'installed'}"
    assert str(there / "here") in variables(1)["PYTHONPATH"]


def test_a_python_that_is_not_there_is_one_line(there):
    environment = replace(order(there).environment, python=str(there / "nowhere"))
    with pytest.raises(LostRunError, match=r"^the worker cannot be started: No such file or directory$"):
        launch(replace(order(there), environment=environment))


# Counting inputs


def job(**changes):
    return replace(
        named("worker-pool").job, kind="python", function="own:work", inputs="own:items", **changes
    )


def test_inputs_are_counted_where_the_version_is(there):
    environment = order(there).environment
    assert counted_in(environment, job(count=0)) == 2
    assert counted_in(environment, job(count=1)) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise ValueError('not today')", "not today"),
        ("items = [1]", "work"),
        ("import os\nos._exit(0)", "job.inputs: own:items: the process was ended by what it ran"),
    ],
)
def test_inputs_that_cannot_be_counted_are_one_line(there, code, message):
    (there / "version" / "own.py").write_text(code, encoding="utf-8")
    with pytest.raises(Failure, match=message) as raised:
        counted_in(order(there).environment, job(count=0))
    assert "\n" not in raised.value.message
