"""How many workers a runtime takes on this machine."""

import math

from patterns import runtimes


def most_workers(runtime: str) -> float:
    """Return how many workers a runtime takes here; of one that cannot run here, any number."""
    if runtimes.unavailable(runtime):
        return math.inf
    most: int = runtimes.load(runtime).max_tasks()
    return most
