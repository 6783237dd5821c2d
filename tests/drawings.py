"""Drawings read back: their SVG, and their scales from the labels that stand on them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from gopatterns_cli.render.report.page import render

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS = {"": 1.0, "x": 1.0, "s": 1.0, "ms": 1e-3, "us": 1e-6}


@dataclass(frozen=True)
class Scale:
    """A straight line through the outermost of a scale's labels; `bend` makes it one."""

    first: tuple[float, float]
    last: tuple[float, float]
    bend: Callable[[float], float]

    def at(self, value):
        (low, start), (high, end) = self.first, self.last
        return start + (end - start) * (self.bend(value) - self.bend(low)) / (
            self.bend(high) - self.bend(low)
        )


def scale(places, bend=math.log):
    """Where values stand, by labelled places; every label is there where the outermost two say."""
    found = Scale(min(places.items()), max(places.items()), bend)
    assert len(places) >= 3
    assert [*places.values()] == pytest.approx([found.at(value) for value in places], abs=0.2)
    return found


def value(label):
    number, unit = re.fullmatch(r"([\d.,]+) ?([a-z]*)", label).groups()
    return float(number.replace(",", "")) * UNITS[unit]


def percent(element, name):
    return float(element.get(name).removesuffix("%"))


def ruler(table):
    svg = table.find(".//svg[@class='ruler']")
    ticks = [percent(tick, "x1") for tick in svg.findall("line")[1:]]
    places = {value(text.text): percent(text, "x") for text in svg.iter("text")}
    assert ticks == [*places.values()]
    return scale(places)


def parsed(text, pattern):
    found = re.findall(pattern, text, re.DOTALL)
    return [ET.fromstring(one) for one in found]  # noqa: S314 - our own


def section(found, name):
    return re.search(rf'<section id="{name}">.*?</section>', render(found), re.DOTALL)[0]
