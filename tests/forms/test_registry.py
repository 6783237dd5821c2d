"""Every form shows every kind of comparison, and ends as every command does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import gopatterns_cli.render.forms as home
from gopatterns_cli.app import main
from gopatterns_cli.render.forms import FORMS
from gopatterns_cli.render.screen import Screen


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_either_kind_of_comparison(form, found):
    text = FORMS[form](found, Screen(100))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_forms_are_found_by_listing():
    files = Path(home.__file__).parent.glob("*.py")
    named = {path.stem.replace("_", "-") for path in files if path.stem != "__init__"}
    assert set(FORMS) == named
    assert {"terminal", "markdown", "json"} <= named


def test_listing_the_forms_imports_none():
    code = "import sys, gopatterns_cli.render.forms; print([m for m in sys.modules if 'render.forms.' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_help_names_the_forms_and_a_wrong_one_is_refused_with_what_is_near(on_disk, capsys):
    assert main(["compare", "--help"]) == 0
    told = "".join(capsys.readouterr().out.split())
    assert all(form in told for form in FORMS)
    assert main(["compare", on_disk(), "--format", "jsn"]) == 2
    assert "(did you mean json?)" in capsys.readouterr().err


def test_json_is_a_form_with_an_option_of_its_own(on_disk, capsys):
    path = on_disk()
    main(["compare", path, "--json"])
    short = capsys.readouterr().out
    main(["compare", path, "--format", "json"])
    assert capsys.readouterr().out == short
    assert json.loads(short)["kind"] == "versions"


def command(path, form):
    return [sys.executable, "-m", "gopatterns_cli", "compare", path, "--format", form]


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_that_left_does_not_take_the_exit_code_with_it(on_disk, form):
    path = on_disk()
    process = subprocess.Popen(command(path, form), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), err) == (3, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_is_said_in_at_most_a_line(on_disk, form):
    path = on_disk()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(path, form),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=dict(os.environ),
        )
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) <= 1
    assert "Traceback" not in done.stderr
