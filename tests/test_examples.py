"""Every public name has an example in its docstring, and every example is run."""

from __future__ import annotations

import doctest
import inspect

import pytest

import patterns

NAMES = [
    name
    for name in patterns.__all__
    if inspect.isclass(getattr(patterns, name)) or inspect.isfunction(getattr(patterns, name))
]
EVERYTHING = {name: getattr(patterns, name) for name in patterns.__all__}


def examples(name):
    text = inspect.cleandoc(getattr(patterns, name).__doc__ or "")  # its own, never an inherited one
    return doctest.DocTestParser().get_doctest(text, dict(EVERYTHING), name, None, None)


def failures(test):
    told = []
    runner = doctest.DocTestRunner(verbose=False)
    return runner.run(test, out=told.append).failed, "".join(told)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_gives_what_it_says(name):
    failed, told = failures(examples(name))
    assert failed == 0, told


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_an_example(name):
    assert examples(name).examples


def test_a_wrong_example_is_caught():
    """The known-bad twin: without it a check that runs nothing would pass as well."""
    wrong = doctest.DocTestParser().get_doctest(
        ">>> every(0.5)\n3.0\n", dict(EVERYTHING), "wrong", None, None
    )
    assert failures(wrong)[0] == 1


def test_a_name_without_an_example_is_caught(monkeypatch):
    """The known-bad twin of the second check; an inherited example does not count either."""
    monkeypatch.setattr(patterns, "Bare", type("Bare", (patterns.Channel,), {}), raising=False)
    assert not examples("Bare").examples
