"""Programs run to their end, pip among them: what is said when they fail, and that none is left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions import making as versions
from gopatterns_cli.versions import pip, programs
from gopatterns_cli.versions.interpreters import Interpreter
from gopatterns_cli.versions.pip import Pip, problem
from gopatterns_cli.versions.programs import Done, done

ENV = {"PATH": os.environ["PATH"]}


# Programs


def test_how_a_program_ended_is_returned_whatever_its_exit_code():
    found = done(["sh", "-c", "echo out; echo err >&2; exit 3"], 20.0, env=ENV)
    assert found == Done(3, "out\n", "err\n")


def test_names_that_are_no_text_come_through():
    assert os.fsencode(done(["printf", "\\377"], 20.0, env=ENV).out) == b"\xff"


def test_it_runs_in_a_session_of_its_own_with_nothing_to_read():
    code = "import os, sys; print(os.getsid(0) == os.getpid(), sys.stdin.read() == '')"
    assert done([sys.executable, "-c", code], 20.0, env=ENV).out == "True True\n"


def test_a_program_that_is_not_there_is_one_line():
    with pytest.raises(Failure, match=r"^nosuch cannot be run: No such file or directory$"):
        done(["nosuch"], 20.0, env=ENV)


def has_ended(file: Path) -> bool:
    """Wait until the process whose number is in the file has ended; it is no child of ours."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(file.read_text(encoding="utf-8")))
        while process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
    return True


def with_a_child(tmp_path) -> list[str]:
    """A program that heeds no SIGINT, nor does its child, whose number is in the file."""
    return ["sh", "-c", f"trap '' INT; sleep 600 & echo $! > {tmp_path / 'child'}; wait; sleep 600"]


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "GRACE_S", 0.1)
    with pytest.raises(Failure, match=r"^sh hangs: no end within 1 s$"):
        done(with_a_child(tmp_path), 1.0, env=ENV)
    assert has_ended(tmp_path / "child")


def test_ctrl_c_ends_a_program_with_its_children(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "GRACE_S", 0.1)

    def interrupt():
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text(encoding="utf-8"):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        done(with_a_child(tmp_path), 50.0, env=ENV)
    thread.join()
    assert has_ended(tmp_path / "child")


def test_a_program_may_tidy_up_before_it_ends(tmp_path):
    ready = tmp_path / "ready"
    script = f"trap 'touch {tmp_path / 'tidy'}; exit 1' INT; touch {ready}; while true; do sleep 0.01; done"

    def interrupt():
        while not ready.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        done(["sh", "-c", script], 50.0, env=ENV)
    thread.join()
    assert (tmp_path / "tidy").exists()


# What pip says

BUILD = """\
  error: subprocess-exited-with-error

  × Getting requirements to build wheel did not run successfully.
  │ exit code: 1
  ╰─> [20 lines of output]
      Traceback (most recent call last):
        File "setup.py", line 3, in <module>
      RuntimeError: no compiler here
      [end of output]

  note: This error originates from a subprocess, and is likely not a problem with pip.
error: subprocess-exited-with-error

× Getting requirements to build wheel did not run successfully.
│ exit code: 1
╰─> See above for output.

note: This error originates from a subprocess, and is likely not a problem with pip.
"""  # noqa: RUF001 - pip's own signs

NO_NETWORK = """\
WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<...>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/left/
ERROR: Could not find a version that satisfies the requirement left (from versions: none)
ERROR: No matching distribution found for left

[notice] A new release of pip is available: 23.2.1 -> 26.0
[notice] To update, run: python -m pip install --upgrade pip
"""  # noqa: E501


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (BUILD, "RuntimeError: no compiler here"),
        (NO_NETWORK, "No matching distribution found for left (the package index cannot be reached)"),
        ("", "it ended with 1"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
            "Could not install packages due to an OSError: [Errno 28] No space left on device",
        ),
    ],
)
def test_the_line_that_says_what_went_wrong(said, line):
    assert problem(Done(1, "", said)) == line


def a_pip_that_says(monkeypatch, said: str, out: str = "") -> None:
    monkeypatch.setattr(pip, "done", lambda *words, **how: Done(1, out, said))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("ERROR: tiny-1.0-cp39-cp39-linux_x86_64.whl is not a supported wheel on this platform.", 2),
        ("ERROR: Package 'tiny' requires a different Python: 3.11.2 not in '>=3.12'", 2),
        ("ERROR: something else", 1),
    ],
)
def test_a_wheel_for_another_python_is_for_the_user_to_mend(monkeypatch, tmp_path, said, code):
    a_pip_that_says(monkeypatch, said)
    with pytest.raises(Failure) as found:
        Pip().unpack(Path("python"), tmp_path / "tiny.whl", tmp_path / "to")
    assert (found.value.message, found.value.exit_code) == (
        f"pip install fails: {said.removeprefix('ERROR: ')}",
        code,
    )


def test_a_python_without_venv_is_one_line(monkeypatch, tmp_path):
    a_pip_that_says(monkeypatch, "", "ensurepip is not\navailable.  On Debian/Ubuntu systems, you need\n")
    with pytest.raises(
        Failure, match=r"^/usr/bin/python3 makes no virtual .* apt-get install python3-venv\)$"
    ):
        Pip().environment(Interpreter("", "/usr/bin/python3", "3.11.2", ""), (), tmp_path / "to")


def test_a_shell_that_installs_elsewhere_does_not_disturb(monkeypatch, tmp_path):
    envs = []
    monkeypatch.setattr(pip, "done", lambda *words, env, **how: envs.append(env) or Done(0, "", ""))
    for name in ("PIP_TARGET", "PYTHONPATH", "GIT_DIR", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PIP_USER", "1")
    Pip().unpack(Path("python"), tmp_path / "tiny.whl", tmp_path / "to")
    assert {name for name, value in envs[0].items() if value == "x"} == {"PIP_INDEX_URL"}
    assert envs[0]["PIP_USER"] == "0"


# pip itself: this installs from an index

SETUPTOOLS = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "tiny"
version = "1.0"

[tool.setuptools]
packages = ["tiny"]
"""


@pytest.mark.timeout(600)
def test_pip_builds_both_versions_or_says_why_not(repository):
    repository.put("pyproject.toml", SETUPTOOLS)
    repository.commit()
    repository.put("tiny/__init__.py", "VALUE = 3\n")
    with versions.built("HEAD", (), lambda line: None, here=repository.folder) as found:
        code = "import tiny, pyperf, psutil, gopatterns_cli.worker; print(tiny.VALUE)"
        said = [
            done([one.python, "-P", "-c", code], 60.0, env={"PYTHONPATH": os.pathsep.join(one.paths)})
            for one in found
        ]
        assert [one.out for one in said] == ["2\n", "3\n"], said
        assert [name.partition("==")[0] for name in found[0].packages] == ["psutil", "pyperf"]
    assert sorted(path.name for path in repository.folder.iterdir()) == [
        ".git",
        ".gitignore",
        "pyproject.toml",
        "tiny",
    ]

    repository.put("setup.py", "raise RuntimeError('no compiler here')\n")
    (repository.folder / "pyproject.toml").unlink()
    with (
        pytest.raises(Failure, match=r"^\.: pip wheel fails: RuntimeError: no compiler here$"),
        versions.built(".", (), lambda line: None, here=repository.folder),
    ):
        pass
