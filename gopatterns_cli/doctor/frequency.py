"""How fast the cores run: whether that depends on what they do."""

from collections.abc import Sequence

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.measuring import kernel

TOPIC = "frequency"

CPU = "sys/devices/system/cpu"

FIXED = "performance"


def examine() -> Finding:
    """Look here."""
    governors = tuple(kernel.texts(f"{CPU}/cpu[0-9]*/cpufreq/scaling_governor"))
    no_turbo, boost = kernel.text(f"{CPU}/intel_pstate/no_turbo"), kernel.text(f"{CPU}/cpufreq/boost")
    return judged(governors, turbo_on(no_turbo, boost))


def judged(governors: Sequence[str], turbo: bool | None) -> Finding:
    """Judge governors and turbo.

    remark: a governor other than `performance`, under which a core that has waited runs slower for a while;
    or turbo, under which one busy core runs faster than all of them, so that a speed-up looks smaller, and
    heat decides.

    Args:
        governors: one per core; none where they are not told, as in most virtual machines.
        turbo: whether it is on; None where that is not told.

    Sources: Linux, admin-guide/pm/cpufreq.rst; pyperf, "Tune the system for benchmarks", which sets
        `performance` and turns turbo off.
    """
    if not governors and turbo is None:
        return untold(TOPIC, "governor", "turbo")
    names = " and ".join(dict.fromkeys(governors)) or None
    said = [
        "governor " + (names or "not told"),
        {True: "turbo on", False: "turbo off", None: "turbo not told"}[turbo],
    ]
    means = []
    if set(governors) - {FIXED}:
        means.append("a core that has waited runs slower for a while")
    if turbo:
        means.append("one busy core runs faster than all together: speed-ups look smaller")
    figures = {"governor": names, "turbo": turbo}
    level = Level.REMARK if means else Level.GOOD
    return Finding(
        TOPIC, level, ", ".join(said), "; ".join(means) or "nothing that changes it is on", figures
    )


def turbo_on(no_turbo: str | None, boost: str | None) -> bool | None:
    """Read Intel's `no_turbo`, else everybody's `boost`: whether turbo is on."""
    if no_turbo is not None:
        return no_turbo == "0"
    return None if boost is None else boost == "1"
