"""HTML from calls."""

from __future__ import annotations

from gopatterns_cli.render.report.html import Html, joined, tag


def test_text_is_escaped_and_html_is_not():
    assert tag("p", "a < b & c", tag("b", "d")) == "<p>a &lt; b &amp; c<b>d</b></p>"
    assert isinstance(tag("p"), Html)


def test_attributes_are_escaped_named_and_left_out():
    assert tag("a", href='"><script>', class_=None) == '<a href="&quot;&gt;&lt;script&gt;"></a>'
    assert tag("input", type="radio", checked=True, disabled=False, data_arm="x") == (
        '<input type="radio" checked data-arm="x">'
    )


def test_what_is_drawn_is_closed_in_place_and_numbers_are_short():
    assert tag("circle", cx=0.123456789, r=3) == '<circle cx="0.123457" r="3"/>'


def test_parts_are_joined_each_escaped():
    assert joined(["<", tag("i")], ", ") == "&lt;, <i></i>"
