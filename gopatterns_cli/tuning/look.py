"""What a look at one job found out. Values only; `looking` finds them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

WAITS, COMPUTES, HOLDS = 0.2, 0.8, 0.75
"""
Shares of CPU: at the most so much and a job waits, from so much on it computes; of the GIL, from so much of
that on it holds it.
"""

STUCK = 1.7
"""Two jobs at once that take so many times as long as one do not overlap."""


@dataclass(frozen=True, slots=True)
class Failing:
    """
    One way in which some jobs fail: the error's class, what it says the first time, and how many do of those
    looked at; none where it was met later.
    """

    kind: str
    message: str
    jobs: int


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one job, and of the function, before anything is compared.

    Args:
        function: as MODULE:FUNCTION.
        form: `plain`, `async` or `loop`: see `sample`.
        inputs: how they are named.
        read: how many inputs were read.
        more: there are more of them.
        sized: they have a length, so they end.
        called: they are a function that gives them.
        count: how many the sample holds.
        import_s: what importing the user's module took, in seconds.
        looked_at: how many jobs were run in the plain loop.
        job_s: what one took there, on average, in seconds.
        cpu_share: the share of that in which it computed; above 1 when it did so in several threads.
        gil_share: the share of that in which it held the GIL; None when that was not looked at.
        pair: of an async function, how many times as long as one job two at once took; None for a plain one.
        memory_bytes: what one job takes, at the most; None where the system does not say.
        leak_bytes: what is left behind by each job; 0 when nothing is; None when that was not looked at.
        stays: why it cannot go to another process; empty when it can.
        same_again: a second call gives the same answer; None when that was not looked at.
        one_loop: it works in the first event loop of a process and in no other.
        known: how many right answers are known.
        failing: how jobs fail that do.
        not_on: by runtime, why an async function does not run there.
        not_looked_at: what there was no time for, each in words.
        cut: why no more inputs were read; empty where enough were, or all.
    """

    function: str
    form: str
    inputs: str
    read: int
    more: bool
    sized: bool
    called: bool
    count: int
    import_s: float
    looked_at: int
    job_s: float
    cpu_share: float
    gil_share: float | None
    pair: float | None
    memory_bytes: int | None
    leak_bytes: int | None
    stays: str
    same_again: bool | None
    one_loop: bool
    known: int
    failing: tuple[Failing, ...] = ()
    not_on: Mapping[str, str] = field(default_factory=dict)
    not_looked_at: tuple[str, ...] = ()
    cut: str = ""

    @property
    def is_plain(self) -> bool:
        """It is called as it is, from any thread."""
        return self.form == "plain"

    @property
    def serial_s(self) -> float:
        """
        What of a job cannot be done beside another one in the same process, in seconds, at the least: on a
        busy machine the GIL seems held more than it is, so it counts while a job computes, or if it is nearly
        always held.
        """
        computes = min(self.cpu_share, 1.0)
        if self.gil_share is None:
            return self.job_s * computes
        return self.job_s * (self.gil_share if self.gil_share >= HOLDS else min(self.gil_share, computes))

    @property
    def nature(self) -> str:
        """What a job does, in words."""
        if self.cpu_share <= WAITS:
            return "blocks the event loop" if self.pair is not None and self.pair >= STUCK else "waits"
        does = "computes" if self.cpu_share >= COMPUTES else "waits and computes"
        if self.gil_share is None:
            return does
        return (
            f"{does}, holding the GIL"
            if self.gil_share >= HOLDS * self.cpu_share
            else f"{does} without the GIL"
        )

    def also_failing(self, learned: Mapping[str, str]) -> Self:
        """The look, with failures that were met later: what they say, by their kind."""
        known = {failing.kind for failing in self.failing}
        met = (Failing(kind, message, 0) for kind, message in learned.items() if kind not in known)
        return replace(self, failing=(*self.failing, *met))

    def plain_s(self, count: int, rate: float | None) -> float:
        """Return how long the plain loop takes, in seconds; at a rate, the first job waits for nothing."""
        return self.job_s + (count - 1) * max(self.job_s, 1 / rate if rate else 0.0)

    def to_json(self) -> dict[str, Any]:
        """A plain dict that `from_json` reads back."""
        return {**asdict(self), "not_on": dict(self.not_on)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The look that `to_json` wrote."""
        failing = tuple(Failing(**one) for one in data["failing"])
        return cls(**{**data, "failing": failing, "not_looked_at": tuple(data["not_looked_at"])})
