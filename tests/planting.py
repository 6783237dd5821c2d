"""The planted bugs: a file each in `planted/`, with a `bad` program and its correct twin `good`."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "planted"

PLANTED = sorted(path.stem for path in FOLDER.glob("*.py"))


@cache
def planted(name: str) -> Any:
    """Return the module of a planted bug."""
    spec = importlib.util.spec_from_file_location(f"planted_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
