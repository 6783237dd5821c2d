"""The sessions that a folder keeps: what each is, and what it found, in a line; taking one away."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli.changes import changes
from gopatterns_cli.claims import claim_results, scenarios_of
from gopatterns_cli.failure import Failure
from gopatterns_cli.machines import described
from gopatterns_cli.measured import measured
from gopatterns_cli.session import Session, SessionError, load, measured_by
from gopatterns_cli.verdicts import Change, Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of the folder.

    Args:
        path: where it is.
        size: bytes.
        started: ISO 8601, UTC; empty where it is no session.
        group: what was measured.
        machine: on what, in words.
        status: `complete`, `interrupted` or `running`.
        rounds: that are done.
        arms: that were planned.
        tally: how often each verdict was found, worst first; empty where there is nothing to judge.
        problem: why it cannot be read; empty where it can.
    """

    path: Path
    size: int
    started: str = ""
    group: str = ""
    machine: str = ""
    status: str = ""
    rounds: int = 0
    arms: int = 0
    tally: tuple[tuple[str, int], ...] = ()
    problem: str = ""


def kept(folder: Path) -> tuple[Kept, ...]:
    """Return what the JSON files of a folder are, the newest session first, what cannot be read last.

    Raises:
        Failure: exit code 5: there is no such folder, or nothing in it.
    """
    found = sorted(folder.glob("*.json"))
    if not found:
        raise Failure(f"{folder}: no session here; `gopat bench` makes one", 5)
    read = [_kept(path) for path in found]
    return tuple(sorted(read, key=lambda one: (one.started, one.path.name), reverse=True))


def _kept(path: Path) -> Kept:
    try:
        size = path.stat().st_size
        session = load(path)
    except SessionError as error:
        return Kept(path, size, problem=error.message.removeprefix(f"{path}: "))
    return Kept(
        path=path,
        size=size,
        started=session.started,
        group=f"{session.group}, quick" if session.quick else session.group,
        machine=described(session.machine),
        status=session.status,
        rounds=session.rounds_done,
        arms=len(session.plan.cells),
        tally=tuple(_tally(session)),
    )


def _tally(session: Session) -> Iterator[tuple[str, int]]:
    if not session.runs:
        return
    if session.plan.versions:
        changed = Counter(change.judgement.verdict for change in changes(session))
        yield from ((str(verdict), changed[verdict]) for verdict in Change if changed[verdict])
        return
    found: Counter[Verdict] = Counter()
    for scenario in scenarios_of(session):
        if scenario.claims:
            cells = [cell for cell in session.plan.cells if cell.scenario == scenario.stem]
            results = claim_results(session, scenario, [measured(session, cell) for cell in cells])
            found.update(result.verdict for result in results)
    yield from ((str(verdict), found[verdict]) for verdict in Verdict if found[verdict])


def remove(paths: Sequence[Path]) -> None:
    """Take sessions away, all or none.

    Raises:
        Failure: exit code 2: one of them is no session, or is being measured; 1: it cannot be removed.
        SessionError: exit code 5: there is no such file.
    """
    for path in paths:
        load(path)
        process = measured_by(path)
        if process is not None:
            raise Failure(f"{path}: is being measured by process {process}: let it end first", 2)
    for path in paths:
        try:
            path.unlink()
        except OSError as error:
            raise Failure(f"{path} cannot be removed: {error.strerror}") from None
