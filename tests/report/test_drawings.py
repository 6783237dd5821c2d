"""What is drawn stands where its figure says: drawings are read back by the labels of their own scales."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from statistics import median
from typing import TYPE_CHECKING

import pytest
from drawings import parsed, percent, ruler, scale, section, value

from gopatterns_cli import figures
from gopatterns_cli.budget import LossBudget
from gopatterns_cli.claims import claimed
from gopatterns_cli.comparison import BudgetLine, compare
from gopatterns_cli.measuring.cells import GOPAT
from gopatterns_cli.render.report.forest import PEERS
from gopatterns_cli.render.report.losses import legend, losses
from gopatterns_cli.render.report.marks import arm_of
from gopatterns_cli.render.report.rounds import by_scenario
from gopatterns_cli.verdicts import SAME_WITHIN

import versioned
from synthetic import COSTS, Truth, session

if TYPE_CHECKING:
    from collections.abc import Iterator

FOREST = r'<table class="forest">.*?</table>'
CHART = r'<svg [^>]*class="chart".*?</svg>'

SWEEP = Truth(names=("pool-workers",), go=True, quick=True, predicted=1.05, noise=0.2)


@dataclass(frozen=True)
class Drawn:
    """What a row must show: its marks by arm, its band, and what the document says."""

    marks: list
    band: tuple[float, float]
    document: tuple[float, ...] = ()


def _claims(path) -> Iterator[Drawn]:
    found = compare(session(path, Truth(go=True, names=("worker-pool", "fan-out", "pipeline"), noise=0.3)))
    yield section(found, "claims")
    results = [line.result for line in found.claims]
    for result in (one for one in results if one.cells or one.go):
        others = [one.speedup for one in result.elsewhere]
        cells = [*result.cells, *result.go, *result.elsewhere]
        gains = [*result.gains, *result.go_gains, *others]
        marks = [(arm_of(one.cell), gain) for one, gain in zip(cells, gains, strict=True)]
        yield Drawn(marks, result.accepted, claimed(result.claim))


def _rules(path):
    found = compare(session(path, SWEEP))
    yield section(found, "rules")
    for rulings in filter(None, (line.result.rulings for line in found.claims)):
        marks = [(ruling.where, ruling.lead) for ruling in rulings]
        yield Drawn(marks, (1 / SAME_WITHIN, SAME_WITHIN))


def _costs(path):
    found = compare(session(path, replace(COSTS, noise=0.2)))
    yield section(found, "costs")
    for table in found.costs:
        ours = [row for row in table.rows if row.cell.arm == GOPAT and row.cell.pool == table.cell.pool]
        best = [(PEERS, row.ratio) for row in table.rows if row.cell.name == table.best_peer]
        yield Drawn([(arm_of(row.cell), row.ratio) for row in ours] + best, (1.0, 1.0))


def _changes(path):
    found = versioned.found(path)
    yield section(found, "changes")
    for change in found.changes:
        yield Drawn([(arm_of(change.cell), change.ratio)], (1 / 1.05, 1.05))


@pytest.mark.parametrize("read", [_claims, _rules, _costs, _changes])
def test_ratios_intervals_bands_and_the_document_stand_where_the_ruler_says(read, tmp_path):
    text, *expected = read(tmp_path / "s.json")
    (table,) = parsed(text, FOREST)
    axis = ruler(table)
    for row, drawn in zip(table.find("tbody"), expected, strict=True):
        strip = row.find(".//svg[@class='strip']")
        band, one = strip.find("rect"), strip.find("line")
        left, width = percent(band, "x"), percent(band, "width")
        low, high = map(axis.at, drawn.band)
        assert (left, width) == pytest.approx((low, max(high - low, 0.3)), abs=0.05)
        assert (percent(one, "x1"), percent(one, "x2")) == pytest.approx([axis.at(1.0)] * 2, abs=0.05)

        said = strip.findall("g[@class='document']/svg")
        places = [axis.at(figure) for figure in sorted(set(drawn.document))]
        assert [percent(diamond, "x") for diamond in said] == pytest.approx(places, abs=0.05)

        marks = strip.findall("g[@data-arm]")
        assert [mark.get("data-arm") for mark in marks] == [arm for arm, _ in drawn.marks]
        for mark, (_, ratio) in zip(marks, drawn.marks, strict=True):
            whisker, dot = mark.find("line"), mark.find("circle")
            places = percent(whisker, "x1"), percent(dot, "cx"), percent(whisker, "x2")
            ends = ratio.difference
            assert places == pytest.approx([*map(axis.at, (ends.low, ratio.estimate, ends.high))], abs=0.05)
            assert places[0] < places[1] < places[2]
            assert whisker.get("y1") == whisker.get("y2") == dot.get("cy")

        heights = [0.0, *(float(mark.find("circle").get("cy")) for mark in marks), float(strip.get("height"))]
        assert all(lower - upper >= 11 for upper, lower in pairwise(heights))


FACTORS = (1.0, 1.05, 0.8, 3.0, 0.95)
"""Of the rounds, on the time of every arm: their mean is far from their median."""


def test_dots_bars_and_the_median_of_rounds_follow_their_values(tmp_path):
    missing = "worker-pool/gopat/asyncio/cold/workers=100"
    truth = Truth(rounds=5, noise=0.0, drift=0.0, names=("worker-pool",), lost=((2, missing),))
    whole = session(tmp_path / "s.json", truth)
    runs = [replace(run, values=(run.middle * FACTORS[run.round - 1],)) for run in whole.runs]
    whole = replace(whole, runs=tuple(runs))
    cells = whole.plan.measured
    (table,) = parsed(by_scenario(whole, cells), r'<table class="rounds">.*?</table>')
    axis = ruler(table)
    bars = {}
    for row, cell in zip(table.find("tbody"), cells, strict=True):
        by_round = whole.seconds(cell.name)
        middle = median(by_round.values())
        dots, line, drawn = (row.find(f".//path[@class='{name}']").get("d") for name in "dmb")
        places = sorted(6 * axis.at(value) for value in by_round.values())  # 600 of the drawing are 100 %
        assert [*map(float, re.findall(r"M(\d+) 11h0", dots))] == pytest.approx(places, abs=1)
        assert [float(re.fullmatch(r"M(\d+) 3V19", line)[1])] == pytest.approx([6 * axis.at(middle)], abs=1)
        assert row.find("td").text == figures.seconds(middle)
        bars[cell.name] = [(int(x), -int(up)) for x, up in re.findall(r"M(\d+) 11v(-?\d+)", drawn)]
    # 10 pixels are 10 %, and the most; at the median there is a stub; five rounds share 340 from 660 on
    assert bars.pop(missing) == [(694, 3), (830, -10), (898, 10), (966, -3)]
    assert {tuple(drawn) for drawn in bars.values()} == {
        ((694, 1), (762, 5), (830, -10), (898, 10), (966, -5))
    }


def stacked(row):
    """The bars of a run: the cause that is said, its colour, where it begins, and how wide it is."""
    for bar in row.iterfind(".//g"):
        rect = bar.find("rect")
        said = bar.find("title").text.partition(":")[0]
        yield said, bar.get("class"), percent(rect, "x"), percent(rect, "width")


def test_losses_are_stacked_in_the_order_of_the_legend_and_fill_the_run(tmp_path):
    *_, cell = session(tmp_path / "s.json", Truth(names=("worker-pool",))).plan.measured
    budgets = (
        LossBudget(cell, 10.0, 4.0, {"start": 1.0, "idle tail": 2.0, "hand-offs": 3.0}),
        LossBudget(cell, 9.0, 5.0, {"start": -1.0, "alone": 4.0, "hand-offs": 1.0}),
    )
    lines = [BudgetLine("one", budgets[0], ""), BudgetLine("other", budgets[1], "")]
    (table,) = parsed(losses(lines), ".+")
    (keys,) = parsed(legend(lines), ".+")
    order = ["".join(item.itertext()) for item in keys]
    one, other = map(list, map(stacked, table.find("tbody")))
    assert order == ["its share", "start", "idle tail", "hand-offs", "alone"]
    assert [(said, left, width) for said, _, left, width in one] == [
        ("its share", 0, 40), ("start", 40, 10), ("idle tail", 50, 20), ("hand-offs", 70, 30)
    ]  # fmt: skip
    assert [(said, left, width) for said, _, left, width in other] == [
        ("its share", 0, 50), ("hand-offs", 50, 10), ("alone", 60, 40)
    ]  # fmt: skip
    colours = dict(zip(order, (item.find("span").get("class") for item in keys), strict=True))
    for said, style, _, _ in one + other:
        assert style.removeprefix("bar ") == colours[said].removeprefix("key ")


def test_what_a_run_took_is_all_of_its_bar(tmp_path):
    found = compare(session(tmp_path / "s.json", Truth(go=True, names=("worker-pool", "fan-out"))))
    (table,) = parsed(section(found, "losses"), r'<table class="losses">.*?</table>')
    for row, line in zip(table.find("tbody"), found.budgets, strict=True):
        budget = line.budget
        gained = -sum(seconds for seconds in budget.losses.values() if seconds < 0)
        said, _, lefts, widths = zip(*stacked(row), strict=True)
        assert sum(widths) == pytest.approx(100, abs=0.05)
        assert lefts == pytest.approx([0.0, *accumulate(widths[:-1])], abs=0.05)
        parts = {"its share": budget.ideal_s, **budget.losses}
        shares = [100 * parts[cause] / (budget.took_s + gained) for cause in said]
        assert widths == pytest.approx(shares, abs=0.02)
        assert said[0] == "its share"


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    found = compare(session(tmp_path_factory.mktemp("sweep") / "s.json", SWEEP))
    (chart,) = parsed(section(found, "scaling"), CHART)
    return [line.curve for line in found.curves], chart


def line(path):
    return [tuple(map(float, place.split(","))) for place in path.get("d").removeprefix("M").split("L")]


def near(places):
    return [pytest.approx(place, abs=0.2) for place in places]


@pytest.mark.parametrize(("way", "bend"), [("log", math.log), ("lin", float)])
def test_a_curve_its_ideal_its_law_and_its_marks_are_at_their_values(sweep, way, bend):
    curves, chart = sweep
    field = chart.find(f"g[@class='{way}']")
    labels = [(text.text, float(text.get("x")), float(text.get("y"))) for text in field.findall("text")]
    across = scale({value(label): x for label, x, _ in labels if re.fullmatch(r"[\d,]+", label)}).at
    heights = {value(label): y - 4 for label, _, y in labels if label.endswith("x")}
    up = scale(heights, bend).at
    grid = [float(mark.get("y1")) for mark in field.findall("line[@class='line']")]
    assert grid == near([*heights.values()])

    drawn = map(field.findall, ("g[@data-arm]", "path[@class='ideal']"))
    for curve, arm, ideal in zip(curves, *drawn, strict=True):
        points = curve.points
        measured = [(across(point.x), up(point.speedup.estimate)) for point in points]
        assert line(ideal) == near([(across(point.x), up(point.ideal)) for point in points])
        assert line(arm.find("path[@class='curve']")) == near(measured)
        dots = [dot for dot in arm.iterfind("g/circle") if dot.get("class") != "predicted"]
        assert [(float(dot.get("cx")), float(dot.get("cy"))) for dot in dots] == near(measured)
        whiskers = [[float(end.get(name)) for name in ("x1", "y1", "y2")] for end in arm.iterfind("g/line")]
        ends = [(point.x, point.speedup.difference) for point in points]
        assert whiskers == near([(across(x), up(found.low), up(found.high)) for x, found in ends])
        predicted = [float(dot.get("cy")) for dot in arm.iterfind("g/circle[@class='predicted']")]
        assert predicted == near([up(point.predicted) for point in points if point.predicted])

        law = line(arm.find("path[@class='law']"))
        rising = sorted({round(10_000 ** (step / 24)) for step in range(25)})
        assert law == near([(across(workers), up(curve.law(workers))) for workers in rising])

    said = [mark.get("transform") for mark in field.findall("g[@class='document']/path")]
    documented = [point for curve in curves for point in curve.points if point.document]
    places = [(across(point.x), up(point.document)) for point in documented]
    assert len(places) == 2 * len(curves)
    assert [tuple(map(float, re.findall(r"[\d.]+", place))) for place in said] == near(places)


def test_nothing_has_a_place_of_its_own_left_of_all_there_is(tmp_path):
    found = compare(session(tmp_path / "s.json", Truth(names=("pipeline-buffers",), quick=True)))
    (chart,) = parsed(section(found, "scaling"), CHART)
    labels = {text.text: float(text.get("x")) for text in chart.findall("g[@class='log']/text")}
    places = [labels[buffer] for buffer in ("0", "1", "10", "100", "1,000")]
    assert all(right - left > 40 for left, right in pairwise(places))
    drawn = chart.findall("g[@class='log']/g/g/circle")
    assert [float(dot.get("cx")) for dot in drawn] == places
