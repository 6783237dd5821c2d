"""A comparison as a flat list: what fails, what cannot be told, what is skipped."""

import pytest

from gopatterns_cli.comparison import compare
from gopatterns_cli.entries import Status, entries, values_of

import versioned
from synthetic import MACHINE, Truth, session
from versioned import HUNDRED, PIPELINE, TEN, Measured

SMALL = {"names": ("worker-pool", "pipeline"), "quick": True, "rounds": 6}


def statuses(found):
    return {entry.name: (entry.verdict, str(entry.status)) for entry in entries(found)}


def test_of_versions_each_cell_is_an_entry():
    assert statuses(versioned.found("s.json")) == {
        HUNDRED: ("regression", "failed"),
        PIPELINE: ("inconclusive", "undecided"),
        TEN: ("improved", "passed"),
    }


def test_what_does_not_run_any_more_fails():
    found = versioned.found("s.json", Measured(fails={f"{TEN}/new": "ImportError: no name"}))
    assert statuses(found)[TEN] == ("inconclusive", "failed")


def test_under_an_alarm_a_regression_is_no_failure_and_says_why():
    found = versioned.found("s.json", Measured(slower={TEN: 1.3}, off=1.2))
    assert statuses(found)[TEN] == ("regression", "undecided")
    (entry,) = (entry for entry in entries(found) if entry.name == TEN)
    assert f"It is untrustworthy: {TEN}/base, measured twice, differs from itself: " in entry.message


def test_what_does_not_run_is_no_matter_of_noise():
    fails = {f"{HUNDRED}/new": "ImportError: no name"}
    found = versioned.found("s.json", Measured(fails=fails, off=1.2))
    assert statuses(found)[HUNDRED] == ("inconclusive", "failed")


def test_of_several_versions_every_entry_has_a_name_of_its_own():
    names = [entry.name for entry in entries(versioned.found("s.json", Measured(versions=versioned.PYTHONS)))]
    assert len(names) == len(set(names)) == 6
    assert f"{TEN}/3.14.2" in names


def test_a_refuted_claim_is_no_failure(tmp_path):
    found = compare(session(tmp_path / "s.json", Truth(**SMALL)))
    assert statuses(found)["pipeline/3-stages"] == ("refuted", "passed")


@pytest.mark.parametrize(("machine", "status"), [(MACHINE, "failed"), ({**MACHINE, "cores": 64}, "passed")])
def test_a_claim_that_held_in_the_baseline_and_is_now_refuted_fails_where_the_baseline_decides(
    tmp_path, machine, status
):
    slow = {"worker-pool/gopat/asyncio/cold/workers=10": 1.4}
    old = session(tmp_path / "old.json", Truth(seed=2, machine=machine, **SMALL))
    found = compare(session(tmp_path / "new.json", Truth(slower=slow, **SMALL)), old, tolerance=0.6)
    assert found.outcome.code == (3 if status == "failed" else 0)
    assert statuses(found)["worker-pool/10-workers"] == ("refuted", status)
    if status == "failed":
        (entry,) = (entry for entry in entries(found) if entry.name == "worker-pool/10-workers")
        assert entry.message.endswith(" It was reproduced in the baseline.")


@pytest.mark.parametrize(
    "measured",
    [
        versioned.MIXED,
        Measured(),
        Measured(slower={TEN: 1.3}, off=1.2),
        Measured(fails={f"{TEN}/new": "no"}),
    ],
)
def test_something_fails_exactly_where_the_exit_code_says_so(measured):
    found = versioned.found("s.json", measured)
    failed = [entry for entry in entries(found) if entry.status is Status.FAILED]
    assert bool(failed) == (found.outcome.code in {1, 3})


def test_the_times_behind_an_entry_are_those_of_the_rounds():
    found = versioned.found("s.json")
    entry = entries(found)[0]
    values = {label: times for label, _, times in values_of(found.session, entry)}
    assert {label: len(times) for label, times in values.items()} == {"base": 8, "new": 8}
