"""`python -m gopatterns_cli.overhead [OPERATION...]`: a table per operation.

Tables go to stdout, progress and what is missing to stderr.
"""

import argparse
import sys

from gopatterns_cli import streams
from gopatterns_cli.failure import Failure
from gopatterns_cli.interrupts import heard
from gopatterns_cli.near import did_you_mean
from gopatterns_cli.overhead import arms, operations, rounds, table, timing
from gopatterns_cli.overhead.worker import Cell


def main(words: list[str]) -> int:
    """Measure what the words ask for; return the exit code, which is 1 when an arm failed."""
    try:
        with heard():
            return _measured(_options(words))
    except Failure as error:
        print(f"error: {error.message}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(f"error: stdout: {error.strerror}", file=sys.stderr)
        return 1


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m gopatterns_cli.overhead", description="What an operation costs, arm by arm."
    )
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help="all when none is named")
    parser.add_argument("--arms", help="names, with commas between them; all that are here by default")
    parser.add_argument("--rounds", type=_positive, default=5, help="fresh processes per arm")
    parser.add_argument("--count", type=_positive, help="items per value")
    parser.add_argument(
        "--pool", choices=timing.POOLS, default=timing.POOLS[0], help="whether loops are kept"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the order of the arms")
    options = parser.parse_args(words)
    for name in options.operations:
        _check("operation", name, operations.names())
    options.arms = options.arms.split(",") if options.arms else list(arms.names())
    for name in options.arms:
        _check("arm", name, arms.names())
    return options


def _positive(text: str) -> int:
    number = int(text.replace("_", ""))
    if number < 1:
        raise argparse.ArgumentTypeError(f"found {text}, allowed from 1")
    return number


def _check(what: str, name: str, allowed: tuple[str, ...]) -> None:
    if name not in allowed:
        raise Failure(f"{what}: found {name!r}, allowed {', '.join(allowed)}{did_you_mean(name, allowed)}", 2)


def _measured(options: argparse.Namespace) -> int:
    here = []
    for name in options.arms:
        reason = arms.missing(name)
        if reason is None:
            here.append(name)
        else:
            print(f"not here: {reason}", file=sys.stderr)
    failed = False
    for name in options.operations or operations.names():
        operation = operations.OPERATIONS[name]
        for setting in operation.settings:
            cell = Cell("", name, setting, options.count or operation.count, options.pool)
            rows = rounds.measured(
                cell, operation, here, rounds=options.rounds, seed=options.seed, tell=_tell
            )
            failed = failed or any(row.problem for row in rows)
            print(table.heading(operation, setting, cell.count))
            print(*table.render(operation, rows), "", sep="\n", flush=True)
    return 1 if failed else 0


def _tell(line: str) -> None:
    if sys.stderr.isatty():
        print(line, file=sys.stderr)


if __name__ == "__main__":
    streams.reopen()
    sys.exit(streams.flush(main(sys.argv[1:])))
