"""Environments in the cache: one per set and interpreter, whole or not there; the Pythons that make them."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import environments, locks
from gopatterns_cli.versions.environments import environment
from gopatterns_cli.versions.interpreters import Interpreter, interpreter
from gopatterns_cli.versions.pip import python_in

ROOT = Path(__file__).parents[2]

HERE = Interpreter("", sys.executable, "3.11.0", "a build")

HOLDS = """\
import sys
from pathlib import Path

from gopatterns_cli.versions import locks

with locks.held(Path(sys.argv[1]), lambda: None):
    print(flush=True)
    sys.stdin.read()
"""


def silent(line: str) -> None:
    """Say nothing."""


def test_the_requirements_of_a_worker_are_those_of_gopat():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(environments.HARNESS) <= set(project["dependencies"])


def test_a_worker_imports_nothing_else():
    code = "import sys, gopatterns_cli.worker; print(*{name.partition('.')[0] for name in sys.modules})"
    env = {"PYTHONPATH": str(ROOT), "PYTHONNOUSERSITE": "1"}
    said = subprocess.run(
        [sys.executable, "-P", "-c", code], env=env, capture_output=True, text=True, check=True
    )
    brought = subprocess.run(
        [sys.executable, "-P", "-c", "import sys; print(*sys.modules)"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    found = set(said.stdout.split()) - set(brought.stdout.split()) - sys.stdlib_module_names
    ours = {"gopatterns_cli", "scenarios", "patterns", "__mp_main__"}
    assert {name for name in found - ours if not name.startswith("_")} == {"pyperf", "psutil"}


def test_an_environment_is_made_once_and_that_is_said(installer):
    lines = []
    made = [environment(HERE, needs, installer, lines.append) for needs in (["b", "a"], ["a", "b", "a"])]
    assert made[0] == made[1]
    assert lines == ["installing a, b, psutil>=5.9, pyperf>=2.7 for Python 3.11.0, once"]
    assert environments.packages(made[0]) == ("a==1.0", "b==1.0", "psutil==1.0", "pyperf==1.0")


@pytest.mark.parametrize(
    "other",
    [replace(HERE, version="3.11.0t"), replace(HERE, build="another"), replace(HERE, python="/bin/sh")],
)
def test_each_interpreter_has_its_own(installer, other):
    assert environment(HERE, (), installer, silent) != environment(other, (), installer, silent)


def test_how_it_was_named_makes_no_difference(installer):
    named = environment(replace(HERE, named="python3"), (), installer, silent)
    assert environment(HERE, (), installer, silent) == named


def test_one_that_could_not_be_made_is_not_there(installer):
    def fails(call):
        raise Failure("pip install fails: no such thing")

    installer.before = fails
    with pytest.raises(Failure, match="no such thing"):
        environment(HERE, (), installer, silent)
    installer.before = lambda call: None
    assert python_in(environment(HERE, (), installer, silent)).exists()


def test_what_a_killed_one_left_is_removed(installer):
    made = environment(HERE, (), installer, silent)
    python_in(made).unlink()  # its Python is gone
    half = made.with_name(f"{made.name}-abc")
    half.mkdir()
    assert environment(HERE, (), installer, silent) == made
    assert python_in(made).exists()
    assert not half.exists()
    assert len(installer.calls) == 2


def test_the_second_of_two_at_once_waits_for_the_first(installer, tmp_path):
    made = environment(HERE, (), installer, silent)
    installer.calls.clear()
    python_in(made).unlink()
    command = [sys.executable, "-c", HOLDS, str(made.with_suffix(".lock"))]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        first.stdout.readline()
        lines = []

        def say(line):
            lines.append(line)
            python_in(made).touch()  # the first has made it
            first.stdin.close()

        assert environment(HERE, (), installer, say) == made
    assert lines == ["waiting for another gopat's pip"]
    assert installer.calls == []


def test_where_there_are_no_locks_the_quicker_one_is_used(installer, monkeypatch):
    monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setattr(locks, "THERE", False)

    def meanwhile(call):
        installer.before = lambda call: None
        environment(HERE, (), installer, silent)

    installer.before = meanwhile
    made = environment(HERE, (), installer, silent)
    assert python_in(made).exists()
    assert sorted(path.name for path in made.parent.iterdir()) == [made.name, f"{made.name}.lock"]


def test_a_cache_that_cannot_be_written_is_one_line(installer, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(Failure, match=r"^no environment can be made in .*: Not a directory$") as found:
        environment(HERE, (), installer, silent)
    assert found.value.exit_code == 1


# Interpreters


def program(tmp_path, text: str) -> str:
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_without_a_name_it_is_the_one_that_runs_gopat_outside_its_environment():
    found = interpreter()
    assert found.python == sys._base_executable
    assert found.version.rstrip("t") == sys.version.partition(" ")[0]


def test_a_module_in_the_current_folder_is_not_taken_for_pythons(tmp_path, monkeypatch):
    (tmp_path / "platform.py").write_text("raise SystemExit('the current folder')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert interpreter().version


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('echo \'["/bin/python", [3, 10], "3.10.2", ""]\'', "is Python 3.10.2, allowed 3.11 or newer"),
        ("echo no such option >&2; exit 2", "is no Python that runs: it says 'no such option'"),
        ("exit 0", "is no Python that runs: it says 'nothing'"),
        ("echo 7", "is no Python that runs: it says '7'"),
    ],
)
def test_a_python_that_will_not_do_is_one_line(tmp_path, text, problem):
    path = program(tmp_path, text)
    with pytest.raises(Failure) as found:
        interpreter(path)
    assert (found.value.message, found.value.exit_code) == (f"--python: {path} {problem}", 2)


def test_a_python_that_is_not_there_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    for named, problem in [
        (str(tmp_path), "which is a folder; allowed a Python"),
        (str(tmp_path / "file"), "which is no program; allowed a path, or a name such as python3.13"),
        ("python3.999", "which is not there; allowed a path, or a name such as python3.13"),
    ]:
        with pytest.raises(Failure) as found:
            interpreter(named)
        assert (found.value.message, found.value.exit_code) == (f"--python: found {named}, {problem}", 2)


def test_a_program_that_is_broken_is_one_line(tmp_path):
    path = program(tmp_path, "")
    Path(path).write_text("#!/no/such/interpreter\n", encoding="utf-8")
    with pytest.raises(Failure, match=rf"^--python: {path} cannot be run: No such file or directory$"):
        interpreter(path)
