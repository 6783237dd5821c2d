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

import pyperf

from gopatterns_cli.measuring import lifeline
from gopatterns_cli.measuring.cells import Cell
from gopatterns_cli.measuring.timing import timed_arm, workload_of
from gopatterns_cli.measuring.workload import Jobs, WrongRunError


def main() -> int:
    """Measure the cell that the command line holds; return the exit code."""
    runner = pyperf.Runner(program_args=("-m", "gopatterns_cli.worker"))
    runner.argparser.add_argument("--cell", required=True, help="the cell, as JSON")
    runner.argparser.add_argument("--parent", type=int, required=True, help="the process that waits for it")
    asked = runner.parse_args()
    lifeline.hold(asked.parent)
    cell = Cell.from_json(json.loads(asked.cell))
    jobs = Jobs.of(cell, workload_of(cell))
    try:
        runner.bench_time_func(cell.name, timed_arm(jobs))
    except WrongRunError as error:
        print(f"{cell.name}: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"job_s": jobs.waited_s / jobs.waits if jobs.waits else None}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
