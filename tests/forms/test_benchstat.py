"""Go's text format of benchmarks, read as its specification says and no other way."""

import math
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import goldens
import pytest

from gopatterns_cli.comparison import compare
from gopatterns_cli.render.forms.benchstat import _camel, _name, render
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.session import load

import versioned
from synthetic import COSTS, MEMORY, Truth, session
from versioned import HUNDRED, PIPELINE, TEN, Measured

SCREEN = Screen(80)

RECORDED = sorted(Path(__file__).parents[2].joinpath("results").glob("*.json"))


def parsed(text):
    """Read the format strictly; a line that is neither a configuration nor a result is an error here.

    Source: Proposal: Go Benchmark Data Format, design/14313-benchmark-format in golang.org/design.
    """
    assert text.endswith("\n")
    configuration, results = {}, []
    for line in text[:-1].split("\n"):
        key = re.match(r"([^\s:]+):(?:[ \t]+(.*))?$", line)
        if key and key[1][0].islower():
            assert not any(sign.isupper() or sign.isspace() for sign in key[1])
            configuration[key[1]] = key[2] or ""
            continue
        fields = line.split()
        assert len(fields) >= 4
        assert len(fields) % 2 == 0
        name, iterations, *pairs = fields
        assert name.startswith("Benchmark")
        assert name[len("Benchmark") :][:1].isupper()
        assert int(iterations) > 0
        values = {unit: float(value) for value, unit in zip(pairs[::2], pairs[1::2], strict=True)}
        assert all(map(math.isfinite, values.values()))
        results.append((dict(configuration), name, int(iterations), values))
    return results


def axes(name):
    """A name's key=value pairs, with what Go says of its processors."""
    whole, dash, processors = name.rpartition("-")
    first, *pairs = (whole if dash and processors.isdigit() else name).split("/")
    assert all(pair.count("=") == 1 for pair in pairs)
    return first, dict(pair.split("=") for pair in pairs), processors


def test_the_format_is_what_it_was():
    measured = Measured(slower={HUNDRED: 1.19}, stems=("worker-pool",))
    goldens.check("versions.benchstat.txt", render(versioned.found(Path("results/s.json"), measured), SCREEN))


def test_every_round_of_every_version_is_a_line(versions):
    found = parsed(render(versions, SCREEN))
    listed = {}
    for configuration, name, iterations, values in found:
        assert iterations == 6
        listed.setdefault((configuration["version"], name), []).append(values["ns/op"])
    for label in ("base", "new"):
        for cell in (TEN, HUNDRED, PIPELINE):
            (times,) = (
                times for (version, name), times in listed.items() if version == label and says(name, cell)
            )
            measured = versions.session.seconds(f"{cell}/{label}").values()
            assert times == [seconds * 1e9 for seconds in measured]


def says(name, cell):
    first, pairs, processors = axes(name)
    stem, arm, runtime, pool, *rest = cell.split("/")
    workers = dict(one.split("=") for one in rest)
    assert processors == "2"
    camel = "".join(word.capitalize() for word in stem.split("-"))
    return first == f"Benchmark{camel}" and pairs == {
        "arm": arm, "runtime": runtime, "pool": pool, **workers
    }  # fmt: skip


def test_the_two_versions_differ_in_their_configuration_alone(versions):
    found = parsed(render(versions, SCREEN))
    names = [{name for one, name, _, _ in found if one["version"] == label} for label in ("base", "new")]
    assert names[0] == names[1]
    assert found[0][0] == {"goarch": "amd64", "pkg": "gopat", "cpu": "Imaginary CPU", "version": "base"}
    assert not any("again" in name for name in names[0])


@pytest.mark.parametrize("truth", [Truth(go=True), COSTS, MEMORY], ids=["claims", "costs", "memory"])
def test_every_cell_of_a_session_has_a_name_of_its_own_and_its_unit(truth):
    held = compare(session(Path("s.json"), truth))
    found = parsed(render(held, SCREEN))
    cells = held.session.plan.cells
    assert len({name for _, name, _, _ in found}) == len(cells)
    assert len(found) == len(cells) * truth.rounds
    assert all("version" not in configuration for configuration, *_ in found)
    units = {unit for *_, values in found for unit in values}
    assert units == ({"B/op"} if truth is MEMORY else {"ns/op"})


@pytest.mark.parametrize("path", RECORDED, ids=[path.stem for path in RECORDED])
def test_every_cell_of_a_recorded_session_has_a_name_of_its_own(path):
    cells = load(path).plan.cells
    alike = Counter(_camel(stem) for stem in {cell.scenario for cell in cells})
    assert set(alike.values()) == {1}
    assert len({_name(cell, alike) for cell in cells}) == len(cells)


@pytest.mark.parametrize(
    "stem", ["two words", "3d", "\u4e2d\u6587", "a/b", "tab\there", "\u00fcber", "50%", "new\nline"]
)
def test_whatever_a_scenario_is_called_its_lines_can_be_read(versions, stem):
    renamed = renaming(versions, lambda cell: replace(cell, scenario=stem))
    found = parsed(render(renamed, SCREEN))
    assert {axes(name)[0] for _, name, _, _ in found} != set()


def test_scenarios_of_nearly_the_same_name_are_told_apart(versions):
    names = {"worker-pool": "a-b", "pipeline": "a_b"}
    renamed = renaming(versions, lambda cell: replace(cell, scenario=names[cell.scenario]))
    found = parsed(render(renamed, SCREEN))
    assert {(axes(name)[0], axes(name)[1]["scenario"]) for _, name, _, _ in found} == {
        ("BenchmarkAB", "a-b"),
        ("BenchmarkAB", "a_b"),
    }


def renaming(found, change):
    """The same comparison with other cells, under whose names the runs are."""
    plan = found.session.plan
    names = {cell.name: change(cell).name for cell in plan.measured}
    runs = tuple(
        replace(run, metadata={**run.metadata, "gopat_cell": names[run.cell]}) for run in found.session.runs
    )
    plan = replace(plan, cells=tuple(map(change, plan.cells)), canary=change(plan.canary))
    return replace(found, session=replace(found.session, plan=plan, runs=runs))


def test_what_is_not_known_is_left_out():
    found = versioned.found(Path("s.json"), Measured(machine={}))
    (configuration, name, _, _), *_ = parsed(render(found, SCREEN))
    assert configuration == {"goarch": "amd64", "pkg": "gopat", "version": "base"}
    assert not name.endswith("-2")


def test_the_system_has_go_s_name():
    machine = {"kernel": "Linux 6.18.44", "cores": 2}
    found = versioned.found(Path("s.json"), Measured(machine=machine))
    assert parsed(render(found, SCREEN))[0][0]["goos"] == "linux"


@pytest.mark.parametrize(
    "bad",
    [
        "Benchmarkpool 1 2 ns/op\n",
        "BenchmarkPool 1 2\n",
        "BenchmarkPool 1 2 ns/op 3\n",
        "BenchmarkPool x 2 ns/op\n",
        "BenchmarkPool 1 nan ns/op\n",
        "BenchmarkPool a b 1 2 ns/op x\n",
        "Key: value\n",
        "goos:linux\n",
    ],
)
def test_the_reader_of_these_tests_refuses_what_is_not_the_format(bad):
    with pytest.raises((AssertionError, ValueError)):
        parsed(bad)
