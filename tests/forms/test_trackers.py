"""What tools take that keep times over many commits: Bencher, and the action github-action-benchmark."""

import json
import math
from pathlib import Path
from statistics import median

import pytest
from jsonschema import Draft7Validator

from gopatterns_cli.comparison import compare
from gopatterns_cli.render.forms import bencher, github_action_benchmark
from gopatterns_cli.render.screen import Screen

import versioned
from synthetic import MEMORY, Truth, session
from versioned import HUNDRED, TEN, Measured

SCREEN = Screen(80)

BMF = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "type": "object",
            "properties": {
                "value": {"type": "number"},
                "lower_value": {"type": "number"},
                "upper_value": {"type": "number"},
            },
            "required": ["value"],
            "additionalProperties": False,
        },
    },
}
"""Bencher's own schema in other words, stricter by `additionalProperties`."""


def of_bencher(found):
    written = json.loads(bencher.render(found, SCREEN), parse_constant=pytest.fail)
    assert list(Draft7Validator(BMF).iter_errors(written)) == []
    return written


def of_action(found):
    return json.loads(github_action_benchmark.render(found, SCREEN), parse_constant=pytest.fail)


def test_bencher_takes_each_cell_s_median_in_nanoseconds_with_its_interval(found):
    written = of_bencher(found)
    session_ = found.session
    label = "/new" if session_.plan.versions else ""
    for name, measures in written.items():
        seconds = sorted(session_.seconds(f"{name}{label}").values())
        metric = measures["latency"]
        assert metric["value"] == 1e9 * median(seconds)
        assert metric["lower_value"] <= metric["value"] <= metric["upper_value"]
        assert {metric["lower_value"], metric["upper_value"]} <= {1e9 * one for one in seconds}


def test_of_versions_only_the_newest_is_there_under_names_that_stay(versions):
    assert set(of_bencher(versions)) == {one["name"] for one in of_action(versions)}
    assert {HUNDRED, TEN} <= set(of_bencher(versions))
    new = median(versions.session.seconds(f"{HUNDRED}/new").values())
    assert of_bencher(versions)[HUNDRED]["latency"]["value"] == 1e9 * new


def test_of_a_session_every_measured_cell_is_there(alone):
    names = {cell.name for cell in alone.session.plan.cells}
    assert set(of_bencher(alone)) == {one["name"] for one in of_action(alone)} == names


def test_memory_is_bytes_and_no_latency():
    found = compare(session(Path("s.json"), MEMORY))
    assert {measure for one in of_bencher(found).values() for measure in one} == {"memory"}
    assert {one["unit"] for one in of_action(found)} == {"B"}


def test_the_action_gets_a_value_its_range_and_what_was_found(versions):
    (one,) = (one for one in of_action(versions) if one["name"] == HUNDRED)
    assert set(one) == {"name", "unit", "value", "range", "extra"}
    assert one["unit"] == "ns"
    assert one["value"] == 1e9 * median(versions.session.seconds(f"{HUNDRED}/new").values())
    low, high = map(float, one["range"].split(" to "))
    assert low <= one["value"] <= high
    rounds, sentence = one["extra"].split("\n")
    assert rounds == "8 rounds"
    assert sentence.startswith(f"{HUNDRED}: new takes 1.18x")


def test_too_few_rounds_have_no_range():
    found = compare(session(Path("s.json"), Truth(rounds=3, planned=12, names=("pipeline",))))
    for one in of_bencher(found).values():
        assert set(one["latency"]) == {"value"}
    assert not any("range" in one for one in of_action(found))


def test_what_could_not_be_run_is_not_there():
    found = versioned.found(Path("s.json"), Measured(fails={f"{TEN}/new": "ImportError: no name"}))
    assert TEN not in of_bencher(found)
    assert all(math.isfinite(one["value"]) for one in of_action(found))
