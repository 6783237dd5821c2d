"""From a command line to an exit code: every way in, every way out."""

# ruff: noqa: E501 - a message stands in one piece, as a user sees it

import ast
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gopatterns_cli import __main__ as entry
from gopatterns_cli import commands
from gopatterns_cli.app import WELCOME, main
from patterns import catalogue

PACKAGE = Path(entry.__file__).parent
COMMANDS = sorted(path.stem for path in PACKAGE.joinpath("commands").glob("[a-z]*.py"))
HEAVY = {"asyncio", "multiprocessing", "patterns", "pydantic", "pyperf", "rich", "scenarios", "statistics"}

PROGRAM = """\
    import os
    from typing import Annotated, Any

    import typer

    from gopatterns_cli import options
    from gopatterns_cli.failure import Failure
    from patterns import CancelledError
    from scenarios import ScenarioError

    ENDINGS = {
        "failure": Failure("nothing to compare", 5),
        "lines": Failure("one\\ntwo"),
        "file": PermissionError(13, "Permission denied", "results/x.json"),
        "pipe": BrokenPipeError(32, "Broken pipe"),
        "bug": KeyError("workers"),
        "empty": AssertionError(),
        "cancelled": CancelledError("by nobody"),
        "interrupt": KeyboardInterrupt(),
        "abort": typer.Abort(),
        "exit": typer.Exit(3),
        "scenario": ScenarioError(["a.toml: found 1, allowed 2", "b.toml: found 3, allowed 4"]),
    }


    def extra_work(
        pattern: Annotated[str, typer.Argument(parser=options.pattern)],
        workers: Annotated[int, typer.Option(parser=options.count(1, 1_000_000), metavar="N")] = 5,
        latency: Annotated[float, typer.Option(parser=options.duration, metavar="TIME")] = 1.0,
        sizes: Annotated[Any, typer.Option(parser=options.counts(), metavar="N,N")] = (1, 2),
        ladder: Annotated[Any, typer.Option(parser=options.durations, metavar="TIME,TIME")] = (),
        runtime: Annotated[str, typer.Option(parser=options.runtime)] = "asyncio",
        runtimes: Annotated[Any, typer.Option(parser=options.runtime_list)] = ("asyncio",),
        form: Annotated[str, typer.Option(parser=options.one_of("text", "json"))] = "text",
        rounds: int = 6,
        end: str = "",
    ) -> None:
        \"\"\"Do extra work.

        At some length.
        \"\"\"
        if end:
            raise ENDINGS[end]
        print(pattern, workers, latency, sizes, ladder, runtime, runtimes, form, rounds)
"""


