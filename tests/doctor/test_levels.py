"""Each level at its edge: the value that still has it, and the next that has not."""

from __future__ import annotations

import math
import random

import pytest

from gopatterns_cli.doctor import (
    addresses,
    ceilings,
    clock,
    cores,
    folders,
    frequency,
    interpreter,
    load,
    memory,
    noise,
    others,
    power,
    siblings,
    sleeping,
    steal,
    swap,
    toolchain,
    virtualisation,
)
from gopatterns_cli.doctor.finding import Finding, Level, worst_first
from gopatterns_cli.measuring import golang
from gopatterns_cli.measuring.groups import MemoryBound

BAD, REMARK, UNKNOWN, GOOD = Level.BAD, Level.REMARK, Level.UNKNOWN, Level.GOOD


@pytest.mark.parametrize(
    ("allowed", "there", "quota", "level"),
    [(2, 2, None, GOOD), (2, 8, None, GOOD), (1, 8, None, REMARK), (2, 2, 2.0, GOOD), (2, 2, 1.99, REMARK),
     (2, 2, 1.0, REMARK), (2, 2, 0.99, BAD), (1, 1, 0.5, BAD)],
)  # fmt: skip
def test_cores(allowed, there, quota, level):
    assert cores.judged(allowed, there, quota).level is level


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({0: frozenset({0}), 1: frozenset({1})}, GOOD),
        ({0: frozenset({0, 2}), 1: frozenset({1, 3})}, GOOD),
        ({0: frozenset({0, 1}), 1: frozenset({0, 1})}, REMARK),
        ({}, UNKNOWN),
    ],
)
def test_only_siblings_that_may_be_used_share_a_core(told, level):
    assert siblings.judged(told).level is level


@pytest.mark.parametrize(
    ("one", "waited", "level"),
    [(1.0, None, GOOD), (1.01, None, REMARK), (2.0, 0.0, REMARK), (2.01, 0.0, BAD), (0.0, 0.05, GOOD),
     (0.0, 0.051, REMARK), (None, 0.051, REMARK), (None, 0.0, GOOD), (None, None, UNKNOWN)],
)  # fmt: skip
def test_load_on_two_cores(one, waited, level):
    assert load.judged(one, 2, waited).level is level


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ((1_000, 0), (1_200, 0), GOOD),
        ((1_000, 0), (1_200, 1), REMARK),
        ((1_000, 0), (1_200, 2), REMARK),
        ((1_000, 0), (1_200, 3), BAD),
        ((1_000, 10), (1_200, 10), GOOD),
        ((1_000, 13), (1_200, 13), REMARK),
        ((1_000, 5), (1_200, 4), GOOD),
        ((1_000, 0), (1_000, 0), GOOD),
    ],
)
def test_steal_time_is_a_share_of_the_time_that_was_wanted(before, after, level):
    assert steal.judged(steal.Ticks(*before), steal.Ticks(*after), 2.0).level is level


@pytest.mark.parametrize(
    ("step_s", "call_s", "level"),
    [(1e-6, 1e-6, GOOD), (1.01e-6, 1e-7, REMARK), (1e-9, 1.01e-6, REMARK), (1e-3, 1e-7, REMARK),
     (1.01e-3, 1e-7, BAD)],
)  # fmt: skip
def test_clock(step_s, call_s, level):
    assert clock.judged(step_s, call_s, None).level is level


def test_a_clock_that_never_moved_has_the_step_that_python_says(monkeypatch):
    monkeypatch.setattr(clock.time, "perf_counter", lambda: 5.0)
    monkeypatch.setattr(clock.time, "get_clock_info", lambda name: type("Info", (), {"resolution": 0.0156}))
    assert clock.examine().figures["clock_step_s"] == 0.0156


@pytest.mark.parametrize(
    ("long_s", "level"), [(1e-3, GOOD), (1.1e-3, GOOD), (1.11e-3, REMARK), (2e-3, REMARK), (2.01e-3, BAD)]
)
def test_sleeps_are_judged_by_the_median_of_those_of_a_millisecond(long_s, level):
    found = sleeping.judged(50_000, [5e-3, 5e-3, 5e-3], [1e-4, long_s, 9.0])
    assert found.level is level
    assert found.figures["sleep_1ms_median_s"] == long_s


