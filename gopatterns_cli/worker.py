"""One measured process: `python -m gopatterns_cli.worker --cell JSON`, plus pyperf's own options.

It makes one `pyperf.Runner` and times one arm with it; pyperf writes what it measured to the pipe that
it is given, and one line of JSON on standard output says how long the jobs really took. Only here and
in `measuring/`'s `timing` and `workload` is a clock read. It is handed a checked cell and imports
neither typer, rich nor pydantic: what is measured is the arm, in a process as small as can be.

A wrong answer, a job shorter than asked, or one that fails ends the process with one line on standard error.
The end of the process that started it, `--parent`, ends it too.
"""

import argparse
import json
import os
import sys
from dataclasses import replace
from typing import Any

import pyperf

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import ending, lifeline
from gopatterns_cli.measuring.cells import BUCKET, Cell
from gopatterns_cli.measuring.jobs import Jobs, WrongRunError
from gopatterns_cli.measuring.timing import TimeLoops, slowed, timed_arm, timed_limiter, workload_of


def main() -> int:
    """Measure the cell that the command line holds; return the exit code."""
    runner = pyperf.Runner(program_args=("-m", "gopatterns_cli.worker"))
    runner.argparser.add_argument("--cell", required=True, help="the cell, as JSON")
    runner.argparser.add_argument("--parent", type=int, required=True, help="the process that waits for it")
    runner.argparser.add_argument("--port", type=int, default=0, help="of the site that jobs fetch from")
    runner.argparser.add_argument("--runs-before", type=int, default=0, help="untimed, to warm up")
    runner.argparser.add_argument("--most-s", type=float, default=0.0, help="for one run of an operation")
    runner.argparser.add_argument(
        "--slowed", type=float, default=0.0, help="the share that is waited besides"
    )
    asked = runner.parse_args()
    lifeline.hold(asked.parent)
    cell = Cell.from_json(json.loads(asked.cell))
    answer = os.dup(1)
    _silence(1)  # whatever a function of the user's prints
    try:
        told = _measured(runner, cell, asked)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a function of the user's does
        print(_why(cell, error), file=sys.stderr, flush=True)
        _silence(2)  # it is the last line
        return 1
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        out.write(json.dumps(told))
    return 0


def _silence(descriptor: int) -> None:
    """Let nothing more reach a descriptor."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _why(cell: Cell, error: BaseException) -> str:
    """Say in one line what went wrong, of several at once the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, (WrongRunError, Failure)):
        return " ".join(str(error).split())
    failing = f"{cell.function} fails: " if cell.function else ""
    return " ".join(f"{failing}{type(error).__name__}: {error}".split())


def _measured(runner: pyperf.Runner, cell: Cell, asked: argparse.Namespace) -> dict[str, Any]:
    if cell.is_footprint:
        from gopatterns_cli.memory import system, taking  # noqa: PLC0415 - nobody else needs it

        told = _told(runner, cell, taking.looked_at(cell), asked)
        return {**told, "memory": system.reading().kind}
    if cell.operation is not None:
        from gopatterns_cli.overhead import timing  # noqa: PLC0415 - nobody else needs it

        if asked.most_s:
            cell = replace(cell, count=timing.fitting(cell, asked.most_s))
        return {**_told(runner, cell, timing.timed(cell), asked), "count": cell.count}
    if cell.pattern == BUCKET:
        return _told(runner, cell, timed_limiter(cell), asked)
    jobs = Jobs.of(cell, workload_of(cell), asked.port)
    told = _told(runner, cell, timed_arm(jobs), asked)
    waited_s = jobs.waited_s / jobs.waits if jobs.waits else None
    facts = {} if jobs.effect.facts is None else jobs.effect.facts()
    return {**told, "job_s": waited_s, "budget": jobs.trace.means(), "facts": facts}


def _told(runner: pyperf.Runner, cell: Cell, timed: TimeLoops, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure, and say what pyperf does not."""
    timed = slowed(timed, asked.slowed) if asked.slowed else timed
    warmups = [timed(1) for _ in range(asked.runs_before)]
    runner.bench_time_func(cell.name, timed)
    return {"job_s": None, "budget": None, "warmups": warmups, "count": cell.count}


if __name__ == "__main__":
    sys.exit(ending.soon(main()))
