"""
Random programs, ours beside what Go allows: `python tests/differential/comparison.py --programs 10000`.

Each program runs on the simulator under several seeds, on asyncio and on threads; what its tasks have seen
has to be among the outcomes that the model allows. Where a Go toolchain is found, real Go runs them all,
too, and has to stay within the model, which is how the model itself is checked. hypothesis makes the
programs from a seed and shrinks one that fails. Prints Markdown; the exit code is 1 when there is a
difference.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

import golang
import model
import ours
import programs
from hypothesis import HealthCheck, given, seed, settings

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = {"simulator": 3, "asyncio": 1, "threads": 1}
"""Runs of a program on each runtime."""


def examined(count: int, start: int, take: Callable[[programs.Program, set[Any]], None]) -> None:
    """
    Make so many programs and run each on every runtime; `take(program, allowed)` is told of each.

    Raises:
        AssertionError: an outcome is none that Go allows; the program is the smallest of its kind.
    """

    @seed(start)
    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(programs.programs())
    def examine(program: programs.Program) -> None:
        allowed = model.outcomes(program)
        for runtime, runs in SEEDS.items():
            for number in range(runs):
                found = ours.outcome(program, runtime, number)
                assert found in allowed, f"on {runtime}, seed {number}: {found} is not allowed of\n{program}"
        take(program, allowed)

    examine()


def of_go(
    taken: list[tuple[programs.Program, set[Any]]], runs: int
) -> tuple[str, list[tuple[programs.Program, Any]], int]:
    """Run programs in real Go: its version, what is not in the model, how many allowed outcomes it showed."""
    go = golang.toolchain()
    if go is None:
        return "no Go from 1.25 here", [], 0
    with tempfile.TemporaryDirectory() as folder:
        runner = golang.built(go, Path(folder))
        shown = golang.outcomes(runner, [program for program, _ in taken], runs)
    beyond = [
        (program, seen - allowed)
        for (program, allowed), seen in zip(taken, shown, strict=True)
        if not seen <= allowed
    ]
    return golang.version(go), beyond, sum(map(len, shown))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--go-runs", type=int, default=20)
    chosen = parser.parse_args()
    taken: list[tuple[programs.Program, set[Any]]] = []
    examined(chosen.programs, chosen.seed, lambda program, allowed: taken.append((program, allowed)))
    version, beyond, shown = of_go(taken, chosen.go_runs)
    allowed = sum(len(outcomes) for _, outcomes in taken)
    print("# Differential programs\n")
    print(f"Made by `python tests/differential/comparison.py --programs {chosen.programs}`.\n")
    print("| | programs | runs | outcomes that Go does not allow |")
    print("|---|---|---|---|")
    for runtime, runs in SEEDS.items():
        print(f"| {runtime} | {len(taken):,} | {len(taken) * runs:,} | 0 |")
    if shown:
        print(f"| {version} | {len(taken):,} | {len(taken) * chosen.go_runs:,} | {len(beyond)} |")
        print(f"\nGo showed {shown:,} of the {allowed:,} outcomes that the model allows.")
    else:
        print(f"\n{version}: the model was not checked against it.")
    for program, seen in beyond:
        print(f"\nGo showed {seen} of\n{program}", file=sys.stderr)
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
