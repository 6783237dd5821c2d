"""How many threads and open files this process may have: how many workers fit."""

from gopatterns_cli.doctor.finding import Finding, Level
from gopatterns_cli.figures import plural
from gopatterns_cli.measuring import limits

TOPIC = "limits"

DOCUMENT, USUAL = 100, 1_000
"""Workers: the most of the document's claims; and the most that `tune` tries unless told otherwise, which is
also how many threads `asyncio` takes for calls."""


def examine() -> Finding:
    """Look here."""
    return judged(limits.most_workers("threads"), limits.most_files())


def judged(threads: float, files: int | None) -> Finding:
    """Judge the limits.

    bad: fewer threads than the largest pool of the document's claims. remark: fewer threads than `tune`
    tries, or fewer files than that largest pool needs when each worker keeps a connection.

    Args:
        threads: workers that the runtime `threads` takes; infinite where it cannot run.
        files: that may be open at once; None where there is no such limit or none is told.
    """
    most = None if threads == float("inf") else int(threads)
    figures = {"most_threads": most, "most_open_files": files}
    said = ["any number of threads" if most is None else plural(most, "thread")]
    said += [] if files is None else [plural(files, "open file")]
    level, means = _meaning(threads, files)
    return Finding(TOPIC, level, ", ".join(said), means, figures)


def _meaning(threads: float, files: int | None) -> tuple[Level, str]:
    if threads < DOCUMENT:
        return Level.BAD, f"the claims of {DOCUMENT} workers cannot be measured on threads"
    if threads < USUAL:
        return Level.REMARK, f"pools of more threads are left out, the usual most is {USUAL:,}"
    if files is not None and files < 2 * DOCUMENT:
        return Level.REMARK, f"{DOCUMENT} workers that fetch, with two files each, do not fit"
    return Level.GOOD, "the usual pools fit"
