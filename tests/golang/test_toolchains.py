"""Whatever Go is here, or is not: it is used, or a bench goes on without it and says what would help."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from gopatterns_cli.app import main
from gopatterns_cli.caches import caches
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import golang
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.processes import LostRunError, Order, launch
from gopatterns_cli.session import load

SMALL = """\
about = "Four jobs that wait a moment."
pattern = "worker-pool"
job = { kind = "wait", duration = "100us", count = 4 }
arms = { workers = [2], runtimes = ["asyncio"], home = "asyncio" }

[[claim]]
id = "worker-pool/10-workers"
where = { workers = 2 }
speedup = 2.0
source = "here"
"""

NEW = 'if [ "$1" = env ]; then echo go1.99.0; exit 0; fi\n'
"""What a fake Go begins with that is new enough."""

REMEMBERED = (golang.toolchain, golang.worker)

COMPILER = """\
# gopat
./jobs.go:7:2: undefined: nonsense
./jobs.go:9:2: too many errors
"""


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """No Go but the fake one, and a cache of one's own; nothing is remembered."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    monkeypatch.setattr(golang, "BESIDE", tmp_path / "beside" / "go")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _forget()
    yield
    _forget()


def _forget():
    for function in REMEMBERED:
        function.cache_clear()


@pytest.fixture
def fake(tmp_path):
    """Put a `go` there: a shell script that does as it is told."""

    def put(script, *, folder="bin", mode=0o755, interpreter=b"#!/bin/sh\n"):
        program = tmp_path / folder / "go"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_bytes(interpreter + script.encode())
        program.chmod(mode)
        return str(program)

    return put


@pytest.fixture
def bench(tmp_path, monkeypatch, capfd):
    """Run the smallest bench there is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("GOPAT_RESULTS", raising=False)
    tmp_path.joinpath("small.toml").write_text(SMALL, encoding="utf-8")

    def run(*options):
        code = main(["bench", "small.toml", *options])
        out, err = capfd.readouterr()
        return code, out, err

    return run


def refused():
    with pytest.raises(golang.NoGoError) as raised:
        golang.toolchain()
    assert len(str(raised.value).splitlines()) == 1
    assert golang.GET in str(raised.value)
    return str(raised.value)


# Which Go


def test_without_any_go_it_is_said_how_to_get_one():
    assert refused() == "no Go here: pip install 'gopat[go]'"


@pytest.mark.parametrize("version", ["go1.23", "go1.25.1", "go1.26rc1", "devel go1.27-5a1b2c3 linux/amd64"])
def test_a_go_that_is_new_enough_is_taken(fake, version):
    program = fake(f"echo '{version}'")
    assert golang.toolchain() == golang.Toolchain(program, version)


@pytest.mark.parametrize("version", ["go1.22.9", "go1.4", "go0.99"])
def test_a_go_that_is_too_old_is_refused(fake, version):
    program = fake(f"echo {version}")
    assert refused() == f"{program} is {version}, allowed from go1.23; pip install 'gopat[go]'"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'no Go at all'", "it says 'no Go at all'"),
        ("", "it says 'nothing'"),
        (r"printf '\377\376'", "it says "),
        ("echo go1.x", "it says 'go1.x'"),
        ("echo go1.25.1; echo and more", "it says 'and more'"),
        ("echo 'go: cannot find GOROOT directory' >&2; exit 2", "it says 'go: cannot find GOROOT directory'"),
        ("kill -SEGV $$", "it says 'nothing'"),
        ("head -c 100000 /dev/zero | tr '\\0' x", "it says 'xxx"),
    ],
)
def test_a_go_that_is_broken_is_refused(fake, script, said):
    program = fake(script)
    message = refused()
    assert message.startswith(f"{program} is broken: {said}")
    assert len(message) < 300 + len(program)


def test_a_go_that_hangs_is_ended_with_all_that_it_has_started(fake, monkeypatch, tmp_path):
    monkeypatch.setattr(golang, "ASK_S", 0.5)
    started = tmp_path / "started"
    program = fake(f"sleep 1000 &\necho $! > {started}\nwait")
    assert refused().startswith(f"{program} hangs: no answer within ")
    until_ended(int(started.read_text()))


def until_ended(process):
    """Wait until a process that was killed is gone: the test's own time-out ends one that stays."""
    status = Path(f"/proc/{process}/status")
    with contextlib.suppress(OSError):
        while "zombie" not in status.read_text(encoding="ascii"):
            time.sleep(0.01)


