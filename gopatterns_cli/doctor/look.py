"""The two seconds in which this process computes and it is watched what everybody else does."""

import time
from dataclasses import dataclass

from gopatterns_cli.doctor import noise, others, steal, swap
from gopatterns_cli.doctor.finding import Finding


@dataclass(frozen=True, slots=True)
class Seen:
    """What is counted somewhere, at one moment; None what nobody counts."""

    ticks: steal.Ticks | None
    swap: swap.Swap | None
    processes: list[others.Process] | None


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen before and after, and the turns in between, in seconds."""

    before: Seen
    after: Seen
    turns_s: tuple[float, ...]
    look_s: float

    def findings(self) -> list[Finding]:
        """Judge it."""
        return [
            noise.judged(self.turns_s),
            steal.examine(self.before.ticks, self.after.ticks, self.look_s),
            others.examine(self.before.processes, self.after.processes, self.look_s),
            swap.examine(self.before.swap, self.after.swap),
        ]


def look() -> Look:
    """Look for about two seconds: a guest is only stolen from while it wants to run."""
    before, start = _seen(), time.perf_counter()
    turns_s = noise.turns()
    look_s = time.perf_counter() - start
    return Look(before, _seen(), turns_s, look_s)


def _seen() -> Seen:
    return Seen(steal.ticks(), swap.swap(), others.processes())
