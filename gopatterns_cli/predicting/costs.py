"""What operations cost on the runtimes of this machine: measured once per machine, Python and version, kept.

Kept in the user's cache, beside how fast the machine computes. They are measured again when the library or
the benchmarks have changed, or when what is kept is not what such a measurement gives.
"""

import hashlib
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any, Self

import psutil  # type: ignore[import-untyped]  # it comes with pyperf

import patterns
from gopatterns_cli.caches import caches
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import disk
from gopatterns_cli.measuring.machine import cores, facts
from gopatterns_cli.measuring.typed import checked
from gopatterns_cli.predicting.benchmarks import benchmarks
from gopatterns_cli.predicting.fitting import fitted
from gopatterns_cli.predicting.standing import standing_for
from patterns.runtimes.simulator import Costs

PROCESSES = 3
"""So many processes measure a runtime; what one of them happens to get is not what the next one does."""

MOST_BUSY = 0.15
"""When others use more of the cores than this, costs are good enough for now, and not for later."""

LOOK_S = 0.2
"""For so long it is looked, before a measurement, what others do."""

TIMEOUT_S = 120.0
FILE = "costs.json"


@dataclass(frozen=True, slots=True)
class MachineCosts:
    """What was found out about a runtime here.

    Args:
        costs: of its operations.
        waiting_s: what the body of a job takes besides its wait.
        computing_s: what that of a job takes that does nothing.
        producing_s: what an item takes of an async source that does nothing besides.
        operations_per_s: how fast a job computes when nothing is in its way.
        first_s: what the first run in a process takes besides.
        busy: the share of the machine's cores that others used just before, from 0 to 1.
    """

    costs: Costs
    waiting_s: float
    computing_s: float
    producing_s: float
    operations_per_s: float
    first_s: float
    busy: float = 0.0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `asdict` made of one.

        Raises:
            KeyError, TypeError, ValueError: it is no such thing.
        """
        kept = data["costs"]
        late = tuple((float(seconds), float(late_s)) for seconds, late_s in kept["late"])
        if not late or any(seconds <= 0 for seconds, _ in late) or list(late) != sorted(set(late)):
            raise ValueError("late has no durations that rise")
        costs = Costs(**{**{field.name: kept[field.name] for field in fields(Costs)}, "late": late})
        rest = {field.name: data[field.name] for field in fields(cls) if field.name != "costs"}
        found = checked(cls(costs, **rest))
        if costs.cores < 1 or costs.most_calls < 1 or found.operations_per_s <= 0 or costs.sharing < 1:
            raise ValueError("no machine has such costs")
        return found


def measured_costs(runtime: str, say: Callable[[str], object] = lambda _: None) -> MachineCosts:
    """
    Return what operations cost on a runtime here; `say` is told before they are measured, which takes some
    seconds. What was measured beside other work is measured again once the machine does nothing else.

    Raises:
        Failure: exit code 1: they cannot be measured.
    """
    found = known_costs(runtime)
    if found is None or (found.busy > MOST_BUSY and _busy() <= MOST_BUSY):
        say(f"measuring what operations cost on {runtime}, once for this machine")
        found = _measured(runtime)
        _keep(runtime, found)
        if found.busy > MOST_BUSY:
            say("the machine was busy with something else: they are measured again when it is not")
    return found


def known_costs(runtime: str) -> MachineCosts | None:
    """Return the same if they were measured before; else None."""
    with suppress(KeyError, TypeError, ValueError, AttributeError, OverflowError):
        found = MachineCosts.from_json(_kept()[_machine()][runtime])
        return found if _form(found.costs) == _form(standing_for(runtime)) else None
    return None


def _form(costs: Costs) -> tuple[Any, ...]:
    """What is known of a runtime without measuring it; its cores change with the quota."""
    lasting = tuple(seconds for seconds, _ in costs.late)
    return costs.runtime, costs.cores, costs.own_timers, costs.apart, costs.most_calls, lasting


def _keep(runtime: str, found: MachineCosts) -> None:
    everything = _kept()
    here = everything.get(_machine())
    everything[_machine()] = {**(here if isinstance(here, dict) else {}), runtime: asdict(found)}
    with suppress(OSError):  # then it is measured again the next time
        disk.replace(caches() / FILE, json.dumps(everything, indent=1))


def _kept() -> dict[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        known = json.loads((caches() / FILE).read_text(encoding="utf-8"))
        if isinstance(known, dict):
            return known
    return {}


@cache
def _machine() -> str:
    """The machine, the Python and what is measured on them."""
    digest = hashlib.sha256()
    for folder in (Path(patterns.__file__).parent, Path(__file__).parent, Path(disk.__file__).parent):
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    model = f"{facts().get('cpu_model', 'unknown')}, {cores()} cores"
    return f"{model}, {platform.python_implementation()} {sys.version}, {digest.hexdigest()[:12]}"


def _measured(runtime: str) -> MachineCosts:
    looked, told = [], []
    for _ in range(PROCESSES):
        looked.append(_busy())
        told.append(_told(runtime))
    middle = {name: median(one[name] for one in told) for name in told[0] if name != "seconds"}
    middle["operations_per_s"] = max(one["operations_per_s"] for one in told)  # a core is never too fast
    known = benchmarks(standing_for(runtime))
    seconds = {one.name: one.typical(times["seconds"][one.name] for times in told) for one in known}
    costs = fitted(standing_for(runtime), known, seconds, middle["operations_per_s"])
    return MachineCosts(costs, **middle, busy=median(looked))


def _busy() -> float:
    """Return the share of the cores that is used now."""
    used: float = psutil.cpu_percent(LOOK_S) / 100
    return used


def _told(runtime: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "gopatterns_cli.predicting.stopwatch", runtime]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError) as error:
        raise Failure(f"what operations cost on {runtime} cannot be measured: {error}") from None
    except ValueError:
        why = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise Failure(f"what operations cost on {runtime} cannot be measured: {why}") from None
    return told
