"""JUnit's XML, read by a reader of the usual kind."""

from dataclasses import replace
from statistics import median
from xml.etree import ElementTree as ET

import goldens
import pytest
from junitparser import Failure, JUnitXml, Skipped

from gopatterns_cli.entries import Status, entries
from gopatterns_cli.render.forms.junit import render
from gopatterns_cli.render.screen import Screen

import versioned
from versioned import HUNDRED, PIPELINE, TEN, Measured

SCREEN = Screen(80)


def read(found):
    return JUnitXml.fromstring(render(found, SCREEN).encode())


def cases(found):
    return {case.name: case for suite in read(found) for case in suite}


def properties(case):
    return {one.get("name"): one.get("value") for one in case._elem.iter("property")}


def test_junit_is_what_it_was(versions):
    goldens.check("versions.junit.xml", render(versions, SCREEN))


def test_every_entry_is_a_case_with_its_status(found):
    listed = entries(found)
    read_back = [(suite.name, case.name, case.result) for suite in read(found) for case in suite]
    assert len(read_back) == len(listed)
    kinds = {Status.FAILED: [Failure], Status.PASSED: []}
    expected = {(entry.suite, entry.name): kinds.get(entry.status, [Skipped]) for entry in listed}
    assert {(suite, name): [type(one) for one in result] for suite, name, result in read_back} == expected


def test_the_counts_are_those_of_the_cases(found):
    xml = read(found)
    suites = list(xml)
    for whole, parts in [(xml, suites), *((suite, list(suite)) for suite in suites)]:
        inner = [case for suite in suites for case in suite] if whole is xml else parts
        results = [type(one) for case in inner for one in case.result]
        assert whole.tests == len(inner)
        assert whole.failures == results.count(Failure)
        assert whole.skipped == results.count(Skipped)
        assert whole.errors == 0
    assert xml.time == pytest.approx(sum(case.time or 0 for suite in suites for case in suite))


def test_a_case_has_the_figures_with_all_their_digits_and_the_time_of_the_newest(versions):
    case, change = cases(versions)[HUNDRED], versions.changes[0]
    found = properties(case)
    assert found["verdict"] == "regression"
    assert float(found["ratio"]) == change.ratio.estimate
    assert float(found["interval_low"]) == change.ratio.difference.low
    assert float(found["interval_high"]) == change.ratio.difference.high
    assert (float(found["level"]), int(found["rounds"])) == (0.99, 8)
    assert case.time == median(versions.session.seconds(f"{HUNDRED}/new").values())
    assert case.result[0].message.startswith(f"{HUNDRED}: new takes 1.18x [1.15, 1.20] the time of base")
    assert cases(versions)[PIPELINE].is_skipped
    assert cases(versions)[TEN].is_passed


def test_what_was_not_measured_has_no_figures(tmp_path):
    found = versioned.found(tmp_path / "s.json", Measured(fails={f"{TEN}/new": "ImportError: no name"}))
    case = cases(found)[TEN]
    assert properties(case) == {"verdict": "inconclusive"}
    assert case.is_failure
    assert case.time is None


@pytest.mark.parametrize(
    "text",
    ["a<b>&\"'", "\x00\x08\x0b\x1b[31m", "\ud800", "\ufffe\uffff", "tab\tline\nend", "]]>", "\u00e4\u4e2d"],
)
def test_whatever_is_in_a_name_or_a_reason_it_stays_xml(versions, text):
    change = versions.changes[0]
    judgement = replace(change.judgement, reason=text)
    bad = replace(change, cell=replace(change.cell, scenario=f"s{text}"), judgement=judgement)
    written = render(replace(versions, changes=(bad,)), SCREEN)
    root = ET.fromstring(written.encode("utf-8"))  # noqa: S314 - our own
    assert root.find("testsuite/testcase/failure") is not None


def test_small_numbers_have_no_exponent(versions):
    change = versions.changes[0]
    tiny = replace(change, ratio=replace(change.ratio, estimate=1.5e-7))
    text = render(replace(versions, changes=(tiny,)), SCREEN)
    assert 'name="ratio" value="0.00000015"' in text
