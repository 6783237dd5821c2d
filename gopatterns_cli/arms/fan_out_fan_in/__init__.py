"""
Fan-out, fan-in: one stream of items dealt to several workers, their results merged. Each item waits,
then is squared.
"""

from gopatterns_cli.measuring.workload import Workload


def square(number: int) -> int:
    """The document's job."""
    return number * number


WORKLOAD = Workload(stages=lambda _dropped: (square,), ordered=False, setting="workers")
