"""Scenario files on disk: the shipped ones and anybody's own, loaded or checked.

A shipped file lies in a folder here, its group, and is called `group/stem`; any other file is called by its
stem and is treated no differently.
"""

import os
from pathlib import Path

from scenarios.model import Scenario
from scenarios.notation import quoted
from scenarios.problem import ScenarioError
from scenarios.read import read

_HERE = Path(__file__).resolve().parent


def load(path: Path | str) -> Scenario:
    """Load a scenario file, shipped or anybody's own.

    Raises:
        ScenarioError: with everything that is wrong with the file.
    """
    from scenarios.examine import examine  # noqa: PLC0415 - pydantic, which a worker must never import

    path = Path(path)
    file = _shown(path)
    scenario, problems = examine(read(path, file), file, _name(path))
    if scenario is None:
        raise ScenarioError(problems)
    return scenario


def check(path: Path | str) -> tuple[str, ...]:
    """List everything that is wrong with a scenario file, one line each; empty when it can be loaded."""
    try:
        load(path)
    except ScenarioError as error:
        return error.problems
    return ()


def names() -> tuple[str, ...]:
    """List the full names of the shipped scenarios, `group/stem`, in alphabetical order."""
    return tuple(_name(path) for path in shipped())


def shipped() -> tuple[Path, ...]:
    """List the shipped files in the order of their names."""
    return tuple(sorted(_HERE.glob("*/*.toml")))


def _name(path: Path) -> str:
    return f"{_real(path).parent.name}/{path.stem}" if _is_shipped(path) else path.stem


def _shown(path: Path) -> str:
    """Name the file for messages and results: a shipped one without the folder it is installed in."""
    file = _real(path).relative_to(_HERE.parent).as_posix() if _is_shipped(path) else str(path)
    return file if file.isprintable() else quoted(file)


def _is_shipped(path: Path) -> bool:
    return _real(path).parent.parent == _HERE


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises on a loop of links before Python 3.13
