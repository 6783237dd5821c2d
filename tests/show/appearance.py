"""What looking good costs: `python tests/show/appearance.py [ROUNDS] > results/appearance.md`.

The live view beside the same demo unwatched; the size of the page of each recorded session; how long a shell
waits for a completion, and a person for help, beside a bare Typer program with as many commands. Prints
Markdown. Times are ratios inside rounds; a completion is to come within 200 ms, so it stands as a time, too.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import view_cost

from gopatterns_cli import figures
from gopatterns_cli.measuring.machine import cores, facts
from gopatterns_cli.render.report.page import render
from gopatterns_cli.session import sessions
from gopatterns_cli.showing import compared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

sys.path.insert(0, str(Path(__file__).parents[1]))
from shells import PROGRAM, SHELLS, asked

ROOT = Path(__file__).parents[2]

BARE = "import typer\napp = typer.Typer({})\n{}app()\n"
COMMAND = "@app.command()\ndef command{0}(value: int = 1) -> None:\n    'Do {0}.'\n"
LINES = (
    "gopat run work",
    "gopat run worker-pool --runtime ",
    "gopat run worker-pool --wo",
    "gopat bench pipe",
    "gopat compare results/",
)

QUICK_MS = 200


def waited(rounds: int) -> Iterator[str]:
    """Yield a table of what a shell or a person waits for."""
    count = len(list((ROOT / "gopatterns_cli" / "commands").glob("[a-z]*.py")))
    bare = BARE.format("rich_markup_mode=None", "".join(COMMAND.format(number) for number in range(count)))
    ways: dict[str, tuple[str, Mapping[str, str], tuple[str, ...]]] = {
        "bare Typer, `--help`": (bare, {}, ("--help",)),
        "`gopat --help`": (PROGRAM, {}, ("--help",)),
        "`gopat compare --help`": (PROGRAM, {}, ("compare", "--help")),
        "`gopat run cascade --help`": (PROGRAM, {}, ("run", "cascade", "--help")),
    }
    for shell in SHELLS:
        ways |= {f"{shell}: `{line}`": (PROGRAM, asked(shell, line), ()) for line in LINES}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    drawn = random.Random(1)
    for number in range(rounds + 1):
        for name in drawn.sample(list(ways), len(ways)):
            program, environment, arguments = ways[name]
            began_s = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", program, *arguments],
                env={**os.environ, **environment}, capture_output=True, check=True, cwd=ROOT,
            )  # fmt: skip
            if number:  # the first round fills the caches
                seconds[name].append(time.perf_counter() - began_s)
    reference = seconds["bare Typer, `--help`"]
    yield f"| what | median | over bare Typer | within {QUICK_MS} ms |"
    yield "|---|---|---|---|"
    for name, values in seconds.items():
        ratio = median(value / other for value, other in zip(values, reference, strict=True))
        quick = "yes" if median(values) * 1e3 <= QUICK_MS else "no"
        yield f"| {name} | {figures.seconds(median(values))} | {ratio:.2f}x | {quick} |"


def pages() -> Iterator[str]:
    """Yield a table of the sizes of pages."""
    yield "| session | arms | rounds | page |"
    yield "|---|---|---|---|"
    for session in sessions(ROOT / "results"):
        found = compared(session, None, tolerance=None, strict=False, across_machines=False)
        size = figures.taken(len(render(found).encode()))
        yield f"| {session.path.name} | {len(session.plan.cells)} | {session.rounds_done} | {size} |"


def main() -> None:
    """Print everything."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    machine = facts()
    print("# What looking good costs\n")
    print(f"Made by `python tests/show/appearance.py {rounds}`.")
    print(f"{machine.get('cpu_model')}, {cores()} cores, Python {machine['python']}.\n")
    print("## The live view\n\nA demo's own time: alone, counted for `--json`, and shown, over alone.\n")
    print(*view_cost.table(rounds), sep="\n")
    print("\n## The page of `gopat report`\n")
    print(*pages(), sep="\n")
    print("\n## Completion and help\n")
    print(*waited(rounds), sep="\n")


if __name__ == "__main__":
    main()
