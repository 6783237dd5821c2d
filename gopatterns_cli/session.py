"""The session file: what one `gopat bench` planned and measured, read and written here and nowhere else.

It is a pyperf suite (`measuring.suite`) plus one top-level key, `gopat`, with the plan, the machine and
the journal. A session keeps every raw value; whatever is derived from them is computed elsewhere.

A session is written whole, to a temporary file beside it that then takes its place: whoever reads the
file sees the session before a round or after it, never the middle of one. What is wrong in a file is found
when it is loaded: a `Session` holds what its annotations say.
"""

import contextlib
import json
import os
import shlex
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring import disk, machine, suite
from gopatterns_cli.measuring.plan import Plan
from gopatterns_cli.measuring.suite import Run
from gopatterns_cli.measuring.typed import checked, fits, shown
from gopatterns_cli.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

FORMAT: Final = 2
"""The format written here, and the newest that can be read. 1 had one look, as `rounds` and `levels`."""

RUNNING, COMPLETE, INTERRUPTED = "running", "complete", "interrupted"

FOLDER: Final = Path("results")
"""Where sessions are unless somebody says otherwise."""

WRONG_FILE, NOTHING_THERE = 2, 5
"""Exit codes: the file is no session; there is no file."""


class SessionError(Failure):
    """A session file that cannot be read; the message is one line that begins with the file's name."""

    def __init__(self, path: Path | str, problem: str, exit_code: int = WRONG_FILE) -> None:
        super().__init__(f"{path}: {problem}", exit_code)


class UnwrittenError(Failure):
    """A session that could not be written; what was on disk is as it was."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"cannot write {path}: {error.strerror}", 1)


@dataclass(frozen=True, slots=True)
class Loss:
    """A cell that a round is missing, and why. Round 0 is the calibration: then every round misses it."""

    round: int
    cell: str
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The last look at some cells: the rounds that it saw, its levels, why there is no interval, if so."""

    rounds: int
    levels: tuple[float, float]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A session file as a value.

    Args:
        path: where it lives.
        started: ISO 8601, UTC, to the microsecond: it orders sessions.
        group: `claims`, or what was asked for.
        quick: measured with `--quick`.
        status: `running`, `complete` or `interrupted`.
        plan: what was to be measured.
        machine: facts about the machine and the Python.
        lost: what is missing, in the order in which it was lost.
        rounds_done: rounds that are finished, lost cells included.
        stopped: by cell that was decided early, after how many rounds it was measured no more.
        runs: everything measured, in the order in which it was.
        version: the gopat that measured.
        command: the command line that began it.
    """

    path: Path
    started: str
    group: str
    quick: bool
    status: str
    plan: Plan
    machine: Mapping[str, Any]
    lost: tuple[Loss, ...] = ()
    rounds_done: int = 0
    stopped: Mapping[str, int] = field(default_factory=dict)
    runs: tuple[Run, ...] = field(default=(), repr=False)
    version: str = ""
    command: str = ""

    def seconds(self, cell_name: str) -> dict[int, float]:
        """
        By round, the median of the process's values: seconds per run of the workload. Empty when
        unmeasured.
        """
        return {run.round: run.middle for run in self.runs_of(cell_name)}

    def runs_of(self, cell_name: str) -> "Sequence[Run]":
        """Everything measured of one cell, in the order in which it was."""
        return _by_cell(self.runs).get(cell_name, ())

    def job_seconds(self, cell_name: str) -> dict[int, float]:
        """By round, the mean seconds that the cell's jobs really took. Empty when its jobs do not wait."""
        return {run.round: run.job_s for run in self.runs_of(cell_name) if run.job_s is not None}

    @property
    def going(self) -> frozenset[str]:
        """
        What the next round measures: what was calibrated and has not stopped, and as long as there is any of
        that the canary beside its twin. Nothing when everything is decided.
        """
        going = {name for name in self.plan.loops if name not in self.stopped}
        canary = self.plan.canary
        if going and canary is not None and canary.twin.name in self.plan.loops:
            going |= {canary.name, canary.twin.name}
        return frozenset(going)

    def seen(self, *cell_names: str) -> "Seen":
        """Return which rounds count for what these cells say together, and how sure one has to be."""
        rounds = min(self.stopped.get(name, self.rounds_done) for name in cell_names)
        first, *_ = self.plan.looks
        if rounds < first.rounds:  # whoever looks earlier, and as often as he likes, finds something
            doubt = tr(
                "too few rounds for an interval: {n}, and the first look is after {first}",
                n=rounds,
                first=first.rounds,
            )
            return Seen(rounds, first.levels, (doubt,))
        look = next(look for look in reversed(self.plan.looks) if look.rounds <= rounds)
        return Seen(look.rounds, look.levels)

    def holds(self, group: str) -> bool:
        """Whether `group` was measured here: the session's own group, or one of its scenarios."""
        return group in self.names

    @property
    def names(self) -> frozenset[str]:
        """
        What it goes by: its own group, and the stem and full name of each of its scenarios; of versions that
        are compared, the group alone.
        """
        if self.plan.versions:
            return frozenset({self.group})
        stems = (cell.scenario for cell in self.plan.cells)
        return frozenset({self.group, *self.plan.scenarios, *stems})

    @property
    def go_versions(self) -> tuple[str, ...]:
        """The Go that its arms were built with, such as `go1.25.1`; several after a change of it."""
        found = (run.metadata.get("go_version") for run in self.runs)
        return tuple(dict.fromkeys(str(version) for version in found if version is not None))

    def with_round(self, runs: "Iterable[Run]", lost: "Iterable[Loss]") -> "Session":
        """This session with one more round done."""
        return replace(
            self, runs=(*self.runs, *runs), lost=(*self.lost, *lost), rounds_done=self.rounds_done + 1
        )


