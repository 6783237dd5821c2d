"""What `gopat --help` costs beside a bare Typer application with as many commands, on this machine.

    python tests/cli/help_cost.py [ROUNDS]

Each round starts the three programs in fresh processes, in a rotating order, with their output in a pipe.
Printed are the median times and the medians of the ratios inside a round. It is a command and not a test,
because no time holds on every machine; `test_app.py` holds the cause, the list of imported modules.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

GOPAT = "from gopatterns_cli.__main__ import main; raise SystemExit(main())"
BARE = "import typer\napp = typer.Typer({})\n{}app()\n"
COMMAND = "@app.command()\ndef command{0}(value: int = 1) -> None:\n    'Do {0}.'\n"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    programs = {
        "gopat": GOPAT,
        "bare Typer": BARE.format("", _commands()),
        "bare Typer without panels": BARE.format("rich_markup_mode=None", _commands()),
    }
    times = [_round(programs, number) for number in range(rounds + 1)][1:]  # the first fills the caches
    for name in programs:
        median_s = statistics.median(seconds[name] for seconds in times)
        ratio = statistics.median(seconds["gopat"] / seconds[name] for seconds in times)
        print(f"{name:26} --help {median_s * 1e3:4.0f} ms, gopat takes {ratio:.2f} of it")


def _commands() -> str:
    folder = Path(__file__).parents[2] / "gopatterns_cli" / "commands"
    count = len(list(folder.glob("[a-z]*.py")))
    return "".join(COMMAND.format(number) for number in range(count))


def _round(programs: dict[str, str], number: int) -> dict[str, float]:
    names = list(programs)
    start = number % len(names)
    return {name: _seconds(programs[name]) for name in names[start:] + names[:start]}


def _seconds(program: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program, "--help"], check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