@pytest.fixture
def gopat(tmp_path, monkeypatch, capsys):
    """Run `gopat` with one command more than there is, and return exit code, stdout and stderr."""
    tmp_path.joinpath("extra_work.py").write_text(textwrap.dedent(PROGRAM), encoding="utf-8")
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "gopatterns_cli.commands.extra_work", raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def process(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gopatterns_cli", *arguments]
    return subprocess.run(command, check=False, text=True, **{"capture_output": True, **options})


def modules(*arguments: str) -> set[str]:
    """What a process has imported after a command; -X importtime leaves out what import_module loads."""
    program = f"""if True:
        import sys
        from gopatterns_cli.app import main
        main({list(arguments)!r})
        print(*sys.modules, file=sys.stderr)
    """
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(done.stderr.split())


# What a person sees first


def test_bare_gopat_says_what_to_type_first(gopat):
    assert gopat() == (0, WELCOME + "\n", "")
    assert "gopat run worker-pool --workers 10" in WELCOME
    assert max(map(len, WELCOME.splitlines())) <= 40


def test_help_lists_every_command_with_the_first_line_of_its_docstring(gopat):
    code, out, err = gopat("--help")
    assert (code, err) == (0, "")
    listed = [line.split() for line in out.partition("Commands:\n")[2].splitlines()]
    assert [words[0] for words in listed if words[0] in {*COMMANDS, "extra-work"}] == sorted(
        [*COMMANDS, "extra-work"]
    )
    assert "  list        Show patterns, runtimes and scenarios.\n" in out


def test_a_new_file_is_a_new_command_with_its_docstring_as_help(gopat):
    code, out, _ = gopat("extra-work", "--help")
    assert code == 0
    assert out.startswith("Usage: gopat extra-work [OPTIONS]")
    assert "\nDo extra work.\nAt some length.\n" in out


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", [[], ["list"], ["check"]])
def test_help_fits_a_screen_of_40_columns(gopat, monkeypatch, command, option):
    monkeypatch.setenv("COLUMNS", "40")
    code, out, _ = gopat(*command, option)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 40


def test_version_is_that_of_the_installed_project(gopat):
    code, out, _ = gopat("--version")
    assert code == 0
    assert out.startswith("gopat ")


def test_help_imports_nothing_heavy():
    """By the list of modules, never by a time; `tests/show/appearance.py` measures the time."""
    assert HEAVY & modules("--help") == set()


def test_importtime_of_the_real_program_agrees():
    command = [sys.executable, "-X", "importtime", "-m", "gopatterns_cli", "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert HEAVY & imported == set()


def test_a_command_imports_no_other_command():
    loaded = {name for name in modules("list") if name.startswith("gopatterns_cli.commands.")}
    assert loaded == {"gopatterns_cli.commands.list"}


# Wrong usage


def test_an_unknown_command_is_one_line_with_what_is_near(gopat):
    names = ", ".join(sorted([*COMMANDS, "extra-work"]))
    assert gopat("lst", "--json") == (
        2,
        "",
        f'error: gopat: found the unknown command "lst", allowed {names} (did you mean list?)\n',
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["list", "--jsn"],
            "gopat list: found the unknown option --jsn, allowed --conformance, --json, --help (did you mean --json?)",
        ),
        (
            ["--vrsion"],
            "gopat: found the unknown option --vrsion, allowed --version, --lang, --install-completion, --show-completion, --help (did you mean --version?)",
        ),
        (["list", "-x"], "gopat list: found the unknown option -x, allowed --conformance, --json, --help"),
        (["list", "--json=3"], "--json: does not take a value"),
        (["extra-work", "pipeline", "--workers"], "--workers: requires an argument"),
        (
            ["extra-work", "pipeline", "--workers", "abc"],
            '--workers: found "abc", allowed a whole number from 1 to 1_000_000, such as 10',
        ),
        (
            ["extra-work", "pipeline", "--workers", "0"],
            '--workers: found "0", allowed a whole number from 1 to 1_000_000, such as 10',
        ),
        (
            ["extra-work", "pipeline", "--workers", "-1"],
            '--workers: found "-1", allowed a whole number from 1 to 1_000_000, such as 10',
        ),
        (
            ["extra-work", "pipeline", "--workers", "1e9"],
            '--workers: found "1e9", allowed a whole number from 1 to 1_000_000, such as 10',
        ),
        (
            ["extra-work", "pipeline", "--workers=1_000_001"],
            '--workers: found "1_000_001", allowed a whole number from 1 to 1_000_000, such as 10',
        ),
        (
            ["extra-work", "pipeline", "--latency", "1 parsec"],
            '--latency: found "1 parsec", allowed a number with its unit (ns, us, ms, s or m), at most a year, such as 100us, 1.5s or 2m',
        ),
        (
            ["extra-work", "pipeline", "--sizes", "5..1"],
            '--sizes: found "5..1", allowed whole numbers such as 1,10,100 or a range 1..1000 (a 1-2-5 ladder), each once',
        ),
        (
            ["extra-work", "pipeline", "--ladder", "1s,1s"],
            '--ladder: found "1s,1s", allowed durations such as 20us,1ms or a range 1us..1ms (a 1-2-5 ladder), each once',
        ),
        (
            ["extra-work", "pipeline", "--runtime", "thread"],
            '--runtime: found "thread", allowed asyncio, fibers, processes, simulator, threads (did you mean threads?)',
        ),
        (
            ["extra-work", "pipeline", "--runtimes", "asyncio,thread"],
            '--runtimes: found "thread", allowed asyncio, fibers, processes, simulator, threads (did you mean threads?)',
        ),
        (
            ["extra-work", "pipeline", "--form", "jsn"],
            '--form: found "jsn", allowed text, json (did you mean json?)',
        ),
        (
            ["extra-work", "workerpool"],
            f'PATTERN: found "workerpool", allowed {", ".join(catalogue.names())} (did you mean worker-pool?)',
        ),
        (["extra-work"], "PATTERN: found nothing, allowed a value (see gopat extra-work --help)"),
    ],
)
def test_wrong_usage_is_one_line_that_names_the_option_what_was_found_and_what_is_allowed(
    gopat, arguments, line
):
    assert gopat(*arguments) == (2, "", f"error: {line}\n")