_sorted: "deque[tuple[tuple[Run, ...], dict[str, list[Run]]]]" = deque(maxlen=4)
"""The runs of the last few sessions by cell: every figure of a comparison asks for those of one."""


def _by_cell(runs: tuple[Run, ...]) -> "Mapping[str, Sequence[Run]]":
    for known, index in _sorted:
        if known is runs:
            return index
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.cell, []).append(run)
    _sorted.append((runs, found))
    return found


# Reading


def load(path: Path) -> Session:
    """Read a session file.

    Raises:
        SessionError: one line that says what is wrong; exit code 5 when there is no such file, 2 when it is
            no session.
    """
    data = _json_object(path, _text(path))
    if "gopat" not in data:
        kind = "a plain pyperf file" if "benchmarks" in data else "not a session file"
        raise SessionError(path, f'{kind}: it has no "gopat" key; sessions are written by `gopat bench`')
    found = data.get("format", FORMAT)
    if isinstance(found, int) and found > FORMAT:
        raise SessionError(path, f"has format {found} from a newer gopat; this one reads up to {FORMAT}")
    try:
        return _session(path, data)
    except KeyError as error:
        raise SessionError(path, f"damaged session: {error} is missing") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SessionError(path, f"damaged session: {error}") from None


def newest(folder: Path, group: str, wanted: "Callable[[Session], bool]" = lambda _: True) -> Path:
    """The session that holds `group`, is `wanted`, and has the latest start time inside its file.

    Files that are no sessions are passed over, and sessions without a finished round unless there is no
    other.

    Raises:
        SessionError: exit code 5 when there is none.
    """
    everything = sessions(folder)
    held = [session for session in everything if session.holds(group)]
    found = [session for session in held if wanted(session)]
    if not found:
        raise SessionError(folder, _none_of(group, folder, everything, len(held)), NOTHING_THERE)
    return _latest([session for session in found if session.runs] or found).path


def sessions(folder: Path) -> list[Session]:
    """Every readable session of a folder, by file name."""
    readable = []
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(SessionError):
            readable.append(load(path))
    return readable


def _latest(found: "Sequence[Session]") -> Session:
    return max(found, key=lambda session: (session.started, session.path.name))


def _none_of(group: str, folder: Path, everything: "Sequence[Session]", held: int) -> str:
    """Say that there is no session of `group`, and what there is to try."""
    if held:
        return f"no such session of {group!r} among {held}; `gopat bench` makes one"
    if not everything:
        return f"no session of {group!r} here; `gopat bench` makes one"
    from gopatterns_cli.near import did_you_mean  # noqa: PLC0415 - only a command that failed pays for it

    groups = ", ".join(sorted({session.group for session in everything}))
    names = {name for session in everything for name in session.names}
    there = [] if folder == FOLDER else ["--results", str(folder)]
    command = shlex.join(["gopat", "compare", _latest(everything).group, *there])
    near = did_you_mean(group, sorted(names))
    return f"no session of {group!r} here, only of {groups}: try {command}{near}"


def measured_by(path: Path) -> int | None:
    """The id of a living process, not this one, that is measuring the session; None when there is none."""
    head = _json_object(path, _text(path)).get("gopat")
    process = head.get("pid") if isinstance(head, dict) and head.get("status") == RUNNING else None
    if not isinstance(process, int) or process <= 0 or process == os.getpid():
        return None
    try:
        os.kill(process, 0)
    except PermissionError:  # somebody else's
        return process
    except (OSError, OverflowError):
        return None
    return process


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SessionError(path, "there is no such file", NOTHING_THERE) from None
    except IsADirectoryError:
        raise SessionError(path, "is a directory, not a session file") from None
    except UnicodeDecodeError:
        raise SessionError(path, "is not a session file: it holds no text") from None
    except OSError as error:
        raise SessionError(path, f"cannot be read: {error.strerror}") from None
    if not text.strip():
        raise SessionError(path, "is empty, not a session file")
    return text


