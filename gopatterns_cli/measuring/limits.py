"""How many workers a runtime takes on this machine, and what else it allows of them."""

import math
from contextlib import suppress

from patterns import runtimes


def most_workers(runtime: str) -> float:
    """Return how many workers a runtime takes here; of one that cannot run here, any number."""
    if runtimes.unavailable(runtime):
        return math.inf
    most: int = runtimes.load(runtime).max_tasks()
    return most


def most_processes() -> int:
    """Return how many worker processes run at once at most; 0 where none can."""
    if runtimes.unavailable("processes"):
        return 0
    most: int = runtimes.load("processes").max_calls()
    return most


def most_files() -> int | None:
    """Return how many files this process may have open; None without a limit, or where none is told."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not on every system

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return None if soft == resource.RLIM_INFINITY else soft
    return None
