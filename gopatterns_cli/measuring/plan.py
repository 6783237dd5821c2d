"""What a session is going to measure, decided and written down before the first measurement.

Everything that could bend a result afterwards is in here: the cells, the claims with their bands, the rounds,
the order inside every round, the seed, the hash seeds, the claims that this machine cannot show. Nothing here
runs anything or reads a clock.
"""

from collections.abc import Mapping  # noqa: TC003 - the annotations are looked at
from dataclasses import asdict, dataclass, field
from typing import Any, Self, TypeVar

from gopatterns_cli.measuring import looks
from gopatterns_cli.measuring.cells import GO, Cell
from gopatterns_cli.measuring.estimating import VALUE_S
from gopatterns_cli.measuring.looks import Look
from gopatterns_cli.measuring.typed import checked, shown
from gopatterns_cli.verdicts import TOLERANCE
from gopatterns_cli.versions.version import Version

P = TypeVar("P", bound="Plan")

NEEDS_CORES = "it takes {n} cores that run Python at once, {home} has {here} here"
"""Why a claim is out of reach, as it is kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A session's plan, as it is stored.

    Args:
        seed: what `orders` and `hash_seeds` were drawn from.
        looks: after how many rounds the figures are looked at, and how sure one has to be then; the last
            one is after the last round. Rounds are numbered from 1.
        expected_s: what the whole session was expected to take, if nothing is decided before the last look.
        first_s: what it was expected to take up to the first look.
        cells: every cell, serial arms first within their scenario; the canary is none of them.
        orders: per round, the names of the cells in the order in which they are measured.
        hash_seeds: per round, the PYTHONHASHSEED that all its workers share.
        loops: runs of the workload per value, by cell name; empty until calibrated, then frozen.
        values: values per process, by cell name; empty until calibrated, then frozen.
        scenarios: every scenario as plain JSON with its claims and bands, by its full name.
        out_of_reach: by claim id, why this machine cannot show it.
        go_practices: by practice, how many goroutines Go leaves behind, `good` and `bad`; empty if uncounted.
        left_out: what a budget left no time for.
        no_go: why there are no arms of Go; empty where there are, or none were asked for.
        not_here: peers that cannot be measured here, each with the reason.
        counts: by cell, how many items a run has where that is fewer than its own count: it is slow.
        predicted: by cell, the seconds that the simulator gave it before anything was measured; empty when
            nothing was predicted.
        not_predicted: by cell of ours, why it has no prediction.
        canary: one of the cells, under another name: it is measured twice in every round, so that the
            session shows how far identical code seems to differ. None where nothing is measured twice.
        versions: what is compared, the base first; empty where there is only what runs gopat. Then every
            cell is there once for each.
        tolerance: what a slowdown of a version must exceed to be a regression: 0.05 is 5 %.
        value_s: the least that a value takes.
        took: seconds per run in the calibration, by cell name.
    """

    seed: int
    looks: tuple[Look, ...]
    expected_s: float
    first_s: float
    cells: tuple[Cell, ...]
    orders: tuple[tuple[str, ...], ...]
    hash_seeds: tuple[int, ...]
    loops: "Mapping[str, int]" = field(default_factory=dict)
    values: "Mapping[str, int]" = field(default_factory=dict)
    scenarios: "Mapping[str, Mapping[str, Any]]" = field(default_factory=dict)
    out_of_reach: "Mapping[str, str]" = field(default_factory=dict)
    no_go: str = ""
    left_out: tuple[str, ...] = ()
    go_practices: "Mapping[str, Mapping[str, int]]" = field(default_factory=dict)
    not_here: tuple[str, ...] = ()
    counts: "Mapping[str, int]" = field(default_factory=dict)
    predicted: "Mapping[str, float]" = field(default_factory=dict)
    not_predicted: "Mapping[str, str]" = field(default_factory=dict)
    canary: Cell | None = None
    versions: tuple[Version, ...] = ()
    tolerance: float = TOLERANCE
    value_s: float = VALUE_S
    took: "Mapping[str, float]" = field(default_factory=dict)

    @property
    def rounds(self) -> int:
        """How many rounds are measured, unless everything is decided before."""
        return self.looks[-1].rounds

    @property
    def measured(self) -> tuple[Cell, ...]:
        """Whatever a round measures."""
        return self.cells if self.canary is None else (*self.cells, self.canary)

    def cell(self, name: str) -> Cell:
        """The cell of that name, or the canary; KeyError when the plan has none."""
        for cell in self.measured:
            if cell.name == name:
                return cell
        raise KeyError(name)

    def items(self, cell: Cell) -> int:
        """How many items one run of a cell has."""
        return self.counts.get(cell.twin.name, cell.count)

    def serial_of(self, cell: Cell) -> Cell | None:
        """
        The serial arm that `cell` is compared with: same language, scenario and duration of a job. An
        operation is compared with Go's, and a limiter with nothing but its rate.
        """
        if cell.operation is not None:
            return self._in_go(cell)
        for other in self.cells:
            if other.is_serial and (other.is_go, other.scenario, other.duration_s) == (
                cell.is_go,
                cell.scenario,
                cell.duration_s,
            ):
                return other
        return None

    def _in_go(self, cell: Cell) -> Cell | None:
        key = (GO, cell.scenario, cell.workers)
        same = (other for other in self.cells if (other.arm, other.scenario, other.workers) == key)
        found = next(same, None)
        return None if cell.rate is not None or found == cell else found

    def to_json(self) -> dict[str, Any]:
        """A plain dict that `from_json` reads back."""
        return {
            "seed": self.seed,
            "looks": [asdict(look) for look in self.looks],
            "expected_s": self.expected_s,
            "first_s": self.first_s,
            "cells": [cell.to_json() for cell in self.cells],
            "orders": [list(order) for order in self.orders],
            "hash_seeds": list(self.hash_seeds),
            "loops": dict(self.loops),
            "values": dict(self.values),
            "scenarios": {name: dict(scenario) for name, scenario in self.scenarios.items()},
            "out_of_reach": dict(self.out_of_reach),
            "no_go": self.no_go,
            "left_out": list(self.left_out),
            "go_practices": {name: dict(counts) for name, counts in self.go_practices.items()},
            "not_here": list(self.not_here),
            "counts": dict(self.counts),
            "predicted": dict(self.predicted),
            "not_predicted": dict(self.not_predicted),
            "canary": None if self.canary is None else self.canary.to_json(),
            "versions": [version.to_json() for version in self.versions],
            "tolerance": self.tolerance,
            "value_s": self.value_s,
            "took": dict(self.took),
        }

    @classmethod
    def from_json(cls, data: "Mapping[str, Any]") -> Self:
        """The plan that `to_json` wrote.

        Raises:
            KeyError: a key is missing.
            TypeError, ValueError: a value is of the wrong type, or the plan could not be carried out.
        """
        return _coherent(
            cls(
                seed=data["seed"],
                looks=tuple(Look(**look) for look in data["looks"]),
                expected_s=data["expected_s"],
                first_s=data["first_s"],
                cells=tuple(Cell.from_json(cell) for cell in data["cells"]),
                orders=tuple(tuple(order) for order in data["orders"]),
                hash_seeds=tuple(data["hash_seeds"]),
                loops=data["loops"],
                values=data["values"],
                scenarios=data["scenarios"],
                out_of_reach=data["out_of_reach"],
                no_go=data.get("no_go", ""),
                left_out=tuple(data.get("left_out", ())),
                go_practices=data.get("go_practices", {}),
                not_here=tuple(data.get("not_here", ())),
                counts=data.get("counts", {}),
                predicted=data.get("predicted", {}),
                not_predicted=data.get("not_predicted", {}),
                canary=None if data.get("canary") is None else Cell.from_json(data["canary"]),
                versions=tuple(Version.from_json(version) for version in data.get("versions", ())),
                tolerance=data.get("tolerance", TOLERANCE),
                value_s=data.get("value_s", VALUE_S),
                took=data.get("took", {}),
            )
        )


