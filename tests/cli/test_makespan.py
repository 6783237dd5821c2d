"""The ideal makespan is arithmetic, and unequal waits are seen from either side."""

import pytest

from gopatterns_cli.makespan import ideal_s, unequal_jobs
from gopatterns_cli.measuring.cells import Cell


def cell(pattern="worker-pool", arm="gopat", workers=None, count=1_000):
    return Cell("s", pattern, arm, "asyncio", "cold", workers, 0, "wait", 1e-3, count)


@pytest.mark.parametrize(
    ("measured", "ideal"),
    [
        (cell(arm="serial"), 1.0),
        (cell(workers=10), 0.1),
        (cell(workers=100), 0.01),
        (cell(workers=7), 0.143),
        (cell(pattern="fan-out-fan-in", workers=8, count=100), 0.013),
        (cell(pattern="pipeline"), 1.002),
        (cell(pattern="pipeline", arm="serial"), 3.0),
    ],
)
def test_the_busiest_worker_sets_the_ideal(measured, ideal):
    assert ideal_s(measured, 1e-3) == pytest.approx(ideal)


def test_a_pattern_without_a_rule_has_no_ideal():
    assert ideal_s(cell(pattern="new"), 1e-3) is None


@pytest.mark.parametrize(
    ("one", "other", "unequal"),
    [
        (100e-6, 109e-6, False),
        (100e-6, 111e-6, True),
        (1.1e-3, 190e-6, True),
        (None, 1e-3, False),
        (0.0, 1e-3, False),
    ],
)
def test_waits_more_than_10_percent_apart_are_unequal_whichever_is_longer(one, other, unequal):
    assert unequal_jobs(one, other) is unequal
    assert unequal_jobs(other, one) is unequal
