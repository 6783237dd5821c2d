"""Where values stand on a scale."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gopatterns_cli.render.report.axis import LogScale, ruler

POSITIVE = st.floats(min_value=1e-9, max_value=1e9)


@given(st.lists(POSITIVE, min_size=1, max_size=20))
def test_every_value_is_on_the_scale_in_its_order(values):
    scale = LogScale.over(values)
    places = [scale.at(value) for value in sorted(values)]
    assert all(0 <= place <= 100 for place in places)
    assert places == sorted(places)


@given(POSITIVE, POSITIVE)
def test_a_scale_has_marks_and_they_are_on_it(one, other):
    scale = LogScale.over([one, other])
    marks = scale.marks()
    assert marks
    assert all(scale.low <= mark <= scale.high for mark in marks)
    assert len(marks) <= 20


def test_without_values_above_0_there_is_a_scale_all_the_same():
    assert LogScale.over([0.0, -1.0, math.inf]).at(1.0) == 50.0


def test_equal_factors_are_equal_distances():
    scale = LogScale(1.0, 100.0)
    assert [scale.at(value) for value in (1, 10, 100)] == [0.0, 50.0, 100.0]
    assert (scale.at(0), scale.at(-5), scale.at(1e6)) == (0.0, 0.0, 100.0)


def test_a_ruler_has_a_label_for_each_mark():
    scale = LogScale(0.5, 200.0)
    drawn = ruler(scale, lambda mark: f"{mark:g}x")
    assert [f">{label}<" in drawn for label in ("1x", "10x", "100x")] == [True] * 3
    assert drawn.count("<text") == len(scale.marks())


@given(POSITIVE, st.floats(min_value=1.0, max_value=9.0))
def test_a_narrow_scale_has_more_than_one_mark_and_room_for_their_labels(value, factor):
    scale = LogScale.over([value, value * factor])
    places = [scale.at(mark) for mark in scale.marks()]
    assert len(places) >= 2
    assert min(later - sooner for sooner, later in pairwise(places)) > 12
