"""What `gopat compare --json` prints is what its schema says: every key, and no other."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import gopatterns_cli
import scenarios
from gopatterns_cli.comparison import Comparison, compare, memory_beside
from gopatterns_cli.render import json as render
from gopatterns_cli.session import load

from synthetic import COSTS, MEMORY, Truth, session

FILE = Path(gopatterns_cli.__file__).parent / "schemas" / f"compare-{render.SCHEMA}.json"

RECORDED = sorted(Path(__file__).parents[2].joinpath("results").glob("*.json"))

POOL_10 = "worker-pool/gopat/asyncio/cold/workers=10"


@pytest.fixture(scope="module")
def schema():
    return json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def check(schema):
    """Hold a comparison's JSON against the schema, and return it."""
    validator = Draft202012Validator(schema)

    def checked(comparison: Comparison):
        written = json.loads(render.render(comparison))
        errors = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(written)]
        assert errors == []
        return written

    return checked


def of_group(group: str, **truth: object) -> Truth:
    found = [one for one in map(scenarios.load, scenarios.shipped()) if one.name.partition("/")[0] == group]
    return Truth(names=tuple(one.stem for one in found), group=group, go=True, out_of_reach={}, **truth)


TRUTHS = {
    "claims": Truth(go=True),
    "quick": Truth(quick=True, rounds=6),
    "too few rounds": Truth(rounds=3, planned=12),
    "lost": Truth(lost=((3, POOL_10), (4, POOL_10))),
    "without a cell": Truth(lost=tuple((number, POOL_10) for number in range(1, 13))),
    "predicted": Truth(predicted=1.2),
    "overhead": COSTS,
    "memory": MEMORY,
    "sweeps": of_group("sweeps", rounds=10),
    "advice": of_group("advice"),
    "break-even": of_group("break-even", rounds=6),
}


def test_the_schema_is_one(schema):
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"] == {"const": render.SCHEMA}


def test_a_synthetic_session_stands_for_every_group():
    groups = {scenarios.load(path).name.partition("/")[0] for path in scenarios.shipped()}
    assert groups <= {truth.group for truth in TRUTHS.values()}


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS)
def test_a_session_of_any_group_is_written_as_the_schema_says(check, tmp_path, truth):
    written = check(compare(session(tmp_path / "s.json", truth)))
    assert written["session"]["group"] == truth.group


@pytest.mark.parametrize("path", RECORDED, ids=[path.stem for path in RECORDED])
def test_a_recorded_session_is_written_as_the_schema_says(check, path):
    recorded = load(path)
    check(compare(recorded, memory=memory_beside(recorded)))


@pytest.mark.parametrize("slow", [{}, {"pipeline/gopat": 1.5}], ids=["same", "regression"])
def test_a_comparison_with_a_baseline_is_written_as_the_schema_says(check, tmp_path, slow):
    old = session(tmp_path / "old.json", Truth(seed=2))
    written = check(compare(session(tmp_path / "new.json", Truth(slower=slow)), old))
    assert written["baseline"]["changes"]


def test_a_baseline_of_another_machine_is_written_as_the_schema_says(check, tmp_path):
    old = session(tmp_path / "old.json", Truth(machine={"cores": 64}, names=("pipeline",)))
    written = check(compare(session(tmp_path / "new.json", Truth()), old))
    assert written["baseline"]["elsewhere"]
    assert written["baseline"]["unmatched"]


# The known-bad twins: without them a schema that allows everything would pass as well


def objects(value, path=()):
    """Every object inside a JSON value, with the way to it."""
    if isinstance(value, dict):
        yield path
        value = value.items()
    elif isinstance(value, list):
        value = enumerate(value)
    else:
        return
    for key, item in value:
        yield from objects(item, (*path, key))


FREE = {"stopped", "machine", "where", "losses", "leaked", "go_leaked", "parts", "complexity", "values"}
"""Objects whose keys are data."""


def test_a_key_that_is_missing_or_new_is_found_wherever_it_is(check, schema, tmp_path):
    validator = Draft202012Validator(schema)
    small = Truth(names=("worker-pool",), rounds=6, quick=True, predicted=1.1)
    old = session(tmp_path / "old.json", small)
    written = check(compare(session(tmp_path / "new.json", small), old))
    seen = set()
    for path in objects(written):
        shape = tuple(key for key in path if isinstance(key, str))
        if shape in seen or (shape and shape[-1] in FREE):
            continue
        seen.add(shape)
        for change in (lambda one: one.update(unheard_of=1), lambda one: one.pop(next(iter(one)))):
            bad = copy.deepcopy(written)
            inner = bad
            for key in path:
                inner = inner[key]
            change(inner)
            assert not validator.is_valid(bad), f"{path}: nothing was found"
    assert len(seen) > 20


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("outcome", "code"), 7),
        (("claims", 0, "verdict"), "probably"),
        (("session", "started"), None),
        (("tables", 0, "configurations", 0, "rows", 0, "time_s"), "3 ms"),
        (("notes",), "one"),
        (("tally", 0), ["refuted"]),
    ],
)
def test_a_value_of_another_kind_is_found(check, schema, tmp_path, path, value):
    bad = check(compare(session(tmp_path / "s.json", Truth(names=("worker-pool",), rounds=6, quick=True))))
    inner = bad
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not Draft202012Validator(schema).is_valid(bad)