def _coherent(plan: P) -> P:
    """Return `plan`, which was stored, after looking whether it could be carried out."""
    checked(plan)
    looks.checked(plan.looks)
    names = {cell.name for cell in plan.measured}
    if len(names) < len(plan.measured):
        raise ValueError("two cells of the plan have one name")
    if not plan.rounds == len(plan.orders) == len(plan.hash_seeds):
        raise ValueError("the plan has not one order and one hash seed for every round")
    if not names.issuperset(name for order in plan.orders for name in order):
        raise ValueError("the plan measures a cell that it does not have")
    if plan.loops.keys() != plan.values.keys() or not names.issuperset(plan.loops):
        raise ValueError("the plan has not both loops and values for a cell of its own")
    if not names.issuperset(plan.counts) or not all(count >= 1 for count in plan.counts.values()):
        raise ValueError("the plan has a count for no cell of its own, or none at all")
    if not names.issuperset(plan.predicted) or not all(plan.predicted.values()):
        raise ValueError("the plan predicts a cell that it does not have, or no time at all")
    if not all(counts.keys() == {"good", "bad"} for counts in plan.go_practices.values()):
        raise ValueError("the plan has not both counts for a practice in Go")
    _coherent_versions(plan)
    if plan.canary is not None and not any(plan.canary.twin == cell for cell in plan.cells):
        raise ValueError(f"the canary {plan.canary.name} is no cell of the plan measured twice")
    return plan


def _coherent_versions(plan: Plan) -> None:
    labels = [version.label for version in plan.versions]
    if (
        len(labels) == 1
        or len(set(labels)) < len(labels)
        or {cell.version for cell in plan.cells} - {*labels, ""}
    ):
        raise ValueError(f"the plan cannot compare the versions {shown(labels)}")
    if plan.versions and any(not cell.version for cell in plan.cells):
        raise ValueError("a cell of the plan is of no version")
    if not plan.tolerance >= 0 or not plan.value_s > 0:
        raise ValueError(f"the plan cannot have {shown((plan.tolerance, plan.value_s))}")
