"""What could hide, and how many rounds it would take: checked by measuring that long in simulation."""

import math
import random
from statistics import median

import pytest

from gopatterns_cli.statistics import ratio, signed_rank
from gopatterns_cli.statistics.precision import rounds_needed, smallest_visible_change


def session(centre, noise, n, rng):
    return ratio.paired([centre * math.exp(rng.gauss(0, noise)) for _ in range(n)], [1.0] * n, (0.95, 0.90))


def test_the_smallest_visible_change_is_143_percent_of_the_half_width():
    found = ratio.RatioEstimate(
        1.0, ratio.Interval(1 / 1.05, 1.05, 0.95), ratio.Interval(1 / 1.04, 1.04, 0.9), 12
    )
    assert math.log(1 + smallest_visible_change(found)) == pytest.approx(1.4294 * math.log(1.05), rel=1e-4)
    assert smallest_visible_change(found, 0.05) == pytest.approx(1.05 * 1.05**1.4294 - 1, rel=1e-4)


def test_a_change_of_the_smallest_visible_size_is_found_about_four_times_in_five():
    rng = random.Random(11)
    visible = median(1 + smallest_visible_change(session(1.0, 0.05, 12, rng)) for _ in range(400))
    found = sum(session(visible, 0.05, 12, rng).difference.low > 1.0 for _ in range(1_000))
    assert 0.72 <= found / 1_000 <= 0.90


def test_without_an_interval_nothing_is_projected():
    found = ratio.paired([2.0] * 3, [1.0] * 3, (0.95, 0.90))
    assert smallest_visible_change(found) is None
    assert rounds_needed(found, 0.9, 1.1, signed_rank.typical_half_width) is None


@pytest.mark.parametrize(
    ("centre", "low", "high"), [(10.0, 9.07, 10.98), (8.6, 9.07, 10.98), (12.0, 9.07, 10.98)]
)
def test_after_the_rounds_projected_half_of_the_sessions_are_decided(centre, low, high):
    rng = random.Random(3)
    undecided = [s for s in (session(centre, 0.16, 8, rng) for _ in range(300)) if not decided(s, low, high)]
    needed = median(rounds_needed(s, low, high, signed_rank.typical_half_width) or 1_000 for s in undecided)
    longer = [session(centre, 0.16, round(needed), rng) for _ in range(200)]
    assert needed > 8
    assert 0.35 <= sum(decided(s, low, high) for s in longer) / 200 <= 0.9


def test_an_estimate_on_the_edge_of_the_band_is_not_settled_by_measuring_longer():
    found = ratio.RatioEstimate(1.1, ratio.Interval(1.0, 1.2, 0.95), ratio.Interval(1.02, 1.18, 0.9), 12)
    assert rounds_needed(found, 0.9, 1.1, signed_rank.typical_half_width) is None


def decided(found, low, high):
    inside = low <= found.equivalence.low and found.equivalence.high <= high
    return inside or found.difference.low > high or found.difference.high < low
