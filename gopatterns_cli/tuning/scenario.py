"""The result as a scenario file, which `gopat bench` measures and `gopat compare` judges, in CI say.

The claim in it is the speed-up that was found, of our pool on the winner's runtime; its band is wide, because
the file is there to notice that things have changed, on that machine or another.
"""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from gopatterns_cli.failure import Failure
from gopatterns_cli.measuring.disk import create, exists
from gopatterns_cli.tuning.finals import Standing
from gopatterns_cli.tuning.grid import PROCESSES, Candidate
from gopatterns_cli.tuning.look import Look
from gopatterns_cli.tuning.result import Tuned
from gopatterns_cli.tuning.target import Target
from scenarios import check
from scenarios.notation import write_rate

OPTION = "--scenario"

BAND = 1.25


def check_free(path: Path) -> None:
    """Refuse, before anything is measured, a file that is there or would not be found.

    Raises:
        Failure: exit code 2.
    """
    if path.suffix != ".toml":
        raise Failure(f"{OPTION}: found {path}, allowed a name that ends in .toml", 2)
    if exists(path):
        raise Failure(f"{OPTION}: found {path}, which is there already; allowed a new file", 2)
    if not path.parent.is_dir():
        raise Failure(f"{OPTION}: found {path}, allowed a file in a folder that is there", 2)


def write(path: Path, tuned: Tuned, target: Target) -> str:
    """Write the file; return why there is none, nothing when there is.

    Raises:
        Failure: exit code 1: it cannot be written.
    """
    why, text = written(tuned, target)
    why = why or _refusal(text)
    if why:
        return why
    try:
        create(path, text)
    except OSError as error:
        raise Failure(f"{OPTION}: {path} cannot be written: {error.strerror}") from None
    return ""


def written(tuned: Tuned, target: Target) -> tuple[str, str]:
    """Return why there is no such file, or its text."""
    ours, figure = tuned.finals.ours, tuned.figure
    why = tuned.verdict * (not tuned.pays) or _unwatchable(tuned.look)
    if why or ours is None or figure is None:
        return why or "our pool was not among those that could be measured to the end", ""
    names = _names(target, ours.candidate)
    if names is None:
        return "processes import no file from another folder: call gopat there", ""
    return "", _text(tuned, ours, figure, *names)


def _refusal(text: str) -> str:
    """Say why `gopat check` would refuse a text; nothing where it would not."""
    with TemporaryDirectory(prefix="gopat-tune-") as folder:
        path = Path(folder) / "scenario.toml"
        try:
            path.write_text(text, encoding="utf-8")
        except UnicodeEncodeError:
            return "a name in it is no text"
        problems = check(path)
    return "" if not problems else f"gopat check refuses it: {problems[0].removeprefix(f'{path}: ')}"


def _unwatchable(look: Look) -> str:
    """Say why `bench` cannot measure such a function; nothing where it can."""
    if look.failing:
        return f"it fails on some inputs ({look.failing[0].kind}), and bench measures none that do"
    if look.same_again is False:
        return "it gives another answer each time, and bench compares answers"
    if look.one_loop or look.form == "loop":
        return "bench calls a plain function without an event loop, and an async one in many"
    return ""


def _names(target: Target, candidate: Candidate) -> tuple[str, str] | None:
    """
    Return the names that `bench` will find from here: modules of this folder, else files, which other
    processes cannot import.
    """
    folders = {os.path.realpath(Path(name.rpartition(":")[0]).parent) for name in _files(target)}
    if folders <= {os.path.realpath(Path.cwd())}:
        return target.function, target.inputs
    return None if candidate.lane.runtime == PROCESSES else (target.given_function, target.given_inputs)


def _files(target: Target) -> list[str]:
    return [name for name in (target.given_function, target.given_inputs) if ".py:" in name]


def _text(tuned: Tuned, ours: Standing, measured: tuple[int, float], function: str, inputs: str) -> str:
    lane, workers = ours.candidate.lane, ours.candidate.workers
    count, speedup = measured
    name = re.sub(r"[^a-z0-9]+", "-", function.lower()).strip("-") or "function"
    rate = tuned.bounds.rate
    figure = f"speedup = {speedup:.4g}"
    rates = ""
    if rate is not None:
        figure, rates = f"per_second = {1 / ours.each_s:.4g}", f", rates = [{write_rate(rate)}]"
    about = f"{function} over {inputs}: {workers:,} workers on {lane.runtime}, found by gopat tune."
    job = f"function = {_quoted(function)}, inputs = {_quoted(inputs)}, count = {count}"
    return f"""\
about = {_quoted(about)}
pattern = "{lane.pattern}"
job = {{ kind = "python", {job} }}
arms = {{ workers = [{workers}], runtimes = ["{lane.runtime}"], home = "{lane.runtime}"{rates} }}

[[claim]]
id = "tune/{name}"
where = {{ workers = {workers} }}
{figure}
band = {BAND}
source = {_quoted(f"gopat tune {function} --inputs {inputs}, {datetime.now(UTC):%Y-%m-%d}")}
"""


def _quoted(text: str) -> str:
    """Write text as TOML does: JSON's quotes and escapes are the same, only DEL is escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