def test_what_cannot_be_executed_is_no_go(fake):
    fake("echo go1.25.1", mode=0o644)
    assert refused() == "no Go here: pip install 'gopat[go]'"
    program = fake("\0\1\2", interpreter=b"")
    assert refused() == f"{program} cannot be run: Exec format error; pip install 'gopat[go]'"


def test_the_wheels_go_is_taken_where_the_one_on_path_cannot_be(fake):
    """Whoever has done as they were told has one."""
    old = fake("echo go1.4")
    wheel = fake("echo go1.25.1", folder="beside")
    assert golang.toolchain() == golang.Toolchain(wheel, "go1.25.1")
    fake("echo go1.5", folder="beside")
    golang.toolchain.cache_clear()
    assert refused().startswith(f"{old} is go1.4, ")


def test_the_go_on_path_comes_first(fake):
    path = fake("echo go1.24")
    fake("echo go1.25.1", folder="beside")
    assert golang.toolchain().program == path


def test_go_downloads_nothing_and_builds_for_this_machine(fake, monkeypatch, tmp_path):
    for name, value in {"GOOS": "plan9", "GOARCH": "arm", "GOTOOLCHAIN": "auto", "GOPROXY": "direct"}.items():
        monkeypatch.setenv(name, value)
    fake(f"env > {tmp_path / 'seen'}; echo go1.25.1")
    golang.toolchain()
    seen = dict(line.partition("=")[::2] for line in tmp_path.joinpath("seen").read_text().splitlines())
    assert {name: seen[name] for name in golang.OFFLINE} == golang.OFFLINE
    assert not {"GOOS", "GOARCH"} & seen.keys()
    assert Path(seen["GOCACHE"]).is_relative_to(tmp_path / "cache" / "gopat")


# Building


def test_a_worker_is_built_once_and_kept(fake, tmp_path):
    fake(f'{NEW}echo built >> {tmp_path / "log"}\nshift 4\necho "#!/bin/sh" > "$1"')
    first = golang.worker()
    _forget()
    assert golang.worker() == first
    assert first.is_relative_to(tmp_path / "cache" / "gopat")
    assert [path.name for path in first.parent.iterdir()] == ["worker"]
    assert tmp_path.joinpath("log").read_text() == "built\n"


def test_a_build_that_fails_has_the_compilers_lines(fake):
    fake(f"{NEW}cat >&2 <<'END'\n{COMPILER}END\nexit 1")
    with pytest.raises(golang.BuildError) as raised:
        golang.worker()
    assert raised.value.message == "the Go arms do not build: ./jobs.go:7:2: undefined: nonsense"
    assert raised.value.lines == tuple(COMPILER.splitlines())


def test_a_build_that_hangs_is_ended(fake, monkeypatch):
    monkeypatch.setattr(golang, "BUILD_S", 0.5)
    program = fake(f"{NEW}sleep 1000")
    with pytest.raises(golang.BuildError, match=f"the Go arms do not build: {re.escape(program)} hangs"):
        golang.worker()


def test_a_build_that_makes_nothing_is_one_line(fake):
    fake(NEW)
    with pytest.raises(golang.BuildError, match=r"cannot be built in .*: No such file or directory$"):
        golang.worker()


def test_a_cache_that_is_a_file_is_one_line(fake, monkeypatch, tmp_path):
    fake(NEW)
    tmp_path.joinpath("file").write_text("mine")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(golang.BuildError, match=r"^the Go arms cannot be built in .*: Not a directory$"):
        golang.worker()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_cache_with_no_place_is_one_line(fake, monkeypatch, number):
    def full(**options):
        raise OSError(number, os.strerror(number))

    fake(NEW)
    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with pytest.raises(golang.BuildError, match=rf"cannot be built in .*: {os.strerror(number)}$"):
        golang.worker()


