"""How busy the machine is already."""

import os
import re

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.figures import percent_of, plural, significant
from gopatterns_cli.measuring import kernel, machine
from gopatterns_cli.verdicts import TOLERANCE

TOPIC = "load"


def examine() -> Finding:
    """Look here."""
    pressure = kernel.text("proc/pressure/cpu")
    load = machine.facts().get("load_at_start")
    return judged(load, os.cpu_count() or 1, None if pressure is None else waited_share(pressure))


def judged(load: float | None, cores: int, waited: float | None) -> Finding:
    """Judge the load.

    bad: more wants to run than there are cores: what is timed has to wait its turn. remark: half the cores
    are wanted, which leaves too few for a parent, a worker and what it starts; or something, not
    necessarily ours, waited for a core for longer than the tolerance of `gopat compare`.

    Args:
        load: what wanted to run on the whole machine, averaged over a minute; disk waits count on Linux.
        cores: of the whole machine.
        waited: the share of the last 10 s in which something waited for a core.

    Source: Linux, accounting/psi.rst.
    """
    if load is None and waited is None:
        return untold(TOPIC, "load_1min", "machine_cores", "cpu_waited_share_10s")
    said = []
    if load is not None:
        said.append(f"{significant(load)} over the last minute on {plural(cores, 'core')}")
    if waited is not None:
        said.append(f"something waited for a core {percent_of(waited)} of 10 s")
    level, means = _meaning(load or 0.0, cores, waited or 0.0)
    figures = {"load_1min": load, "machine_cores": cores, "cpu_waited_share_10s": waited}
    return Finding(TOPIC, level, ", ".join(said), means, figures)


def waited_share(text: str) -> float | None:
    """Read from /proc/pressure/cpu the share of the last 10 s in which something waited."""
    found = re.search(r"^some avg10=([\d.]+)", text, re.MULTILINE)
    return None if found is None else float(found[1]) / 100


def _meaning(load: float, cores: int, waited: float) -> tuple[Level, str]:
    if load > cores:
        return Level.BAD, "every core is wanted already: what is timed waits its turn"
    if load > cores / 2 or waited > TOLERANCE:
        return (
            Level.REMARK,
            "others want the cores too: times are longer and spread more; wait until it is quiet",
        )
    return Level.GOOD, "the cores are free"
