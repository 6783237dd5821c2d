"""What was found of one thing, and what that means for the figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Figure = float | int | str | bool | None


class Level(StrEnum):
    """How much a finding weighs, worst first."""

    BAD = "bad"
    REMARK = "remark"
    UNKNOWN = "unknown"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer.

    Args:
        topic: what was looked at, such as `steal time`.
        level: how much it weighs.
        found: what there is, with its units.
        means: what that does to the figures; empty where nothing was found.
        figures: the same as numbers, with the unit in the key; None is what cannot be told.
    """

    topic: str
    level: Level
    found: str
    means: str
    figures: Mapping[str, Figure]


def untold(topic: str, *names: str) -> Finding:
    """Return the finding that this system does not tell: its figures of these names are None."""
    return Finding(topic, Level.UNKNOWN, "cannot be told here", "", dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Examined:
    """The whole answer: every finding, the worst first, in the order of the examination where alike."""

    findings: tuple[Finding, ...]

    def of(self, level: Level) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(finding for finding in self.findings if finding.level is level)

    @property
    def fit(self) -> bool:
        """Whether nothing is bad."""
        return not self.of(Level.BAD)


def worst_first(findings: list[Finding]) -> Examined:
    """Return them as an answer."""
    weights = list(Level)
    return Examined(tuple(sorted(findings, key=lambda finding: weights.index(finding.level))))