def test_a_cache_whose_name_is_no_path_from_the_root_is_not_used(monkeypatch, tmp_path):
    """The XDG base directories' own rule; and Go refuses such a cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert caches() == tmp_path / ".cache" / "gopat"


# What a bench makes of it


def test_a_bench_without_go_says_how_to_get_one(bench):
    code, out, err = bench("--list")
    assert (code, err) == (0, "")
    assert "no figures for Go: no Go here: pip install 'gopat[go]'" in out.splitlines()
    assert "small/go/" not in out
    assert "small/go-serial" not in out


def test_a_bench_goes_on_without_go_when_that_does_not_build(bench, fake):
    fake(f"{NEW}cat >&2 <<'END'\n{COMPILER}END\nexit 1")
    code, out, err = bench("--rounds", "1")
    assert code == 0
    lines = err.splitlines()
    assert lines[:3] == COMPILER.splitlines()
    why = "the Go arms do not build: ./jobs.go:7:2: undefined: nonsense"
    assert f"no figures for Go: {why}" in lines
    assert "Traceback" not in err
    assert "small/gopat/asyncio/cold/workers=2" in out
    session = load(Path(out.splitlines()[-1].removeprefix("session: ")))
    assert session.plan.no_go == why
    assert session.rounds_done == 1
    assert not [cell for cell in session.plan.cells if cell.is_go]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo go1.4", "is go1.4, allowed from go1.23; pip install 'gopat[go]'"),
        ("echo nonsense", "is broken: it says 'nonsense'; pip install 'gopat[go]'"),
        ("kill -SEGV $$", "is broken: it says 'nothing'; pip install 'gopat[go]'"),
        ("sleep 1000", "hangs: no answer within 0 s; pip install 'gopat[go]'"),
    ],
)
def test_a_bench_goes_on_without_a_go_that_cannot_be_used(bench, fake, monkeypatch, script, why):
    monkeypatch.setattr(golang, "ASK_S", 0.4)
    program = fake(script)
    code, out, err = bench("--list")
    assert (code, err) == (0, "")
    assert f"no figures for Go: {program} {why}" in out.splitlines()


def test_a_bench_goes_on_without_go_when_the_cache_is_a_file(bench, fake, monkeypatch, tmp_path):
    fake(NEW)
    tmp_path.joinpath("file").write_text("mine")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    code, out, err = bench("--list")
    assert (code, err) == (0, "")
    assert "no figures for Go: the Go arms cannot be built in " in out


def test_a_worker_that_breaks_costs_the_go_arms_alone(bench, fake):
    """It is built, but does not run: the arms are lost, each with its line, and the others measured."""
    fake(f'{NEW}shift 4\nprintf "#!/bin/sh\\necho panic: gone >&2\\nexit 2\\n" > "$1"\nchmod +x "$1"')
    code, out, _ = bench("--rounds", "1")
    assert code == 0
    assert "lost: small/go/cold/workers=2, calibration: panic: gone" in out.splitlines()
    assert "lost: small/go-serial, calibration: panic: gone" in out.splitlines()
    assert re.search(r"^small/gopat/asyncio/cold/workers=2 +\d", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("#!/bin/sh\necho nonsense", "the worker wrote no result (JSONDecodeError: "),
        ("#!/bin/sh\necho '{}'", "the worker wrote no result (KeyError: "),
        ("#!/bin/sh\necho '[1]'", "the worker wrote no result (TypeError: "),
        ("#!/bin/sh\nkill -9 $$", "the worker ended with -9"),
        ("nonsense", "the worker cannot be started: Exec format error"),
    ],
)
def test_a_worker_that_answers_nonsense_is_one_line(monkeypatch, tmp_path, script, why):
    program = tmp_path / "worker"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(golang, "worker", lambda: program)
    cell = Cell("s", "worker-pool", "go", None, "cold", 2, 0, "wait", 1e-4, 4)
    with pytest.raises(LostRunError) as raised:
        launch(Order(cell, loops=1, values=1, warmups=0, hash_seed=1, timeout_s=20))
    assert str(raised.value).startswith(why)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "echo wrong >&2; exit 2", "exec sleep 1000"])
def test_a_question_that_the_worker_does_not_answer_is_one_line(monkeypatch, tmp_path, script):
    program = tmp_path / "worker"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(golang, "worker", lambda: program)
    with pytest.raises(Failure, match=r"^the Go worker: .*\S$") as raised:
        golang.asked(("--practices",), 0.5)
    assert len(raised.value.message.splitlines()) == 1


def test_go_beside_the_interpreter_is_where_the_wheel_puts_it():
    found = subprocess.run(
        [sys.executable, "-c", "from gopatterns_cli.measuring import golang; print(golang.BESIDE)"],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert found.stdout.strip() == str(Path(sys.executable).parent / "go")
