"""The cores, and what of them this process may use."""

import os

from gopatterns_cli.doctor.finding import Finding, Level
from gopatterns_cli.figures import plural, significant
from gopatterns_cli.measuring import groups, machine

TOPIC = "cores"


def examine() -> Finding:
    """Look here."""
    return judged(machine.cores(), os.cpu_count() or machine.cores(), groups.quota_cores())


def judged(allowed: int, there: int, quota_cores: float | None) -> Finding:
    """Judge the number of cores.

    bad: a quota below one core, under which even a plain loop is stopped for a part of each period.
    remark: a quota below the cores that may be used; or one core, on which nothing that computes gains.

    Args:
        allowed: cores by the affinity of this process.
        there: cores of the machine.
        quota_cores: the control group's quota, None without one.

    Source: Linux, scheduler/sched-bwc.rst: a group that has used its quota is stopped, all of it, until the
        next period.
    """
    level, means = _meaning(allowed, quota_cores)
    found = plural(allowed, "core") if allowed == there else f"{allowed} of {plural(there, 'core')}"
    if quota_cores is not None:
        found += f", a quota of {significant(quota_cores)}"
    figures = {"allowed_cores": allowed, "machine_cores": there, "quota_cores": quota_cores}
    return Finding(TOPIC, level, found, means, figures)


def _meaning(allowed: int, quota_cores: float | None) -> tuple[Level, str]:
    if quota_cores is not None and quota_cores < 1:
        return Level.BAD, "even a plain loop is stopped for a part of each period: times contain the stops"
    if quota_cores is not None and quota_cores < allowed:
        return Level.REMARK, "when more are busy than the quota allows, all stop until its next period"
    if allowed == 1:
        return Level.REMARK, "nothing runs beside anything: jobs that compute cannot gain"
    return Level.GOOD, f"jobs that compute gain {allowed}x at the most"
