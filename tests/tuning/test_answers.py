"""Whether two answers are the same: of values, objects, arrays, and of those that never say."""

from __future__ import annotations

import pickle

import pytest

from gopatterns_cli.answers import alike

NAN = float("nan")


class Odd:
    def __eq__(self, other):
        raise ValueError("neither true nor false")

    __hash__ = None


class Thing:
    """Is equal to itself alone."""

    def __init__(self, value):
        self.value = value


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (1, 1),
        (1, 1.0),
        (NAN, float("nan")),
        (Odd(), Odd()),
        (Thing(1), Thing(1)),
        (Thing([1, Thing("a")]), Thing([1, Thing("a")])),
        ([1, NAN], [1, float("nan")]),
        ({"a": (NAN,)}, {"a": (float("nan"),)}),
        (Thing("value"), pickle.loads(pickle.dumps(Thing("value")))),  # noqa: S301 - our own
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ],
)
def test_what_is_alike(found, right):
    assert alike(found, right)
    assert alike(right, found)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (1, 2),
        (1, NAN),
        (Odd(), 1),
        (Thing(1), Thing(2)),
        (Thing(1), 1),
        (Thing(Thing(1)), Thing(Thing(2))),
        ([1, NAN], [2, NAN]),
        ([NAN], [NAN, NAN]),
        (lambda: 1, lambda: 1),
    ],
)
def test_what_is_not_alike(found, right):
    assert not alike(found, right)
    assert not alike(right, found)
