"""The page of a session: what is in it, that it leaves nothing out, and that nothing in it leaves it."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gopatterns_cli import session as sessions
from gopatterns_cli.comparison import compare
from gopatterns_cli.render.report.html import VOID
from gopatterns_cli.render.report.page import render

import versioned
from synthetic import COSTS, MEMORY, Truth, session, written


class Reader(HTMLParser):
    """Reads a page: what is open, every element, the text of each section."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.elements = []
        self.text = {}
        self.section = ""

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "section":
            self.section = dict(attrs)["id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "section":
            self.section = ""

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text[self.section] = self.text.get(self.section, "") + data + " "


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


SWEEP = Truth(go=True, predicted=1.05)


@pytest.fixture(params=["claims", "overhead", "memory", "versions"])
def found(request, tmp_path):
    path = tmp_path / "s.json"
    match request.param:
        case "versions":
            return versioned.found(path)
        case "overhead":
            return compare(session(path, COSTS))
        case "memory":
            return compare(session(path, MEMORY))
        case _:
            return compare(session(path, SWEEP))


def test_a_page_is_whole_and_begins_with_the_answer(found):
    page = render(found)
    reader = read(page)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    text = " ".join(reader.text[""].split())
    assert str(found.session.path) in text
    assert text.index(str(found.session.path)) < text.index("Raw data")
    assert reader.text["raw"].count("gopat") >= 1


def test_every_section_is_named_in_the_contents(found):
    reader = read(render(found))
    sections = [attrs["id"] for tag, attrs in reader.elements if tag == "section"]
    links = [attrs["href"] for tag, attrs in reader.elements if tag == "a" and attrs["href"].startswith("#")]
    assert links[1:] == [f"#{section}" for section in sections]
    assert len(sections) == len(set(sections)) >= 5


def test_nothing_leaves_the_page(found):
    page = render(found)
    reader = read(page)
    for tag, attrs in reader.elements:
        for name in ("src", "href", "action", "data", "srcset"):
            assert attrs.get(name, "#").startswith(("#", "data:")), (tag, attrs)
        assert not any(name.startswith("on") for name in attrs), (tag, attrs)
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page
    assert "@import" not in page


def test_ids_are_there_once_and_every_table_has_heads(found):
    reader = read(render(found))
    ids = [attrs["id"] for _, attrs in reader.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    heads = [attrs for tag, attrs in reader.elements if tag == "th"]
    assert heads
    assert all(attrs.get("scope") in {"row", "col", "rowgroup"} for attrs in heads)


def test_the_raw_values_lie_in_the_page(found):
    reader = read(render(found))
    (link,) = (attrs for tag, attrs in reader.elements if tag == "a" and "download" in attrs)
    assert link["download"] == "s.csv.gz"
    packed = base64.b64decode(link["href"].removeprefix("data:application/gzip;base64,"))
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))
    assert len(rows) == len(found.session.runs)
    by_cell = {(row["cell"], int(row["round"])): float(row["value"]) for row in rows}
    for run in found.session.runs:
        assert by_cell[run.cell, run.round] == run.middle


def test_every_arm_has_its_rounds(found):
    page = render(found)
    rounds = re.search(r'<section id="rounds">(.*?)</section>', page, re.DOTALL)[1]
    measured = {run.cell for run in found.session.runs}
    assert rounds.count('<tr class="mark') == len(measured)


def test_a_claim_has_its_figure_its_interval_and_its_verdict(tmp_path):
    found = compare(session(tmp_path / "s.json", SWEEP))
    section = re.search(r'<section id="claims">(.*?)</section>', render(found), re.DOTALL)[1]
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', section, re.DOTALL)
    results = [line.result for line in found.claims if line.result.cells or line.result.go]
    assert len(rows) == len(results) >= 5
    for row, result in zip(rows, results, strict=True):
        assert row.startswith(f"{result.claim.id}</th>")
        assert f'<td class="says">{result.claim.says}</td>' in row
        assert row.endswith(f">{result.verdict}</td>")
        figures = re.findall(r"<span>([\d,.]+)x \[([\d,.]+), ([\d,.]+)\]</span>", row)
        said = [[float(figure.replace(",", "")) for figure in three] for three in figures]
        measured = [(gain.estimate, gain.difference.low, gain.difference.high) for gain in result.gains]
        assert said == [pytest.approx(three, rel=0.005) for three in measured]


def test_every_arm_that_is_drawn_can_be_switched_off(found):
    reader = read(render(found))
    arms = {attrs["data-arm"] for _, attrs in reader.elements if "data-arm" in attrs}
    switches = {attrs["data-switch"] for _, attrs in reader.elements if "data-switch" in attrs}
    assert arms == switches


def test_what_comes_from_a_session_is_text_and_nothing_else(tmp_path):
    evil = "<script>alert(1)</script>"
    whole = session(tmp_path / "s.json", SWEEP)
    found = compare(replace(whole, command=evil, version=evil, machine={**whole.machine, "kernel": evil}))
    page = render(found)
    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2


def test_the_same_session_gives_the_same_page_whenever_it_is_written(found, monkeypatch):
    page = render(found)
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert render(found) == page


@pytest.mark.parametrize("kind", ["claims", "versions"])
def test_a_session_without_a_finished_round_is_refused_in_one_line(tmp_path, gopat, kind):
    path = tmp_path / "s.json"
    whole = versioned.session(path) if kind == "versions" else session(path, SWEEP)
    sessions.write(replace(whole, status=sessions.INTERRUPTED, runs=(), stopped={}, rounds_done=0))
    message = f"error: {path}: nothing to compare: no round was finished\n"
    assert gopat("report", str(path)) == (5, "", message)
    assert not path.with_suffix(".html").exists()


@pytest.mark.parametrize("rounds", [1, 2, 11])
def test_a_session_with_too_few_rounds_is_a_page_without_an_interval(tmp_path, gopat, rounds):
    path = written(tmp_path / "s.json", replace(SWEEP, rounds=rounds, planned=12))
    code, _, err = gopat("report", str(path))
    assert (code, err) == (0, "")
    page = path.with_suffix(".html").read_text()
    assert f"{rounds} of 12 rounds" in read(page).text[""]
    assert page.count("(no interval)") >= 5
    assert 'class="whisker"' not in page
    assert "<circle " in page
