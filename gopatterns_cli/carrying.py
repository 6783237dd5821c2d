"""A session carried out in sight of the user: progress, what an interruption leaves, the way on."""

import os
import shlex
import sys
from typing import Any

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import rounds
from gopatterns_cli.measuring.processes import Launcher
from gopatterns_cli.render.progress import Progress
from gopatterns_cli.session import Session, UnwrittenError, load
from gopatterns_cli.settling import settled


def carried_out(session: Session, launcher: Launcher) -> Session:
    """Measure what is left of a session's plan and return it.

    Raises:
        Failure: exit code 1: nothing could be measured, or written; it says the way on.
        KeyboardInterrupt: the session is on disk, and the user is told the way on.
    """
    progress = Progress()
    try:
        session = rounds.carry_out(session, launcher, progress, settled)
    except KeyboardInterrupt:
        _say_last(progress, f"interrupted: {_way_on(session)}")
        raise
    except UnwrittenError as error:
        progress.end()
        raise Failure(f"{error.message}; {_way_on(session)}", error.exit_code) from None
    except Failure:
        progress.end()
        raise
    progress.end()
    return session


def say(line: str) -> None:
    """Tell the user what is being done: on stderr."""
    print(line, file=sys.stderr, flush=True)


def _way_on(session: Session) -> str:
    """Say what is on disk, and the command that goes on with it."""
    done, planned = load(session.path).rounds_done, session.plan.rounds
    has = f"has {done} of {planned} rounds" if done else "has no round yet"
    return f"{session.path} {has}: {shlex.join(['gopat', 'bench', '--resume', str(session.path)])}"


def _say_last(progress: Any, line: str) -> None:
    try:
        progress.end()
        say(line)
    except OSError:  # the terminal has gone, and SIGHUP said so: nobody reads what is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
