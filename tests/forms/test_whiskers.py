"""Ratios as bars on a scale that they share."""

import math

import pytest

from gopatterns_cli.render.whiskers import WIDTH, bar, scale
from gopatterns_cli.statistics.ratio import Interval, RatioEstimate


def estimate(value, low=None, high=None):
    found = None if low is None else Interval(low, high, 0.95)
    return RatioEstimate(value, found, found, 8)


def test_a_ratio_its_interval_and_the_limits_stand_where_they_belong():
    one = estimate(1.19, 1.13, 1.25)
    drawn = bar(one, scale([one], 0.05))
    assert drawn == "--------|-+-|--===o=="


def test_a_ratio_and_its_inverse_are_mirror_images():
    worse, better = estimate(1.2, 1.1, 1.3), estimate(1 / 1.2, 1 / 1.3, 1 / 1.1)
    on = scale([worse, better], 0.05)
    assert bar(worse, on) == bar(better, on)[::-1]


def test_the_scale_is_shared_and_a_huge_ratio_does_not_take_it_away_from_the_others():
    small, huge = estimate(1.01, 0.99, 1.03), estimate(80.0, 79.0, 81.0)
    on = scale([small, huge], 0.05)
    assert bar(huge, on).endswith(">")
    assert "o" not in bar(huge, on)
    assert bar(small, on).count("|") == 2
    assert bar(estimate(1 / 80.0, 1 / 81, 1 / 79), on).startswith("<")


def test_without_an_interval_the_ratio_alone_is_drawn():
    one = estimate(1.1)
    drawn = bar(one, scale([one], 0.05))
    assert "=" not in drawn
    assert drawn.count("o") == 1


@pytest.mark.parametrize("tolerance", [0.0, 0.001, 0.05, 0.5, 99.0])
@pytest.mark.parametrize(
    "ends", [(0.999, 1.0, 1.001), (0.2, 1.0, 5.0), (1e-9, 1.0, 1e9), (3.0, 4.0, math.inf)]
)
def test_every_bar_is_as_wide_as_the_others(tolerance, ends):
    low, value, high = ends
    one = estimate(value, low, high)
    assert len(bar(one, scale([one], tolerance))) == WIDTH


def test_the_legend_names_the_limits():
    assert "| the limits 0.952x and 1.05x" in scale([], 0.05).legend
