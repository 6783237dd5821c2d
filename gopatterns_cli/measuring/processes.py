"""Worker processes: one cell measured in a fresh process, by pyperf's worker protocol or by our Go worker.

pyperf calls `--worker`, `--worker-task` and `--pipe` internal; they have been stable since its 1.x
versions. They are used in this file alone, and a test holds them with a real worker.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO, Any, Protocol

from gopatterns_cli import interrupts
from gopatterns_cli.measuring import golang
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.environment import Environment, python_of, variables
from gopatterns_cli.measuring.site import NoSiteError, site_for
from gopatterns_cli.measuring.suite import BUDGET, Run, read_run

PRIVATE = frozenset({"command", "hostname", "python_config_args", "python_executable"})
"""Facts of pyperf's that name the user's machine and folders: a session is there to be shown to others."""

LONGEST_MS = 2**31 - 1
"""Of one `poll`, which takes no more: 24 days."""


@dataclass(frozen=True)
class Order:
    """
    What one worker is to do: the cell, runs per value, values, runs before those, which do not count. With
    `most_s` an operation gets fewer items if a run of all of them takes longer. With `slowed` everything
    takes longer by that share, 0.2 is 20 %: only trials of the gate ask for it.
    """

    cell: Cell
    loops: int
    values: int
    warmups: int
    hash_seed: int
    timeout_s: float
    most_s: float = 0.0
    environment: Environment | None = None
    slowed: float = 0.0


class LostRunError(Exception):
    """
    A worker that crashed, hung, answered wrongly or wrote no result; the message says which, in one
    line.
    """


class HungError(LostRunError):
    """A worker that did not end in time."""


class Launcher(Protocol):
    """Runs one order; the tests have one that needs no process."""

    def __call__(self, order: Order) -> Run:
        """Return what was measured, or raise LostRunError."""


def launch(order: Order) -> Run:
    """Run a worker to its end: one of Python, or one of Go.

    Raises:
        LostRunError: see there. A KeyboardInterrupt ends the worker and goes on; it comes late rather than
            between the making of a worker and the knowledge of it.
    """
    try:
        with site_for(order.cell) as port:
            return _go(order, port) if order.cell.is_go else _python(order, port)
    except NoSiteError as error:
        raise LostRunError(str(error)) from None


def _python(order: Order, port: int) -> Run:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        said = ran(
            _command(order, writing, port),
            order.timeout_s,
            env=variables(order.hash_seed, whole=order.cell.job_kind == "tuned", given=order.environment),
            stdin=subprocess.DEVNULL,
            pass_fds=(writing,),
        )
        os.set_blocking(reading, False)  # what the user's code has forked may hold the other end for ever
        return _run(pipe.read() or b"", said, order)


def _go(order: Order, port: int) -> Run:
    try:
        program = golang.worker()
    except golang.NoGoError as error:
        raise LostRunError(str(error)) from None
    except golang.BuildError as error:
        raise LostRunError(error.message) from None
    counts = {"loops": order.loops, "values": order.values, "warmups": order.warmups}
    options = [f"--{name}={count}" for name, count in counts.items()]
    cell = {**order.cell.to_json(), "sleep_s": order.cell.sleep_s, "port": port}
    said = ran(
        [str(program), "--hold", *options, "--cell", json.dumps(cell)],
        order.timeout_s,
        env=variables(order.hash_seed),
        stdin=subprocess.PIPE,
    )
    return _go_run(said, order)


def ran(command: list[str], timeout_s: float, **how: Any) -> str:
    """Run a program of ours to its end, in a session of its own, and return what it said.

    Args:
        command: the program and its arguments.
        timeout_s: after so many seconds it is killed, with all that it has started.
        how: further arguments of `Popen`.

    Raises:
        LostRunError: it failed, with the last line that it said on stderr; HungError when it was killed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        worker = None
        try:
            with interrupts.deferred():
                worker = _started(command, out, err, how)
            _wait(worker, timeout_s)
        finally:
            _end(worker)
        said = [_text(file) for file in (out, err)]
        if worker.returncode != 0:
            raise LostRunError(_last_line(said[1]) or f"the worker ended with {worker.returncode}")
        return said[0]


def _started(command: list[str], out: IO[bytes], err: IO[bytes], how: Any) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - our own worker
            command,
            stdout=out,
            stderr=err,
            start_new_session=True,  # Ctrl-C is for us, who then end the worker
            **how,
        )
    except OSError as error:
        raise LostRunError(f"the worker cannot be started: {error.strerror}") from None
    finally:
        for pipe in how.get("pass_fds", ()):
            os.close(pipe)


