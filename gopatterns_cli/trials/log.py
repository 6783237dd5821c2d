"""The log of trials: a line of JSON for what measured, then one for each trial, in the order of their ends.

A line is added when its trial is done. Whoever is killed while writing leaves a line that is cut: it is no
trial, and the next one takes its place.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gopatterns_cli.app import version
from gopatterns_cli.failure import Failure
from gopatterns_cli.machines import FACTS, differences
from gopatterns_cli.measuring import machine
from gopatterns_cli.trials.trial import Trial

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Log:
    """A log as a value.

    Args:
        path: where it lives.
        head: format, gopat and machine.
        trials: in the order of their ends.
        whole: bytes of the file that are whole lines; whatever follows was cut.
    """

    path: Path
    head: Mapping[str, Any]
    trials: tuple[Trial, ...] = ()
    whole: int = 0


def load(path: Path) -> Log:
    """Read the log, or begin one where there is none; nothing is written yet.

    Raises:
        Failure: exit code 2: it is none, it is damaged, or it is of another machine, Python or gopat; 1: it
            cannot be read.
    """
    head = _head()
    if path.exists() and not (path.is_file() or path.is_dir()):  # a device may have no end
        raise Failure(f"{path}: is a device, allowed a log of trials, or a new file", 2)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Log(path, head)
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    whole = data.rfind(b"\n") + 1
    if not whole:
        if not _line(head).startswith(data):
            raise Failure(f"{path}: is no log of trials", 2)
        return Log(path, head)
    first, *lines = data[:whole].splitlines()
    _check(path, _object(path, first, 1), head)
    trials = tuple(_trials(path, lines))
    return Log(path, head, trials, whole)


def append(log: Log, trial: Trial) -> Log:
    """Put a trial at the end, synchronised, and return the log with it.

    Raises:
        Failure: exit code 1: it cannot be written, or somebody else has; no trial that was there is lost.
    """
    line = _line(trial.to_json())
    new = line if log.whole else _line(log.head) + line
    try:
        log.path.parent.mkdir(parents=True, exist_ok=True)
        log.path.touch()
        with log.path.open("r+b") as file:
            file.seek(log.whole)
            if b"\n" in file.read():
                raise Failure(f"{log.path}: another gopat writes it")
            file.seek(log.whole)
            file.truncate()
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Failure(f"cannot write {log.path}: {error.strerror}") from None
    return Log(log.path, log.head, (*log.trials, trial), log.whole + len(new))


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _head() -> dict[str, Any]:
    facts = machine.facts()
    return {"format": FORMAT, "gopat": version(), "machine": {name: facts.get(name) for name in FACTS}}


def _check(path: Path, found: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    if not isinstance(found.get("machine"), dict) or "gopat" not in found:
        raise Failure(f"{path}: is no log of trials", 2)
    if found.get("format") != FORMAT:
        raise Failure(f"{path}: has format {found.get('format')}, this gopat reads {FORMAT}", 2)
    other = list(differences(here["machine"], found["machine"]))
    if found["gopat"] != here["gopat"]:
        other.append(f"gopat: {here['gopat']} here, {found['gopat']} there")
    if other:
        raise Failure(f"{path}: is of another machine ({'; '.join(other)}); --log FILE begins a new one", 2)


def _trials(path: Path, lines: list[bytes]) -> Iterator[Trial]:
    for number, line in enumerate(lines, 2):
        data = _object(path, line, number)
        try:
            yield Trial.from_json(data)
        except (KeyError, TypeError, ValueError) as error:
            raise Failure(f"{path}: line {number} is no trial: {error}", 2) from None


def _object(path: Path, line: bytes, number: int) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Failure(f"{path}: line {number} is no JSON object: it is no log of trials, or damaged", 2)
    return data
