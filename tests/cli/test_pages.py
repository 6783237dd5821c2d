"""The results on our pages are made from a recorded session, and a check finds them stale."""

import goldens
import pytest

from gopatterns_cli.render import pages
from gopatterns_cli.render.pages import markers

from synthetic import COSTS, written

pytestmark = pytest.mark.usefixtures("counted")

BEGIN, END = markers("results")
COSTS_BEGIN, COSTS_END = markers("overhead")
REST = f"{COSTS_BEGIN}\n{COSTS_END}\n"


@pytest.fixture
def page(tmp_path):
    """A README with markers, beside a recorded session."""
    written(tmp_path / "results" / "recorded.json")
    written(tmp_path / "results" / "costs.json", COSTS)
    path = tmp_path / "README.md"
    path.write_text(f"# Title\n\n{BEGIN}\n{END}\n\n{REST}\nThe rest.\n")
    return path


def test_results_are_spliced_between_the_markers_and_the_rest_stays(page):
    assert pages.main([str(page)]) == 0
    text = page.read_text()
    assert text.startswith(f"# Title\n\n{BEGIN}\n\nclaims: 12 rounds,")
    assert text.endswith(f"\n{COSTS_END}\n\nThe rest.\n")
    goldens.check("page.md", text)


def test_a_second_run_changes_nothing_and_the_check_is_silent(page, capsys):
    pages.main([str(page)])
    text = page.read_text()
    assert pages.main([str(page)]) == 0
    assert pages.main([str(page), "--check"]) == 0
    assert page.read_text() == text
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("change", ["figure", "session"])
def test_a_stale_page_fails_the_check_with_one_line_and_is_left_alone(page, capsys, change):
    pages.main([str(page)])
    if change == "figure":
        page.write_text(page.read_text().replace("73.7x", "96.7x", 1))
    else:
        written(page.parent / "results" / "newer.json", started="2026-11-25T00:00:00.000001Z", seed=9)
    before = page.read_text()
    assert pages.main([str(page), "--check"]) == 1
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert err.startswith(f"error: {page}: its results are not those of results/")
    assert page.read_text() == before


def test_quick_and_interrupted_sessions_are_passed_over(page):
    pages.main([str(page)])
    later = {"started": "2026-11-25T00:00:00.000001Z", "seed": 9}
    written(page.parent / "results" / "quick.json", quick=True, rounds=6, **later)
    written(page.parent / "results" / "cut-short.json", rounds=7, planned=12, **later)
    assert pages.main([str(page), "--check"]) == 0


@pytest.mark.parametrize("text", [BEGIN, f"{END}\n{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_page_without_its_two_markers_is_refused(page, capsys, text):
    page.write_text(text + REST)
    assert pages.main([str(page)]) == 2
    assert "found no place for the results" in capsys.readouterr().err
    assert page.read_text() == text + REST


def test_without_a_recorded_session_there_is_nothing_to_show(tmp_path, capsys):
    (tmp_path / "README.md").write_text(f"{BEGIN}{END}")
    assert pages.main([str(tmp_path / "README.md"), "--check"]) == 5
    assert "no session of 'claims' here" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_wrong_call_shows_the_right_one(capsys, arguments):
    assert pages.main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: python -m gopatterns_cli.render.pages PAGE...")


def test_a_page_in_a_folder_of_its_own_has_the_results_beside_that(page):
    below = page.parent / "docs" / "more.md"
    below.parent.mkdir()
    below.write_text(f"{BEGIN}\n{END}\n")
    assert pages.main([str(page), str(below)]) == 0
    assert "results/recorded.json" in below.read_text()
    assert pages.main([str(page), str(below), "--check"]) == 0


def test_a_page_without_parts_is_left_as_it_is(page):
    page.write_text("Only words.\n")
    assert pages.main([str(page)]) == 0
    assert page.read_text() == "Only words.\n"


def test_one_stale_page_of_several_fails(page, capsys):
    other = page.parent / "OTHER.md"
    other.write_text(f"{BEGIN}\n{END}\n")
    pages.main([str(page)])
    assert pages.main([str(page), str(other), "--check"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {other}: ")
    assert pages.main([str(page), str(page.parent / "none.md")]) == 2
