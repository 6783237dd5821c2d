"""Whether there is a place for what is measured, and for what is made once."""

import os
import shutil
from pathlib import Path

from gopatterns_cli.caches import caches
from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.figures import taken
from gopatterns_cli.measuring import disk

SESSION_BYTES = 10 * 2**20
"""Several sessions: the largest recorded one has 1.5 MB, and stands there twice while it is replaced."""

BUILD_BYTES = 110 * 2**20
"""What building the Go arms leaves with go1.27.3, most of it Go's own library compiled."""


def examine(results: Path) -> tuple[Finding, Finding]:
    """Look here, at the results folder and the cache folder; neither is made."""
    lost = "a session cannot be kept"
    slower = "machine speeds are measured anew each time, and the arms of Go are left out"
    return (
        _examined("results folder", results, SESSION_BYTES, Level.BAD, lost),
        _examined("cache folder", caches(), BUILD_BYTES, Level.REMARK, slower),
    )


def judged(topic: str, free_bytes: int | None, needed_bytes: int, level: Level, means: str) -> Finding:
    """Judge a folder.

    Args:
        topic: what it is called.
        free_bytes: the room there; None when it cannot be written.
        needed_bytes: how much of it is needed.
        level: what it has when it cannot be written, or has no room: bad for results, which are lost; a
            remark for the cache, without which everything is measured, only slower.
        means: what is lost then.
    """
    name = topic.partition(" ")[0]
    figures = {f"{name}_writable": free_bytes is not None, f"{name}_free_bytes": free_bytes}
    if free_bytes is None:
        return Finding(topic, level, "cannot be written", means, figures)
    found = f"{taken(free_bytes)} free"
    if free_bytes < needed_bytes:
        return Finding(topic, level, f"{found}, {taken(needed_bytes)} needed", means, figures)
    return Finding(topic, Level.GOOD, found, "can be written, and has room", figures)


def _examined(topic: str, folder: Path, needed_bytes: int, level: Level, means: str) -> Finding:
    there = next(filter(disk.exists, (folder.absolute(), *folder.absolute().parents)), folder)
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return judged(topic, None, needed_bytes, level, means)
    try:
        free_bytes = shutil.disk_usage(there).free
    except OSError:
        name = topic.partition(" ")[0]
        return untold(topic, f"{name}_writable", f"{name}_free_bytes")
    return judged(topic, free_bytes, needed_bytes, level, means)
