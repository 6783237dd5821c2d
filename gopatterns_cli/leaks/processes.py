"""Child processes that have not ended."""

import multiprocessing.process
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gopatterns_cli.leaks import Frame, Leak, caller, note

_made: dict[int, tuple[Frame, ...]] = {}


def watch() -> None:
    """Note where processes are started."""
    note(subprocess.Popen, "__init__", _noted)
    note(multiprocessing.process.BaseProcess, "start", _noted)


def _noted(begin: Callable[..., None]) -> Callable[..., None]:
    def noted(self: Any, *arguments: Any, **keywords: Any) -> None:
        begin(self, *arguments, **keywords)
        _made[self.pid] = caller()

    return noted


def alive() -> dict[Any, Leak]:
    """Return the children that run; nothing where the system has no /proc."""
    servers = _servers()
    found = {}
    for number in _children():
        state, began = _state(number)
        if state not in {"Z", "X", ""}:
            ours = number in servers
            found["process", number, began] = Leak(
                "process", f"{number} {_command(number)}", _made.get(number, ()), ours=ours
            )
    return found


def _children() -> list[int]:
    numbers: list[int] = []
    for tasks in Path("/proc/self/task").glob("*/children"):
        try:
            numbers += map(int, tasks.read_text(encoding="ascii").split())
        except OSError:
            continue
    return numbers


def _state(number: int) -> tuple[str, str]:
    """Return the state letter and the start time."""
    try:
        after_name = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return "", ""
    return after_name[0], after_name[19]


def _command(number: int) -> str:
    try:
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return " ".join(word.decode(errors="replace") for word in words)[:60].strip()


def _servers() -> set[int | None]:
    """Return the processes that `multiprocessing` keeps for itself."""
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    server = sys.modules.get("multiprocessing.forkserver")
    return {
        getattr(getattr(tracker, "_resource_tracker", None), "_pid", None),
        getattr(getattr(server, "_forkserver", None), "_forkserver_pid", None),
        os.getpid(),
    }
