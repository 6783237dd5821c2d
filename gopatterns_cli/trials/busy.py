"""Processes that compute until they are ended, so that something else has the cores: `python -m` this.

They end with the process that started them, however that one ends.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gopatterns_cli import interrupts
from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import lifeline
from gopatterns_cli.measuring.environment import variables

TURN = 1_000_000


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Have so many of them compute while the block is inside; they have begun when it is entered.

    Raises:
        Failure: exit code 1: one does not start.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(processes):
            with interrupts.deferred():
                started.append(_started())
        for process in started:
            if process.stdout is None or not process.stdout.readline():
                raise Failure("a process that computes does not start")
        yield
    finally:
        with interrupts.deferred():
            for process in started:
                process.kill()
            for process in started:
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()


def _started() -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-P", "-m", "gopatterns_cli.trials.busy", str(os.getpid())],
            env=variables(0),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us, who then end them
        )
    except OSError as error:
        raise Failure(f"a process that computes does not start: {error.strerror}") from None


def main(parent: int) -> None:
    """Compute as long as `parent` lives."""
    lifeline.hold(parent)
    print("begun", flush=True)
    while os.getppid() == parent:
        sum(range(TURN))


if __name__ == "__main__":
    main(int(sys.argv[1]))
