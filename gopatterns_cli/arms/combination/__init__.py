"""Combination: a pool of many workers fetches, a fan-out of as many as there are cores computes."""

from gopatterns_cli.arms.worker_pool import double
from gopatterns_cli.measuring.workload import Workload

WORKLOAD = Workload(stages=lambda _dropped: (double,), ordered=False, setting="workers", apart=True)
