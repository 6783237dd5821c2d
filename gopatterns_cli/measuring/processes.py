"""Worker processes: one cell measured in a fresh process, through pyperf's worker protocol.

pyperf calls `--worker`, `--worker-task` and `--pipe` internal; they have been stable since its 1.x
versions. They are used in this file alone, and a test holds them with a real worker.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from gopatterns_cli import interrupts
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.suite import Run, read_run

KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TEMP",
    "SYSTEMROOT",
    "PYTHON_GIL",
    "PYTHON_CPU_COUNT",
)
"""The environment that a worker gets besides its hash seed: as little as can be, the same for all."""

PRIVATE = frozenset({"command", "hostname", "python_config_args", "python_executable"})
"""Facts of pyperf's that name the user's machine and folders: a session is there to be shown to others."""

PADDING = 4_096
"""The size of the environment moves the stack; it is drawn per round, up to so many bytes, and shared
by the arms of a round.

Source: Mytkowicz et al., "Producing Wrong Data Without Doing Anything Obviously Wrong!", ASPLOS 2009."""


@dataclass(frozen=True)
class Order:
    """What one worker is to do: the cell, runs per value, values, values before that do not count."""

    cell: Cell
    loops: int
    values: int
    warmups: int
    hash_seed: int
    timeout_s: float


class LostRunError(Exception):
    """
    A worker that crashed, hung, answered wrongly or wrote no result; the message says which, in one
    line.
    """


class Launcher(Protocol):
    """Runs one order; the tests have one that needs no process."""

    def __call__(self, order: Order) -> Run:
        """Return what was measured, or raise LostRunError."""


def launch(order: Order) -> Run:
    """Run a worker to its end.

    Raises:
        LostRunError: see there. A KeyboardInterrupt ends the worker and goes on; it comes late rather than
            between the making of a worker and the knowledge of it.
    """
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, os.fdopen(reading, "rb") as pipe:
        worker = None
        try:
            with interrupts.deferred():
                worker = _started(order, writing, out, err)
            _wait(worker, order)
        finally:
            _end(worker)
        said = [_text(file) for file in (out, err)]
        if worker.returncode != 0:
            raise LostRunError(_last_line(said[1]) or f"the worker ended with {worker.returncode}")
        return _run(pipe.read(), said[0], order)


def _started(order: Order, pipe: int, out: IO[bytes], err: IO[bytes]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - our own worker
            _command(order, pipe),
            env=_environment(order.hash_seed),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            pass_fds=(pipe,),
            start_new_session=True,  # Ctrl-C is for us, who then end the worker
        )
    finally:
        os.close(pipe)


def _command(order: Order, pipe: int) -> list[str]:
    counts = {
        "worker-task": 0,
        "pipe": pipe,
        "loops": order.loops,
        "values": order.values,
        "warmups": order.warmups,
    }
    options = [f"--{name}={count}" for name, count in counts.items()]
    return [
        sys.executable,
        "-P",
        "-m",
        "gopatterns_cli.worker",
        "--worker",
        *options,
        f"--parent={os.getpid()}",
        "--cell",
        json.dumps(order.cell.to_json()),
    ]


def _environment(hash_seed: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    package = str(Path(__file__).parents[2])  # a checkout that is not installed is measured, too
    paths = [package, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    ours = {"PYTHONPATH": os.pathsep.join(path for path in paths if path), "PYTHONHASHSEED": str(hash_seed)}
    return {**kept, **ours, "GOPAT_PADDING": "x" * (hash_seed % PADDING)}


def _wait(worker: "subprocess.Popen[bytes]", order: Order) -> None:
    try:
        worker.wait(order.timeout_s)
    except subprocess.TimeoutExpired:
        raise LostRunError(f"hung: killed after {order.timeout_s:.0f} s") from None


def _end(worker: "subprocess.Popen[bytes] | None") -> None:
    """Leave no worker behind: a second Ctrl-C waits until it has ended."""
    if worker is not None and worker.returncode is None:
        with interrupts.deferred():
            worker.kill()
            worker.wait()


def _run(suite: bytes, said: str, order: Order) -> Run:
    try:
        data = json.loads(suite)
        (benchmark,) = data["benchmarks"]
        (run,) = benchmark["runs"]
        measured = read_run(run, {**data.get("metadata", {}), **benchmark.get("metadata", {})})
        job_s = json.loads(said)["job_s"]
    except (ValueError, KeyError, TypeError) as error:
        raise LostRunError(f"the worker wrote no result ({type(error).__name__}: {error})") from None
    if len(measured.values) != order.values:
        raise LostRunError(
            f"the worker measured {len(measured.values)} values, {order.values} were asked for"
        )
    return Run(measured.values, measured.warmups, _facts(measured.metadata, order, job_s))


def _facts(metadata: Mapping[str, Any], order: Order, job_s: float | None) -> dict[str, Any]:
    ours = {"gopat_cell": order.cell.name, "gopat_hashseed": order.hash_seed}
    kept = {name: fact for name, fact in metadata.items() if name not in PRIVATE}
    return {**kept, **ours, **({} if job_s is None else {"gopat_job_s": job_s})}


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode(errors="replace"))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