@pytest.mark.parametrize(
    ("governors", "turbo", "level"),
    [((), None, UNKNOWN), (("performance",), None, GOOD), (("performance",), False, GOOD),
     (("performance",), True, REMARK), (("powersave", "performance"), False, REMARK), ((), False, GOOD),
     ((), True, REMARK), (("schedutil",), None, REMARK)],
)  # fmt: skip
def test_frequency(governors, turbo, level):
    assert frequency.judged(governors, turbo).level is level


@pytest.mark.parametrize(
    ("battery", "plugged_in", "level"),
    [(False, None, GOOD), (True, True, GOOD), (True, False, REMARK), (True, None, UNKNOWN)],
)
def test_power(battery, plugged_in, level):
    assert power.judged(battery=battery, plugged_in=plugged_in).level is level


def test_a_system_without_a_word_on_batteries_is_told_so(monkeypatch):
    monkeypatch.delattr(power.psutil, "sensors_battery", raising=False)
    assert power.examine().level is UNKNOWN


@pytest.mark.parametrize(
    ("gil", "free_threaded", "jit", "debug", "level"),
    [(True, False, None, False, GOOD), (False, True, False, False, GOOD), (True, True, None, False, REMARK),
     (True, False, True, False, REMARK), (True, False, False, True, BAD)],
)  # fmt: skip
def test_python(gil, free_threaded, jit, debug, level):
    found = interpreter.judged("CPython 3.14.0", gil=gil, free_threaded=free_threaded, jit=jit, debug=debug)
    assert found.level is level


GB = 2**30


@pytest.mark.parametrize(
    ("free", "bound", "level"),
    [
        (GB, None, GOOD),
        (GB - 1, None, REMARK),
        (4_000, None, REMARK),
        (3_999, None, BAD),
        (8 * GB, MemoryBound(2 * GB, GB), GOOD),
        (8 * GB, MemoryBound(2 * GB, GB - 1), REMARK),
        (8 * GB, MemoryBound(2 * GB, 0), BAD),
        (3_999, MemoryBound(2 * GB, GB), BAD),
    ],
)
def test_memory_is_what_the_machine_and_the_container_both_have(free, bound, level):
    assert memory.judged(free, bound, 4_000).level is level


@pytest.mark.parametrize(
    ("used", "moved", "level"), [(0, 0, GOOD), (1, 0, REMARK), (1, 4096, BAD), (0, 1, BAD)]
)
def test_swap(used, moved, level):
    assert swap.judged(used, moved).level is level


@pytest.mark.parametrize(
    ("container", "guest", "level"),
    [(None, False, GOOD), ("docker", False, GOOD), ("docker", True, REMARK), (None, True, REMARK)],
)
def test_a_guest_has_neighbours(container, guest, level):
    assert virtualisation.judged(container, guest=guest).level is level


@pytest.mark.parametrize(
    ("threads", "files", "level"),
    [(1_000, 200, GOOD), (999, 200, REMARK), (100, 200, REMARK), (99, 200, BAD), (1_000, 199, REMARK),
     (math.inf, None, GOOD)],
)  # fmt: skip
def test_limits(threads, files, level):
    assert ceilings.judged(threads, files).level is level


@pytest.mark.parametrize(("free", "level"), [(100, GOOD), (99, BAD), (None, BAD)])
def test_a_folder_needs_room_and_leave_to_write(free, level):
    assert folders.judged("results folder", free, 100, BAD, "a session cannot be kept").level is level


def test_a_folder_that_is_not_there_is_judged_by_the_one_it_would_be_made_in(tmp_path):
    (found, _) = folders.examine(tmp_path / "new" / "results")
    assert found.figures["results_writable"] is True
    assert not tmp_path.joinpath("new").exists()


def test_a_file_where_the_folder_should_be_cannot_be_written(tmp_path):
    tmp_path.joinpath("results").write_text("", encoding="utf-8")
    (found, _) = folders.examine(tmp_path / "results")
    assert (found.level, found.figures["results_free_bytes"]) == (BAD, None)


def test_a_cache_that_cannot_be_written_is_a_remark(tmp_path, monkeypatch):
    tmp_path.joinpath("gopat").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (_, found) = folders.examine(tmp_path)
    assert (found.topic, found.level) == ("cache folder", REMARK)


