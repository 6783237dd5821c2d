"""Hyperthreads: cores that are two by two the halves of one."""

from collections.abc import Mapping

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.figures import plural
from gopatterns_cli.measuring import kernel, machine

TOPIC = "hyperthreads"


def examine() -> Finding:
    """Look here, at the cores that this process may use."""
    cpus = machine.affinity() or frozenset()
    told = {
        cpu: kernel.text(f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") for cpu in cpus
    }
    return judged({cpu: numbers(text) for cpu, text in told.items() if text is not None})


def judged(siblings: Mapping[int, frozenset[int]]) -> Finding:
    """Judge which cores share one.

    remark: two that may be used do: both busy do less than twice the work of one, so that a speed-up of what
    computes looks smaller than the number of cores.

    Args:
        siblings: by core that may be used, the cores that are the same one, itself included.
    """
    if not siblings:
        return untold(TOPIC, "usable_threads", "usable_physical_cores")
    threads, physical = len(siblings), len(set(siblings.values()))
    figures = {"usable_threads": threads, "usable_physical_cores": physical}
    if physical == threads:
        return Finding(TOPIC, Level.GOOD, "none", "each core that may be used is a whole one", figures)
    found = f"{plural(threads, 'thread')} on {plural(physical, 'core')}"
    means = "two busy halves do less than two cores: what computes gains less than their number"
    return Finding(TOPIC, Level.REMARK, found, means, figures)


def numbers(text: str) -> frozenset[int]:
    """Read a list of cores such as `0-1,4`."""
    ranges = (part.partition("-") for part in text.split(",") if part)
    return frozenset(number for low, _, high in ranges for number in range(int(low), int(high or low) + 1))
