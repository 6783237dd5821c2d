"""pip, of the Python that it works for, by the user's own settings: the index, a proxy, a cache.

Building a project runs that project's code, as `pip install` of it does.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli.failure import Failure
from gopatterns_cli.versions.git import LOCAL
from gopatterns_cli.versions.interpreters import Interpreter
from gopatterns_cli.versions.programs import Done, done

PIP_S = 600.0
"""Of one call: a build may compile."""

ELSEWHERE = frozenset(
    {
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSTARTUP",
        "VIRTUAL_ENV",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_REQUIREMENT",
        "PIP_EDITABLE",
        *LOCAL,
    }
)
"""What a shell may have set that would install something else, or to another place."""

OFFLINE = (
    "NewConnectionError",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "ConnectTimeoutError",
    "ProxyError",
)
"""What pip says when it reaches no index; what it says last then is that there is no such package."""

NO_DETAIL = ("note:", "hint:", "[notice]", "WARNING:", "DEPRECATION:", "\u2570", "\u00d7")
"""How lines begin that do not say what went wrong."""


@dataclass(frozen=True)
class Pip:
    """An `Installer`."""

    timeout_s: float = PIP_S

    def environment(self, interpreter: Interpreter, requirements: Sequence[str], folder: Path) -> None:
        """See `Installer`.

        Raises:
            Failure: exit code 1: this Python makes no environments, or pip fails.
        """
        found = self._ran([interpreter.python, "-P", "-m", "venv", str(folder)])
        if found.code and "ensurepip" in found.out + found.err:
            raise Failure(
                f"{interpreter.python} makes no virtual environments: its modules venv and ensurepip are "
                "missing (on Debian and Ubuntu: apt-get install python3-venv)"
            )
        if found.code:
            raise Failure(f"{interpreter.python} makes no virtual environment: {problem(found)}")
        self._pip(python_in(folder), "install", "--", *requirements)

    def wheel(self, python: Path, project: Path, folder: Path) -> Path:
        """See `Installer`.

        Raises:
            Failure: exit code 1: it does not build; 2: it needs another Python.
        """
        self._pip(python, "wheel", "--no-deps", "--wheel-dir", str(folder), ".", folder=project)
        built = sorted(folder.glob("*.whl"))
        if len(built) != 1:
            raise Failure(f"pip has built {len(built)} wheels, one was asked for")
        return built[0]

    def unpack(self, python: Path, wheel: Path, folder: Path) -> None:
        """See `Installer`.

        Raises:
            Failure: exit code 1: pip fails; 2: it is for another Python, or no wheel.
        """
        self._pip(python, "install", "--no-deps", "--target", str(folder), "--", str(wheel))

    def _pip(self, python: Path, verb: str, *words: str, folder: Path | None = None) -> None:
        quiet = ("--disable-pip-version-check", "--no-input", "--no-color", "--progress-bar=off")
        found = self._ran([str(python), "-P", "-m", "pip", verb, *quiet, *words], folder)
        if found.code:
            said = problem(found)
            raise Failure(f"pip {verb} fails: {said}", 2 if _is_for_another(said) else 1)

    def _ran(self, command: Sequence[str], folder: Path | None = None) -> Done:
        kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        return done(
            command, self.timeout_s, folder=folder, env={**kept, "PIP_USER": "0", "LC_ALL": "C.UTF-8"}
        )


def python_in(environment: Path) -> Path:
    """Return the executable of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def problem(found: Done) -> str:
    """Return the line that says what went wrong; where a build fails, its own last line."""
    lines = [line.strip() for line in (found.err.strip() or found.out).splitlines() if line.strip()]
    ends = [number for number, line in enumerate(lines) if line == "[end of output]"]
    lines = lines[: ends[-1]] if ends else lines
    telling = [line for line in lines if not line.startswith(NO_DETAIL)]
    said = telling[-1].removeprefix("ERROR: ") if telling else f"it ended with {found.code}"
    offline = any(sign in found.err for sign in OFFLINE)
    return f"{said} (the package index cannot be reached)" if offline else said


def _is_for_another(said: str) -> bool:
    signs = ("not a supported wheel on this platform", "requires a different Python", "is not a valid wheel")
    return any(sign in said for sign in signs)
