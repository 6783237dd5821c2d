"""Figures read the same everywhere: three digits, and never an exponent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopatterns_cli import figures
from gopatterns_cli.statistics.ratio import paired


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (96.7, "96.7"),
        (9.98, "9.98"),
        (0.00891, "0.00891"),
        (99.96, "100"),
        (9.996, "10.0"),
        (1234.5, "1,230"),
    ],
)
def test_a_figure_has_three_significant_digits(value, text):
    assert figures.significant(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.000123456, "1.00 s"),
        (0.100234567, "100 ms"),
        (0.0009999, "1.00 ms"),
        (456.789e-6, "457 us"),
        (89e-9, "89.0 ns"),
        (0.0, "0 s"),
        (3600.0, "3,600 s"),
    ],
)
def test_a_time_is_written_in_the_unit_that_leaves_digits_before_the_point(seconds, text):
    assert figures.seconds(seconds) == text


@given(st.floats(1e-9, 1e6))
def test_no_figure_is_off_by_more_than_its_last_digit(value):
    assert float(figures.significant(value).replace(",", "")) == pytest.approx(value, rel=0.00501)


def test_a_ratio_without_an_interval_says_so():
    assert figures.ratio(paired([2.0] * 3, [1.0] * 3, (0.95, 0.90))) == "2.00x (no interval)"


def test_shares_and_counts():
    assert (figures.percent(0.0264), figures.percent(0.5)) == ("2.6%", "50%")
    assert (figures.plural(1, "worker"), figures.plural(1000, "job")) == ("1 worker", "1,000 jobs")
