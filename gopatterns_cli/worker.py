"""One measured process: `python -m gopatterns_cli.worker --cell JSON`, plus pyperf's own options.

It makes one `pyperf.Runner` and times one arm with it; pyperf writes what it measured to the pipe that
it is given, and one line of JSON on standard output says how long the jobs really took. Only here and
in `measuring/`'s `timing` and `workload` is a clock read. It is handed a checked cell and imports
neither typer, rich nor pydantic: what is measured is the arm, in a process as small as can be.

A wrong answer, or a job shorter than asked, ends the process with one line on standard error. The end of
the process that started it, `--parent`, ends it too.
"""

import json
import sys
from typing import Any

import pyperf

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import lifeline
from gopatterns_cli.measuring.cells import BUCKET, Cell
from gopatterns_cli.measuring.timing import timed_arm, timed_limiter, workload_of
from gopatterns_cli.measuring.workload import Jobs, WrongRunError


def main() -> int:
    """Measure the cell that the command line holds; return the exit code."""
    runner = pyperf.Runner(program_args=("-m", "gopatterns_cli.worker"))
    runner.argparser.add_argument("--cell", required=True, help="the cell, as JSON")
    runner.argparser.add_argument("--parent", type=int, required=True, help="the process that waits for it")
    runner.argparser.add_argument("--port", type=int, default=0, help="of the site that jobs fetch from")
    asked = runner.parse_args()
    lifeline.hold(asked.parent)
    cell = Cell.from_json(json.loads(asked.cell))
    try:
        told = _measured(runner, cell, asked.port)
    except (WrongRunError, Failure) as error:
        print(f"{cell.name}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(told))
    return 0


def _measured(runner: pyperf.Runner, cell: Cell, port: int) -> dict[str, Any]:
    if cell.pattern == BUCKET:
        runner.bench_time_func(cell.name, timed_limiter(cell))
        return {"job_s": None, "budget": None}
    jobs = Jobs.of(cell, workload_of(cell), port)
    runner.bench_time_func(cell.name, timed_arm(jobs))
    return {"job_s": jobs.waited_s / jobs.waits if jobs.waits else None, "budget": jobs.trace.means()}


if __name__ == "__main__":
    sys.exit(main())
