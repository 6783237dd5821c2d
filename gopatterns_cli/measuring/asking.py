"""A program of ours that runs a user's code in a process of its own: both ends of it.

The one end starts it and reads its answer, the other runs the work and writes it. Whatever the user's code
prints is dropped. The program ends with the process that started it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import ending, lifeline
from gopatterns_cli.measuring.environment import Environment, python_of, variables
from gopatterns_cli.measuring.processes import LostRunError, ran


def asked(
    module: str, request: Mapping[str, Any], timeout_s: float, given: Environment | None = None
) -> dict[str, Any]:
    """Run a program and return what it answers.

    Args:
        module: to be run by `python -m`; it calls `answer`.
        request: what it is asked, as plain JSON.
        timeout_s: after so many seconds it is killed.
        given: what it runs in; None for what gopat itself runs with.

    Raises:
        Failure: it says that something is wrong.
        LostRunError: it crashed, or ended before it had answered; HungError when it was killed.
    """
    command = [python_of(given), "-P", "-m", module, json.dumps(request), str(os.getpid())]
    said = ran(command, timeout_s, env=variables(0, whole=True, given=given), stdin=subprocess.DEVNULL)
    if not said:
        raise LostRunError("the process was ended by what it ran, and not by an error (os._exit?)")
    told: dict[str, Any] = json.loads(said)
    if "failure" in told:
        raise Failure(told["failure"], told["exit_code"])
    return told


def answer(work: Callable[[dict[str, Any]], Mapping[str, Any]]) -> int:
    """Do what the command line asks and write it down; return the exit code, for `sys.exit` at once."""
    request, parent = json.loads(sys.argv[1]), int(sys.argv[2])
    lifeline.hold(parent)
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        told = work(request)
    except Failure as error:
        told = {"failure": error.message, "exit_code": error.exit_code}
    with os.fdopen(out, "w", encoding="utf-8") as file:
        file.write(json.dumps(told))
    return ending.soon(0)
