"""What a session is going to measure, decided and written down before the first measurement.

Everything that could bend a result afterwards is in here: the cells, the claims with their bands, the rounds,
the order inside every round, the seed, the hash seeds, the claims that this machine cannot show. Nothing here
runs anything or reads a clock.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from gopatterns_cli.measuring.cells import Cell

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = (0.95, 0.90)
"""Confidence of the difference interval and of the equivalence interval, for one look at a fixed number of
rounds (METHOD, point 7)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A session's plan, as it is stored.

    Args:
        seed: what `orders` and `hash_seeds` were drawn from.
        rounds: how many rounds are to be measured; rounds are numbered from 1.
        levels: confidence of the difference and of the equivalence interval.
        expected_s: what the whole session was expected to take.
        cells: every cell, serial arms first within their scenario.
        orders: per round, the names of the cells in the order in which they are measured.
        hash_seeds: per round, the PYTHONHASHSEED that all its workers share.
        loops: runs of the workload per value, by cell name; empty until calibrated, then frozen.
        values: values per process, by cell name; empty until calibrated, then frozen.
        scenarios: every scenario as plain JSON with its claims and bands, by its full name.
        out_of_reach: by claim id, why this machine cannot show it.
    """

    seed: int
    rounds: int
    levels: tuple[float, float]
    expected_s: float
    cells: tuple[Cell, ...]
    orders: tuple[tuple[str, ...], ...]
    hash_seeds: tuple[int, ...]
    loops: "Mapping[str, int]" = field(default_factory=dict)
    values: "Mapping[str, int]" = field(default_factory=dict)
    scenarios: "Mapping[str, Mapping[str, Any]]" = field(default_factory=dict)
    out_of_reach: "Mapping[str, str]" = field(default_factory=dict)

    def cell(self, name: str) -> Cell:
        """The cell of that name; KeyError when the plan has none."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        raise KeyError(name)

    def serial_of(self, cell: Cell) -> Cell | None:
        """The serial arm that `cell` is compared with: same scenario, same duration of a job."""
        for other in self.cells:
            if other.arm == "serial" and (other.scenario, other.duration_s) == (
                cell.scenario,
                cell.duration_s,
            ):
                return other
        return None

    def to_json(self) -> dict[str, Any]:
        """A plain dict that `from_json` reads back."""
        return {
            "seed": self.seed,
            "rounds": self.rounds,
            "levels": list(self.levels),
            "expected_s": self.expected_s,
            "cells": [cell.to_json() for cell in self.cells],
            "orders": [list(order) for order in self.orders],
            "hash_seeds": list(self.hash_seeds),
            "loops": dict(self.loops),
            "values": dict(self.values),
            "scenarios": {name: dict(scenario) for name, scenario in self.scenarios.items()},
            "out_of_reach": dict(self.out_of_reach),
        }

    @classmethod
    def from_json(cls, data: "Mapping[str, Any]") -> Self:
        """
        The plan that `to_json` wrote; a missing key is a KeyError, a wrong type a TypeError or
        ValueError.
        """
        difference, equivalence = data["levels"]
        return cls(
            seed=int(data["seed"]),
            rounds=int(data["rounds"]),
            levels=(float(difference), float(equivalence)),
            expected_s=float(data["expected_s"]),
            cells=tuple(Cell.from_json(cell) for cell in data["cells"]),
            orders=tuple(tuple(order) for order in data["orders"]),
            hash_seeds=tuple(int(seed) for seed in data["hash_seeds"]),
            loops={str(name): int(loops) for name, loops in data["loops"].items()},
            values={str(name): int(values) for name, values in data["values"].items()},
            scenarios=dict(data["scenarios"]),
            out_of_reach=dict(data["out_of_reach"]),
        )
