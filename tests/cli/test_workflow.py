"""What a step of GitHub's Actions leaves behind: its summary and its output values."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from gopatterns_cli.app import main
from gopatterns_cli.comparison import compare
from gopatterns_cli.render import versions_markdown
from gopatterns_cli.session import write
from gopatterns_cli.workflow import ALL, OURS, leave, outputs

import versioned
from synthetic import MACHINE, Truth, session
from versioned import HUNDRED, PIPELINE, TEN, Measured

SMALL = {"names": ("worker-pool", "pipeline"), "quick": True, "rounds": 6}


@pytest.fixture
def step(tmp_path, monkeypatch):
    """A step of a job: the files that the runner made."""
    monkeypatch.chdir(tmp_path)
    files = {}
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        files[name] = tmp_path / name
        files[name].touch()
        monkeypatch.setenv(name, str(files[name]))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return files


def test_the_command_leaves_a_summary_and_values_whatever_its_form(step, tmp_path, capsys):
    write(versioned.session(tmp_path / "s.json"))
    for form in ("terminal", "json", "github"):
        assert main(["compare", "s.json", "--format", form]) == 3
    assert capsys.readouterr().err == ""
    summary = step["GITHUB_STEP_SUMMARY"].read_text()
    assert summary.count("## 1 regression, 1 improved, 1 inconclusive\n") == 3
    values = step["GITHUB_OUTPUT"].read_text().splitlines()
    assert len(values) == 12
    assert [line.partition("=")[0] for line in values[:4]] == [
        "verdict",
        "regressions",
        "worst-ratio",
        "exit-code",
    ]


def test_what_other_steps_wrote_stays(step):
    step["GITHUB_STEP_SUMMARY"].write_text("before\n")
    step["GITHUB_OUTPUT"].write_text("a=b\n")
    found = versioned.found("s.json")
    leave(found)
    assert step["GITHUB_STEP_SUMMARY"].read_text() == "before\n" + versions_markdown.render(found)
    assert step["GITHUB_OUTPUT"].read_text().startswith("a=b\nverdict=regression\n")


def test_elsewhere_nothing_is_written(step, monkeypatch):
    for value in ("", "false", "1"):
        monkeypatch.setenv("GITHUB_ACTIONS", value)
        leave(versioned.found("s.json"))
    monkeypatch.delenv("GITHUB_ACTIONS")
    leave(versioned.found("s.json"))
    assert [file.read_text() for file in step.values()] == ["", ""]


def test_without_the_files_names_nothing_is_written(step, monkeypatch, capsys):
    for name in step:
        monkeypatch.setenv(name, "")
    leave(versioned.found("s.json"))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("place", ["missing/file", "missing", ".", "new\nline", "null\0"])
def test_a_file_that_cannot_be_written_to_is_a_warning_of_one_line(
    step, monkeypatch, tmp_path, capsys, place
):
    if "\0" not in place:
        for name in step:
            monkeypatch.setenv(name, str(tmp_path / place))
    else:  # no environment holds it
        monkeypatch.setattr(os, "environ", {**os.environ, **dict.fromkeys(step, place)})
    leave(versioned.found("s.json"))
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("warning: GITHUB_STEP_SUMMARY: cannot write to ")
    assert lines[1].startswith("warning: GITHUB_OUTPUT: cannot write to ")


def test_the_exit_code_stays_where_nothing_can_be_left(step, monkeypatch, tmp_path, capsys):
    write(versioned.session(tmp_path / "s.json"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "missing"))
    assert main(["compare", "s.json"]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_a_warning(step, monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/dev/full")
    leave(versioned.found("s.json"))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("warning: GITHUB_STEP_SUMMARY: cannot write to /dev/full: ")
    assert step["GITHUB_OUTPUT"].read_text()


def test_a_summary_that_is_nearly_full_is_left_as_it_is(step, capsys):
    full = "x" * (ALL - 100)
    step["GITHUB_STEP_SUMMARY"].write_text(full)
    leave(versioned.found("s.json"))
    assert step["GITHUB_STEP_SUMMARY"].read_text() == full
    assert capsys.readouterr().err.startswith("warning: GITHUB_STEP_SUMMARY: left out, ")


def test_a_long_comparison_with_the_document_is_cut_and_says_so(step, tmp_path):
    found = compare(session(tmp_path / "s.json", Truth(**SMALL)))
    leave(replace(found, notes=tuple("a note that is as long as notes are" for _ in range(5_000))))
    text = step["GITHUB_STEP_SUMMARY"].read_text()
    assert len(text.encode()) < OURS
    assert text.rstrip().endswith("left out here: the session file has everything.")


@pytest.mark.parametrize(
    ("measured", "verdict", "regressions", "code"),
    [
        (versioned.MIXED, "regression", "1", "3"),
        (Measured(), "same", "0", "0"),
        (Measured(slower={TEN: 0.7}), "improved", "0", "0"),
        (Measured(noisy={PIPELINE: 0.12}), "inconclusive", "0", "0"),
        (Measured(slower={TEN: 1.3, HUNDRED: 1.4}), "regression", "2", "3"),
        (Measured(slower={TEN: 1.3}, off=1.2), "untrustworthy", "0", "4"),
        (Measured(off=1.2), "same", "0", "0"),
        (Measured(fails={f"{TEN}/new": "no"}), "inconclusive", "0", "1"),
    ],
)
def test_the_values_of_versions(measured, verdict, regressions, code):
    found = versioned.found("s.json", measured)
    values = outputs(found)
    assert (values["verdict"], values["regressions"], values["exit-code"]) == (verdict, regressions, code)
    ratios = [change.ratio.estimate for change in found.changes if change.ratio is not None]
    assert float(values["worst-ratio"]) == max(ratios)
    assert not any("\n" in value for value in values.values())


def test_the_values_of_a_session_alone_and_of_one_with_a_baseline(tmp_path):
    alone = compare(session(tmp_path / "s.json", Truth(**SMALL)))
    assert outputs(alone) == {"verdict": "refuted", "regressions": "0", "worst-ratio": "", "exit-code": "0"}
    old = session(tmp_path / "old.json", Truth(seed=2, **SMALL))
    same = outputs(compare(session(tmp_path / "s.json", Truth(**SMALL)), old))
    assert (same["verdict"], same["exit-code"]) == ("same", "0")
    slower = {"worker-pool/gopat/asyncio/cold/workers=100": 1.5}
    worse = outputs(compare(session(tmp_path / "s.json", Truth(slower=slower, **SMALL)), old))
    assert (worse["verdict"], worse["regressions"], worse["exit-code"]) == ("regression", "1", "3")
    assert float(worse["worst-ratio"]) > 1.4
    elsewhere = session(tmp_path / "old.json", Truth(seed=2, machine={**MACHINE, "cores": 64}, **SMALL))
    advisory = outputs(compare(session(tmp_path / "s.json", Truth(slower=slower, **SMALL)), elsewhere))
    assert (advisory["regressions"], advisory["exit-code"]) == ("0", "0")
