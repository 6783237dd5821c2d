"""
Facts about the machine and the Python that measure: stored with every session, never a reason to drop a
value.
"""

import os
import platform
import sys
from typing import Any

from gopatterns_cli.measuring import groups, kernel
from gopatterns_cli.measuring.typed import fits, shown

KINDS = {
    "cpu_model": str,
    "cores": int,
    "quota_cores": float,
    "implementation": str,
    "python": str,
    "gil": bool,
    "kernel": str,
    "governor": str,
    "load_at_start": float,
}
"""Every fact and its type."""


def facts() -> dict[str, Any]:
    """Return what is known here; what cannot be read is left out."""
    known = {
        "cpu_model": _cpu_model(),
        "cores": cores(),
        "quota_cores": groups.quota_cores(),
        "implementation": platform.python_implementation(),
        "python": platform.python_version(),
        "gil": has_gil(),
        "kernel": f"{platform.system()} {platform.release()}",
        "governor": kernel.text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "load_at_start": _load(),
    }
    return {name: fact for name, fact in known.items() if fact is not None}


def stored(data: Any) -> dict[str, Any]:
    """Return the facts that a session holds.

    Raises:
        TypeError: one of them is of the wrong type.
    """
    found = dict(data)
    for name, kind in KINDS.items():
        if name in found and not fits(found[name], kind):
            raise TypeError(f"machine.{name} cannot be {shown(found[name])}")
    return found


def cores() -> int:
    """Return how many cores this process may run on."""
    allowed = affinity()
    return (os.cpu_count() or 1) if allowed is None else len(allowed)


def affinity() -> frozenset[int] | None:
    """Return the numbers of the cores that this process may run on; None where the system does not tell."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def has_gil() -> bool:
    """Return whether one thread runs Python at a time."""
    enabled = getattr(sys, "_is_gil_enabled", None)
    return True if enabled is None else bool(enabled())


def cores_at_once(runtime: str) -> float:
    """Return how many cores run Python at the same time on a runtime, under this process's quota."""
    if runtime == "asyncio" or (runtime == "threads" and has_gil()):
        return 1
    return min(cores(), groups.quota_cores() or cores())


def _cpu_model() -> str | None:
    for line in (kernel.text("proc/cpuinfo") or "").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or None


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
