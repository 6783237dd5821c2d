"""What the operating system says that this process and its children take."""

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

from gopatterns_cli.failure import Failure

OWN, PSS, RSS = "pss_own", "pss", "rss"
"""
Proportional set size, in which what several processes share is divided among them: without the pages of
files, which all processes of the machine share, so that a stranger who comes or goes changes nothing; the
whole, where the kernel does not tell them apart; and the resident set size, where it knows neither.
"""

NOT_OF_FILES = ("Pss_Anon", "Pss_Shmem")
"""Source: proc_pid_smaps(5)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look.

    Args:
        taken: bytes of this process and of its children, theirs included.
        processes: how many children there are.
        kind: `pss_own`, `pss` or `rss`: by which of the system's figures.
    """

    taken: int
    processes: int
    kind: str


def resident() -> int:
    """Return the bytes of this process that are in memory: a quick look, for whoever needs many."""
    found: int = psutil.Process().memory_info().rss
    return found


def peak_bytes() -> int:
    """Return the most bytes that this process has taken so far."""
    return _high_water() or _most_ever()


def forget_peak() -> None:
    """Have the peak begin anew, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def reading() -> Reading:
    """Ask the system now, after what nobody holds any more has been collected.

    Raises:
        Failure: exit code 1, it does not say; one line.
    """
    gc.collect()
    try:
        process = psutil.Process()
        family = [process, *process.children(recursive=True)]
        rollups = [rollup(one.pid) for one in family]
        for kind, names in ((OWN, NOT_OF_FILES), (PSS, ("Pss",))):
            if all(names[0] in found for found in rollups):
                taken = sum(found.get(name, 0) for found in rollups for name in names)
                return Reading(taken, len(family) - 1, kind)
        return Reading(sum(one.memory_info().rss for one in family), len(family) - 1, RSS)
    except (OSError, psutil.Error) as error:
        raise Failure(f"this system does not say what a process takes (no /proc?): {error}") from None


def rollup(pid: int) -> dict[str, int]:
    """Return what `/proc/PID/smaps_rollup` says, in bytes by name; nothing where there is no such file."""
    file = Path(f"/proc/{pid}/smaps_rollup")
    return dict(_figures(file.read_text(encoding="ascii"))) if file.exists() else {}


def _figures(text: str) -> Iterator[tuple[str, int]]:
    for line in text.splitlines():
        name, _, figure = line.partition(":")
        if figure.endswith(" kB"):
            yield name, 1024 * int(figure.removesuffix(" kB"))


def _high_water() -> int | None:
    """Look it up in Linux's own account, which, unlike rusage, knows nothing of the parent's."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    sizes = (line.split()[1] for line in text.splitlines() if line.startswith("VmHWM:"))
    return next((int(size) * 1024 for size in sizes), None)


def _most_ever() -> int:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if os.uname().sysname == "Darwin" else peak * 1024