@pytest.mark.parametrize("arguments", [["list", "x"], ["extra-work", "pipeline", "--rounds", "many"]])
def test_what_only_typer_can_say_is_one_line_too(gopat, arguments):
    code, out, err = gopat(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(("error: gopat list: got unexpected extra argument", "error: --rounds: "))


def test_an_option_that_nobody_mentions_keeps_its_default(gopat):
    assert gopat("extra-work", "pipeline") == (
        0,
        "pipeline 5 1.0 (1, 2) () asyncio ('asyncio',) text 6\n",
        "",
    )


def test_options_are_read_as_they_are_written(gopat):
    arguments = [
        "--workers",
        "1_000",
        "--latency",
        "2m",
        "--sizes",
        "1..5",
        "--ladder",
        "1us,2us",
        "--form",
        "json",
    ]
    assert gopat(
        "extra-work", "worker-pool", *arguments, "--runtime=threads", "--runtimes=threads,asyncio"
    ) == (
        0,
        "worker-pool 1000 120.0 (1, 2, 5) (1e-06, 2e-06) threads ('threads', 'asyncio') json 6\n",
        "",
    )


# How a command ends


@pytest.mark.parametrize(
    ("end", "code", "err"),
    [
        ("failure", 5, "error: nothing to compare\n"),
        ("lines", 1, "error: one two\n"),
        ("file", 1, "error: results/x.json: Permission denied\n"),
        ("pipe", 1, "error: Broken pipe\n"),
        ("bug", 1, "error: KeyError: 'workers' (GOPAT_DEBUG=1 shows where)\n"),
        ("empty", 1, "error: AssertionError (GOPAT_DEBUG=1 shows where)\n"),
        ("cancelled", 1, "error: CancelledError: by nobody (GOPAT_DEBUG=1 shows where)\n"),
        ("interrupt", 130, ""),
        ("abort", 130, ""),
        ("exit", 3, ""),
        ("scenario", 2, "error: a.toml: found 1, allowed 2\nerror: b.toml: found 3, allowed 4\n"),
    ],
)
def test_every_ending_has_its_exit_code_and_no_traceback(gopat, monkeypatch, end, code, err):
    monkeypatch.delenv("GOPAT_DEBUG", raising=False)
    assert gopat("extra-work", "pipeline", "--end", end) == (code, "", err)


def test_the_traceback_of_a_bug_is_there_for_who_asks(gopat, monkeypatch):
    monkeypatch.setenv("GOPAT_DEBUG", "1")
    code, _, err = gopat("extra-work", "pipeline", "--end", "bug")
    assert code == 1
    assert err.startswith("Traceback (most recent call last):")
    assert err.endswith("error: KeyError: 'workers' (GOPAT_DEBUG=1 shows where)\n")


# The other side of stdout


def closed_pipe() -> int:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["--help"], []])
def test_a_reader_that_has_left_is_no_failure(arguments):
    writing = closed_pipe()
    done = process(*arguments, capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_has_left_does_not_change_the_exit_code(tmp_path):
    writing = closed_pipe()
    done = process("check", str(tmp_path), capture_output=False, stdout=writing, stderr=writing)
    os.close(writing)
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_a_failure_in_one_line():
    with Path("/dev/full").open("w") as full:
        done = process("list", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, "error: stdout: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_an_error_that_finds_no_room_keeps_its_exit_code():
    with Path("/dev/full").open("w") as full:
        done = process("check", "nowhere.toml", capture_output=False, stdout=subprocess.PIPE, stderr=full)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.skipif(os.name != "posix", reason="closes a stream as a POSIX shell does")
def test_closed_streams_are_no_failure():
    command = f"{sys.executable} -m gopatterns_cli list >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0


def test_a_terminal_that_cannot_show_a_character_shows_a_question_mark(tmp_path):
    done = process(
        "check", str(tmp_path / "né.toml"), env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 2
    assert "n?.toml: found no such file" in done.stderr


# An old Python


def test_an_old_python_is_refused_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    assert entry.main() == 2
    assert capsys.readouterr().err == "error: gopat: found Python 3.10.13, allowed 3.11 or newer\n"


@pytest.mark.parametrize("file", ["__init__.py", "__main__.py"])
def test_what_comes_before_the_check_is_syntax_that_an_old_python_reads(file):
    ast.parse(PACKAGE.joinpath(file).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("name", ["python3.8", "python3.9", "python3.10"])
def test_a_real_old_python_is_refused_too(name):
    program = [shutil.which(name) or name, "-B", "-m", "gopatterns_cli", "list"]
    try:
        subprocess.run([program[0], "-c", ""], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"no {name} here")
    done = subprocess.run(program, cwd=PACKAGE.parent, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("error: gopat: found Python 3.")


def test_ctrl_c_inside_a_callback_of_the_interpreter_is_not_lost():
    """As in a weak reference's, while modules are imported: Python prints it there, and goes on."""
    program = """if True:
        import signal, sys, time, weakref
        from gopatterns_cli import __main__, app

        class Thing:
            pass

        def waits(arguments):
            thing = Thing()
            kept = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
            del thing
            time.sleep(30)
            return 0

        app.main = waits
        sys.exit(__main__.main())
    """
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")
