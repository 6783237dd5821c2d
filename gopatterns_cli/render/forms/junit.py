"""JUnit's XML, which every CI server reads: a suite per scenario, a case per verdict.

A failed entry is a failure, one that cannot be told or was not measured is skipped, and a case's properties
carry the figures. Times are seconds of one run. Characters that XML 1.0 has no place for are left out.
"""

import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from statistics import median
from xml.etree import ElementTree as ET

from gopatterns_cli.entries import Entry, Found, Status, entries
from gopatterns_cli.render.screen import Screen
from gopatterns_cli.session import Session

SUITES = "gopat compare"

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: Extensible Markup Language (XML) 1.0, 5th edition, section 2.2, production 2."""

SECONDS = "2000-01-01T00:00:00"
"""As long as a time stamp without a time zone."""


def render(found: Found, _: Screen) -> str:
    """Write a comparison as JUnit's XML."""
    listed = entries(found)
    root = ET.Element("testsuites", {"name": SUITES, **_counts(found.session, listed)})
    for suite in dict.fromkeys(entry.suite for entry in listed):
        _suite(root, suite, found.session, [entry for entry in listed if entry.suite == suite])
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, name: str, session: Session, listed: list[Entry]) -> None:
    head = {"name": _text(name), "timestamp": _text(session.started[: len(SECONDS)])}
    suite = ET.SubElement(root, "testsuite", {**head, **_counts(session, listed)})
    for entry in listed:
        _case(suite, session, entry)


def _case(suite: ET.Element, session: Session, entry: Entry) -> None:
    case = ET.SubElement(suite, "testcase", name=_text(entry.name), classname=_text(entry.suite))
    time_s = _time_s(session, entry)
    if time_s is not None:
        case.set("time", _decimal(time_s))
    properties = ET.SubElement(case, "properties")
    for key, value in _properties(entry):
        ET.SubElement(properties, "property", name=key, value=_text(value))
    if entry.status is Status.FAILED:
        failure = ET.SubElement(case, "failure", message=_text(entry.message), type=_text(entry.verdict))
        failure.text = _text(entry.message)
    elif entry.status is not Status.PASSED:
        ET.SubElement(case, "skipped", message=_text(entry.message))


def _properties(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "verdict", entry.verdict
    ratio = entry.ratio
    if ratio is None or not math.isfinite(ratio.estimate):
        return
    yield "of", entry.of
    yield "ratio", _decimal(ratio.estimate)
    yield "rounds", str(ratio.n)
    ends = ratio.difference
    if ends is not None and math.isfinite(ends.low) and math.isfinite(ends.high):
        yield "interval_low", _decimal(ends.low)
        yield "interval_high", _decimal(ends.high)
        yield "level", _decimal(ends.level)


def _time_s(session: Session, entry: Entry) -> float | None:
    """The median of the newest; None where it was not measured, or bytes were."""
    if not entry.cells:
        return None
    _, name = entry.cells[-1]
    times = session.seconds(name).values()
    return median(times) if times and not session.plan.cell(name).is_memory else None


def _counts(session: Session, listed: Iterable[Entry]) -> dict[str, str]:
    found = list(listed)
    statuses = [entry.status for entry in found]
    times = [_time_s(session, entry) or 0.0 for entry in found]
    return {
        "tests": str(len(found)),
        "failures": str(statuses.count(Status.FAILED)),
        "errors": "0",
        "skipped": str(statuses.count(Status.UNDECIDED) + statuses.count(Status.SKIPPED)),
        "time": _decimal(sum(times)),
    }


def _decimal(value: float) -> str:
    """A number with all its digits and without an exponent, as XML's `decimal` has it."""
    return format(Decimal(repr(value)), "f")


def _text(text: str) -> str:
    return NO_XML.sub("", text)
