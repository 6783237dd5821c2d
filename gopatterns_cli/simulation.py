"""A demo on a machine that is simulated: what `--costs`, `--as` and `--cores` mean."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gopatterns_cli.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from patterns.runtimes.simulator import Costs


@dataclass(frozen=True)
class Simulation:
    """A machine that the simulator stands for.

    Args:
        costs: of its operations.
        label: the words for what comes of it.
        note: what whoever asked for it must know; empty for nothing.
    """

    costs: "Costs"
    label: str
    note: str = ""


def simulation(
    runtime: str,
    costs: str | None,
    stands_for: str | None,
    cores: int | None,
    say: "Callable[[str], object]",
) -> Simulation | None:
    """
    Return what `--costs`, `--as` and `--cores` ask for; None without `--costs`. It may measure first, of
    which `say` is told.

    Raises:
        Failure: exit code 2: they do not go together; 1: the costs cannot be measured.
    """
    if costs is None:
        for option, value in {"--as": stands_for, "--cores": cores}.items():
            if value is not None:
                raise Failure(f"{option}: found without --costs, allowed with --costs measured", 2)
        return None
    if runtime != "simulator":
        raise Failure(f"--costs: found with --runtime {runtime}, allowed with --runtime simulator", 2)
    from gopatterns_cli.predicting.costs import measured_costs  # noqa: PLC0415 - keeps --help light
    from gopatterns_cli.predicting.standing import standing_for  # noqa: PLC0415 - the same

    name = stands_for or "asyncio"
    found = measured_costs(name, say).costs
    here, note = found.cores, ""
    if cores is not None:
        asked = standing_for(name, cores)
        found = replace(found, cores=asked.cores, most_calls=asked.most_calls)
        if not found.apart:
            note = f"on {name} one core serves all tasks, more only native calls"
    on = "" if found.cores == here else f" of {found.cores} cores"
    return Simulation(found, f"a simulation{on} with costs measured on {name} here", note)


def most_at_once(runtime: str, simulated: Simulation | None = None) -> int | None:
    """How many jobs a runtime does at once, at the most; None where only the demo's options limit that."""
    if simulated is not None:
        return simulated.costs.most_calls if simulated.costs.apart else None
    if runtime != "processes":
        return None
    from patterns.runtimes import processes  # noqa: PLC0415 - keeps --help light

    return processes.max_calls()
