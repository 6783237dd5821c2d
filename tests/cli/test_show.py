"""`gopat show`: which texts, in which form, and that none is changed on the way."""

# ruff: noqa: E501 - a message stands in one piece, as a user sees it

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import patterns
from gopatterns_cli import arms, sources
from gopatterns_cli.app import main
from gopatterns_cli.render import shown
from gopatterns_cli.sources import Source, without_demo
from patterns import catalogue

ROOT = Path(patterns.__file__).parents[1]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
HEAVY = {"asyncio", "multiprocessing", "patterns", "pygments", "rich", "scenarios"}
DEMO_IS_THE_PATTERN = {
    "buffered-results", "cancellable-pipeline", "cascade", "clean-up", "handle-cancel", "image-batch",
    "token-bucket",
}  # fmt: skip

MODULE = '''\
"""A pattern."""

from patterns.demo import Demo

LIMIT = 3
"""For both."""

ONLY = 4
"""For the demo."""


def worker_pool():
    return _shared(LIMIT)


def _shared(number):
    return number


# What the demo does.
async def _demo(options):
    return _shared(_used(ONLY))


demo = Demo(main=_demo)


def _used(number):
    return LIMIT * number


def _used_by_nobody():
    return 1
'''

WITHOUT = '''\
"""A pattern."""

from patterns.demo import Demo

LIMIT = 3
"""For both."""


def worker_pool():
    return _shared(LIMIT)


def _shared(number):
    return number


def _used_by_nobody():
    return 1
'''


