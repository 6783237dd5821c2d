"""What the control groups allow that this process is in: cores and memory, by version 1 and 2.

A group is bound by those above it as well; where a container shows its own group as the topmost, that is the
only one to be seen.

Sources: Linux, admin-guide/cgroup-v2.rst (cpu.max, memory.max), scheduler/sched-bwc.rst (cpu.cfs_quota_us),
admin-guide/cgroup-v1/memory.rst.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from gopatterns_cli.measuring import kernel

MOUNT = "sys/fs/cgroup"
UNIFIED = (MOUNT, f"{MOUNT}/unified")
"""Where version 2 is mounted: alone, and beside version 1."""

NO_LIMIT = 2**60
"""Version 1 writes "no limit" as the largest number of pages there is."""


@dataclass(frozen=True, slots=True)
class MemoryBound:
    """A group's bound.

    Args:
        limit_bytes: what all its processes may take together.
        left_bytes: what they have not taken yet; files that the kernel may drop count as not taken.
    """

    limit_bytes: int
    left_bytes: int


def quota_cores() -> float | None:
    """Return the CPU quota in cores, the tightest there is; None without one."""
    told = [quota(kernel.text(f"{place}/cpu.max")) for place in _own("", UNIFIED)]
    for place in _own("cpu", (f"{MOUNT}/cpu",)):
        parts = (kernel.text(f"{place}/cpu.cfs_{part}_us") for part in ("quota", "period"))
        told.append(quota(" ".join(part or "" for part in parts)))
    return min((one for one in told if one is not None), default=None)


def memory_bound() -> MemoryBound | None:
    """Return the bound with the least left; None without one."""
    told = [_bound(place, "memory.max", "memory.current", "inactive_file") for place in _own("", UNIFIED)]
    for place in _own("memory", (f"{MOUNT}/memory",)):
        names = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
        told.append(_bound(place, *names))
    return min((one for one in told if one is not None), key=lambda one: one.left_bytes, default=None)


def quota(text: str | None) -> float | None:
    """Read `150000 100000`, microseconds of each so many, as 1.5 cores; `max` and -1 are None."""
    allowed, _, period = (text or "").partition(" ")
    if not (allowed.isdecimal() and period.isdecimal() and int(period)):
        return None
    return int(allowed) / int(period)


def path_in(text: str, controller: str) -> str | None:
    """Read from /proc/self/cgroup the path of a controller's group, of version 2 when it is ""."""
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path
    return None


def _own(controller: str, mounts: tuple[str, ...]) -> Iterator[str]:
    """The folders of this process's group and of all above it."""
    path = path_in(kernel.text("proc/self/cgroup") or "", controller)
    if path is None:
        return
    relative = PurePosixPath(path.lstrip("/"))
    for mount in mounts:
        yield from (f"{mount}/{group}" for group in (relative, *relative.parents) if ".." not in group.parts)


def _bound(place: str, limit_file: str, taken_file: str, droppable: str) -> MemoryBound | None:
    limit, taken = kernel.number(f"{place}/{limit_file}"), kernel.number(f"{place}/{taken_file}")
    if limit is None or limit >= NO_LIMIT or taken is None:
        return None
    lines = (line.split() for line in (kernel.text(f"{place}/memory.stat") or "").splitlines())
    free = sum(int(figure) for name, figure in lines if name == droppable)
    return MemoryBound(limit, limit - max(taken - free, 0))
