"""One trial as it is kept: what was found, and every round, so that later draws need no new measuring."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from gopatterns_cli.measuring.typed import checked
from gopatterns_cli.statistics.ratio import RatioEstimate


@dataclass(frozen=True, slots=True)
class Found:
    """A ratio with the difference interval that decided; without one the ends are None."""

    estimate: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, ratio: RatioEstimate) -> Self:
        """Keep what decided."""
        ends = ratio.difference
        return cls(ratio.estimate, None if ends is None else ends.low, None if ends is None else ends.high)


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that was carried out.

    Args:
        slowed: by what share the new version was slower, 0.2 is 20 %; 0 where the two are alike.
        loaded: whether processes computed beside it.
        seed: drew its orders.
        rounds: measured.
        verdict: on the one comparison.
        ratio: new over base.
        canary: of the base with itself; None where no round has both.
        alarm: whether the canary alarmed.
        code: the exit code of the gate.
        seconds: what the session took.
        workers: processes, those of the calibration too.
        cost_s: seconds of the session per worker beyond what was timed.
        ratios: new over base, per round that has both.
        canary_ratios: the same of the canary.
    """

    slowed: float
    loaded: bool
    seed: int
    rounds: int
    verdict: str
    ratio: Found
    canary: Found | None
    alarm: bool
    code: int
    seconds: float
    workers: int
    cost_s: float
    ratios: tuple[float, ...]
    canary_ratios: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """A plain dict that `from_json` reads back."""
        return {"kind": "slowed" if self.slowed else "null", **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The trial that `to_json` wrote.

        Raises:
            KeyError: a key is missing.
            TypeError, ValueError: a value is of the wrong type, or no such trial is possible.
        """
        canary = data["canary"]
        given = {name: value for name, value in data.items() if name != "kind"}
        read = {
            "ratio": Found(**data["ratio"]),
            "canary": None if canary is None else Found(**canary),
            "ratios": tuple(data["ratios"]),
            "canary_ratios": tuple(data["canary_ratios"]),
        }
        trial = checked(cls(**{**given, **read}))
        if not all((*trial.ratios, *trial.canary_ratios)):
            raise ValueError("a ratio is 0")
        return trial
