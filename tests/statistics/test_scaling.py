"""The two laws of scaling against SciPy and known truth; what is refused; the knee."""

import math
import random

import numpy as np
import pytest
import scipy.optimize

from gopatterns_cli.statistics import scaling

COUNTS = (1, 2, 5, 10, 20, 50, 100)


def throughput(workers, one=100.0, serial=0.0, crosstalk=0.0):
    return one * workers / (1 + serial * (workers - 1) + crosstalk * workers * (workers - 1))


def rounds_of(serial, crosstalk, *, rounds=8, noise=0.05, seed=1, counts=COUNTS):
    drawn = random.Random(seed)
    return [
        {n: throughput(n, 100.0, serial, crosstalk) * math.exp(drawn.gauss(0, noise)) for n in counts}
        for _ in range(rounds)
    ]


def fitted_by_scipy(rounds, *, bound):
    points = [(n, math.log(x)) for one in rounds for n, x in one.items()]
    counts, logs = (np.array(column, dtype=float) for column in zip(*points, strict=True))

    def residuals(law):
        level, serial, crosstalk = law[0], law[1], 0.0 if bound else law[2]
        shape = 1 + serial * (counts - 1) + crosstalk * counts * (counts - 1)
        return logs - level - np.log(counts / shape)

    start = [4.0, 0.05] if bound else [4.0, 0.05, 0.001]
    lower = [-np.inf] + [0.0] * (len(start) - 1)
    found = scipy.optimize.least_squares(residuals, start, bounds=(lower, np.inf), xtol=1e-12, ftol=1e-12)
    return found.x, 2 * found.cost


@pytest.mark.parametrize(("serial", "crosstalk"), [(0.05, 0.0), (0.05, 0.002), (0.0, 0.001), (0.3, 0.0)])
@pytest.mark.parametrize("seed", range(3))
def test_the_law_is_the_one_that_scipy_finds(serial, crosstalk, seed):
    rounds = rounds_of(serial, crosstalk, seed=seed)
    found = scaling.fit(rounds)
    law, loss = fitted_by_scipy(rounds, bound=found.law == scaling.AMDAHL)
    ours = (math.log(found.one), found.serial, found.crosstalk)
    logs = [(n, math.log(x)) for one in rounds for n, x in one.items()]
    our_loss = sum((log - ours[0] - math.log(throughput(n, 1.0, ours[1], ours[2]))) ** 2 for n, log in logs)
    assert our_loss <= loss * (1 + 1e-6)
    assert found.serial == pytest.approx(law[1], abs=1e-4)
    if found.law == scaling.USL:
        assert found.crosstalk == pytest.approx(law[2], abs=1e-5)


def test_crosstalk_is_seen_where_there_is_some_and_else_it_is_amdahl_s_law():
    assert scaling.fit(rounds_of(0.02, 0.001)).law == scaling.USL
    assert scaling.fit(rounds_of(0.02, 0.0)).law == scaling.AMDAHL


def test_the_intervals_hold_the_truth_about_as_often_as_they_say():
    held = 0
    for seed in range(40):
        interval = scaling.fit(rounds_of(0.05, 0.0, rounds=12, seed=seed)).intervals[0]
        held += interval.low <= 0.05 <= interval.high
    assert held >= 33  # 38 are expected; resampling 12 rounds is a little narrow


def test_the_peak_is_where_the_law_has_it_and_nothing_is_said_far_beyond_what_was_measured():
    found = scaling.fit(rounds_of(0.02, 0.001, noise=0.001))
    assert found.peak == pytest.approx(math.sqrt(0.98 / 0.001), rel=0.05)
    assert found.at(200) == pytest.approx(throughput(200, 100.0, 0.02, 0.001), rel=0.05)
    assert found.at(201) is None
    assert scaling.fit(rounds_of(0.001, 0.000001, noise=0.0001)).peak is None  # at 1,000, ten times too far


def test_many_workers_reach_what_amdahl_s_law_allows():
    assert scaling.fit(rounds_of(0.1, 0.0, noise=0.001)).most == pytest.approx(10, rel=0.02)


def test_four_counts_are_too_few():
    assert scaling.fit(rounds_of(0.1, 0.0, counts=(1, 2, 5, 10))) is None
    assert scaling.fit([]) is None


def test_a_count_that_some_rounds_lost_still_counts():
    rounds = rounds_of(0.05, 0.0)
    del rounds[0][100], rounds[3][1]
    assert scaling.fit(rounds).serial == pytest.approx(0.05, abs=0.02)


def test_the_same_rounds_give_the_same_intervals():
    rounds = rounds_of(0.05, 0.001)
    assert scaling.fit(rounds) == scaling.fit(rounds)


def test_the_knee_is_the_smallest_count_that_is_as_good_as_the_best():
    assert scaling.knee({1: 10, 10: 95, 100: 100, 1000: 60}) == 10
    assert scaling.knee({1: 10, 10: 90, 100: 100, 1000: 60}) == 100
    assert scaling.knee({1: 10}) == 1
    with pytest.raises(ValueError, match="empty"):
        scaling.knee({})