def _json_object(path: Path, text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        if _cut(text, error):
            raise SessionError(
                path, f"is cut off: its JSON ends in the middle, after {len(text)} characters"
            ) from None
        where = f"line {error.lineno} column {error.colno}"
        raise SessionError(path, f"is not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise SessionError(path, "is not a session file: its JSON is nested too deeply") from None
    except ValueError:  # more digits than Python reads
        raise SessionError(path, "is not a session file: it holds a number that is too long") from None
    if not isinstance(data, dict):
        raise SessionError(path, "is not a session file: its JSON is not an object")
    return data


def _cut(text: str, error: json.JSONDecodeError) -> bool:
    # A parser that reads from the left trips over a missing rest only where the text ends, or where the
    # string or word begins in which it ends.
    rest = text[error.pos :].strip()
    literal = any(word.startswith(rest) for word in ("true", "false", "null", "-"))
    return text.lstrip().startswith("{") and (literal or error.msg.startswith("Unterminated string"))


def _session(path: Path, data: Mapping[str, Any]) -> Session:
    head = data["gopat"]
    session = Session(
        path=path,
        started=head["started"],
        group=head["group"],
        quick=head["quick"],
        status=head["status"],
        plan=Plan.from_json(_looked_once(head["plan"]) if data.get("format") == 1 else head["plan"]),
        machine=machine.stored(head["machine"]),
        lost=tuple(Loss(loss["round"], loss["cell"], loss["why"]) for loss in head["lost"]),
        rounds_done=head["rounds_done"],
        stopped=head.get("stopped", {}),
        runs=tuple(
            sorted(
                map(_placed, suite.read_runs(data)), key=lambda run: (run.round, run.metadata["gopat_pos"])
            )
        ),
        version=head.get("version", ""),
        command=head.get("command", ""),
    )
    if session.status not in {RUNNING, COMPLETE, INTERRUPTED}:
        raise ValueError(f"status cannot be {shown(session.status)}")
    return checked(session)


def _looked_once(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """The plan of format 1 as one of today: a single look, after the last round."""
    difference, equivalence = plan["levels"]
    look = {"rounds": plan["rounds"], "difference": difference, "equivalence": equivalence}
    return {**plan, "looks": [look], "first_s": plan["expected_s"]}


def _placed(run: Run) -> Run:
    """The run, after looking for the place in the session that every stored run has."""
    for name, kind in {"gopat_cell": str, "gopat_round": int, "gopat_pos": int}.items():
        if not fits(run.metadata[name], kind):
            raise TypeError(f"{name} cannot be {shown(run.metadata[name])}")
    return run


# Writing


def create(session: Session, *, exactly: bool) -> Session:
    """Put a new session on disk, under a name that nobody has, and return it with its path.

    Args:
        session: the session, its path being where it should go.
        exactly: nowhere else; otherwise `-2`, `-3` and so on is put behind a name that is taken.

    Raises:
        Failure: exit code 2, `exactly` and the name is taken; 1, it cannot be written. One line.
    """
    for number in count(1):
        placed = replace(session, path=disk.next_name(session.path, number))
        try:
            disk.create(placed.path, _json(placed))
        except FileExistsError:
            if exactly:
                raise taken(session.path) from None
        except OSError as error:
            raise UnwrittenError(placed.path, error) from None
        else:
            return placed
    raise AssertionError("numbers do not end")


def taken(path: Path) -> Failure:
    """The refusal to write a new session over something that is there."""
    return Failure(f"--output: found {path}, which exists; allowed a new file", WRONG_FILE)


def write(session: Session) -> None:
    """Put the session in its place on disk, whole and synchronised, or leave what was there untouched.

    Raises:
        UnwrittenError: exit code 1, one line, when the disk is full or the folder cannot be written.
    """
    try:
        disk.replace(session.path, _json(session))
    except OSError as error:
        raise UnwrittenError(session.path, error) from None


def _json(session: Session) -> str:
    names = [cell.name for cell in session.plan.measured]
    written = {**suite.suite_of(names, session.runs), "format": FORMAT, "gopat": _head(session)}
    return json.dumps(written, separators=(",", ":"), sort_keys=True, allow_nan=False) + "\n"


def _head(session: Session) -> dict[str, Any]:
    return {
        "version": session.version,
        "started": session.started,
        "command": session.command,
        "group": session.group,
        "quick": session.quick,
        "status": session.status,
        "pid": os.getpid() if session.status == RUNNING else None,
        "plan": session.plan.to_json(),
        "machine": dict(session.machine),
        "rounds_done": session.rounds_done,
        "stopped": dict(session.stopped),
        "lost": [asdict(loss) for loss in session.lost],
    }
