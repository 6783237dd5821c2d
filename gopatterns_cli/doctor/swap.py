"""Whether memory has been moved to disk, and is being moved."""

import warnings
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.figures import taken

TOPIC = "swap"


@dataclass(frozen=True, slots=True)
class Swap:
    """What is on disk now, and what has been moved either way since the start; bytes."""

    used_bytes: int
    moved_bytes: int


def examine(before: Swap | None, after: Swap | None) -> Finding:
    """Judge what was seen before and after the look."""
    if before is None or after is None:
        return untold(TOPIC, "swap_used_bytes", "swap_moved_bytes")
    return judged(after.used_bytes, after.moved_bytes - before.moved_bytes)


def judged(used_bytes: int, moved_bytes: int) -> Finding:
    """Judge swapping.

    bad: some was moved during the look: whoever needs it waits for the disk, which is longer than any job.
    remark: some lies on disk; it may be needed while something is timed.

    Args:
        used_bytes: what lies on disk.
        moved_bytes: what was moved to or from it during the look.
    """
    figures = {"swap_used_bytes": used_bytes, "swap_moved_bytes": moved_bytes}
    found = f"{taken(used_bytes)} in use" if used_bytes else "none in use"
    if moved_bytes > 0:
        means = "waiting for the disk is in the times"
        return Finding(TOPIC, Level.BAD, f"{found}, {taken(moved_bytes)} moved in the look", means, figures)
    if used_bytes > 0:
        means = "what lies there may be fetched while something is timed"
        return Finding(TOPIC, Level.REMARK, found, means, figures)
    return Finding(TOPIC, Level.GOOD, found, "nothing is fetched from disk while something is timed", figures)


def swap() -> Swap | None:
    """Return what is known now; None where nothing is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", RuntimeWarning
            )  # what was moved is not told: it counts as nothing
            told = psutil.swap_memory()
    except (OSError, RuntimeError, psutil.Error):
        return None
    return Swap(told.used, told.sin + told.sout)
