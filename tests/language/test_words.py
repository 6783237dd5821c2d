"""What people read, in their language: nothing is missing, nothing is out of place, programs read English."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import goldens
import pytest
from rich.cells import cell_len

from gopatterns_cli import words
from gopatterns_cli.app import main
from gopatterns_cli.measuring.plan import NEEDS_CORES
from gopatterns_cli.render.drawing import paragraphs
from gopatterns_cli.render.forms import FORMS
from gopatterns_cli.showing import FOR_PEOPLE, shown
from gopatterns_cli.words import LANGUAGES, asking, language, retold, spoken, tr, trn

import versioned
from synthetic import COSTS, MEMORY, Truth, written

pytestmark = pytest.mark.usefixtures("counted")

OTHERS = LANGUAGES[1:]
NAMES = re.compile(r"{(\w+)}")
LATIN = re.compile(r"[A-Za-z]{2,}")

sys.path.insert(0, str(Path(__file__).parent))
catalogue = pytest.importorskip("catalogue", reason="polib is not installed: gopat[test]")


@pytest.mark.parametrize("name", OTHERS)
def test_the_catalogue_is_what_the_code_says_and_nothing_is_missing(name):
    found = catalogue.updated(name)
    assert catalogue.missing(found) == []
    assert f"{found}\n" == catalogue.place(name).read_text(encoding="utf-8")
    assert catalogue.place(name).with_suffix(".mo").read_bytes() == found.to_binary()


@pytest.mark.parametrize("name", OTHERS)
def test_a_translation_has_the_names_of_its_text(name):
    for entry in catalogue.updated(name):
        said = entry.msgstr or entry.msgstr_plural[0]
        assert sorted(set(NAMES.findall(said))) == sorted(set(NAMES.findall(entry.msgid))), entry.msgid


def test_a_text_that_stands_only_in_the_code_is_found(tmp_path):
    """The known-bad twin of the check: new texts of every kind are missed in the catalogue."""
    file = tmp_path / "new.py"
    file.write_text(
        'NEW = "a constant"\ntr("one"); tr(NEW); trn("{n} x", "{n} xs", 2)\nplural(3, "leaf")\nColumn("t")\n'
    )
    assert set(catalogue.in_code(file)) == {
        ("one", ""), ("a constant", ""), ("{n} x", "{n} xs"), ("{n} leaf", "{n} leafs"), ("t", ""),
    }  # fmt: skip


def test_what_is_not_translated_stands_as_it_is():
    with spoken("zh"):
        assert tr("worker-pool/10-workers") == "worker-pool/10-workers"
        assert tr("") == ""


def test_counts_are_said_in_every_language():
    assert (trn("{n} x", "{n} xs", 1), trn("{n} x", "{n} xs", 1000)) == ("1 x", "1,000 xs")
    with spoken("zh"):
        assert trn("{n} worker", "{n} workers", 1000) == "1,000 个工作者"


def test_what_was_kept_in_english_is_told_again():
    template = "it takes {n} cores that run Python at once, {home} has {here} here"
    text = "it takes 4 cores that run Python at once, processes has 2 here"
    assert retold(text, template) == text
    with spoken("zh"):
        assert retold(text, template) == "需要 4 个同时运行 Python 的核，此处 processes 有 2 个"
        assert retold("something else", template) == "something else"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_TW:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": ""}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "fr"}, "en"),
        ({"LANG": "zh-CN"}, "zh"),
    ],
)
def test_the_system_says_its_language_as_gettext_reads_it(environment, wanted):
    assert language(environment) == wanted


CLAIMS = Truth(
    go=True,
    predicted=1.05,
    out_of_reach={"summary/fan-out": NEEDS_CORES.format(n=4, home="processes", here=1)},
)


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "results" / "claims.json", CLAIMS)
    written(tmp_path / "results" / "overhead.json", COSTS)
    written(tmp_path / "results" / "memory.json", MEMORY)
    return tmp_path


@pytest.mark.parametrize(
    "arguments", [["--lang", "zh", "compare"], ["compare", "--lang=zh"], ["compare", "--lang", "zh"]]
)
def test_the_option_stands_anywhere(results, capsys, arguments):
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("论断：")
    assert main(["compare"]) == 0
    assert capsys.readouterr().out.startswith("claims: ")


def test_the_environment_is_heard(results, capsys, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["compare"]) == 0
    assert capsys.readouterr().out.startswith("论断：")
    assert main(["compare", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("claims: ")


@pytest.mark.parametrize("value", ["fr", "", "zn"])
def test_an_unknown_language_is_one_line(capsys, value):
    assert main(["compare", "--lang", value]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f'error: --lang: found "{value}", allowed en, zh')
    assert error.count("\n") == 1


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("group", ["claims", "overhead", "memory"])
def test_wide_characters_fit_every_screen(results, capsys, monkeypatch, group, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["compare", group, "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= columns


def test_a_whole_comparison_in_chinese(results, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    main(["compare", "--lang", "zh"])
    goldens.check("compare-zh-100.txt", capsys.readouterr().out)


def test_no_english_sentence_is_left_in_a_chinese_comparison(results, capsys):
    main(["compare", "--lang", "zh", "--format", "markdown"])
    text = capsys.readouterr().out
    lost = [line for line in text.splitlines() if " the " in line or " of " in line or " is " in line]
    assert lost == []


@pytest.mark.parametrize("form", sorted(set(FORMS) - FOR_PEOPLE))
def test_what_programs_read_is_english(results, capsys, form):
    main(["compare", "--format", form])
    english = capsys.readouterr().out
    main(["compare", "--format", form, "--lang", "zh"])
    assert capsys.readouterr().out == english
    assert english.isascii() or form == "json"


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "worker-pool", "--runtime", "simulator"],
        ["bench", "claims", "--quick", "--list", "--no-go"],
        ["bench", "claims", "--quick", "--list", "--no-go", "--json"],
        ["results"],
        ["list", "--json"],
    ],
    ids=" ".join,
)
def test_what_is_not_translated_as_a_whole_is_all_english(results, capsys, arguments):
    main([*arguments, "--lang", "zh"])
    assert capsys.readouterr().out.isascii()


def test_doctor_says_in_english_what_it_found(results, capsys):
    main(["doctor", "--json", "--lang", "zh"])
    text = capsys.readouterr().out
    assert text.startswith("{")
    assert text.isascii()
    assert "\\u" not in text


def test_a_name_between_wide_brackets_is_cut_where_its_columns_end():
    name = "（fan-out/gopat/asyncio/cold/workers=8）"
    (drawn,) = paragraphs([f"预测：{name}"], 40, indent=2)
    assert max(map(cell_len, drawn.plain.splitlines())) <= 40


def test_versions_are_compared_in_chinese(tmp_path, capsys, monkeypatch):

    monkeypatch.setenv("COLUMNS", "100")
    with asking("zh"):
        shown(versioned.session(tmp_path / "s.json"))
    text = capsys.readouterr().out
    assert "性能退化" in text
    assert "regression" not in text
    assert max(map(cell_len, text.splitlines())) <= 100


def test_the_report_is_in_chinese_and_says_so(results, capsys):
    assert main(["report", "--lang", "zh"]) == 0
    page = (results / "results" / "claims.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "<h2>论断</h2>" in page
    assert main(["report", "--lang", "en"]) == 0
    assert '<html lang="en">' in (results / "results" / "claims.html").read_text(encoding="utf-8")


def test_json_of_the_file_is_not_touched_by_a_language(tmp_path):
    with spoken("zh"):
        path = written(tmp_path / "s.json")
    head = json.loads(path.read_text(encoding="utf-8"))["gopat"]
    assert head["status"] == "complete"


TEXT = (
    "worker-pool：文档称 96.7x；此处在 asyncio 上为 84.1x [82.7, 85.5]（任务不等长）：被推翻，需要约 12 轮。"
)


@pytest.mark.parametrize("columns", range(16, 100, 7))
def test_no_stop_begins_a_line_and_no_bracket_ends_one(columns):
    (drawn,) = paragraphs([TEXT], columns, indent=2)
    lines = drawn.plain.splitlines()
    assert max(map(cell_len, lines)) <= max(columns, 8)
    assert not any(line.strip()[0] in "，；：。）" for line in lines)
    assert not any(line.rstrip()[-1] == "（" for line in lines)
    assert "".join(line.strip() for line in lines).replace(" ", "") == TEXT.replace(" ", "")


def test_a_language_is_spoken_inside_its_block_only():
    with spoken("zh"):
        assert words.now_spoken() == "zh"
    assert words.now_spoken() == "en"
