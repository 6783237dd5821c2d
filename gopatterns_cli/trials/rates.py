"""A share of trials with its exact 95 % interval."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from gopatterns_cli.statistics import clopper_pearson


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many; `low` to `high` are the shares between which the true one lies."""

    hits: int
    of: int
    low: float
    high: float

    @classmethod
    def among(cls, hits: Iterable[bool]) -> Self:
        """Count them."""
        found = list(hits)
        return cls(sum(found), len(found), *clopper_pearson.interval(sum(found), len(found)))

    @property
    def share(self) -> float | None:
        """The share that was seen; None of nothing."""
        return self.hits / self.of if self.of else None
