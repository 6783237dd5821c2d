"""Time that the host gave to another guest while this one wanted to run."""

from dataclasses import dataclass

from gopatterns_cli.doctor.finding import Finding, Level, untold
from gopatterns_cli.figures import percent, seconds
from gopatterns_cli.measuring import kernel

TOPIC = "steal time"

MOST = 0.01

IDLE, STOLEN, FIELDS = (3, 4), 7, 8
"""Places of `idle` and `iowait`, and of `steal`; what follows is in `user` already."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Ticks of all cores since the start: how many were wanted, and how many of them were not had."""

    wanted: int
    stolen: int


def examine(before: Ticks | None, after: Ticks | None, look_s: float) -> Finding:
    """Judge what a look of so many seconds has counted."""
    if before is None or after is None:
        return untold(TOPIC, "steal_share", "steal_share_since_start", "look_s")
    return judged(before, after, look_s)


def judged(before: Ticks, after: Ticks, look_s: float) -> Finding:
    """Judge the share of the wanted time that was stolen.

    An idle guest is not stolen from, therefore the share is of the time in which it wanted to run.

    bad: above 1 % of the look: a fifth of the tolerance, in one direction, and it comes and goes with the
    neighbours. remark: any in the look, or above 1 % since the machine was started.

    Source: Linux, proc_stat(5). A counter of it may fall; then there was none.
    """
    now = _share(after.stolen - before.stolen, after.wanted - before.wanted)
    ever = _share(after.stolen, after.wanted)
    figures = {"steal_share": now, "steal_share_since_start": ever, "look_s": look_s}
    found = f"{percent(now)} of what was wanted in {seconds(look_s)}, {percent(ever)} since the start"
    if now > MOST:
        means = "the host runs others on our cores: times are longer by that, and come and go with them"
        return Finding(TOPIC, Level.BAD, found, means, figures)
    if now > 0 or ever > MOST:
        means = "the host now and then runs others on our cores: some rounds are longer"
        return Finding(TOPIC, Level.REMARK, found, means, figures)
    return Finding(TOPIC, Level.GOOD, found, "the cores are ours", figures)


def ticks() -> Ticks | None:
    """Return what has been counted until now; None where nothing counts."""
    text = kernel.text("proc/stat")
    return None if text is None else counted(text)


def counted(text: str) -> Ticks | None:
    """Read the first line of /proc/stat, all cores together."""
    name, *figures = text.partition("\n")[0].split(" ")
    told = [int(figure) for figure in figures if figure][:FIELDS]
    if name != "cpu" or len(told) < FIELDS:
        return None
    return Ticks(sum(told) - sum(told[place] for place in IDLE), told[STOLEN])


def _share(stolen: int, wanted: int) -> float:
    return max(stolen, 0) / wanted if wanted > 0 else 0.0
