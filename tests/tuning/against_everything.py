"""`gopat tune` beside an exhaustive matrix, on six known functions.

    python tests/tuning/against_everything.py [--runs 10] [--rounds 12] [--budget 60s] [--only fetch,nap]

Per function every candidate (pattern, arm, runtime, workers) and the plain loop are measured in so many
rounds over all inputs; then tune runs so many times. Its winner is near when the matrix has it within x1.10
of the best cell; "no pattern pays" is the plain loop. Prints Markdown; the exit code is 1 when a function is
near in fewer than nine tenths of the runs, or a run takes more than a fifth of the matrix's time. On two
cores all of it takes about two hours.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from gopatterns_cli.measuring.asking import asked
from gopatterns_cli.measuring.estimating import WORKER_S
from gopatterns_cli.measuring.machine import cores, facts
from gopatterns_cli.measuring.processes import LostRunError, launch
from gopatterns_cli.tuning.cost import Cost
from gopatterns_cli.tuning.finals import NOT_HERE
from gopatterns_cli.tuning.grid import (
    ASYNCIO,
    FAN_OUT,
    FIBERS,
    GOPAT,
    POOL,
    PROCESSES,
    THREADS,
    Bounds,
    Candidate,
    Lane,
    cell_of,
    ladder,
    plain_cell,
    processes_ladder,
    searched,
)
from gopatterns_cli.tuning.look import Look
from gopatterns_cli.tuning.running import Runner
from scenarios.notation import parse_duration

if TYPE_CHECKING:
    from gopatterns_cli.tuning.found import Entrant

ROOT = Path(__file__).parents[2]
MODULE = "known"
FUNCTIONS = ("fetch", "nap", "spin", "digest", "both", "trivial")
LATENCY_S = 0.020
NEAR = 1.10
SHARE = 5


@dataclass(frozen=True)
class Matrix:
    """The exhaustive one: seconds per job by entrant, medians over the rounds, and what it all took."""

    each_s: dict[Entrant, float]
    seconds: float

    @property
    def best(self) -> Entrant:
        """The best cell, or the plain loop as None."""
        return min(self.each_s, key=lambda entrant: self.each_s[entrant])


def everything(look: Look, bounds: Bounds) -> list[Candidate]:
    """Every candidate: what tune searches, and what it tries only beside its best."""
    found = list(searched(look, bounds, cores()))
    most = look.count
    for runtime in (ASYNCIO, FIBERS):
        found += [Candidate(Lane(POOL, GOPAT, runtime), workers) for workers in ladder(most)]
    found += [Candidate(Lane(FAN_OUT, GOPAT, THREADS), workers) for workers in ladder(most)]
    found += [
        Candidate(Lane(FAN_OUT, GOPAT, PROCESSES), workers)
        for workers in processes_ladder(min(most, 4 * cores()))
    ]
    return list(dict.fromkeys(found))


def exhaustive(function: str, rounds: int, seed: int) -> Matrix:
    """Measure everything, in rounds, each in an order of its own."""
    bounds = Bounds()
    with tempfile.TemporaryDirectory(prefix="gopat-known-") as place:
        folder = Path(place)
        request = {
            "function": f"{MODULE}:{function}",
            "inputs": f"{MODULE}:INPUTS",
            "files": [],
            "folder": place,
            "seed": seed,
            "seconds": 12.0,
            "rate": None,
        }
        look = Look.from_json(asked("gopatterns_cli.tuning.looking", request, 60.0))
        cost = Cost(look, cores(), WORKER_S + look.import_s)
        runner = Runner(launch, bounds, lambda: 600.0, cost, one_loop=False)
        entrants: list[Entrant] = [None, *everything(look, bounds)]
        found: dict[Entrant, list[float]] = {entrant: [] for entrant in entrants}
        began = time.monotonic()
        drawn = random.Random(seed)
        expected = {
            one: cost.plain_s(look.count) if one is None else cost.run_s(one, look.count) for one in entrants
        }
        for number in range(rounds):
            for entrant in drawn.sample(entrants, len(entrants)):
                cell = (
                    plain_cell(look, bounds, folder, look.count)
                    if entrant is None
                    else cell_of(entrant, look, bounds, folder, look.count)
                )
                try:
                    value = runner.measure(entrant, cell, expected[entrant], 60.0, number + 1)
                except LostRunError as error:
                    print(f"lost: {function}: {cell.name}: {error}", file=sys.stderr, flush=True)
                    continue
                found[entrant].append(value.each_s)
                expected[entrant] = value.run_s
        seconds = time.monotonic() - began
    return Matrix({entrant: median(values) for entrant, values in found.items() if values}, seconds)


def tuned(function: str, budget: str, seed: int) -> tuple[dict[str, object], float]:
    """Run tune as a user would; return its JSON and the seconds that it took."""
    command = [sys.executable, "-m", "gopatterns_cli", "tune", f"{MODULE}:{function}"]
    options = ["--inputs", f"{MODULE}:INPUTS", "--budget", budget, "--seed", str(seed), "--yes", "--json"]
    began = time.monotonic()
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode != 0:
        raise SystemExit(f"{function}: exit code {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout), seconds


def chosen(result: dict[str, object]) -> Entrant:
    """What tune advises: its winner, or the plain loop where no pattern pays."""
    if result["verdict"] == NOT_HERE:
        return None
    told = result["winner"]["candidate"]  # type: ignore[index]
    return Candidate(Lane(told["pattern"], told["arm"], told["runtime"]), told["workers"])


def words(entrant: Entrant) -> str:
    """An entrant in words."""
    return "the plain loop" if entrant is None else entrant.words


def judged(function: str, options: argparse.Namespace) -> bool:
    """Measure one function, print its table, and say whether both figures were reached."""
    matrix = exhaustive(function, options.rounds, options.seed)
    best = matrix.best
    print(f"\n## {function}\n")
    print(f"Matrix: {len(matrix.each_s)} cells, {options.rounds} rounds, {matrix.seconds:.0f} s; ", end="")
    print(f"best: {words(best)}, {1 / matrix.each_s[best]:,.0f} jobs/s.\n")
    print("| run | tune's answer | verdict | of the best cell | near | seconds | of the matrix's |")
    print("|---|---|---|---|---|---|---|", flush=True)
    near, quick = 0, 0
    for run in range(1, options.runs + 1):
        result, seconds = tuned(function, options.budget, options.seed + run)
        entrant = chosen(result)
        ratio = matrix.each_s.get(entrant, float("inf")) / matrix.each_s[best]
        near += ratio <= NEAR
        quick += seconds <= matrix.seconds / SHARE
        cells = (
            run,
            words(entrant),
            result["verdict"],
            f"x{ratio:.2f}",
            "yes" if ratio <= NEAR else "no",
            f"{seconds:.0f}",
            f"{seconds / matrix.seconds:.0%}",
        )
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    print(f"\nNear in {near} of {options.runs} runs, at most a fifth of the time in {quick}.", flush=True)
    return near >= 0.9 * options.runs and quick == options.runs


def main() -> int:
    """Put tune to the test; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--budget", default="60s", help="of each tune")
    parser.add_argument("--only", default=",".join(FUNCTIONS), help="some of the functions")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    parse_duration(options.budget)
    os.chdir(Path(__file__).parent)  # where the module is
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    site = subprocess.Popen(
        [sys.executable, "-m", "gopatterns_cli.measuring.site", f"{LATENCY_S:.9f}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert site.stdout is not None
        os.environ["GOPAT_KNOWN_PORT"] = site.stdout.readline().strip()
        machine = facts()
        print("# gopat tune beside everything\n")
        print(f"Made by `{' '.join(['python', 'tests/tuning/against_everything.py', *sys.argv[1:]])}`.")
        print(f"{machine.get('cpu_model')}, {machine['cores']} cores, Python {machine['python']}.")
        reached = [judged(function, options) for function in options.only.split(",")]
    finally:
        site.kill()
        site.wait()
    print(f"\nReached for {sum(reached)} of {len(reached)} functions.")
    return int(not all(reached))


if __name__ == "__main__":
    sys.exit(main())
