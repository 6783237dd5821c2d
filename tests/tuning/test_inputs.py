"""Inputs by their name: read lazily, and what is wrong with them is one line."""

from __future__ import annotations

import os
import sys
from itertools import islice

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.inputs import ITERABLE, LINES, PATHS, form_of, items, opened

MODULE = """\
import itertools

ITEMS = [1, 2, 3]
EMPTY = []
NUMBER = 3


def endless():
    return itertools.count()


def broken():
    yield 1
    raise OSError("no more")
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    name = f"given_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    yield name
    sys.modules.pop(name, None)


def test_the_three_forms(here, tmp_path):
    (tmp_path / "urls.txt").write_text("a\n", encoding="utf-8")
    (tmp_path / "odd:name").write_text("a\n", encoding="utf-8")
    assert form_of("work:ITEMS") == form_of("work.py:ITEMS") == ITERABLE
    assert form_of("images/*.jpg") == form_of("**/?.txt") == PATHS
    assert form_of("urls.txt") == form_of("missing.txt") == form_of("odd:name") == LINES


def test_a_file_gives_its_lines_without_their_ends_and_without_blank_ones(here, tmp_path):
    (tmp_path / "urls.txt").write_bytes(b" a b \r\n\n\t\nc\n\xc3\xa9")
    assert items("--inputs", "urls.txt") == [" a b ", "c", "\xe9"]
    assert items("--inputs", "urls.txt", 2) == [" a b ", "c"]


def test_a_glob_gives_the_files_in_their_order(here, tmp_path):
    for name in ("b.jpg", "a.jpg", "c.txt"):
        (tmp_path / name).touch()
    (tmp_path / "d.jpg").mkdir()
    assert items("--inputs", "*.jpg") == ["a.jpg", "b.jpg"]


def test_an_iterable_that_never_ends_is_read_as_far_as_it_is_wanted(here):
    assert list(islice(opened("--inputs", f"{here}:endless"), 3)) == [0, 1, 2]
    assert items("--inputs", f"{here}:ITEMS", 2) == [1, 2]


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("urls.tx", 2, "found urls.tx, which is not there; allowed a file with an input on each line"),
        ("urls.tx", 2, "did you mean urls.txt?"),
        (".", 2, "found ., which is no file"),
        ("empty.txt", 2, "found empty.txt, which is empty; allowed at least one input"),
        ("bytes.txt", 2, "found bytes.txt, which is not UTF-8 text"),
        ("*.jpg", 2, "found *.jpg, which no file matches"),
        ("{module}:EMPTY", 2, "which is empty"),
        ("{module}:NUMBER", 2, "allowed something to iterate over"),
        ("{module}:ITEM", 2, "did you mean ITEMS?"),
        ("{module}:broken", 1, "fails: OSError: no more"),
        ("no_such_module:ITEMS", 2, "no_such_module cannot be imported"),
    ],
)
def test_what_is_wrong_is_one_line(here, tmp_path, name, code, message):
    (tmp_path / "urls.txt").write_text("a\n", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(Failure) as raised:
        items("--inputs", name.replace("{module}", here))
    assert raised.value.exit_code == code
    assert message in raised.value.message
    assert "\n" not in raised.value.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read_says_so(here, tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("a\n", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(Failure, match="cannot be read: permission denied"):
        items("--inputs", "secret.txt")
