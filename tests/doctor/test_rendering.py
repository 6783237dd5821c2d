"""The answer as a person and as a program reads it."""

from __future__ import annotations

import json
import math

import goldens
import pytest

from gopatterns_cli.doctor import (
    cores,
    frequency,
    interpreter,
    load,
    noise,
    sleeping,
    steal,
    toolchain,
    virtualisation,
)
from gopatterns_cli.doctor.finding import Finding, Level, worst_first
from gopatterns_cli.render import doctor as render


def findings() -> list[Finding]:
    """Of a busy guest without Go, whose kernel tells little."""
    turns = [0.01 + 0.0002 * math.sin(number * number) for number in range(192)]
    return [
        noise.judged(turns),
        steal.judged(steal.Ticks(10_000, 12), steal.Ticks(10_200, 19), 2.02),
        load.judged(1.24, 2, 0.031),
        cores.judged(2, 8, 2.5),
        frequency.judged((), None),
        virtualisation.judged("docker", guest=True),
        sleeping.judged(50_000, [155e-6, 157e-6, 160e-6], [1.06e-3, 1.07e-3, 1.09e-3]),
        interpreter.judged("CPython 3.13.1", gil=True, free_threaded=False, jit=None, debug=False),
        toolchain.judged(None, "no Go here: pip install 'gopat[go]'"),
    ]


@pytest.mark.parametrize("columns", [40, 100])
def test_every_line_fits_and_reads_as_it_did(columns):
    text = render.text(worst_first(findings()), columns)
    assert max(map(len, text.splitlines())) <= columns
    goldens.check(f"doctor-{columns}.txt", text)


def test_into_a_pipe_a_finding_is_one_line():
    text = render.text(worst_first(findings()), 10_000)
    assert len(text.splitlines()) == 2 + len(findings())


def test_colour_marks_the_level_and_nothing_else():
    plain, coloured = (render.text(worst_first(findings()), 100, system) for system in (None, "standard"))
    assert "\x1b" not in plain
    assert "\x1b[31mbad\x1b[0m      steal time" in coloured
    assert "\x1b[33mremark\x1b[0m   load" in coloured
    assert "\x1b[32mgood\x1b[0m     noise" in coloured
    assert "\nunknown  frequency" in coloured


def found(*levels: Level) -> list[Finding]:
    return [Finding(f"thing {i}", level, "found", "means", {}) for i, level in enumerate(levels, start=1)]


@pytest.mark.parametrize(
    ("levels", "answer"),
    [
        ((Level.GOOD, Level.UNKNOWN), "fit to measure: nothing was found that bends the figures"),
        ((Level.GOOD, Level.REMARK), "fit, with 1 remark: thing 2"),
        ((Level.REMARK, Level.REMARK), "fit, with 2 remarks: thing 1, thing 2"),
        ((Level.BAD, Level.GOOD), "not fit: thing 1"),
        ((Level.BAD, Level.REMARK, Level.BAD), "not fit: thing 1, thing 3; and 1 remark"),
    ],
)
def test_the_first_line_is_the_answer(levels, answer):
    examined = worst_first(found(*levels))
    assert render.answer(examined) == answer
    assert render.text(examined, 100).splitlines()[:2] == [answer, ""]


def test_json_has_the_same_findings_with_their_figures():
    examined = worst_first(findings())
    written = json.loads(render.json(examined))
    assert (written["schema"], written["fit"], written["answer"]) == (1, False, render.answer(examined))
    assert [one["topic"] for one in written["findings"]] == [one.topic for one in examined.findings]
    assert [one["level"] for one in written["findings"]] == [one.level for one in examined.findings]
    figures = {one["topic"]: one["figures"] for one in written["findings"]}
    assert figures["steal time"] == {
        "steal_share": 7 / 200,
        "steal_share_since_start": 19 / 10_200,
        "look_s": 2.02,
    }
    assert figures["frequency"] == {"governor": None, "turbo": None}
