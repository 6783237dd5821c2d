"""Whether the machine runs on its battery."""

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

from gopatterns_cli.doctor.finding import Finding, Level, untold

TOPIC = "power"


def examine() -> Finding:
    """Look here."""
    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, RuntimeError):  # not on every system; what drivers say may be no number
        return untold(TOPIC, "battery", "plugged_in")
    return judged(battery=battery is not None, plugged_in=None if battery is None else battery.power_plugged)


def judged(*, battery: bool, plugged_in: bool | None) -> Finding:
    """Judge the supply.

    remark: on battery the system slows the cores to save it, and the more the emptier it is.

    Args:
        battery: whether one was found.
        plugged_in: None where the system does not say.
    """
    figures = {"battery": battery, "plugged_in": plugged_in}
    if not battery:
        return Finding(TOPIC, Level.GOOD, "no battery found", "nothing saves power for one", figures)
    if plugged_in is None:
        return untold(TOPIC, "battery", "plugged_in")
    if plugged_in:
        return Finding(TOPIC, Level.GOOD, "a battery, plugged in", "nothing needs to save it", figures)
    means = "the cores are slowed to save it: times change while it empties"
    return Finding(TOPIC, Level.REMARK, "on battery", means, figures)
