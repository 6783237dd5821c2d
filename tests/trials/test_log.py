"""The log: whole lines survive whatever happens, and nothing of another machine is taken for ours."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.trials.log import append, load
from tests.trials.rigged import recorded

FIRST, SECOND, THIRD = (recorded(seed=seed, loaded=seed == 2) for seed in (1, 2, 3))
LONG = recorded(rounds=24)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "below" / "doctor.jsonl"


def written(path, *trials):
    log = load(path)
    for trial in trials:
        log = append(log, trial)
    return log


def test_a_log_that_is_not_there_is_empty_and_is_not_made(path):
    assert load(path).trials == ()
    assert not path.parent.exists()


def test_trials_come_back(path):
    log = written(path, FIRST, SECOND)
    assert load(path) == log
    assert log.trials == (FIRST, SECOND)
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(head).keys() == {"format", "gopat", "machine"}
    assert [json.loads(line)["kind"] for line in lines] == ["null", "null"]


def test_a_trial_without_intervals_or_a_canary_comes_back(path):
    ratio = replace(FIRST.ratio, low=None, high=None)
    odd = replace(FIRST, ratio=ratio, canary=None, canary_ratios=())
    assert load(written(path, odd).path).trials == (odd,)


def test_a_log_cut_at_any_byte_of_its_last_line_has_the_trials_before_and_goes_on(path):
    expected = written(path, FIRST, THIRD).path.read_bytes()
    path.unlink()
    whole = written(path, FIRST, LONG).path.read_bytes()
    assert len(whole) > len(expected)
    last = whole[:-1].rfind(b"\n") + 1
    for cut in range(last, len(whole)):
        path.write_bytes(whole[:cut])
        log = load(path)
        assert log.trials == (FIRST,)
        append(log, THIRD)
        assert path.read_bytes() == expected


def test_a_log_cut_at_any_byte_of_its_head_is_empty_and_goes_on(path):
    whole = written(path, FIRST).path.read_bytes()
    for cut in range(whole.index(b"\n") + 1):
        path.write_bytes(whole[:cut])
        assert load(path).trials == ()
        append(load(path), FIRST)
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("fact", "other", "said"),
    [
        ("cores", 64, "cores: .* here, 64 there"),
        ("python", "3.99.0", "Python version: .* here, 3.99.0 there"),
        ("cpu_model", "Another", "CPU: .* here, Another there"),
    ],
)
def test_a_log_of_another_machine_or_python_is_refused(path, fact, other, said):
    edited(path, lambda head: head["machine"].update({fact: other}))
    with pytest.raises(Failure, match=said) as refused:
        load(path)
    assert refused.value.exit_code == 2


def test_a_log_of_another_gopat_is_refused(path):
    edited(path, lambda head: head.update(gopat="0.0.9"))
    with pytest.raises(Failure, match=r"gopat: .* here, 0\.0\.9 there") as refused:
        load(path)
    assert refused.value.exit_code == 2


def test_a_log_of_another_format_is_refused(path):
    edited(path, lambda head: head.update(format=2))
    with pytest.raises(Failure, match="has format 2, this gopat reads 1"):
        load(path)


def edited(path, change):
    head, *lines = written(path, FIRST).path.read_text(encoding="utf-8").splitlines()
    read = json.loads(head)
    change(read)
    path.write_text("\n".join([json.dumps(read), *lines, ""]), encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    ["hello", "hello\n", "{}\n", "[]\n", '{"format":1}\n', "\n", "[" * 100_000 + "\n", "\x00\n"],
)
def test_what_is_no_log_is_refused_and_stays(path, text):
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Failure, match="no log of trials") as refused:
        load(path)
    assert refused.value.exit_code == 2
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slowed", "much"),
        ("rounds", -1),
        ("ratios", [1.0, None]),
        ("ratios", [0.0]),
        ("canary", {}),
        ("ratio", None),
        ("new", 1),
    ],
)
def test_a_damaged_line_is_named(path, name, value):
    written(path, FIRST, SECOND)
    head, first, second = path.read_text(encoding="utf-8").splitlines()
    damaged = json.dumps({**json.loads(first), name: value})
    path.write_text(f"{head}\n{damaged}\n{second}\n", encoding="utf-8")
    with pytest.raises(Failure, match="line 2 is no trial") as refused:
        load(path)
    assert refused.value.exit_code == 2


def test_what_another_gopat_has_written_meanwhile_is_not_lost(path):
    mine = written(path, FIRST)
    append(load(path), SECOND)
    with pytest.raises(Failure, match="another gopat writes it"):
        append(mine, THIRD)
    assert load(path).trials == (FIRST, SECOND)


def test_a_log_that_cannot_be_written_is_one_line(tmp_path):
    tmp_path.joinpath("file").write_text("", encoding="utf-8")
    log = replace(load(tmp_path / "doctor.jsonl"), path=tmp_path / "file" / "doctor.jsonl")
    with pytest.raises(Failure, match="cannot write") as refused:
        append(log, FIRST)
    assert refused.value.exit_code == 1
    with pytest.raises(Failure, match="cannot be read"):
        load(tmp_path)


def test_a_device_is_no_log():
    """One may have no end; this one would be taken for an empty log."""
    with pytest.raises(Failure, match="is a device, allowed a log of trials") as raised:
        load(Path(os.devnull))
    assert raised.value.exit_code == 2
