"""`gopat report` as it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from synthetic import written


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    written(folder / "old.json", started="2026-11-23T04:12:33.000001Z", seed=2)
    written(folder / "new.json", started="2026-11-24T04:12:33.000001Z")
    return folder


def test_the_newest_session_becomes_a_page_beside_it(gopat, results):
    code, out, err = gopat("report")
    page = results / "new.html"
    assert (code, err) == (0, "")
    assert out.startswith("results/new.html: ")
    assert out.rstrip().endswith("KB")
    assert page.read_text().startswith("<!doctype html>")
    assert gopat("report") == (code, out, err)


def test_a_page_goes_where_it_is_asked_for(gopat, results, tmp_path):
    assert gopat("report", "results/old.json", "--output", "a/b.html")[0] == 0
    page = (tmp_path / "a" / "b.html").read_text()
    code, out, err = gopat("report", "results/old.json", "--output", "-")
    assert (code, out, err) == (0, page, "")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["results/none.json"], 5, "results/none.json: there is no such file"),
        (["pipelin"], 5, "no session of 'pipelin' here"),
        (
            ["--output", "results/new.json", "results/new.json"],
            2,
            "--output: found results/new.json, the session",
        ),
        (["--output", "results"], 2, "--output: found results, allowed a file or -"),
        (["--output", "/dev/full"], 2, "--output: found /dev/full, allowed a file or -"),
        (["--output", "results/new.json/x.html"], 1, "Not a directory"),
    ],
)
def test_what_cannot_be_is_one_line(gopat, results, arguments, code, message):
    found, out, err = gopat("report", *arguments)
    assert (found, out) == (code, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert results.joinpath("new.json").read_text().startswith("{")


@pytest.mark.parametrize("spelling", ["absolute", "around", "link"])
def test_a_session_is_never_written_over_however_its_name_is_spelled(gopat, results, spelling):
    session = results / "new.json"
    (results / "link.html").symlink_to(session)
    named = {
        "absolute": session,
        "around": results / ".." / "results" / "new.json",
        "link": results / "link.html",
    }
    code, _, err = gopat("report", "results/new.json", "--output", str(named[spelling]))
    assert code == 2
    assert "the session itself" in err
    assert session.read_text().startswith("{")


def test_where_a_link_leads_is_written_and_the_link_stays(gopat, results, tmp_path):
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    page.touch()
    link.symlink_to(page)
    assert gopat("report", "results/new.json", "--output", str(link))[0] == 0
    assert link.is_symlink()
    assert page.read_text().startswith("<!doctype html>")


def test_a_reader_that_has_seen_enough_is_no_failure(results):
    done = subprocess.run(
        f"{sys.executable} -m gopatterns_cli report --output - | head -1",
        shell=True, capture_output=True, text=True, check=False, cwd=results.parent,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("<!doctype html>\n", "")
