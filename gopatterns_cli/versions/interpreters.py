"""The Pythons that versions run in, found by what the user names."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions.programs import done

OLDEST = (3, 11)

ASK_S = 30.0
"""A Python that answers no sooner hangs."""

QUESTION = """\
import json, platform, sys, sysconfig
free = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
python = getattr(sys, "_base_executable", None) or sys.executable
print(json.dumps([python, list(sys.version_info[:2]), platform.python_version() + free, sys.version]))
"""
"""A Python that is too old has to understand it, from 3.4 on."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that makes virtual environments.

    Args:
        named: as the user named it; empty for the one that runs gopat.
        python: the executable, outside any virtual environment.
        version: `3.13.1`; with a `t` at its end it has no GIL.
        build: what `sys.version` says of it.
    """

    named: str
    python: str
    version: str
    build: str


def interpreter(named: str = "") -> Interpreter:
    """Return the Python of that path, or of that name on PATH; without a name the one that runs gopat.

    Raises:
        Failure: exit code 2: there is none, it does not run, or it is too old.
    """
    program = sys.executable if not named else _program(named)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        found = done([program, "-I", "-c", QUESTION], ASK_S, env=kept)
        python, numbers, version, build = json.loads(found.out)
    except Failure as failure:
        raise Failure(f"--python: {failure.message}", 2) from None
    except (ValueError, TypeError):
        said = (found.err.strip() or found.out.strip() or "nothing").splitlines()[-1]
        raise Failure(f"--python: {program} is no Python that runs: it says {said[:100]!r}", 2) from None
    if tuple(numbers) < OLDEST:
        raise Failure(f"--python: {program} is Python {version}, allowed 3.11 or newer", 2)
    return Interpreter(named, python, version, build)


def _program(named: str) -> str:
    path = Path(named).expanduser()
    if path.is_dir():
        raise Failure(f"--python: found {named}, which is a folder; allowed a Python", 2)
    found = shutil.which(path)
    if found is None:
        problem = "which is no program" if path.exists() else "which is not there"
        raise Failure(f"--python: found {named}, {problem}; allowed a path, or a name such as python3.13", 2)
    return found
