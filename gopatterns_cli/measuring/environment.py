"""What a worker process runs in: its Python, where its packages come from, its environment variables."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from gopatterns_cli.functions import FOLDER

KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TEMP",
    "SYSTEMROOT",
    "PYTHON_GIL",
    "PYTHON_CPU_COUNT",
)
"""The environment that a worker gets besides its hash seed: as little as can be, the same for all."""

PADDING = 4_096
"""The size of the environment moves the stack; it is drawn per round, up to so many bytes, and shared
by the arms of a round.

Source: Mytkowicz et al., "Producing Wrong Data Without Doing Anything Obviously Wrong!", ASPLOS 2009."""


@dataclass(frozen=True)
class Environment:
    """A Python and packages other than those that gopat itself runs with.

    Args:
        python: the executable.
        paths: where packages are looked for first, before those of `python`; all of PYTHONPATH.
        folder: stands for the current folder when a user's function is looked for.
    """

    python: str
    paths: tuple[str, ...]
    folder: str


def python_of(given: Environment | None) -> str:
    """Return the executable that runs a worker: the one given, or the one that runs gopat."""
    return sys.executable if given is None else given.python


def variables(hash_seed: int, *, whole: bool = False, given: Environment | None = None) -> dict[str, str]:
    """Return the environment variables of a worker.

    Args:
        hash_seed: its PYTHONHASHSEED; the padding is drawn from it, too.
        whole: all that the user has set, for user code, and not only what is kept for all.
        given: what it runs in; None for what gopat itself runs with, and the user's PYTHONPATH.
    """
    kept = {name: value for name, value in os.environ.items() if whole or name in KEPT}
    package = str(Path(__file__).parents[2])  # a checkout that is not installed is measured, too
    paths = (package, *os.environ.get("PYTHONPATH", "").split(os.pathsep)) if given is None else given.paths
    ours = {"PYTHONPATH": os.pathsep.join(path for path in paths if path), "PYTHONHASHSEED": str(hash_seed)}
    stands_in = {} if given is None else {FOLDER: given.folder}
    return {**kept, **ours, **stands_in, "GOPAT_PADDING": "x" * (hash_seed % PADDING)}
