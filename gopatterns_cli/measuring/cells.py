"""The cells of a scenario: one arm in one configuration, the unit that is measured.

A cell knows what to run and is called by a name that is a contract (the pyperf benchmark's name, the key in
every JSON). It never knows how long it took. The worker process reads it, so nothing heavy is imported here.
"""

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from gopatterns_cli.measuring.typed import checked, shown
from scenarios.notation import write_duration

if TYPE_CHECKING:
    from collections.abc import Mapping


SERIAL, NATIVE, GOPAT = "serial", "native", "gopat"
COLD, WARM = "cold", "warm"


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm of a scenario in one configuration.

    Args:
        scenario: the scenario's stem, without its group.
        pattern: `worker-pool`, `pipeline`, `fan-out-fan-in`.
        arm: `serial`, `native` or `gopat`.
        runtime: None for the serial arm, as are `pool` and `workers`.
        pool: `cold` or `warm`.
        workers: None where the pattern takes none.
        buffer: capacity of the hops between stages, in items.
        job_kind: what one job does (`wait`).
        duration_s: what one job is asked to take.
        count: number of jobs in one run of the workload.
        ladder: the scenario measures several durations, so the name tells which.
    """

    scenario: str
    pattern: str
    arm: str
    runtime: str | None
    pool: str | None
    workers: int | None
    buffer: int
    job_kind: str
    duration_s: float
    count: int
    ladder: bool = False

    @property
    def name(self) -> str:
        """The scenario, the arm, then every axis that applies: `pipeline/gopat/asyncio/cold`."""
        axes = [self.scenario, self.arm, self.runtime, self.pool]
        if self.workers is not None:
            axes.append(f"workers={self.workers}")
        if self.ladder:
            axes.append(f"duration={write_duration(self.duration_s)}")
        return "/".join(axis for axis in axes if axis is not None)

    def to_json(self) -> dict[str, Any]:
        """A plain dict that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: "Mapping[str, Any]") -> Self:
        """The cell that `to_json` wrote.

        Raises:
            KeyError: a key is missing; one too many is ignored.
            TypeError, ValueError: a value is of the wrong type, or there is no such cell.
        """
        required = {field.name: data[field.name] for field in fields(cls) if field.name != "ladder"}
        cell = checked(cls(**required, ladder=data.get("ladder", False)))
        serial = (cell.arm, cell.runtime, cell.pool) == (SERIAL, None, None)
        concurrent = cell.arm in {NATIVE, GOPAT} and bool(cell.runtime) and cell.pool in {COLD, WARM}
        if not serial and not concurrent:
            raise ValueError(f"a cell cannot be {shown((cell.arm, cell.runtime, cell.pool))}")
        if cell.count == 0 or cell.workers == 0:
            raise ValueError(f"the cell {cell.name} has no jobs or no workers")
        return cell