def _command(order: Order, pipe: int, port: int) -> list[str]:
    counts = {
        "worker-task": 0,
        "pipe": pipe,
        "loops": order.loops,
        "values": order.values,
        "warmups": 0,  # its own are whole values
        "runs-before": order.warmups,
    }
    options = [f"--{name}={count}" for name, count in counts.items()]
    return [
        python_of(order.environment),
        "-P",
        "-m",
        "gopatterns_cli.worker",
        "--worker",
        *options,
        f"--parent={os.getpid()}",
        f"--port={port}",
        f"--most-s={order.most_s}",
        f"--slowed={order.slowed}",
        "--cell",
        json.dumps(order.cell.to_json()),
    ]


def _wait(worker: "subprocess.Popen[bytes]", timeout_s: float) -> None:
    """Wait until it ends, and no longer: `Popen.wait` looks every 50 ms."""
    told = _told_of_its_end(worker.pid, timeout_s)
    if told:  # and not reaped yet, so its number is still its own: nothing that it has left goes on
        os.killpg(worker.pid, signal.SIGKILL)
    try:
        worker.wait(0 if told is False else timeout_s)
    except subprocess.TimeoutExpired:
        raise HungError(f"hung: killed after {timeout_s:.0f} s") from None


def _told_of_its_end(pid: int, seconds: float) -> bool | None:
    """Whether a child of ours ended within that time; None where the system does not say."""
    if sys.platform != "linux":
        return None
    try:
        ended = os.pidfd_open(pid)
    except OSError:  # an old kernel, or a sandbox that does not let it through
        return None
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        return bool(poll.poll(min(seconds * 1000, LONGEST_MS)))
    finally:
        os.close(ended)


def _end(worker: "subprocess.Popen[bytes] | None") -> None:
    """Leave no worker behind, nor what it has started: a second Ctrl-C waits until it has ended."""
    if worker is None:
        return
    with interrupts.deferred():
        if worker.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        if worker.stdin is not None:
            worker.stdin.close()


def _run(suite: bytes, said: str, order: Order) -> Run:
    try:
        data = json.loads(suite)
        (benchmark,) = data["benchmarks"]
        (run,) = benchmark["runs"]
        measured = read_run(run, {**data.get("metadata", {}), **benchmark.get("metadata", {})})
        told = json.loads(said)
        kept = {name: fact for name, fact in measured.metadata.items() if name not in PRIVATE}
        measured = replace(measured, warmups=tuple((1, seconds) for seconds in told["warmups"]))
        kept["gopat_count"] = told["count"]
        kept |= _figures(told)
        kept |= {f"gopat_{name}": fact for name, fact in told.get("facts", {}).items()}
        job_s, budget = told["job_s"], told["budget"]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise LostRunError(f"the worker wrote no result ({type(error).__name__}: {error})") from None
    return _checked(measured, kept, order, job_s, budget)


def _go_run(said: str, order: Order) -> Run:
    try:
        told = json.loads(said)
        facts = {name: told[name] for name in ("go_version", "gomaxprocs")} | _figures(told)
        measured = read_run({"values": told["values"], "warmups": told["warmups"]}, facts)
        job_s, budget = told["job_s"], told["budget"]
    except (ValueError, KeyError, TypeError) as error:
        raise LostRunError(f"the worker wrote no result ({type(error).__name__}: {error})") from None
    named = {"name": order.cell.name, "loops": order.loops}  # as pyperf has them
    return _checked(measured, {**facts, **named}, order, job_s, budget)


def _figures(told: Mapping[str, Any]) -> dict[str, Any]:
    """Which of the system's figures were taken, where memory was looked at."""
    return {"gopat_memory": str(told["memory"])} if told.get("memory") else {}


def _checked(measured: Run, facts: Mapping[str, Any], order: Order, job_s: float | None, budget: Any) -> Run:
    if len(measured.values) != order.values:
        raise LostRunError(
            f"the worker measured {len(measured.values)} values, {order.values} were asked for"
        )
    ours = {"gopat_cell": order.cell.name, "gopat_hashseed": order.hash_seed}
    waited = {} if job_s is None else {"gopat_job_s": job_s}
    unit = {"unit": "byte"} if order.cell.is_memory else {}
    parts = {f"{BUDGET}{part}": seconds for part, seconds in (budget or {}).items()}
    return Run(measured.values, measured.warmups, {**facts, **ours, **unit, **waited, **parts})


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode(errors="replace"))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
