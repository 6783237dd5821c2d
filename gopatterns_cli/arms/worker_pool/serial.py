"""The jobs one after the other: what every pool is compared with."""

from collections.abc import Callable, Iterable


def worker_pool(jobs: Iterable[int], work: Callable[[int], int]) -> list[int]:
    """Work through the jobs in a plain loop."""
    return [work(job) for job in jobs]
