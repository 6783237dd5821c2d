"""Versions for a pull request: the answer first, and never more than it takes."""

from dataclasses import replace

import goldens
import pytest

from gopatterns_cli.render import markdown, versions_markdown
from gopatterns_cli.render.marking import escaped, row, shortened, within

import versioned
from versioned import HUNDRED, Measured

LIMIT = 64 * 1024


def test_markdown_of_versions_is_what_it_was(versions):
    goldens.check("versions.md", versions_markdown.render(versions))


def many(found, count, verdict="regression", length=0):
    """The same comparison with so many changes."""
    one = next(change for change in found.changes if str(change.judgement.verdict) == verdict)
    changes = tuple(
        replace(one, cell=replace(one.cell, scenario=f"s{number:05}{'x' * length}"))
        for number in range(count)
    )
    notes = tuple(f"s{number:05} was not compared: no." for number in range(count))
    return replace(found, changes=changes, notes=notes)


@pytest.mark.parametrize("count", [1, 100, 1_000, 20_000])
@pytest.mark.parametrize("length", [0, 200])
def test_any_number_of_rows_stays_below_64_kb_and_what_is_left_out_is_counted(versions, count, length):
    text = versions_markdown.render(many(versions, count, length=length))
    assert len(text.encode()) < LIMIT
    rows = [line for line in text.splitlines() if line.startswith(("| s0", "| s1"))]
    assert all(line.count(" | ") == 6 and line.endswith(" |") for line in rows)
    if len(rows) < count:
        assert f"\nand {count - len(rows):,} more\n" in text
    else:
        assert count == len(rows)
    assert text.count("<details>") == text.count("</details>")


def test_what_is_the_same_is_folded_away(tmp_path):
    text = versions_markdown.render(versioned.found(tmp_path / "s.json", Measured(slower={HUNDRED: 1.3})))
    before, _, folded = text.partition("<details><summary>2 same (within 0.909x to 1.10x)</summary>")
    assert HUNDRED in before
    assert "| same |" in folded.replace("\\", "")
    assert "| same |" not in before


@pytest.mark.parametrize("name", ["a|b", "a\\|b", "<b>bold</b>", "_x_*y*", "two\nlines", "two\r\nlines"])
def test_a_cell_cannot_break_out_of_its_row(versions, name):
    found = many(versions, 1)
    change = found.changes[0]
    bad = replace(found, changes=(replace(change, cell=replace(change.cell, scenario=name)),))
    line = next(line for line in versions_markdown.render(bad).splitlines() if line.endswith("regression |"))
    assert _cells(line) == 7


def _cells(line):
    """How many cells GitHub would see: a bar counts unless an odd number of backslashes is before it."""
    bars, escapes = 0, 0
    for sign in line:
        bars += sign == "|" and escapes % 2 == 0
        escapes = escapes + 1 if sign == "\\" else 0
    return bars - 1


def test_what_is_a_sign_of_markdown_is_escaped_once():
    assert escaped("a|b <c> d_e*f \\g") == "a\\|b \\<c> d\\_e\\*f \\\\g"
    assert row(["a\nb", "c"]) == "| a<br>b | c |"


def test_lines_are_cut_by_bytes_and_never_within_one():
    lines = ["\u00e4" * 10, "b" * 10, "c"]
    assert within(lines, 1_000) == (lines, "")
    assert within(lines, 32) == (lines[:2], "and 1 more")
    assert within(lines, 20) == ([], "and 3 more")


def test_a_long_text_is_shortened_with_its_fold_closed(alone):
    text = markdown.render(alone)
    assert shortened(text, len(text.encode()) + 1) == text
    for limit in (1_000, 2_000, len(text.encode()) // 2, len(text.encode())):
        short = shortened(text, limit)
        assert len(short.encode()) < limit
        assert short.count("<details>") == short.count("</details>")
        assert "lines, left out here" in short
        kept = short.splitlines()[:-3]
        assert kept == text.splitlines()[: len(kept)]
