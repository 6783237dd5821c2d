"""Programs of the user's, run to their end: git, pip, a Python.

Each runs in a session of its own, with nothing to read; what it says is kept from our own output. It is ended
with all that it has started when Ctrl-C comes, or when it takes too long.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gopatterns_cli import interrupts
from gopatterns_cli.failure import Failure

GRACE_S = 5.0
"""How long a program has to tidy up after itself: git takes its locks away, pip its temporary folders."""


@dataclass(frozen=True)
class Done:
    """How a program ended: its exit code, what it said on stdout and stderr, by `os.fsdecode`."""

    code: int
    out: str
    err: str


def done(
    command: Sequence[str], timeout_s: float, *, folder: Path | None = None, env: Mapping[str, str]
) -> Done:
    """Run a program and return how it ended, whatever its exit code.

    Args:
        command: the program and its arguments.
        timeout_s: after so many seconds it is ended.
        folder: where it runs; None for the current one.
        env: all its environment variables.

    Raises:
        Failure: exit code 1: it cannot be started, or hangs.
    """
    name = command[0]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = None
        try:
            with interrupts.deferred():
                process = _started(command, (out, err), folder, env)
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise Failure(f"{name} hangs: no end within {timeout_s:.0f} s") from None
        except OSError as error:
            raise Failure(f"{name} cannot be run: {error.strerror}") from None
        finally:
            _end(process)
        return Done(process.returncode, _text(out), _text(err))


def _started(
    command: Sequence[str], files: tuple[IO[bytes], IO[bytes]], folder: Path | None, env: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - what the user asked for
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=files[0],
        stderr=files[1],
        start_new_session=True,  # Ctrl-C is for us, who then end it
    )


def _end(process: "subprocess.Popen[bytes] | None") -> None:
    if process is None or process.returncode is not None:
        return
    with interrupts.deferred():
        _signal(process, signal.SIGINT)  # pip and git tidy up then, as if Ctrl-C had come to them
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        _signal(process, signal.SIGKILL)  # what it has started, too
        process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says so of zombies
        os.killpg(process.pid, number)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return os.fsdecode(file.read())
