"""The patterns, found by listing this folder: a module that ends with a `demo` is one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def names() -> tuple[str, ...]:
    """
    Return the names of all patterns, as the command line has them, sorted. Reads the files; imports
    none.
    """
    folder = Path(__file__).parent
    modules = (
        path for path in folder.glob("[a-z]*.py") if "\ndemo = Demo(" in path.read_text(encoding="utf-8")
    )
    return tuple(sorted(path.stem.replace("_", "-") for path in modules))


def load(name: str) -> ModuleType:
    """
    Return the pattern's module.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in names():
        raise ValueError(f"pattern: found {name!r}, allowed {', '.join(names())}")
    return import_module(f"patterns.{name.replace('-', '_')}")
