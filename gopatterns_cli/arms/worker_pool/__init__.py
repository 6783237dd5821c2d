"""Worker pool: many independent jobs, a fixed number of workers. Each job waits, then doubles its number."""

from gopatterns_cli.measuring.workload import Workload


def double(number: int) -> int:
    """The document's job."""
    return number * 2


WORKLOAD = Workload(stages=lambda _dropped: (double,), ordered=False, setting="workers")
