"""Annotations of GitHub's Actions: what is shown, what is escaped, how many there are."""

from dataclasses import replace
from urllib.parse import unquote

import goldens
import pytest

from gopatterns_cli.render.forms.github import render
from gopatterns_cli.render.screen import Screen

import versioned
from versioned import HUNDRED, TEN, Measured

SCREEN = Screen(80)


def read(line):
    """Read a workflow command as the runner does: name, properties, data."""
    assert line.startswith("::")
    head, data = line[2:].split("::", 1)
    name, _, listed = head.partition(" ")
    properties = dict(one.split("=", 1) for one in listed.split(",") if one)
    return name, {key: unquote(value) for key, value in properties.items()}, unquote(data)


def commands(found):
    return [read(line) for line in render(found, SCREEN).splitlines()]


def many(found, count, **changes):
    one = replace(found.changes[0], **changes)
    cells = [replace(one.cell, scenario=f"s{number:05}") for number in range(count)]
    return replace(found, changes=tuple(replace(one, cell=cell) for cell in cells))


def test_annotations_are_what_they_were(versions, tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    goldens.check("versions.github.txt", render(versions, SCREEN))


def test_the_answer_is_a_notice_and_a_regression_an_error(versions):
    notice, error = commands(versions)
    assert notice == ("notice", {"title": "gopat compare"}, "1 regression, 1 improved, 1 inconclusive")
    assert error[0] == "error"
    assert error[1]["title"] == f"regression: {HUNDRED}"
    assert error[2].startswith(f"{HUNDRED}: new takes 1.18x [1.15, 1.20] the time of base")


def test_an_alarm_is_a_warning_and_nothing_is_an_error(tmp_path):
    found = versioned.found(tmp_path / "s.json", Measured(slower={TEN: 1.3}, off=1.2))
    names = [name for name, _, _ in commands(found)]
    assert names == ["notice", "warning"]
    assert commands(found)[1][2].endswith(": alarm, nothing here can be trusted")


def test_nothing_failed_is_a_notice_alone(tmp_path):
    assert [name for name, _, _ in commands(versioned.found(tmp_path / "s.json", Measured()))] == ["notice"]


@pytest.mark.parametrize(
    ("count", "errors", "last"), [(1, 1, None), (10, 10, None), (11, 10, 2), (12, 10, 3), (5_000, 10, 4_991)]
)
def test_ten_errors_are_shown_of_a_step_and_the_tenth_counts_the_rest(versions, count, errors, last):
    found = [one for one in commands(many(versions, count)) if one[0] == "error"]
    assert len(found) == errors
    if last is None:
        assert found[-1][2].startswith(f"s{count - 1:05}/")
    else:
        assert found[-1] == ("error", {"title": "gopat compare"}, f"and {last:,} more")


@pytest.mark.parametrize(
    "text", ["100%", "a%0Ab", "two\nlines", "two\r\nlines", "a: b, c=d", "::error::x", "\n::stop"]
)
def test_what_is_in_a_name_comes_back_and_makes_no_command_of_its_own(versions, text):
    change = versions.changes[0]
    bad = replace(change, cell=replace(change.cell, scenario=text))
    _, error = commands(replace(versions, changes=(bad,)))
    assert error[1]["title"].startswith(f"regression: {text}/gopat/")
    assert error[2].startswith(f"{text}/gopat/")


def test_in_properties_colons_and_commas_are_escaped_too(versions):
    line = render(versions, SCREEN).splitlines()[1]
    assert "title=regression%3A worker-pool/" in line
    assert ": new takes 1.18x [1.15, 1.20]" in line


def test_an_error_points_at_the_scenario_s_file_where_it_is_in_the_checkout(versions, tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert "file" not in commands(versions)[1][1]
    session = versions.session
    file = tmp_path / "bench" / "pool.toml"
    scenarios = {name: {**one, "path": "bench/pool.toml"} for name, one in session.plan.scenarios.items()}
    here = replace(versions, session=replace(session, plan=replace(session.plan, scenarios=scenarios)))
    assert "file" not in commands(here)[1][1]
    file.parent.mkdir()
    file.touch()
    anchor = {"file": "bench/pool.toml", "line": "1"}
    assert anchor.items() <= commands(here)[1][1].items()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "bench"))
    assert commands(here)[1][1]["file"] == "pool.toml"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "elsewhere"))
    assert "file" not in commands(here)[1][1]
