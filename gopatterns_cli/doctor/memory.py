"""Whether what is measured fits into memory."""

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.figures import taken
from gopatterns_cli.measuring import groups, limits
from gopatterns_cli.memory.system import resident

TOPIC = "memory"

MILLION_TASKS = 2**30
"""What a million tasks take about, the most that `fibers` and `simulator` accept."""


def examine() -> Finding:
    """Look here."""
    try:
        free_bytes = psutil.virtual_memory().available
        process_bytes = resident()
    except (OSError, psutil.Error):
        return untold(TOPIC, "free_bytes", "limit_bytes", "needed_bytes")
    return judged(free_bytes, groups.memory_bound(), (limits.most_processes() + 1) * process_bytes)


def judged(free_bytes: int, bound: groups.MemoryBound | None, needed_bytes: int) -> Finding:
    """Judge what is left.

    bad: less than a worker and all the processes that it may start need: some are killed, or everything is
    paged. remark: less than a million tasks take.

    Args:
        free_bytes: what the machine could give without paging.
        bound: the container's, None without one.
        needed_bytes: by the processes that the runtime `processes` starts at most, each as large as this one.
    """
    left = free_bytes if bound is None else min(free_bytes, bound.left_bytes)
    found = f"{taken(left)} free" + ("" if bound is None else f", a limit of {taken(bound.limit_bytes)}")
    limit = None if bound is None else bound.limit_bytes
    figures = {"free_bytes": left, "limit_bytes": limit, "needed_bytes": needed_bytes}
    if left < needed_bytes:
        means = f"the most worker processes need {taken(needed_bytes)}: some are killed, or memory is paged"
        return Finding(TOPIC, Level.BAD, found, means, figures)
    if left < MILLION_TASKS:
        means = f"a million tasks, about {taken(MILLION_TASKS)}, do not fit: measure fewer"
        return Finding(TOPIC, Level.REMARK, found, means, figures)
    return Finding(TOPIC, Level.GOOD, found, "what is measured fits", figures)
