"""Whether two sessions were measured alike, in words; the first line of a comparison with a baseline."""

from pathlib import Path

import pytest

from gopatterns_cli.comparison import compare
from gopatterns_cli.machines import agreement, differences
from gopatterns_cli.render import headlines

from synthetic import MACHINE, Truth, session

HERE = {**MACHINE, "governor": "performance"}


def test_what_is_the_same_is_named():
    assert agreement(HERE, HERE) == "same CPU, cores, Python, Python version, GIL, governor"


def test_what_nobody_knows_is_named_as_unknown():
    assert agreement(MACHINE, MACHINE) == "same CPU, cores, Python, Python version, GIL; governor unknown"
    assert agreement({}, {}) == "CPU, cores, Python version, governor unknown"


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("governor", "powersave", "governor: performance here, powersave there"),
        ("cores", 8, "cores: 2 here, 8 there"),
        ("cpu_model", "Another CPU", "CPU: Imaginary CPU here, Another CPU there"),
        ("python", "3.11.7", "Python version: 3.13.0 here, 3.11.7 there"),
    ],
)
def test_each_fact_that_differs_is_named_and_makes_a_baseline_advisory(fact, value, said):
    there = {**HERE, fact: value}
    assert differences(HERE, there) == (said,)
    found = baseline(there)
    assert f"(elsewhere: {said})" in headlines.answer(found)
    assert not found.baseline.decides


def test_the_first_line_says_that_a_baseline_is_from_the_same_machine():
    found = baseline(HERE)
    assert found.baseline.decides
    assert headlines.answer(found).startswith(
        "against the baseline: 3 same (same CPU, cores, Python, Python version, GIL, governor); claims: "
    )


def baseline(there):
    small = {"names": ("pipeline", "worker-pool"), "rounds": 6, "quick": True}
    old = session(Path("old.json"), Truth(seed=2, machine=there, **small))
    return compare(session(Path("new.json"), Truth(machine=HERE, **small)), old)
