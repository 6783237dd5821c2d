"""Other Python processes that use the cores: another session, a test run, a notebook."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.figures import LISTED, significant
from gopatterns_cli.measuring import machine
from gopatterns_cli.verdicts import TOLERANCE

TOPIC = "other Pythons"


@dataclass(frozen=True, slots=True)
class Process:
    """A Python process: which, since when, and how much of a core it has had, in seconds."""

    pid: int
    started: float
    cpu_s: float


def examine(before: Sequence[Process] | None, after: Sequence[Process] | None, look_s: float) -> Finding:
    """Judge what each of them had of the cores during a look."""
    if before is None or after is None:
        return untold(TOPIC, "busy_pythons", "busy_pythons_cores")
    return judged(shares(before, after, look_s), machine.cores())


def judged(used: Mapping[int, float], cores: int) -> Finding:
    """Judge how much of a core each used.

    One that uses less than the tolerance of `gopat compare` counts as idle. bad: together they leave less
    than a whole core. remark: there is one.

    Args:
        used: by process id, cores used.
        cores: that this process may use.
    """
    busy = {pid: share for pid, share in used.items() if share > TOLERANCE}
    total = sum(busy.values())
    figures = {"busy_pythons": len(busy), "busy_pythons_cores": total}
    if not busy:
        return Finding(TOPIC, Level.GOOD, "none is busy", "nothing of Python competes", figures)
    worst = sorted(busy, key=lambda pid: -busy[pid])
    pids = ", ".join(map(str, worst[:LISTED])) + (", ..." if len(worst) > LISTED else "")
    noun = "process" if len(busy) == 1 else "processes"
    found = f"{len(busy):,} {noun} used {significant(total)} cores (pid {pids})"
    if total > cores - 1:
        return Finding(TOPIC, Level.BAD, found, "they leave less than a core: end them first", figures)
    return Finding(TOPIC, Level.REMARK, found, "arms that use every core share them: end them first", figures)


def shares(before: Sequence[Process], after: Sequence[Process], look_s: float) -> dict[int, float]:
    """Return by process id the cores used in between; what began meanwhile counts from its begin."""
    earlier = {(one.pid, one.started): one.cpu_s for one in before}
    return {one.pid: (one.cpu_s - earlier.get((one.pid, one.started), 0.0)) / look_s for one in after}


def processes() -> list[Process] | None:
    """Return every Python process but this one; None where the system lists none."""
    try:
        found = psutil.process_iter(["pid", "name", "cmdline", "create_time", "cpu_times"])
        return [
            Process(told["pid"], told["create_time"], told["cpu_times"].user + told["cpu_times"].system)
            for told in (one.info for one in found)
            if told["pid"] != os.getpid()
            and told["cpu_times"] is not None
            and is_python(told["name"], told["cmdline"])
        ]
    except (OSError, psutil.Error):
        return None


def is_python(name: str | None, words: Sequence[str] | None) -> bool:
    """Whether a process is one, by its name and command line; a script's own name hides the interpreter's."""
    first = PurePath(words[0]).name if words else ""
    return any(one.lower().startswith(("python", "pypy")) for one in (name or "", first))
