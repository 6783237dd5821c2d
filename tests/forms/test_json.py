"""Versions as JSON: everything, as the schema says."""

import copy
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import gopatterns_cli
from gopatterns_cli.app import main
from gopatterns_cli.render import json as render

import versioned
from versioned import HUNDRED, TEN, Measured

SCHEMAS = Path(gopatterns_cli.__file__).parent / "schemas"

CASES = {
    "mixed": versioned.MIXED,
    "same": Measured(),
    "alarm": Measured(slower={TEN: 1.3}, off=1.2),
    "broken": Measured(fails={f"{TEN}/new": "ImportError: no name"}),
    "no canary": Measured(fails={f"{TEN}/base/again": "it fell over"}),
    "three": Measured(versions=versioned.PYTHONS, slower={HUNDRED: 0.5}),
    "bare": Measured(machine={}),
}


@pytest.fixture(scope="module")
def schema():
    return json.loads((SCHEMAS / f"versions-{render.SCHEMA}.json").read_text(encoding="utf-8"))


def errors(schema, written):
    found = Draft202012Validator(schema).iter_errors(written)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def test_the_schema_is_one(schema):
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"] == {"const": render.SCHEMA}


def test_what_both_kinds_have_is_described_in_the_same_words(schema):
    other = json.loads((SCHEMAS / f"compare-{render.SCHEMA}.json").read_text(encoding="utf-8"))["$defs"]
    both = schema["$defs"].keys() & other.keys() - {"outcome"}
    assert len(both) == 9
    assert {name: schema["$defs"][name] for name in both} == {name: other[name] for name in both}


@pytest.mark.parametrize("measured", CASES.values(), ids=CASES)
def test_versions_are_written_as_the_schema_says(schema, tmp_path, measured):
    text = render.render(versioned.found(tmp_path / "s.json", measured))
    assert "NaN" not in text
    assert "Infinity" not in text
    written = json.loads(text)
    assert errors(schema, written) == []
    assert (written["schema"], written["kind"]) == (1, "versions")
    assert len(written["versions"]) == len(measured.versions)
    assert len(written["changes"]) == 3 * (len(measured.versions) - 1)


def test_numbers_have_all_their_digits(versions):
    written = json.loads(render.render(versions))
    change = versions.changes[0]
    assert written["changes"][0]["ratio"]["estimate"] == change.ratio.estimate
    assert written["changes"][0]["base_s"] == change.base_s


def test_the_kind_of_a_session_alone_is_said(alone):
    assert json.loads(render.render(alone))["kind"] == "session"


def test_the_command_writes_it(on_disk, capsys, schema):
    assert main(["compare", on_disk(), "--json"]) == 3
    assert errors(schema, json.loads(capsys.readouterr().out)) == []


# The known-bad twins: without them a schema that allows everything would pass as well


def objects(value, path=()):
    if isinstance(value, dict):
        yield path
        value = value.items()
    elif isinstance(value, list):
        value = enumerate(value)
    else:
        return
    for key, item in value:
        yield from objects(item, (*path, key))


def test_a_key_that_is_missing_or_new_is_found_wherever_it_is(schema, versions):
    written = json.loads(render.render(versions))
    seen = set()
    for path in objects(written):
        shape = tuple(key for key in path if isinstance(key, str))
        if shape in seen or (shape and shape[-1] in {"stopped", "machine"}):
            continue
        seen.add(shape)
        for change in (lambda one: one.update(unheard_of=1), lambda one: one.pop(next(iter(one)))):
            bad = copy.deepcopy(written)
            inner = bad
            for key in path:
                inner = inner[key]
            change(inner)
            assert errors(schema, bad), f"{path}: nothing was found"
    assert len(seen) > 8


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("kind",), "session"),
        (("versions",), []),
        (("changes", 0, "verdict"), "worse"),
        (("changes", 0, "base_s"), "3 ms"),
        (("outcome", "code"), 2),
    ],
)
def test_a_value_of_another_kind_is_found(schema, versions, path, value):
    bad = json.loads(render.render(versions))
    inner = bad
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert errors(schema, bad)
