"""Our Go arms beside `go test -bench` on equivalent code: `python tests/golang/agreement.py` prints Markdown.

Each row is one of the document's workloads. Both sides are processes of their own and take turns, so that
whatever the machine does meanwhile falls on both; a figure is the median over the processes. The exit code is
1 when a row is more than 15 % apart, and 2 without Go.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import scenarios
from gopatterns_cli.figures import seconds
from gopatterns_cli.measuring import golang
from gopatterns_cli.measuring.choosing import cells_of
from gopatterns_cli.measuring.processes import Order, launch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gopatterns_cli.measuring.cells import Cell

APART = 0.15
BENCHMARKS = {"worker-pool": "WorkerPool", "fan-out": "FanOut", "pipeline": "Pipeline"}
VALUE_S = 0.2
"""The least that one process of either side measures for."""

MOST_LOOPS = 1 << 14
TIMEOUT_S = 120.0
NS_PER_OP = re.compile(r"^Benchmark\S+\s+\d+\s+([\d.]+) ns/op", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One workload on both sides: seconds per run of it, one figure per process."""

    name: str
    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return median(self.ours) / median(self.theirs)

    @property
    def agrees(self) -> bool:
        """Whether neither takes 15 % longer than the other."""
        return 1 / (1 + APART) <= self.ratio <= 1 + APART


def main() -> int:
    """Measure every row, print the table, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--processes", type=int, default=9, help="of each side and row (9)")
    parser.add_argument("--row", action="append", help="only rows whose names hold this")
    asked = parser.parse_args()
    try:
        go, worker = golang.toolchain(), golang.worker()
    except (golang.NoGoError, golang.BuildError) as error:
        print(error, file=sys.stderr)
        return 2
    chosen = [(cell, bench) for cell, bench in pairs() if any(part in bench for part in asked.row or [""])]
    with tempfile.TemporaryDirectory() as folder:
        benchmarks = built(go, Path(folder))
        rows = measured(chosen, benchmarks, asked.processes)
    print(
        *table(rows, f"{go.version}, {asked.processes} processes of each, worker {worker.parent.name}"),
        sep="\n",
    )
    return 0 if all(row.agrees for row in rows) else 1


def pairs() -> Iterator[tuple[Cell, str]]:
    """Each Go cell that `bench_test.go` has a benchmark for, with the benchmark's name."""
    for scenario in scenarios.find("all").scenarios:
        for cell in cells_of(scenario, quick=False, runtimes=None, go=True):
            if cell.is_go and scenario.stem in BENCHMARKS:
                setting = "3-stages" if cell.workers is None else f"{cell.workers}-workers"
                yield cell, f"{BENCHMARKS[scenario.stem]}/{'serial' if cell.is_serial else setting}"


def built(go: golang.Toolchain, folder: Path) -> Path:
    """Build the benchmarks, so that none of them waits for the compiler."""
    program = folder / "benchmarks"
    subprocess.run(
        [go.program, "test", "-c", "-o", str(program), "."],
        cwd=golang.SOURCE,
        env=golang._environment(),
        check=True,
    )
    return program


def measured(chosen: list[tuple[Cell, str]], benchmarks: Path, processes: int) -> list[Row]:
    """Measure the rows in turns: of each row ours and theirs, and which comes first changes each time."""
    rows = [Row(bench, [], []) for _, bench in chosen]
    loops = [loops_of(cell) for cell, _ in chosen]
    for number in range(processes):
        for (cell, bench), row, count in zip(chosen, rows, loops, strict=True):
            print(f"{number + 1} of {processes}: {bench}", file=sys.stderr)
            sides = [
                lambda row=row, cell=cell, count=count: row.ours.append(ours_s(cell, count)),
                lambda row=row, bench=bench: row.theirs.append(theirs_s(benchmarks, bench)),
            ]
            for side in sides if number % 2 == 0 else sides[::-1]:
                side()
    return rows


def loops_of(cell: Cell) -> int:
    """How many runs of a cell take long enough."""
    loops = 1
    while loops * ours_s(cell, loops) < VALUE_S and loops < MOST_LOOPS:
        loops *= 2
    return loops


def ours_s(cell: Cell, loops: int) -> float:
    """Measure a cell in a process, as `gopat bench` does."""
    order = Order(cell, loops, values=1, warmups=1, hash_seed=1, timeout_s=TIMEOUT_S)
    return launch(order).values[0]


def theirs_s(benchmarks: Path, bench: str) -> float:
    """Measure a benchmark in a process, as `go test -bench` does."""
    only = "/".join(f"^{part}$" for part in f"Benchmark{bench}".split("/"))
    done = subprocess.run(
        [benchmarks, "-test.run", "^$", "-test.bench", only, "-test.benchtime", f"{VALUE_S}s"],
        capture_output=True, text=True, check=True, timeout=TIMEOUT_S,
    )  # fmt: skip
    (nanoseconds,) = NS_PER_OP.findall(done.stdout)
    return float(nanoseconds) / 1e9


def table(rows: list[Row], about: str) -> Iterator[str]:
    """Write the rows as Markdown."""
    yield "| Workload | `gopat bench` | `go test -bench` | ratio | within 15 % |"
    yield "|---|---:|---:|---:|---|"
    for row in rows:
        figures = f"{seconds(median(row.ours))} | {seconds(median(row.theirs))} | {row.ratio:.3f}"
        yield f"| {row.name} | {figures} | {'yes' if row.agrees else '**no**'} |"
    yield ""
    yield f"{about}."


if __name__ == "__main__":
    sys.exit(main())
