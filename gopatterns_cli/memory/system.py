"""What the operating system says that this process and its children take."""

import gc
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

from gopatterns_cli.failure import Failure

PSS, RSS = "pss", "rss"
"""Proportional set size: what several processes share is divided among them; and resident set size."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look.

    Args:
        taken: bytes of this process and of its children, theirs included.
        processes: how many children there are.
        kind: `pss`, or `rss` where the system knows no better.
    """

    taken: int
    processes: int
    kind: str


def resident() -> int:
    """Return the bytes of this process that are in memory: a quick look, for whoever needs many."""
    found: int = psutil.Process().memory_info().rss
    return found


def reading() -> Reading:
    """Ask the system now, after what nobody holds any more has been collected.

    Raises:
        Failure: exit code 1, it does not say; one line.
    """
    gc.collect()
    try:
        process = psutil.Process()
        children = process.children(recursive=True)
        own = process.memory_full_info()
        kind = PSS if hasattr(own, PSS) else RSS
        family = [own, *(child.memory_full_info() for child in children)]
        return Reading(sum(getattr(info, kind) for info in family), len(children), kind)
    except (OSError, psutil.Error) as error:
        raise Failure(f"this system does not say what a process takes (no /proc?): {error}") from None
