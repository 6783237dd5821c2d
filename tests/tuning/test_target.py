"""What is tuned, by names: FILE.py:NAME means that very file, whatever else has its name."""

from __future__ import annotations

import os
import sys

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.functions import files_first
from gopatterns_cli.measuring.asking import asked
from gopatterns_cli.measuring.processes import Order, launch
from gopatterns_cli.tuning import sample as samples
from gopatterns_cli.tuning.grid import GOPAT, POOL, PROCESSES, Bounds, Candidate, Lane, cell_of, plain_cell
from gopatterns_cli.tuning.look import Look
from gopatterns_cli.tuning.target import resolved

RIGHT = "ITEMS = [1, 2, 3, 4]\n\n\ndef work(number):\n    return number * 2\n"
WRONG = "ITEMS = [5, 6, 7, 8]\n\n\ndef work(number):\n    return number * 3\n"


@pytest.fixture
def two(tmp_path, monkeypatch):
    """Two modules of one name: that of the working directory, or an installed one, and that in a folder."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def written(name, wrong_in="here"):
        here, there, sites = tmp_path / "here", tmp_path / "there", tmp_path / "sites"
        for folder in (here, there, sites):
            folder.mkdir()
        (there / f"{name}.py").write_text(RIGHT, encoding="utf-8")
        (tmp_path / wrong_in / f"{name}.py").write_text(WRONG, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(sites), os.environ.get("PYTHONPATH", "")]))
        monkeypatch.chdir(here)
        return f"../there/{name}.py"

    return written


def looked(target, folder):
    request = {
        "function": target.function,
        "inputs": target.inputs,
        "files": target.files,
        "folder": str(folder),
        "seed": 1,
        "seconds": 2.0,
        "rate": None,
    }
    return Look.from_json(asked("gopatterns_cli.tuning.looking", request, 50.0))


@pytest.mark.parametrize("wrong_in", ["here", "sites"])
def test_the_file_that_is_named_is_tuned_in_every_process(two, tmp_path, wrong_in):
    file = two("same_name", wrong_in)
    target = resolved(f"{file}:work", f"{file}:ITEMS")
    look = looked(target, tmp_path)
    sample = samples.load(tmp_path)
    assert sorted(samples.answers(tmp_path, sample, 0, 4).values()) == [2, 4, 6, 8]
    elsewhere = Candidate(Lane(POOL, GOPAT, PROCESSES), 2)
    for cell in (plain_cell(look, Bounds(), tmp_path, 4), cell_of(elsewhere, look, Bounds(), tmp_path, 4)):
        assert launch(Order(cell, 1, 1, 0, 1, 50)).values  # a wrong answer would be a lost run
    (tmp_path / "pasted.py").write_text(
        "import same_name\n\n\ndef main(inputs):\n    return [same_name.work(item) for item in inputs]\n",
        encoding="utf-8",
    )
    request = {"folder": str(tmp_path), "module": "pasted", "count": 4, "ordered": True}
    told = asked("gopatterns_cli.tuning.checking", request, 50.0)
    assert (told["known"], told["wrong"]) == (4, "")


@pytest.mark.parametrize("name", ["json", "scenarios"])
def test_a_file_whose_name_another_module_has_taken_already_is_refused(two, tmp_path, name):
    target = resolved(f"{two(name)}:work", "../there/*.py")
    with pytest.raises(Failure, match=f'another name: "{name}" is another module') as raised:
        looked(target, tmp_path)
    assert raised.value.exit_code == 2


def test_a_package_beside_a_file_of_its_name_is_not_taken_for_the_file(two, tmp_path):
    file = two("a_file_or_package")
    package = tmp_path / "there" / "a_file_or_package"
    package.mkdir()
    (package / "__init__.py").touch()
    with pytest.raises(Failure, match="allowed a file of another name"):
        files_first("TARGET", resolved(f"{file}:work", "x.txt").files)


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        ("{file}:work", "both.py:ITEMS"),
        ("both.py:work", "{file}:ITEMS"),
        ("{file}:work", "both:ITEMS"),
        ("both:work", "{file}:ITEMS"),
    ],
)
def test_two_modules_of_one_name_are_refused(two, function, inputs):
    file = two("both")
    with pytest.raises(Failure, match="allowed the same file, or one of another name") as raised:
        resolved(function.format(file=file), inputs.format(file=file))
    assert raised.value.exit_code == 2


def test_one_file_by_two_names_is_one(two, tmp_path):
    two("both")
    (tmp_path / "link").symlink_to(tmp_path / "here")
    for other in ("both:ITEMS", "./both.py:ITEMS", "../here/both.py:ITEMS", "../link/both.py:ITEMS"):
        assert resolved("both.py:work", other).function == "both:work"