@pytest.fixture
def gopat(monkeypatch, capsys):
    """Run `gopat show` into a pipe, and return exit code, stdout and stderr."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "PAGER"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["show", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def terminal(gopat, monkeypatch, tmp_path):
    """Run `gopat show` on a terminal of some size; return its output, and what the pager was given."""

    def run(*arguments: str, lines: int, columns: int = 80, pager: str | None = None) -> tuple[str, str]:
        paged = tmp_path / "paged"
        keeping = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
        command = shlex.join([sys.executable, "-c", keeping, str(paged)])
        monkeypatch.setenv("PAGER", command if pager is None else pager)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, lines)))
        code, out, err = gopat(*arguments)
        assert (code, err) == (0, "")
        return out, paged.read_text(encoding="utf-8") if paged.exists() else ""

    monkeypatch.setenv("TERM", "xterm")
    return run


def entries(gopat, *arguments):
    code, out, err = gopat(*arguments, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["pattern"] == arguments[0]
    return found["sources"]


def chosen(gopat, *arguments):
    return [(entry["arm"], entry["runtime"]) for entry in entries(gopat, *arguments)]


def squeezed(text: str) -> str:
    return "".join(text.split())


# Which texts


@pytest.mark.parametrize("pattern", catalogue.names())
def test_every_pattern_has_our_text_its_native_ones_and_gos_as_they_are_in_their_files(gopat, pattern):
    found = entries(gopat, pattern, "--whole")
    runtimes = [name.removeprefix("native_") for name in arms.names(pattern) if name.startswith("native_")]
    native = [("native", runtime) for runtime in runtimes]
    assert [(entry["arm"], entry["runtime"]) for entry in found] == [("gopat", None), *native, ("go", None)]
    assert [entry["language"] for entry in found] == [*["python"] * (len(found) - 1), "go"]
    for entry in found:
        assert entry["text"] == ROOT.joinpath(entry["path"]).read_text(encoding="utf-8")
        assert entry["lines"] == entry["text"].count("\n") > 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["worker-pool", "--arm", "gopat"], [("gopat", None)]),
        (["worker-pool", "--arm", "go,gopat"], [("gopat", None), ("go", None)]),
        (["worker-pool", "--arm", "serial"], [("serial", None)]),
        (["token-bucket"], [("gopat", None), ("go", None)]),
        (["token-bucket", "--arm", "ticker"], [("ticker", None)]),
        (["worker-pool", "--runtime", "threads"], [("gopat", None), ("native", "threads"), ("go", None)]),
        (
            ["worker-pool", "--arm", "native", "--runtime", "threads,asyncio"],
            [("native", "asyncio"), ("native", "threads")],
        ),
    ],
)
def test_arms_and_runtimes_are_chosen_and_the_plain_loop_only_when_asked_for(gopat, arguments, expected):
    assert chosen(gopat, *arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (["worker-pool", "--whole"], ""),
        (["semaphore", "--whole"], "no native version for processes\n"),
        (["semaphore", "--arm", "native"], "no native version for processes\n"),
        (["semaphore", "--arm", "go"], ""),
        (["semaphore", "--whole", "--runtime", "asyncio"], ""),
        (["token-bucket"], "no native version\n"),
    ],
)
def test_the_last_line_says_for_which_runtimes_there_is_no_native_version(gopat, arguments, note):
    _, out, _ = gopat(*arguments)
    assert out.endswith(f"\n\n{note}") if note else "no native version" not in out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["semaphore", "--arm", "nativ"], '--arm: found "nativ", allowed gopat, native, go (did you mean native?)'),
        (["semaphore", "--arm", "serial"], '--arm: found "serial", allowed gopat, native, go'),
        (["semaphore", "--arm", "go,"], '--arm: found "", allowed gopat, native, go'),
        (
            ["worker-pool", "--runtime", "thread"],
            '--runtime: found "thread", allowed asyncio, processes, threads (did you mean threads?)',
        ),
        (["semaphore", "--runtime", "processes"], '--runtime: found "processes", allowed asyncio, threads'),
        (
            ["token-bucket", "--runtime", "asyncio"],
            '--runtime: found "asyncio", allowed nothing: token-bucket has no native version',
        ),
        (
            ["semaphore", "--arm", "go", "--runtime", "threads"],
            '--runtime: found "threads", allowed with --arm native only: others have one text',
        ),
        (
            ["workerpool"],
            f'PATTERN: found "workerpool", allowed {", ".join(catalogue.names())} (did you mean worker-pool?)',
        ),
    ],
)  # fmt: skip
def test_what_a_pattern_has_not_is_refused_in_one_line_that_says_what_it_has(gopat, arguments, line):
    assert gopat(*arguments) == (2, "", f"error: {line}\n")


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_damaged_installation_is_one_line_that_names_the_file(gopat, monkeypatch, tmp_path, content):
    folder = tmp_path / "gopatterns_cli" / "arms"
    folder.joinpath("pipeline").mkdir(parents=True)
    monkeypatch.setattr(arms, "__file__", str(folder / "__init__.py"))
    if content is not None:
        folder.joinpath("pipeline", "pipeline.go").write_bytes(content)
    code, out, err = gopat("pipeline")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: gopatterns_cli/arms/pipeline/pipeline.go: ")
    assert err.endswith("; this installation of gopat is damaged\n")
    assert gopat("pipeline", "--arm", "gopat")[0] == 0


# Our text without its demo


def test_the_demo_and_what_only_it_uses_is_left_out_and_nothing_else():
    assert without_demo(MODULE) == WITHOUT


def test_a_module_that_exports_nothing_stays_whole():
    text = MODULE.replace("worker_pool", "TickerBucket")
    assert without_demo(text) == text


@pytest.mark.parametrize("pattern", catalogue.names())
def test_what_is_left_of_a_pattern_refers_to_nothing_that_was_left_out(gopat, pattern):
    [entry] = entries(gopat, pattern, "--arm", "gopat")
    [full] = entries(gopat, pattern, "--arm", "gopat", "--whole")
    is_whole = entry["text"] == full["text"]
    assert is_whole == (pattern in DEMO_IS_THE_PATTERN)
    before, left = (
        {node.name for node in ast.parse(text).body if hasattr(node, "name")}
        for text in (full["text"], entry["text"])
    )
    words = {node.id for node in ast.walk(ast.parse(entry["text"])) if isinstance(node, ast.Name)}
    assert is_whole or "_demo" in before - left
    assert not words & (before - left)
    assert (before & set(patterns.__all__)) <= left
    _, out, _ = gopat(pattern, "--arm", "gopat")
    assert out.endswith("\ngopat: the demo below it is left out; --whole shows it\n") == (not is_whole)


# How they are drawn


def test_into_a_pipe_the_texts_follow_one_another_unchanged_each_under_its_heading(gopat):
    code, out, err = gopat("pipeline", "--whole")
    parts = [f"== {entry['arm']}{' ' + entry['runtime'] if entry['runtime'] else ''}: {entry['path']}\n{entry['text']}"
             for entry in entries(gopat, "pipeline", "--whole")]  # fmt: skip
    assert (code, err) == (0, "")
    assert out == "\n".join([*parts, "no native version for processes\n"])


def drawn(*arguments, columns, color_system=None):
    places = sources.chosen(*arguments)
    return shown.text([sources.read(place, whole=True) for place in places], (), columns, color_system)


@pytest.mark.parametrize("columns", [10, 40, 100, 154])
@pytest.mark.parametrize("pattern", ["errgroup", "managed-worker-pool"])
def test_on_a_narrow_screen_every_line_fits_and_not_a_character_is_lost(pattern, columns):
    out = drawn(pattern, (), (), columns=columns)
    assert max(map(len, out.splitlines())) <= columns
    found = [sources.read(place, whole=True) for place in sources.chosen(pattern, (), ())]
    assert squeezed(out) == squeezed("".join(f"{shown.heading(source)}{source.text}" for source in found))


HEADING = re.compile(r"(?:^|\| )== ", re.MULTILINE)
"""At the beginning of a column; a text may compare things further on."""


@pytest.mark.parametrize(("columns", "beside"), [(154, 1), (155, 2), (233, 2), (234, 3), (400, 5), (2000, 5)])
def test_as_many_columns_of_76_as_fit_stand_beside_each_other(columns, beside):
    out = drawn("worker-pool", (), (), columns=columns)
    first, *others = out.splitlines()
    assert len(HEADING.findall(first)) == beside
    assert max(map(len, [first, *others])) <= columns
    assert len(HEADING.findall("\n".join([first, *others]))) == 5


def test_what_finds_no_column_stands_below_the_shortest():
    texts = [Source(name, None, "python", f"{name}.py", "x = 1\n" * lines) for name, lines in
             (("long", 6), ("short", 1), ("next", 1), ("last", 1))]  # fmt: skip
    rows = shown.text(texts, (), 155, None).splitlines()
    left, right = ([row.split("|")[side].strip() for row in rows] for side in (0, 1))
    code = "x = 1"
    assert right[:5] == ["== short: short.py", code, "", "== next: next.py", code]
    assert left == ["== long: long.py", *[code] * 6, ""]
    assert right[6:8] == ["== last: last.py", code]


def test_a_line_goes_on_deeper_than_it_began_and_a_tab_is_four_columns():
    source = Source("go", None, "go", "x.go", "\treturn first, second\n")
    assert shown.text([source], (), 20, None) == "== go: x.go\n    return first,\n        second\n"


@pytest.mark.parametrize("columns", [None, 60, 160])
def test_colour_changes_nothing_but_the_colour(columns):
    coloured = drawn("pipeline", (), (), columns=columns, color_system="standard")
    plain = drawn("pipeline", (), (), columns=columns).expandtabs(shown.TAB)
    assert ESCAPE.search(coloured)
    assert squeezed(ESCAPE.sub("", coloured)) == squeezed(plain)


# The pager, and the other side of stdout


def test_what_is_longer_than_the_terminal_goes_to_the_pager_and_what_fits_does_not(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    out, paged = terminal("clean-up", "--arm", "go", lines=20)
    assert out == ""
    assert paged.startswith("== go: ")
    total = paged.count("\n")
    assert terminal("clean-up", "--arm", "go", lines=total + 1, pager="false")[0] == paged
    assert terminal("clean-up", "--arm", "go", lines=total, pager="true")[0] == ""


@pytest.mark.parametrize("pager", ["", "no-such-pager -x", '"unclosed'])
def test_without_a_pager_that_runs_the_text_is_printed(terminal, pager):
    assert "== gopat: patterns/clean_up.py" in terminal("clean-up", lines=5, pager=pager)[0]


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_terminal_without_a_cursor_has_no_pager(terminal, monkeypatch, term):
    monkeypatch.setenv("TERM", term) if term else monkeypatch.delenv("TERM")
    out, paged = terminal("clean-up", lines=5)
    assert "== gopat: patterns/clean_up.py" in out
    assert paged == ""


@pytest.mark.parametrize(
    ("name", "value", "coloured"),
    [("TERM", "xterm", True), ("TERM", "dumb", False), ("NO_COLOR", "1", False)],
)
def test_a_terminal_has_colour_unless_it_cannot_or_should_not(terminal, monkeypatch, name, value, coloured):
    monkeypatch.setenv(name, value)
    out, _ = terminal("clean-up", "--arm", "go", lines=1000)
    assert bool(ESCAPE.search(out)) == coloured


def test_json_and_a_pipe_have_no_pager(terminal, gopat, monkeypatch):
    out, paged = terminal("clean-up", "--json", lines=5)
    assert (json.loads(out)["pattern"], paged) == ("clean-up", "")
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    monkeypatch.setenv("PAGER", "true")
    assert gopat("clean-up")[1].startswith("== gopat: ")


def test_a_pager_that_leaves_at_once_is_no_failure(terminal):
    assert terminal("managed-worker-pool", lines=5, pager="true") == ("", "")


def test_an_interrupt_is_for_the_pager_and_does_not_end_the_command(terminal):
    interrupting = "import os, signal, sys; sys.stdin.read(); os.kill(os.getppid(), signal.SIGINT)"
    pager = shlex.join([sys.executable, "-c", interrupting])
    assert terminal("clean-up", lines=5, pager=pager) == ("", "")


def test_a_reader_that_has_left_is_no_failure():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "gopatterns_cli", "show", "managed-worker-pool"],
        check=False, stdout=writing, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


# Its help


def test_its_help_is_light_and_fits_40_columns(gopat, monkeypatch):
    program = "import sys; from gopatterns_cli.app import main; main(['show', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert HEAVY & set(done.stdout.splitlines()[-1].split()) == set()
    monkeypatch.setenv("COLUMNS", "40")
    assert max(map(len, gopat("--help")[1].splitlines())) <= 40