def test_go_is_a_remark_where_there_is_none(monkeypatch):
    def none():
        raise golang.NoGoError("no Go here: get one")

    monkeypatch.setattr(golang, "toolchain", none)
    found = toolchain.examine()
    assert (found.level, found.found) == (REMARK, "no Go here: get one")
    monkeypatch.setattr(golang, "toolchain", lambda: golang.Toolchain("go", "go1.25.1"))
    assert toolchain.examine().level is GOOD


@pytest.mark.parametrize(
    ("setting", "fixed", "level"),
    [(2, False, GOOD), (2, True, REMARK), (1, False, REMARK), (0, False, REMARK), (None, False, UNKNOWN),
     (7, False, UNKNOWN)],
)  # fmt: skip
def test_addresses(setting, fixed, level):
    assert addresses.judged(setting, fixed=fixed).level is level


@pytest.mark.parametrize(
    ("used", "level"),
    [
        ({}, GOOD),
        ({5: 0.05}, GOOD),
        ({5: 0.051}, REMARK),
        ({5: 0.5, 6: 0.5}, REMARK),
        ({5: 0.51, 6: 0.5}, BAD),
    ],
)
def test_other_pythons_on_two_cores(used, level):
    assert others.judged(used, 2).level is level


def test_those_that_use_most_are_named_first_and_the_rest_are_counted():
    found = others.judged({5: 0.1, 6: 0.4, 7: 0.2, 8: 0.3, 9: 0.01}, 4)
    assert found.found == "4 processes used 1.00 cores (pid 6, 8, 7, ...)"


# Noise


def test_equal_turns_hide_nothing():
    found = noise.judged([0.01] * 192)
    assert found.level is GOOD
    assert found.figures["hidden_in_one_pair_share"] == 0.0
    assert found.figures["hidden_in_a_session_share"] == 0.0


def test_hidden_in_a_pair_is_what_95_of_100_stay_below():
    turns = [value for i in range(1, 101) for value in (1.0, 1.0 + i / 1000)]
    assert noise.hidden_in_a_pair(turns) == pytest.approx(0.095)


def test_a_pair_has_no_order():
    turns = [value for i in range(1, 101) for value in (1.0, 1.0 + i / 1000)]
    assert noise.hidden_in_a_pair(turns[::-1]) == pytest.approx(noise.hidden_in_a_pair(turns))


def test_a_session_sees_less_than_a_pair_hides():
    found = noise.judged(jittering(0.01))
    pair, session = (found.figures[f"hidden_in_{one}_share"] for one in ("one_pair", "a_session"))
    assert 0 < session < pair


@pytest.mark.parametrize(("deviation", "level"), [(0.005, GOOD), (0.03, REMARK), (0.1, BAD)])
def test_noise_is_judged_beside_the_tolerance(deviation, level):
    assert noise.judged(jittering(deviation)).level is level


def test_a_few_wild_turns_are_no_reason_to_call_a_machine_unfit():
    turns = jittering(0.002)
    turns[50] *= 5
    found = noise.judged(turns)
    assert found.level is GOOD
    assert found.figures["worst_over_median"] == pytest.approx(5, rel=0.05)


def test_too_few_turns_for_a_session_are_refused():
    with pytest.raises(ValueError, match="23 turns are too few for 12 rounds"):
        noise.hidden_in_a_session([0.01] * 23)


def test_turns_are_taken_for_whole_sessions(monkeypatch):
    monkeypatch.setattr(noise, "TURN_S", 1e-5)
    turns = noise.turns()
    assert len(turns) == 2 * noise.ROUNDS * noise.REHEARSALS
    assert min(turns) > 0


def jittering(deviation):
    draw = random.Random(7)
    return [0.01 * math.exp(draw.gauss(0, deviation)) for _ in range(192)]


# The whole


def test_the_worst_comes_first_and_what_is_alike_keeps_its_order():
    levels = [GOOD, BAD, UNKNOWN, REMARK, BAD, GOOD]
    findings = [Finding(str(i), level, "", "", {}) for i, level in enumerate(levels)]
    examined = worst_first(findings)
    assert [finding.topic for finding in examined.findings] == ["1", "4", "3", "2", "0", "5"]
    assert not examined.fit
