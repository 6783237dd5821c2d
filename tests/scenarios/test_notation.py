import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.notation import (
    LARGEST_COUNT,
    LONGEST_S,
    parse_count,
    parse_counts,
    parse_duration,
    parse_durations,
    write_count,
    write_duration,
    write_rate,
)


def message(error: pytest.ExceptionInfo[ValueError]) -> str:
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("100us", 100e-6),
        ("1ms", 1e-3),
        ("1.5s", 1.5),
        ("2m", 120.0),
        ("7ns", 7e-9),
        ("1_000_123_456ns", 1.000123456),
        ("0us", 0.0),
        ("0.1ms", 1e-4),
        ("527040m", LONGEST_S),
    ],
)
def test_a_duration_is_read_as_correctly_rounded_seconds(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "ms",
        "1 parsec",
        "1 ms",
        " 1ms",
        "-1ms",
        "+1ms",
        "1e3ms",
        "1..5ms",
        ".5s",
        "1.s",
        "1__0ms",
        "1ms\n",
        "1h",
        "\u0661ms",
        "infs",
        "nans",
        "527041m",
        "9" * 5000 + "s",
    ],
)
def test_what_is_no_duration_is_refused_with_what_is_allowed(text):
    with pytest.raises(
        ValueError,
        match=re.escape(
            ", allowed a number with its unit (ns, us, ms, s or m), at most a year, such as 100us, 1.5s or 2m"
        ),
    ) as error:
        parse_duration(text)
    assert message(error).startswith('found "')
    assert len(message(error)) < 200
    assert "\n" not in message(error)


def test_the_message_of_a_bad_duration_quotes_it():
    with pytest.raises(ValueError, match=r'found "1 parsec", allowed a number with its unit'):
        parse_duration("1 parsec")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0s"),
        (1e-9, "1ns"),
        (1e-4, "100us"),
        (2e-5, "20us"),
        (1e-3, "1ms"),
        (1.5, "1.5s"),
        (90.0, "90s"),
        (100.0, "100s"),
        (0.100234567, "100.234567ms"),
        (5e-10, "0.5ns"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_keeps_a_whole_part(seconds, text):
    assert write_duration(seconds) == text


@settings(deadline=None)  # no claim about time
@given(st.floats(min_value=1e-9, max_value=1e6))
def test_a_written_duration_reads_back_as_the_same_float(seconds):
    assert parse_duration(write_duration(seconds)) == seconds


@pytest.mark.parametrize(("text", "count"), [("1", 1), ("1000", 1000), ("1_000", 1000), ("007", 7)])
def test_a_count_is_read_with_or_without_underscores(text, count):
    assert parse_count(text) == count


@pytest.mark.parametrize(
    "text", ["", "abc", "0", "-1", "+1", "1e9", "1.0", "1__0", "_1", "1_", " 1", "1\n", "²", "1_000_000_001"]
)
def test_what_is_no_count_is_refused_with_the_bounds(text):
    with pytest.raises(ValueError, match=r"allowed a whole number from 1 to 1_000_000_000, such as 10$"):
        parse_count(text)


def test_the_bounds_of_a_count_can_be_chosen_and_are_named():
    assert parse_count("0", at_least=0) == 0
    with pytest.raises(ValueError, match=r'^found "9", allowed a whole number from 0 to 8, such as 8$'):
        parse_count("9", at_least=0, at_most=8)


@settings(deadline=None)  # no claim about time
@given(st.integers(min_value=1, max_value=LARGEST_COUNT))
def test_a_written_count_reads_back(count):
    assert parse_count(write_count(count)) == count


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("5", (5,)),
        ("1,10,100", (1, 10, 100)),
        ("100, 1", (100, 1)),
        ("1..1000", (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
        ("3..30", (3, 5, 10, 20, 30)),
        ("1,10..40", (1, 10, 20, 40)),
        ("1..2", (1, 2)),
    ],
)
def test_a_range_is_a_1_2_5_ladder_with_both_its_ends(text, counts):
    assert parse_counts(text) == counts


@pytest.mark.parametrize("text", ["10..1", "5..5", "1,1", "1..10,5"])
def test_a_list_that_repeats_or_a_range_that_does_not_rise_is_refused(text):
    with pytest.raises(
        ValueError, match=r"allowed whole numbers such as 1,10,100 or a range 1\.\.1000"
    ) as error:
        parse_counts(text)
    assert message(error).startswith(f'found "{text}", ')


@pytest.mark.parametrize(("text", "bad"), [("1,x", "x"), ("1,,2", ""), ("", ""), ("1..", ""), ("0..5", "0")])
def test_a_bad_element_of_a_list_is_named(text, bad):
    with pytest.raises(ValueError, match=f'^found "{bad}", allowed a whole number'):
        parse_counts(text)


def test_durations_are_lists_and_ladders_too():
    assert parse_durations("0us,20us,1ms") == (0.0, 20e-6, 1e-3)
    assert parse_durations("1us..10us") == (1e-6, 2e-6, 5e-6, 10e-6)


def test_a_ladder_of_durations_cannot_start_at_zero():
    with pytest.raises(ValueError, match=r'^found "0us\.\.1ms", allowed durations such as 20us,1ms'):
        parse_durations("0us..1ms")


@pytest.mark.parametrize(
    ("rate", "written"),
    [(50.0, "50"), (0.1, "0.1"), (1_234_567.0, "1234567"), (0.123456789, "0.123456789"), (1e-5, "1e-05")],
)
def test_a_rate_is_written_so_that_python_and_toml_read_it_back(rate, written):
    assert write_rate(rate) == written
    assert float(written) == tomllib.loads(f"rate = {written}")["rate"] == rate
