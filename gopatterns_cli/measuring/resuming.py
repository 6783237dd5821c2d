"""Which session `gopat bench --resume` goes on with, and why it may not."""

from collections.abc import Sequence
from pathlib import Path

import scenarios
from gopatterns_cli.failure import Failure
from gopatterns_cli.machines import differences
from gopatterns_cli.measuring.machine import facts
from gopatterns_cli.session import COMPLETE, Session, load, measured_by, sessions
from scenarios.targets import ALL, CLAIMS

MISUSE, NOTHING_THERE = 2, 5
"""Exit codes of DESIGN's table."""


def interrupted(folder: Path, targets: Sequence[str], output: Path | None) -> Session:
    """Return the session to go on with.

    Args:
        folder: where sessions lie.
        targets: at most one session's path, and names that the session must hold; without a path it is the
            newest one that is not complete.
        output: the session's own file, or None.

    Raises:
        Failure: there is none, or it cannot be gone on with.
        ScenarioError: a name that means nothing, here or in any session of the folder.
    """
    paths = [Path(target) for target in targets if _is_session(target)]
    if not paths and output is not None and output.is_file():
        paths = [output]
    if len(paths) > 1:
        raise Failure(f"TARGET: found {len(paths)} sessions, allowed one with --resume", MISUSE)
    names = [target for target in targets if not _is_session(target)]
    session = _named(paths[0], names) if paths else _newest(folder, names)
    if output is not None and output.resolve() != session.path.resolve():
        raise Failure(
            f"--output: found {output}, allowed with --resume only its own file, {session.path}", MISUSE
        )
    _check(session)
    return session


def _is_session(target: str) -> bool:
    if target.endswith(".toml"):
        return False
    try:
        return target.endswith(".json") or target.startswith((".", "/")) or Path(target).is_file()
    except (OSError, ValueError):  # too long for a file name, or a null byte in it
        return False


def _named(path: Path, names: Sequence[str]) -> Session:
    session = load(path)
    for name in names:
        if not _holds(session, name, [session]):
            raise Failure(f"{path}: holds no {name}, only {session.group}", NOTHING_THERE)
    return session


def _newest(folder: Path, names: Sequence[str]) -> Session:
    everything = sessions(folder)
    left = [session for session in everything if session.status != COMPLETE]
    for name in names:
        left = [session for session in left if _holds(session, name, everything)]
    if not left:
        of = f" of {', '.join(names)}" if names else ""
        raise Failure(f"{folder}: no session{of} to go on with", NOTHING_THERE)
    return max(left, key=lambda session: (session.started, session.path.name))


def _holds(session: Session, name: str, everything: Sequence[Session]) -> bool:
    """Whether a name, as a session has it or as it would be measured, is in `session`."""
    name = CLAIMS if name == ALL else name
    if any(one.holds(name) for one in everything):
        return session.holds(name)
    return all(session.holds(scenario.stem) for scenario in scenarios.find(name).scenarios)


def _check(session: Session) -> None:
    if session.status == COMPLETE:
        raise Failure(f"{session.path}: found a complete session, nothing to go on with", NOTHING_THERE)
    elsewhere = differences(facts(), session.machine)
    if elsewhere:
        raise Failure(
            f"{session.path}: was measured elsewhere ({'; '.join(elsewhere)}): begin a new session", MISUSE
        )
    process = measured_by(session.path)
    if process is not None:
        raise Failure(f"{session.path}: is being measured by process {process}: let it end first", MISUSE)
