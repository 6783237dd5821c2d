"""A text that is longer than the terminal goes through a pager."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress


def page(shown: str) -> None:
    """Print a text, through a pager when stdout is a terminal that is too short for it.

    The pager is $PAGER, else `less -R` where there is one; a terminal that cannot move its cursor has none.
    """
    command = _pager() if sys.stdout.isatty() and _is_long(shown) else []
    if not (command and _paged(shown, command)):
        print(shown, end="")


def _is_long(shown: str) -> bool:
    return shown.count("\n") >= shutil.get_terminal_size().lines  # the prompt needs one


def _pager() -> list[str]:
    if os.environ.get("TERM", "dumb") in {"dumb", "unknown"}:
        return []
    if "PAGER" in os.environ:
        with suppress(ValueError):  # a quote that is not closed: no program
            return shlex.split(os.environ["PAGER"])
        return []
    return ["less", "-R"] if shutil.which("less") else []


def _paged(shown: str, command: Sequence[str]) -> bool:
    """Show a text in a pager; whether there is such a program."""
    sys.stdout.flush()
    environment = {"LESS": "-R", **os.environ}  # for a $PAGER of `less`, as git has it
    try:
        pager = subprocess.Popen(  # noqa: S603 - what the user has chosen
            command, stdin=subprocess.PIPE, env=environment, text=True, encoding="utf-8"
        )
    except OSError:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the pager, which outlives it
    try:
        pager.communicate(shown)
    finally:
        signal.signal(signal.SIGINT, before)
    return True
